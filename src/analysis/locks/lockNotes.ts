/**
 * Why work that asks for a lock does not do so under a lock that was held around it: what the walk saw when it left a
 * held lock out of a critical pair. Nothing but `why` reads them.
 */
import type { Held, Summary } from './lockPairs.ts';
import { traceEnd } from './lockPairs.ts';
import type { Site } from '../program.ts';

export interface LockNote {
  /**
   * `own-task`: the work is started under the lock and nobody there waits for it; `released-before`: the lock is released
   * before the work is waited for; `queued-before`: the work asked for the lock first, and the queue of the lock is fair.
   */
  readonly kind: 'own-task' | 'released-before' | 'queued-before';
  readonly held: Held;
  /** The work, by its function. */
  readonly work: string;
  readonly started: Site;
  /** Where it is waited for; null: nowhere. */
  readonly waited: Site | null;
  /** Where the work asks for locks. */
  readonly asks: readonly Site[];
}

export class LockNotes {
  readonly #notes = new Map<string, LockNote>();

  add(note: LockNote): void {
    const { kind, held, started } = note;
    const key = `${kind} ${held.lock.site} ${started.in}:${started.at[0]}`;
    if (!this.#notes.has(key)) this.#notes.set(key, note);
  }

  list(): LockNote[] {
    return [...this.#notes.values()];
  }
}

/** The places where a task asks for locks, its own and those of what it waits for. */
export const asksOf = ({ pairs }: Summary): Site[] => pairs.map(pair => traceEnd(pair.trace));
