/** Every activity of the program with the critical pairs it may run into. */
import { Activities, type Activity } from '../flow/activities.ts';
import { defineAnalysis } from '../analysis.ts';
import { entryPoints } from '../flow/entryPoints.ts';
import { deferreds } from './deferreds.ts';
import { evaluator } from '../flow/evaluator.ts';
import type { LockNote } from './lockNotes.ts';
import type { Pair } from './lockPairs.ts';
import { LockPoints } from './lockPoints.ts';
import { waitedEvents, walkRelevance } from './lockRelevance.ts';
import type { Settling, Waiting } from './lockWaits.ts';
import { LockWalk } from './lockWalk.ts';
import { lockTable } from './locks.ts';

export interface LockActivity {
  readonly activity: Activity;
  readonly pairs: readonly Pair[];
  /** What it waits for besides locks, and the waits of others that it ends. */
  readonly waits: readonly Waiting[];
  readonly settles: readonly Settling[];
}
export interface LockActivities {
  readonly list: readonly LockActivity[];
  readonly activities: Activities;
  /** The locks held at the steps of activations. */
  readonly points: LockPoints;
  /** What keeps work from asking for locks under those that are held around it. */
  readonly notes: readonly LockNote[];
  /** Activations that run at most once in the life of the program, or belong to several activities. */
  isShared(frame: number, activity: Activity): boolean;
}

export const lockActivities = defineAnalysis<LockActivities>('lock-activities', (get, program) => {
  const evaluate = get(evaluator);
  const relevant = get(walkRelevance);
  if (relevant.size === 0) {
    const none = new Activities(program, () => []);
    return { list: [], activities: none, points: new LockPoints(), notes: [], isShared: () => false };
  }
  const activities = new Activities(program, refs =>
    evaluate.calleesOf(refs, [], null).map(({ frame }) => ({ fn: frame.fn, frame })),
  );
  const walk = new LockWalk(get(waitedEvents), evaluate, get(lockTable), relevant, activities, get(deferreds));
  for (const root of get(entryPoints).roots) if (relevant.has(root.frame.fn.id)) activities.add({ ...root });
  const done: LockActivity[] = [];
  const seen = new Set<number>();
  for (;;) {
    const next = activities.list().filter(activity => !seen.has(activity.frame.id));
    if (next.length === 0) break;
    for (const activity of next) {
      seen.add(activity.frame.id);
      const { pairs, waits, settles } = walk.activitySummary(activity.frame, activity.from === null);
      done.push({ activity, pairs, waits, settles });
    }
  }
  activities.settle();
  const modules = done.flatMap(({ activity }) =>
    activity.instances === 'once' && activity.trigger === 'module' ? [activity] : [],
  );
  const once = activities.reachedByAny(modules);
  const isShared = (frame: number, activity: Activity): boolean => {
    if (once.has(frame)) return true;
    // An activation that encloses the activity's own was there before it, and stays.
    for (let at = activity.frame.parent; at; at = at.parent) if (at.id === frame) return true;
    return !activities.reached(activity).has(frame);
  };
  return { list: done, activities, points: walk.points, notes: walk.notes.list(), isShared };
});
