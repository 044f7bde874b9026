/**
 * What tasks wait for besides locks, and what ends those waits: a deferred and the calls of its `resolve`, an event and
 * its emissions, a lock that is to become free, a queue that is to run empty (ALGORITHMS 2.6, obligations).
 */
import type { Held, Returned, Trace } from './lockPairs.ts';
import type { Lock } from './locks.ts';
import type { Ref } from '../refs.ts';

export interface Waiting {
  readonly kind: 'deferred' | 'event' | 'unlock' | 'idle';
  /** The promise, the emitter; null for a wait on a lock. */
  readonly on: Ref | null;
  /** Tells deferreds of one maker apart (`Class.field` that holds it), or names the event; '' when not known. */
  readonly holder: string;
  readonly lock: Lock | null;
  readonly held: readonly Held[];
  /** What of the callers' is given back before it waits. */
  readonly without: readonly Returned[];
  readonly trace: Trace;
  readonly guessed: boolean;
}

export interface Settling {
  readonly of: Ref;
  readonly holder: string;
  readonly kind: 'deferred' | 'event';
  /** Locks that the task holds here, or has taken on every way here. */
  readonly needs: readonly Lock[];
  readonly trace: Trace;
}

/** Waits and what ends them, without repeats. */
export class WaitSet {
  readonly #waits = new Map<string, Waiting>();
  readonly #settles = new Map<string, Settling>();

  wait(one: Waiting): void {
    const held = one.held.map(({ lock, maybe }) => `${lock.key}${maybe ? '?' : ''}`).sort();
    const without = one.without.map(({ token, lock }) => `-${token ?? lock}`);
    const key = [one.kind, one.on?.id ?? '', one.holder, one.lock?.key ?? '', ...held, ...without].join('|');
    if (!this.#waits.has(key) && this.#waits.size < LIMIT) this.#waits.set(key, one);
  }

  settle(one: Settling): void {
    const key = [one.kind, one.of.id, one.holder, ...one.needs.map(lock => lock.key).sort()].join('|');
    if (!this.#settles.has(key) && this.#settles.size < LIMIT) this.#settles.set(key, one);
  }

  get waits(): Waiting[] {
    return [...this.#waits.values()];
  }
  get settles(): Settling[] {
    return [...this.#settles.values()];
  }
}

const LIMIT = 64;
