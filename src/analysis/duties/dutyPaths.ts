/**
 * Release duties along paths: what a path of an activation has taken and must give back (typestate, after Strom and
 * Yemini 1986), what it gave back for its caller, and what it knows of conditions. Paths are told apart as far as that
 * matters, and few at a time.
 */
import type { Lock } from '../locks/locks.ts';
import type { Site } from '../program.ts';
import type { Refs } from '../refs.ts';

/** Something taken that must be given back: a lock, or a flag that keeps others out while it is set. */
export interface Duty {
  /** The acquisition: activation and step; or the place of the flag. */
  readonly id: string;
  readonly kind: 'lock' | 'flag';
  readonly locks: readonly Lock[];
  /** Keys of the locks, or of the flag: a release of any of them ends the duty. */
  readonly keys: readonly string[];
  readonly name: string;
  /** Where the function that is looked at takes it: the acquisition, or the call that gives it. */
  readonly site: Site;
  /** The acquisition itself. */
  readonly origin: Site;
  /** Requested in one go with others: there is no order among them. */
  readonly batch: string | null;
  /** Taken in a loop: stands for as many as there are rounds. */
  readonly repeated: boolean;
  /** The lock came as a parameter: who gave it can release it. */
  readonly given: boolean;
  /** Taken in an earlier round of a loop, by whoever takes it again: the variable has forgotten its releaser. */
  readonly forgotten?: boolean;
}

/** `own`: reachable from this activation only; `outer`: others reach it too. */
export type Reach = 'own' | 'outer';

export interface Hold {
  readonly duty: Duty;
  /** Objects and variables that hold the releaser. */
  readonly carriers: ReadonlyMap<string, Reach>;
  /** The releaser is part of what the function returns. */
  readonly returned: boolean;
}

/** A release of something that the activation did not take: it is its caller's, or nobody's. */
export interface Freed {
  readonly token: string | null;
  readonly locks: readonly Lock[];
  readonly keys: readonly string[];
  /** Parts of objects that were called: which releaser that is, who holds it knows. */
  readonly parts: Refs;
  /** Not yet: code that was handed on will do it. */
  readonly later?: true;
  /** A flag tells whether it is held: where it is not, nothing is released. */
  readonly ifHeld?: true;
  /** Where the function that is looked at gives it up: the release, or the call that does it. */
  readonly site: Site;
  /** The release itself. */
  readonly origin: Site;
}

export interface Path {
  /** In order of acquisition. */
  readonly held: readonly Hold[];
  /** Duties taken so far, given back or not. */
  readonly taken: ReadonlySet<string>;
  readonly freed: readonly Freed[];
  /** Keys released by lock (not by token) on this path. */
  readonly done: ReadonlySet<string>;
  /** Keys of locks that may be held or not: their acquisition was raced against something else. */
  readonly raced: ReadonlySet<string>;
  /** Tokens of the caller that were handed on. */
  readonly lost: ReadonlySet<string>;
  /** Tokens of the caller that were put into objects or variables. */
  readonly stored: ReadonlyMap<string, ReadonlyMap<string, Reach>>;
  /** What is known of conditions: `t4` (value 4 is truthy), `r7` (what step 7 gave is truthy), `j9` (promise 9 was joined). */
  readonly facts: ReadonlyMap<string, boolean>;
  /** Promises under way that will release what the path holds. */
  readonly pending: ReadonlySet<number>;
}

export const START: Path = {
  held: [],
  taken: new Set(),
  freed: [],
  done: new Set(),
  raced: new Set(),
  lost: new Set(),
  stored: new Map(),
  facts: new Map(),
  pending: new Set(),
};

/** Why a path ends in an exception: `certain` for a throw, an await or I/O; else only unknown code could throw. */
export interface Cause {
  readonly certain: boolean;
  readonly site: Site;
  readonly text: string;
}

export interface Exit {
  readonly how: 'normal' | 'throw';
  readonly path: Path;
  /** Whether what is returned is truthy; null when not known. */
  readonly returns: boolean | null;
  readonly cause: Cause | null;
  readonly site: Site;
}

const PATHS = 24;

const dutiesKey = (path: Path): string =>
  [
    path.held
      .map(({ duty, carriers, returned }) => `${duty.id}${returned ? '!' : ''}(${[...carriers.keys()].join()})`)
      .join(' '),
    path.freed
      .map(
        ({ token, keys, parts, later, ifHeld }) =>
          token ?? `${later ? '+' : ''}${ifHeld ? '?' : ''}${keys.join('/')}:${parts.map(ref => ref.id).join('/')}`,
      )
      .join(' '),
    [...path.done].join(' '),
    [...path.raced].join(' '),
    [...path.lost].join(' '),
    [...path.stored].map(([token, holders]) => `${token}(${[...holders.keys()].join()})`).join(' '),
    [...path.pending].join(' '),
  ].join('|');

const factsKey = (path: Path): string =>
  [...path.facts]
    .map(([key, holds]) => `${key}${holds ? '+' : '-'}`)
    .sort()
    .join(' ');

/** Paths without repeats; when there are too many, what they know of conditions is given up first. */
export function distinct(paths: readonly Path[]): { paths: readonly Path[]; overflow: boolean } {
  if (paths.length <= 1) return { paths, overflow: false };
  const exact = new Map<string, Path>();
  for (const path of paths) exact.set(`${dutiesKey(path)}#${factsKey(path)}#${[...path.taken].join(' ')}`, path);
  if (exact.size <= PATHS) return { paths: [...exact.values()], overflow: false };
  const coarse = new Map<string, Path>();
  for (const path of exact.values()) {
    const key = dutiesKey(path);
    const known = coarse.get(key);
    coarse.set(key, known ? commonFacts(known, path) : path);
  }
  return { paths: [...coarse.values()].slice(0, PATHS), overflow: true };
}

function commonFacts(a: Path, b: Path): Path {
  return {
    ...a,
    taken: new Set([...a.taken, ...b.taken]),
    facts: new Map([...a.facts].filter(([key, holds]) => b.facts.get(key) === holds)),
  };
}

/** Exits without repeats: of those that say the same, one with the surest cause. */
export function distinctExits(exits: readonly Exit[]): readonly Exit[] {
  const found = new Map<string, Exit>();
  for (const exit of exits) {
    const key = `${exit.how} ${exit.returns ?? ''} ${dutiesKey(exit.path)}`;
    const known = found.get(key);
    if (!known) found.set(key, { ...exit, path: { ...exit.path, facts: new Map() } });
    else if (known.cause && exit.cause?.certain && !known.cause.certain) found.set(key, { ...exit, path: known.path });
  }
  return [...found.values()].slice(0, 2 * PATHS);
}

/** Failures as they are, while they are few; else one of those that leave the same duties, the surest. */
export function distinctFailures<T extends { path: Path; cause: Cause }>(all: readonly T[]): readonly T[] {
  if (all.length <= 2 * PATHS) return all;
  const found = new Map<string, T>();
  for (const one of all) {
    const key = dutiesKey(one.path);
    const known = found.get(key);
    if (!known || (one.cause.certain && !known.cause.certain)) found.set(key, one);
  }
  return [...found.values()].slice(0, 2 * PATHS);
}

export const withFact = (path: Path, key: string, holds: boolean): Path => ({
  ...path,
  facts: new Map([...path.facts, [key, holds]]),
});

/** Most releases for others that a path carries to its callers. */
const FREED = 16;

/** The path that has ended a duty which is not its own; each such duty once. */
export function withFreed(path: Path, freed: Freed): Path {
  const isKnown = path.freed.some(
    known =>
      known.token === freed.token &&
      known.later === freed.later &&
      known.ifHeld === freed.ifHeld &&
      known.keys.length === freed.keys.length &&
      known.keys.every((key, at) => key === freed.keys[at]) &&
      known.parts.length === freed.parts.length &&
      known.parts.every((part, at) => part === freed.parts[at]),
  );
  return isKnown || path.freed.length >= FREED ? path : { ...path, freed: [...path.freed, freed] };
}

export const without = (path: Path, gone: (hold: Hold) => boolean): Path =>
  path.held.some(gone) ? { ...path, held: path.held.filter(hold => !gone(hold)) } : path;

export function siteKey(site: Site): string {
  return `${site.in}@${site.at[0]}-${site.at[1]}`;
}

/**
 * A flag that tells where the code has been agrees with what is held: the way that gives back is the one taken, and one
 * that gives back a second time (`isTwice`) is not. Who takes nothing itself gives back what its callers hold, if they do.
 */
export function byFlag(
  path: Path,
  yes: readonly Path[],
  no: readonly Path[],
  isTwice: { yes: boolean; no: boolean },
): readonly Path[] | null {
  const gives = (paths: readonly Path[]): boolean => paths.some(one => one.held.length < path.held.length);
  const byLock = (one: Path): number => one.freed.filter(freed => freed.locks.length > 0 && !freed.later).length;
  const frees = (paths: readonly Path[]): boolean => paths.some(one => byLock(one) > byLock(path));
  if (gives(yes) !== gives(no)) return gives(yes) ? yes : no;
  const [yesFrees, noFrees] = [frees(yes) || isTwice.yes, frees(no) || isTwice.no];
  if (yesFrees !== noFrees) {
    const isForCallers = path.taken.size === 0 && !isTwice.yes && !isTwice.no;
    if (isForCallers) return (yesFrees ? yes : no).map(one => ifHeld(one, path));
    return yesFrees ? no : yes;
  }
  return null;
}

/** What was given back since is only where it is held. */
function ifHeld(path: Path, before: Path): Path {
  const isNew = (freed: Freed): boolean => freed.locks.length > 0 && !before.freed.includes(freed);
  return { ...path, freed: path.freed.map(freed => (isNew(freed) ? { ...freed, ifHeld: true } : freed)) };
}
