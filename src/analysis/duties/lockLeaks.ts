/** Acquisitions that some path does not give back, releases that end somebody else's turn, flags that stay set. */
import type { FunctionFacts } from '../../model/facts.ts';
import type { Level } from '../../model/report.ts';
import { defineAnalysis } from '../analysis.ts';
import type { Cause, Duty, Exit, Freed, Hold } from './dutyPaths.ts';
import { siteKey } from './dutyPaths.ts';
import type { DutyEvents, EarlyRelease, WrongRelease } from './dutyEffects.ts';
import { type DutyRun, type LockDuties, lockDuties } from './lockDuties.ts';
import type { Lock } from '../locks/locks.ts';
import { type Site, walkSteps } from '../program.ts';

export interface Leak {
  readonly duty: Duty;
  readonly level: Level;
  /** `end`: a normal path; `throw`: only when something on the way throws. */
  readonly how: 'end' | 'throw';
  /** Where the path leaves, or what throws. */
  readonly way: Site;
  readonly text: string;
  readonly coarse: boolean;
  /** The function that is left. */
  readonly fn: string;
  /** Some path does give it back. */
  readonly sometimes: boolean;
}
export interface LockLeaks {
  readonly leaks: readonly Leak[];
  readonly wrong: readonly WrongRelease[];
  readonly early: readonly EarlyRelease[];
  /** Acquisitions by hand, and claims. */
  readonly examined: readonly Site[];
  /** Nested acquisitions by hand, for the order of release. */
  readonly nested: readonly Site[];
}

/**
 * What is taken by hand and given back. `released`: on all ways; `returned`: whoever calls is given the releaser;
 * `handed-over`: the releaser is put, or given to code, where others release with it.
 */
export interface KeptDuty {
  readonly duty: Duty;
  readonly because: 'released' | 'returned' | 'handed-over';
}

/** Duties without a finding, with what becomes of them. Nothing but `why` asks for them. */
export const keptDuties = defineAnalysis<readonly KeptDuty[]>('kept-duties', get => {
  const duties = get(lockDuties);
  const leaking = new Set(get(lockLeaks).leaks.map(({ duty }) => siteKey(duty.site)));
  return duties.runs.flatMap(run =>
    [...takenIn(run, duties).values()].flatMap(({ duty }): KeptDuty[] => {
      if (leaking.has(siteKey(duty.site))) return [];
      const holds = run.exits.flatMap(({ path }) => path.held.filter(hold => hold.duty.id === duty.id));
      if (holds.some(hold => hold.returned)) return [{ duty, because: 'returned' }];
      const isGiven = holds.length > 0 || duties.events.given.has(duty.id);
      return [{ duty, because: isGiven ? 'handed-over' : 'released' }];
    }),
  );
});

export const lockLeaks = defineAnalysis<LockLeaks>('lock-leaks', get => {
  const duties = get(lockDuties);
  const leaks = new Map<string, Leak>();
  const examined = new Map<string, Site>();
  const wrong = [...duties.events.wrong.values()];
  const wrappers = new Set<string>();
  for (const run of duties.runs) {
    const holds = takenIn(run, duties);
    for (const hold of holds.values()) {
      examined.set(siteKey(hold.duty.site), hold.duty.site);
      const leak =
        hold.duty.kind === 'flag' ? flagLeak(run, hold.duty, duties) : lockLeak(run, hold.duty, duties, wrappers);
      const key = `${siteKey(hold.duty.site)} ${hold.duty.id}`;
      if (leak && worse(leak, leaks.get(key))) leaks.set(key, leak);
    }
    wrong.push(...foreignReleases(run, duties));
  }
  for (const run of duties.runs) wrong.push(...strayReleases(run, duties, wrappers));
  return {
    leaks: withoutCallers([...leaks.values()]),
    wrong: distinctWrong(wrong),
    early: [...duties.events.early.values()].filter(early => early.then !== null),
    examined: [...examined.values()],
    nested: [...duties.events.early.values()].map(early => early.second.site),
  };
});

/** What a function leaks, its callers leak as well: one defect. */
function withoutCallers(leaks: readonly Leak[]): Leak[] {
  const sites = new Set(leaks.map(({ duty }) => siteKey(duty.site)));
  return leaks.filter(({ duty }) => {
    const origin = siteKey(duty.origin);
    return origin === siteKey(duty.site) || !sites.has(origin);
  });
}

const worse = (leak: Leak, known: Leak | undefined): boolean =>
  !known || (leak.level === 'error' && known.level !== 'error') || (leak.how === 'end' && known.how !== 'end');

function distinctWrong(all: readonly WrongRelease[]): WrongRelease[] {
  const found = new Map<string, WrongRelease>();
  for (const one of all) {
    const key = siteKey(one.site);
    const known = found.get(key);
    if (!known || (one.certain && !known.certain)) found.set(key, one);
  }
  return [...found.values()];
}

/** Duties that the function itself takes on: not those of the parts that a library call is made of. */
function takenIn(run: DutyRun, { events }: LockDuties): Map<string, { duty: Duty }> {
  const found = new Map<string, { duty: Duty }>();
  for (const { path } of run.exits) {
    for (const hold of path.held) found.set(hold.duty.id, hold);
    for (const id of path.taken) {
      const duty = events.takenBy(run.fn.id, id);
      if (duty && !found.has(id)) found.set(id, { duty });
    }
  }
  if (run.fn.synthetic && !run.fn.body.some(step => step.kind === 'call')) return new Map();
  return found;
}

const isHandedOver = (hold: Hold): boolean => hold.returned || [...hold.carriers.values()].includes('outer');

const leftWith = (exits: readonly Exit[], duty: Duty): Exit[] =>
  exits.filter(({ path }) => path.held.some(hold => hold.duty.id === duty.id && !isHandedOver(hold)));

function lockLeak(run: DutyRun, duty: Duty, duties: LockDuties, wrappers: Set<string>): Leak | null {
  const normal = run.exits.filter(exit => exit.how === 'normal');
  const left = leftWith(normal, duty);
  const base = { duty, coarse: run.coarse, fn: run.fn.id };
  const isGivenBack = ({ path }: Exit): boolean =>
    path.taken.has(duty.id) && !path.held.some(hold => hold.duty.id === duty.id);
  const sometimes = duty.forgotten === true || run.exits.some(isGivenBack);
  // Where nobody gives it back, it is held for as long as the connection lasts.
  if (!sometimes && duty.locks.some(lock => lock.kind.heldBy === 'connection')) return null;
  if (left.length > 0) {
    const isForCaller = !run.fn.synthetic && (duty.given || duty.locks.some(lock => duties.isReleasedElsewhere(lock)));
    const freesAnother = left.some(({ path }) => path.freed.some(freed => freed.locks.length > 0 && !isNoFault(freed)));
    if (!isForCaller || freesAnother || !(left.length === normal.length || isTold(normal, left))) {
      const [first] = left;
      if (first) return { ...base, level: 'error', how: 'end', way: first.site, text: '', sometimes };
    }
    for (const lock of duty.locks) wrappers.add(lock.site);
  }
  return thrownLeak(base, leftWith(run.exits, duty), sometimes);
}

/** What the function returns tells whether it holds the lock. */
function isTold(normal: readonly Exit[], left: readonly Exit[]): boolean {
  const others = normal.filter(exit => !left.includes(exit));
  const [first] = left;
  if (first?.returns === null || first === undefined) return false;
  return left.every(exit => exit.returns === first.returns) && others.every(exit => exit.returns === !first.returns);
}

function thrownLeak(
  base: Pick<Leak, 'duty' | 'coarse' | 'fn'>,
  left: readonly Exit[],
  sometimes: boolean,
): Leak | null {
  const causes = left.flatMap(exit => (exit.how === 'throw' && exit.cause ? [exit.cause] : []));
  const cause: Cause | undefined = earliest(causes.filter(one => one.certain)) ?? earliest(causes);
  if (!cause) return null;
  return {
    ...base,
    level: cause.certain ? 'error' : 'warning',
    how: 'throw',
    way: cause.site,
    text: cause.text,
    sometimes,
  };
}

const earliest = (causes: readonly Cause[]): Cause | undefined =>
  [...causes].sort((a, b) => a.site.at[0] - b.site.at[0])[0];

/** A claim that some normal path sets back and another path does not. Whoever else sets it back may end it. */
function flagLeak(run: DutyRun, duty: Duty, { flags, events }: LockDuties): Leak | null {
  const normal = run.exits.filter(exit => exit.how === 'normal');
  const isReset = normal.some(
    ({ path }) =>
      path.taken.has(duty.id) && !path.held.some(hold => hold.duty.id === duty.id) && path.done.has(duty.keys[0] ?? ''),
  );
  const key = duty.keys[0] ?? '';
  const others = flags
    .resetters(key)
    .filter(site => site.in !== run.fn.id && !events.owned.has(siteKey(site)) && !isConstructor(site));
  if (!isReset || others.length > 0 || flags.isForOnce(key) || isVisited(run.fn, key, flags)) return null;
  const base = { duty, coarse: run.coarse, fn: run.fn.id };
  const [left] = leftWith(normal, duty);
  if (left) return { ...base, level: 'error', how: 'end', way: left.site, text: '', sometimes: true };
  // A flag is a plain variable: only what is known to fail in between is worth a `finally`, not every call to a logger.
  const leak = thrownLeak(base, leftWith(run.exits, duty), true);
  return leak?.level === 'error' ? leak : null;
}

/**
 * An element of a collection, put in and taken out within one turn: that keeps a recursion from going round, and no
 * other task ever sees it.
 */
function isVisited(fn: FunctionFacts, key: string, flags: LockDuties['flags']): boolean {
  if (fn.calling !== 'value') return false;
  let isElement = false;
  let goesOn = false;
  walkSteps(fn.body, step => {
    if (step.kind === 'chain' || step.kind === 'spawn' || step.kind === 'register') goesOn = true;
    if (step.kind !== 'access') return;
    const flag = flags.at(fn.id, step.id);
    const last = step.place.path.at(-1);
    if (flag?.key === key && flag.does === 'set' && last && !('field' in last)) isElement = true;
  });
  return isElement && !goesOn;
}

const isConstructor = (site: Site): boolean => site.in.endsWith('.constructor') || site.in.endsWith('#');

/** Code that was handed on will do it, or a flag tells whether it is to be done. */
const isNoFault = ({ later, ifHeld }: Freed): boolean => later === true || ifHeld === true;

/** The function takes the lock, and on another path releases it without. */
function foreignReleases(run: DutyRun, { events }: LockDuties): WrongRelease[] {
  const takes = new Set(
    run.exits.flatMap(({ path }) =>
      [...path.taken].flatMap(id => {
        const duty = events.takenBy(run.fn.id, id);
        return duty?.kind === 'lock' ? duty.keys : [];
      }),
    ),
  );
  const found: WrongRelease[] = [];
  for (const exit of run.exits) {
    for (const freed of exit.path.freed) {
      const lock = freed.locks.find(one => takes.has(one.key));
      if (!lock || isNoFault(freed) || lock.kind.ownerChecked || lock.kind.lease || run.coarse) continue;
      found.push({ site: freed.site, lock, how: 'not-owned', certain: exit.cause?.certain ?? true });
    }
  }
  return found;
}

/** Nobody takes the lock for this release: every acquisition is given back by who takes it. */
function strayReleases(run: DutyRun, duties: LockDuties, wrappers: ReadonlySet<string>): WrongRelease[] {
  const { events } = duties;
  const found: WrongRelease[] = [];
  for (const { path } of run.exits) {
    for (const freed of path.freed) {
      const [lock] = freed.locks;
      if (
        isNoFault(freed) ||
        freed.token !== null ||
        freed.locks.length !== 1 ||
        !lock ||
        freed.origin.in !== run.fn.id
      )
        continue;
      if (events.owned.has(siteKey(freed.origin)) || wrappers.has(lock.site) || !isOwnedHere(lock)) continue;
      if (lock.kind.ownerChecked || lock.kind.lease || isTakenAround(run, lock, events)) continue;
      if (duties.isTaken(lock)) found.push({ site: freed.site, lock, how: 'not-owned', certain: true });
    }
  }
  return found;
}

/** A closure of the function that takes it. */
function isTakenAround(run: DutyRun, lock: Lock, events: DutyEvents): boolean {
  for (const duty of events.taken)
    if (run.fn.id.startsWith(`${duty.site.in}/`) && duty.locks.some(one => one.site === lock.site)) return true;
  return false;
}

/** The code can see all acquisitions of it: a module's lock, or one made at a known place. */
const isOwnedHere = (lock: Lock): boolean => lock.ref.kind === 'made' && lock.declared !== null;
