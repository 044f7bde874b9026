/**
 * What a test runner tells by itself when a promise that nobody looks at rejects in a test: until a test's callback is
 * called (`(t, done) => …`) the test does not end, and some runners fail a test with every rejection that nobody handles.
 */
import type { FunctionFacts, FunctionId, Step, StepId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { PathWalker } from './consumptionPaths.ts';
import type { PromiseFate } from './promisesFate.ts';
import { type Suspension, suspension } from './suspension.ts';

/** Whether the runner tells the rejection, so that awaiting the promise would only tell it sooner. */
export const toldByRunner = defineAnalysis<(fate: PromiseFate) => boolean>('told-by-runner', (get, program) => {
  const finder = new Finder(get, program);
  return fate => finder.tells(fate);
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #suspension: Suspension;
  /** Bodies of tests and hooks. */
  readonly #bodies = new Set<FunctionId>();
  /** Those that end by a callback. */
  readonly #byCallback = new Set<FunctionId>();
  /** Bodies of tests that end when they come back: nothing that comes later can be what they are about. */
  readonly #atOnce = new Set<FunctionId>();
  /** Test files run by a runner that tells every unhandled rejection of its process. */
  readonly #telling = new Set<string>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#suspension = get(suspension);
    for (const fn of program.functions.keys()) {
      for (const step of program.steps(fn).values()) {
        if (step.kind !== 'register' || !step.entry.test) continue;
        const { endedBy, rejection, trigger } = step.entry;
        if (trigger === 'test' || (trigger === 'hook' && step.entry.awaitsHandler))
          for (const id of this.#graph.targets(fn, step.id)) this.#bodies.add(id);
        if (trigger === 'test')
          for (const id of this.#graph.targets(fn, step.id)) if (endsAtOnce(program, id)) this.#atOnce.add(id);
        if (rejection === 'all-reported') this.#telling.add(program.fileOf(fn));
        if (endedBy === undefined) continue;
        for (const id of this.#graph.targets(fn, step.id))
          if ((program.functions.get(id)?.parameters.length ?? 0) > endedBy) this.#byCallback.add(id);
      }
    }
  }

  /**
   * An assertion is there to be awaited; of other work the test goes on to see what it does, as long as it waits for
   * something later on, or is about nothing but what that work does at once.
   */
  tells({ node, fate, work }: PromiseFate): boolean {
    if (this.#endsByCallback(node.fn)) return true;
    const file = this.#program.fileOf(node.fn);
    if (!this.#telling.has(file) || !this.#program.modules.get(file)?.test) return false;
    const made = node.how === 'combined' && fate.kind === 'dropped' ? fate.step : node.step;
    if (made === null || (node.how !== 'combined' && work.length === 0 && !this.#isWork(node.fn, made))) return false;
    return (
      this.#waitsAfter(node.fn, made.id) ||
      (this.#atOnce.has(node.fn) && this.#looksAfter(node.fn, made.id)) ||
      this.#isInCallback(node.fn)
    );
  }

  /** A callback in a test that still waits for something when it has given the callback away, to a timer or a component. */
  #isInCallback(id: FunctionId): boolean {
    const fn = this.#program.functions.get(id);
    if (!fn || this.#bodies.has(id)) return false;
    for (let at = fn.parent; at !== null; at = this.#program.functions.get(at)?.parent ?? null) {
      const body = this.#bodies.has(at) ? this.#program.functions.get(at) : undefined;
      if (!body) continue; // A component, an effect.
      const steps = this.#program.steps(at);
      return [...this.#waits(body)].some(step => (steps.get(step)?.at[1] ?? 0) >= fn.at[1]);
    }
    return false;
  }

  /** It does something, rather than assert something: `expect(…)` and the like stand at the head of an assertion. */
  #isWork(id: FunctionId, made: Step): boolean {
    if (made.kind !== 'call' || made.known?.asserts === true) return false;
    if (made.target.kind === 'external') return true;
    const receiver = made.receiver === undefined ? undefined : this.#program.functions.get(id)?.values[made.receiver];
    return made.receiver === undefined
      ? made.target.kind === 'value'
      : receiver?.kind === 'read' && receiver.place.path.length === 0;
  }

  #endsByCallback(fn: FunctionId): boolean {
    for (let id: FunctionId | null = fn; id !== null; id = this.#program.functions.get(id)?.parent ?? null)
      if (this.#byCallback.has(id)) return true;
    return false;
  }

  /** On every way on, something is waited for that leaves the turn. */
  #waitsAfter(id: FunctionId, step: StepId): boolean {
    const fn = this.#program.functions.get(id);
    if (!fn) return false;
    const walker = new PathWalker(fn);
    const waits = this.#waits(fn);
    let lost = walker.lost(step, waits, new Set());
    // Rounds of a loop end: what counts is what comes then.
    while (lost?.kind === 'round') lost = walker.lost(lost.step.id, waits, new Set());
    return lost === null;
  }

  /** On every way on, something more is called: the test looks at what has been done by then. */
  #looksAfter(id: FunctionId, step: StepId): boolean {
    const fn = this.#program.functions.get(id);
    const calls = [...this.#program.steps(id).values()].filter(one => one.kind === 'call' && one.id > step);
    return fn !== undefined && new PathWalker(fn).lost(step, new Set(calls.map(one => one.id)), new Set()) === null;
  }

  #waits(fn: FunctionFacts): ReadonlySet<StepId> {
    const found = new Set<StepId>();
    for (const step of this.#program.steps(fn.id).values()) {
      const returned = step.kind === 'exit' && step.how === 'return' ? step.value : undefined;
      if (
        returned === undefined
          ? this.#suspension.ofStep(fn.id, step)
          : fn.values[returned]?.kind !== 'read' && this.#suspension.ofValue(fn.id, returned)
      )
        found.add(step.id);
    }
    return found;
  }
}

/** A plain function that gives nothing to wait for. */
function endsAtOnce(program: Program, id: FunctionId): boolean {
  if (program.functions.get(id)?.calling !== 'value') return false;
  return [...program.steps(id).values()].every(
    step => step.kind !== 'exit' || step.how !== 'return' || step.value === undefined,
  );
}
