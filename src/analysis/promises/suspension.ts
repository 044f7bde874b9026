/**
 * Whether waiting for something leaves the turn: other callbacks, timers and I/O run before it goes on (ALGORITHMS,
 * suspension strength `macro`). A whole-program summary by least fixpoint; unknown code counts as leaving.
 */
import type {
  Await,
  Call,
  FunctionFacts,
  FunctionId,
  Place,
  Step,
  StepId,
  TypeId,
  ValueId,
} from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { growToLeast } from '../leastSet.ts';
import { isPromiseMade } from './mayReject.ts';
import type { Program } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';

const PROMISE: TypeId = 'lib#Promise';

export interface Suspension {
  /** Waiting for the promise that a call of the function gives leaves the turn. */
  ofFunction(fn: FunctionId): boolean;
  /** Waiting for what is in a value leaves the turn. */
  ofValue(fn: FunctionId, value: ValueId): boolean;
  /** The step itself leaves the turn of its function. */
  ofStep(fn: FunctionId, step: Step): boolean;
}

export const suspension = defineAnalysis<Suspension>('suspension', (get, program) => {
  const solver = new Solver(get, program);
  solver.solve();
  return solver;
});

/** A module as a whole, which is there, and no promise. */
const isModule = ({ root, path }: Place): boolean =>
  path.length === 0 &&
  ((root.kind === 'module' && root.name === '*') || (root.kind === 'external' && root.name.endsWith('#*')));

class Solver implements Suspension {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #leaving = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
  }

  solve(): void {
    growToLeast(this.#program, this.#graph, this.#leaving, fn => this.#leaves(fn));
  }

  ofFunction(fn: FunctionId): boolean {
    return this.#leaving.has(fn);
  }

  ofValue(fn: FunctionId, value: ValueId): boolean {
    return this.#value(fn, value, new Set());
  }

  ofStep(fn: FunctionId, step: Step): boolean {
    switch (step.kind) {
      case 'await':
        return this.#await(fn, step);
      case 'loop':
        return step.awaitsEach;
      case 'yield':
        return this.#program.functions.get(fn)?.calling === 'async-generator';
      case 'acquire':
      case 'wait':
        return step.wait !== 'try';
      default:
        return false;
    }
  }

  #leaves(fn: FunctionFacts): boolean {
    const isTask = fn.calling === 'promise' || fn.calling === 'coroutine' || fn.calling === 'async-generator';
    for (const step of this.#program.steps(fn.id).values()) {
      if (isTask && this.ofStep(fn.id, step)) return true;
      if (step.kind !== 'exit' || step.how !== 'return' || step.value === undefined) continue;
      if (valuesBehind(fn, step.value).some(value => this.#isWaitedFor(fn, value))) return true;
    }
    return false;
  }

  /** What is kept somewhere and returned is a plain value, unless it is declared to be a promise. */
  #isWaitedFor(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    if (facts?.kind !== 'read') return this.ofValue(fn.id, value);
    const { root, path } = facts.place;
    const last = path.at(-1);
    if (last)
      return (
        'field' in last &&
        last.of !== undefined &&
        this.#program.types.get(last.of)?.fields[last.field]?.type === PROMISE
      );
    const owner = root.kind === 'module' ? `${root.file}#` : root.kind === 'captured' ? root.from : undefined;
    const name = root.kind === 'module' ? root.name : root.kind === 'captured' ? root.slot : undefined;
    if (owner === undefined || name === undefined) return false;
    return this.#program.functions.get(owner)?.slots[name]?.type === PROMISE;
  }

  #await(fn: FunctionId, { strength, values }: Await): boolean {
    if (strength !== 'callee') return strength === 'macro';
    // Awaiting a list waits for nothing that is in it.
    return values.some(
      value => this.#program.functions.get(fn)?.values[value]?.kind !== 'array' && this.ofValue(fn, value),
    );
  }

  #value(fnId: FunctionId, value: ValueId, seen: Set<ValueId>): boolean {
    const facts = this.#program.functions.get(fnId)?.values[value];
    if (!facts || seen.has(value)) return false;
    seen.add(value);
    const any = (values: readonly ValueId[]): boolean => values.some(one => this.#value(fnId, one, seen));
    switch (facts.kind) {
      case 'result':
        return !this.#isSettledHere(fnId, value) && this.#result(fnId, facts.of, seen);
      case 'combined':
      case 'choice':
      case 'array':
        return any(facts.values);
      case 'from':
        return facts.how === 'copy' && any(facts.values);
      case 'view':
      case 'ordered':
      case 'element':
        return this.#value(fnId, facts.of, seen);
      case 'read':
        if (isModule(facts.place)) return false;
        return facts.place.root.kind === 'value' && facts.place.path.length === 0
          ? this.#value(fnId, facts.place.root.of, seen)
          : true;
      case 'unknown':
        return true;
      default:
        return false;
    }
  }

  #result(fn: FunctionId, of: StepId, seen: Set<ValueId>): boolean {
    const step = this.#program.steps(fn).get(of);
    if (step?.kind === 'chain')
      return this.#value(fn, step.of, seen) || this.#graph.targets(fn, step.id).some(id => this.#leaving.has(id));
    return step?.kind === 'call' && this.#call(fn, step);
  }

  /** `Promise.resolve()`: settled before anybody can wait for it. */
  #isSettledHere(fn: FunctionId, value: ValueId): boolean {
    return [...this.#program.steps(fn).values()].some(step => step.kind === 'settle' && step.promise === value);
  }

  #call(fn: FunctionId, step: Call): boolean {
    if (isPromiseMade(step)) return true;
    const targets = this.#graph.targets(fn, step.id);
    if (targets.length > 0) return targets.some(id => this.#leaving.has(id));
    if (step.known?.leavesTurn === false) return false;
    if (step.known?.leavesTurn || step.known?.outside !== undefined) return true;
    if (step.newOf !== undefined || step.gives === 'value' || step.gives === 'safe') return false;
    return !(step.target.kind === 'external' && step.known !== undefined);
  }
}
