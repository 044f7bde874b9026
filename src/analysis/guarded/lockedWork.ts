/**
 * What runs while locks are held: every step of every activity with the locks held around it, its own and its callers'.
 * A task counts as inside a section only while somebody who is inside it waits for it; a promise that nobody in the
 * section waits for leaves it.
 */
import type { Access, Await, Call, Chain, Root, Spawn, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { FunctionIndex, placeKey } from '../handmade/handMadeIndex.ts';
import { type LockActivity, type LockActivities, lockActivities } from '../locks/lockActivities.ts';
import type { HeldHere } from '../locks/lockPoints.ts';
import { lockRelevance } from '../locks/lockRelevance.ts';
import { heldIn, joinedWith } from '../promises/promiseReach.ts';
import { type Frame, type Ref, tokenId } from '../refs.ts';

/** A step that runs with locks held. */
export interface Moment<S extends Step = Step> {
  readonly frame: Frame;
  readonly step: S;
  readonly held: readonly HeldHere[];
  readonly by: LockActivity;
  /** Some activation on the way here holds a lock that nobody can name: that a lock is not held cannot be told. */
  readonly blind: boolean;
  /** The call that led to the activation while a lock was held; null: the activation took the lock itself. */
  readonly from: Moment<Call> | null;
}

/** Calls between a section and code that its author still had in mind when the lock was made. */
const NEAR = 4;
/** Calls below a section within which what is touched is what the lock is there for. */
export const TOUCHED_NEAR = 2;

/** A parameter, also one of an enclosing function; `this` is where values are kept, not one that was given. */
export const isGivenRoot = (root: Root): boolean =>
  root.kind === 'parameter' || (root.kind === 'captured' && root.slot !== 'this');

/** A call of a function that the caller was given. */
export const isGiven = ({ fn }: Frame, { target }: Call): boolean => {
  const value = target.kind === 'value' ? fn.values[target.of] : undefined;
  return value?.kind === 'read' && value.place.path.length === 0 && isGivenRoot(value.place.root);
};

/** So many calls below the section that what is done there says nothing of what the lock is for. */
export function isFar(moment: Moment, near = NEAR, counts: (call: Moment<Call>) => boolean = () => true): boolean {
  let calls = 0;
  for (let at = moment.from; at !== null; at = at.from) if (counts(at)) calls += 1;
  return calls > near;
}

/** Work started in a section that the section does not wait for. */
export interface Escape {
  readonly held: HeldHere;
  readonly moment: Moment<Call | Chain | Spawn>;
  /** Activations that the work consists of. */
  readonly work: readonly Frame[];
  readonly how: 'task' | 'timer' | 'outside';
}

export interface LockedWork {
  readonly accesses: readonly Moment<Access>[];
  readonly awaits: readonly Moment<Await>[];
  readonly calls: readonly Moment<Call>[];
  readonly escapes: readonly Escape[];
  /** The tokens that are held (as far as known) where the promise is waited for. */
  isJoinedUnder(ref: Ref, token: string): boolean;
  /** The object is made in the section itself, by code that only runs there: another section has another one. */
  isMadeUnder(ref: Ref, token: string): boolean;
}

/** Activations with different locks around them, per activation and in all. */
const CONTEXTS = 8;
const VISITS = 30_000;

export const lockedWork = defineAnalysis<LockedWork>('locked-work', get => {
  const first = new Pass(get(evaluator), get(lockActivities), get(lockRelevance), null);
  first.run();
  const second = new Pass(get(evaluator), get(lockActivities), get(lockRelevance), first);
  second.run();
  return second;
});

/** What an activation is entered with. */
interface Around {
  readonly held: readonly HeldHere[];
  readonly blind: boolean;
}

class Pass implements LockedWork {
  readonly accesses: Moment<Access>[] = [];
  readonly awaits: Moment<Await>[] = [];
  readonly calls: Moment<Call>[] = [];
  readonly escapes: Escape[] = [];
  /** Promise → tokens held where it is waited for; `*`: somebody unknown has it. */
  readonly #joins = new Map<number, Set<string>>();
  readonly #eval: Evaluator;
  readonly #locks: LockActivities;
  readonly #relevant: ReadonlySet<string>;
  readonly #before: Pass | null;
  readonly #contexts = new Map<number, Set<string>>();
  #visits = 0;

  constructor(evaluate: Evaluator, locks: LockActivities, relevant: ReadonlySet<string>, before: Pass | null) {
    this.#eval = evaluate;
    this.#locks = locks;
    this.#relevant = relevant;
    this.#before = before;
  }

  run(): void {
    for (const by of this.#locks.list) this.#visit(by.activity.frame, { held: [], blind: false }, by, null, 0);
  }

  isJoinedUnder(ref: Ref, token: string): boolean {
    const joins = (this.#before ?? this).#joins.get(ref.id);
    return joins !== undefined && (joins.has(token) || joins.has('*'));
  }

  isMadeUnder(ref: Ref, token: string): boolean {
    const contexts = ref.kind === 'made' ? [...(this.#contexts.get(ref.frame.id) ?? [])] : [];
    return contexts.length > 0 && contexts.every(one => one.split(' ').some(held => held.replace('!', '') === token));
  }

  #visit(frame: Frame, outer: Around, by: LockActivity, from: Moment<Call> | null, depth: number): void {
    const around = outer.held;
    const blind = outer.blind || this.#locks.points.takesUnknown(frame);
    const context = around
      .map(({ held, always }) => `${held.token}${always ? '!' : ''}`)
      .sort()
      .join(' ')
      .concat(blind ? ' ?' : '');
    let seen = this.#contexts.get(frame.id);
    if (!seen) this.#contexts.set(frame.id, (seen = new Set()));
    if (seen.has(context) || seen.size >= CONTEXTS || depth > 60) return;
    this.#visits += 1;
    if (this.#visits > VISITS) return;
    seen.add(context);
    for (const step of this.#eval.program.steps(frame.fn.id).values()) {
      if (this.#locks.points.isPassedBy(frame, step.id)) continue;
      const own = this.#locks.points.at(frame, step.id);
      const held = own.length === 0 ? around : [...around, ...own];
      this.#step({ frame, step, held, by, blind, from: around.length === 0 ? null : from }, around, depth);
    }
  }

  #step(moment: Moment, around: readonly HeldHere[], depth: number): void {
    const { step, held } = moment;
    switch (step.kind) {
      case 'access':
        if (held.length > 0) this.accesses.push({ ...moment, step });
        return;
      case 'await':
        for (const value of step.values) this.#join(moment.frame, value, held);
        if (held.length > 0) this.awaits.push({ ...moment, step });
        return;
      case 'exit':
        // What an async function returns is waited for when its own locks are free again.
        if (step.how === 'return' && step.value !== undefined && moment.frame.fn.calling !== 'value')
          this.#join(moment.frame, step.value, around);
        return;
      case 'loop':
        if (step.awaitsEach && step.over !== undefined) this.#join(moment.frame, step.over, held);
        return;
      case 'call':
        return this.#call({ ...moment, step }, depth);
      case 'chain':
        return this.#chain({ ...moment, step }, depth);
      case 'spawn':
        if (held.length > 0) this.#timer({ ...moment, step });
        return;
      default:
    }
  }

  #join(frame: Frame, value: number, held: readonly HeldHere[]): void {
    const tokens = held.map(one => one.held.token);
    for (const ref of this.#eval.evaluate(frame, value))
      for (const joined of heldIn(this.#eval, ref)) this.#noteJoin(joined, tokens);
  }

  #noteJoin(ref: Ref, tokens: readonly string[]): void {
    let set = this.#joins.get(ref.id);
    if (!set) this.#joins.set(ref.id, (set = new Set()));
    for (const token of tokens) set.add(token);
  }

  #call(moment: Moment<Call>, depth: number): void {
    const { frame, step, held } = moment;
    const callees = this.#eval.callees(frame, step);
    if (held.length > 0) this.calls.push(moment);
    if (callees.length === 0 && step.newOf === undefined) this.#handedOver(frame, step);
    for (const callee of callees) {
      const { fn } = callee.frame;
      const isTask = fn.calling === 'promise' || fn.calling === 'coroutine';
      if (!isTask) {
        this.#enter(callee.frame, held, moment, depth);
        continue;
      }
      const task = this.#eval.refs.make({ kind: 'task', frame: callee.frame, from: frame, step: step.id });
      const inside = held.filter(one => this.#stays(task, one) || this.#isAwaitedAbove(moment, one));
      for (const one of held)
        if (!inside.includes(one) && !this.#frees(callee.frame, one))
          this.escapes.push({ held: one, moment, work: [callee.frame], how: 'task' });
      this.#enter(callee.frame, inside, moment, depth);
    }
    if (callees.length === 0 && held.length > 0 && step.gives === 'promise') this.#outside(moment);
  }

  /** The work itself calls the releaser: the section lasts until then. */
  #frees(work: Frame, { held }: HeldHere): boolean {
    return [...this.#eval.program.steps(work.fn.id).values()].some(
      step =>
        step.kind === 'call' &&
        step.target.kind === 'value' &&
        this.#eval.evaluate(work, step.target.of).some(ref => ref.kind === 'token' && tokenId(ref) === held.token),
    );
  }

  /** A promise of outside work that writes a record. */
  #outside(moment: Moment<Call>): void {
    const { frame, step, held } = moment;
    if (step.known?.outside === undefined) return;
    const ref = this.#eval.refs.make({ kind: 'opaque', frame, what: `s${step.id}`, type: null });
    for (const one of held)
      if (!this.#stays(ref, one)) this.escapes.push({ held: one, moment, work: [], how: 'outside' });
  }

  #enter(frame: Frame, held: readonly HeldHere[], from: Moment<Call>, depth: number): void {
    if (held.length === 0 && !this.#relevant.has(frame.fn.id)) return;
    this.#visit(frame, { held, blind: from.blind }, from.by, from, depth + 1);
  }

  /** In the function that makes the call or chain, or in the one that it is returned to. */
  #isAwaitedAbove({ frame, step, from }: Moment<Call | Chain>, held: HeldHere): boolean {
    if (this.#isAwaitedHere(frame, step, held)) return true;
    if (from === null || frame.fn.calling !== 'value') return false;
    const index = new FunctionIndex(frame.fn);
    const isReturned = index.list.some(
      ({ step: one }) => one.kind === 'exit' && one.how === 'return' && index.isResultOf(one.value, step),
    );
    return isReturned && this.#isAwaitedAbove(from, held);
  }

  /** As the text stands: the result is awaited in the same function, at once or through the place that it is put into. */
  #isAwaitedHere(frame: Frame, step: Call | Chain, { held }: HeldHere): boolean {
    const index = new FunctionIndex(frame.fn);
    const isIt = (value: ValueId | undefined): boolean => index.isResultOf(value, step);
    const stored = new Set(
      index.accesses().flatMap(({ step: access }) => {
        const key = access.mode !== 'read' && isIt(access.value) ? placeKey(frame.fn, access.place) : null;
        return key === null ? [] : [key];
      }),
    );
    const isStored = (value: ValueId): boolean =>
      index.alternatives(value).some(id => {
        const facts = index.value(id);
        const key = facts?.kind === 'read' ? placeKey(frame.fn, facts.place) : null;
        return key !== null && stored.has(key);
      });
    return index.list.some(({ step: one }) => {
      if (one.kind !== 'await' || one.id < step.id || !one.values.some(value => isIt(value) || isStored(value)))
        return false;
      const isOuter = !this.#locks.points.at(frame, step.id).some(here => here.held.token === held.token);
      return isOuter || this.#locks.points.at(frame, one.id).some(here => here.held.token === held.token);
    });
  }

  #stays(ref: Ref, { held }: HeldHere): boolean {
    return this.#before === null || this.isJoinedUnder(ref, held.token);
  }

  /** A promise given to code that nobody knows may be waited for there. */
  #handedOver(frame: Frame, step: Call): void {
    if (step.known?.owns) return;
    for (const arg of step.args)
      for (const ref of this.#eval.evaluate(frame, arg))
        for (const one of heldIn(this.#eval, ref))
          if (one.kind === 'task' || one.kind === 'chain' || one.kind === 'combined') this.#noteJoin(one, ['*']);
  }

  #chain(moment: Moment<Chain>, depth: number): void {
    const { frame, step, held } = moment;
    const chain = this.#eval.refs.make({ kind: 'chain', frame, step: step.id });
    const inside = held.filter(one => this.#stays(chain, one) || this.#isAwaitedAbove(moment, one));
    const handlers = [step.onFulfilled, step.onRejected, step.onFinally].flatMap(handler =>
      handler === undefined ? [] : this.#eval.calleesOf(this.#eval.evaluate(frame, handler), [], null),
    );
    const work = handlers.map(({ frame: handler }) => handler);
    for (const one of held)
      if (!inside.includes(one) && handlers.length > 0 && !work.some(part => this.#frees(part, one)))
        this.escapes.push({ held: one, moment, work, how: 'task' });
    for (const { frame: handler } of handlers) {
      if (inside.length === 0 && !this.#relevant.has(handler.fn.id)) continue;
      this.#visit(handler, { held: inside, blind: moment.blind }, moment.by, moment.from, depth + 1);
      if (handler.fn.calling === 'value')
        for (const returned of this.#eval.returns(handler))
          for (const one of joinedWith(this.#eval, returned))
            for (const { held: lock } of inside) this.#noteJoin(one, [lock.token]);
    }
  }

  #timer(moment: Moment<Spawn>): void {
    const { frame, step, held } = moment;
    if (step.how === 'microtask' || step.how === 'thread' || step.how === 'process') return;
    const work = this.#eval.calleesOf(this.#eval.evaluate(frame, step.body), [], null).map(callee => callee.frame);
    if (work.length === 0) return;
    for (const one of held)
      if (!work.some(part => this.#frees(part, one)))
        this.escapes.push({ held: one, moment, work, how: step.how === 'task' ? 'task' : 'timer' });
  }
}
