/**
 * What the parameters of a callee stand for at one call: the function of a callback, a constant that is tested. What a
 * wrapper does with the callback of one caller, or a flag of another lets it do, says nothing about its other callers.
 */
import type { Branch, Call, Condition, FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import { truthOfText } from '../flow/givenTests.ts';
import type { Program } from '../program.ts';
import { conditionReads, decided } from '../steps.ts';

/** What a parameter stands for: a function, or a constant with its text. */
type Given = { fn: FunctionId } | { text: string };

/** A function, and what its parameters stand for where that is known. */
export interface Activation {
  /** Tells it from the other activations of the function; the function's id where nothing is known. */
  key: string;
  fn: FunctionId;
  given: ReadonlyMap<number, Given>;
}

const NOTHING: ReadonlyMap<number, Given> = new Map();

/** A function with more callers than this is looked at once for all of them. */
const MANY_CALLERS = 100;

/** The function as any caller may call it. */
export const anyActivation = (fn: FunctionId): Activation => ({ key: fn, fn, given: NOTHING });

/** The parameters of a function that it calls or hands on, and those that it tests. */
interface Telling {
  called: ReadonlySet<number>;
  tested: ReadonlySet<number>;
}

export class CallContexts {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #telling = new Map<FunctionId, Telling>();

  constructor(program: Program, graph: CallGraph) {
    this.#program = program;
    this.#graph = graph;
  }

  /** What a call in an activation may run. */
  callees(from: Activation, step: Call): readonly Activation[] {
    const own = this.callback(from, step);
    const targets = own === undefined ? this.#inOperation(from.fn, step) : [own];
    return targets.map(target => this.#activation(from, step, target));
  }

  /** Without what tests put in its place: how a mock fails says nothing of the code that it is tried on. */
  #inOperation(fn: FunctionId, step: Call): readonly FunctionId[] {
    const all = this.#graph.targets(fn, step.id);
    // What is bound (`fs[name].bind(fs)`) calls what it was made of, never itself.
    const isBound = this.#program.functions.get(fn)?.synthetic === true;
    const targets = isBound ? all.filter(target => target !== fn) : all;
    return this.#isOfTest(fn) ? targets : targets.filter(target => !this.#isOfTest(target));
  }

  #isOfTest(fn: FunctionId): boolean {
    return this.#program.modules.get(this.#program.fileOf(fn))?.test === true;
  }

  /** The function that the called parameter stands for. */
  callback(from: Activation, step: Call): FunctionId | undefined {
    const given = step.target.kind === 'value' ? this.#given(from, step.target.of) : undefined;
    return given && 'fn' in given ? given.fn : undefined;
  }

  /** The outcome of a branch in an activation, where what it was given decides. */
  way(of: Activation, { condition, arms }: Branch): 'true' | 'false' | undefined {
    if (of.given.size === 0 || arms.some(arm => arm.when !== 'true' && arm.when !== 'false')) return undefined;
    const holds = decided(condition, part => this.#holds(of, part));
    return holds === null ? undefined : holds ? 'true' : 'false';
  }

  #activation(from: Activation, step: Call, target: FunctionId): Activation {
    if ((step.spreads ?? []).length > 0) return anyActivation(target);
    const given = new Map<number, Given>();
    const { called, tested } = this.#told(target);
    for (const index of called) {
      const one = this.#givenAt(from, step, target, index);
      if (one && 'fn' in one) given.set(index, one);
    }
    for (const index of tested) {
      const one = this.#givenAt(from, step, target, index);
      if (one && 'text' in one) given.set(index, one);
    }
    return given.size === 0 ? anyActivation(target) : { key: JSON.stringify([target, ...given]), fn: target, given };
  }

  /** What stands in an argument: a function or constant written there, or something that was given and is handed on. */
  #givenAt(from: Activation, step: Call, target: FunctionId, index: number): Given | undefined {
    const arg = step.args[index];
    if (arg !== undefined) return this.#valueIn(from, arg);
    const callee = this.#program.functions.get(target);
    const initial = callee?.parameters[index]?.initial;
    if (initial === undefined) return { text: 'undefined' };
    const facts = callee?.values[initial];
    return facts?.kind === 'constant' ? { text: facts.text } : undefined;
  }

  #valueIn(from: Activation, value: ValueId): Given | undefined {
    const facts = this.#program.functions.get(from.fn)?.values[value];
    if (facts?.kind === 'function') return { fn: facts.id };
    return facts?.kind === 'constant' ? { text: facts.text } : this.#given(from, value);
  }

  #given(from: Activation, value: ValueId): Given | undefined {
    if (from.given.size === 0) return undefined;
    const index = parameterAt(this.#program.functions.get(from.fn), value);
    return index === undefined ? undefined : from.given.get(index);
  }

  #holds(of: Activation, condition: Condition): boolean | null {
    switch (condition.kind) {
      case 'truthy':
      case 'nullish': {
        const given = this.#valueIn(of, condition.value);
        if (!given) return null;
        if ('fn' in given) return condition.kind === 'truthy';
        return condition.kind === 'truthy' ? truthOfText(given.text) : NULLISH.has(given.text);
      }
      case 'equal': {
        const [left, right] = [this.#valueIn(of, condition.left), this.#valueIn(of, condition.right)];
        return left && right && 'text' in left && 'text' in right ? left.text === right.text : null;
      }
      default:
        return null;
    }
  }

  #told(id: FunctionId): Telling {
    let found = this.#telling.get(id);
    if (!found) {
      const fn = this.#program.functions.get(id);
      const known = fn && fn.parameters.length > 0 && this.#graph.callers(id).length <= MANY_CALLERS;
      const steps = known ? [...this.#program.steps(id).values()] : [];
      const indexes = (of: (step: Step) => ValueId[]): Set<number> =>
        new Set(fn ? steps.flatMap(step => of(step).flatMap(value => parameterAt(fn, value) ?? [])) : []);
      found = { called: indexes(calledValues), tested: indexes(testedValues) };
      this.#telling.set(id, found);
    }
    return found;
  }
}

const NULLISH: ReadonlySet<string> = new Set(['undefined', 'null']);

const calledValues = (step: Step): ValueId[] =>
  step.kind === 'call' ? [...step.args, ...(step.target.kind === 'value' ? [step.target.of] : [])] : [];

const testedValues = (step: Step): ValueId[] => (step.kind === 'branch' ? conditionReads(step.condition) : []);

/** The parameter that a value is, whole and as it was given. */
function parameterAt(fn: FunctionFacts | undefined, value: ValueId): number | undefined {
  const facts = fn?.values[value];
  if (facts?.kind !== 'read' || facts.place.path.length > 0 || facts.place.root.kind !== 'parameter') return undefined;
  const { index } = facts.place.root;
  return fn?.parameters[index]?.rest === true ? undefined : index;
}
