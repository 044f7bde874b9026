/** What single steps do to release duties: acquisitions, releases, stores, hand-overs. */
import type {
  Access,
  Acquire,
  FunctionFacts,
  FunctionId,
  Place,
  Release,
  Spawn,
  Register,
  ValueId,
} from '../../model/facts.ts';
import type { ClaimFlags } from './claimFlags.ts';
import { Carriers, type Releasers, objectKey, variableKey } from './dutyCarriers.ts';
import { DutyConditions } from './dutyConditions.ts';
import {
  type Cause,
  type Duty,
  type Exit,
  type Freed,
  type Hold,
  type Path,
  type Reach,
  siteKey,
  withFreed,
  without,
} from './dutyPaths.ts';
import { heldByVariable } from './dutyVariables.ts';
import type { DutyThrows, Throws } from './dutyThrows.ts';
import type { ReleaserParts } from './releaserParts.ts';
import { endKeys, endsOf } from '../sessions.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { containerName } from '../writeIndex.ts';
import type { Lock, LockTable } from '../locks/locks.ts';
import type { Site } from '../program.ts';
import type { Readers } from '../readIndex.ts';
import { type Frame, type Ref, type Refs, tokenId } from '../refs.ts';

export interface Jump {
  readonly how: 'break' | 'continue';
  readonly label: string | undefined;
  readonly path: Path;
}
export interface Thrown {
  readonly path: Path;
  readonly cause: Cause;
}

/** What is collected while one activation is walked. */
export interface DutyWalk {
  readonly frame: Frame;
  /** Looked at for its own sake: what it returns is waited for, and promises under way are seen to their end. */
  readonly root: boolean;
  readonly exits: Exit[];
  thrown: Thrown[];
  jumps: Jump[];
  /** Second releases seen so far: told at the end, without those of ways that turn out not to be taken. */
  wrong: WrongRelease[];
  /** Depth of clean-up code (handlers and `finally`), where unknown calls are taken to be logging. */
  lenient: number;
  /** Chains that were joined, as part of a pipeline or by an await. */
  readonly joined: Set<number>;
  /** Chains that release what some path holds: the path has them among its promises under way. */
  readonly underWay: Set<number>;
  overflow: boolean;
  /** Ends of other bodies that were followed so far, one for each path. */
  work: number;
}

/** A release that ends somebody else's turn. */
export interface WrongRelease {
  readonly site: Site;
  readonly lock: Lock;
  /** `twice`: given back before on the same path. */
  readonly how: 'twice' | 'not-owned';
  readonly certain: boolean;
}
/** `first` is released while `second`, taken after it, is still held. */
export interface EarlyRelease {
  /** Where the first one is released: the release itself, or the call that leads to it and to no other. */
  site: Site;
  readonly origin: Site;
  readonly first: Duty;
  readonly second: Duty;
  /** Where the second one is released by hand; null while that was not seen. */
  then: Site | null;
}

/** What all walks together found. */
export class DutyEvents {
  readonly wrong = new Map<string, WrongRelease>();
  /** Releases that ended a duty in some walk. */
  readonly owned = new Set<string>();
  readonly early = new Map<string, EarlyRelease>();
  /** Duties whose releaser went to code that nobody knows, in some walk. */
  readonly given = new Set<string>();
  readonly #taken = new Map<string, Duty>();

  take(duty: Duty): void {
    this.#taken.set(`${duty.site.in} ${duty.id}`, duty);
  }

  /** The duty as the function took it, itself or through a call. */
  takenBy(fn: FunctionId, id: string): Duty | undefined {
    return this.#taken.get(`${fn} ${id}`);
  }

  get taken(): Iterable<Duty> {
    return this.#taken.values();
  }
}

export interface DutyTools {
  readonly evaluator: Evaluator;
  readonly locks: LockTable;
  readonly throws: DutyThrows;
  readonly readers: Readers;
  readonly flags: ClaimFlags;
  readonly releasers: Releasers;
  readonly parts: ReleaserParts;
  /** Functions near enough to a flag that their callers may be the ones who set it. */
  readonly nearFlags: ReadonlySet<FunctionId>;
  /** Classes of locks whose waiters are cancelled somewhere. */
  readonly cancelled: ReadonlySet<string>;
  readonly events: DutyEvents;
}

export abstract class DutyEffects {
  protected readonly tools: DutyTools;
  protected readonly evaluator: Evaluator;
  protected readonly carriers: Carriers;
  protected readonly conditions: DutyConditions;

  constructor(tools: DutyTools) {
    this.tools = tools;
    this.evaluator = tools.evaluator;
    this.carriers = new Carriers(tools.evaluator, tools.releasers);
    this.conditions = new DutyConditions(tools.evaluator);
  }

  protected site(walk: DutyWalk, at: readonly [number, number]): Site {
    return this.evaluator.program.site(walk.frame.fn.id, at);
  }

  protected throwing(
    walk: DutyWalk,
    throws: Throws,
    at: readonly [number, number],
    text: string,
    paths: readonly Path[],
  ): void {
    if (throws === 'never') return;
    const cause: Cause = { certain: throws === 'certain', site: this.site(walk, at), text };
    for (const path of paths) walk.thrown.push({ path, cause });
  }

  protected acquire(walk: DutyWalk, step: Acquire, path: Path): Path[] {
    const { frame } = walk;
    const id = `${frame.id}.${step.id}`;
    const uses = this.tools.locks.acquired(frame, step).slice(0, 6);
    const locks = uses.map(use => use.lock);
    // The end of a transaction gives it back, and every transaction ends.
    if (locks.length > 0 && locks.every(({ kind }) => kind.heldBy === 'transaction')) return [path];
    const sessions = step.session === undefined ? [] : this.evaluator.evaluate(frame, step.session);
    const mayFail =
      step.wait !== 'endless' ||
      uses.some(({ lock, wait }) => wait !== 'endless' || lock.bounded === true || this.tools.cancelled.has(lock.site));
    if (mayFail && step.failure === 'throws')
      this.throwing(walk, 'certain', step.at, 'the acquisition may fail', [path]);
    const raw = typeof step.lock === 'number' ? this.evaluator.evaluate(frame, step.lock) : [];
    const site = this.site(walk, step.at);
    const duty: Duty = {
      id,
      kind: 'lock',
      locks,
      keys: [...locks.map(lock => lock.key), ...new Set(locks.flatMap(({ kind }) => endsOf(kind, sessions)))],
      name: locks[0]?.name ?? 'the lock',
      site,
      origin: site,
      batch: null,
      repeated: this.evaluator.program.repeatedSteps(frame.fn.id).has(step.id),
      given: raw.some(isGiven),
    };
    const granted = this.take(path, duty);
    return mayFail && step.failure === 'falsy' ? [granted, path] : [granted];
  }

  protected take(path: Path, duty: Duty): Path {
    this.tools.events.take(duty);
    const keys = new Set(duty.keys);
    const done = new Set([...path.done].filter(key => !keys.has(key)));
    const held = path.held.some(hold => hold.duty.id === duty.id)
      ? path.held
      : [...path.held, { duty, carriers: new Map<string, Reach>(), returned: false }];
    return { ...path, held, done, taken: new Set([...path.taken, duty.id]) };
  }

  protected release(walk: DutyWalk, step: Release, path: Path): Path {
    const site = this.site(walk, step.at);
    if (step.token !== undefined) {
      const refs = this.evaluator.evaluate(walk.frame, step.token);
      const after = this.releaseToken(refs, site, path, { fn: walk.frame.fn, value: step.token });
      if (refs.some(ref => ref.kind === 'token')) return after;
      if (after !== path || step.lock === undefined) return after;
    }
    if (step.session !== undefined) {
      const keys = endKeys(step.session.whole, this.evaluator.evaluate(walk.frame, step.session.of));
      return this.endSession({ token: null, locks: [], keys, parts: [], site, origin: site }, path);
    }
    if (step.lock === undefined) return path;
    const locks = this.tools.locks.uses(walk.frame, step.lock, step.key, 'endless').map(use => use.lock);
    const keys = locks.map(lock => lock.key);
    return this.releaseLocks(walk, { token: null, locks, keys, parts: [], site, origin: site }, path);
  }

  /** By a releaser: a second time is harmless. `named`: the value that it is called as. */
  protected releaseToken(refs: Refs, site: Site, path: Path, named?: { fn: FunctionFacts; value: ValueId }): Path {
    const all = path.held.filter(hold => this.carriers.releases(refs, hold));
    const released = named ? heldByVariable(named.fn, named.value, all) : all;
    if (released.length > 0) {
      // One of several in a list: which of them goes first, the code does not say.
      if (released.length === 1 || refs.length === 1) for (const hold of released) this.noteOrder(path, hold, site);
      return without(path, hold => released.includes(hold));
    }
    const tokens = refs.flatMap(ref => (ref.kind === 'token' ? [ref] : []));
    const foreign = tokens
      .map(tokenId)
      .filter(id => !path.taken.has(id) && !path.freed.some(freed => freed.token === id));
    if (foreign.length === 0) return this.#releaseParts(refs, site, path);
    return foreign.reduce(
      (sum, token) => withFreed(sum, { token, locks: [], keys: [], parts: [], site, origin: site }),
      path,
    );
  }

  /** A part of an object that comes from outside: whoever put a releaser there knows. */
  #releaseParts(refs: Refs, site: Site, path: Path): Path {
    const parts = refs.filter(ref => ref.kind !== 'token' && isPartOfMade(ref) && this.tools.parts.mayRelease(ref));
    if (
      parts.length === 0 ||
      path.freed.some(known => known.parts.length > 0 && known.parts.every(ref => parts.includes(ref)))
    )
      return path;
    return withFreed(path, { token: null, locks: [], keys: [], parts, site, origin: site });
  }

  /** By the lock: ends the last turn taken of it, whoever's it is. */
  protected releaseLocks(walk: DutyWalk, freed: Freed, path: Path): Path {
    const mine =
      path.held.findLast(({ duty }) => duty.keys.some(key => freed.keys.includes(key))) ??
      path.held.findLast(({ duty }) => duty.kind === 'lock' && this.mayBeOne(duty, freed.locks));
    if (mine) {
      this.tools.events.owned.add(siteKey(freed.origin));
      this.noteOrder(path, mine, freed.site, freed.origin);
      const held = path.held.filter(hold => hold !== mine);
      return { ...path, held, done: new Set([...path.done, ...freed.keys]) };
    }
    if (freed.ifHeld) return withFreed(path, freed);
    const again = freed.locks.find(lock => path.done.has(lock.key));
    if (again) {
      walk.wrong.push({ site: freed.site, lock: again, how: 'twice', certain: true });
      return path;
    }
    // Whether a raced lock is held here, the code does not know: that is the race's affair.
    if (freed.keys.some(key => path.raced.has(key))) return path;
    if (path.freed.some(known => siteKey(known.origin) === siteKey(freed.origin))) return path;
    return withFreed(path, freed);
  }

  /** All that is held by what ends; callers may hold more by it. */
  protected endSession(freed: Freed, path: Path): Path {
    return withFreed(
      without(path, ({ duty }) => duty.keys.some(key => freed.keys.includes(key))),
      freed,
    );
  }

  protected tellWrong(walk: DutyWalk): void {
    for (const one of walk.wrong) {
      const { kind, site } = one.lock;
      if (!kind.ownerChecked && !kind.lease) this.tools.events.wrong.set(`${siteKey(one.site)} ${site}`, one);
    }
  }

  /** Of several objects of one class, or unknown keys: it may be the same lock. */
  protected mayBeOne(duty: Duty, locks: readonly Lock[]): boolean {
    if (duty.locks.length === 0 || locks.length === 0) return true;
    return duty.locks.some(mine =>
      locks.some(
        other =>
          mine.site === other.site && (!isExact(mine) || !isExact(other) || duty.locks.length > 1 || locks.length > 1),
      ),
    );
  }

  /**
   * Released while a lock taken after it is still held. `origin`: the release itself, where `site` is a call that leads to
   * it; a call that releases both is not where their order is to be changed.
   */
  protected noteOrder(path: Path, hold: Hold, site: Site, origin: Site = site): void {
    const { events } = this.tools;
    const { duty } = hold;
    for (const early of events.early.values()) {
      if (early.second.id !== duty.id || early.then !== null) continue;
      const isOneCall = siteKey(early.site) === siteKey(site);
      early.then = isOneCall ? origin : site;
      if (isOneCall) early.site = early.origin;
    }
    if (duty.kind === 'flag' || hold.carriers.size > 0 || duty.repeated) return;
    const index = path.held.indexOf(hold);
    const later = path.held
      .slice(index + 1)
      .find(
        ({ duty: other, carriers }) =>
          other.kind === 'lock' &&
          carriers.size === 0 &&
          !other.repeated &&
          other.site.in === duty.site.in &&
          site.in === duty.site.in &&
          (other.batch === null || other.batch !== duty.batch),
      );
    if (!later) return;
    const key = `${siteKey(duty.site)} ${siteKey(later.duty.site)}`;
    if (!events.early.has(key)) events.early.set(key, { site, origin, first: duty, second: later.duty, then: null });
  }

  /** Handed to code that nobody knows, to a handler, to an outside object: it is theirs now. */
  protected handOver(path: Path, refs: Refs): Path {
    if (refs.length === 0) return path;
    const after = this.withLater(this.#withoutGiven(path, refs), path, refs);
    const foreign = this.carriers.tokens(refs).filter(token => !path.taken.has(token));
    for (const token of foreign) this.tools.events.given.add(token);
    return foreign.length === 0 ? after : { ...after, lost: new Set([...after.lost, ...foreign]) };
  }

  #withoutGiven(path: Path, refs: Refs): Path {
    return without(path, hold => {
      const isGiven = this.carriers.anyLeadsTo(refs, hold);
      if (isGiven) this.tools.events.given.add(hold.duty.id);
      return isGiven;
    });
  }

  /** What closures that were handed on will release for the callers of this activation. `before`: the path until then. */
  protected withLater(path: Path, before: Path, refs: Refs): Path {
    let after = path;
    for (const freed of this.releasedLater(refs)) {
      const isMine = before.held.some(({ duty }) => duty.keys.some(key => freed.keys.includes(key)));
      if (isMine) this.tools.events.owned.add(siteKey(freed.origin));
      else after = withFreed(after, { ...freed, later: true });
    }
    return after;
  }

  /** What the functions among the references release without having taken it, whenever somebody calls them. */
  protected abstract releasedLater(refs: Refs): readonly Freed[];

  protected started(walk: DutyWalk, step: Spawn | Register, path: Path): Path {
    const value = step.kind === 'spawn' ? step.body : step.handler;
    const args = step.kind === 'spawn' ? step.args : [];
    return this.handOver(
      path,
      [value, ...args].flatMap(one => [...this.evaluator.evaluate(walk.frame, one)]),
    );
  }

  protected access(walk: DutyWalk, step: Access, path: Path): Path {
    const flag = this.tools.flags.at(walk.frame.fn.id, step.id);
    if (flag) {
      const site = this.site(walk, step.at);
      if (flag.does === 'set')
        return this.take(path, {
          id: `flag ${flag.key}`,
          kind: 'flag',
          locks: [],
          keys: [flag.key],
          name: flag.name,
          site,
          origin: site,
          batch: null,
          repeated: false,
          given: false,
        });
      const mine = path.held.find(({ duty }) => duty.id === `flag ${flag.key}`);
      if (mine) {
        const done = flag.does === 'reset' ? new Set([...path.done, flag.key]) : path.done;
        return { ...path, held: path.held.filter(hold => hold !== mine), done };
      }
      return flag.does === 'reset' && !path.freed.some(freed => freed.keys.includes(flag.key))
        ? withFreed(path, { token: null, locks: [], keys: [flag.key], parts: [], site, origin: site })
        : path;
    }
    if (step.value === undefined || step.mode === 'read' || step.mode === 'delete') return path;
    return this.store(walk, step.place, step.value, path);
  }

  /** What is put into a variable, field or container is held by that. */
  protected store(walk: DutyWalk, place: Place, value: ValueId, path: Path): Path {
    const refs = this.evaluator.evaluate(walk.frame, value);
    const stored = path.held.filter(hold => this.carriers.anyLeadsTo(refs, hold));
    const foreign = this.carriers.tokens(refs).filter(token => !path.taken.has(token));
    const isLater = stored.length === 0 && this.releasedLater(refs).length > 0;
    if (stored.length === 0 && foreign.length === 0 && !isLater) return path;
    const holders = this.#holders(walk, place);
    if (isLater && [...holders.values()].includes('outer')) return this.withLater(path, path, refs);
    const held = path.held.map(hold =>
      stored.includes(hold) ? { ...hold, carriers: new Map([...hold.carriers, ...holders]) } : hold,
    );
    if (foreign.length === 0 || holders.size === 0) return { ...path, held };
    if ([...holders.keys()].some(key => key.startsWith('x')))
      return { ...path, held, lost: new Set([...path.lost, ...foreign]) };
    const all = new Map(path.stored);
    for (const token of foreign) all.set(token, new Map([...(all.get(token) ?? []), ...holders]));
    return { ...path, held, stored: all };
  }

  #holders(walk: DutyWalk, { root, path, type }: Place): Map<string, Reach> {
    const { fn } = walk.frame;
    if (path.length === 0) {
      if (root.kind === 'captured')
        return new Map([[variableKey(root.from, root.slot), root.from === fn.id ? 'own' : 'outer']]);
      const found = new Map<string, Reach>();
      if (root.kind === 'module' && this.tools.readers.ofVariable(`${root.file}#`, root.name, fn.id))
        found.set(variableKey(`${root.file}#`, root.name), 'outer');
      return found;
    }
    const base = this.evaluator.place(walk.frame, { root, path: path.slice(0, -1), type });
    const last = path[path.length - 1];
    const name = last && 'field' in last ? last.field : containerName({ root, path, type });
    const found = new Map<string, Reach>();
    for (const ref of base) {
      if (ref.kind === 'made') found.set(objectKey(ref), ref.frame === walk.frame ? 'own' : 'outer');
      else if (
        name === undefined ||
        this.tools.readers.ofField(name, last && 'field' in last ? last.of : undefined, fn.id)
      )
        found.set(`x${ref.id}`, 'outer');
    }
    return found;
  }
}

/** A field or element of an object that was made somewhere known, or of how a promise of a releaser settled. */
function isPartOfMade(ref: Ref): boolean {
  if (ref.kind !== 'element' && ref.kind !== 'field') return false;
  const { kind } = ref.base;
  return kind === 'made' || kind === 'combined' || kind === 'token' || isPartOfMade(ref.base);
}

/** The lock itself came as a parameter: a part of something given is the project's own. */
function isGiven(ref: Ref): boolean {
  switch (ref.kind) {
    case 'parameter':
      return true;
    case 'view':
      return isGiven(ref.of);
    default:
      return false;
  }
}

/** Equal names mean the same lock, and other names another one. */
const isExact = (lock: Lock): boolean =>
  lock.ref.kind !== 'opaque' &&
  (lock.entry === null || typeof lock.entry === 'string' || lock.entry.kind !== 'unknown');
