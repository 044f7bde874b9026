/** The words of following: what is followed, what its uses are, and who observes it. */
import type { Access, Await, Call, Drop, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { type Key, sameKey } from './consumptionIndex.ts';
import type { Holder } from './consumptionPlaces.ts';

/**
 * `error`: a rejection is seen. `join`: its end is waited for. `handle`: a timer, thread or process is ended or watched;
 * `end`: likewise, and listening to what it says while it runs is not enough; `unref`: it is told not to keep the
 * process alive.
 */
export type Want = 'error' | 'join' | 'handle' | 'end' | 'unref';
export const isOfHandle = (want: Want): boolean => want === 'handle' || want === 'end';
export interface Observation {
  how:
    | 'awaited'
    | 'returned'
    | 'yielded'
    | 'thrown'
    | 'passed'
    | 'owned'
    | 'chained'
    | 'combined'
    | 'used'
    | 'cleared'
    | 'unref'
    | 'watched'
    | 'public';
  fn: FunctionId;
  step: Step | null;
  /** The promise that it was combined into. */
  into?: ValueId;
}
/** Something followed: at `inside` it lies in a container (keys from the innermost to the outermost; empty: itself). */
export type Followed =
  | { kind: 'value'; fn: FunctionId; value: ValueId; inside: readonly Key[] }
  | { kind: 'parameter'; fn: FunctionId; index: number; inside: readonly Key[] }
  | { kind: 'holder'; holder: Holder; inside: readonly Key[]; fromItself: boolean };

/** One level of uses. */
export interface Expansion {
  ends: Observation[];
  next: Followed[];
  /** Arguments of calls whose callee is exactly known: observed when a parameter of a callee is. */
  given: { step: Call; to: Followed[] }[];
  stored: { step: Access; to: Followed[] }[];
  captured: Followed[];
  drops: Drop[];
  tests: Step[];
  /** `await` of a list that it is in: that waits for nothing. */
  listAwaits: Await[];
  /** Something is computed from it, or a property of it is read: it is looked at, and not observed. */
  lookedAt: boolean;
}

/** What is left of `inside` when the parts at `keys` (outermost first) are taken; null: another part. */
export function takePart(inside: readonly Key[], keys: readonly Key[]): readonly Key[] | null {
  if (keys.length > inside.length) return null;
  const matches = keys.every((key, at) => {
    const held = inside[inside.length - 1 - at];
    return held !== undefined && sameKey(held, key);
  });
  return matches ? inside.slice(0, inside.length - keys.length) : null;
}
