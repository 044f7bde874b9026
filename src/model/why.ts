/** What `why PLACE` answers, as plain JSON: the findings there, and why there are no others. */
import type { Finding, Location, Related } from './report.ts';

/**
 * What keeps a place quiet. Locks: `gate` one more lock lets in one participant at a time · `order` one order of the
 * objects is kept · `one-order` nobody takes the two the other way round · `start-up` one side is over before the other
 * can begin · `same-task` the participants never run side by side · `try` does not wait · `bounded` a timeout ends the
 * wait · `reentrant` lets its holder in · `readers` do not wait for readers · `batch` asked for in one go · `other-lock`
 * never the same object · `other-key` never the same key · `permits` enough units · `unbounded` makes nobody wait ·
 * `own-task` nobody waits for the work under the lock · `released-before` · `queued-before` its request stands first ·
 * `nothing-held` · `not-reached` no entry point comes here · `released` on all ways · `handed-over` somebody else releases ·
 * `made-once`, `shared` the lock is one for all who need it · `not-replaced` · `excludes` a lock of the project's own that
 * does exclude · `waited-inside` work ends before the section · `settled` the section waits for all of it · `one-writer` ·
 * `not-guarded` it touches nothing that the lock guards · `other-ender` somebody without the lock ends the wait · `raced`
 * something else may end it · `not-held` nothing is held at the wait · `task-elsewhere` a task does not wait for itself.
 * Promises: how they are handled. `calls`, `takes`, `gap`: what is known of the place besides.
 */
export const REASON_KINDS = [
  'gate',
  'order',
  'one-order',
  'start-up',
  'same-task',
  'try',
  'bounded',
  'reentrant',
  'readers',
  'batch',
  'other-lock',
  'other-key',
  'permits',
  'unbounded',
  'own-task',
  'released-before',
  'queued-before',
  'nothing-held',
  'not-reached',
  'released',
  'handed-over',
  'made-once',
  'shared',
  'not-replaced',
  'excludes',
  'waited-inside',
  'settled',
  'one-writer',
  'not-guarded',
  'other-ender',
  'raced',
  'not-held',
  'task-elsewhere',
  'awaited',
  'returned',
  'caught',
  'passed-on',
  'combined',
  'stored',
  'never-rejects',
  'calls',
  'gap',
] as const;
export type ReasonKind = (typeof REASON_KINDS)[number];

export interface WhyReason {
  kind: ReasonKind;
  rule: string | null;
  message: string;
  location: Location;
  related: Related[];
}
export interface WhyFinding {
  finding: Finding;
  /** The place asked for is the finding's own, one of its story, or one of those that belong to it. */
  part: 'place' | 'story' | 'related';
  /** Why the report does not show it; null: it does. */
  hidden: string | null;
}
export interface WhyAnswer {
  place: { file: string; line: number; column: number | null };
  findings: WhyFinding[];
  reasons: WhyReason[];
}
