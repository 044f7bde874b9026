/** Slow outside work that a section waits for and that needs nothing of what its lock guards. */
import type { Await, Call, Knowledge, StepId, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { footprints, type Footprints, isWrite } from './footprints.ts';
import { excludes, type Guarded, guardedState, type GuardedState } from './guardedState.ts';
import { FunctionIndex } from '../handmade/handMadeIndex.ts';
import { type Location, locate, overlap } from './locations.ts';
import { isFar, isGiven, isGivenRoot, lockedWork, type Moment } from './lockedWork.ts';
import { isPutAnew, isReplaced } from './replacedState.ts';
import type { HeldHere } from '../locks/lockPoints.ts';
import { traceEnd } from '../locks/lockPairs.ts';
import type { Lock } from '../locks/locks.ts';
import { names, type Names } from '../tasks/ownershipNames.ts';
import { type Program, type Site, walkSteps } from '../program.ts';
import { joinedWith } from '../promises/promiseReach.ts';
import type { Frame } from '../refs.ts';
import { conditionReads } from '../steps.ts';

export interface HeldAwait {
  readonly lock: Lock;
  readonly at: Site;
  readonly taken: Site;
  /** `thread`: any suspension under a lock that blocks the thread. */
  readonly how: 'thread' | 'network' | 'timer' | 'user';
  /** What is waited for: `sendMail`. */
  readonly what: string | null;
  /** Where the outside is reached. */
  readonly outside: Site | null;
  readonly confidence: Confidence;
}

export interface HeldAwaits {
  readonly found: readonly HeldAwait[];
  readonly looked: readonly Site[];
}

interface Slow {
  readonly how: 'network' | 'timer' | 'user';
  readonly site: Site;
  readonly depth: number;
  readonly call: Call | null;
  /** A listener that the callback of an iteration calls. */
  readonly told?: { readonly frame: Frame; readonly call: Call };
}
const DEPTH = 4;

export const heldAwaits = defineAnalysis<HeldAwaits>('held-awaits', (get, program) => new Finder(get, program).run());

/** What is touched under a lock, what of it is written, and the names that this goes by. */
interface LockState {
  guarded: readonly Guarded[];
  written: readonly Guarded[];
  holders: ReadonlySet<string>;
}

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #guarded: GuardedState;
  readonly #footprints: Footprints;
  readonly #names: Names;
  readonly #moments: readonly Moment<Await>[];
  readonly #found = new Map<string, HeldAwait>();
  readonly #states = new Map<string, LockState>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    this.#guarded = get(guardedState);
    this.#footprints = get(footprints);
    this.#names = get(names);
    this.#moments = get(lockedWork).awaits.filter(({ frame }) => !frame.fn.synthetic);
  }

  run(): HeldAwaits {
    const looked = new Map<string, Site>();
    for (const moment of this.#moments) {
      const site = this.#program.site(moment.frame.fn.id, moment.step.at);
      looked.set(`${site.file}:${site.at[0]}`, site);
      for (const held of moment.held) this.#look(moment, held, site);
    }
    return { found: [...this.#found.values()], looked: [...looked.values()] };
  }

  #add(found: HeldAwait): void {
    const key = `${found.at.file}:${found.at.at[0]}`;
    if (!this.#found.has(key)) this.#found.set(key, found);
  }

  #look(moment: Moment<Await>, held: HeldHere, at: Site): void {
    const { lock } = held.held;
    const taken = traceEnd(held.held.trace);
    if (lock.kind.blocks === 'thread') {
      if (!this.#isOfSection(moment)) return;
      const confidence = held.always ? 'high' : 'medium';
      return this.#add({ lock, at, taken, how: 'thread', what: null, outside: null, confidence });
    }
    if (isFar(moment) || !excludes(lock) || held.held.mode === 'shared' || lock.kind.reach === 'store') return;
    const slow = this.#slowIn(moment);
    if (!slow) return;
    const state = this.#stateOf(lock.site);
    if (!this.#touches(moment.frame, state) || this.#needs(moment, slow, state)) return;
    const what = slow.call ? this.#names.callee(moment.frame.fn.id, slow.call) : null;
    const confidence = held.always && slow.depth <= 1 ? 'high' : 'medium';
    this.#add({ lock, at, taken, how: slow.how, what, outside: slow.depth > 0 ? slow.site : null, confidence });
  }

  /** Of the code between taking and freeing: the holder's own, or what it was given to run; not of what that calls. */
  #isOfSection({ frame, step, from }: Moment<Await>): boolean {
    for (let at = from; at !== null; at = at.from) if (!isGiven(at.frame, at.step)) return false;
    const index = new FunctionIndex(frame.fn);
    const runsGiven = step.values
      .flatMap(value => this.#madeOf(index, value, 3))
      .map(id => index.resultOf(id))
      .some(made => made?.kind === 'call' && isGiven(frame, made) && this.#eval.callees(frame, made).length > 0);
    return !runsGiven;
  }

  #touches(frame: Frame, { holders }: LockState): boolean {
    return this.#footprints.of(frame).some(({ location }) => location.holders.some(one => holders.has(one)));
  }

  #stateOf(lock: string): LockState {
    let known = this.#states.get(lock);
    if (!known) {
      const guarded = this.#guarded.under(lock).filter(({ location }) => location.where !== 'store');
      const written = guarded.filter(one => isWrite(one.moment.step.mode));
      known = { guarded, written, holders: new Set(written.flatMap(({ location }) => location.holders)) };
      this.#states.set(lock, known);
    }
    return known;
  }

  /** The slow outside work that an await waits for, when it is all that it waits for. */
  #slowIn({ frame, step }: Moment<Await>): Slow | undefined {
    if (step.until === 'first' || step.until === 'any') return undefined;
    const index = new FunctionIndex(frame.fn);
    for (const value of step.values)
      for (const id of this.#madeOf(index, value, 4)) {
        const made = index.resultOf(id);
        const call = made?.kind === 'call' ? made : undefined;
        const slow = call && this.#slowCall(frame, call, DEPTH);
        if (slow) return { ...slow, call };
      }
    return undefined;
  }

  /** The values behind combinators, arrays and chains. */
  #madeOf(index: FunctionIndex, value: ValueId, depth: number): ValueId[] {
    return index.alternatives(value).flatMap(id => {
      const facts = index.value(id);
      if (depth > 0 && (facts?.kind === 'combined' || facts?.kind === 'array'))
        return facts.values.flatMap(part => this.#madeOf(index, part, depth - 1));
      const chain = index.resultOf(id);
      return depth > 0 && chain?.kind === 'chain' ? this.#madeOf(index, chain.of, depth - 1) : [id];
    });
  }

  #slowCall(frame: Frame, call: Call, depth: number): Omit<Slow, 'call'> | undefined {
    const site = this.#program.site(frame.fn.id, call.at);
    const how = outsideOf(call.known);
    if (how) return { how, site, depth: 0 };
    if (call.newOf === 'lib#Promise') return this.#isTimer(frame, call) ? { how: 'timer', site, depth: 0 } : undefined;
    if (this.#isListener(frame, call)) return { how: 'user', site, depth: 0 };
    if (this.#isOneOfAll(frame, call)) return { how: 'user', site, depth: 0, told: { frame, call } };
    if (depth === 0) return undefined;
    const callees = this.#eval.callees(frame, call);
    if (callees.some(({ guessed, frame: { fn } }) => guessed || fn.synthetic)) return undefined;
    const [first, ...others] = callees.map(callee => this.#slowBody(callee.frame, depth));
    return others.every(Boolean) ? first : undefined;
  }

  /** The slow outside work that an activation waits for, or gives the promise of; callbacks when it waits for nothing else. */
  #slowBody(frame: Frame, depth: number): Omit<Slow, 'call'> | undefined {
    const index = new FunctionIndex(frame.fn);
    const callbacks: Omit<Slow, 'call'>[] = [];
    let waits = 0;
    for (const step of this.#program.steps(frame.fn.id).values()) {
      if (step.kind !== 'await' && !(step.kind === 'exit' && step.how === 'return')) continue;
      const values = step.kind === 'await' ? step.values : step.value === undefined ? [] : [step.value];
      if (step.kind === 'await') waits += 1;
      for (const value of values.flatMap(one => this.#madeOf(index, one, 3))) {
        const made = index.resultOf(value);
        const inner = made?.kind === 'call' ? this.#slowCall(frame, made, depth - 1) : undefined;
        if (inner && inner.how !== 'user') return { ...inner, depth: inner.depth + 1 };
        if (inner) callbacks.push({ ...inner, depth: inner.depth + 1 });
      }
    }
    return callbacks.length >= waits ? callbacks[0] : undefined;
  }

  /** `new Promise(resolve => setTimeout(resolve, ms))`. */
  #isTimer(frame: Frame, made: Call): boolean {
    const steps = [...this.#program.steps(frame.fn.id).values()];
    const next = steps.find(step => step.kind === 'call' && step.id > made.id && step.target.kind === 'value');
    if (next?.kind !== 'call') return false;
    return this.#eval
      .callees(frame, next)
      .some(({ frame: executor }) =>
        [...this.#program.steps(executor.fn.id).values()].some(step => step.kind === 'spawn' && step.how === 'timer'),
      );
  }

  /** One of a collection of callbacks, or an optional one: whoever listens. */
  #isListener(frame: Frame, call: Call): boolean {
    if (call.target.kind !== 'value') return false;
    const value = frame.fn.values[call.target.of];
    if (value?.kind === 'element') return call.receiver === undefined || value.key === null;
    const place = value?.kind === 'read' ? value.place : undefined;
    return (
      call.optional === 'function' && place !== undefined && place.root.kind !== 'parameter' && place.path.length > 0
    );
  }

  /** In the callback of an iteration over listeners: `Promise.all(listeners.map(tell => tell(news)))`. */
  #isOneOfAll(frame: Frame, call: Call): boolean {
    const value = call.target.kind === 'value' ? frame.fn.values[call.target.of] : undefined;
    const place = value?.kind === 'read' ? value.place : undefined;
    if (frame.fn.parent === null || place?.root.kind !== 'parameter' || place.path.length > 0) return false;
    const refs = frame.parameters[place.root.index] ?? [];
    return refs.length > 0 && refs.every(ref => ref.kind === 'element');
  }

  /** The work is what the lock is for: it reads or writes the state, or the state comes of it. */
  #needs(moment: Moment<Await>, slow: Slow, state: LockState): boolean {
    const { frame, step } = moment;
    const { guarded, written } = state;
    const index = new FunctionIndex(frame.fn);
    const placed = index.at(step.id);
    const isRepeated = placed?.around.some(one => one.kind === 'loop' && one.over === undefined) ?? false;
    const handles = placed?.around.some(
      one => one.kind === 'try' && one.handlers.some(({ body }) => body.some(inner => inner === step)),
    );
    if (isRepeated || handles || (slow.how === 'timer' && this.#isForChange(moment, state))) return true;
    if (this.#isUsed(index, step) || (slow.call && this.#writesAfter(moment, slow.call, state))) return true;
    const work = step.values.flatMap(value =>
      this.#eval.evaluate(frame, value).flatMap(ref => joinedWith(this.#eval, ref)),
    );
    const inside = work.some(ref => ref.kind === 'task' && this.#touches(ref.frame, state));
    if (inside || !slow.call) return true;
    const { args, receiver } = slow.call;
    if (slow.told) return this.#isToldState(slow.told, written);
    const given = slow.how === 'user' || receiver === undefined ? args : [...args, receiver];
    const isState = (value: ValueId, position: number): boolean => {
      const until = this.#isData(frame, slow.call, position) ? step.id : null;
      return this.#comesFrom(index, frame, value, { written, until }, 8);
    };
    if (given.some(isState)) return true;
    return slow.how === 'network' && this.#isWrittenThrough(index, frame, given, guarded);
  }

  #isToldState({ frame, call }: NonNullable<Slow['told']>, written: readonly Guarded[]): boolean {
    const index = new FunctionIndex(frame.fn);
    return call.args.some(arg => this.#comesFrom(index, frame, arg, { written, until: null }, 8));
  }

  /**
   * A pause that is made because of what the state is just now: it waits for the state to become another, if whoever
   * paused goes on with the state.
   */
  #isForChange(moment: Moment<Await>, { guarded, holders }: LockState): boolean {
    const { frame, step } = moment;
    const index = new FunctionIndex(frame.fn);
    const around = index.at(step.id)?.around ?? [];
    const isDecided = around.some(
      one =>
        one.kind === 'branch' &&
        conditionReads(one.condition).some(value =>
          this.#comesFrom(index, frame, value, { written: guarded, until: null }, 8),
        ),
    );
    return isDecided && this.#goesOnWith(moment, holders);
  }

  /** The function, or one that has called it in the section, touches the state after the step, or in another round. */
  #goesOnWith({ frame, step, from }: Moment, holders: ReadonlySet<string>): boolean {
    const around = new FunctionIndex(frame.fn).at(step.id)?.around ?? [];
    const rounds = new Set<StepId>();
    for (const one of around) if (one.kind === 'loop') walkSteps(one.body, inner => void rounds.add(inner.id));
    const isTouched = this.#footprints
      .of(frame)
      .some(({ at, location }) => (at > step.id || rounds.has(at)) && location.holders.some(one => holders.has(one)));
    return isTouched || (from !== null && this.#goesOnWith(from, holders));
  }

  /** What the work is given becomes the state once it is done: one step of which the lock keeps the parts together. */
  #writesAfter({ frame, step }: Moment<Await>, call: Call, { holders }: LockState): boolean {
    const given = new Set(call.args.flatMap(arg => [...this.#eval.evaluate(frame, arg)]));
    return this.#footprints.of(frame).some(one => {
      const { value } = one.step;
      if (!isWrite(one.step.mode) || one.at <= step.id || value === undefined) return false;
      const isGiven = this.#eval.evaluate(one.frame, value).some(ref => ref.kind !== 'constant' && given.has(ref));
      return isGiven && one.location.holders.some(holder => holders.has(holder));
    });
  }

  /** What awaiting gave is looked at. */
  #isUsed(index: FunctionIndex, step: Await): boolean {
    const settled = new Set<ValueId>();
    index.fn.values.forEach((value, id) => {
      if (value.kind === 'settled' && step.values.includes(value.of)) settled.add(id);
    });
    if (settled.size === 0) return false;
    const mentions = (value: unknown): boolean =>
      typeof value === 'number'
        ? settled.has(value)
        : typeof value === 'object' &&
          value !== null &&
          Object.entries(value).some(([key, inner]) => isReference(value, key, inner) && mentions(inner));
    return (
      index.fn.values.some((value, id) => value.kind !== 'result' && !settled.has(id) && mentions(value)) ||
      index.list.some(
        ({ step: one }) =>
          one !== step && mentions({ ...one, body: [], arms: [], handlers: [], finally: [], orElse: [] }),
      )
    );
  }

  /** The argument only tells something: nobody calls it, or a part of it, as one does what is closed or awaited there. */
  #isData(frame: Frame, call: Call | null, position: number): boolean {
    if (!call || position >= call.args.length) return false;
    return this.#eval.callees(frame, call).every(({ frame: { fn } }) =>
      [...this.#program.steps(fn.id).values()].every(step => {
        const value = step.kind === 'call' && step.receiver !== undefined ? fn.values[step.receiver] : undefined;
        const root = value?.kind === 'read' ? value.place.root : undefined;
        return root?.kind !== 'parameter' || root.index !== position;
      }),
    );
  }

  /** A value that is read from the state, and still stands there, or made of something that is. */
  #comesFrom(
    index: FunctionIndex,
    frame: Frame,
    value: ValueId,
    state: { written: readonly Guarded[]; until: StepId | null },
    depth: number,
  ): boolean {
    const facts = index.value(value);
    if (!facts || depth === 0) return false;
    if (state.until !== null && isPutAnew(index, value, state.until)) return true;
    const each = (values: readonly ValueId[]): boolean =>
      values.some(one => this.#comesFrom(index, frame, one, state, depth - 1));
    switch (facts.kind) {
      case 'read': {
        const { root } = facts.place;
        if (state.until !== null && isReplaced(index, facts.place, state.until)) return false;
        if (root.kind === 'value' && this.#comesFrom(index, frame, root.of, state, depth - 1)) return true;
        const location = locate(this.#eval, frame, facts.place);
        return location !== null && state.written.some(one => touchesPart(one.location, location));
      }
      case 'object':
        return each([...Object.values(facts.fields), ...facts.spreads]);
      case 'array':
      case 'from':
      case 'choice':
      case 'combined':
        return each(facts.values);
      case 'template':
        return each(facts.parts.filter(part => typeof part === 'number'));
      case 'element':
      case 'settled':
      case 'ordered':
      case 'view':
        return this.#comesFrom(index, frame, facts.of, state, depth - 1);
      case 'result': {
        const step = index.at(facts.of)?.step;
        return step?.kind === 'call' && each([...step.args, ...(step.receiver === undefined ? [] : [step.receiver])]);
      }
      default:
        return false;
    }
  }

  /** The same value goes to the outside and into the state: the lock keeps the two alike. */
  #isWrittenThrough(
    index: FunctionIndex,
    frame: Frame,
    given: readonly ValueId[],
    guarded: readonly Guarded[],
  ): boolean {
    const sources = new Set(given.flatMap(value => this.#sources(index, value, 6)));
    return guarded.some(
      ({ moment }) =>
        moment.frame.fn.id === frame.fn.id &&
        isWrite(moment.step.mode) &&
        moment.step.value !== undefined &&
        this.#sources(index, moment.step.value, 6).some(source => sources.has(source)),
    );
  }

  #sources(index: FunctionIndex, value: ValueId, depth: number): string[] {
    const facts = index.value(value);
    if (!facts || depth === 0) return [];
    switch (facts.kind) {
      case 'read':
        return facts.place.root.kind === 'value'
          ? this.#sources(index, facts.place.root.of, depth - 1)
          : isGivenRoot(facts.place.root)
            ? [JSON.stringify(facts.place.root)]
            : [];
      case 'object':
        return Object.values(facts.fields).flatMap(part => this.#sources(index, part, depth - 1));
      case 'array':
      case 'from':
      case 'choice':
        return facts.values.flatMap(part => this.#sources(index, part, depth - 1));
      case 'template':
        // A text in words tells of the change and is no copy of it.
        if (facts.parts.some(part => typeof part === 'string' && /\p{L}\s|\s\p{L}/u.test(part))) return [];
        return facts.parts.flatMap(part => (typeof part === 'number' ? this.#sources(index, part, depth - 1) : []));
      case 'result': {
        const step = index.at(facts.of)?.step;
        return step?.kind === 'call' ? step.args.flatMap(arg => this.#sources(index, arg, depth - 1)) : [];
      }
      default:
        return [];
    }
  }
}

/** Keys of facts that hold values, not steps, offsets, or positions in lists. */
function isReference(owner: object, key: string, value: unknown): boolean {
  if (NUMBERS.has(key)) return false;
  const kind = 'kind' in owner ? owner.kind : undefined;
  if (key === 'spreads') return kind === 'object';
  return !(key === 'key' && kind === 'element' && typeof value === 'number');
}

const NUMBERS: ReadonlySet<string> = new Set([
  'id',
  'at',
  'n',
  'kind',
  'index',
  'step',
  'units',
  'times',
  'known',
  'stopping',
  'entry',
]);

const touchesPart = (state: Location, read: Location): boolean =>
  overlap(state.holders, read.keys) ||
  overlap(state.keys, read.holders) ||
  state.keys.some(key => read.keys.some(outer => key.startsWith(`${outer}[`) || key.startsWith(`${outer}.`)));

function outsideOf(known: Knowledge | undefined): 'network' | 'timer' | undefined {
  return known?.outside === 'network' || (known?.outside === 'timer' && known.leavesTurn === true)
    ? known.outside
    : undefined;
}
