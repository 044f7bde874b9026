/** The ten questions of the concurrency checklist. The only place with titles and weights. */
import type { ChecklistItem, ItemId } from '../model/report.ts';

export type ItemText = Pick<ChecklistItem, 'id' | 'title' | 'question' | 'risk' | 'weight'>;

const WEIGHTS = { critical: 10, high: 7.5, medium: 5, low: 2.5 } as const;
const item = (id: ItemId, title: string, risk: ItemText['risk'], question: string): ItemText => ({
  id,
  title,
  question,
  risk,
  weight: WEIGHTS[risk],
});

export const CHECKLIST: readonly ItemText[] = [
  item('C1', 'model', 'medium', 'Is the concurrency model chosen by workload (I/O, CPU, mixed)?'),
  item('C2', 'awaited', 'critical', 'Are all async calls awaited, with no floating promises?'),
  item('C3', 'bounded', 'high', 'Is parallelism bounded by a semaphore, pool or queue depth?'),
  item('C4', 'locks', 'critical', 'Do locks have timeouts and a documented acquisition order?'),
  item('C5', 'state', 'critical', 'Is shared mutable state protected or eliminated?'),
  item('C6', 'cancel', 'medium', 'Is cancellation propagated?'),
  item('C7', 'nonblocking', 'high', 'Is the event loop free of blocking calls?'),
  item('C8', 'structured', 'high', 'Is fire-and-forget replaced with structured concurrency?'),
  item('C9', 'tested', 'low', 'Are race conditions tested with concurrent load?'),
  item('C10', 'shutdown', 'medium', 'Does a graceful shutdown wait for in-flight tasks?'),
];
