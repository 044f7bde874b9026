/** Which promises a value certainly is: on every way that leads to it, an expression that makes one. */
import type { Call, FunctionId, Place, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type PromiseNode, promises } from './promises.ts';
import { returnedValues } from './promisesReturns.ts';
import { type Program, variableAt } from '../program.ts';

export interface MadePromises {
  /** The expressions that make it; null: it may be something else, or nobody knows. */
  of(fn: FunctionId, value: ValueId): readonly PromiseNode[] | null;
}

export const madePromises = defineAnalysis<MadePromises>('promises-made', (get, program) => new Tracer(get, program));

const DEPTH = 8;

class Tracer implements MadePromises {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #nodes = new Map<string, PromiseNode>();
  #computed: ReadonlySet<FunctionId> | undefined;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    for (const node of get(promises).all) this.#nodes.set(`${node.fn} ${node.value}`, node);
  }

  of(fn: FunctionId, value: ValueId): readonly PromiseNode[] | null {
    return this.#of(fn, value, DEPTH);
  }

  #of(fn: FunctionId, value: ValueId, depth: number): readonly PromiseNode[] | null {
    const node = this.#nodes.get(`${fn} ${value}`);
    if (node) return node.gives === 'promise' && this.#isCertain(node, depth) ? [node] : null;
    const facts = depth > 0 ? this.#program.functions.get(fn)?.values[value] : undefined;
    switch (facts?.kind) {
      case 'choice':
        return this.#all(fn, facts.values, depth - 1);
      case 'from':
        return facts.how === 'copy' ? this.#all(fn, facts.values, depth - 1) : null;
      case 'element':
        return this.#elements(fn, facts.of, depth - 1);
      case 'read':
        return this.#read(fn, facts.place, depth - 1);
      default:
        return null;
    }
  }

  /** The type of the call says so, or every return of every callee gives a promise. */
  #isCertain({ fn, step }: PromiseNode, depth: number): boolean {
    if (step?.kind !== 'call' || step.newOf !== undefined || step.gives === 'promise') return true;
    const targets = this.#graph.targets(fn, step.id);
    if (this.#isNamed(fn, step) && targets.some(id => this.#underComputedKeys().has(id))) return false;
    return targets.every(id => {
      const facts = this.#program.functions.get(id);
      if (facts?.calling !== 'value') return facts?.calling === 'promise' || facts?.calling === 'coroutine';
      const returned = returnedValues(facts);
      return returned.length > 0 && depth > 0 && returned.every(({ value }) => this.#of(id, value, depth - 1) !== null);
    });
  }

  /** The callee is a member read by its name. */
  #isNamed(fn: FunctionId, { target }: Call): boolean {
    const callee = target.kind === 'value' ? this.#program.functions.get(fn)?.values[target.of] : undefined;
    const last = callee?.kind === 'read' ? callee.place.path.at(-1) : undefined;
    return last !== undefined && 'field' in last;
  }

  /** Functions put where a key says: `this[name] = () => …`. Under which names, nobody knows. */
  #underComputedKeys(): ReadonlySet<FunctionId> {
    if (this.#computed) return this.#computed;
    const found = new Set<FunctionId>();
    for (const fn of this.#program.functions.values()) {
      for (const step of this.#program.steps(fn.id).values()) {
        if (step.kind !== 'access' || step.value === undefined) continue;
        const last = step.place.path.at(-1);
        const put = fn.values[step.value];
        if (put?.kind === 'function' && last && 'key' in last && typeof last.key === 'number') found.add(put.id);
      }
    }
    this.#computed = found;
    return found;
  }

  #all(fn: FunctionId, values: readonly ValueId[], depth: number): readonly PromiseNode[] | null {
    const found = values.map(value => this.#of(fn, value, depth));
    return found.length > 0 && found.every(nodes => nodes !== null) ? found.flat() : null;
  }

  #read(fn: FunctionId, { root, path }: Place, depth: number): readonly PromiseNode[] | null {
    if (root.kind === 'value') {
      const [first] = path;
      if (path.length === 0) return this.#of(fn, root.of, depth);
      return path.length === 1 && first && 'any' in first ? this.#elements(fn, root.of, depth) : null;
    }
    if (path.length > 0) return null;
    const { owner, slot } = variableAt(this.#program, root) ?? {};
    return owner && slot && !slot.assignedAgain && slot.value !== null ? this.#of(owner.id, slot.value, depth) : null;
  }

  /** What every element of an array is. */
  #elements(fn: FunctionId, value: ValueId, depth: number): readonly PromiseNode[] | null {
    const facts = depth > 0 ? this.#program.functions.get(fn)?.values[value] : undefined;
    if (facts?.kind === 'array') return facts.spreads.length === 0 ? this.#all(fn, facts.values, depth - 1) : null;
    if (facts?.kind === 'from' && facts.how === 'copy') {
      const [only, ...others] = facts.values;
      return only !== undefined && others.length === 0 ? this.#elements(fn, only, depth - 1) : null;
    }
    return facts?.kind === 'read' && facts.place.root.kind === 'value' && facts.place.path.length === 0
      ? this.#elements(fn, facts.place.root.of, depth - 1)
      : null;
  }
}
