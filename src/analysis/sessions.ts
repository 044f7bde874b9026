/** Connections to a store that hold locks: what is given back by the end of a transaction, and by that of the connection. */
import type { LockKind } from '../model/lockKind.ts';
import type { Lock } from './locks/locks.ts';
import type { Ref, Refs } from './refs.ts';

const END = 'end of ';

/** The ends that give a lock of this kind back, when these connections hold it. */
export function endsOf({ heldBy }: LockKind, sessions: Refs): readonly string[] {
  if (heldBy === undefined) return [];
  return [...(heldBy === 'transaction' ? endKeys(false, sessions) : []), ...endKeys(true, sessions)];
}

/** What ends: the connections as such (`whole`), or just their transactions. */
export const endKeys = (whole: boolean, sessions: Refs): readonly string[] =>
  sessions.map(({ id }) => `${END}${whole ? 'connection' : 'transaction'} ${id}`);

export const isEndKey = (key: string): boolean => key.startsWith(END);

/** How many of the values of a promise it may be; what a statement locks is taken besides the statement, not instead of it. */
export function alternatives(refs: Refs): number {
  const others = refs.filter(ref => !isTakenBesides(ref)).length;
  return others === 0 ? refs.length : others;
}

function isTakenBesides(ref: Ref): boolean {
  if (ref.kind !== 'task' || !ref.frame.fn.synthetic) return false;
  const [only, ...more] = ref.frame.fn.body;
  return only?.kind === 'acquire' && only.session !== undefined && more.length === 0;
}

/** Both are locks of one family that a session holds, and what the one or the other stands for is told by no one key. */
export const areUntold = (one: Lock, other: Lock): boolean =>
  one.site === other.site && one.kind.heldBy !== undefined && [one, other].some(({ entry }) => isUntold(entry));

function isUntold(entry: Lock['entry']): boolean {
  if (entry === null || typeof entry === 'string') return false;
  if (entry.kind !== 'opaque') return entry.kind === 'unknown';
  const value = /^v(\d+)$/.exec(entry.what)?.[1];
  return value !== undefined && entry.frame.fn.values[Number(value)]?.kind === 'unknown';
}
