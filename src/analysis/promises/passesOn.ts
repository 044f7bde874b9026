/**
 * Calls in handlers that pass an error on: the callee itself throws. What fails far below it, and its checks of other
 * things, do not count.
 */
import type { Block, Call, FunctionFacts, FunctionId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { innerBlocks } from '../steps.ts';

/** Whether a call, made in a handler, throws. Of a callback (`next(error)`): only where all that may be given do. */
export type PassesOn = (fn: FunctionId, step: Call) => boolean;

export const passesOn = defineAnalysis<PassesOn>('passes-on', (get, program) => {
  const finder = new Finder(get, program);
  return (fn, step) => finder.passesOn(fn, step);
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
  }

  passesOn(fn: FunctionId, step: Call): boolean {
    const throws = (id: FunctionId): boolean => {
      const callee = this.#program.functions.get(id);
      return callee !== undefined && this.#throwsItself(callee, callee.body, false);
    };
    const targets = this.#graph.targets(fn, step.id);
    return step.target.kind === 'value' ? targets.length > 0 && targets.every(throws) : targets.some(throws);
  }

  /**
   * A throw of its own, outside of any `try` that catches. `checked`: it is not on all ways that it throws, and what it
   * was not given is the failure of a check.
   */
  #throwsItself(fn: FunctionFacts, block: Block, checked: boolean): boolean {
    let passed = checked;
    const inside = (inner: Block): boolean => this.#throwsItself(fn, inner, passed);
    for (const step of block) {
      switch (step.kind) {
        case 'exit':
          if (step.how === 'throw' && (!passed || step.value === undefined || this.#isGiven(fn, step.value)))
            return true;
          break;
        case 'branch':
          if (step.arms.some(arm => this.#throwsItself(fn, arm.body, true))) return true;
          break;
        case 'try':
          if (step.handlers.length === 0 && inside(step.body)) return true;
          if (step.handlers.some(handler => inside(handler.body)) || inside(step.finally)) return true;
          break;
        default:
          if (innerBlocks(step).some(inside)) return true;
      }
      passed ||= innerBlocks(step).some(mayReturn);
    }
    return false;
  }

  /** A parameter, or something that is made with it: `new Error(text, { cause: error })`. */
  #isGiven(fn: FunctionFacts, value: ValueId, hops = 4): boolean {
    const facts = fn.values[value];
    const any = (values: readonly ValueId[]): boolean => values.some(one => this.#isGiven(fn, one, hops - 1));
    if (!facts || hops === 0) return false;
    if (facts.kind === 'read') {
      const { root } = facts.place;
      return root.kind === 'parameter' || (root.kind === 'value' && any([root.of]));
    }
    if (facts.kind === 'object') return any([...Object.values(facts.fields), ...facts.spreads]);
    if (facts.kind === 'choice' || facts.kind === 'from') return any(facts.values);
    const made = facts.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return made?.kind === 'call' && any(made.args);
  }
}

/** Some way through the block leaves the function with a value. */
export const mayReturn = (block: Block): boolean =>
  block.some(step => (step.kind === 'exit' ? step.how === 'return' : innerBlocks(step).some(mayReturn)));
