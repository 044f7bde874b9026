/** Lost promises that one word would give an owner: waited for where they are made, or given to a caller who waits. */
import type { FunctionFacts, FunctionId, Loop, Step } from '../../model/facts.ts';
import type { PlacedRepair } from '../../model/repairs.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Program, walkSteps } from '../program.ts';
import { isHandled, type PromiseFate } from './promisesFate.ts';

/** Null: there is no such change, or it could change more than who owns the promise. */
export type RepairOf = (fate: PromiseFate) => PlacedRepair | null;

export const promiseRepairs = defineAnalysis<RepairOf>('promise-repairs', (get, program) => {
  const finder = new Finder(get, program);
  return fate => finder.of(fate);
});

/** An awaited call is followed this far to see whether it comes to an end. */
const DEPTH = 4;

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  /** Functions whose promise the reaction of a chain, or whoever registered them, waits for. */
  readonly #awaited = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    for (const fn of program.functions.values())
      for (const step of program.steps(fn.id).values()) this.#noteAwaited(fn, step);
  }

  #noteAwaited(fn: FunctionFacts, step: Step): void {
    if (step.kind === 'chain') {
      for (const handler of [step.onFulfilled, step.onRejected, step.onFinally]) {
        const value = handler === undefined ? undefined : fn.values[handler];
        if (value?.kind === 'function') this.#awaited.add(value.id);
      }
    } else if (step.kind === 'register' && step.entry.awaitsHandler) {
      for (const id of this.#graph.targets(fn.id, step.id)) this.#awaited.add(id);
    }
  }

  of({ node, fate, work, rejection }: PromiseFate): PlacedRepair | null {
    const fn = this.#program.functions.get(node.fn);
    if (!fn || fn.synthetic || fate.kind !== 'dropped' || fate.how !== 'statement') return null;
    if (node.gives === 'promises' || node.confidence !== 'high') return null;
    // Its errors have an owner: that it runs on is meant.
    if (isHandled(rejection) || (node.step?.kind === 'chain' && node.step.onRejected !== undefined)) return null;
    // Who is to read comes after it.
    if (node.step?.kind === 'call' && node.step.known?.settledByReader === true) return null;
    // One after the other is another program than all at once.
    if (this.#program.repeatedSteps(fn.id).has(fate.step.id)) return null;
    if (work.some(id => this.#goesOn(id, fn.id, DEPTH, new Set()))) return null;
    const file = this.#program.fileOf(fn.id);
    if (fn.calling === 'promise' || fn.calling === 'async-generator')
      return { file, repair: { kind: 'await', at: node.at } };
    return fn.calling === 'value' && this.#awaited.has(fn.id) && isLast(fn, fate.step)
      ? { file, repair: { kind: 'return', at: node.at } }
      : null;
  }

  /** It comes back to whoever starts it, or goes round until something else happens: its end is far, or never comes. */
  #goesOn(id: FunctionId, from: FunctionId, depth: number, seen: Set<FunctionId>): boolean {
    if (id === from) return true;
    const fn = this.#program.functions.get(id);
    if (!fn || depth === 0 || seen.has(id)) return false;
    seen.add(id);
    for (const step of this.#program.steps(id).values()) {
      if (step.kind === 'loop' && isOpen(step)) return true;
      if (
        step.kind === 'call' &&
        this.#graph.targets(id, step.id).some(next => this.#goesOn(next, from, depth - 1, seen))
      )
        return true;
    }
    return false;
  }
}

/** It waits in every round, and goes over nothing that is known when it begins. */
function isOpen(loop: Loop): boolean {
  if (loop.awaitsEach) return true;
  if (loop.over !== undefined || loop.times.kind === 'exactly' || loop.times.kind === 'length') return false;
  let waits = false;
  walkSteps(loop.body, step => (waits ||= step.kind === 'await'));
  return waits;
}

/** Nothing comes after it, and no other path gives anything. */
function isLast(fn: FunctionFacts, step: Step): boolean {
  const gives = [...fn.body].some(one => one.kind === 'exit' && one.how === 'return');
  return !gives && fn.body.at(-1) === step;
}
