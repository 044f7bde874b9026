/** Connections to a store that hold locks: what is given back by the end of a transaction, and by that of the connection. */
import type { LockKind } from '../model/lockKind.ts';
import type { Refs } from './refs.ts';

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
