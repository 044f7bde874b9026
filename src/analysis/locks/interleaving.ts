/** Which activities can run side by side (ALGORITHMS 2.7), and which branches of one activity. */
import type { Activity } from '../flow/activities.ts';
import type { Pair } from './lockPairs.ts';

interface Running {
  by: { activity: Activity };
  pair: Pick<Pair, 'startup'>;
}

/**
 * Why two of them never overlap. `one-run`: both in the one run that there is of an activity; `tests`: tests run one
 * after the other; `modules`: so do module bodies; `start-up`: the one is over before the other can begin.
 */
export type Apart = 'one-run' | 'tests' | 'modules' | 'start-up';

/** Two pairs in different activations of activities (which may be two runs of one): null when they may overlap. */
export function whyApart(a: Running, b: Running): Apart | null {
  const [first, second] = [a.by.activity, b.by.activity];
  if (first === second) return first.instances === 'many' ? null : 'one-run';
  if (isTest(first) || isTest(second)) return 'tests';
  if (first.trigger === 'module' && second.trigger === 'module') return 'modules';
  return isBefore(a, second) || isBefore(b, first) ? 'start-up' : null;
}

export const canRunTogether = (a: Running, b: Running): boolean => whyApart(a, b) === null;

/** Start-up code that is waited for before the other can begin. */
function isBefore(early: Running, late: Activity): boolean {
  return early.by.activity.trigger === 'module' && early.pair.startup && late.late === true;
}

/** Tests run one after the other, and nothing else runs beside them. */
const isTest = (activity: Activity): boolean =>
  activity.trigger === 'test' || (activity.test && activity.trigger === 'module');

/**
 * The index of the fork in which the two branch off from each other, when both lie in one activity; undefined when one
 * comes after the other.
 */
export function forkOf(a: Pick<Pair, 'forks'>, b: Pick<Pair, 'forks'>): number | undefined {
  for (let i = 0; i < Math.min(a.forks.length, b.forks.length); i += 1) {
    const [x, y] = [a.forks[i], b.forks[i]];
    if (!x || !y || x.id !== y.id) return undefined;
    if (x.branch !== y.branch || x.many) return i;
  }
  return undefined;
}
