/** Local variables that hold one releaser after another: which of them a use of the variable is of. */
import type { At, Block, Condition, FunctionFacts, Loop, Step, ValueId } from '../../model/facts.ts';
import type { Hold } from './dutyPaths.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { walkSteps } from '../program.ts';
import type { Frame, Refs } from '../refs.ts';
import { innerBlocks } from '../steps.ts';

/**
 * Of the holds whose releasers were assigned to a variable, the one that a use of it ends: the last one taken, as far as
 * the others were taken by whoever takes that one. What different branches take may exclude each other by what the code
 * knows; then it may be any.
 */
export function heldByVariable(fn: FunctionFacts, value: ValueId, holds: readonly Hold[]): readonly Hold[] {
  const last = holds[holds.length - 1];
  if (!last || holds.length === 1 || !isAssigned(fn, value)) return holds;
  const arms = armsAround(fn.body, last.duty.site.at);
  const isOnOneWay = ({ duty }: Hold): boolean => {
    if (duty.site.in !== fn.id) return false;
    const others = armsAround(fn.body, duty.site.at);
    return others.every(arm => arms.includes(arm)) || arms.every(arm => others.includes(arm));
  };
  return holds.every(isOnOneWay) ? [last] : holds;
}

/** What was assigned on the ways here. At the head of a loop that may also be what an earlier round has left there. */
function isAssigned(fn: FunctionFacts, value: ValueId, depth = 4): boolean {
  const facts = fn.values[value];
  if (facts?.kind !== 'choice' || facts.when !== null || depth === 0) return false;
  return facts.values.every(
    part => part < value && (fn.values[part]?.kind !== 'choice' || isAssigned(fn, part, depth - 1)),
  );
}

/** The arms of branches around a place of the text, outermost first. */
function armsAround(block: Block, at: At): Block[] {
  return block.flatMap(step =>
    innerBlocks(step)
      .filter(inner => inner.some(one => one.at[0] <= at[0] && at[1] <= one.at[1]))
      .flatMap(inner => [...(step.kind === 'branch' ? [inner] : []), ...armsAround(inner, at)]),
  );
}

/**
 * Each round of a loop takes one more, and puts the releaser into the same variable: what is called after the loop is the
 * last one. `leads`: whether references lead to the releaser; `releases`: whether calling them releases.
 */
export function isForgottenByRounds(
  evaluator: Evaluator,
  frame: Frame,
  { duty }: Hold,
  leads: (refs: Refs) => boolean,
  releases: (refs: Refs) => boolean,
): boolean {
  const { fn } = frame;
  const loop = loopAround(fn.body, duty.site.at);
  if (duty.site.in !== fn.id || !loop || !runsAllRounds(loop)) return false;
  const inside = new Set<number>();
  walkSteps(loop.body, step => void inside.add(step.id));
  let isCalled = false;
  for (const step of evaluator.program.steps(fn.id).values()) {
    if (step.at === duty.site.at) continue;
    const called = step.kind === 'call' && step.target.kind === 'value' ? step.target.of : undefined;
    const isRelease = called !== undefined && releases(evaluator.evaluate(frame, called));
    if (isRelease && !inside.has(step.id) && fn.values[called]?.kind === 'choice') isCalled = true;
    else if (isRelease || valuesOf(step).some(value => leads(evaluator.evaluate(frame, value)))) return false;
  }
  return isCalled;
}

/** The innermost loop around a place of the text. */
function loopAround(block: Block, at: At): Loop | undefined {
  for (const step of block) {
    if (step.at[0] > at[0] || step.at[1] < at[1]) continue;
    for (const inner of innerBlocks(step)) {
      const found = loopAround(inner, at);
      if (found) return found;
    }
    if (step.kind === 'loop') return step;
  }
  return undefined;
}

/** Over a collection or up to a number: it does not end because something was taken. */
function runsAllRounds({ over, condition, body }: Loop): boolean {
  let isLeft = false;
  walkSteps(body, step => {
    if (step.kind === 'exit' && step.how !== 'throw') isLeft = true;
  });
  const isCounted = (test: Condition | undefined): boolean =>
    test?.kind === 'not' ? isCounted(test.of) : test?.kind === 'less';
  return !isLeft && (over !== undefined || isCounted(condition));
}

/** What a step gives away or puts somewhere. */
function valuesOf(step: Step): readonly ValueId[] {
  switch (step.kind) {
    case 'call':
    case 'spawn':
      return step.args;
    case 'release':
      return step.token === undefined ? [] : [step.token];
    case 'access':
    case 'exit':
    case 'yield':
      return step.value === undefined ? [] : [step.value];
    default:
      return [];
  }
}
