/** A lock asked for by the task that holds it already, and that does not let it in twice. */
import { Unifier } from './aliasing.ts';
import { defineAnalysis } from '../analysis.ts';
import { type LockActivity, lockActivities } from './lockActivities.ts';
import { askingSite } from './lockStory.ts';
import { DOUBT, type Held, isLetIn, type Pair, traceLength } from './lockPairs.ts';
import { isOfEarlierRound } from './lockRounds.ts';
import type { Site } from '../program.ts';

export interface Reentry {
  readonly held: Held;
  readonly pair: Pair;
  readonly by: LockActivity;
  /** Where the holder goes on to ask again. */
  readonly at: Site;
  readonly level: 'error' | 'warning';
  readonly confidence: 'high' | 'medium' | 'low';
  readonly assumptions: readonly string[];
}

export const lockReentry = defineAnalysis<readonly Reentry[]>('lock-reentry', get => {
  const found = new Map<string, Reentry>();
  for (const by of get(lockActivities).list) {
    for (const pair of by.pairs) {
      if (pair.wait !== 'endless' || pair.stored || pair.batch !== null) continue;
      for (const held of pair.held) {
        if (!waitsForItself(held, pair) && !maybeTwice(held, pair)) continue;
        const reentry = describe(held, pair, by);
        const key = `${reentry.at.in}:${reentry.at.at[0]}:${pair.acquires.site}`;
        const known = found.get(key);
        if (!known || rank(reentry) < rank(known)) found.set(key, reentry);
      }
    }
  }
  return [...found.values()];
});

/**
 * Why an acquisition under a lock of the same class does not wait for itself. `reentrant`: the lock lets its holder in;
 * `guard`: a test of the task's own store does; `other-lock`: it is never the same object; `other-key`: or never the same
 * key; `readers`: readers do not wait for readers; `permits`: there are more units than one.
 */
export type NotItself = 'other-class' | 'reentrant' | 'guard' | 'other-lock' | 'other-key' | 'readers' | 'permits';

/** Null: the lock asked for is held, for certain, by the task that asks. */
export function whyNotItself(held: Held, pair: Pair): NotItself | null {
  const { lock } = held;
  const asked = pair.acquires;
  if (lock.site !== asked.site) return lock.ref === asked.ref ? 'other-key' : 'other-class';
  if (lock.reentrant) return 'reentrant';
  if (isLetIn(held, pair)) return 'guard';
  // One step up or down a hierarchy: no node is its own parent.
  if (held.differs || held.order?.startsWith('along ')) return 'other-lock';
  if (!new Unifier(() => true).isSame(lock, 0, asked, 0)) return lock.ref === asked.ref ? 'other-key' : 'other-lock';
  if (typeof lock.entry === 'object' && lock.entry?.kind === 'unknown') return 'other-key';
  if (held.mode === 'shared' && pair.mode === 'shared') return 'readers';
  return held.mode !== 'permit' || lock.capacity === 1 ? null : 'permits';
}

export const waitsForItself = (held: Held, pair: Pair): boolean => whyNotItself(held, pair) === null;

/** Acquisitions under a lock of the same class that do not wait for themselves. Nothing but `why` asks for them. */
export const quietReentries = defineAnalysis<readonly QuietReentry[]>('quiet-reentries', get =>
  get(lockActivities).list.flatMap(by =>
    by.pairs.flatMap(pair =>
      pair.held.flatMap(held => {
        const because = whyNotItself(held, pair);
        return because === null || because === 'other-class' ? [] : [{ held, pair, by, because }];
      }),
    ),
  ),
);

export interface QuietReentry {
  readonly held: Held;
  readonly pair: Pair;
  readonly by: LockActivity;
  readonly because: NotItself;
}

/**
 * Two objects put in order, where nothing excludes that the caller passes one object twice. Of a whole list that is gone
 * through nothing says that it might name one twice.
 */
function maybeTwice(held: Held, pair: Pair): boolean {
  const { lock } = held;
  return (
    lock.site === pair.acquires.site &&
    held.order !== null &&
    !held.order.startsWith('along ') &&
    !held.differs &&
    !pair.never &&
    !isOfEarlierRound(lock) &&
    !lock.reentrant &&
    held.mode === 'exclusive' &&
    pair.mode === 'exclusive'
  );
}

function describe(held: Held, pair: Pair, by: LockActivity): Reentry {
  if (!waitsForItself(held, pair)) {
    return {
      held,
      pair,
      by,
      at: askingSite(held, pair),
      level: 'error',
      confidence: 'low',
      assumptions: ['the caller may pass the same object twice'],
    };
  }
  const assumptions: string[] = [];
  if (pair.guessed) assumptions.push('a call with several possible targets reaches this one');
  if (held.maybe) assumptions.push('the lock is held on this path');
  const confidence = pair.guessed && held.maybe ? 'low' : pair.guessed || held.maybe ? 'medium' : 'high';
  return { held, pair, by, at: askingSite(held, pair), level: 'error', confidence, assumptions };
}

const rank = (one: Reentry): number => traceLength(one.pair.trace) + DOUBT[one.confidence];
