/** What the locks of a database server are like, and the calls that send what takes them. */
import type { LockKind } from '../model/lockKind.ts';
import type { Effect, SqlAnswer } from './library.ts';

/**
 * The kinds of `sqlLocks.ts`, by the name of the server. A connection may take what it holds once more.
 */
export function sqlLockKinds(library: string): Record<'AdvisoryLock' | 'TransactionLock' | 'Row', LockKind> {
  const kind: LockKind = {
    library,
    capacity: { kind: 'exactly', n: 1 },
    reentrant: 'per-task',
    blocks: 'task',
    readers: 'fair',
    queue: 'fifo',
    ownerChecked: true,
    reach: 'store',
    lease: false,
    keyed: true,
    limiter: false,
    heldBy: 'transaction',
  };
  return { AdvisoryLock: { ...kind, heldBy: 'connection' }, TransactionLock: kind, Row: kind };
}

/** `connection.query(text, values)`, or `query({ [option]: text, values })`, of a package with these kinds. */
export const sendsSql = (locks: string, option: string, answer: SqlAnswer): Effect => ({
  does: 'query',
  text: [0, { argument: 0, option }],
  values: [1, { argument: 0, option: 'values' }],
  session: 'receiver',
  answer,
  locks,
});
