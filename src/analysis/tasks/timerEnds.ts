/** Whether a timer is cleared, unreferenced or aborted, and on which paths. */
import type { Block, Call, Cancel, FunctionFacts, FunctionId, Spawn, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { type Consumption, consumption } from '../promises/consumption.ts';
import { functionUses, type FunctionUsesOf } from '../promises/consumptionIndex.ts';
import { type Program, walkSteps } from '../program.ts';
import type { Frame, Refs } from '../refs.ts';

export interface TimerEnds {
  /** @param user the function whose outcome counts: a clear in its straight line does not run when it throws. */
  ofHandle(frame: Frame, timer: Spawn, user: FunctionFacts): 'always' | 'success' | 'never';
  /** A pause that takes a signal: whether it is given one that is aborted (or belongs to the caller). */
  ofSignal(frame: Frame, pause: Call): 'always' | 'never';
}

export const timerEnds = defineAnalysis<TimerEnds>('timer-ends', (get, program) => new Ends(get, program));

interface Ending {
  fn: FunctionFacts;
  step: Cancel;
  refs: Refs;
}

class Ends implements TimerEnds {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #uses: FunctionUsesOf;
  readonly #consumption: Consumption;
  readonly #endings: Ending[] = [];
  /** Functions that run whatever happens before: handlers of `finally`. */
  readonly #finally = new Set<FunctionId>();
  readonly #onSuccess = new Set<FunctionId>();
  readonly #onFailure = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    this.#uses = get(functionUses);
    this.#consumption = get(consumption);
    for (const fn of program.functions.values())
      walkSteps(fn.body, step => {
        if (step.kind === 'chain') this.#noteHandlers(fn, step);
        if (step.kind !== 'cancel' || typeof step.what !== 'number') return;
        if (step.how !== 'clear' && step.how !== 'unref' && step.how !== 'abort' && step.how !== 'close') return;
        const refs = this.#eval.evaluate(this.#eval.symbolicFrame(fn), step.what);
        this.#endings.push({ fn, step, refs });
      });
  }

  #noteHandlers(fn: FunctionFacts, step: Step & { kind: 'chain' }): void {
    const note = (handler: number | undefined, into: Set<FunctionId>): void => {
      const value = handler === undefined ? undefined : fn.values[handler];
      if (value?.kind === 'function') into.add(value.id);
    };
    note(step.onFinally, this.#finally);
    note(step.onFulfilled, this.#onSuccess);
    note(step.onRejected, this.#onFailure);
  }

  ofHandle(frame: Frame, timer: Spawn, user: FunctionFacts): 'always' | 'success' | 'never' {
    const fn = frame.fn.id;
    const name = `s${timer.id}`;
    const found = this.#endings.filter(
      ({ step, refs }) =>
        step.how !== 'abort' && refs.some(ref => ref.kind === 'opaque' && ref.what === name && ref.frame.fn.id === fn),
    );
    if (found.length === 0) return this.#endsElsewhere(fn, timer) ? 'always' : 'never';
    const run = found.filter(ending => !this.#isLeftAlone(ending.fn, frame, user));
    if (run.length === 0) return 'never';
    const paths = new Set(run.map(ending => this.#pathOf(ending, user.id)));
    return paths.has('always') || (paths.has('failure') && paths.has('success')) ? 'always' : 'success';
  }

  /** The closure that would end it is a part of what a call of the user gives, and the user takes other parts only. */
  #isLeftAlone(ending: FunctionFacts, frame: Frame, user: FunctionFacts): boolean {
    const maker = enclosing(frame, ending.parent);
    if (maker === null || maker.fn === user) return false;
    const from = this.#eval.symbolicFrame(user);
    const calls = [...this.#program.steps(user.id).values()].filter(
      step => step.kind === 'call' && this.#eval.callees(from, step).some(callee => callee.frame === maker),
    );
    return (
      calls.length > 0 && calls.every(({ id }) => this.#takesNot(ending.id, from, this.#uses(user.id).resultOf(id)))
    );
  }

  #takesNot(closure: FunctionId, user: Frame, given: ValueId | undefined): boolean {
    if (given === undefined) return true;
    return this.#uses(user.fn.id)
      .of(given)
      .every(use =>
        use.as === 'part'
          ? this.#eval
              .evaluate(user, use.value)
              .every(ref => ref.kind !== 'unknown' && !(ref.kind === 'function' && ref.fn === closure))
          : use.as === 'step' && use.step.kind === 'access' && use.step.mode === 'read',
      );
  }

  /** Kept in an object of which some member ends it: `[Symbol.dispose]() { clearTimeout(this.#timer) }`. */
  #endsElsewhere(fn: FunctionId, timer: Spawn): boolean {
    const value = this.#uses(fn).resultOf(timer.id);
    if (value === undefined) return false;
    const found = this.#consumption.observed({ kind: 'value', fn, value, inside: [] }, 'handle');
    return found?.how === 'cleared' || found?.how === 'unref';
  }

  #pathOf({ fn, step }: Ending, user: FunctionId): 'always' | 'success' | 'failure' {
    if (step.how === 'unref' || this.#finally.has(fn.id)) return 'always';
    if (this.#onSuccess.has(fn.id) && this.#onFailure.has(fn.id)) return 'always';
    if (this.#onSuccess.has(fn.id)) return 'success';
    if (this.#onFailure.has(fn.id)) return 'failure';
    if (fn.id !== user) return 'always';
    const where = blockOf(fn.body, step);
    return where === 'finally' ? 'always' : where === 'catch' ? 'failure' : 'success';
  }

  ofSignal(frame: Frame, pause: Call): 'always' | 'never' {
    const { signal } = pause.known ?? {};
    const given = signal && pause.args[signal.argument];
    if (!signal || given === undefined) return 'never';
    const options = frame.fn.values[given];
    const value = options?.kind === 'object' && signal.option !== undefined ? options.fields[signal.option] : given;
    if (value === undefined) {
      const unreferenced = options?.kind === 'object' ? options.fields['ref'] : undefined;
      const constant = unreferenced === undefined ? undefined : frame.fn.values[unreferenced];
      if (constant?.kind === 'constant' && constant.text === 'false') return 'always';
      return options?.kind === 'object' && options.spreads.length === 0 ? 'never' : 'always';
    }
    return this.#eval.evaluate(frame, value).every(ref => {
      const base = ref.kind === 'field' && ref.name === 'signal' ? ref.base : ref;
      if (base.kind !== 'made') return true;
      return this.#endings.some(
        ({ step, refs }) => step.how === 'abort' && refs.some(one => one.kind === 'made' && one.site === base.site),
      );
    })
      ? 'always'
      : 'never';
  }
}

/** The activation of a function in which (or in a closure of which) another one runs. */
function enclosing(frame: Frame, fn: FunctionId | null): Frame | null {
  for (let at: Frame | null = frame; at; at = at.parent) if (at.fn.id === fn) return at;
  return null;
}

/** The part of the innermost `try` that a step stands in. */
function blockOf(block: Block, wanted: Step): 'finally' | 'catch' | 'plain' | null {
  const holds = (part: Block): boolean => {
    let found = false;
    walkSteps(part, step => (found ||= step === wanted));
    return found;
  };
  for (const step of block) {
    if (step === wanted) return 'plain';
    if (step.kind === 'branch') {
      for (const arm of step.arms) {
        const found = blockOf(arm.body, wanted);
        if (found) return found;
      }
    } else if (step.kind === 'loop') {
      const found = blockOf(step.body, wanted);
      if (found) return found;
    } else if (step.kind === 'try') {
      if (holds(step.finally)) return 'finally';
      for (const handler of step.handlers)
        if (holds(handler.body)) return blockOf(handler.body, wanted) === 'finally' ? 'finally' : 'catch';
      const found = blockOf(step.body, wanted) ?? blockOf(step.orElse, wanted);
      if (found) return found;
    }
  }
  return null;
}
