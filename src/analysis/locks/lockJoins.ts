/** Calls and joins: a task inherits the locks held where it is waited for, not where it is started (ALGORITHMS 2.2). */
import type { Acquire, Await, At, Call, Step, StepId, ValueId } from '../../model/facts.ts';
import { calledValues } from '../flow/calledValues.ts';
import type { Activities } from '../flow/activities.ts';
import { type Deferreds, holderOf, keptIn } from './deferreds.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Walk } from './lockEffects.ts';
import { EMPTY, type Fork, type Held, type Summary } from './lockPairs.ts';
import type { State } from './lockStates.ts';
import { afterTurn } from './lockTests.ts';
import { HandedOver } from './handedOver.ts';
import { keptTasks } from './keptTasks.ts';
import { asksOf, type LockNote } from './lockNotes.ts';
import { handlersOf, seenFrom, wayTo } from './lockTraces.ts';
import type { LockTable } from './locks.ts';
import { promiseParts } from '../promises/promiseParts.ts';
import { endedWith, isRace, joinedWith } from '../promises/promiseReach.ts';
import { alternatives } from '../sessions.ts';
import { StoresOfTasks, withStores } from './taskStores.ts';
import { type Frame, type Ref, type Refs, tokensIn } from '../refs.ts';

export abstract class LockJoins extends HandedOver {
  protected readonly relevant: ReadonlySet<string>;
  protected readonly activities: Activities;

  protected readonly deferreds: Deferreds;

  constructor(
    evaluator: Evaluator,
    locks: LockTable,
    relevant: ReadonlySet<string>,
    activities: Activities,
    deferreds: Deferreds,
  ) {
    super(evaluator, locks);
    this.deferreds = deferreds;
    this.relevant = relevant;
    this.activities = activities;
  }

  /** Tasks that nobody here joined or returns live on their own. */
  protected detach(walk: Walk): void {
    const { frame } = walk;
    const returned = new Set<number>();
    const keep = (ref: Ref): void => {
      if (returned.has(ref.id)) return;
      returned.add(ref.id);
      for (const inner of promiseParts(this.evaluator, ref)) keep(inner.ref);
    };
    for (const ref of this.evaluator.returns(frame)) keep(ref);
    const isKept = (id: number): boolean => walk.joined.has(id) || returned.has(id);
    this.handOver(walk, this.onTheirOwn(walk, isKept));
    for (const id of walk.births.keys()) {
      if (isKept(id)) continue;
      const ref = this.tasks.get(id);
      if (ref?.kind !== 'task') continue;
      this.activities.addTask(ref.frame, frame, ref.step);
      this.note(walk, 'own-task', ref, walk.births.get(id)?.values() ?? [], null);
    }
  }

  /** Keeps for `why` that a task does not ask under locks that were held when it was started. */
  protected note(
    walk: Walk,
    kind: LockNote['kind'],
    task: Ref & { kind: 'task' },
    held: Iterable<Held>,
    waited: At | null,
  ): void {
    const [...locks] = held;
    const asks = locks.length === 0 ? [] : asksOf(this.summary(task.frame));
    if (asks.length === 0) return;
    const { program } = this.evaluator;
    const { fn } = task.from;
    const started = program.site(fn.id, program.steps(fn.id).get(task.step)?.at ?? fn.at);
    const at = waited && program.site(walk.frame.fn.id, waited);
    for (const one of locks) this.notes.add({ kind, held: one, work: task.frame.fn.name, started, waited: at, asks });
  }

  protected readonly stores = new StoresOfTasks();
  /** The task-local store that was asked before a task was started. */
  protected readonly contexts = new Map<number, Ref>();

  protected calls(walk: Walk, step: Call, state: State): State {
    const tokens = tokensIn(calledValues(this.evaluator, walk.frame, step));
    if (tokens.length > 0) return this.drop(walk, state, tokens);
    const callees = this.evaluator.callees(walk.frame, step);
    if (callees.length === 0) this.givenAway(walk, step);
    let after = state;
    for (const callee of callees) {
      const { fn } = callee.frame;
      if (!this.relevant.has(fn.id)) continue;
      if (fn.calling !== 'value') {
        const ref = this.evaluator.refs.make({ kind: 'task', frame: callee.frame, from: walk.frame, step: step.id });
        this.tasks.set(ref.id, ref);
        if (state.context) this.contexts.set(ref.id, state.context);
        walk.births.set(ref.id, byToken(state));
        walk.ended.delete(ref.id);
        continue;
      }
      after = this.apply(
        walk,
        withStores(this.evaluator, this.called(walk, step, callee), walk.frame, step, callee.frame),
        after,
        callees.length > 1 || step.optional !== undefined,
      );
    }
    this.noteTasks(walk, step, state);
    this.stores.note(this.evaluator, walk.frame, step, callees);
    return step.known?.serves === true ? { ...after, serving: true } : after;
  }

  /** Tasks that a `value` function started and returned are born here too. */
  protected noteTasks(walk: Walk, step: Call, state: State): void {
    if (step.newOf !== undefined) return;
    for (const callee of this.evaluator.callees(walk.frame, step)) {
      if (callee.frame.fn.calling !== 'value') continue;
      for (const ref of this.evaluator.returns(callee.frame)) this.noteTask(walk, ref, state);
    }
  }

  protected noteTask(walk: Walk, ref: Ref, state: State): void {
    for (const part of joinedWith(this.evaluator, ref)) {
      walk.ended.delete(part.id);
      if (part.kind === 'chain') walk.chains.add(part);
      if (part.kind !== 'task' || walk.births.has(part.id) || !this.relevant.has(part.frame.fn.id)) continue;
      this.tasks.set(part.id, part);
      walk.births.set(part.id, byToken(state));
    }
  }

  /** A task's summary, seen from who joins it: through the plain functions that started it and handed it on. */
  protected started(
    walk: Walk,
    task: Ref & { kind: 'task' },
    born: Step | undefined,
    callee: { frame: Frame; guessed: boolean },
    joinedAt: At,
  ): Summary {
    this.activities.addCall(walk.frame, callee.frame);
    const at = born?.at ?? task.from.fn.at;
    const way = wayTo(this.evaluator, walk.frame, task, 6);
    const here = way[0]?.step.at ?? (task.from === walk.frame ? at : joinedAt);
    const isLater = here[0] < joinedAt[0] || here[1] > joinedAt[1];
    // Started by somebody else: what the code here does is wait.
    const isElsewhere = way.length === 0 && task.from !== walk.frame;
    const waited = isLater || isElsewhere ? this.evaluator.program.site(walk.frame.fn.id, joinedAt) : null;
    const start = { at, ...(born?.kind === 'call' ? { target: born.target } : {}) };
    const own = this.summary(callee.frame);
    const inside = born?.kind === 'call' ? withStores(this.evaluator, own, task.from, born, callee.frame) : own;
    let summary = seenFrom(
      this.evaluator,
      this.stores.seen(task, inside),
      task.from,
      start,
      callee,
      way.length === 0 ? waited : null,
    );
    for (const [index, hop] of [...way.entries()].reverse())
      summary = seenFrom(
        this.evaluator,
        summary,
        hop.from,
        hop.step,
        { frame: hop.to, guessed: false },
        index === 0 ? waited : null,
      );
    return summary;
  }

  /** The callee's summary, seen from the call. */
  protected called(
    walk: Walk,
    step: { at: Call['at']; target?: Call['target'] },
    callee: { frame: Frame; guessed: boolean },
  ): Summary {
    this.activities.addCall(walk.frame, callee.frame);
    return seenFrom(this.evaluator, this.summary(callee.frame), walk.frame, step, callee);
  }

  protected awaits(walk: Walk, step: Await, state: State): State {
    let after = state;
    for (const value of step.values) {
      walk.holder = this.holder(walk.frame, value);
      const waited = keptTasks(this.evaluator, walk.frame, value);
      after = this.join(walk, waited, step, after, []);
      for (const { id } of endedWith(this.evaluator, waited)) walk.ended.add(id);
    }
    walk.suspended = true;
    return { ...after, facts: afterTurn(after.facts) };
  }

  /** A promise that an async function returns is joined by it; a plain function hands it on. */
  protected returned(walk: Walk, value: ValueId, step: StepId, state: State): State {
    // What a wait has given is no promise any more: `return await told`.
    if (!walk.joinsReturned || walk.frame.fn.values[value]?.kind === 'settled') return state;
    walk.holder = this.holder(walk.frame, value);
    return this.join(walk, this.evaluator.evaluate(walk.frame, value), { id: step, at: walk.frame.fn.at }, state, []);
  }

  protected join(
    walk: Walk,
    refs: Refs,
    step: { id: StepId; at: Call['at'] },
    state: State,
    forks: readonly Fork[],
  ): State {
    let after = state;
    const isOneOf = alternatives(refs) > 1;
    for (const ref of refs) after = this.joinOne(walk, ref, step, after, forks, isOneOf);
    return after;
  }

  protected joinOne(
    walk: Walk,
    ref: Ref,
    step: { id: StepId; at: Call['at'] },
    state: State,
    forks: readonly Fork[],
    maybe: boolean,
  ): State {
    if (ref.kind === 'task') {
      const known = walk.births.get(ref.id);
      walk.joined.add(ref.id);
      const born = this.evaluator.program.steps(ref.from.fn.id).get(ref.step);
      const except = known && new Set(state.held.filter(held => !known.has(held.token)).map(held => held.token));
      if (except && except.size > 0 && walk.ended.has(ref.id)) return state;
      const summary = this.started(walk, ref, born, { frame: ref.frame, guessed: maybe }, step.at);
      if (known) this.noteJoin(walk, ref, known, state, except, step.at);
      const isMany = born?.kind === 'call' && this.activities.isRepeated(ref.from.fn, ref.step);
      const inner =
        isMany && forks.length > 0
          ? forks.map((fork, index) => (index === forks.length - 1 ? { ...fork, many: true } : fork))
          : forks;
      const context = state.context ?? this.contexts.get(ref.id) ?? null;
      const after = this.apply(walk, summary, { ...state, context }, maybe, {
        ...(except && except.size > 0 ? { except } : {}),
        forks: inner,
        stored: known === undefined || (except?.size ?? 0) > 0,
        task: ref.id,
      });
      return { ...after, context: state.context };
    }
    if (ref.kind === 'chain' || ref.kind === 'combined') {
      // `tail = Promise.all([tail, next])`: it waits for its other parts.
      if (walk.joining.has(ref.id)) return state;
      walk.joining.add(ref.id);
      const after =
        ref.kind === 'chain'
          ? this.joinChain(walk, ref, step, state, forks)
          : this.joinAll(walk, ref, step, state, forks);
      walk.joining.delete(ref.id);
      return after;
    }
    if (ref.kind === 'opaque') this.runBuilder(walk, ref, step.at, state);
    if (ref.kind === 'made' && this.deferreds.sites.has(ref.site)) this.waitsFor(walk, ref, step.at, state, maybe);
    if (ref.kind === 'field' && this.deferreds.sites.size > 0)
      for (const one of keptIn(this.evaluator, ref))
        if (one.kind === 'made' && this.deferreds.sites.has(one.site)) this.waitsFor(walk, one, step.at, state, true);
    return this.afterExecutor(state, ref);
  }

  /** Locks released since the task was started, and locks that it had asked for before they were taken here. */
  protected noteJoin(
    walk: Walk,
    task: Ref & { kind: 'task' },
    born: ReadonlyMap<string, Held>,
    { held }: State,
    except: ReadonlySet<string> | undefined,
    at: At,
  ): void {
    const released = [...born.values()].filter(one => !held.some(other => other.token === one.token));
    this.note(walk, 'released-before', task, released, at);
    if (!except || except.size === 0) return;
    const asked = new Set(
      this.summary(task.frame)
        .pairs.filter(pair => pair.prefix)
        .map(pair => pair.acquires.key),
    );
    const later = held.filter(one => except.has(one.token) && asked.has(one.lock.key));
    this.note(walk, 'queued-before', task, later, at);
  }

  protected holder(frame: Frame, value: ValueId): string {
    return this.deferreds.sites.size === 0 ? '' : holderOf(this.evaluator, frame, value);
  }

  /** A promise that other code settles is waited for. */
  protected waitsFor(walk: Walk, on: Ref, at: At, state: State, guessed: boolean): void {
    if (walk.soft) return;
    const site = this.evaluator.program.site(walk.frame.fn.id, at);
    const trace = { site, calls: null, through: false, waited: null, next: null };
    walk.waits.wait({
      kind: 'deferred',
      on,
      holder: walk.holder,
      lock: null,
      held: state.held,
      without: state.returned,
      trace,
      guessed,
    });
  }

  /** Work on what may be a pool: when it is one, the work that is awaited runs on a unit of it. */
  protected runBuilder(walk: Walk, ref: Ref & { kind: 'opaque' }, at: At, state: State): void {
    const { frame } = ref;
    const { program } = this.evaluator;
    const start = /^s(\d+)$/.exec(ref.what)?.[1];
    const steps = program.steps(frame.fn.id);
    const begun = start === undefined ? undefined : steps.get(Number(start));
    if (begun?.kind !== 'call' || begun.receiver === undefined) return;
    const member = begun.target.kind === 'method' ? begun.target.name : null;
    if (begun.known?.takesUnit !== true && member === null) return;
    for (const other of steps.values()) {
      if (other.kind !== 'call' || other.known?.usesGiven !== true || other.receiver === undefined) continue;
      if (this.evaluator.evaluate(frame, other.receiver).includes(ref)) return;
    }
    const request: Acquire = {
      kind: 'acquire',
      id: begun.id,
      at,
      lock: begun.receiver,
      mode: 'permit',
      units: { kind: 'exactly', n: 1 },
      wait: 'endless',
      failure: 'throws',
    };
    const isHere = frame === walk.frame;
    const site = isHere ? program.site(frame.fn.id, begun.at) : program.site(walk.frame.fn.id, at);
    const found = this.locks.acquired(frame, request);
    const pools = found.filter(({ lock }) => lock.kind.limiter);
    // A type of the project that a pool has, too: only where nothing but a pool is behind it.
    if (member !== null && !found.every(({ lock }) => lock.kind.unitCalls?.includes(member))) return;
    if (pools.length > 0) this.take(walk, request, pools, site, state, frame);
  }

  protected joinChain(
    walk: Walk,
    ref: Ref & { kind: 'chain' },
    step: { id: StepId; at: Call['at'] },
    state: State,
    forks: readonly Fork[],
  ): State {
    const chain = this.evaluator.program.steps(ref.frame.fn.id).get(ref.step);
    if (chain?.kind !== 'chain' || walk.joined.has(ref.id)) return state;
    walk.joined.add(ref.id);
    let after = this.join(walk, this.evaluator.evaluate(ref.frame, chain.of), step, state, forks);
    for (const handler of [chain.onFulfilled, chain.onRejected, chain.onFinally]) {
      if (handler === undefined) continue;
      const tokens = tokensIn(this.evaluator.evaluate(ref.frame, handler));
      if (tokens.length > 0) after = this.drop(walk, after, tokens);
      const callees = handlersOf(
        this.evaluator,
        ref.frame,
        handler,
        handler === chain.onFulfilled ? chain.of : undefined,
      );
      // Whoever goes on after the chain knows that it has run.
      const isSure =
        callees.length === 1 &&
        (handler === chain.onFinally || (handler === chain.onFulfilled && chain.onRejected === undefined));
      for (const callee of callees) {
        const summary = this.stores.seen(ref, this.called(walk, { at: chain.at }, callee));
        after = this.apply(walk, summary, after, !isSure, { forks });
        if (callee.frame.fn.calling === 'value')
          after = this.join(walk, this.evaluator.returns(callee.frame), step, after, forks);
      }
    }
    return after;
  }

  /** The siblings of a combinator run side by side; what they leave held is held together afterwards. */
  protected joinAll(
    walk: Walk,
    ref: Ref & { kind: 'combined' },
    step: { id: StepId; at: Call['at'] },
    state: State,
    forks: readonly Fork[],
  ): State {
    const parts = promiseParts(this.evaluator, ref);
    if (parts.length === 0) return state;
    const value = ref.frame.fn.values[ref.value];
    if (!walk.soft && isRace(ref)) {
      walk.soft = true;
      const after = this.joinAll(walk, ref, step, state, forks);
      walk.soft = false;
      return after;
    }
    if (parts.length === 1 && !parts[0]?.many)
      return this.joinOne(walk, (parts[0] as { ref: Ref }).ref, step, state, forks, false);
    const id = `${ref.frame.id}.v${ref.value}`;
    if (parts.filter(part => this.acquires(part.ref)).length > 1)
      return this.joinBatch(walk, parts, id, step, state, forks);
    const at = value && 'at' in value ? value.at : step.at;
    const site = this.evaluator.program.site(ref.frame.fn.id, at);
    let gained: readonly Held[] = state.held;
    parts.forEach((part, index) => {
      const after = this.joinOne(
        walk,
        part.ref,
        step,
        state,
        [...forks, { id, site, branch: String(index), many: part.many }],
        false,
      );
      gained = [...gained, ...after.held.filter(held => !gained.some(known => known.token === held.token))];
    });
    return { ...state, held: gained };
  }

  protected acquires(ref: Ref): boolean {
    return ref.kind === 'task' && this.summary(ref.frame).net.length > 0;
  }

  /** `Promise.all([a.acquire(), b.acquire()])`: granted in any order, each while others may be held already. */
  protected joinBatch(
    walk: Walk,
    parts: readonly { ref: Ref }[],
    batch: string,
    step: { at: Call['at'] },
    state: State,
    forks: readonly Fork[],
  ): State {
    const summaries = parts.map(({ ref }) => {
      walk.joined.add(ref.id);
      return ref.kind === 'task' ? this.called(walk, step, { frame: ref.frame, guessed: false }) : EMPTY;
    });
    let held = state.held;
    summaries.forEach((summary, index) => {
      const others = summaries.flatMap((other, at) => (at === index ? [] : other.net));
      this.apply(walk, summary, { ...state, held: [...state.held, ...others] }, false, { forks, batch });
      held = [...held, ...summary.net.filter(one => !held.some(known => known.token === one.token))];
    });
    return { ...state, held };
  }
}

const byToken = ({ held }: State): ReadonlyMap<string, Held> => new Map(held.map(one => [one.token, one]));
