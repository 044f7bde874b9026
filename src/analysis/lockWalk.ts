/**
 * The interpreter of structured control flow for locks: walks an activation with the set of locks held, and gives its
 * summary (critical pairs, locks left held, locks released for the caller). Locks are inherited where a task is joined,
 * not where it is started (ALGORITHMS 2.2).
 */
import type { Acquire, At, Await, Block, Branch, Call, Condition, Loop, Release, Step, StepId, Try, ValueId } from '../model/facts.ts';
import type { Activities } from './activities.ts';
import type { Callee, Evaluator } from './evaluator.ts';
import { type OrderFact, areApart, orderOf } from './lockOrderEvidence.ts';
import { EMPTY, type Fork, type Held, type Pair, PairSet, type Summary, type Trace } from './lockPairs.ts';
import type { LockTable } from './locks.ts';
import type { Site } from './program.ts';
import { type Frame, type Ref, type Refs, alternatives } from './refs.ts';

interface State {
  held: readonly Held[];
  /** A task-local store was asked whether the task is inside already ("reentrancy guard"): the store. */
  context: Ref | null;
  /** The program may be called from outside by now. */
  serving: boolean;
  facts: readonly OrderFact[];
}
type Outcome = State | null;

/** What is collected while one activation is walked. */
interface Walk {
  frame: Frame;
  /** A promise that the function returns is waited for as part of it. */
  joinsReturned: boolean;
  pairs: PairSet;
  /** States at normal exits, and the duties of enclosing loops and tries. */
  exits: State[];
  throws: State[];
  breaks: { label: string | undefined; kind: 'break' | 'continue'; state: State }[];
  releases: Map<string, { token: string | null; lock: string | null }>;
  yields: Map<string, Held>;
  /** Locks held when a task was started, by task. */
  births: Map<number, ReadonlySet<string>>;
  joined: Set<number>;
  suspended: boolean;
  serves: boolean;
}

interface ApplyOptions {
  /** Tokens taken after the task was started: a fair lock serves its first request before them. */
  except?: ReadonlySet<string>;
  forks?: readonly Fork[];
  stored?: boolean;
  batch?: string | null;
}

const EMPTY_STATE: State = { held: [], facts: [], context: null, serving: false };

export class LockWalk {
  readonly #eval: Evaluator;
  readonly #locks: LockTable;
  readonly #relevant: ReadonlySet<string>;
  readonly #activities: Activities;
  readonly #done = new Map<number, Summary>();
  readonly #running = new Map<number, { summary: Summary; hit: boolean }>();
  /** Frames whose result rests on one still being walked. */
  #provisional = 0;

  constructor(evaluator: Evaluator, locks: LockTable, relevant: ReadonlySet<string>, activities: Activities) {
    this.#eval = evaluator;
    this.#locks = locks;
    this.#relevant = relevant;
    this.#activities = activities;
  }

  /** The summary of an activation; recursion is iterated to a fixpoint of at most four rounds. */
  summary(frame: Frame): Summary {
    if (!this.#relevant.has(frame.fn.id)) return EMPTY;
    const done = this.#done.get(frame.id);
    if (done) return done;
    const running = this.#running.get(frame.id);
    if (running) {
      running.hit = true;
      this.#provisional += 1;
      return running.summary;
    }
    if (this.#running.size > 200) return EMPTY;
    const entry = { summary: EMPTY, hit: false };
    this.#running.set(frame.id, entry);
    const before = this.#provisional;
    for (let round = 0; round < 4; round += 1) {
      entry.hit = false;
      const next = this.#walk(frame);
      const same = next.pairs.length === entry.summary.pairs.length && next.net.length === entry.summary.net.length;
      entry.summary = next;
      if (!entry.hit || same) break;
    }
    this.#running.delete(frame.id);
    // A result that rests on an outer activation still running is not final, unless that is this one.
    if (this.#running.size === 0 || this.#provisional === before || entry.hit) {
      this.#done.set(frame.id, entry.summary);
      if (entry.hit) this.#provisional = before;
    }
    return entry.summary;
  }

  /** The summary of an activity: whoever started it from outside waits for the promise that it returns, or may do so. */
  activitySummary(frame: Frame): Summary {
    const isPlain = frame.fn.calling === 'value' && this.#relevant.has(frame.fn.id);
    return isPlain ? this.#walk(frame, true) : this.summary(frame);
  }

  #walk(frame: Frame, joinsReturned = frame.fn.calling === 'promise' || frame.fn.calling === 'coroutine'): Summary {
    const walk: Walk = {
      joinsReturned, frame, pairs: new PairSet(), exits: [], throws: [], breaks: [], releases: new Map(), yields: new Map(), births: new Map(), joined: new Set(), suspended: false, serves: false };
    const end = this.#block(walk, frame.fn.body, EMPTY_STATE);
    if (end) walk.exits.push(end);
    this.#detach(walk);
    const net = walk.exits.length === 0 ? [] : union(walk.exits).held;
    const serves = walk.serves || walk.exits.some(exit => exit.serving);
    return { pairs: walk.pairs.list(), net, releases: [...walk.releases.values()], yields: [...walk.yields.values()], serves };
  }

  /** Tasks that nobody here joined or returns live on their own. */
  #detach(walk: Walk): void {
    const { frame } = walk;
    const returned = new Set<number>();
    const keep = (ref: Ref): void => {
      if (returned.has(ref.id)) return;
      returned.add(ref.id);
      for (const inner of this.#parts(ref)) keep(inner.ref);
    };
    for (const ref of this.#eval.returns(frame)) keep(ref);
    for (const id of walk.births.keys()) {
      if (walk.joined.has(id) || returned.has(id)) continue;
      const ref = this.#tasks.get(id);
      if (ref?.kind === 'task') this.#activities.addTask(ref.frame, frame, ref.step);
    }
  }

  readonly #tasks = new Map<number, Ref>();
  /** The task-local store that was asked before a task was started. */
  readonly #contexts = new Map<number, Ref>();

  #block(walk: Walk, block: Block, start: State): Outcome {
    let state: Outcome = start;
    for (const step of block) {
      if (!state) return null;
      state = this.#step(walk, step, state);
    }
    return state;
  }

  #step(walk: Walk, step: Step, state: State): Outcome {
    switch (step.kind) {
      case 'acquire':
        return this.#acquire(walk, step, state);
      case 'release':
        return this.#release(walk, step, state);
      case 'call':
        return this.#call(walk, step, state);
      case 'await':
        return this.#await(walk, step, state);
      case 'branch':
        return this.#branch(walk, step, state);
      case 'loop':
        return this.#loop(walk, step, state);
      case 'try':
        return this.#try(walk, step, state);
      case 'exit': {
        if (step.how === 'return') {
          const after = step.value === undefined ? state : this.#returned(walk, step.value, step.id, state);
          walk.exits.push(after);
        } else if (step.how === 'throw') walk.throws.push(state);
        else walk.breaks.push({ label: step.label, kind: step.how, state });
        return null;
      }
      case 'yield':
        for (const held of state.held) walk.yields.set(held.token, held);
        return state;
      case 'spawn':
      case 'register':
        this.#activities.addHandler(walk.frame, step, this.#eval.evaluate(walk.frame, step.kind === 'spawn' ? step.body : step.handler));
        return state;
      default:
        return state;
    }
  }

  #token(walk: Walk, step: StepId): string {
    return `${walk.frame.id}.${step}`;
  }

  #acquire(walk: Walk, step: Acquire, state: State): State {
    const site = this.#eval.program.site(walk.frame.fn.id, step.at);
    const units = step.units.kind === 'exactly' ? step.units.n : null;
    const trace: Trace = { site, calls: null, through: false, waited: null, next: null };
    const uses = this.#locks.acquired(walk.frame, step).slice(0, 4);
    let held = state.held;
    const batch = step.keysAre === 'batch' && uses.length > 1 ? this.#token(walk, step.id) : null;
    for (const { lock, wait } of uses) {
      const pair: Pair = { held: [], acquires: lock, mode: step.mode, units, wait, trace, forks: [], prefix: !walk.suspended, batch, startup: true, guessed: uses.length > 1 && step.keysAre === undefined, stored: false, context: state.context };
      this.#emit(walk, pair, { ...state, held: batch ? state.held : held });
      const token: Held = { lock, mode: step.mode, units, token: this.#token(walk, step.id), trace, depth: 0, maybe: wait !== 'endless' && step.failure === 'falsy', order: null, differs: false, context: state.context };
      held = [...held, token];
    }
    walk.suspended = true;
    return { ...state, held };
  }

  /** Adds the pair, with everything held around it. */
  #emit(walk: Walk, pair: Pair, state: State, except?: ReadonlySet<string>): void {
    const outer: Held[] = [];
    for (const held of state.held) {
      if (except?.has(held.token) && held.lock.key === pair.acquires.key && pair.prefix) continue;
      if (pair.held.some(inner => inner.token === held.token)) continue;
      outer.push(this.#related(held, pair, state.facts));
    }
    const inner = state.facts.length === 0 ? pair.held : pair.held.map(held => this.#related(held, pair, state.facts));
    const guard = (held: Held): Held => (held.context === null && state.context !== null ? { ...held, context: state.context } : held);
    walk.pairs.add({ ...pair, context: pair.context ?? state.context, held: [...outer, ...inner.map(guard)], startup: pair.startup && !state.serving });
  }

  /** A held lock as seen from the acquisition: in order before it, known to be another one. */
  #related(held: Held, pair: Pair, facts: readonly OrderFact[]): Held {
    if (held.lock.site !== pair.acquires.site) return held;
    const order = held.order ?? orderOf(this.#eval, held.lock, pair.acquires, facts);
    return { ...held, order, differs: held.differs || areApart(held.lock, pair.acquires, facts) };
  }

  #release(walk: Walk, step: Release, state: State): State {
    const refs = step.token === undefined ? [] : this.#eval.evaluate(walk.frame, step.token);
    const tokens = refs.flatMap(ref => (ref.kind === 'token' ? [`${ref.frame.id}.${ref.step}`] : []));
    if (tokens.length > 0) return this.#drop(walk, state, tokens);
    if (step.lock === undefined) return state;
    const locks = this.#locks.uses(walk.frame, step.lock, step.key, 'endless').map(use => use.lock.key);
    let after = state;
    for (const key of locks) {
      const last = after.held.findLast(held => held.lock.key === key);
      if (last) after = { ...after, held: after.held.filter(held => held !== last) };
      else walk.releases.set(`l${key}`, { token: null, lock: key });
    }
    return after;
  }

  #drop(walk: Walk, state: State, tokens: readonly string[]): State {
    for (const token of tokens) if (!state.held.some(held => held.token === token)) walk.releases.set(`t${token}`, { token, lock: null });
    return { ...state, held: state.held.filter(held => !tokens.includes(held.token)) };
  }

  #call(walk: Walk, step: Call, state: State): State {
    if (step.target.kind === 'value') {
      const tokens = this.#eval.evaluate(walk.frame, step.target.of).flatMap(ref => (ref.kind === 'token' ? [`${ref.frame.id}.${ref.step}`] : []));
      if (tokens.length > 0) return this.#drop(walk, state, tokens);
    }
    const callees = this.#eval.callees(walk.frame, step);
    let after = state;
    for (const callee of callees) {
      const { fn } = callee.frame;
      if (!this.#relevant.has(fn.id)) continue;
      if (fn.calling !== 'value') {
        const ref = this.#eval.refs.make({ kind: 'task', frame: callee.frame, from: walk.frame, step: step.id });
        this.#tasks.set(ref.id, ref);
        if (state.context) this.#contexts.set(ref.id, state.context);
        walk.births.set(ref.id, new Set(state.held.map(held => held.token)));
        continue;
      }
      after = this.#apply(walk, this.#called(walk, step, callee), after, callees.length > 1 || step.optional === true);
    }
    this.#noteTasks(walk, step, state);
    return step.known?.serves === true ? { ...after, serving: true } : after;
  }

  /** Tasks that a `value` function started and returned are born here too. */
  #noteTasks(walk: Walk, step: Call, state: State): void {
    if (step.newOf !== undefined) return;
    for (const callee of this.#eval.callees(walk.frame, step)) {
      if (callee.frame.fn.calling !== 'value') continue;
      for (const ref of this.#eval.returns(callee.frame)) this.#noteTask(walk, ref, state);
    }
  }

  #noteTask(walk: Walk, ref: Ref, state: State): void {
    if (walk.births.has(ref.id)) return;
    if (ref.kind === 'task') {
      if (!this.#relevant.has(ref.frame.fn.id)) return;
      this.#tasks.set(ref.id, ref);
      walk.births.set(ref.id, new Set(state.held.map(held => held.token)));
    } else if (ref.kind === 'chain' || ref.kind === 'combined') for (const part of this.#parts(ref)) this.#noteTask(walk, part.ref, state);
  }

  /** A task's summary, seen from who joins it: through the plain functions that started it and handed it on. */
  #started(walk: Walk, task: Ref & { kind: 'task' }, born: Step | undefined, callee: { frame: Frame; guessed: boolean }, joinedAt: At): Summary {
    this.#activities.addCall(walk.frame, callee.frame);
    const at = born?.at ?? task.from.fn.at;
    const way = this.#wayTo(walk.frame, task, 6);
    const here = way[0]?.step.at ?? (task.from === walk.frame ? at : joinedAt);
    const isLater = here[0] < joinedAt[0] || here[1] > joinedAt[1];
    const waited = isLater ? this.#eval.program.site(walk.frame.fn.id, joinedAt) : null;
    const start = { at, ...(born?.kind === 'call' ? { target: born.target } : {}) };
    let summary = this.#longer(this.summary(callee.frame), task.from, start, callee, way.length === 0 ? waited : null);
    for (const [index, hop] of [...way.entries()].reverse()) summary = this.#longer(summary, hop.from, hop.step, { frame: hop.to, guessed: false }, index === 0 ? waited : null);
    return summary;
  }

  /** The calls that lead from an activation to the one that starts the task, outermost first; empty when it is itself. */
  #wayTo(from: Frame, task: Ref & { kind: 'task' }, depth: number): { from: Frame; step: Call; to: Frame }[] {
    if (from === task.from || depth === 0) return [];
    for (const step of this.#eval.program.steps(from.fn.id).values()) {
      if (step.kind !== 'call') continue;
      for (const { frame } of this.#eval.callees(from, step)) {
        if (frame.fn.calling !== 'value' || !this.#eval.returns(frame).includes(task)) continue;
        const rest = this.#wayTo(frame, task, depth - 1);
        if (frame === task.from || rest.length > 0) return [{ from, step, to: frame }, ...rest];
      }
    }
    return [];
  }

  /** The callee's summary, seen from the call. */
  #called(walk: Walk, step: { at: Call['at']; target?: Call['target'] }, callee: { frame: Frame; guessed: boolean }): Summary {
    this.#activities.addCall(walk.frame, callee.frame);
    return this.#longer(this.summary(callee.frame), walk.frame, step, callee);
  }

  /** One more call on every trace. */
  #longer(inner: Summary, from: Frame, step: { at: Call['at']; target?: Call['target'] }, callee: { frame: Frame; guessed: boolean }, waited: Site | null = null): Summary {
    if (inner === EMPTY) return inner;
    const site = this.#eval.program.site(from.fn.id, step.at);
    const { fn } = callee.frame;
    const through = step.target?.kind === 'value';
    // A synthetic function stands for the library call at the very place.
    const longer = (trace: Trace): Trace => (fn.synthetic ? { ...trace, site, waited } : { site, calls: fn.name, through, waited, next: trace });
    const held = (one: Held): Held => ({ ...one, trace: longer(one.trace) });
    return {
      pairs: inner.pairs.map(pair => ({ ...pair, trace: longer(pair.trace), held: pair.held.map(held), guessed: pair.guessed || callee.guessed })),
      net: inner.net.map(held),
      releases: inner.releases,
      yields: inner.yields.map(held),
      serves: inner.serves,
    };
  }

  #apply(walk: Walk, summary: Summary, state: State, maybe: boolean, options: ApplyOptions = {}): State {
    const { except, forks = [], stored = false, batch = null } = options;
    for (const pair of summary.pairs) {
      const inner = forks.length === 0 ? pair : { ...pair, forks: [...forks, ...pair.forks], held: pair.held.map(held => ({ ...held, depth: held.depth + forks.length })) };
      this.#emit(walk, { ...inner, prefix: pair.prefix && !walk.suspended, stored: pair.stored || stored, batch: pair.batch ?? (pair.prefix ? batch : null) }, state, except);
    }
    let held = state.held;
    for (const released of summary.releases) {
      const gone = held.findLast(one => (released.token === null ? one.lock.key === released.lock : one.token === released.token));
      if (gone) held = maybe ? held.map(one => (one === gone ? { ...one, maybe: true } : one)) : held.filter(one => one !== gone);
      else walk.releases.set(`${released.token === null ? 'l' : 't'}${released.token ?? released.lock}`, released);
    }
    const net = summary.net.filter(one => !held.some(known => known.token === one.token));
    return { ...state, serving: state.serving || summary.serves, held: [...held, ...net.map(one => (maybe ? { ...one, maybe: true } : one))] };
  }

  #await(walk: Walk, step: Await, state: State): State {
    const refs = step.values.flatMap(value => [...this.#eval.evaluate(walk.frame, value)]);
    const after = this.#join(walk, refs, step, state, []);
    walk.suspended = true;
    return after;
  }

  /** A promise that an async function returns is joined by it; a plain function hands it on. */
  #returned(walk: Walk, value: ValueId, step: StepId, state: State): State {
    if (!walk.joinsReturned) return state;
    return this.#join(walk, this.#eval.evaluate(walk.frame, value), { id: step, at: walk.frame.fn.at }, state, []);
  }

  #join(walk: Walk, refs: Refs, step: { id: StepId; at: Call['at'] }, state: State, forks: readonly Fork[]): State {
    let after = state;
    for (const ref of refs) after = this.#joinOne(walk, ref, step, after, forks, refs.length > 1);
    return after;
  }

  #joinOne(walk: Walk, ref: Ref, step: { id: StepId; at: Call['at'] }, state: State, forks: readonly Fork[], maybe: boolean): State {
    if (ref.kind === 'task') {
      const known = walk.births.get(ref.id);
      walk.joined.add(ref.id);
      const born = this.#eval.program.steps(ref.from.fn.id).get(ref.step);
      const except = known && new Set(state.held.filter(held => !known.has(held.token)).map(held => held.token));
      const summary = this.#started(walk, ref, born, { frame: ref.frame, guessed: maybe }, step.at);
      const isMany = born?.kind === 'call' && this.#activities.isRepeated(ref.from.fn, ref.step);
      const inner = isMany && forks.length > 0 ? forks.map((fork, index) => (index === forks.length - 1 ? { ...fork, many: true } : fork)) : forks;
      const context = state.context ?? this.#contexts.get(ref.id) ?? null;
      const after = this.#apply(walk, summary, { ...state, context }, maybe, { ...(except && except.size > 0 ? { except } : {}), forks: inner, stored: known === undefined || (except?.size ?? 0) > 0 });
      return { ...after, context: state.context };
    }
    if (ref.kind === 'chain') return this.#joinChain(walk, ref, step, state, forks);
    if (ref.kind === 'combined') return this.#joinAll(walk, ref, step, state, forks);
    return state;
  }

  #joinChain(walk: Walk, ref: Ref & { kind: 'chain' }, step: { id: StepId; at: Call['at'] }, state: State, forks: readonly Fork[]): State {
    const chain = this.#eval.program.steps(ref.frame.fn.id).get(ref.step);
    if (chain?.kind !== 'chain' || walk.joined.has(ref.id)) return state;
    walk.joined.add(ref.id);
    let after = this.#join(walk, this.#eval.evaluate(ref.frame, chain.of), step, state, forks);
    for (const handler of [chain.onFulfilled, chain.onRejected, chain.onFinally]) {
      if (handler === undefined) continue;
      const tokens = this.#eval.evaluate(ref.frame, handler).flatMap(one => (one.kind === 'token' ? [`${one.frame.id}.${one.step}`] : []));
      if (tokens.length > 0) after = this.#drop(walk, after, tokens);
      for (const callee of this.#handlers(ref.frame, handler, handler === chain.onFulfilled ? chain.of : undefined)) {
        after = this.#apply(walk, this.#called(walk, { at: chain.at }, callee), after, true, { forks });
        if (callee.frame.fn.calling === 'value') after = this.#join(walk, this.#eval.returns(callee.frame), step, after, forks);
      }
    }
    return after;
  }

  #handlers(frame: Frame, handler: ValueId, of: ValueId | undefined): readonly Callee[] {
    const given = of === undefined ? [] : [alternatives(this.#eval.refs, this.#eval.evaluate(frame, of).flatMap(ref => [...this.#eval.settled(ref)]))];
    return this.#eval.calleesOf(this.#eval.evaluate(frame, handler), given, null);
  }

  /** The siblings of a combinator run side by side; what they leave held is held together afterwards. */
  #joinAll(walk: Walk, ref: Ref & { kind: 'combined' }, step: { id: StepId; at: Call['at'] }, state: State, forks: readonly Fork[]): State {
    const parts = this.#parts(ref);
    if (parts.length === 0) return state;
    if (parts.length === 1 && !parts[0]?.many) return this.#joinOne(walk, (parts[0] as { ref: Ref }).ref, step, state, forks, false);
    const id = `${ref.frame.id}.v${ref.value}`;
    if (parts.filter(part => this.#acquires(part.ref)).length > 1) return this.#joinBatch(walk, parts, id, step, state, forks);
    let gained: readonly Held[] = state.held;
    parts.forEach((part, index) => {
      const after = this.#joinOne(walk, part.ref, step, state, [...forks, { id, branch: String(index), many: part.many }], false);
      gained = [...gained, ...after.held.filter(held => !gained.some(known => known.token === held.token))];
    });
    return { ...state, held: gained };
  }

  #acquires(ref: Ref): boolean {
    return ref.kind === 'task' && this.summary(ref.frame).net.length > 0;
  }

  /** `Promise.all([a.acquire(), b.acquire()])`: granted in any order, each while others may be held already. */
  #joinBatch(walk: Walk, parts: readonly { ref: Ref }[], batch: string, step: { at: Call['at'] }, state: State, forks: readonly Fork[]): State {
    const summaries = parts.map(({ ref }) => {
      walk.joined.add(ref.id);
      return ref.kind === 'task' ? this.#called(walk, step, { frame: ref.frame, guessed: false }) : EMPTY;
    });
    let held = state.held;
    summaries.forEach((summary, index) => {
      const others = summaries.flatMap((other, at) => (at === index ? [] : other.net));
      this.#apply(walk, summary, { ...state, held: [...state.held, ...others] }, false, { forks, batch });
      held = [...held, ...summary.net.filter(one => !held.some(known => known.token === one.token))];
    });
    return { ...state, held };
  }

  /** The promises inside a combinator or chain. */
  #parts(ref: Ref): { ref: Ref; many: boolean }[] {
    if (ref.kind === 'chain') {
      const chain = this.#eval.program.steps(ref.frame.fn.id).get(ref.step);
      return chain?.kind === 'chain' ? this.#eval.evaluate(ref.frame, chain.of).map(of => ({ ref: of, many: false })) : [];
    }
    if (ref.kind !== 'combined') return [];
    const value = ref.frame.fn.values[ref.value];
    if (value?.kind !== 'combined') return [];
    return value.values.flatMap(part => this.#eval.evaluate(ref.frame, part)).flatMap(source => this.#elements(source));
  }

  #elements(source: Ref): { ref: Ref; many: boolean }[] {
    if (source.kind !== 'made' || !('value' in source.at)) {
      if (source.kind === 'task' || source.kind === 'chain' || source.kind === 'combined') return [{ ref: source, many: false }];
      return this.#eval.elements(source).map(ref => ({ ref, many: true }));
    }
    const array = source.frame.fn.values[source.at.value];
    if (array?.kind !== 'array') return [];
    return array.values.flatMap((part, index) => {
      const spread = array.spreads.includes(index);
      return this.#eval.evaluate(source.frame, part).flatMap(ref => (spread ? this.#elements(ref) : [{ ref, many: this.#isManyElement(source.frame, part, ref) }]));
    });
  }

  /** `xs.map(f)`: the one element value stands for a result per element. */
  #isManyElement(frame: Frame, part: ValueId, ref: Ref): boolean {
    const value = frame.fn.values[part];
    if (value?.kind === 'result') return this.#activities.isRepeated(frame.fn, value.of);
    return ref.kind === 'task' && ref.from === frame && this.#activities.isRepeated(frame.fn, ref.step);
  }

  #branch(walk: Walk, step: Branch, state: State): Outcome {
    const outcomes: State[] = [];
    let into: Outcome = null;
    const context = this.#contextOf(walk.frame, step.condition) ?? state.context;
    const hasDefault = step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
    for (const arm of step.arms) {
      const facts = arm.when === 'true' || arm.when === 'false' ? [...state.facts, ...this.#facts(walk.frame, step.condition, arm.when === 'true')] : state.facts;
      const start: State = into ? union([into, { ...state, facts, context }]) : { ...state, facts, context };
      const end = this.#block(walk, arm.body, start);
      into = arm.fallsThrough ? end : null;
      if (end && !arm.fallsThrough) outcomes.push(end);
    }
    if (into) outcomes.push(into);
    if (!hasDefault) {
      const [only] = step.arms;
      const facts = only?.when === 'true' && step.arms.length === 1 ? [...state.facts, ...this.#facts(walk.frame, step.condition, false)] : state.facts;
      outcomes.push({ ...state, facts, context });
    }
    return outcomes.length === 0 ? null : union(outcomes);
  }

  /** The task-local store whose content a test looks at. */
  #contextOf(frame: Frame, condition: Condition): Ref | null {
    switch (condition.kind) {
      case 'not':
        return this.#contextOf(frame, condition.of);
      case 'and':
      case 'or':
        return condition.of.map(part => this.#contextOf(frame, part)).find(found => found !== null) ?? null;
      case 'equal':
      case 'less':
        return this.#storeOf(frame, condition.left) ?? this.#storeOf(frame, condition.right);
      case 'truthy':
      case 'nullish':
        return this.#storeOf(frame, condition.value);
      default:
        return condition.reads.map(value => this.#storeOf(frame, value)).find(found => found !== null) ?? null;
    }
  }

  #storeOf(frame: Frame, value: ValueId): Ref | null {
    const facts = frame.fn.values[value];
    const step = facts?.kind === 'result' ? this.#eval.program.steps(frame.fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call' || step.known?.readsContext !== true || step.receiver === undefined) return null;
    return this.#eval.evaluate(frame, step.receiver)[0] ?? null;
  }

  /** What a test tells of the order of two values. */
  #facts(frame: Frame, condition: Condition, holds: boolean): OrderFact[] {
    if (condition.kind === 'not') return this.#facts(frame, condition.of, !holds);
    if ((condition.kind === 'and' && holds) || (condition.kind === 'or' && !holds)) return condition.of.flatMap(part => this.#facts(frame, part, holds));
    if (condition.kind !== 'less' && condition.kind !== 'equal') return [];
    const [left, right] = [this.#eval.evaluate(frame, condition.left), this.#eval.evaluate(frame, condition.right)];
    if (left.length !== 1 || right.length !== 1 || !left[0] || !right[0]) return [];
    if (condition.kind === 'equal') return holds ? [] : [{ kind: 'differs', left: left[0], right: right[0] }];
    return [holds ? { kind: 'before', left: left[0], right: right[0] } : { kind: 'before', left: right[0], right: left[0] }];
  }

  /** Twice round: what the first round keeps is held in the second, of another element. */
  #loop(walk: Walk, step: Loop, state: State): Outcome {
    const outer = walk.breaks;
    walk.breaks = [];
    const drawn = this.#drawn(walk, step, state);
    const taken = new Set(drawn.held.filter(held => !state.held.includes(held)).map(held => held.token));
    const leaving: State[] = step.test === 'none' ? [] : [state];
    let start: State = drawn;
    for (let round = 0; round < 2; round += 1) {
      const end = this.#block(walk, step.body, start);
      const again = walk.breaks.filter(jump => jump.kind === 'continue' && targets(jump.label, step)).map(jump => jump.state);
      const ends = [...(end ? [end] : []), ...again];
      if (step.test !== 'none') leaving.push(...ends);
      if (ends.length === 0) break;
      const next = union(ends);
      if (next.held.length === start.held.length) break;
      start = { ...next, held: next.held.map(held => this.#older(held, state)) };
    }
    leaving.push(...walk.breaks.filter(jump => jump.kind === 'break' && targets(jump.label, step)).map(jump => jump.state));
    walk.breaks = [...outer, ...walk.breaks.filter(jump => !targets(jump.label, step))];
    if (leaving.length === 0) return null;
    const left = union(leaving);
    return this.#block(walk, step.orElse, { ...left, held: left.held.filter(held => !taken.has(held.token)) });
  }

  /** A loop over a generator: the generator runs in between, and what it holds at its yields is held by the body. */
  #drawn(walk: Walk, step: Loop, state: State): State {
    if (step.over === undefined) return state;
    let after = state;
    for (const ref of this.#eval.evaluate(walk.frame, step.over)) {
      if (ref.kind !== 'task' || !ref.frame.fn.calling.endsWith('generator')) continue;
      walk.joined.add(ref.id);
      const born = this.#eval.program.steps(ref.from.fn.id).get(ref.step);
      const summary = this.#started(walk, ref, born, { frame: ref.frame, guessed: false }, step.at);
      after = this.#apply(walk, { ...summary, net: [] }, after, true);
      after = { ...after, held: [...after.held, ...summary.yields.filter(held => !after.held.some(known => known.token === held.token))] };
    }
    return after;
  }

  /** A lock taken in an earlier round: that of another element. */
  #older(held: Held, before: State): Held {
    if (before.held.includes(held)) return held;
    const { lock } = held;
    const older = (ref: Ref | string | null): Ref | string | null => (typeof ref === 'string' || ref === null ? ref : this.#otherElement(ref));
    const ref = this.#otherElement(lock.ref);
    const owner = lock.owner && this.#otherElement(lock.owner);
    const entry = older(lock.entry);
    if (ref === lock.ref && owner === lock.owner && entry === lock.entry) return held;
    return { ...held, token: `${held.token}'`, lock: { ...lock, ref, owner, entry, key: `${lock.key}'` } };
  }

  #otherElement(ref: Ref): Ref {
    const { refs } = this.#eval;
    switch (ref.kind) {
      case 'element':
        return ref.of === null ? refs.make({ kind: 'element', base: ref.base, of: null, other: true }) : ref;
      case 'field':
        return refs.make({ kind: 'field', base: this.#otherElement(ref.base), name: ref.name, of: ref.of, type: ref.type });
      case 'template':
        return refs.make({ kind: 'template', parts: ref.parts.map(part => (typeof part === 'string' ? part : this.#otherElement(part))) });
      case 'opaque':
        return refs.make({ kind: 'opaque', frame: ref.frame, what: `${ref.what}'`, type: ref.type });
      case 'made':
        return ref.frame.self?.length === 1 && ref.frame.self[0] ? this.#otherOwner(ref, ref.frame.self[0]) : ref;
      default:
        return ref;
    }
  }

  #otherOwner(ref: Ref & { kind: 'made' }, owner: Ref): Ref {
    const other = this.#otherElement(owner);
    if (other === owner) return ref;
    const frame = this.#eval.frame(ref.frame.fn, [other], ref.frame.parameters, ref.frame.parent);
    return this.#eval.refs.make({ kind: 'made', frame, at: ref.at, type: ref.type, site: ref.site });
  }

  #try(walk: Walk, step: Try, state: State): Outcome {
    const [exits, throws, breaks] = [walk.exits, walk.throws, walk.breaks];
    walk.exits = [];
    walk.throws = [];
    walk.breaks = [];
    const body = this.#block(walk, step.body, state);
    const normal: State[] = [];
    const afterElse = body && this.#block(walk, step.orElse, body);
    if (afterElse) normal.push(afterElse);
    if (step.handlers.length > 0) {
      // Anything in the body may throw: before its first acquisition or after its last.
      const thrown = union([state, ...(body ? [body] : []), ...walk.throws, ...walk.exits]);
      walk.throws = [];
      for (const handler of step.handlers) {
        const end = this.#block(walk, handler.body, { ...state, held: thrown.held });
        if (end) normal.push(end);
      }
    }
    const inner = { exits: walk.exits, throws: walk.throws, breaks: walk.breaks };
    walk.exits = exits;
    walk.throws = throws;
    walk.breaks = breaks;
    return this.#finally(walk, step, state, normal, inner);
  }

  #finally(walk: Walk, step: Try, state: State, normal: State[], inner: Pick<Walk, 'exits' | 'throws' | 'breaks'>): Outcome {
    if (step.finally.length === 0) {
      walk.exits.push(...inner.exits);
      walk.throws.push(...inner.throws);
      walk.breaks.push(...inner.breaks);
      return normal.length === 0 ? null : union(normal);
    }
    const all = [...normal, ...inner.exits, ...inner.throws, ...inner.breaks.map(jump => jump.state)];
    const before = union(all.length > 0 ? all : [state]);
    const after = this.#block(walk, step.finally, before);
    if (!after) return null;
    const kept = new Set(after.held.map(held => held.token));
    const gained = after.held.filter(held => !before.held.some(known => known.token === held.token));
    const through = (one: State): State => ({ ...one, held: [...one.held.filter(held => kept.has(held.token)), ...gained] });
    walk.exits.push(...inner.exits.map(through));
    walk.throws.push(...inner.throws.map(through));
    walk.breaks.push(...inner.breaks.map(jump => ({ ...jump, state: through(jump.state) })));
    return normal.length === 0 ? null : union(normal.map(through));
  }
}

const targets = (label: string | undefined, loop: Loop): boolean => label === undefined || label === loop.label;

/** What may be held on any of the paths; facts that hold on all. */
function union(states: readonly State[]): State {
  const [first, ...others] = states;
  if (!first) return EMPTY_STATE;
  if (others.length === 0) return first;
  const held: Held[] = [];
  for (const state of states) {
    for (const one of state.held) {
      if (held.some(known => known.token === one.token)) continue;
      const everywhere = states.every(other => other.held.some(known => known.token === one.token && !known.maybe));
      held.push(everywhere ? one : { ...one, maybe: true });
    }
  }
  return { held, context: states.find(state => state.context !== null)?.context ?? null, serving: states.some(state => state.serving), facts: first.facts.filter(fact => others.every(other => other.facts.some(known => known.kind === fact.kind && known.left === fact.left && known.right === fact.right))) };
}
