/**
 * Waits that only code can end which needs what the waiter holds (ALGORITHMS 2.6, obligations): an event or deferred that
 * is told under the lock held, a lock that is to become free while it is held, a promise that needs the lock, a task that
 * waits for itself.
 */
import { Unifier } from './aliasing.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Deferreds, deferreds } from './deferreds.ts';
import { type LockActivities, type LockActivity, lockActivities } from './lockActivities.ts';
import { DOUBT, type Held, type Trace, traceEnd, traceLength } from './lockPairs.ts';
import { waitsForItself } from './lockReentry.ts';
import { askingSite, traceSteps } from './lockStory.ts';
import type { Settling, Waiting } from './lockWaits.ts';
import type { Lock } from './locks.ts';
import type { Site } from '../program.ts';
import { type Frame, type Ref, selfOf, typeOf } from '../refs.ts';

export interface WaitCycle {
  readonly kind: Waiting['kind'] | 'promise';
  /** Where the wait is. */
  readonly at: Site;
  readonly held: Held;
  readonly trace: Trace;
  readonly by: LockActivity;
  /** Who could end the wait, and needs the lock for it. */
  readonly enders: readonly Site[];
  readonly confidence: 'high' | 'medium' | 'low';
  readonly assumptions: readonly string[];
}

/**
 * Why a wait ends. `other-ender`: some code can end it that does not need what the waiter holds; `open`: who ends it is
 * not all in the program; `not-held`: no lock is held there; `other-lock`: not the lock that is to become free.
 */
export interface EndingWait {
  readonly kind: Waiting['kind'];
  readonly at: Site;
  readonly because: 'other-ender' | 'open' | 'not-held' | 'other-lock';
  readonly held: Held | null;
  /** Where it can be ended; nobody but `why` asks. */
  enders(): readonly Site[];
}

export interface WaitCycles {
  readonly found: readonly WaitCycle[];
  readonly ending: readonly EndingWait[];
}

export const waitCycles = defineAnalysis<WaitCycles>('wait-cycles', get => {
  const activities = get(lockActivities);
  const { open, settlers } = get(deferreds);
  const enders = new Enders(activities);
  const found = new Map<string, WaitCycle>();
  const ending: EndingWait[] = [];
  const add = (cycle: WaitCycle | undefined): void => {
    if (!cycle) return;
    const key = `${cycle.at.in}:${cycle.at.at[0]}`;
    const known = found.get(key);
    if (!known || rank(cycle) < rank(known)) found.set(key, cycle);
  };
  for (const by of activities.list) {
    for (const pair of by.pairs) {
      if (pair.stored && pair.wait === 'endless' && pair.batch === null)
        for (const held of pair.held) if (waitsForItself(held, pair)) add(storedPromise(held, pair, by));
    }
    for (const wait of by.waits) {
      const cycle = judge(wait, by, activities, enders, { open, settlers });
      if ('because' in cycle) ending.push(cycle);
      else add(cycle);
    }
  }
  return { found: [...found.values()], ending };
});

function judge(
  wait: Waiting,
  by: LockActivity,
  activities: LockActivities,
  all: Enders,
  { open, settlers }: Pick<Deferreds, 'open' | 'settlers'>,
): WaitCycle | EndingWait {
  const isOwn = wait.kind === 'unlock' || wait.kind === 'idle';
  const isOpen = wait.on === null || (wait.on.kind === 'made' && open.has(wait.on.site));
  const [held = null] = wait.held;
  const isTold = held !== null && !isOwn && !isOpen;
  const cycle = isOwn ? ownLock(wait, by) : isTold ? told(wait, by, activities, all, settlers) : undefined;
  if (cycle) return cycle;
  const because = held === null ? 'not-held' : isOwn ? 'other-lock' : isTold && all.any(wait) ? 'other-ender' : 'open';
  const enders = (): Site[] => (isTold ? all.of(wait).map(({ settle }) => traceEnd(settle.trace)) : []);
  return { kind: wait.kind, at: traceEnd(wait.trace), because, held, enders };
}

interface Ender {
  settle: Settling;
  other: LockActivity;
}

/** Everything that may end a wait, by what is waited for; what needs fewest locks for it first. */
class Enders {
  readonly #byKey = new Map<string, Ender[]>();
  readonly #settling = new Map<string, ReadonlySet<string>>();

  constructor({ list }: LockActivities) {
    for (const other of list)
      for (const settle of other.settles) {
        const key = settle.kind === 'event' ? `event ${settle.holder}` : keyOf(settle.kind, settle.of);
        const known = this.#byKey.get(key);
        if (known) known.push({ settle, other });
        else this.#byKey.set(key, [{ settle, other }]);
      }
    for (const list of this.#byKey.values()) list.sort((a, b) => a.settle.needs.length - b.settle.needs.length);
  }

  /** The functions in which some activity settles a promise of the same maker. */
  settling(on: Ref): ReadonlySet<string> {
    const key = keyOf('deferred', on);
    let known = this.#settling.get(key);
    if (!known) {
      known = new Set((this.#byKey.get(key) ?? []).map(({ settle }) => traceEnd(settle.trace).in));
      this.#settling.set(key, known);
    }
    return known;
  }

  of(wait: Waiting): Ender[] {
    return this.#lists(wait).flatMap(list => list.filter(({ settle }) => mayEnd(settle, wait)));
  }

  any(wait: Waiting): boolean {
    return this.#lists(wait).some(list => list.some(({ settle }) => mayEnd(settle, wait)));
  }

  /** Whether nobody may end the wait otherwise than so. */
  every(wait: Waiting, isSo: (ender: Ender) => boolean): boolean {
    return this.#lists(wait).every(list => list.every(ender => !mayEnd(ender.settle, wait) || isSo(ender)));
  }

  #lists(wait: Waiting): readonly (readonly Ender[])[] {
    if (wait.on === null) return [];
    const keys = wait.kind === 'event' ? [`event ${wait.holder}`, 'event on:*'] : [keyOf(wait.kind, wait.on)];
    return [...new Set(keys)].map(key => this.#byKey.get(key) ?? []);
  }
}

const keyOf = (kind: string, ref: Ref): string => `${kind} ${ref.kind === 'made' ? ref.site : ''}`;

/** A promise that was stored or started before the lock was taken, and that needs it. */
function storedPromise(held: Held, pair: LockActivity['pairs'][number], by: LockActivity): WaitCycle {
  const doubts = Number(pair.guessed) + Number(held.maybe) + Number(pair.prefix);
  return {
    kind: 'promise',
    at: askingSite(held, pair),
    held,
    trace: pair.trace,
    by,
    enders: [traceEnd(pair.trace)],
    confidence: doubts === 0 ? 'high' : doubts === 1 ? 'medium' : 'low',
    assumptions: pair.prefix ? ['the promise may be started while the lock is held already'] : [],
  };
}

/** The holder waits until its own lock is free, or until its own queue has run empty. */
function ownLock(wait: Waiting, by: LockActivity): WaitCycle | undefined {
  const { lock } = wait;
  const unifier = new Unifier(() => true);
  const isFull = ({ mode, lock: own, units }: Held): boolean =>
    wait.kind === 'idle' || mode === 'exclusive' || (own.capacity !== null && (units ?? 1) >= own.capacity);
  const held = wait.held.find(
    one => lock !== null && one.lock.site === lock.site && unifier.isSame(one.lock, 0, lock, 0) && isFull(one),
  );
  return held && cycleOf(wait, held, by, [traceEnd(wait.trace)]);
}

/** Everybody who could tell needs a lock that the waiter holds. */
function told(
  wait: Waiting,
  by: LockActivity,
  activities: LockActivities,
  all: Enders,
  settlers: ReadonlyMap<string, ReadonlySet<string>>,
): WaitCycle | undefined {
  if (wait.on === null || !all.any(wait)) return undefined;
  // A resolver in code that no entry point reaches: nobody knows under which locks it runs.
  const seen = all.settling(wait.on);
  const known = wait.on.kind === 'made' ? (settlers.get(wait.on.site) ?? new Set<string>()) : new Set<string>();
  if ((wait.holder === '' || wait.guessed) && [...known].some(fn => !seen.has(fn))) return undefined;
  const held = wait.held.find(one => {
    if (one.mode === 'shared' || (one.mode === 'permit' && one.lock.capacity !== 1)) return false;
    return all.every(wait, ({ settle, other }) => needsLock(one.lock, wait, by, settle, other, activities));
  });
  if (!held) return undefined;
  const enders = all.of(wait).map(({ settle }) => traceEnd(settle.trace));
  return cycleOf(wait, held, by, enders);
}

function mayEnd(settle: Settling, wait: Waiting): boolean {
  const { on } = wait;
  if (settle.kind !== wait.kind || on === null) return false;
  if (settle.kind === 'event') return settle.holder === wait.holder || settle.holder === 'on:*';
  if (settle.of.kind !== 'made' || on.kind !== 'made' || settle.of.site !== on.site) return false;
  if (areOfOthers(settle.of.frame, on.frame)) return false;
  const [made, waited] = [settle.of.frame.from, on.frame.from];
  if (made && waited) return made.key === waited.key;
  return settle.holder === '' || wait.holder === '' || settle.holder === wait.holder || isInline(on);
}

/** Made by methods, or constructors, of two objects that are made in two places. */
function areOfOthers(a: Frame, b: Frame): boolean {
  const [one, ...more] = selfOf(a);
  const [other, ...others] = selfOf(b);
  if (one?.kind !== 'made' || other?.kind !== 'made' || more.length > 0 || others.length > 0) return false;
  return one.site !== other.site;
}

/** Made by the code that waits, not by a factory: its site alone tells it. */
const isInline = (on: Ref & { kind: 'made' }): boolean => on.frame.fn.owner !== null;

function needsLock(
  lock: Lock,
  wait: Waiting,
  by: LockActivity,
  settle: Settling,
  other: LockActivity,
  activities: LockActivities,
): boolean {
  const unifier = new Unifier((frame, side) =>
    activities.isShared(frame.id, side === 0 ? by.activity : other.activity),
  );
  if (wait.on) unifier.unify({ side: 0, ref: wait.on }, { side: 1, ref: settle.of });
  return settle.needs.some(
    needed => needed.site === lock.site && (unifier.isSame(lock, 0, needed, 1) || belongTogether(lock, needed, wait)),
  );
}

/** The lock and what is waited for are parts of one object, on both sides. */
function belongTogether(lock: Lock, needed: Lock, { on, holder }: Waiting): boolean {
  if (lock.entry !== null || lock.owner?.kind !== 'self' || needed.owner?.kind !== 'self') return false;
  const type = typeOf(lock.owner);
  const maker = on?.kind === 'made' ? on.frame.fn : undefined;
  return type !== null && (holder.startsWith(`${type}.`) || ownerOf(maker) === type);
}

/** The class whose method a function is, or stands in. */
function ownerOf(fn: { id: string; owner: string | null } | undefined): string | null {
  if (!fn) return null;
  if (fn.owner !== null) return fn.owner;
  const method = /^(.*#[^./]+)\./.exec(fn.id);
  return method?.[1] ?? null;
}

function cycleOf(wait: Waiting, held: Held, by: LockActivity, enders: readonly Site[]): WaitCycle {
  const doubts = Number(wait.guessed) + Number(held.maybe);
  return {
    kind: wait.kind,
    at: waitSite(held, wait),
    held,
    trace: wait.trace,
    by,
    enders,
    confidence: doubts === 0 ? 'high' : doubts === 1 ? 'medium' : 'low',
    assumptions: [],
  };
}

/** The wait itself, or, in a function that both the holder and others call, the wait there. */
function waitSite(_held: Held, wait: Waiting): Site {
  const steps = traceSteps(wait.trace);
  return steps[steps.length - 1]?.site ?? wait.trace.site;
}

const rank = (one: WaitCycle): number => traceLength(one.trace) + DOUBT[one.confidence];
