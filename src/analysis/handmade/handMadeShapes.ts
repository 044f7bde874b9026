/**
 * Hand-made locks by their shape (ALGORITHMS 2.6): a promise tail that work is chained to, a predecessor that is waited
 * for, a flag that is waited for in a loop, a queue of waiters. The variants that do not exclude are told apart: the
 * check and the set are separated by a suspension, or one rejection poisons the chain.
 */
import type {
  Access,
  At,
  Await,
  Branch,
  Call,
  Chain,
  Condition,
  FunctionFacts,
  FunctionId,
  Loop,
  Place,
  Step,
  ValueId,
} from '../../model/facts.ts';
import {
  type Broken,
  clears,
  FALSE_LIKE,
  FunctionIndex,
  isCount,
  type Placed,
  placeKey,
  placeName,
  placesRead,
  readsPlace,
  type Shape,
} from './handMadeIndex.ts';
import type { ModuleIndex } from './handMadeModule.ts';
import { SecondLooks } from './handMadeSecondLooks.ts';
import { toldBy } from '../plainTests.ts';
import { conditionReads } from '../steps.ts';
import { containsAwait, endsThere, exitTest, lastStep, staysAway } from './handMadeSteps.ts';

export interface ChainShape extends Shape {
  kind: 'chain';
  chain: Chain;
}
export interface WaitShape extends Shape {
  kind: 'previous' | 'flag';
  /** The lock is held from this step on. */
  after: Step;
  set: Access;
  /** What a function that finds the lock taken waits in. */
  wait?: Step;
  /** Those that wait for it, where whoever leaves hands it on to one of them. */
  queue?: string;
}

/** A lock that is held from the step on that sets a flag or changes a counter. */
export const flagShape = (fn: FunctionId, key: string, at: At, set: Access): WaitShape => ({
  kind: 'flag',
  fn,
  place: set.place,
  key,
  at,
  mode: 'exclusive',
  capacity: 1,
  after: set,
  set,
});

export interface ReaderShape extends WaitShape {
  /** The places that the wait looks at. */
  tests: string[];
}

/** Values of places read in a function, by place. */
export class ShapeFinder {
  readonly index: FunctionIndex;
  readonly #module: ModuleIndex;
  readonly shapes: (ChainShape | WaitShape)[] = [];
  readonly broken: Broken[] = [];
  /** Counters raised after a wait for another place: one side of a read-write lock, when the other side is there. */
  readonly readers: ReaderShape[] = [];

  constructor(fn: FunctionFacts, module: ModuleIndex) {
    this.index = new FunctionIndex(fn);
    this.#module = module;
  }

  #outer(id: string): FunctionFacts | undefined {
    return this.#module.of(id)?.fn;
  }

  find(): void {
    const { fn } = this.index;
    if (fn.synthetic || fn.id.endsWith('.constructor')) return;
    const places = new Map<string, (Placed & { step: Access })[]>();
    for (const placed of this.index.accesses()) {
      const { mode, place } = placed.step;
      if (mode !== 'write' && mode !== 'update') continue;
      const key = placeKey(fn, place);
      if (key === null || this.#isOwnVariable(place)) continue;
      const list = places.get(key);
      if (list) list.push(placed);
      else places.set(key, [placed]);
    }
    for (const [key, writes] of places) {
      if (this.#chains(key, writes)) continue;
      if (this.#flags(key, writes)) continue;
      this.#previous(key, writes);
    }
  }

  /** A variable of the very activation: nobody else waits for it. */
  #isOwnVariable({ root }: Place): boolean {
    return root.kind === 'captured' && root.from === this.index.fn.id;
  }

  /** Whether a value is what the place holds: read from it, a default when it is empty, or that with its error handled. */
  reads(value: ValueId | undefined, key: string, depth = 6): boolean {
    return this.index.alternatives(value).some(id => {
      const facts = this.index.value(id);
      if (facts?.kind === 'read') {
        if (placeKey(this.index.fn, facts.place) === key) return true;
        return this.#captures(facts.place, key);
      }
      const step = this.index.resultOf(id);
      if (step?.kind === 'call') return this.#tells(step, key);
      return (
        depth > 0 && step?.kind === 'chain' && step.onFulfilled === undefined && this.reads(step.of, key, depth - 1)
      );
    });
  }

  /** A call of a helper that looks at the place and tells what it saw. */
  #tells(call: Call, key: string): boolean {
    const helper = this.#module.called(this.index, call);
    const told = helper && toldBy(helper.fn);
    return told ? conditionReads(told).some(value => readsPlace(helper, value, key)) : false;
  }

  /** A variable of an enclosing function that holds what the place held. */
  #captures({ root, path }: Place, key: string): boolean {
    if (root.kind !== 'captured' || path.length > 0) return false;
    const owner = this.#outer(root.from);
    const held = owner?.slots[root.slot]?.value;
    if (!owner || held === null || held === undefined) return false;
    const index = new FunctionIndex(owner);
    return index.alternatives(held).some(id => {
      const facts = index.value(id);
      return facts?.kind === 'read' && placeKey(owner, facts.place) === key;
    });
  }

  /** Whether a value is made of the result of a step: chained to it, copied from it. */
  isMadeOf(value: ValueId | undefined, step: number, depth = 6): { made: boolean; caught: boolean } {
    let best = { made: false, caught: false };
    for (const id of this.index.alternatives(value)) {
      const facts = this.index.value(id);
      if (facts?.kind !== 'result') continue;
      if (facts.of === step) return { made: true, caught: best.caught };
      const chain = this.index.resultOf(id);
      if (depth === 0 || chain?.kind !== 'chain') continue;
      const inner = this.isMadeOf(chain.of, step, depth - 1);
      if (inner.made) best = { made: true, caught: inner.caught || chain.onRejected !== undefined };
    }
    return best;
  }

  /** `tail = tail.then(work)`. */
  #chains(key: string, writes: readonly (Placed & { step: Access })[]): boolean {
    for (const { step } of this.index.list) {
      if (step.kind !== 'chain' || (step.onFulfilled === undefined && step.onFinally === undefined)) continue;
      if (!this.reads(step.of, key) || this.#onlyWaits(step)) continue;
      for (const write of writes) {
        const made = this.isMadeOf(write.step.value, step.id);
        if (!made.made || write.step.id < step.id || this.index.suspendsBetween(step.id, write.step.id)) continue;
        // What an enclosing activation waits for itself is a sequence of its own, not a lock.
        if (this.#isSequence(write.step.place)) return true;
        const { place } = write.step;
        this.shapes.push({
          kind: 'chain',
          fn: this.index.fn.id,
          place,
          key,
          at: step.at,
          mode: 'exclusive',
          capacity: 1,
          chain: step,
        });
        const poisoned = step.onFulfilled !== undefined && step.onRejected === undefined && !made.caught;
        if (poisoned && !this.#isCaught(step.of) && !this.#isReset(key) && !this.#goesOnWith(step.onFulfilled))
          this.broken.push({
            why: 'poisoned',
            fn: this.index.fn.id,
            at: step.at,
            set: write.step.at,
            name: placeName(place),
            work: step.onFulfilled ?? null,
          });
        return true;
      }
    }
    return false;
  }

  /** `tail.then(() => started)`: what runs already is only waited for in turn; nothing runs in the chain. */
  #onlyWaits({ onFulfilled, onFinally }: Chain): boolean {
    const handler = onFulfilled ?? onFinally;
    const facts = handler === undefined ? undefined : this.index.value(handler);
    const fn = facts?.kind === 'function' ? this.#outer(facts.id) : undefined;
    const [only, ...others] = fn?.body ?? [];
    if (only?.kind !== 'exit' || only.value === undefined || others.length > 0) return false;
    const given = fn?.values[only.value];
    return given?.kind === 'read' && given.place.root.kind === 'captured' && given.place.path.length === 0;
  }

  /** `state = state.then(async last => next(last))`: work that needs what the work before it gave cannot do without. */
  #goesOnWith(handler: ValueId | undefined): boolean {
    const facts = this.index.value(handler);
    const fn = facts?.kind === 'function' ? this.#outer(facts.id) : undefined;
    return (
      fn?.values.some(
        value => value.kind === 'read' && value.place.root.kind === 'parameter' && value.place.root.index === 0,
      ) ?? false
    );
  }

  #isCaught(value: ValueId): boolean {
    return this.index
      .alternatives(value)
      .some(id => this.index.value(id)?.kind === 'result' && this.index.resultOf(id)?.kind === 'chain');
  }

  /** Some reaction of the function starts the chain afresh. */
  #isReset(key: string): boolean {
    return this.index.fn.values.some(value => {
      const inner = value.kind === 'function' ? this.#outer(value.id) : undefined;
      return (
        inner !== undefined &&
        new FunctionIndex(inner)
          .accesses()
          .some(({ step }) => step.mode === 'write' && placeKey(inner, step.place) === key)
      );
    });
  }

  #isSequence({ root, path }: Place): boolean {
    if (root.kind !== 'captured' || path.length > 0) return false;
    const owner = this.#outer(root.from);
    if (!owner) return false;
    const index = new FunctionIndex(owner);
    // Itself, or what follows it: `return tail.then(() => log)`.
    const isIt = (value: ValueId | undefined): boolean =>
      index.alternatives(value).some(id => {
        const facts = index.value(id);
        const made = facts?.kind === 'result' ? index.resultOf(id) : undefined;
        if (made?.kind === 'chain') return made.of < id && isIt(made.of);
        return (
          facts?.kind === 'read' &&
          facts.place.root.kind === 'captured' &&
          facts.place.root.from === owner.id &&
          facts.place.root.slot === root.slot
        );
      });
    return index.list.some(
      ({ step }) =>
        (step.kind === 'await' && step.values.some(isIt)) ||
        (step.kind === 'exit' && step.how === 'return' && isIt(step.value)),
    );
  }

  /** `while (busy) await …; busy = true`. */
  #flags(key: string, writes: readonly (Placed & { step: Access })[]): boolean {
    for (const placed of this.index.list) {
      const loop = placed.step;
      if (loop.kind !== 'loop' || loop.over !== undefined || !containsAwait(loop)) continue;
      const exits = exitTest(loop);
      if (!exits) continue;
      const write = writes.find(
        ({ step, around }) =>
          step.id > loop.id &&
          !around.includes(loop) &&
          around.every(one => placed.around.includes(one) || one.kind === 'try'),
      );
      if (!write || this.#frees(write.step)) continue;
      if (this.#endsByItself(write.step.value, key)) return true;
      const last = lastStep(loop);
      if (!this.#tests(exits, key)) {
        if (isCount(this.index, write.step) && !this.index.suspendsBetween(last, write.step.id))
          this.readers.push({ ...this.#flag(key, loop, write.step), mode: 'shared', tests: this.#testedPlaces(exits) });
        continue;
      }
      if (this.index.suspendsBetween(last, write.step.id)) {
        this.broken.push(this.#apart('no-recheck', loop, write.step));
        return true;
      }
      this.shapes.push(this.#flag(key, loop, write.step));
      return true;
    }
    return this.#singleCheck(key, writes);
  }

  /**
   * `pending.set(key, work().finally(() => pending.delete(key)))`: whoever comes is given the work that is on its way,
   * which goes from there however it ends: nobody holds anything.
   */
  #endsByItself(value: ValueId | undefined, key: string): boolean {
    return this.index.alternatives(value).some(id => {
      const chain = this.index.resultOf(id);
      if (chain?.kind !== 'chain') return false;
      const always = chain.onFinally ?? (chain.onFulfilled === undefined ? undefined : chain.onRejected);
      const facts = this.index.value(always);
      const reaction = facts?.kind === 'function' ? this.#module.of(facts.id) : undefined;
      const ends = reaction
        ?.accesses()
        .some(({ step }) => clears(reaction, step) && placeKey(reaction.fn, step.place) === key);
      return ends === true || this.#endsByItself(chain.of, key);
    });
  }

  #flag(key: string, loop: Loop, set: Access): WaitShape {
    return { ...flagShape(this.index.fn.id, key, loop.at, set), wait: loop };
  }

  #testedPlaces(condition: Condition): string[] {
    return conditionReads(condition).flatMap(value => placesRead(this.index, value));
  }

  /** `if (busy) await …; busy = true`: whoever waited does not look again. */
  #singleCheck(key: string, writes: readonly (Placed & { step: Access })[]): boolean {
    for (const placed of this.index.list) {
      const branch = placed.step;
      if (branch.kind !== 'branch' || !this.#tests(branch.condition, key)) continue;
      const arm = branch.arms.find(one => one.when === 'true');
      if (!arm || !arm.body.some(step => step.kind === 'await') || endsThere(arm.body)) continue;
      const awaited = arm.body.find(step => step.kind === 'await');
      const write = writes.find(
        ({ step, around }) => step.id > branch.id && !around.includes(branch) && !this.#frees(step),
      );
      if (!awaited || !write || this.#isTestedAgain(key, lastStep(branch), write)) continue;
      if (awaited.kind === 'await' && !this.#waitsFor(awaited, key) && !this.#isBoolean(write.step)) continue;
      if (this.#insideLoop(placed)) continue;
      // Who waits for others does not set it back: it was set by itself, at another time.
      if (writes.some(({ step, around }) => around.includes(branch) && this.#frees(step))) continue;
      // Another test stands before the set.
      if (write.around.some(one => one.kind === 'branch' && one.id > branch.id)) continue;
      this.broken.push(this.#apart('set-after-await', branch, write.step));
      return true;
    }
    return false;
  }

  /** `const previous = tail; tail = new Promise(…); await previous`, and the broken `await tail; tail = …`. */
  #previous(key: string, writes: readonly (Placed & { step: Access })[]): void {
    for (const placed of this.index.list) {
      const { step } = placed;
      if (step.kind !== 'await' || !step.values.some(value => this.reads(value, key))) continue;
      const before = writes.find(write => write.step.id < step.id && this.#isPromise(write.step));
      // What stands there after the write is the own promise, not the predecessor's.
      if (before && (!this.#isReadBefore(step, key, before.step.id) || this.#isWaitedFor(before.step, step))) continue;
      if (before) {
        if (this.index.suspendsBetween(before.step.id, step.id)) continue;
        this.shapes.push({
          kind: 'previous',
          fn: this.index.fn.id,
          place: before.step.place,
          key,
          at: step.at,
          mode: 'exclusive',
          capacity: 1,
          after: step,
          set: before.step,
        });
        return;
      }
      const later = writes.find(write => write.step.id > step.id && this.#isPromise(write.step));
      if (!later || this.#insideLoop(placed) || this.#isTestedAgain(key, step.id, later)) continue;
      const guard = placed.around.find(
        (one): one is Branch => one.kind === 'branch' && this.#tests(one.condition, key),
      );
      if (later.around.some(one => one.kind === 'branch' && one.id > step.id)) continue;
      // Whoever waits leaves afterwards and does not come to the set, or sets nothing.
      if (placed.around.some(one => one.kind === 'branch' && staysAway(one, step, later.step))) continue;
      this.broken.push(this.#apart('set-after-await', guard ?? step, later.step));
      return;
    }
  }

  /** `await (pending ||= start())`: whoever comes first waits for the very promise that it puts there. */
  #isWaitedFor(write: Access, step: Await): boolean {
    const put = new Set(this.index.alternatives(write.value));
    return step.values.some(value => this.index.alternatives(value).some(id => put.has(id)));
  }

  #isReadBefore(step: Await, key: string, write: number): boolean {
    const values = new Set(step.values.flatMap(value => this.#origins(value, 6)));
    return this.index
      .accesses()
      .some(
        ({ step: access }) =>
          access.id < write &&
          access.mode === 'read' &&
          access.value !== undefined &&
          placeKey(this.index.fn, access.place) === key &&
          values.has(access.value),
      );
  }

  /** The reads that a value comes from, through error handlers. */
  #origins(value: ValueId | undefined, depth: number): ValueId[] {
    return this.index.alternatives(value).flatMap(id => {
      const chain = this.index.resultOf(id);
      return depth > 0 && chain?.kind === 'chain' ? this.#origins(chain.of, depth - 1) : [id];
    });
  }

  #apart(why: Broken['why'], check: Step, set: Access): Broken {
    return { why, fn: this.index.fn.id, at: check.at, set: set.at, name: placeName(set.place), work: null };
  }

  /** A promise is put there: made by hand, chained, or what a call gives. */
  #isPromise(write: Access): boolean {
    return this.index.alternatives(write.value).some(id => {
      const facts = this.index.value(id);
      if (facts?.kind === 'combined') return true;
      const step = this.index.resultOf(id);
      if (step?.kind === 'chain') return true;
      if (step?.kind !== 'call') return facts?.kind === 'read' && isMember(facts.place, 'promise');
      if (step.newOf !== undefined) return step.newOf === 'lib#Promise' && !this.#isSettledBefore(id, write);
      return step.gives === 'promise' || step.gives === 'unknown' || step.target.kind !== 'external';
    });
  }

  /** `this.ready = Promise.reject(new Error('closed'))`: nobody holds anything until it is settled. */
  #isSettledBefore(promise: ValueId, write: Access): boolean {
    return this.index.list.some(({ step }) => step.kind === 'settle' && step.promise === promise && step.id < write.id);
  }

  #waitsFor(step: Await, key: string): boolean {
    return step.values.some(value => this.reads(value, key));
  }

  #isBoolean(step: Access): boolean {
    return this.index.isConstant(step.value, ['true']);
  }

  #frees(step: Access): boolean {
    return this.index.isConstant(step.value, FALSE_LIKE);
  }

  /** The write happens only after another look at the place, or for what was waited for. */
  #isTestedAgain(key: string, after: number, write: Placed & { step: Access }): boolean {
    return (
      this.index.list.some(
        ({ step }) =>
          step.kind === 'branch' &&
          step.id > after &&
          step.id < write.step.id &&
          this.#tests(step.condition, key) &&
          (write.around.includes(step) || step.arms.some(arm => endsThere(arm.body))),
      ) || new SecondLooks(this.index, this.#module).leavesWithIt(after, write)
    );
  }

  #insideLoop({ around }: Placed): boolean {
    return around.some(step => step.kind === 'loop');
  }

  /** The condition looks at the place. */
  #tests(condition: Condition, key: string): boolean {
    return conditionReads(condition).some(value => this.reads(value, key));
  }
}

export const isMember = ({ path }: Place, name: string): boolean => {
  const last = path[path.length - 1];
  return last !== undefined && 'field' in last && last.field === name;
};
