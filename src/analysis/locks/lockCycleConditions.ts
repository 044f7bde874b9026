/** What a circle of hops must fulfil to hang (ALGORITHMS 2.4), and what keeps one that does not from hanging. */
import type { Unifier } from './aliasing.ts';
import type { Apart } from './interleaving.ts';
import type { LockEdge } from './lockOrder.ts';
import type { Held } from './lockPairs.ts';
import { areUntold } from '../sessions.ts';

/**
 * Why a circle of hops does not hang. `batch`: all are asked for in one go, from fair locks; `order`: every hop keeps one
 * order of the objects; `readers`: readers do not wait for readers; `other-locks`: what one hop asks for is never the
 * object or key that the next one holds; `gate`: one more lock lets in one of them at a time; `one-branch`: the hops lie
 * in one run, one after the other.
 */
export type Discard = Apart | 'batch' | 'order' | 'readers' | 'other-locks' | 'gate' | 'one-branch';

/** A circle of hops that cannot hang, and what keeps it from it. */
export interface QuietCycle {
  readonly edges: readonly LockEdge[];
  readonly because: Discard;
  /** The name of the order. */
  readonly order: string | null;
  readonly gate: Held | null;
}

export const quiet = (
  edges: readonly LockEdge[],
  because: Discard,
  { order = null, gate = null }: Partial<Pick<QuietCycle, 'order' | 'gate'>> = {},
): QuietCycle => ({ edges, because, order, gate });

export const isQuiet = (one: object): one is QuietCycle => 'because' in one;

/** Makes the lock that each hop asks for the one that the next hop holds, all at once. */
export function unifyCycle(unifier: Unifier, edges: readonly LockEdge[], side: (index: number) => number): boolean {
  if (edges.some(({ held, pair }) => areUntold(held.lock, pair.acquires))) return false;
  const closes = edges.every((edge, index) => {
    const at = (index + 1) % edges.length;
    return unifier.unifyLocks(edge.pair.acquires, side(index), (edges[at] as LockEdge).held.lock, side(at));
  });
  // A hop whose two locks are one lock under these bindings waits for itself: that is another rule's matter.
  return (
    closes &&
    edges.every((edge, index) => !unifier.isSame(edge.held.lock, side(index), edge.pair.acquires, side(index)))
  );
}

/** One more lock that two hops both hold lets only one of them in: that of the first of the two. */
export function gateOf(
  unifier: Unifier,
  edges: readonly LockEdge[],
  side: (index: number) => number,
  below: () => number,
): Held | null {
  const gates = (edge: LockEdge): Held[] =>
    edge.pair.held.filter(
      held =>
        held.depth >= below() &&
        held.mode !== 'shared' &&
        !held.maybe &&
        (held.mode !== 'permit' || held.lock.capacity === 1),
    );
  for (const [index, edge] of edges.entries()) {
    for (let other = index + 1; other < edges.length; other += 1) {
      for (const a of gates(edge))
        for (const b of gates(edges[other] as LockEdge))
          if (unifier.isSame(a.lock, side(index), b.lock, side(other))) return a;
    }
  }
  return null;
}
