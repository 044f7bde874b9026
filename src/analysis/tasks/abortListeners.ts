/** What aborting a controller runs: the listeners of its signal. */
import type { Cancel, FunctionId, Place } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import type { Program } from '../program.ts';
import type { Refs } from '../refs.ts';
import { lastField } from '../valueParts.ts';

/** Listeners that may be those of the controller that is aborted: all but those that are known to be another's. */
export type AbortListeners = (fn: FunctionId, abort: Cancel) => readonly FunctionId[];

interface Listeners {
  run: readonly FunctionId[];
  /** Where the controllers are made whose signal it is; null: nobody knows. */
  of: ReadonlySet<string> | null;
}

export const abortListeners = defineAnalysis<AbortListeners>('abort-listeners', (get, program) => {
  const finder = new Finder(get, program);
  return (fn, abort) => finder.runBy(fn, abort);
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #all: readonly Listeners[];

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#all = [...program.functions.keys()].flatMap(fn => this.#addedIn(fn));
  }

  runBy(fn: FunctionId, { what }: Cancel): FunctionId[] {
    const facts = this.#program.functions.get(fn);
    if (!facts || this.#all.length === 0) return [];
    const frame = this.#eval.symbolicFrame(facts);
    const sites = this.#controllers(
      typeof what === 'number' ? this.#eval.evaluate(frame, what) : this.#eval.place(frame, what),
    );
    return this.#all.flatMap(({ run, of }) =>
      sites === null || of === null || [...of].some(site => sites.has(site)) ? run : [],
    );
  }

  #addedIn(fn: FunctionId): Listeners[] {
    return [...this.#program.steps(fn).values()].flatMap(step => {
      if (step.kind !== 'access' || step.mode !== 'update' || step.value === undefined) return [];
      if (lastField(step.place) !== 'on:abort') return [];
      return [{ run: this.#graph.functionsIn(fn, step.value), of: this.#signalOf(fn, step.place) }];
    });
  }

  #signalOf(fn: FunctionId, place: Place): ReadonlySet<string> | null {
    const facts = this.#program.functions.get(fn);
    if (!facts) return null;
    return this.#controllers(
      this.#eval.place(this.#eval.symbolicFrame(facts), { ...place, path: place.path.slice(0, -1) }),
    );
  }

  /** Of controllers and of their signals alike. */
  #controllers(refs: Refs): ReadonlySet<string> | null {
    const sites = new Set<string>();
    for (const ref of refs.flatMap(one => [...this.#eval.resolve(one)])) {
      const holders = ref.kind === 'field' && ref.name === 'signal' ? this.#eval.resolve(ref.base) : [ref];
      for (const holder of holders) {
        if (holder.kind !== 'made') return null;
        sites.add(holder.site);
      }
    }
    return sites.size > 0 ? sites : null;
  }
}
