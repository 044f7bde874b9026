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

/** The block never goes on to what follows: it ends in an exit, whichever way it goes at its end. */
export function endsThere(body: readonly Step[]): boolean {
  const last = body[body.length - 1];
  if (last?.kind === 'branch')
    return ['true', 'false'].every(when => last.arms.some(arm => arm.when === when && endsThere(arm.body)));
  if (last?.kind === 'try')
    return (
      endsThere(last.finally) ||
      ((endsThere(last.body) || endsThere(last.orElse)) && last.handlers.every(handler => endsThere(handler.body)))
    );
  return last?.kind === 'exit';
}

/** Whoever comes to a step of the branch does not come to the other one, which stands in another arm or behind a leave. */
export function staysAway(branch: Branch, step: Step, other: Step): boolean {
  const arm = branch.arms.find(({ body }) => holds(body, step))?.body ?? [];
  if (holds(arm, other)) return false;
  return endsThere(arm) || branch.arms.some(({ body }) => holds(body, other));
}

const holds = (body: readonly Step[], step: Step): boolean =>
  body.some(one => one === step || inside(one).some(part => holds(part, step)));

function inside(step: Step): readonly (readonly Step[])[] {
  if (step.kind === 'branch') return step.arms.map(arm => arm.body);
  if (step.kind === 'loop') return [step.body, step.orElse];
  if (step.kind === 'try') return [step.body, ...step.handlers.map(({ body }) => body), step.orElse, step.finally];
  return [];
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
