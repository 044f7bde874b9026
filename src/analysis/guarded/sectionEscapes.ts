/** Work started in a critical section that goes on, and touches what the lock guards, when the lock is free again. */
import type { Await, Call, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { footprints, type Footprints, isWrite, type Touch } from './footprints.ts';
import { isKeptAcross } from './keptAcross.ts';
import { conflictIn, excludes, type Guarded, guardedState, type GuardedState } from './guardedState.ts';
import { canGuard, locate, type Location, overlap } from './locations.ts';
import { type Escape, isFar, lockedWork, type Moment, TOUCHED_NEAR } from './lockedWork.ts';
import type { HeldHere } from '../locks/lockPoints.ts';
import { traceEnd } from '../locks/lockPairs.ts';
import type { Lock } from '../locks/locks.ts';
import { FunctionIndex } from '../handmade/handMadeIndex.ts';
import { mayReject } from '../promises/mayReject.ts';
import type { Program, Site } from '../program.ts';
import { promiseParts } from '../promises/promiseParts.ts';
import { joinedWith } from '../promises/promiseReach.ts';
import type { Frame, Ref } from '../refs.ts';
import { usersOf } from './users.ts';

/** Functions outside of the sections for one inside, from which on the state is not the lock's. */
const OPEN = 2;

/** A record of an outside store counts where it is always the same one. */
const isNamed = ({ location }: Touch): boolean => location.where !== 'store' || location.exact;

/** Calls below a branch within which what it writes is what the section is about. */
const OWN = 1;

/** What a way out of a section may have left locked opens no section for the code that comes after. */
const isSection = ({ held }: HeldHere): boolean => excludes(held.lock) && !held.maybe;

export interface SectionEscape {
  readonly how: 'task' | 'timer' | 'outside' | 'siblings';
  readonly lock: Lock;
  readonly at: Site;
  /** Where the lock is taken. */
  readonly section: Site;
  /** What the work touches, and where. */
  readonly touches: { readonly name: string; readonly site: Site; readonly writes: boolean };
  /** Where code that holds the lock touches it. */
  readonly guarded: Site | null;
  readonly confidence: Confidence;
}

export interface SectionEscapes {
  readonly found: readonly SectionEscape[];
  /** Places where work is started inside sections, waited for or not. */
  readonly looked: readonly Site[];
  readonly right: readonly RightWork[];
  /** Whether this rule speaks of the promise that is made here. */
  speaksOf(site: Site): boolean;
}

/**
 * Why work that is started in a section is right. `waited-inside`: the section waits for it; `settled`: it waits for all
 * of a group, however some of them end; `one-writer`: one of the group writes what the lock guards; `not-guarded`: the
 * work touches nothing of that; `never-rejects`: no failure ends the wait for a group early.
 */
export interface RightWork {
  readonly at: Site;
  readonly lock: Lock;
  readonly section: Site;
  readonly because: 'waited-inside' | 'settled' | 'one-writer' | 'not-guarded' | 'never-rejects';
}

export const sectionEscapes = defineAnalysis<SectionEscapes>('section-escapes', (get, program) =>
  new Finder(get, program).run(),
);

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #footprints: Footprints;
  readonly #guarded: GuardedState;
  readonly #get: Get;
  readonly #found = new Map<string, SectionEscape>();
  readonly #right: RightWork[] = [];

  constructor(get: Get, program: Program) {
    this.#get = get;
    this.#program = program;
    this.#eval = get(evaluator);
    this.#footprints = get(footprints);
    this.#guarded = get(guardedState);
  }

  run(): SectionEscapes {
    const work = this.#get(lockedWork);
    for (const escape of work.escapes) this.#escape(escape);
    for (const moment of work.awaits) this.#siblings(moment, moment.step.values);
    const looked = new Map<string, Site>();
    const escaped = new Set(
      work.escapes.map(({ moment, held }) => `${moment.frame.id}.${moment.step.id} ${held.held.token}`),
    );
    for (const { frame, step, held } of work.calls) {
      const site = this.#program.site(frame.fn.id, step.at);
      const starts = this.#eval.callees(frame, step).some(callee => callee.frame.fn.calling !== 'value');
      if (!starts || frame.fn.synthetic) continue;
      looked.set(`${site.file}:${step.at[0]}`, site);
      for (const one of held)
        if (!escaped.has(`${frame.id}.${step.id} ${one.held.token}`)) this.#isRight(site, one, 'waited-inside');
    }
    const places = new Set([...this.#found.values()].map(({ at }) => `${at.file}:${at.at[0]}`));
    return {
      found: [...this.#found.values()],
      looked: [...looked.values()],
      right: this.#right,
      speaksOf: ({ file, at }) => places.has(`${file}:${at[0]}`),
    };
  }

  #add(escape: SectionEscape): void {
    const key = `${escape.at.in}:${escape.at.at[0]}`;
    const known = this.#found.get(key);
    if (!known || rank(escape) < rank(known)) this.#found.set(key, escape);
  }

  #isRight(at: Site, { held }: HeldHere, because: RightWork['because']): void {
    if (excludes(held.lock)) this.#right.push({ at, lock: held.lock, section: traceEnd(held.trace), because });
  }

  #escape({ held, moment, work, how }: Escape): void {
    const { lock } = held.held;
    if (!isSection(held) || isFar(moment)) return;
    const at = this.#program.site(moment.frame.fn.id, moment.step.at);
    const section = traceEnd(held.held.trace);
    const touch =
      how === 'outside'
        ? this.#outsideTouch(moment as Moment<Call>)
        : this.#conflict(
            lock,
            work,
            { keys: this.#handleOf(moment), promises: this.#promisesOf(moment, work) },
            how === 'timer' && isFar(moment, OWN),
            how === 'timer' || moment.step.kind === 'chain',
          );
    if (!touch) return this.#isRight(at, held, 'not-guarded');
    const { guarded, exact, one } = touch;
    this.#add({
      how,
      lock,
      at,
      section,
      touches: {
        name: one.location.name,
        site: this.#program.site(one.frame.fn.id, one.step.at),
        writes: isWrite(one.mode),
      },
      guarded: guarded ? this.#program.site(guarded.moment.frame.fn.id, guarded.moment.step.at) : null,
      confidence: held.always && guarded && (exact || isWrite(one.mode)) ? 'high' : 'medium',
    });
  }

  /** What the work touches when the section is over, of what the lock guards. */
  #conflict(
    lock: Lock,
    work: readonly Frame[],
    handle: { readonly keys: readonly string[]; readonly promises: readonly Ref[] },
    mustBeKept: boolean,
    allLater: boolean,
  ): { one: Touch; guarded: Guarded | null; exact: boolean } | undefined {
    const all = this.#guarded.under(lock.site);
    const touches = work
      .flatMap(frame => this.#footprints.of(frame))
      .filter(
        one =>
          (allLater || one.later || one.location.where === 'store') &&
          (isWrite(one.mode) || one.calls <= TOUCHED_NEAR) &&
          !overlap(one.location.keys, handle.keys) &&
          !this.#takesOut(one, handle.promises) &&
          this.#mayGuard(lock, one),
      )
      .sort((a, b) => Number(isWrite(b.mode)) - Number(isWrite(a.mode)));
    const near = all.filter(({ moment }) => !isFar(moment, TOUCHED_NEAR));
    for (const one of touches) {
      const others = near.filter(({ moment }) => moment.step !== one.step);
      const found = conflictIn(others, one.location, one.mode);
      if (!found || this.#isOpen(one.location, others, touches)) continue;
      if (!mustBeKept || this.#isKeptStill(one.location, all)) return { one, ...found };
    }
    // The section does nothing else: what its work writes is what the lock is there for.
    const written = all.length === 0 ? touches.find(one => isWrite(one.mode) && isShared(one)) : undefined;
    return written && { one: written, guarded: null, exact: true };
  }

  /** Where the handle of what is started is kept: to clear that at its end disturbs nobody. */
  #handleOf({ frame, step }: Moment): string[] {
    if (step.kind !== 'spawn') return [];
    const index = new FunctionIndex(frame.fn);
    return index.accesses().flatMap(({ step: access }) => {
      const isIt = isWrite(access.mode) && index.isResultOf(access.value, step);
      return isIt ? [...(locate(this.#eval, frame, access.place)?.keys ?? [])] : [];
    });
  }

  /** The promise of what is started, and those that it goes on from. */
  #promisesOf({ frame, step }: Moment, work: readonly Frame[]): Ref[] {
    if (step.kind === 'chain')
      return joinedWith(this.#eval, this.#eval.refs.make({ kind: 'chain', frame, step: step.id }));
    if (step.kind !== 'call') return [];
    return work.map(body => this.#eval.refs.make({ kind: 'task', frame: body, from: frame, step: step.id }));
  }

  /** The work takes its own promise out of where running work is kept: nobody else looks for that one there. */
  #takesOut({ mode, frame, step }: Touch, promises: readonly Ref[]): boolean {
    const last = step.place.path.at(-1);
    if (mode !== 'delete' || !last || !('key' in last) || typeof last.key === 'string') return false;
    const taken = this.#eval.evaluate(frame, last.key);
    return taken.length > 0 && taken.every(ref => promises.includes(ref));
  }

  /** A timer that helpers set is another turn: it disturbs what some section keeps as it is across a suspension. */
  #isKeptStill({ holders }: Location, all: readonly Guarded[]): boolean {
    return isKeptAcross(
      this.#program,
      all.filter(({ location }) => overlap(location.holders, holders)),
    );
  }

  /** The work surely touches it, without the lock, and the lock may be there for it. */
  #mayGuard(lock: Lock, touch: Touch): boolean {
    const { guessed, under, location } = touch;
    return !guessed && !under.includes(lock.site) && !this.#keeps(lock, touch) && canGuard(this.#eval, lock, location);
  }

  /** It puts the lock itself where it is kept, on first use: that is no state that the lock guards. */
  #keeps({ site }: Lock, { frame, step }: Touch): boolean {
    if (step.kind !== 'access' || step.value === undefined) return false;
    return this.#eval.evaluate(frame, step.value).some(ref => ref.kind === 'made' && ref.site === site);
  }

  /** Far more code touches it without this lock than with it: it is not what the lock is there for. */
  #isOpen({ holders }: Location, guarded: readonly Guarded[], work: readonly Touch[]): boolean {
    const touching = guarded.filter(({ location }) => overlap(location.holders, holders));
    const under = new Set(touching.map(({ moment }) => moment.frame.fn.id));
    if (touching.length > 0 && touching.every(one => this.#isMostlyFree(one))) return true;
    const own = new Set(work.map(({ frame }) => frame.fn.id));
    const users = new Set(holders.flatMap(holder => [...(this.#get(usersOf).get(holder) ?? [])]));
    const others = [...users].filter(one => !under.has(one) && !own.has(one)).length;
    return others > OPEN * under.size;
  }

  /** A helper of many that touches it: more of those who call it do so without the lock than with it. */
  #isMostlyFree({ moment, held }: Guarded): boolean {
    const { from } = moment;
    if (from === null) return false;
    const { site } = held.held.lock;
    const inside = new Set(
      this.#get(lockedWork)
        .calls.filter(call => call.held.some(one => one.held.lock.site === site))
        .map(({ frame }) => frame.fn.id),
    );
    const callers = new Set(
      this.#get(callGraph)
        .callers(moment.frame.fn.id)
        .map(({ caller }) => caller),
    );
    const free = [...callers].filter(caller => !inside.has(caller)).length;
    return free > callers.size - free;
  }

  /** A dropped write of a record that sections of the lock touch, too. */
  #outsideTouch({ frame, step, held }: Moment<Call>): { one: Touch; guarded: Guarded; exact: boolean } | undefined {
    for (const access of this.#program.steps(frame.fn.id).values()) {
      if (access.kind !== 'access' || access.at[0] !== step.at[0] || access.at[1] !== step.at[1]) continue;
      if (access.place.root.kind !== 'store' || !isWrite(access.mode)) continue;
      const location = locate(this.#eval, frame, access.place);
      if (!location?.exact) continue;
      for (const { held: lock } of held) {
        const guarded = this.#guarded
          .under(lock.lock.site)
          .find(one => one.moment.step !== access && overlap(one.location.keys, location.keys));
        if (guarded)
          return {
            one: {
              location,
              mode: access.mode,
              frame,
              step: access,
              at: access.id,
              later: true,
              under: [],
              calls: 0,
              guessed: false,
            },
            guarded,
            exact: true,
          };
      }
    }
    return undefined;
  }

  /** `Promise.all` of several writers, waited for in the section: the first failure ends the section. */
  #siblings(moment: Moment<Await>, values: readonly ValueId[]): void {
    for (const held of moment.held) {
      const { lock } = held.held;
      if (!isSection(held)) continue;
      for (const value of values)
        for (const ref of this.#eval.evaluate(moment.frame, value))
          if (ref.kind === 'combined') this.#group(held, lock, ref);
    }
  }

  #group(held: HeldHere, lock: Lock, ref: Ref & { kind: 'combined' }): void {
    const value = ref.frame.fn.values[ref.value];
    if (value?.kind !== 'combined') return;
    const at = this.#program.site(ref.frame.fn.id, value.at);
    if (value.until === 'settled') this.#isRight(at, held, 'settled');
    if (value.until !== 'all') return;
    const parts = promiseParts(this.#eval, ref);
    const writers = parts.flatMap(part => {
      const work = this.#workOf(part.ref);
      const touch = work
        .flatMap(frame => this.#footprints.of(frame))
        .find(one => isWrite(one.mode) && one.later && isNamed(one) && this.#mayGuard(lock, one));
      return touch ? [{ touch, many: part.many, ref: part.ref }] : [];
    });
    const [first, second] = writers;
    const other = second ?? (first?.many ? first : undefined);
    if (!first || !other) return this.#isRight(at, held, first ? 'one-writer' : 'not-guarded');
    if (!this.#mayFail(parts.map(part => part.ref))) return this.#isRight(at, held, 'never-rejects');
    const guarded = this.#guarded
      .under(lock.site)
      .find(
        one =>
          traceEnd(one.held.held.trace).in !== traceEnd(held.held.trace).in &&
          !isFar(one.moment, TOUCHED_NEAR) &&
          overlap(one.location.holders, first.touch.location.holders),
      );
    // What only the work itself touches, further down, is an affair of the code there.
    const isOwn = first.touch.calls <= OWN && other.touch.calls <= OWN;
    const sameObject = isOwn && overlap(first.touch.location.holders, other.touch.location.holders);
    if (!guarded && !sameObject) return this.#isRight(at, held, 'not-guarded');
    this.#add({
      how: 'siblings',
      lock,
      at,
      section: traceEnd(held.held.trace),
      touches: {
        name: other.touch.location.name,
        site: this.#program.site(other.touch.frame.fn.id, other.touch.step.at),
        writes: true,
      },
      guarded: guarded ? this.#program.site(guarded.moment.frame.fn.id, guarded.moment.step.at) : null,
      confidence: guarded && held.always ? 'high' : 'medium',
    });
  }

  #workOf(ref: Ref): Frame[] {
    return joinedWith(this.#eval, ref).flatMap(part => (part.kind === 'task' ? [part.frame] : []));
  }

  #mayFail(refs: readonly Ref[]): boolean {
    const rejects = this.#get(mayReject);
    return refs.some(ref => ref.kind !== 'task' || rejects.rejects(ref.frame.fn.id) !== 'never');
  }
}

const isShared = ({ location }: Touch): boolean => location.where === 'store' || location.frame === null;

const rank = ({ how, confidence }: SectionEscape): number =>
  ({ task: 0, outside: 1, timer: 2, siblings: 3 })[how] * 10 + { high: 0, medium: 1, low: 2 }[confidence];
