/**
 * Work that a function has started and not waited for, at every point where it ends the process: a forward walk over
 * each body with the set of tasks in flight (ALGORITHMS 6, "process.exit before joins"). Awaiting a promise takes off
 * what flows into it; work that was handed to somebody else is taken off by any later await, since that may wait for it.
 */
import type {
  Block,
  Call,
  Cancel,
  FunctionFacts,
  FunctionId,
  Spawn,
  Step,
  StepId,
  ValueId,
} from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { names, type Names } from './ownershipNames.ts';
import type { Program } from '../program.ts';
import { type Promises, promises } from '../promises/promises.ts';
import { type Suspension, suspension } from '../promises/suspension.ts';
import { closedLater, isConnectionEnd } from './closings.ts';
import { waitsForTime } from './races.ts';
import { flowsInto } from '../valueParts.ts';

export interface Pending {
  fn: FunctionId;
  step: Step;
  name: string;
  what: 'promise' | 'server' | 'stream' | 'callback';
  /** Left behind by a callee that has returned. */
  leftBehind: boolean;
  /** Then: it was kept where somebody may wait for it. */
  kept?: boolean;
}

export interface ExitPoint {
  fn: FunctionId;
  /** The exit, or the call of a function that does nothing but end the process. */
  step: Cancel | Call;
  pending: readonly Pending[];
}

export interface PendingWork {
  exits: readonly ExitPoint[];
  /** The function ends the process before it is suspended, whatever branch it takes. */
  exitsAtOnce(fn: FunctionId): boolean;
}

export const pendingWork = defineAnalysis<PendingWork>('pending-work', (get, program) => {
  const walker = new Walker(get, program);
  const exits = new Map<string, ExitPoint>();
  for (const exit of [...program.functions.values()].flatMap(fn => walker.exitsOf(fn))) {
    // One that is put off is seen on its own, and from where that is done.
    const key = `${exit.fn} ${exit.step.id}`;
    if ((exits.get(key)?.pending.length ?? -1) < exit.pending.length) exits.set(key, exit);
  }
  return { exits: [...exits.values()], exitsAtOnce: fn => walker.exitsAtOnce(fn) };
});

type Tasks = Map<Step, Pending>;
interface State {
  tasks: Tasks;
  /** Tasks that somebody else has got hold of. */
  shared: Set<Step>;
}
interface Walk {
  fn: FunctionFacts;
  exits: ExitPoint[];
  /** Steps started since the innermost branch or handler was entered; null at the top level of the function. */
  since: Set<Step> | null;
  /** Something has failed on the way here. */
  inHandler: boolean;
}

const DEPTH = 6;

class Walker {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #promises: Promises;
  readonly #names: Names;
  readonly #suspension: Suspension;
  readonly #isPause: (fn: FunctionFacts, value: ValueId) => boolean;
  readonly #left = new Map<FunctionId, readonly Pending[]>();
  readonly #atOnce = new Map<FunctionId, boolean>();
  readonly #results = new Map<FunctionId, ReadonlyMap<StepId, ValueId>>();
  #depth = 0;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#promises = get(promises);
    this.#names = get(names);
    this.#suspension = get(suspension);
    this.#isPause = get(waitsForTime);
  }

  exitsOf(fn: FunctionFacts): ExitPoint[] {
    const steps = [...this.#program.steps(fn.id).values()];
    if (!steps.some(step => this.#isExit(fn, step) || this.#isPutOff(fn, step))) return [];
    const walk: Walk = { fn, exits: [], since: null, inHandler: false };
    this.#block(walk, fn.body, { tasks: new Map(), shared: new Set() });
    return [...new Map(walk.exits.map(one => [one.step, one])).values()];
  }

  /** It only puts off a function that ends the process at once: `setImmediate(() => process.exit())`. */
  #isPutOff({ id }: FunctionFacts, step: Step): step is Spawn {
    if (step.kind !== 'spawn' || (step.how !== 'immediate' && step.how !== 'microtask')) return false;
    // A callback that tells of the end of something stands in the call of that.
    const isAlone = [...this.#program.steps(id).values()].every(
      one => one === step || one.kind === 'drop' || one.at[0] !== step.at[0] || one.at[1] !== step.at[1],
    );
    return isAlone && this.#graph.targets(id, step.id).some(target => target !== id && this.exitsAtOnce(target));
  }

  exitsAtOnce(id: FunctionId): boolean {
    const known = this.#atOnce.get(id);
    if (known !== undefined) return known;
    this.#atOnce.set(id, false);
    const fn = this.#program.functions.get(id);
    const found = fn !== undefined && this.#endsIn(fn, fn.body) === 'exit';
    this.#atOnce.set(id, found);
    return found;
  }

  /** How a block goes on: it ends the process at once, may be suspended before that, or neither. */
  #endsIn(fn: FunctionFacts, block: Block): 'exit' | 'waits' | 'goes on' {
    for (const step of block) {
      if (this.#isExit(fn, step)) return 'exit';
      if (step.kind === 'await' || step.kind === 'exit') return 'waits';
      if (step.kind === 'branch') {
        const arms = step.arms.map(arm => this.#endsIn(fn, arm.body));
        const isWhole = step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
        if (isWhole && arms.every(arm => arm === 'exit')) return 'exit';
        if (arms.includes('waits')) return 'waits';
      } else if (step.kind === 'loop') {
        if (step.awaitsEach || this.#endsIn(fn, step.body) === 'waits') return 'waits';
      } else if (step.kind === 'try') {
        const inner = this.#endsIn(fn, step.body);
        if (inner !== 'goes on') return inner;
        const last = this.#endsIn(fn, step.finally);
        if (last !== 'goes on') return last;
      }
    }
    return 'goes on';
  }

  #isExit(fn: FunctionFacts, step: Step): boolean {
    if (step.kind === 'cancel') return step.how === 'exit';
    if (step.kind !== 'call' || step.newOf !== undefined) return false;
    const targets = this.#graph.targets(fn.id, step.id);
    return targets.length > 0 && targets.length <= 2 && targets.every(id => id !== fn.id && this.exitsAtOnce(id));
  }

  #block(walk: Walk, block: Block, state: State): State {
    for (const step of block) state = this.#step(walk, step, state);
    return state;
  }

  #inner(walk: Walk, block: Block, state: State, inHandler = walk.inHandler): State {
    const inner: Walk = { ...walk, since: new Set(), inHandler };
    const after = this.#block(inner, block, copy(state));
    for (const step of inner.since ?? []) walk.since?.add(step);
    return after;
  }

  #step(walk: Walk, step: Step, state: State): State {
    const { fn } = walk;
    if ((step.kind === 'cancel' || step.kind === 'call') && this.#isExit(fn, step)) {
      walk.exits.push({ fn: fn.id, step, pending: this.#atExit(walk, step, state) });
      return { tasks: new Map(), shared: new Set() };
    }
    switch (step.kind) {
      case 'call':
        this.#call(walk, step, state);
        return state;
      case 'cancel':
        this.#cancel(walk, step, state);
        return state;
      case 'await':
        for (const value of step.values) this.#joined(fn, value, state);
        this.#endShared(fn, step.values, state);
        for (const value of step.values) this.#written(walk, value, state);
        return state;
      case 'spawn':
        if (this.#isPutOff(fn, step)) this.#laterExits(walk, step, state);
        return state;
      case 'access':
        if (step.value !== undefined) this.#share(fn, [step.value], state);
        return state;
      case 'chain':
        this.#chained(walk, step.of, state);
        return state;
      case 'branch': {
        const arms = step.arms.map(arm => this.#inner(walk, arm.body, state));
        const isWhole = step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
        return [...arms, ...(isWhole ? [] : [copy(state)])].reduce(joinStates);
      }
      case 'loop':
        if (step.awaitsEach) for (const shared of state.shared) state.tasks.delete(shared);
        if (step.awaitsEach && step.over !== undefined) this.#joined(fn, step.over, state);
        return joinStates(this.#block(walk, step.body, copy(state)), state);
      case 'try': {
        const body = this.#block(walk, step.body, copy(state));
        const entered = joinStates(copy(state), body);
        const handled = step.handlers.map(handler => this.#inner(walk, handler.body, entered, true));
        return this.#block(walk, step.finally, handled.reduce(joinStates, body));
      }
      case 'exit':
        if (step.value !== undefined) this.#joined(fn, step.value, state);
        if (step.how === 'return' || step.how === 'throw') this.#note(state);
        return step.how === 'continue' || step.how === 'break' ? state : { tasks: new Map(), shared: new Set() };
      default:
        return state;
    }
  }

  /** What somebody else has may end with the wait; what is closing does not where only connections are ended. */
  #endShared(fn: FunctionFacts, waited: readonly ValueId[], { tasks, shared }: State): void {
    const left = [...shared].filter(step => tasks.has(step));
    if (left.length === 0) return;
    const isParting =
      left.some(step => step.kind === 'cancel') && waited.every(one => isConnectionEnd(this.#eval, fn, one));
    for (const step of left) if (step.kind !== 'cancel' || !isParting) tasks.delete(step);
  }

  /** What is in flight here still is when a function runs that waits for nothing first. */
  #laterExits(walk: Walk, step: Spawn, { tasks }: State): void {
    for (const id of this.#graph.targets(walk.fn.id, step.id)) {
      const fn = this.#program.functions.get(id);
      if (!fn || id === walk.fn.id || !this.exitsAtOnce(id)) continue;
      const later: Walk = { ...walk, fn, since: walk.since && new Set(walk.since) };
      this.#block(later, fn.body, { tasks: new Map(tasks), shared: new Set(tasks.keys()) });
    }
  }

  #returned: Tasks | null = null;
  /** What is in flight when the function ends, for its callers. */
  #note(state: State): void {
    for (const [step, task] of state.tasks) this.#returned?.set(step, { ...task, kept: state.shared.has(step) });
  }

  /**
   * A failing exit is a crash on purpose: what counts is what was started on the way to it; and files that are being
   * written, where nothing has failed but the code decides to stop.
   */
  #atExit(walk: Walk, step: Cancel | Call, state: State): Pending[] {
    const all = [...state.tasks.values()];
    if (!walk.since || !this.#fails(walk.fn, step, 0)) return all;
    return all.filter(task => walk.since?.has(task.step) || (!walk.inHandler && this.#isWriting(task)));
  }

  /** The task itself writes a file or a record. */
  #isWriting({ fn, step }: Pending): boolean {
    return [...this.#program.steps(fn).values()].some(
      one =>
        one.kind === 'access' &&
        one.place.root.kind === 'store' &&
        (one.mode === 'write' || one.mode === 'update') &&
        one.at[0] === step.at[0] &&
        one.at[1] === step.at[1],
    );
  }

  #fails(fn: FunctionFacts, step: Step, depth: number): boolean {
    if (step.kind === 'cancel') {
      const code = step.code === undefined ? undefined : fn.values[step.code];
      return step.how === 'exit' && code?.kind === 'constant' && code.text !== '0' && code.text !== 'undefined';
    }
    if (step.kind !== 'call' || depth > 2) return false;
    return this.#graph.targets(fn.id, step.id).some(id => {
      const callee = this.#program.functions.get(id);
      return callee && [...this.#program.steps(id).values()].some(inner => this.#fails(callee, inner, depth + 1));
    });
  }

  #add(walk: Walk, state: State, task: Pending): void {
    state.tasks.set(task.step, task);
    walk.since?.add(task.step);
  }

  #call(walk: Walk, step: Call, state: State): void {
    const { fn } = walk;
    this.#share(fn, step.args, state);
    const value = this.#resultOf(fn, step.id);
    const gives = this.#promises.ofCall(fn.id, step)?.gives;
    const isTask = gives === 'promise' || gives === 'promises' || gives === 'maybe-promise';
    const isOver = isTask && this.#isOverAtOnce(fn, step);
    if (isTask && !isOver && step.newOf === undefined && step.known?.outside !== 'timer') {
      if (value === undefined || !this.#isPause(fn, value)) this.#start(walk, step, state);
    } else if (this.#callsBack(fn, step)) {
      const name = this.#names.callee(fn.id, step) ?? 'work';
      this.#add(walk, state, { fn: fn.id, step, name, what: 'callback', leftBehind: false });
    }
    if (isTask && !isOver) return;
    for (const task of this.#leftBy(fn, step, isOver ? 'promise' : 'value')) {
      this.#add(walk, state, { ...task, leftBehind: true });
      if (task.kept) state.shared.add(task.step);
    }
  }

  /** An async function that waits for nothing has done what it does when its call returns. */
  #isOverAtOnce(fn: FunctionFacts, step: Call): boolean {
    const [target, ...others] = this.#graph.targets(fn.id, step.id);
    const callee = target === undefined || others.length > 0 ? undefined : this.#program.functions.get(target);
    if (callee?.calling !== 'promise' || callee.synthetic || this.#suspension.ofFunction(callee.id)) return false;
    return [...this.#program.steps(callee.id).values()].every(one => one.kind !== 'await');
  }

  /** The task that has been waited for has ended a file without waiting until it is written. */
  #written(walk: Walk, value: ValueId, state: State): void {
    const facts = walk.fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(walk.fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call') return;
    for (const task of this.#leftBy(walk.fn, step, 'promise'))
      if (task.what === 'stream') this.#add(walk, state, { ...task, leftBehind: true });
  }

  /** `writeFile(path, text, callback)`: the call returns, the callback comes later. */
  #callsBack(fn: FunctionFacts, step: Call): boolean {
    const outside = step.known?.outside;
    if (step.newOf !== undefined || (outside !== 'file' && outside !== 'network' && outside !== 'database'))
      return false;
    return [...this.#program.steps(fn.id).values()].some(
      other =>
        other.kind === 'spawn' && other.how === 'immediate' && other.at[0] === step.at[0] && other.at[1] === step.at[1],
    );
  }

  /** What the only function that a call runs has left, when it is one of this kind. */
  #leftBy(fn: FunctionFacts, step: Call, calling: FunctionFacts['calling']): readonly Pending[] {
    const [target, ...others] = this.#graph.targets(fn.id, step.id);
    const callee = target === undefined || others.length > 0 ? undefined : this.#program.functions.get(target);
    return callee?.calling === calling && !callee.synthetic ? this.#leftIn(callee) : [];
  }

  /** Tasks that a function has started, dropped and not waited for when it returns (or its promise is settled). */
  #leftIn(fn: FunctionFacts): readonly Pending[] {
    const known = this.#left.get(fn.id);
    if (known) return known;
    this.#left.set(fn.id, []);
    if (this.#depth > DEPTH) return [];
    this.#depth += 1;
    const outer = this.#returned;
    const returned: Tasks = new Map();
    this.#returned = returned;
    this.#note(
      this.#block({ fn, exits: [], since: null, inHandler: false }, fn.body, { tasks: new Map(), shared: new Set() }),
    );
    this.#returned = outer;
    this.#depth -= 1;
    const left = [...returned.values()];
    this.#left.set(fn.id, left);
    return left;
  }

  /** `server.close()`, `stream.end()`: they go on after they return. Where the same call gives a promise, that counts. */
  #cancel(walk: Walk, step: Cancel, state: State): void {
    const { fn } = walk;
    if (step.how !== 'close' || typeof step.what !== 'number') return;
    const isCall = [...this.#program.steps(fn.id).values()].some(
      other => other.kind === 'call' && other.at[0] === step.at[0] && other.at[1] === step.at[1],
    );
    const what = isCall ? null : closedLater(this.#eval, fn, step.what);
    if (what === null) return;
    this.#add(walk, state, { fn: fn.id, step, name: `closing the ${what}`, what, leftBehind: false });
    // Whatever is awaited from here on may be its end.
    state.shared.add(step);
  }

  /** What has a reaction is a promise, also where its maker is not known. */
  #chained(walk: Walk, of: ValueId, state: State): void {
    for (const step of flowsInto(this.#program, walk.fn, of))
      if (step.kind === 'call' && !state.tasks.has(step) && this.#promises.ofCall(walk.fn.id, step) === null)
        this.#start(walk, step, state);
  }

  #start(walk: Walk, step: Call, state: State): void {
    const name = this.#names.callee(walk.fn.id, step) ?? 'an async function';
    this.#add(walk, state, { fn: walk.fn.id, step, name, what: 'promise', leftBehind: false });
  }

  #joined(fn: FunctionFacts, value: ValueId, state: State): void {
    for (const made of flowsInto(this.#program, fn, value)) state.tasks.delete(made);
  }

  /** Whoever gets a promise may wait for it, or keep it where somebody does. */
  #share(fn: FunctionFacts, values: readonly ValueId[], state: State): void {
    for (const value of values) {
      for (const made of flowsInto(this.#program, fn, value)) if (state.tasks.has(made)) state.shared.add(made);
    }
  }

  #resultOf(fn: FunctionFacts, step: StepId): ValueId | undefined {
    let table = this.#results.get(fn.id);
    if (!table) {
      const made = new Map<StepId, ValueId>();
      fn.values.forEach((value, id) => {
        if (value.kind === 'result' && !made.has(value.of)) made.set(value.of, id);
      });
      this.#results.set(fn.id, (table = made));
    }
    return table.get(step);
  }
}

const copy = (state: State): State => ({ tasks: new Map(state.tasks), shared: new Set(state.shared) });

function joinStates(a: State, b: State): State {
  return { tasks: new Map([...a.tasks, ...b.tasks]), shared: new Set([...a.shared, ...b.shared]) };
}
