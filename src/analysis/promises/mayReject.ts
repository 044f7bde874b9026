/**
 * Whether a call may throw and a promise may reject: a whole-program summary by least fixpoint (every function starts
 * as "never" and is raised until nothing changes).
 */
import type { Block, Call, FunctionFacts, FunctionId, Step, Try, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { atMost, type Failure, Rejections, worse } from './mayRejectValues.ts';
import type { Program, Site } from '../program.ts';

export { type Failure, isPromiseMade, worse } from './mayRejectValues.ts';

export interface MayReject {
  /** An exception leaves the body (for an async function: its promise rejects). */
  throws(fn: FunctionId): Failure;
  /** The promise that a call of the function gives rejects. */
  rejects(fn: FunctionId): Failure;
  /** The promise in a value rejects. */
  value(fn: FunctionId, value: ValueId): Failure;
  /** The first place in the function that makes it fail, and what is done there; null when it never fails. */
  cause(fn: FunctionId): { site: Site; text: string } | null;
}

export const mayReject = defineAnalysis<MayReject>('may-reject', (get, program) => {
  const solver = new Solver(get, program);
  solver.solve();
  return solver;
});

interface Summary {
  throws: Failure;
  rejects: Failure;
  /** As a rejection handler, where unknown calls are logging; only for functions that are used as one. */
  asHandler: Failure;
}
const NEVER: Summary = { throws: 'never', rejects: 'never', asHandler: 'never' };

class Solver implements MayReject {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejections: Rejections;
  readonly #handlers = new Set<FunctionId>();
  readonly #summaries = new Map<FunctionId, Summary>();
  /** callee → functions whose summary used its summary. */
  readonly #dependants = new Map<FunctionId, Set<FunctionId>>();
  #current: FunctionId | null = null;
  #watch: ((step: Step, failure: Failure) => void) | null = null;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#rejections = new Rejections(get, program, {
      throws: id => this.throws(id),
      rejects: id => this.rejects(id),
      failsAsHandler: id => this.#summary(id).asHandler === 'may',
    });
  }

  solve(): void {
    this.#collectHandlers();
    const order = this.#graph.components.flat();
    const queued = new Set(order);
    for (const id of this.#program.functions.keys()) queued.add(id);
    // A set keeps insertion order: callees first, then whoever has to be looked at again.
    for (const id of queued) {
      queued.delete(id);
      const fn = this.#program.functions.get(id);
      if (!fn) continue;
      this.#current = id;
      const next = this.#summarise(fn);
      const old = this.#summaries.get(id) ?? NEVER;
      if (next.throws === old.throws && next.rejects === old.rejects && next.asHandler === old.asHandler) continue;
      this.#summaries.set(id, {
        throws: worse(next.throws, old.throws),
        rejects: worse(next.rejects, old.rejects),
        asHandler: worse(next.asHandler, old.asHandler),
      });
      for (const dependant of this.#dependants.get(id) ?? []) queued.add(dependant);
    }
    this.#current = null;
  }

  throws(fn: FunctionId): Failure {
    return this.#summary(fn).throws;
  }

  rejects(fn: FunctionId): Failure {
    return this.#summary(fn).rejects;
  }

  value(fn: FunctionId, value: ValueId): Failure {
    return this.#rejections.value(fn, value);
  }

  cause(fn: FunctionId): { site: Site; text: string } | null {
    const facts = this.#program.functions.get(fn);
    const wanted = worse(this.throws(fn), this.rejects(fn));
    if (!facts || wanted === 'never') return null;
    let found: Step | null = null;
    this.#watch = (step, failure) => {
      if (!found && failure === wanted) found = step;
    };
    this.#summarise(facts);
    this.#watch = null;
    return found && { site: this.#program.site(fn, (found as Step).at), text: causeText(found) };
  }

  #summary(fn: FunctionId): Summary {
    if (this.#current !== null) {
      const list = this.#dependants.get(fn);
      if (list) list.add(this.#current);
      else this.#dependants.set(fn, new Set([this.#current]));
    }
    return this.#summaries.get(fn) ?? NEVER;
  }

  #summarise(fn: FunctionFacts): Summary {
    const state: Walk = { fn, returned: 'never', inArm: false, inHandler: false };
    const throws = this.#block(state, fn.body, false);
    const isTask = fn.calling === 'promise' || fn.calling === 'coroutine';
    const rejects = isTask ? this.#ofTask(fn, worse(throws, state.returned)) : state.returned;
    return {
      throws,
      rejects,
      asHandler: this.#handlers.has(fn.id) ? this.#asHandler(fn, worse(throws, rejects)) : 'never',
    };
  }

  /**
   * A task that waits, and only for what does not reject, owns its errors: its own checks and unknown synchronous calls
   * are left. One that waits for nothing and has checks of its own is started for them.
   */
  #ofTask(fn: FunctionFacts, failure: Failure): Failure {
    if (failure !== 'check' && failure !== 'undecided') return failure;
    return failure === 'undecided' || this.#waits(fn) ? 'check' : 'may';
  }

  #waits(fn: FunctionFacts): boolean {
    return [...this.#program.steps(fn.id).values()].some(
      step => step.kind === 'await' || (step.kind === 'loop' && step.awaitsEach),
    );
  }

  /** What is never thrown when all counts is not thrown when less does. */
  #asHandler(fn: FunctionFacts, atMost: Failure): Failure {
    if (atMost !== 'may') return 'never';
    const state: Walk = { fn, returned: 'never', inArm: false, inHandler: false };
    const watch = this.#watch;
    this.#watch = null;
    const failure = worse(this.#block(state, fn.body, true), state.returned);
    this.#watch = watch;
    return failure;
  }

  #collectHandlers(): void {
    for (const fn of this.#program.functions.keys()) {
      for (const step of this.#program.steps(fn).values()) {
        if (step.kind !== 'chain') continue;
        for (const handler of [step.onFulfilled, step.onRejected, step.onFinally]) {
          if (handler !== undefined) for (const id of this.#graph.functionsIn(fn, handler)) this.#handlers.add(id);
        }
      }
    }
  }

  /** `lenient`: in a handler or clean-up, where unknown synchronous calls are logging and the like. */
  #block(state: Walk, block: Block, lenient: boolean): Failure {
    let failure: Failure = 'never';
    for (const step of block) failure = worse(failure, this.#step(state, step, lenient));
    return failure;
  }

  #step(state: Walk, step: Step, lenient: boolean): Failure {
    switch (step.kind) {
      case 'branch':
        return this.#within(state, 'inArm', () =>
          step.arms.reduce<Failure>((sum, arm) => worse(sum, this.#block(state, arm.body, lenient)), 'never'),
        );
      case 'loop': {
        const inside = worse(this.#block(state, step.body, lenient), this.#block(state, step.orElse, lenient));
        return step.awaitsEach ? worse(inside, this.#noted(step, this.#iteration(state.fn, step.over))) : inside;
      }
      case 'try':
        return this.#try(state, step, lenient);
      case 'exit':
        return this.#exit(state, step);
      default: {
        const failure = this.#simple(state.fn, step);
        if (
          lenient &&
          (failure === 'undecided' ||
            failure === 'check' ||
            (step.kind === 'call' && failure === 'may' && !this.#callsThrower(state.fn, step)))
        )
          return 'never';
        return this.#noted(step, failure);
      }
    }
  }

  #within<T>(state: Walk, where: 'inArm' | 'inHandler', run: () => T): T {
    const outside = state[where];
    state[where] = true;
    const result = run();
    state[where] = outside;
    return result;
  }

  #noted(step: Step, failure: Failure): Failure {
    if (failure !== 'never') this.#watch?.(step, failure);
    return failure;
  }

  #exit(state: Walk, step: Extract<Step, { kind: 'exit' }>): Failure {
    if (step.how === 'throw') return this.#noted(step, state.inArm && !state.inHandler ? 'check' : 'may');
    if (step.how === 'return' && step.value !== undefined) {
      state.returned = worse(state.returned, this.#noted(step, this.#rejections.returned(state.fn, step.value)));
    }
    return 'never';
  }

  #try(state: Walk, step: Try, lenient: boolean): Failure {
    const watch = this.#watch;
    const catchesAll = step.handlers.some(handler => handler.catches.length === 0);
    if (catchesAll) this.#watch = null;
    let failure = this.#block(state, step.body, lenient);
    this.#watch = watch;
    if (catchesAll) failure = 'never';
    // What a handler throws again is the failure that it was given.
    this.#within(state, 'inHandler', () => {
      for (const handler of step.handlers) failure = worse(failure, this.#block(state, handler.body, true));
    });
    failure = worse(failure, this.#block(state, step.orElse, lenient));
    return worse(failure, this.#block(state, step.finally, true));
  }

  #simple(fn: FunctionFacts, step: Step): Failure {
    switch (step.kind) {
      case 'await':
        if (step.until === 'settled') return 'never';
        // The outside operation that a synthetic function stands for.
        if (step.values.length === 0) return fn.synthetic ? 'may' : 'never';
        return step.values.reduce<Failure>((sum, value) => worse(sum, this.#rejections.value(fn.id, value)), 'never');
      case 'call':
        return this.#callThrows(fn, step);
      case 'wait':
        // What is waited for may fail instead, or the wait is broken off.
        return step.wait === 'bounded' || (fn.synthetic && (step.for === 'event' || step.for === 'message'))
          ? 'may'
          : 'never';
      case 'acquire':
        return step.failure === 'throws' && step.wait !== 'endless' ? 'may' : 'never';
      case 'blocking':
        return step.what === 'cpu' || step.what === 'sleep' || step.what === 'wait' ? 'never' : 'undecided';
      default:
        return 'never';
    }
  }

  /** What the call does before it gives a value: an async callee only gives a promise. */
  #callThrows(fn: FunctionFacts, step: Call): Failure {
    if (isListenerCall(fn, step)) return 'never';
    const targets = this.#graph.targets(fn.id, step.id);
    if (targets.length > 0) {
      const thrown = targets.reduce<Failure>((sum, id) => {
        const callee = this.#program.functions.get(id);
        return callee?.calling === 'value' ? worse(sum, this.throws(id)) : sum;
      }, 'never');
      return atMost(thrown, targets.length);
    }
    if (step.known?.raises) return 'may';
    if (step.known?.neverThrows || (step.gives !== undefined && step.gives !== 'value' && step.gives !== 'unknown'))
      return 'never';
    if (step.target.kind === 'external')
      return step.target.name.startsWith('lib#') || step.known ? 'never' : 'undecided';
    if (step.target.kind === 'functions') return 'never';
    return isSettleCall(fn, step) ? 'never' : 'undecided';
  }

  /** In a handler: the callee itself throws (it passes the error on); what fails far below it does not count. */
  #callsThrower(fn: FunctionFacts, step: Call): boolean {
    return this.#graph.targets(fn.id, step.id).some(id => {
      const callee = this.#program.functions.get(id);
      return callee !== undefined && throwsItself(callee.body);
    });
  }

  #iteration(fn: FunctionFacts, over: ValueId | undefined): Failure {
    const value = over === undefined ? undefined : fn.values[over];
    if (value?.kind !== 'result') return 'may';
    const targets = this.#graph.targets(fn.id, value.of);
    const generators = targets.filter(id => this.#program.functions.get(id)?.calling === 'async-generator');
    if (generators.length === 0 || generators.length < targets.length) return 'may';
    return generators.reduce<Failure>((sum, id) => worse(sum, this.throws(id)), 'never');
  }
}

/** A throw of its own, outside of any `try` that catches. */
function throwsItself(block: Block): boolean {
  return block.some(step => {
    switch (step.kind) {
      case 'exit':
        return step.how === 'throw';
      case 'branch':
        return step.arms.some(arm => throwsItself(arm.body));
      case 'loop':
        return throwsItself(step.body) || throwsItself(step.orElse);
      case 'try':
        return (
          (step.handlers.length === 0 && throwsItself(step.body)) ||
          step.handlers.some(handler => throwsItself(handler.body)) ||
          throwsItself(step.finally)
        );
      default:
        return false;
    }
  });
}

interface Walk {
  fn: FunctionFacts;
  returned: Failure;
  /** In an arm of a branch: a `throw` there is a check. In a handler, it passes on what it was given. */
  inArm: boolean;
  inHandler: boolean;
}

/** An emitter calls a listener: what a listener throws is the listener's fault, not that of whoever told the news. */
function isListenerCall(fn: FunctionFacts, step: Call): boolean {
  const called = step.target.kind === 'value' ? fn.values[step.target.of] : undefined;
  const listeners = called?.kind === 'element' ? fn.values[called.of] : undefined;
  const last = listeners?.kind === 'read' ? listeners.place.path.at(-1) : undefined;
  return last !== undefined && 'field' in last && last.field.startsWith('on:');
}

/** A call of the `resolve` or `reject` of a promise made by hand. */
export function isSettleCall(fn: FunctionFacts, step: Call): boolean {
  if (step.target.kind !== 'value') return false;
  const callee = fn.values[step.target.of];
  const last = callee?.kind === 'read' ? callee.place.path.at(-1) : undefined;
  return last !== undefined && 'field' in last && (last.field === 'resolve' || last.field === 'reject');
}

function causeText(step: Step): string {
  switch (step.kind) {
    case 'exit':
      return step.how === 'throw' ? 'throws here' : 'returns a promise that may reject here';
    case 'await':
      return 'awaits something that may reject here';
    case 'loop':
      return 'iterates over something that may reject here';
    case 'call':
      return 'calls something that may throw here';
    default:
      return 'may fail here';
  }
}
