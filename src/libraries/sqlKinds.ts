/** What the locks of a database server are like. */
import type { LockKind } from '../model/lockKind.ts';

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
