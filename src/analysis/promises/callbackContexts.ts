/**
 * Which functions the callback parameters of a callee stand for at one call: what a wrapper does with the callback of
 * one caller says nothing about its other callers.
 */
import type { Call, FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';

/** A function, and what its callback parameters stand for where that is known. */
export interface Activation {
  /** Tells it from the other activations of the function; the function's id where nothing is known. */
  key: string;
  fn: FunctionId;
  given: ReadonlyMap<number, FunctionId>;
}

const NOTHING: ReadonlyMap<number, FunctionId> = new Map();

/** A function with more callers than this is looked at once for all of them. */
const MANY_CALLERS = 100;

/** The function as any caller may call it. */
export const anyActivation = (fn: FunctionId): Activation => ({ key: fn, fn, given: NOTHING });

export class CallbackContexts {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #called = new Map<FunctionId, ReadonlySet<number>>();

  constructor(program: Program, graph: CallGraph) {
    this.#program = program;
    this.#graph = graph;
  }

  /** What a call in an activation may run. */
  callees(from: Activation, step: Call): readonly Activation[] {
    const own = this.callback(from, step);
    const targets = own === undefined ? this.#graph.targets(from.fn, step.id) : [own];
    return targets.map(target => this.#activation(from, step, target));
  }

  /** The function that the called parameter stands for. */
  callback(from: Activation, step: Call): FunctionId | undefined {
    return step.target.kind === 'value' ? this.#given(from, step.target.of) : undefined;
  }

  #activation(from: Activation, step: Call, target: FunctionId): Activation {
    if ((step.spreads ?? []).length > 0) return anyActivation(target);
    const given = new Map<number, FunctionId>();
    for (const index of this.#calledParameters(target)) {
      const arg = step.args[index];
      const fn = arg === undefined ? undefined : this.#functionAt(from, arg);
      if (fn !== undefined) given.set(index, fn);
    }
    if (given.size === 0) return anyActivation(target);
    const key = [target, ...[...given].map(([index, fn]) => `${index}:${fn}`)].join(' ');
    return { key, fn: target, given };
  }

  /** The one function in an argument: written there, or a callback that is handed on. */
  #functionAt(from: Activation, arg: ValueId): FunctionId | undefined {
    const facts = this.#program.functions.get(from.fn)?.values[arg];
    return facts?.kind === 'function' ? facts.id : this.#given(from, arg);
  }

  #given(from: Activation, value: ValueId): FunctionId | undefined {
    if (from.given.size === 0) return undefined;
    const index = parameterAt(this.#program.functions.get(from.fn), value);
    return index === undefined ? undefined : from.given.get(index);
  }

  /** The parameters that a function calls, or hands on to what it calls. */
  #calledParameters(id: FunctionId): ReadonlySet<number> {
    let found = this.#called.get(id);
    if (!found) {
      const fn = this.#program.functions.get(id);
      found = new Set(fn && this.#graph.callers(id).length <= MANY_CALLERS ? this.#uses(fn) : []);
      this.#called.set(id, found);
    }
    return found;
  }

  #uses(fn: FunctionFacts): number[] {
    if (fn.parameters.length === 0) return [];
    const used = [...this.#program.steps(fn.id).values()].flatMap(calledValues);
    const indexes = used.map(value => parameterAt(fn, value));
    return indexes
      .filter(index => index !== undefined && fn.parameters[index]?.rest === false)
      .map(Number)
      .sort((a, b) => a - b);
  }
}

const calledValues = (step: Step): ValueId[] =>
  step.kind === 'call' ? [...step.args, ...(step.target.kind === 'value' ? [step.target.of] : [])] : [];

/** The parameter that a value is, whole and as it was given. */
function parameterAt(fn: FunctionFacts | undefined, value: ValueId): number | undefined {
  const facts = fn?.values[value];
  if (facts?.kind !== 'read' || facts.place.path.length > 0) return undefined;
  return facts.place.root.kind === 'parameter' ? facts.place.root.index : undefined;
}
