/**
 * The place at the bottom of why work fails: what the work waits for is followed from call to call, to a `throw`, a
 * promise settled by hand, or one that is kept. What many findings have in common there is one thing to look at.
 */
import type { FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program, Site } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';
import { isPromiseMade, mayFail, type MayReject, mayReject } from './mayReject.ts';

/** Null: an outside operation fails there, which each caller has to expect for itself, or it is not known what does. */
export type FailureRoot = (work: readonly FunctionId[]) => Site | null;

export const failureRoots = defineAnalysis<FailureRoot>('failure-roots', (get, program) => {
  const roots = new Roots(get, program);
  return work => {
    const failing = work.find(id => roots.fails(id));
    return failing === undefined ? null : roots.of(failing, new Set());
  };
});

class Roots {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejects: MayReject;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#rejects = get(mayReject);
  }

  fails(id: FunctionId): boolean {
    return mayFail(this.#rejects.rejects(id)) || mayFail(this.#rejects.throws(id));
  }

  of(id: FunctionId, seen: Set<FunctionId>): Site | null {
    const fn = this.#program.functions.get(id);
    const cause = seen.has(id) ? null : this.#rejects.cause(id);
    seen.add(id);
    return fn && cause ? this.#ofStep(fn, cause.step, seen) : null;
  }

  #ofStep(fn: FunctionFacts, step: Step, seen: Set<FunctionId>): Site | null {
    const here = this.#program.site(fn.id, step.at);
    switch (step.kind) {
      case 'await':
        return step.values.length === 0 ? null : this.#ofValues(fn, step.values, here, seen);
      case 'exit':
        if (step.how === 'throw') return here;
        return step.value === undefined ? null : this.#ofValues(fn, [step.value], here, seen);
      case 'chain':
        return this.#ofValues(fn, [step.of], here, seen);
      case 'call': {
        const failing = this.#graph.targets(fn.id, step.id).find(id => this.fails(id));
        if (failing !== undefined) return this.of(failing, seen);
        return isPromiseMade(step) ? here : null;
      }
      default:
        return null;
    }
  }

  /** `here`: where they are waited for, which is all that is known of one that is kept somewhere. */
  #ofValues(fn: FunctionFacts, values: readonly ValueId[], here: Site, seen: Set<FunctionId>): Site | null {
    const [value] = values.filter(one => mayFail(this.#rejects.value(fn.id, one)));
    const [behind] = value === undefined ? [] : valuesBehind(fn, value);
    const facts = behind === undefined ? undefined : fn.values[behind];
    if (facts?.kind === 'read') return here;
    const made = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return made ? this.#ofStep(fn, made, seen) : null;
  }
}
