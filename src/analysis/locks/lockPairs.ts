/**
 * Critical pairs (Brotherston, Brunet, Gorogiannis, Kanovich: "A Compositional Deadlock Detector for Android Java",
 * ASE 2021): the locks held just before an acquisition, and the acquisition. Here with who waits how, below which forks
 * each lock was taken, and what orders the two objects.
 */
import type { Acquire, Wait } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import type { Settling, Waiting } from './lockWaits.ts';
import type { Lock } from './locks.ts';
import type { Site } from '../program.ts';
import { type Ref, tokenId, tokenPlace } from '../refs.ts';

/** A persistent list of call sites, outermost first, down to the place itself. */
export interface Trace {
  readonly site: Site;
  /** What happens at the site, worded when rendered: the name of what is called. */
  readonly calls: string | null;
  /** The call is of a function that was handed in (`work()` in a wrapper). */
  readonly through: boolean;
  /** Where the promise of the call is waited for, when that is another statement. */
  readonly waited: Site | null;
  readonly next: Trace | null;
}

/** What less sure evidence weighs against the length of a trace when one of several is told. */
export const DOUBT: Record<Confidence, number> = { high: 0, medium: 100, low: 200 };

export const traceLength = (trace: Trace | null): number => {
  let length = 0;
  for (let at = trace; at; at = at.next) length += 1;
  return length;
};

/** The last step of a trace: where the thing itself happens. */
export function traceEnd(trace: Trace): Site {
  let at = trace;
  while (at.next) at = at.next;
  return at.site;
}

export type Mode = Acquire['mode'];

/** A lock held at some point. */
export interface Held {
  readonly lock: Lock;
  readonly mode: Mode;
  readonly units: number | null;
  /** The acquisition that took it: activation and step. */
  readonly token: string;
  /** The same in the code, whichever activation it was. */
  readonly place: string;
  readonly trace: Trace;
  /** How many of the pair's forks lie above the acquisition. */
  readonly depth: number;
  /** Held on some paths only. */
  readonly maybe: boolean;
  /** A common total order puts this lock before the one asked for; the name of the order. Set inside a pair only. */
  readonly order: string | null;
  /** Known not to be the lock asked for: a test excluded it. Set inside a pair only. */
  readonly differs: boolean;
  /** Taken only when this task-local store says that the task is not inside yet. */
  readonly context: Ref | null;
  /** What gives it back with all else that a connection holds: the ends of its transaction and of itself (`sessions.ts`). */
  readonly ends: readonly string[];
}

/** Branches that run side by side: `branch` names the one; `many` of them when it is spawned per element. */
export interface Fork {
  readonly id: string;
  /** The combinator, in the code. */
  readonly site?: Site;
  readonly branch: string;
  readonly many: boolean;
}

/** Something of the caller's that is given back: by its releaser, by the lock, or by an end of the session that holds it. */
export type Returned =
  | { readonly token: string; readonly place: string; readonly lock: null }
  | { readonly token: null; readonly lock: string };

export const returnedBy = (token: Ref & { kind: 'token' }): Returned => ({
  token: tokenId(token),
  place: tokenPlace(token),
  lock: null,
});

export const isSameReturn = (a: Returned, b: Returned): boolean => a.token === b.token && a.lock === b.lock;

/** The acquisition took it, in an earlier round of a loop. */
export const isOlder = (held: Held, token: string): boolean =>
  held.token !== token && held.token.startsWith(token) && /^'+$/.test(held.token.slice(token.length));

/** The acquisition took it, in this round or in an earlier one. */
export const isTakenBy = (held: Held, token: string): boolean => held.token === token || isOlder(held, token);

export const isReturned = (held: Held, all: readonly Returned[]): boolean =>
  all.some(({ token, lock }) =>
    token === null ? held.lock.key === lock || held.ends.includes(lock) : isTakenBy(held, token),
  );

/**
 * Code that runs on its own gives it back. Which of several activations of the function took it, that code may not tell:
 * when each handed over its own, all did.
 */
export const isHandedOver = (held: Held, all: readonly Returned[]): boolean =>
  isReturned(held, all) || all.some(one => one.token !== null && one.place === held.place);

export interface Pair {
  readonly held: readonly Held[];
  /** What of the callers' is given back before it asks: none of that is held around it. */
  readonly without: readonly Returned[];
  readonly acquires: Lock;
  readonly mode: Mode;
  readonly units: number | null;
  readonly wait: Wait;
  readonly trace: Trace;
  /** Outermost first. */
  readonly forks: readonly Fork[];
  /** Asked for before the task that asks suspends for the first time. */
  readonly prefix: boolean;
  /** Requested in one go with the others of this batch, from a fair lock. */
  readonly batch: string | null;
  /** Before the program starts to serve, and waited for. */
  readonly startup: boolean;
  /** Rests on a call whose target is one of several. */
  readonly guessed: boolean;
  /** The task was stored or started before the lock was taken: waiting for it is not a call. */
  readonly stored: boolean;
  /** That task, until the activation that started it is reached; `queued`: it asks before it suspends for the first time. */
  readonly task: { readonly id: number; readonly queued: boolean } | null;
  /** Asked for only when this task-local store says that the task is not inside yet. */
  readonly context: Ref | null;
  /** Asked for only where these task-local stores, or parts of what they hold, hold nothing. */
  readonly empty: readonly Ref[];
  /** One of them holds something here: it is not asked for. */
  readonly never: boolean;
}

/** What running a function to its end does. */
export interface Summary {
  readonly pairs: readonly Pair[];
  /** Held when it ends normally, and not released. */
  readonly net: readonly Held[];
  /** What of the caller's it releases. */
  readonly releases: readonly Returned[];
  /** … on every way to its end. */
  readonly returned: readonly Returned[];
  /** … and what code gives back that it starts or registers and does not wait for: from there on that code holds it. */
  readonly handed: readonly Returned[];
  /** Held while a generator's consumer runs: at its yields. */
  readonly yields: readonly Held[];
  /** It makes the program reachable from outside (starts to listen). */
  readonly serves: boolean;
  /** What it waits for besides locks, and the waits of others that it ends. */
  readonly waits: readonly Waiting[];
  readonly settles: readonly Settling[];
  /** Locks that it has taken on every way to its end, released or not. */
  readonly passed: readonly Lock[];
}

export const EMPTY: Summary = {
  pairs: [],
  net: [],
  releases: [],
  returned: [],
  handed: [],
  yields: [],
  serves: false,
  waits: [],
  settles: [],
  passed: [],
};

const PAIRS_PER_FUNCTION = 256;

/** Pairs without repeats: of those that say the same, the one with the shortest trace. */
export class PairSet {
  readonly #pairs = new Map<string, Pair>();
  /** Set when pairs were left out. */
  overflow = false;

  add(pair: Pair): void {
    const key = pairKey(pair);
    const known = this.#pairs.get(key);
    if (known) {
      if (traceLength(pair.trace) < traceLength(known.trace)) this.#pairs.set(key, pair);
    } else if (this.#pairs.size >= PAIRS_PER_FUNCTION) this.overflow = true;
    else this.#pairs.set(key, pair);
  }

  list(): Pair[] {
    return [...this.#pairs.values()];
  }
}

function pairKey(pair: Pair): string {
  const held = pair.held
    .map(
      ({ lock, mode, depth, order, differs, maybe }) =>
        `${lock.key}:${mode}:${depth}:${order ?? ''}:${differs ? 'd' : ''}:${maybe ? 'm' : ''}`,
    )
    .sort();
  const forks = pair.forks.map(fork => `${fork.id}:${fork.branch}:${fork.many ? 'w' : ''}`);
  return [
    pair.acquires.key,
    pair.mode,
    pair.wait,
    held.join(','),
    forks.join(','),
    pair.batch ?? '',
    pair.startup ? 's' : '',
    pair.guessed ? 'g' : '',
    pair.prefix ? 'p' : '',
    pair.stored ? 't' : '',
    pair.task === null ? '' : `${pair.task.id}${pair.task.queued ? 'q' : ''}`,
    pair.context?.id ?? '',
    pair.empty.map(({ id }) => id).join(','),
    pair.never ? 'n' : '',
    pair.without.map(({ token, lock }) => token ?? lock).join(','),
  ].join('|');
}

/** The guard that let the holder in ("no transaction is open in this task") lets the same task pass the second time. */
export function isLetIn({ context }: Held, pair: Pair): boolean {
  if (pair.never) return true;
  if (pair.context === null || context === null) return false;
  if (pair.context === context) return true;
  return pair.context.kind === 'made' && context.kind === 'made' && pair.context.site === context.site;
}
