/** A task-local "already inside" guard, and branches inside the section that both rely on it: nothing keeps them apart. */
import { defineAnalysis } from '../analysis.ts';
import { lockActivities, type LockActivity } from '../locks/lockActivities.ts';
import { type Held, type Pair, traceEnd } from '../locks/lockPairs.ts';
import type { Site } from '../program.ts';

export interface GuardFork {
  readonly held: Held;
  readonly pair: Pair;
  readonly by: LockActivity;
  /** Where the branches part. */
  readonly at: Site;
  readonly taken: Site;
}

export const guardForks = defineAnalysis<readonly GuardFork[]>('guard-forks', get => {
  const found = new Map<string, GuardFork>();
  const branches = new Map<string, Set<string>>();
  for (const by of get(lockActivities).list)
    for (const pair of by.pairs) {
      if (pair.context === null) continue;
      const held = pair.held.find(
        one => one.context === pair.context && one.lock.site === pair.acquires.site && one.depth < pair.forks.length,
      );
      const fork = held && pair.forks[held.depth];
      if (!held || !fork?.site) continue;
      const set = branches.get(fork.id) ?? new Set<string>();
      branches.set(fork.id, set);
      set.add(fork.branch);
      if (fork.many) set.add('*');
      if (set.size > 1 && !found.has(fork.id))
        found.set(fork.id, { held, pair, by, at: fork.site, taken: traceEnd(held.trace) });
    }
  return [...found.values()];
});
