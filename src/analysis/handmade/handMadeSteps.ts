/** Questions about the structure of steps: where a wait stands, how a loop ends, what goes on after an arm. */
import type { Branch, Condition, Loop, Step } from '../../model/facts.ts';

export function containsAwait(step: Step): boolean {
  if (step.kind === 'await') return true;
  if (step.kind === 'loop') return step.body.some(containsAwait);
  if (step.kind === 'branch') return step.arms.some(arm => arm.body.some(containsAwait));
  return step.kind === 'try' && step.body.some(containsAwait);
}

/** What lets a loop end: its condition, or the test in front of the break at its start. */
export function exitTest(loop: Loop): Condition | null {
  if (loop.condition) return loop.condition;
  for (const step of loop.body) {
    if (step.kind === 'await') return null;
    if (
      step.kind === 'branch' &&
      step.arms.some(arm => arm.body.some(one => one.kind === 'exit' && one.how === 'break'))
    )
      return step.condition;
  }
  return null;
}

/** The arm never goes on to what follows. */
export function endsThere(body: readonly Step[]): boolean {
  const last = body[body.length - 1];
  return last?.kind === 'exit';
}

export function armOf(branch: Branch, step: Step): readonly Step[] | undefined {
  return branch.arms.find(arm => arm.body.includes(step))?.body;
}

export function lastStep(step: Step): number {
  let last = step.id;
  const visit = (one: Step): void => {
    last = Math.max(last, one.id);
    if (one.kind === 'loop') one.body.forEach(visit);
    if (one.kind === 'branch') for (const arm of one.arms) arm.body.forEach(visit);
    if (one.kind === 'try')
      [...one.body, ...one.handlers.flatMap(handler => handler.body), ...one.finally].forEach(visit);
  };
  visit(step);
  return last;
}
