/**
 * Whether a step may end in an exception, for what is held at it: surely counted (a throw, an await, I/O, a call of
 * something that raises) or only because unknown code is called. A call that gives a promise does not throw.
 */
import type { Call, FunctionFacts, Step, ValueId } from '../../model/facts.ts';
import type { Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Failure, mayFail, type MayReject, mayReject, worse } from '../promises/mayReject.ts';
import { type Settlers, settlers } from '../promises/settlers.ts';
import type { Program } from '../program.ts';

export type Throws = 'never' | 'unknown' | 'certain';

export class DutyThrows {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejects: MayReject;
  readonly #settlers: Settlers;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#rejects = get(mayReject);
    this.#settlers = get(settlers);
  }

  /** A promise in the value rejects: whoever awaits it gets an exception, whatever the reason. */
  value(fn: FunctionFacts, value: ValueId): Throws {
    return this.#rejects.value(fn.id, value) === 'never' ? 'never' : 'certain';
  }

  /** Running the body to its end, the end of its promise included. */
  body(fn: FunctionFacts): Throws {
    const failure = worse(this.#rejects.throws(fn.id), this.#rejects.rejects(fn.id));
    if (failure === 'never') return 'never';
    return mayFail(failure) || failure === 'check' ? 'certain' : 'unknown';
  }

  /** Calling it, before it gives a value. `lenient`: in clean-up, where unknown calls are taken to be logging. */
  call(fn: FunctionFacts, step: Call, lenient: boolean): Throws {
    const targets = this.#graph.targets(fn.id, step.id);
    if (targets.length > 0) {
      const thrown = targets.reduce<Failure>((sum, id) => {
        const callee = this.#program.functions.get(id);
        return callee?.calling === 'value' ? worse(sum, this.#rejects.throws(id)) : sum;
      }, 'never');
      if (thrown === 'never' || lenient) return 'never';
      return (mayFail(thrown) || thrown === 'check') && targets.length === 1 ? 'certain' : 'unknown';
    }
    const { known } = step;
    if (known?.neverThrows === true) return 'never';
    if (known?.raises === true) return 'certain';
    if (lenient) return 'never';
    if (step.gives !== undefined && step.gives !== 'value' && step.gives !== 'unknown') return 'never';
    if (step.target.kind === 'external')
      return step.target.name.startsWith('lib#') || known || step.newOf?.startsWith('lib#') ? 'never' : 'unknown';
    if (step.target.kind === 'functions' || this.#isWaitedFor(fn, step) || this.#settlers.isCall(fn.id, step))
      return 'never';
    return 'unknown';
  }

  /** Its value is awaited or chained on: it is a promise, and tells its failure there. */
  #isWaitedFor(fn: FunctionFacts, step: Call): boolean {
    for (const other of this.#program.steps(fn.id).values()) {
      const waited = other.kind === 'await' ? other.values : other.kind === 'chain' ? [other.of] : [];
      for (const value of waited) {
        const facts = fn.values[value];
        if (facts?.kind === 'result' && facts.of === step.id) return true;
      }
    }
    return false;
  }

  /** Steps other than calls and awaits. */
  step(step: Step): Throws {
    switch (step.kind) {
      case 'blocking':
        return step.what === 'cpu' || step.what === 'sleep' || step.what === 'wait' ? 'never' : 'certain';
      case 'wait':
        return step.wait === 'bounded' ? 'certain' : 'never';
      default:
        return 'never';
    }
  }
}
