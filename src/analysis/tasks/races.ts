/**
 * Races between work and a timer: which of the raced promises only wait for time to pass, and whether the timer behind
 * one is cleared, unreferenced or aborted however the race ends.
 */
import type { At, Call, FunctionFacts, FunctionId, Spawn, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { settledBy } from '../locks/deferreds.ts';
import { functionUses, type FunctionUsesOf, type Use } from '../promises/consumptionIndex.ts';
import { isPromiseMade } from '../promises/mayReject.ts';
import { type Program, walkSteps } from '../program.ts';
import type { Frame, Ref } from '../refs.ts';
import { timerEnds, type TimerEnds } from './timerEnds.ts';

export interface Race {
  fn: FunctionId;
  /** The combinator. */
  at: At;
  value: ValueId;
  until: 'first' | 'any';
  /** Timers among what is raced; empty: work against work. */
  timers: readonly RacedTimer[];
  /** What is raced against them gives a lock away: that the lock is got after all is a defect of its own. */
  acquires: boolean;
}

export interface RacedTimer {
  fn: FunctionId;
  /** Where the timer is started. */
  at: At;
  /** `always`: it is ended however the race ends. `success`: only when the race does not fail. */
  ended: 'always' | 'success' | 'never';
}

/** A promise that waits for time to pass, by what it is made of. */
interface Waiting {
  frame: Frame;
  step: Spawn | Call;
}

const DEPTH = 4;

export const races = defineAnalysis<readonly Race[]>('races', (get, program) => {
  const finder = new Finder(get, program);
  return [...program.functions.values()].flatMap(fn => finder.in(fn));
});

/** Whether a promise only waits for time to pass, as far as its makers are known. */
export const waitsForTime = defineAnalysis<(fn: FunctionFacts, value: ValueId) => boolean>(
  'waits-for-time',
  (get, program) => {
    const finder = new Finder(get, program);
    return (fn, value) => finder.waiting(fn, value).length > 0;
  },
);

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #ends: TimerEnds;
  readonly #uses: FunctionUsesOf;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    this.#ends = get(timerEnds);
    this.#uses = get(functionUses);
  }

  in(fn: FunctionFacts): Race[] {
    return fn.values.flatMap((value, id) => {
      if (value.kind !== 'combined' || (value.until !== 'first' && value.until !== 'any')) return [];
      const raced = value.values.flatMap(part => this.#elements(fn, part));
      const kinds = raced.map(part => this.waiting(fn, part));
      const timers = kinds.flat().map(one => this.#told(fn, one));
      const hasWork = kinds.some(one => one.length === 0) || value.values.some(part => this.#isOpen(fn, part));
      return [
        {
          fn: fn.id,
          at: value.at,
          value: id,
          until: value.until,
          timers: hasWork ? timers : [],
          acquires: raced.some(part => this.#acquires(fn, part)),
        },
      ];
    });
  }

  /** The values of an array literal, and what is pushed to it in this function. */
  #elements(fn: FunctionFacts, value: ValueId): ValueId[] {
    const array = fn.values[value];
    if (array?.kind !== 'array') return [];
    const pushed: ValueId[] = [];
    walkSteps(fn.body, step => {
      if (step.kind !== 'access' || step.mode !== 'update' || step.value === undefined) return;
      if (step.place.root.kind === 'value' && step.place.root.of === value) pushed.push(step.value);
    });
    return [...array.values.filter((_, index) => !array.spreads.includes(index)), ...pushed];
  }

  /** `[...tasks, timer]`: what is spread is work like the rest. */
  #isOpen(fn: FunctionFacts, value: ValueId): boolean {
    const array = fn.values[value];
    return array?.kind === 'array' && array.spreads.length > 0;
  }

  #told(fn: FunctionFacts, { frame, step }: Waiting): RacedTimer {
    const ended = step.kind === 'spawn' ? this.#ends.ofHandle(frame, step, fn) : this.#ends.ofSignal(frame, step);
    return { fn: frame.fn.id, at: step.at, ended };
  }

  #acquires(fn: FunctionFacts, value: ValueId): boolean {
    return this.#eval
      .evaluate(this.#eval.symbolicFrame(fn), value)
      .some(
        ref =>
          ref.kind === 'task' &&
          ref.frame.fn.synthetic &&
          ref.frame.fn.body.some(step => step.kind === 'acquire') &&
          ![...this.#program.steps(ref.frame.fn.id).values()].some(step => step.kind === 'release'),
      );
  }

  /** The timers that a promise waits for; none when it waits for anything else, or nobody knows. */
  waiting(fn: FunctionFacts, value: ValueId): Waiting[] {
    const refs = this.#eval.evaluate(this.#eval.symbolicFrame(fn), value);
    const found = refs.map(ref => this.#ofRef(ref, 0));
    return found.every(one => one.length > 0) ? found.flat() : [];
  }

  #ofRef(ref: Ref, depth: number): Waiting[] {
    if (depth > DEPTH) return [];
    switch (ref.kind) {
      case 'made':
        return 'step' in ref.at ? this.#ofPromise(ref.frame, ref.at.step) : [];
      case 'task':
        return this.#ofTask(ref.frame, depth);
      case 'chain': {
        const step = this.#program.steps(ref.frame.fn.id).get(ref.step);
        return step?.kind === 'chain' && !this.#startsWork(ref.frame, step)
          ? this.#ofValue(ref.frame, step.of, depth)
          : [];
      }
      case 'opaque': {
        const id = /^s(\d+)$/.exec(ref.what)?.[1];
        const step = id === undefined ? undefined : this.#program.steps(ref.frame.fn.id).get(Number(id));
        return step?.kind === 'call' && isPause(step) ? [{ frame: ref.frame, step }] : [];
      }
      default:
        return [];
    }
  }

  #ofValue(frame: Frame, value: ValueId, depth: number): Waiting[] {
    const refs = this.#eval.evaluate(frame, value);
    const found = refs.map(ref => this.#ofRef(ref, depth + 1));
    return found.every(one => one.length > 0) ? found.flat() : [];
  }

  /** `delay(100).then(() => fetch(…))`: hedged work, which the pause only puts off. */
  #startsWork(frame: Frame, chain: Step & { kind: 'chain' }): boolean {
    const { onFulfilled } = chain;
    return (
      onFulfilled !== undefined &&
      this.#eval.evaluate(frame, onFulfilled).some(ref => ref.kind !== 'function' || this.#works(ref.fn))
    );
  }

  /** Whether a handler starts work of its own; one that is not known may. */
  #works(id: FunctionId): boolean {
    if (!this.#program.functions.has(id)) return true;
    return [...this.#program.steps(id).values()].some(
      step => step.kind === 'await' || (step.kind === 'call' && this.#isWork(step)),
    );
  }

  #isWork({ gives, known, target }: Call): boolean {
    if (gives === 'promise' || (known?.outside !== undefined && known.outside !== 'timer')) return true;
    return target.kind === 'functions' && target.ids.some(id => this.#program.functions.get(id)?.calling === 'promise');
  }

  /** `new Promise(resolve => setTimeout(resolve, ms))`, and nothing else that could settle it. */
  #ofPromise(frame: Frame, made: number): Waiting[] {
    const steps = this.#program.steps(frame.fn.id);
    const promise = steps.get(made);
    if (promise?.kind !== 'call' || !isPromiseMade(promise)) return [];
    for (const step of steps.values()) {
      if (step.kind !== 'call' || step.target.kind !== 'value' || !this.#settles(frame.fn, step, made)) continue;
      const [only, ...others] = this.#eval.callees(frame, step);
      if (!only || others.length > 0) return [];
      const inside = this.#timersOf(only.frame);
      return inside.length > 0 ? inside : this.#timersBeside(frame, made, only.frame.fn.id);
    }
    return [];
  }

  #settles(fn: FunctionFacts, step: Call, made: number): boolean {
    const [first] = step.args;
    const value = first === undefined ? undefined : fn.values[first];
    if (value?.kind !== 'read' || value.place.root.kind !== 'value') return false;
    const of = fn.values[value.place.root.of];
    const last = value.place.path[0];
    return of?.kind === 'result' && of.of === made && last !== undefined && 'field' in last && last.field === 'resolve';
  }

  /** The timers that an executor starts, when it does nothing else that takes time. */
  #timersOf(frame: Frame): Waiting[] {
    const found: Waiting[] = [];
    let others = false;
    walkSteps(frame.fn.body, step => {
      if (step.kind === 'spawn' && step.how === 'timer') found.push({ frame, step });
      else if (step.kind === 'register' || step.kind === 'await' || step.kind === 'chain') others = true;
      else if (step.kind === 'call' && step.known?.outside !== undefined && step.known.outside !== 'timer')
        others = true;
    });
    return others ? [] : found;
  }

  /**
   * Timers that are given the `resolve` (or `reject`) that the executor has put into a variable; none when anything else
   * may call it.
   */
  #timersBeside(frame: Frame, made: number, executor: FunctionId): Waiting[] {
    const site = `${frame.fn.id}@s${made}`;
    const found: Waiting[] = [];
    for (const fn of this.#program.functions.values()) {
      if (fn !== frame.fn && !fn.id.startsWith(`${frame.fn.id}/`)) continue;
      const inside = this.#eval.symbolicFrame(fn);
      for (const [id, value] of fn.values.entries()) {
        if (value.kind !== 'read') continue;
        if (!settledBy(this.#eval, this.#eval.evaluate(inside, id)).some(one => one.site === site)) continue;
        for (const use of this.#uses(fn.id).of(id)) {
          const timer = use.as === 'step' ? this.#timerOf(frame.fn, fn, use.step) : null;
          if (timer) found.push({ frame, step: timer });
          else if (!this.#isHandedOut(fn, use, made, executor)) return [];
        }
      }
    }
    return found;
  }

  /** The timer that runs the step, or is it. */
  #timerOf(owner: FunctionFacts, fn: FunctionFacts, step: Step): Spawn | null {
    if (fn === owner) return step.kind === 'spawn' && step.how === 'timer' ? step : null;
    if (step.kind !== 'call') return null;
    for (const spawn of this.#program.steps(owner.id).values()) {
      const body = spawn.kind === 'spawn' && spawn.how === 'timer' ? owner.values[spawn.body] : undefined;
      if (spawn.kind === 'spawn' && body?.kind === 'function' && body.id === fn.id) return spawn;
    }
    return null;
  }

  /** The executor is given it, and puts it into the variable. */
  #isHandedOut(fn: FunctionFacts, use: Use, made: number, executor: FunctionId): boolean {
    if (use.as !== 'step') return false;
    if (fn.id === executor) return use.role === 'store';
    return use.step.kind === 'call' && use.role === 'argument' && this.#settles(fn, use.step, made);
  }

  /** An async function that awaits pauses and nothing else. */
  #ofTask(frame: Frame, depth: number): Waiting[] {
    const found: Waiting[] = [];
    let others = false;
    walkSteps(frame.fn.body, step => {
      if (step.kind === 'await') {
        for (const value of step.values) {
          const waits = this.#ofValue(frame, value, depth);
          if (waits.length === 0) others = true;
          found.push(...waits);
        }
      } else if (step.kind === 'loop' || step.kind === 'acquire' || step.kind === 'wait') others = true;
      else if (step.kind === 'exit' && step.how === 'return' && step.value !== undefined && !others)
        found.push(...this.#ofValue(frame, step.value, depth));
    });
    return others ? [] : [...new Map(found.map(one => [one.step.id, one])).values()];
  }
}

/** `timers/promises.setTimeout(ms)` and its like. */
const isPause = (step: Call): boolean => step.gives === 'promise' && step.known?.outside === 'timer';
