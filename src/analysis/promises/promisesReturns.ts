/**
 * Which returns of an ordinary function give a promise, and for which calls: an API that takes a callback or gives a
 * promise gives none when the callback is passed.
 */
import type { Block, Branch, Call, FunctionFacts, Step, ValueId } from '../../model/facts.ts';
import { isNothing } from '../refs.ts';
import { assume, type Assumption } from './consumptionConditions.ts';

export interface ReturnedValue {
  value: ValueId;
  /** Parameters that are not given on the way to this return. */
  absent: ReadonlySet<number>;
}

/** The returns of a function with what the branches around them, and the early exits before them, say of its parameters. */
export function returnedValues(fn: FunctionFacts): ReturnedValue[] {
  const found: ReturnedValue[] = [];
  walk(fn, fn.body, [], found);
  return found;
}

/** Whether a call can reach a return: it passes none of the parameters that must be absent. */
export function reaches(caller: FunctionFacts, call: Call, { absent }: ReturnedValue): boolean {
  return ![...absent].some(index => {
    const given = call.args[index];
    const facts = given === undefined ? undefined : caller.values[given];
    return facts !== undefined && !isNothing(facts);
  });
}

function walk(fn: FunctionFacts, block: Block, known: readonly Assumption[], found: ReturnedValue[]): void {
  let assumptions = known;
  for (const step of block) {
    switch (step.kind) {
      case 'exit':
        if (step.how === 'return' && step.value !== undefined) addReturn(fn, step.value, assumptions, found);
        break;
      case 'branch':
        assumptions = walkBranch(fn, step, assumptions, found);
        break;
      case 'loop':
        walk(fn, step.body, assumptions, found);
        walk(fn, step.orElse, assumptions, found);
        break;
      case 'try':
        for (const part of [step.body, ...step.handlers.map(handler => handler.body), step.orElse, step.finally])
          walk(fn, part, assumptions, found);
        break;
      default:
    }
  }
}

/** Gives what holds after the branch: an arm that ends the function leaves the other outcome. */
function walkBranch(
  fn: FunctionFacts,
  step: Branch,
  known: readonly Assumption[],
  found: ReturnedValue[],
): readonly Assumption[] {
  const after: Assumption[] = [...known];
  for (const arm of step.arms) {
    const inside: Assumption[] = [...known];
    if (arm.when === 'true' || arm.when === 'false') assume(step.condition, arm.when === 'true', inside);
    walk(fn, arm.body, inside, found);
    if ((arm.when === 'true' || arm.when === 'false') && endsFunction(arm.body))
      assume(step.condition, arm.when !== 'true', after);
  }
  return after;
}

/** The last step of a block leaves the function. */
export const endsFunction = (block: Block): boolean => {
  const last: Step | undefined = block.at(-1);
  return last?.kind === 'exit' && (last.how === 'return' || last.how === 'throw');
};

/** `return cb ? run(cb) : promise`: each alternative has its own way. */
function addReturn(fn: FunctionFacts, value: ValueId, known: readonly Assumption[], found: ReturnedValue[]): void {
  const facts = fn.values[value];
  if (facts?.kind === 'choice' && facts.when && facts.values.length === 2) {
    const { when } = facts;
    facts.values.forEach((part, at) => {
      const inside = [...known];
      assume(when, at === 0, inside);
      addReturn(fn, part, inside, found);
    });
    return;
  }
  const absent = new Set<number>();
  for (const one of known) for (const index of absentBy(fn, one)) absent.add(index);
  found.push({ value, absent });
}

function absentBy(fn: FunctionFacts, { condition, holds }: Assumption): number[] {
  switch (condition.kind) {
    case 'truthy':
      return holds ? [] : parameterAt(fn, condition.value);
    case 'nullish':
      return holds ? parameterAt(fn, condition.value) : [];
    case 'equal': {
      const sides = [condition.left, condition.right];
      const nothing = sides.some(side => {
        const facts = fn.values[side];
        return facts !== undefined && isNothing(facts);
      });
      // `typeof callback === "function"` compares something computed from it.
      const computed = sides.flatMap(side => computedFrom(fn, side));
      return nothing ? (holds ? sides.flatMap(side => parameterAt(fn, side)) : []) : holds ? [] : computed;
    }
    case 'other':
      return condition.reads.flatMap(value => [...parameterAt(fn, value), ...computedFrom(fn, value)]);
    default:
      return [];
  }
}

/** The parameters that a value may be, also where a parameter is assigned again or captured. */
function parameterAt(fn: FunctionFacts, value: ValueId, seen: Set<ValueId> = new Set()): number[] {
  const facts = fn.values[value];
  if (!facts || seen.has(value)) return [];
  seen.add(value);
  if (facts.kind === 'choice' || (facts.kind === 'from' && facts.how === 'copy'))
    return facts.values.flatMap(part => parameterAt(fn, part, seen));
  if (facts.kind !== 'read' || facts.place.path.length > 0) return [];
  const { root } = facts.place;
  if (root.kind === 'parameter') return [root.index];
  const index =
    root.kind === 'captured' && root.from === fn.id
      ? fn.parameters.findIndex(parameter => parameter.name === root.slot)
      : -1;
  return index < 0 ? [] : [index];
}

function computedFrom(fn: FunctionFacts, value: ValueId): number[] {
  const facts = fn.values[value];
  return facts?.kind === 'from' && facts.how === 'compute' ? facts.values.flatMap(part => parameterAt(fn, part)) : [];
}
