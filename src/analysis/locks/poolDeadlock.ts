/**
 * Bounded resources (semaphores, limiters, queues, pools, transactions) asked for by code that holds a unit of the same
 * one: N holders that each wait for one more wait for ever (ALGORITHMS 2.4, self-deadlock of semaphores and pools).
 */
import { Unifier } from './aliasing.ts';
import { defineAnalysis } from '../analysis.ts';
import { canRunTogether } from './interleaving.ts';
import { type LockActivity, lockActivities } from './lockActivities.ts';
import { DOUBT, type Held, isLetIn, type Pair, traceEnd, traceLength } from './lockPairs.ts';
import { askingSite } from './lockStory.ts';
import type { Lock } from './locks.ts';
import type { Program, Site } from '../program.ts';
import { singleLock } from './singleLocks.ts';

export interface PoolDeadlock {
  readonly held: Held;
  readonly pair: Pair;
  readonly by: LockActivity;
  /** Where the holder goes on to ask for one more. */
  readonly at: Site;
  /**
   * `alone`: a single task asks for more than there is; `recursion`: the depth grows with the data; `rounds`: each round
   * of a loop keeps a unit; `many`: holders run side by side.
   */
  readonly how: 'alone' | 'recursion' | 'rounds' | 'many' | 'serial';
  readonly level: 'error' | 'warning';
  readonly confidence: 'high' | 'medium' | 'low';
  readonly assumptions: readonly string[];
}

/** One place where a unit is asked for under a unit of the same resource. */
interface Nesting {
  held: Held;
  pair: Pair;
  by: LockActivity;
  /** Units that the task holds of it. */
  units: number;
}

export const poolDeadlock = defineAnalysis<readonly PoolDeadlock[]>('pool-deadlock', (get, program) => {
  const isSingle = get(singleLock);
  const nestings = get(lockActivities).list.flatMap(by => by.pairs.flatMap(pair => nestingOf(pair, by, isSingle)));
  const found = new Map<string, PoolDeadlock>();
  for (const nesting of nestings) {
    const deadlock = judge(program, nesting, nestings);
    if (!deadlock) continue;
    const { at, pair } = deadlock;
    const key = `${at.in}:${at.at[0]}:${pair.acquires.site}`;
    const known = found.get(key);
    if (!known || rank(deadlock) < rank(known)) found.set(key, deadlock);
  }
  return [...found.values()];
});

function nestingOf(pair: Pair, by: LockActivity, isSingle: (lock: Lock) => boolean): Nesting[] {
  if (pair.mode !== 'permit' || pair.wait === 'try' || pair.stored || pair.batch !== null) return [];
  const { acquires } = pair;
  if (acquires.capacity === Infinity || acquires.capacity === 1 || acquires.reentrant) return [];
  if (typeof acquires.entry === 'object' && acquires.entry?.kind === 'unknown') return [];
  const unifier = new Unifier(() => true);
  const own = pair.held.filter(held => {
    const { lock, mode } = held;
    return (
      mode === 'permit' &&
      !isLetIn(held, pair) &&
      lock.site === acquires.site &&
      (unifier.isSame(lock, 0, acquires, 0) || (lock.entry === null && acquires.entry === null && isSingle(lock)))
    );
  });
  const [held] = own;
  if (!held) return [];
  return [{ held, pair, by, units: own.reduce((sum, one) => sum + (one.units ?? 1), 0) }];
}

function judge(program: Program, nesting: Nesting, all: readonly Nesting[]): PoolDeadlock | undefined {
  const { held, pair, by, units } = nesting;
  const how = howItHangs(program, nesting, all);
  if (how === undefined) return undefined;
  const assumptions: string[] = [];
  const { activity } = by;
  const exported = how === 'many' && activity.evidence === 'exported' && !hasParallelHolders(nesting);
  if (exported) assumptions.push('exported functions may be called concurrently');
  if (pair.acquires.capacity === null) assumptions.push('the size of the resource is not known here');
  if (pair.guessed) assumptions.push('a call with several possible targets reaches this one');
  if (held.maybe) assumptions.push('a unit is held on this path');
  const doubts = Number(pair.guessed) + Number(held.maybe);
  const weak = exported || pair.acquires.capacity === null;
  const isSure = how !== 'serial' && pair.wait === 'endless';
  return {
    held,
    pair,
    by,
    at: askingSite(held, pair),
    how: units + (pair.units ?? 1) > (pair.acquires.capacity ?? Infinity) ? 'alone' : how,
    level: isSure ? 'error' : 'warning',
    confidence:
      doubts + Number(pair.acquires.capacity === null) >= 2 ? 'low' : doubts === 1 || weak ? 'medium' : 'high',
    assumptions,
  };
}

/** What makes all units be held by tasks that wait for one more; undefined when there are always enough. */
function howItHangs(program: Program, nesting: Nesting, all: readonly Nesting[]): PoolDeadlock['how'] | undefined {
  const { held, pair, by, units } = nesting;
  const { capacity } = pair.acquires;
  if (capacity !== null && units + (pair.units ?? 1) > capacity) return 'alone';
  const [outer, inner] = [traceEnd(held.trace), traceEnd(pair.trace)];
  if (outer.in === inner.in && outer.at[0] === inner.at[0]) {
    const rounds = roundsAround(program, outer);
    // The last round waits under the units of the others.
    if (rounds === null) return 'recursion';
    if (capacity === null || rounds * (pair.units ?? 1) > capacity) return 'rounds';
  }
  if (by.activity.instances === 'many' || hasParallelHolders(nesting)) return 'many';
  if (by.activity.instances === 'serial') return 'serial';
  if (capacity === null) return 'serial';
  return holdersBeside(nesting, all) + 1 >= capacity / Math.max(1, units) ? 'many' : undefined;
}

/** How often the loops around a place run it at most, as far as that is written there; null: no loop is around it. */
function roundsAround(program: Program, { in: id, at }: Site): number | null {
  let rounds: number | null = null;
  for (const step of program.steps(id).values()) {
    if (step.kind !== 'loop' || step.at[0] > at[0] || step.at[1] < at[1]) continue;
    rounds = (rounds ?? 1) * (step.times.kind === 'exactly' ? step.times.n : Infinity);
  }
  return rounds;
}

/** Whether one activity holds units in any number of branches that run side by side. */
function hasParallelHolders({ held, pair }: Nesting): boolean {
  return pair.forks.some((fork, index) => fork.many && index < held.depth);
}

/** How many more tasks can hold a unit and wait for another at the same time: other activities, sibling branches. */
function holdersBeside(nesting: Nesting, all: readonly Nesting[]): number {
  const holders = new Set<string>();
  for (const other of all) {
    if (other === nesting || other.pair.acquires.site !== nesting.pair.acquires.site) continue;
    if (other.by !== nesting.by) {
      if (other.by.activity.instances === 'many' && canRunTogether(other, nesting)) return Infinity;
      if (canRunTogether(other, nesting)) holders.add(`a${other.by.activity.frame.id}`);
      continue;
    }
    const fork = nesting.pair.forks[0];
    const beside = other.pair.forks[0];
    if (fork && beside?.id === fork.id && beside.branch !== fork.branch && other.held.depth > 0)
      holders.add(`b${beside.branch}`);
  }
  return holders.size;
}

const rank = (one: PoolDeadlock): number =>
  traceLength(one.pair.trace) +
  DOUBT[one.confidence] +
  (one.level === 'error' ? 0 : 1000) +
  (one.by.activity.test ? 5000 : 0);
