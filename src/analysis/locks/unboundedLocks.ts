/** Locks that are waited for without any bound: who asks, and what those who hold them wait for meanwhile. */
import { abandonedAcquires } from '../duties/abandonedAcquires.ts';
import { defineAnalysis } from '../analysis.ts';
import { siteKey } from '../duties/dutyPaths.ts';
import { evaluator } from '../flow/evaluator.ts';
import { lockActivities } from './lockActivities.ts';
import { traceEnd } from './lockPairs.ts';
import { lockedWork } from '../guarded/lockedWork.ts';
import type { Lock } from './locks.ts';
import { isEndlessCall, isEndlessPart } from './outsideWaits.ts';
import { linkedProgram, type Site } from '../program.ts';

export interface UnboundedLock {
  readonly lock: Lock;
  /** Acquisitions that wait for ever, in order of position. */
  readonly asked: readonly Site[];
  /** Entry points that run side by side ask for it: one of them. */
  readonly queued: string | null;
  /** What a holder waits for: something outside, or another lock. */
  readonly waits: Waited | null;
}
export interface Waited {
  readonly site: Site;
  readonly what: 'outside' | 'lock';
  readonly name: string;
  /** Nothing ends it: the outside does not answer, or who holds the other lock waits for that. */
  readonly open: boolean;
}
export interface UnboundedLocks {
  readonly list: readonly UnboundedLock[];
  /** All locks that are waited for, bounded or not: where they are declared. */
  readonly looked: readonly Site[];
}

interface Entry {
  lock: Lock;
  asked: Map<string, Site>;
  queued: string | null;
  outside: Site | null;
  /** Other locks that its holders wait for. */
  locks: Map<string, { site: Site; name: string }>;
}

export const unboundedLocks = defineAnalysis<UnboundedLocks>('unbounded-locks', get => {
  const entries = new Map<string, Entry>();
  const raced = new Set(get(abandonedAcquires).list.map(({ duty }) => siteKey(duty.origin)));
  for (const { activity, pairs } of get(lockActivities).list) {
    for (const { acquires, wait, trace } of pairs) {
      if (!isLock(acquires)) continue;
      const entry = entryOf(entries, acquires);
      const site = traceEnd(trace);
      if (wait !== 'endless' || acquires.bounded !== false || raced.has(siteKey(site))) continue;
      entry.asked.set(siteKey(site), site);
      if (activity.instances === 'many' && !activity.test) entry.queued ??= activity.label;
    }
    for (const { held, acquires, wait, trace } of pairs) {
      if (wait !== 'endless' || acquires.bounded !== false || acquires.kind.limiter) continue;
      for (const { lock } of held)
        if (isLock(lock) && keyOf(lock) !== keyOf(acquires))
          noteLock(entryOf(entries, lock), entryKey(acquires), { site: traceEnd(trace), name: acquires.name });
    }
  }
  noteOutside(get, entries);
  const list = [...entries.values()].filter(entry => entry.asked.size > 0);
  return {
    list: list.map(entry => ({
      lock: entry.lock,
      asked: [...entry.asked.values()].sort(byPosition),
      queued: entry.queued,
      waits: waitsOf(entry, entries),
    })),
    looked: [...entries.values()].flatMap(({ lock, asked }) => lock.declared ?? [...asked.values()].slice(0, 1)),
  };
});

function noteLock({ locks }: Entry, key: string, found: { site: Site; name: string }): void {
  if (!locks.has(key)) locks.set(key, found);
}

/** Something outside before a lock whose holders wait for something outside, and that before any other lock. */
function waitsOf(entry: Entry, entries: ReadonlyMap<string, Entry>): Waited | null {
  if (entry.outside) return { site: entry.outside, what: 'outside', name: '', open: true };
  const locks = [...entry.locks].map(([key, { site, name }]) => ({
    site,
    what: 'lock' as const,
    name,
    open: isOpen(key, entries, new Set()),
  }));
  return locks.find(({ open }) => open) ?? locks[0] ?? null;
}

function isOpen(key: string, entries: ReadonlyMap<string, Entry>, seen: Set<string>): boolean {
  const entry = entries.get(key);
  if (!entry || seen.has(key)) return false;
  seen.add(key);
  return entry.outside !== null || [...entry.locks.keys()].some(inner => isOpen(inner, entries, seen));
}

function noteOutside(get: Parameters<typeof unboundedLocks.compute>[0], entries: Map<string, Entry>): void {
  const work = get(lockedWork);
  const evaluate = get(evaluator);
  const program = get(linkedProgram);
  const note = (held: readonly { held: { lock: Lock } }[], site: Site): void => {
    for (const { held: one } of held) {
      if (!isLock(one.lock)) continue;
      entryOf(entries, one.lock).outside ??= site;
    }
  };
  for (const { frame, step, held } of work.calls)
    if (isEndlessCall(evaluate, frame, step)) note(held, program.site(frame.fn.id, step.at));
  for (const { frame, step, held } of work.awaits)
    if (isEndlessPart(evaluate, frame, step)) note(held, program.site(frame.fn.id, step.at));
}

/**
 * Excludes others: a limiter of several bounds work, a lock that was handed in is somebody else's, and what bounds the
 * waits of a database server stands in its own settings.
 */
function isLock(lock: Lock): boolean {
  if (lock.ref.kind === 'parameter' || lock.kind.heldBy !== undefined) return false;
  return !lock.kind.limiter || lock.capacity === 1;
}

/** All entries of a family, and a lock seen from several places, are one lock: that of its declaration. */
const keyOf = (lock: Lock): string =>
  lock.declared ? `${lock.declared.file}:${lock.declared.at[0]}` : lock.site.replace(/\[[^\]]*\]$/, '');

const entryKey = (lock: Lock): string => (lock.declared ? keyOf(lock) : `${keyOf(lock)} ${lock.name}`);

function entryOf(entries: Map<string, Entry>, lock: Lock): Entry {
  const key = entryKey(lock);
  let entry = entries.get(key);
  if (!entry) entries.set(key, (entry = { lock, asked: new Map(), queued: null, outside: null, locks: new Map() }));
  return entry;
}

const byPosition = (a: Site, b: Site): number => (a.file === b.file ? a.at[0] - b.at[0] : a.file < b.file ? -1 : 1);
