/** What the library tables, and the recognition of home-made locks, know of a type of locks. */
import type { Count } from './facts.ts';

/** What a lock type is like; from the library table, once per type. */
export interface LockKind {
  library: string;
  capacity: Count;
  /** Index of the constructor's or factory's argument that holds the capacity, when it is given there. */
  capacityArgument?: number | { argument: number; option: string };
  /** The constructor's argument that bounds every wait on this lock when given (`new AsyncLock({ timeout })`). */
  timeoutArgument?: number | { argument: number; option: string };
  /** A setting of the constructor with which waits that end after some tries never end (`retryCount: -1`). */
  endlessWhen?: { argument: number; option: string; equals: string };
  /** The constructor's argument that makes it reentrant per task when true (`new AsyncLock({ domainReentrant })`). */
  reentrantArgument?: number | { argument: number; option: string };
  reentrant: 'no' | 'per-task' | 'per-thread';
  blocks: 'task' | 'thread';
  readers: 'none' | 'fair' | 'reader-first';
  queue: 'fifo' | 'other';
  ownerChecked: boolean;
  reach: 'loop' | 'process' | 'machine' | 'store';
  lease: boolean;
  /** One object, many locks, told apart by key. */
  keyed: boolean;
  /** Bounds work (a limiter, a pool) rather than excluding: no timeout is expected of it. */
  limiter: boolean;
  /** A connection to a store holds it, and gives it back with its end, or already with that of its transaction. */
  heldBy?: 'transaction' | 'connection';
  /** Members whose calls take one unit for as long as they last (`pool.query()`). */
  unitCalls?: string[];
}
