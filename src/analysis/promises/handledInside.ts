/**
 * Functions that handle the rejection of the promise that they give: `const p = work(); p.catch(log); return p`, and
 * those that give what such a function gave them. Whoever drops what they give leaves nothing unseen.
 */
import type { FunctionFacts, FunctionId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { onlyThrows } from './failingSteps.ts';
import type { Program } from '../program.ts';
import { returnedValues } from './promisesReturns.ts';
import { valuesBehind } from '../valueParts.ts';

/** Whether every promise that a call of the function may give has a rejection handler, put on it by the function. */
export const handledInside = defineAnalysis<(fn: FunctionId) => boolean>('handled-inside', (get, program) => {
  const finder = new Finder(get, program);
  return fn => finder.handles(fn);
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #known = new Map<FunctionId, boolean>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
  }

  handles(id: FunctionId): boolean {
    let known = this.#known.get(id);
    if (known === undefined) {
      const fn = this.#program.functions.get(id);
      // Recursion handles nothing by itself.
      this.#known.set(id, false);
      known = fn?.calling === 'value' && this.#handlesAll(fn);
      this.#known.set(id, known);
    }
    return known;
  }

  #handlesAll(fn: FunctionFacts): boolean {
    const handled = new Set<string>();
    for (const step of this.#program.steps(fn.id).values())
      if (step.kind === 'chain' && step.onRejected !== undefined)
        for (const one of valuesBehind(fn, step.of)) handled.add(nameOf(fn, one));
    const isHandled = (value: ValueId): boolean => handled.has(nameOf(fn, value)) || this.#isHandledByCallee(fn, value);
    const given = returnedValues(fn).flatMap(({ value }) => valuesBehind(fn, value));
    return given.some(isHandled) && given.every(value => isHandled(value) || this.#refuses(fn, value));
  }

  /** `return this.track(work())`: whoever is asked has put a handler on what it gives back. */
  #isHandledByCallee(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    const makers = step?.kind === 'call' ? this.#graph.targets(fn.id, step.id) : [];
    return makers.length > 0 && makers.every(id => this.handles(id));
  }

  /** A reaction that does nothing but throw, where the work is not begun: the caller is told that it may not ask. */
  #refuses(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'chain' || step.onFulfilled === undefined) return false;
    const reactions = this.#graph.functionsIn(fn.id, step.onFulfilled);
    return reactions.length > 0 && reactions.every(id => onlyThrows(this.#program.functions.get(id)?.body ?? []));
  }
}

/** Two reads of one place are one promise. */
function nameOf(fn: FunctionFacts, value: ValueId): string {
  const facts = fn.values[value];
  return facts?.kind === 'read' ? JSON.stringify([facts.place.root, facts.place.path]) : `v${value}`;
}
