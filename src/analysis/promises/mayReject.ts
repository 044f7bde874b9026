/**
 * Whether a call may throw and a promise may reject: a whole-program summary by least fixpoint (every function starts
 * as "never" and is raised until nothing changes).
 */
import type {
  Block,
  Branch,
  Call,
  FunctionFacts,
  FunctionId,
  Step,
  StepId,
  Try,
  Value,
  ValueId,
} from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { hierarchy } from '../hierarchy.ts';
import { CallContexts } from './callContexts.ts';
import { type Activation, anyActivation } from './givenValues.ts';
import { endsFunction } from './promisesReturns.ts';
import { endsProcess, innerBlocks } from '../steps.ts';
import { Iterations } from './iterations.ts';
import { atMost, type Failure, mayFail, milder, Rejections, worse } from './mayRejectValues.ts';
import { isChecking, isTask, type Walk, walkOf } from './mayRejectWalk.ts';
import { mayReturn, type PassesOn, passesOn } from './passesOn.ts';
import { isHandledAsPromise } from './askedPromises.ts';
import { type FilledOnce, filledOnce } from './filledOnce.ts';
import { type IsReplaced, placeholders } from './placeholders.ts';
import { AT_ONCE, isSame, NEVER, type Summary, worst } from './failureSummary.ts';
import { isListenerCall, isMadeElsewhere, onlyThrows, tells } from './failingSteps.ts';
import type { Program } from '../program.ts';
import { type Platforms, platforms } from '../flow/platforms.ts';
import { type Settlers, settlers } from './settlers.ts';
import { writeIndex } from '../writeIndex.ts';

export { type Failure, isPromiseMade, mayFail, milder, worse } from './mayRejectValues.ts';

export interface MayReject {
  /** An exception leaves the body (for an async function: its promise rejects). */
  throws(fn: FunctionId): Failure;
  /** The promise that a call of the function gives rejects. */
  rejects(fn: FunctionId): Failure;
  /** The promise in a value rejects. */
  value(fn: FunctionId, value: ValueId): Failure;
  /** The first step of the function that makes it fail; null when it never fails. */
  cause(fn: FunctionId): Step | null;
}

export const mayReject = defineAnalysis<MayReject>('may-reject', (get, program) => {
  const solver = new Solver(get, program);
  solver.solve();
  return solver;
});

class Solver implements MayReject {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejections: Rejections;
  readonly #contexts: CallContexts;
  readonly #settlers: Settlers;
  readonly #isReplaced: IsReplaced;
  readonly #passesOn: PassesOn;
  readonly #filledOnce: FilledOnce;
  readonly #iterations: Iterations;
  readonly #platforms: Platforms;
  readonly #handlers = new Set<FunctionId>();
  /** By the key of the activation. */
  readonly #summaries = new Map<string, Summary>();
  /** callee → activations whose summary used its summary. */
  readonly #dependants = new Map<string, Map<string, Activation>>();
  #queue = new Map<string, Activation>();
  #current: Activation | null = null;
  #depth = 0;
  #watch: ((step: Step, failure: Failure) => void) | null = null;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#contexts = new CallContexts(program, this.#graph, get(writeIndex), get(hierarchy));
    this.#settlers = get(settlers);
    this.#isReplaced = get(placeholders);
    this.#passesOn = get(passesOn);
    this.#filledOnce = get(filledOnce);
    this.#platforms = get(platforms);
    const known = {
      throws: (id: FunctionId) => this.throws(id),
      fails: (id: FunctionId) => worse(this.throws(id), this.rejects(id)),
    };
    this.#rejections = new Rejections(get, program, {
      ...known,
      failsAsHandler: id => mayFail(this.#summary(anyActivation(id)).asHandler),
      isKnownCallback: (fn, step) => this.#contexts.callback(this.#activation(fn), step) !== undefined,
      chosen: (fn, choice) => this.#chosen(fn, choice),
      rejectionsOf: (fn, step) => this.#callees(fn, step).map(callee => this.#summary(callee).rejects),
    });
    this.#iterations = new Iterations(program, this.#graph, get(hierarchy), get(writeIndex), {
      ...known,
      value: (fn, value) => this.#rejections.value(fn, value),
    });
  }

  solve(): void {
    this.#collectHandlers();
    for (const id of this.#graph.components.flat()) this.#queue.set(id, anyActivation(id));
    for (const id of this.#program.functions.keys()) this.#queue.set(id, anyActivation(id));
    this.#work();
    // Nothing of what is known now changes any more.
    this.#dependants.clear();
  }

  /** A map keeps insertion order: callees first, then whoever has to be looked at again. */
  #work(): void {
    for (const activation of this.#queue.values()) this.#visit(activation);
  }

  #visit(activation: Activation): void {
    const { key } = activation;
    this.#queue.delete(key);
    const fn = this.#program.functions.get(activation.fn);
    if (!fn) return;
    const [outer, watch] = [this.#current, this.#watch];
    this.#current = activation;
    this.#watch = null;
    this.#depth += 1;
    const next = this.#summarise(fn);
    this.#depth -= 1;
    this.#current = outer;
    this.#watch = watch;
    const old = this.#summaries.get(key) ?? NEVER;
    const found = this.#joined(fn, next, old);
    this.#summaries.set(key, found);
    if (isSame(found, old)) return;
    for (const dependant of this.#dependants.get(key)?.values() ?? []) this.#queue.set(dependant.key, dependant);
  }

  /** What a task owns is asked of all that is known by now: the first that was found does not stand for the rest. */
  #joined(fn: FunctionFacts, next: Summary, old: Summary): Summary {
    const found = worst(next, old);
    return isTask(fn) ? { ...found, rejects: this.#ofTask(fn, found.ends) } : found;
  }

  throws(fn: FunctionId): Failure {
    return this.#summary(anyActivation(fn)).throws;
  }

  rejects(fn: FunctionId): Failure {
    return this.#summary(anyActivation(fn)).rejects;
  }

  value(fn: FunctionId, value: ValueId): Failure {
    return this.#rejections.value(fn, value);
  }

  cause(fn: FunctionId): Step | null {
    const facts = this.#program.functions.get(fn);
    const wanted = worse(this.throws(fn), this.rejects(fn));
    if (!facts || wanted === 'never') return null;
    let found: Step | null = null;
    this.#watch = (step, failure) => {
      if (!found && failure === wanted) found = step;
    };
    this.#summarise(facts);
    this.#watch = null;
    return found;
  }

  #summary(of: Activation): Summary {
    const { key } = of;
    if (!this.#summaries.has(key)) {
      // What it calls is asked first: what is known of it by halves would stay with its callers.
      if (this.#depth < AT_ONCE) {
        this.#summaries.set(key, NEVER);
        this.#visit(of);
      } else this.#queue.set(key, of);
      // A call that was not looked at on the way.
      if (this.#current === null) this.#work();
    }
    if (this.#current !== null) {
      const known = this.#dependants.get(key);
      if (known) known.set(this.#current.key, this.#current);
      else this.#dependants.set(key, new Map([[this.#current.key, this.#current]]));
    }
    return this.#summaries.get(key) ?? NEVER;
  }

  /** The activation that is being looked at, or that of any caller. */
  #activation(fn: FunctionId): Activation {
    return this.#current?.fn === fn ? this.#current : anyActivation(fn);
  }

  /** Of `promise` and `promise.catch(ignore)`: the latter, where the test that leads to it is known to hold. */
  #chosen(id: FunctionId, { values, when }: Value & { kind: 'choice' }): readonly ValueId[] {
    const activation = this.#activation(id);
    const fn = this.#program.functions.get(id);
    const holds = when && values.length === 2 ? this.#contexts.holds(activation, when) : null;
    if (holds !== null) return values.slice(holds ? 0 : 1, holds ? 1 : 2);
    if (!fn || activation.key === id) return values;
    const replaced = new Set<ValueId>();
    for (const value of values) {
      const facts = fn.values[value];
      const step = facts?.kind === 'result' ? this.#program.steps(id).get(facts.of) : undefined;
      if (step?.kind === 'chain' && step.onRejected !== undefined && this.#isTaken(activation, fn.body, step.id))
        replaced.add(step.of);
    }
    return values.filter(value => !replaced.has(value));
  }

  /** The step stands in an arm that is known to be taken. */
  #isTaken(of: Activation, block: Block, step: StepId): boolean {
    return block.some(one =>
      one.kind === 'branch'
        ? one.arms.some(
            ({ when, body }) => body.some(({ id }) => id === step) && this.#contexts.way(of, one) === when,
          ) || one.arms.some(({ body }) => this.#isTaken(of, body, step))
        : innerBlocks(one).some(inner => this.#isTaken(of, inner, step)),
    );
  }

  #callees(fn: FunctionId, step: Call): readonly Activation[] {
    const all = this.#contexts.callees(this.#activation(fn), step);
    if (all.length < 2) return all;
    return all.filter(one => !all.some(other => this.#isReplaced(one.fn, other.fn)));
  }

  #summarise(fn: FunctionFacts): Summary {
    const state = walkOf(fn);
    const throws = this.#block(state, fn.body, false);
    const ends = isTask(fn) ? worse(throws, state.returned) : 'never';
    const rejects = isTask(fn) ? this.#ofTask(fn, ends) : state.returned;
    return {
      throws,
      rejects,
      ends,
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

  /** Also for the promise that it returns. */
  #waits(fn: FunctionFacts): boolean {
    return [...this.#program.steps(fn.id).values()].some(
      step =>
        step.kind === 'await' ||
        (step.kind === 'loop' && step.awaitsEach) ||
        (step.kind === 'exit' && step.how === 'return' && this.#rejections.isPromise(fn, step.value)),
    );
  }

  /** What is never thrown when all counts is not thrown when less does. */
  #asHandler(fn: FunctionFacts, atMost: Failure): Failure {
    if (!mayFail(atMost)) return 'never';
    const state = { ...walkOf(fn), isReaction: true };
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
    const wasPassed = state.passed;
    for (const step of block) {
      // Nothing runs after the end of the process.
      if (step.kind === 'cancel' && step.how === 'exit') break;
      if (step.kind !== 'branch') {
        failure = worse(failure, this.#step(state, step, lenient));
        // `for (…) if (isIt) return it; throw …`
        state.passed ||= step.kind === 'loop' && mayReturn(step.body);
        continue;
      }
      const way = this.#contexts.way(this.#activation(state.fn.id), step);
      const arms = step.arms.filter(arm => way === undefined || arm.when === way);
      const filling = this.#filledOnce(state.fn, step);
      failure = worse(failure, this.#arms(state, arms, lenient, filling));
      if (way !== undefined && arms.some(arm => endsFunction(arm.body))) break;
      state.passed ||= arms.some(({ body }) => {
        const last = body.at(-1);
        return last?.kind === 'exit' && last.how === 'return';
      });
    }
    state.passed = wasPassed;
    return failure;
  }

  /** `filling`: the arm that makes what is kept from then on; that it fails is a check of the program's start. */
  #arms(state: Walk, arms: Branch['arms'], lenient: boolean, filling: string | null): Failure {
    return this.#within(state, 'inArm', () =>
      arms.reduce<Failure>((sum, arm) => {
        const failure = this.#block(state, arm.body, lenient);
        return worse(sum, arm.when === filling ? milder(failure, 'check') : failure);
      }, 'never'),
    );
  }

  #step(state: Walk, step: Exclude<Step, Branch>, lenient: boolean): Failure {
    switch (step.kind) {
      case 'loop': {
        const inside = worse(this.#block(state, step.body, lenient), this.#block(state, step.orElse, lenient));
        return step.awaitsEach ? worse(inside, this.#noted(step, this.#iterations.over(state.fn, step.over))) : inside;
      }
      case 'try':
        return this.#try(state, step, lenient);
      case 'exit':
        return this.#exit(state, step, lenient);
      default: {
        const simple = this.#simple(state.fn, step);
        const failure = isChecking(state) && mayFail(simple) && this.#isFail(state.fn, step) ? 'check' : simple;
        if (
          lenient &&
          (failure === 'undecided' ||
            failure === 'check' ||
            (step.kind === 'call' && mayFail(failure) && !this.#passesOn(state.fn.id, step)))
        )
          return 'never';
        return this.#noted(step, failure);
      }
    }
  }

  #within<T>(state: Walk, where: 'inArm' | 'inHandler' | 'isCaught', run: () => T): T {
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

  #exit(state: Walk, step: Extract<Step, { kind: 'exit' }>, lenient: boolean): Failure {
    if (step.how === 'throw') return this.#noted(step, this.#thrown(state, step.value));
    if (step.how === 'return' && step.value !== undefined) {
      // `catch { return of({}) }`: what stands for the answer.
      const isElsewhere = (lenient || state.isCaught) && isMadeElsewhere(this.#program, state.fn, step.value);
      if (lenient && isElsewhere) return 'never';
      const given = this.#rejections.returned(state.fn, step.value, state.isReaction);
      const isHandled = given !== 'never' && isHandledAsPromise(this.#program, state.fn, step.value);
      const returned = isHandled ? 'never' : given;
      // `try { await …; return right(value) } catch {}`: whoever handles what fails here would have waited for a promise.
      state.returned = worse(
        state.returned,
        this.#noted(step, isElsewhere && isTask(state.fn) ? milder(returned, 'undecided') : returned),
      );
    }
    return 'never';
  }

  #thrown(state: Walk, value: ValueId | undefined): Failure {
    const again = value === undefined ? undefined : state.caught.get(value);
    // In a page, what was told and is thrown again is one more line in the console.
    const worst = state.isTold && this.#platforms.isForPage(this.#program.fileOf(state.fn.id)) ? 'unseen' : 'may';
    if (again !== undefined) return milder(again, worst);
    return isChecking(state) ? 'check' : worst;
  }

  #try(state: Walk, step: Try, lenient: boolean): Failure {
    const watch = this.#watch;
    const catchesAll = step.handlers.some(handler => handler.catches.length === 0);
    if (catchesAll) this.#watch = null;
    const run = (): Failure => this.#block(state, step.body, lenient);
    let failure = catchesAll ? this.#within(state, 'isCaught', run) : run();
    this.#watch = watch;
    // What a handler throws again is the failure that it was given.
    for (const { binding } of step.handlers) if (binding !== undefined) state.caught.set(binding, failure);
    // That a check of the body's own throws is nothing unusual.
    const caught = failure === 'check' ? 'may' : failure;
    if (catchesAll) failure = 'never';
    this.#within(state, 'inHandler', () => {
      // It only runs where the body has failed.
      for (const { body, binding } of step.handlers) {
        state.isTold = tells(this.#program, state.fn, body, binding);
        failure = worse(failure, milder(caught, this.#block(state, body, true)));
        state.isTold = false;
      }
    });
    failure = worse(failure, this.#block(state, step.orElse, lenient));
    const last = this.#block(state, step.finally, true);
    return endsProcess(step.finally) ? last : worse(failure, last);
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
    if (isListenerCall(fn, step) || this.#contexts.isNever(this.#activation(fn.id), step)) return 'never';
    const targets = this.#settlers.isCall(fn.id, step) ? [] : this.#callees(fn.id, step);
    if (targets.length > 0) {
      const thrown = targets.reduce<Failure>(
        (sum, callee) =>
          this.#program.functions.get(callee.fn)?.calling === 'value' ? worse(sum, this.#summary(callee).throws) : sum,
        'never',
      );
      return atMost(thrown, targets.length);
    }
    // Whether it does depends on a text that nobody sees here.
    if (step.known?.raises) return 'unseen';
    if (step.known?.neverThrows || (step.gives !== undefined && step.gives !== 'value' && step.gives !== 'unknown'))
      return 'never';
    if (step.target.kind === 'external')
      return step.target.name.startsWith('lib#') || step.known ? 'never' : 'undecided';
    if (step.target.kind === 'functions') return 'never';
    return this.#settlers.isCall(fn.id, step) ? 'never' : 'undecided';
  }

  /** `if (!found) fail(name)`: all that the callees do is to throw, as if the `throw` stood here, or they do not throw. */
  #isFail(fn: FunctionFacts, step: Step): boolean {
    if (step.kind !== 'call') return false;
    const failing = this.#callees(fn.id, step).filter(callee => mayFail(this.#summary(callee).throws));
    return (
      failing.length > 0 && failing.every(callee => onlyThrows(this.#program.functions.get(callee.fn)?.body ?? []))
    );
  }
}
