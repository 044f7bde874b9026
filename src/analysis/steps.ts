/** What stands inside steps and conditions: one enumeration for every walk over the structured control flow. */
import type { Block, Condition, FunctionFacts, Step, StepId, Target, ValueId } from '../model/facts.ts';
import { isNothing } from './refs.ts';

/** The blocks inside a step, in the order in which they stand. */
export function innerBlocks(step: Step): Block[] {
  switch (step.kind) {
    case 'branch':
      return step.arms.map(arm => arm.body);
    case 'loop':
      return [step.body, step.orElse];
    case 'try':
      return [step.body, ...step.handlers.map(handler => handler.body), step.orElse, step.finally];
    default:
      return [];
  }
}

/** Whether a condition holds, by what is known of its parts (Kleene's strong logic); null: that does not tell. */
export function decided(condition: Condition, part: (one: Condition) => boolean | null): boolean | null {
  switch (condition.kind) {
    case 'not': {
      const inner = decided(condition.of, part);
      return inner === null ? null : !inner;
    }
    case 'and':
    case 'or': {
      const parts = condition.of.map(one => decided(one, part));
      const decisive = condition.kind === 'or';
      if (parts.includes(decisive)) return decisive;
      return parts.includes(null) ? null : !decisive;
    }
    default:
      return part(condition);
  }
}

/** The step runs only where the module of the block is the program that was started. */
export const isInProgram = (block: Block, id: StepId): boolean =>
  block.some(step =>
    step.kind === 'branch' && step.asProgram
      ? step.arms.some(({ when, body }) => when === 'true' && contains(body, id))
      : innerBlocks(step).some(inner => isInProgram(inner, id)),
  );

/** The step stands in the block, or in one inside of it. */
export const contains = (block: Block, id: StepId): boolean =>
  block.some(step => step.id === id || innerBlocks(step).some(inner => contains(inner, id)));

/** The conditions that a condition is made of with `not`, `and`, `or`. */
export function simpleParts(condition: Condition): Condition[] {
  if (condition.kind === 'not') return simpleParts(condition.of);
  return condition.kind === 'and' || condition.kind === 'or' ? condition.of.flatMap(simpleParts) : [condition];
}

/** What a condition compares, as equal or by size, with what it is asked about. */
export const comparedWith = (condition: Condition, isIt: (value: ValueId) => boolean): ValueId[] =>
  simpleParts(condition).flatMap(part => {
    if (part.kind !== 'less' && part.kind !== 'equal') return [];
    return isIt(part.left) ? [part.right] : isIt(part.right) ? [part.left] : [];
  });

/** What a call is of, as far as it has a name that is not a project function's own. */
export const calledName = (target: Target): string =>
  'name' in target ? target.name : target.kind === 'unresolved' ? target.text : '';

/** The values that a condition looks at. */
export function conditionReads(condition: Condition): ValueId[] {
  switch (condition.kind) {
    case 'truthy':
    case 'nullish':
      return [condition.value];
    case 'equal':
    case 'less':
      return [condition.left, condition.right];
    case 'not':
      return conditionReads(condition.of);
    case 'and':
    case 'or':
      return condition.of.flatMap(conditionReads);
    case 'other':
      return condition.reads;
  }
}

/** The simple parts whose truth is known where a condition holds (or does not), each with what it is then. */
export function partsWhere(condition: Condition, holds: boolean): { part: Condition; holds: boolean }[] {
  switch (condition.kind) {
    case 'not':
      return partsWhere(condition.of, !holds);
    case 'and':
    case 'or':
      return (condition.kind === 'and') === holds ? condition.of.flatMap(one => partsWhere(one, holds)) : [];
    default:
      return [{ part: condition, holds }];
  }
}

/** Values that are null, undefined or falsy where the condition holds (or does not). */
export function missingWhere(fn: FunctionFacts, condition: Condition, holds: boolean): ValueId[] {
  const isNone = (id: ValueId): boolean => {
    const value = fn.values[id];
    return value !== undefined && isNothing(value);
  };
  return partsWhere(condition, holds).flatMap(({ part, holds: isSo }) => {
    switch (part.kind) {
      case 'truthy':
        return isSo ? [] : [part.value];
      case 'nullish':
        return isSo ? [part.value] : [];
      case 'equal': {
        const [left, right] = [isNone(part.left), isNone(part.right)];
        return isSo && left !== right ? [left ? part.right : part.left] : [];
      }
      default:
        return [];
    }
  });
}

/** Pairs of values that are not equal where the condition holds (or does not). */
export const unequalWhere = (condition: Condition, holds: boolean): [ValueId, ValueId][] =>
  partsWhere(condition, holds).flatMap(({ part, holds: isSo }): [ValueId, ValueId][] =>
    part.kind === 'equal' && !isSo ? [[part.left, part.right]] : [],
  );

/** Every way through it ends the process: nothing that was started goes on, and what was thrown reaches nobody. */
export const endsProcess = (block: Block): boolean =>
  block.some(step => {
    if (step.kind === 'cancel') return step.how === 'exit';
    if (step.kind === 'try') return endsProcess(step.body) || endsProcess(step.finally);
    if (step.kind !== 'branch') return false;
    const isWhole = step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
    return isWhole && step.arms.every(arm => endsProcess(arm.body));
  });

const LOGS = /^(?:log|error|warn|warning|info|debug|trace|fatal)$/;

/** A call that, by its name, tells of what it is given and does nothing else. */
export function logs(step: Step): boolean {
  if (step.kind !== 'call') return false;
  const { target } = step;
  const name = target.kind === 'functions' ? (target.ids[0] ?? '') : calledName(target);
  return LOGS.test(name.slice(name.lastIndexOf('.') + 1));
}

/** What a condition compares with a yes or no: `taken === true`, `got == 1`. */
export function besideYesOrNo(
  { values }: FunctionFacts,
  condition: Condition,
): { value: ValueId; is: boolean } | undefined {
  if (condition.kind !== 'equal') return undefined;
  for (const [value, other] of [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const) {
    const constant = values[other];
    if (constant?.kind === 'constant' && /^(?:true|1|false|0)$/.test(constant.text))
      return { value, is: constant.text === 'true' || constant.text === '1' };
  }
  return undefined;
}
