/** Acquisitions that go against the declared order of locks. */
import { defineAnalysis } from '../analysis.ts';
import { type Declaration, declaredOrder } from './declaredOrder.ts';
import { type LockEdge, lockOrder } from './lockOrder.ts';
import { DOUBT, traceEnd, traceLength } from './lockPairs.ts';

export interface OrderViolation {
  readonly edge: LockEdge;
  /** The declarations that put the lock asked for before the one held. */
  readonly way: readonly Declaration[];
  readonly confidence: 'high' | 'medium' | 'low';
}

export const orderViolations = defineAnalysis<readonly OrderViolation[]>('order-violations', get => {
  const { wayFrom } = get(declaredOrder);
  const found = new Map<string, OrderViolation>();
  for (const edge of get(lockOrder).edges) {
    const { held, pair } = edge;
    if (pair.wait === 'try' || pair.batch !== null || held.lock.site === pair.acquires.site) continue;
    const way = wayFrom(pair.acquires, held.lock);
    if (!way || wayFrom(held.lock, pair.acquires)) continue;
    const doubts = Number(pair.guessed) + Number(held.maybe);
    const violation: OrderViolation = { edge, way, confidence: doubts >= 2 ? 'low' : doubts === 1 ? 'medium' : 'high' };
    const end = traceEnd(pair.trace);
    const key = `${held.lock.site}|${pair.acquires.site}|${end.in}:${end.at[0]}`;
    const known = found.get(key);
    if (!known || rank(violation) < rank(known)) found.set(key, violation);
  }
  return [...found.values()];
});

const rank = ({ edge, confidence }: OrderViolation): number =>
  traceLength(edge.pair.trace) + traceLength(edge.held.trace) + DOUBT[confidence];
