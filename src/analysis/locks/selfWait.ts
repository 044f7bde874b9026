/**
 * Tasks that wait for themselves: the body of a task that is kept in a field or variable calls something that waits for
 * that field or variable (`await this.loop` in a `stop()` that the loop calls).
 */
import type { Call, Condition, FunctionFacts, FunctionId, Place, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { type Program, type Site, walkSteps } from '../program.ts';
import { type Frame, type Ref, type Refs, selfOf } from '../refs.ts';
import { conditionReads, contains, unequalWhere } from '../steps.ts';
import { isOfInstance } from '../valueParts.ts';
import { type Flags, flagsBefore, isSkippedBy } from './flagsSet.ts';

export interface SelfWait {
  /** The body of the task. */
  readonly task: FunctionId;
  /** Where it is waited for. */
  readonly at: Site;
  /** Where the task is started and kept. */
  readonly started: Site;
  /** The calls from the body to the wait. */
  readonly calls: readonly { site: Site; name: string }[];
  readonly confidence: 'high' | 'medium' | 'low';
}

const DEPTH = 5;
const NO_FLAGS: Flags = new Map();

export const selfWaits = defineAnalysis<readonly SelfWait[]>('self-waits', (get, program) => {
  const evaluate = get(evaluator);
  const found = new Map<string, SelfWait>();
  for (const { task, started } of keptTasks(program)) {
    for (const id of task) {
      const fn = program.functions.get(id);
      if (!fn || fn.calling !== 'promise') continue;
      for (const frame of activationsOf(evaluate, fn))
        for (const one of new SelfWaitSearch(program, evaluate, frame, started).run()) {
          const key = `${one.at.in}:${one.at.at[0]}`;
          if (!found.has(key)) found.set(key, one);
        }
    }
  }
  return [...found.values()];
});

/** The task on an object of which nothing is known, and on each that the program makes: what that was given, it may call. */
function activationsOf(evaluate: Evaluator, fn: FunctionFacts): Frame[] {
  const symbolic = evaluate.symbolicFrame(fn);
  const construct = fn.owner === null ? undefined : evaluate.types.constructorOf(fn.owner);
  if (construct === undefined || fn.isStatic) return [symbolic];
  const open = evaluate.refs.make({ kind: 'self', fn: construct, type: fn.owner });
  const made = evaluate.resolve(open).filter(ref => ref.kind === 'made');
  return [symbolic, ...made.map(ref => evaluate.frame(fn, [ref], [], null))];
}

/** A wait for a task that is kept, in code that the task does not run. Nothing but `why` asks for them. */
export interface OutsideWait {
  readonly at: Site;
  readonly task: FunctionId;
  readonly started: Site;
}

export const outsideTaskWaits = defineAnalysis<readonly OutsideWait[]>('outside-task-waits', (get, program) => {
  const inside = new Set(get(selfWaits).map(({ at }) => `${at.in}:${at.at[0]}`));
  return keptTasks(program).flatMap(({ task: [task = ''], started }) =>
    [...program.functions.values()].flatMap(fn =>
      [...program.steps(fn.id).values()].flatMap(step => {
        const at = program.site(fn.id, step.at);
        const waits = joinedValues(step).some(value => readsPlace(fn, value, started.place));
        return waits && !inside.has(`${at.in}:${at.at[0]}`) ? [{ at, task, started: started.site }] : [];
      }),
    ),
  );
});

interface Kept {
  place: string;
  site: Site;
}

/** Async functions of the project whose promise is written to a field or variable. */
function keptTasks(program: Program): { task: FunctionId[]; started: Kept }[] {
  const found: { task: FunctionId[]; started: Kept }[] = [];
  for (const fn of program.functions.values()) {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'access' || step.mode !== 'write' || step.value === undefined) continue;
      const place = nameOfPlace(fn, step.place);
      const call = place === null ? undefined : startedBy(program, fn, step.value);
      if (place === null || call?.target.kind === undefined) continue;
      const task = targetsOf(program, call);
      if (task.length > 0) found.push({ task, started: { place, site: program.site(fn.id, call.at) } });
    }
  }
  return found;
}

function targetsOf(program: Program, { target }: Call): FunctionId[] {
  if (target.kind === 'functions') return target.ids;
  if (target.kind !== 'method') return [];
  const method = program.types.get(target.type)?.methods[target.name];
  return method === undefined ? [] : [method];
}

/** Most steps back from a value to the call that made it; values of loops refer to themselves. */
const MOST = 4;

/** The call whose promise a value is, through `.catch()` and `.finally()`. */
function startedBy(program: Program, fn: FunctionFacts, id: ValueId, depth = 0): Call | undefined {
  const value = fn.values[id];
  if (value?.kind === 'choice')
    return depth === MOST
      ? undefined
      : value.values.map(one => startedBy(program, fn, one, depth + 1)).find(call => call !== undefined);
  const step = value?.kind === 'result' ? program.steps(fn.id).get(value.of) : undefined;
  if (step?.kind === 'call') return step;
  return step?.kind === 'chain' && depth < MOST ? startedBy(program, fn, step.of, depth + 1) : undefined;
}

/** `Class.field` of `this`, or a variable; null for anything that others may hold another one of. */
function nameOfPlace(fn: FunctionFacts, { root, path }: Place): string | null {
  const [step] = path;
  if (path.length === 1 && step && 'field' in step && isOfInstance(root)) return `.${step.field} of ${classOf(fn)}`;
  if (path.length > 0) return null;
  if (root.kind === 'module') return `${root.file}#${root.name}`;
  return root.kind === 'captured' ? `${root.from}:${root.slot}` : null;
}

const classOf = ({ id }: FunctionFacts): string => id.replace(/^(.*#(?:[^./]+))[./].*$/, '$1');

class SelfWaitSearch {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #task: Frame;
  readonly #kept: Kept;
  readonly #seen = new Set<string>();
  readonly #found: SelfWait[] = [];

  constructor(program: Program, evaluate: Evaluator, task: Frame, kept: Kept) {
    this.#program = program;
    this.#eval = evaluate;
    this.#task = task;
    this.#kept = kept;
  }

  run(): SelfWait[] {
    this.#visit(this.#task, [], false, 'high', NO_FLAGS);
    return this.#found;
  }

  /**
   * `isKept`: the task has been suspended on the way here, so that its promise is kept by now. `set`: what it has set
   * before it called.
   */
  #visit(
    frame: Frame,
    calls: SelfWait['calls'],
    isKept: boolean,
    confidence: SelfWait['confidence'],
    set: Flags,
    returnsJoined = true,
  ): void {
    const key = `${frame.id} ${isKept} ${[...set].join(' ')}`;
    if (this.#seen.has(key) || calls.length > DEPTH) return;
    this.#seen.add(key);
    const { fn } = frame;
    for (const step of this.#program.steps(fn.id).values()) {
      if (isSkippedBy(fn, step.id, set, nameOfPlace)) continue;
      const keptBy = isKept || this.#isAfterSuspension(fn, step);
      const sure = isGuarded(this.#eval, frame, step.id) && calls.length > 0 ? 'low' : confidence;
      const handsOn = step.kind === 'exit' && fn.calling === 'value' && !returnsJoined;
      for (const value of handsOn ? [] : joinedValues(step)) {
        if (readsPlace(fn, value, this.#kept.place) && keptBy && !isOfAnother(this.#task, frame)) {
          const { site } = this.#kept;
          const at = this.#program.site(fn.id, step.at);
          this.#found.push({ task: this.#task.fn.id, at, started: site, calls, confidence: sure });
        }
        for (const ref of this.#eval.evaluate(frame, value)) this.#follow(ref, fn, calls, keptBy, sure, set);
      }
      if (step.kind !== 'call' || step.newOf !== undefined || this.#isOnAnother(frame, step)) continue;
      for (const { frame: inner, guessed } of this.#eval.callees(frame, step))
        if (inner.fn.calling === 'value' && !guessed)
          this.#visit(
            inner,
            [...calls, this.#call(fn, step, inner)],
            keptBy,
            sure,
            this.#setBy(frame, step, set),
            isAwaited(fn, step.id, this.#program),
          );
    }
  }

  /** What the task has set when it calls: from then on that stands for whatever is called. */
  #setBy(frame: Frame, call: Call, set: Flags): Flags {
    return frame === this.#task ? flagsBefore(frame.fn, call.id, nameOfPlace) : set;
  }

  #follow(
    ref: Ref,
    fn: FunctionFacts,
    calls: SelfWait['calls'],
    isKept: boolean,
    sure: SelfWait['confidence'],
    set: Flags,
  ): void {
    if (ref.kind !== 'task' || ref.from.fn.id !== fn.id) return;
    const step = this.#program.steps(fn.id).get(ref.step);
    if (step?.kind !== 'call' || this.#isOnAnother(ref.from, step)) return;
    const callee = this.#eval.callees(ref.from, step).find(({ frame }) => frame === ref.frame);
    if (callee?.guessed === true) return;
    const flags = this.#setBy(ref.from, step, set);
    this.#visit(ref.frame, [...calls, this.#call(fn, step, ref.frame)], isKept, sure, flags);
  }

  /** A test around the call says that its object is not the task's own, however alike the two are made. */
  #isOnAnother(frame: Frame, { id, receiver }: Call): boolean {
    if (receiver === undefined) return false;
    const objects = this.#eval.evaluate(frame, receiver);
    const own = selfOf(this.#task);
    const meet = (value: ValueId, refs: Refs): boolean =>
      this.#eval.evaluate(frame, value).some(ref => refs.some(one => isSameObject(ref, one)));
    return armsAround(frame.fn, id)
      .flatMap(({ condition, holds }) => (holds === null ? [] : unequalWhere(condition, holds)))
      .some(([a, b]) => (meet(a, objects) && meet(b, own)) || (meet(b, objects) && meet(a, own)));
  }

  #call(fn: FunctionFacts, step: Call, to: Frame): SelfWait['calls'][number] {
    return { site: this.#program.site(fn.id, step.at), name: to.fn.name };
  }

  /** Before its first suspension the task runs inside the call that starts it: nothing is kept yet. */
  #isAfterSuspension(fn: FunctionFacts, step: Step): boolean {
    const repeated = this.#program.repeatedSteps(fn.id);
    const suspends = (one: Step): boolean =>
      (one.kind === 'await' && one.at[1] <= step.at[0]) ||
      (one.kind === 'loop' && one.awaitsEach && one.at[0] < step.at[0]);
    const before = [...this.#program.steps(fn.id).values()].filter(
      other =>
        other.id !== step.id &&
        (suspends(other) || (other.kind === 'await' && repeated.has(step.id) && repeated.has(other.id))),
    );
    if (before.length === 0) return false;
    const left = stepsOfLeftArms(fn, step);
    return before.some(other => !left.has(other.id));
  }
}

/** Steps of arms that the function leaves, around which the step lies: whoever comes to the step has not run them. */
function stepsOfLeftArms(fn: FunctionFacts, { id }: Step): ReadonlySet<StepId> {
  const found = new Set<StepId>();
  walkSteps(fn.body, outer => {
    if (outer.kind !== 'branch') return;
    for (const { body } of outer.arms) {
      const [last] = body.slice(-1);
      if (last?.kind !== 'exit') continue;
      const inside = new Set<StepId>();
      walkSteps(body, inner => void inside.add(inner.id));
      if (!inside.has(id)) for (const one of inside) found.add(one);
    }
  });
  return found;
}

/** Made at one place, by one activation: by the one of which nothing is known also when its own object is given as unknown. */
function isSameObject(a: Ref, b: Ref): boolean {
  if (a === b) return true;
  if (a.kind !== 'made' || b.kind !== 'made' || a.site !== b.site) return false;
  const isOpen = ({ fn, self, parameters }: Frame): boolean =>
    parameters.every(given => given === null) &&
    (self === null || self.every(ref => ref.kind === 'self' && ref.fn === fn.id));
  return isOpen(a.frame) && isOpen(b.frame);
}

/** It runs on an object that somebody else made: not on the task's own, nor on the one of a whole module. */
function isOfAnother(task: Frame, waiting: Frame): boolean {
  const [own, other] = [selfOf(task), selfOf(waiting)];
  if (other.length === 0 || own.some(ref => other.some(one => isSameObject(ref, one)))) return false;
  return other.every(ref => ref.kind === 'made' && !ref.frame.fn.id.endsWith('#'));
}

/** The value is read from the very place that keeps the task, of the same object. */
function readsPlace(fn: FunctionFacts, id: ValueId, place: string, depth = 0): boolean {
  const value = fn.values[id];
  if (value?.kind === 'choice') return depth < MOST && value.values.some(one => readsPlace(fn, one, place, depth + 1));
  return value?.kind === 'read' && nameOfPlace(fn, value.place) === place;
}

/** Whether the function waits for what a call gives. */
function isAwaited(fn: FunctionFacts, call: StepId, program: Program): boolean {
  const isResult = (id: ValueId): boolean => {
    const value = fn.values[id];
    return value?.kind === 'result' && value.of === call;
  };
  return [...program.steps(fn.id).values()].some(
    step => joinedValues(step).some(isResult) && (step.kind === 'await' || fn.calling === 'promise'),
  );
}

function joinedValues(step: Step): readonly ValueId[] {
  if (step.kind === 'await' && step.wait === 'endless') return step.values;
  return step.kind === 'exit' && step.how === 'return' && step.value !== undefined ? [step.value] : [];
}

/** The tests that decide on a step: whether it is taken when the condition holds; null in one of the arms of a switch. */
function armsAround(fn: FunctionFacts, step: StepId): { condition: Condition; holds: boolean | null }[] {
  const found: { condition: Condition; holds: boolean | null }[] = [];
  walkSteps(fn.body, outer => {
    if (outer.kind !== 'branch') return;
    for (const arm of outer.arms) {
      const isTold = arm.when === 'true' || arm.when === 'false';
      if (contains(arm.body, step))
        found.push({ condition: outer.condition, holds: isTold ? arm.when === 'true' : null });
    }
  });
  return found;
}

/** Whether a test of something that the caller hands in decides on the step. */
function isGuarded(evaluate: Evaluator, frame: Frame, step: StepId): boolean {
  return armsAround(frame.fn, step)
    .flatMap(({ condition }) => conditionReads(condition))
    .flatMap(value => [...evaluate.evaluate(frame, value)])
    .some(ref => ref.kind === 'constant' || rootOf(ref).kind === 'parameter');
}

const rootOf = (ref: Ref): Ref => (ref.kind === 'field' || ref.kind === 'element' ? rootOf(ref.base) : ref);
