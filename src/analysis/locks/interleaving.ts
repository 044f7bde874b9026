/** Which activities can run side by side (ALGORITHMS 2.7), and which branches of one activity. */
import type { Activity } from '../flow/activities.ts';
import type { Pair } from './lockPairs.ts';

interface Running {
  by: { activity: Activity };
  pair: Pick<Pair, 'startup'>;
}

/** Triggers that nothing fires before the program serves, or before its modules are loaded. */
const AFTER_STARTUP = new Set(['route', 'export', 'message', 'job', 'hook', 'signal']);

/** Two pairs in different activations of activities (which may be two runs of one). */
export function canRunTogether(a: Running, b: Running): boolean {
  const [first, second] = [a.by.activity, b.by.activity];
  if (first === second) return first.instances === 'many';
  if (isTest(first) || isTest(second)) return false;
  if (first.trigger === 'module' && second.trigger === 'module') return false;
  return !isBefore(a, second) && !isBefore(b, first);
}

/** Start-up code that is waited for before the other can begin. */
function isBefore(early: Running, late: Activity): boolean {
  return early.by.activity.trigger === 'module' && early.pair.startup && AFTER_STARTUP.has(late.trigger);
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
