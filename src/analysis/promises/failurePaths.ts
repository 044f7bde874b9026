/**
 * Why work fails, told from call to call: what the work waits for is followed to a `throw`, a promise settled by hand,
 * one that is kept, or an outside operation. What many findings have in common at the end is one thing to look at.
 */
import type { FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type StandsFor, standsFor } from '../flow/standsFor.ts';
import type { Program, Site } from '../program.ts';
import { type Names, names } from '../tasks/ownershipNames.ts';
import { valuesBehind } from '../valueParts.ts';
import { isPromiseMade, mayFail, type MayReject, mayReject } from './mayReject.ts';

export interface FailurePath {
  /** From the work down to what fails. */
  steps: readonly { site: Site; message: string }[];
  /** Null: an outside operation fails there, which each caller has to expect for itself, or it is not known what does. */
  root: Site | null;
}

export const NO_PATH: FailurePath = { steps: [], root: null };

export interface FailurePaths {
  /** Of the first of the functions that fails; nothing where none does. */
  of(work: readonly FunctionId[]): FailurePath;
  /** Of the promise in a value, which the function itself does not have to wait for: the way down to what fails. */
  ofValue(fn: FunctionId, value: ValueId): FailurePath['steps'];
}

export const failurePaths = defineAnalysis<FailurePaths>('failure-paths', (get, program) => new Paths(get, program));

/** Why one of so many functions fails says little of the others. */
const FEW = 3;
/** Calls that a reader follows. */
const LONG = 8;

class Paths implements FailurePaths {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejects: MayReject;
  readonly #names: Names;
  readonly #standsFor: StandsFor;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#rejects = get(mayReject);
    this.#names = get(names);
    this.#standsFor = get(standsFor);
  }

  of(work: readonly FunctionId[]): FailurePath {
    const failing = work.find(id => this.#fails(id));
    if (failing === undefined) return NO_PATH;
    const walk = new Walk();
    const root = this.#ofFunction(failing, walk);
    return { steps: work.length > FEW ? [] : walk.steps.slice(0, LONG), root };
  }

  ofValue(fn: FunctionId, value: ValueId): FailurePath['steps'] {
    const facts = this.#program.functions.get(fn);
    const made = facts && this.#madeBy(facts, value);
    const walk = new Walk();
    if (made && made !== 'kept') this.#ofMade(facts, made, walk);
    return walk.steps.slice(0, LONG);
  }

  #fails(id: FunctionId): boolean {
    return mayFail(this.#rejects.rejects(id)) || mayFail(this.#rejects.throws(id));
  }

  #ofFunction(id: FunctionId, walk: Walk): Site | null {
    const told = this.#standsFor(id).find(one => this.#fails(one)) ?? id;
    const fn = this.#program.functions.get(told);
    const cause = walk.seen.has(told) ? null : this.#rejects.cause(told);
    walk.seen.add(told);
    if (!fn || !cause) return null;
    const made = this.#waitedFor(fn, cause);
    const site = this.#program.site(told, cause.at);
    walk.steps.push({ site, message: this.#sentence(fn, cause, made) });
    if (made === 'kept' || (cause.kind === 'exit' && cause.how === 'throw')) return site;
    return made ? this.#ofMade(fn, made, walk) : null;
  }

  /** A promise that a call or a reaction makes. */
  #ofMade(fn: FunctionFacts, step: Step, walk: Walk): Site | null {
    if (step.kind === 'chain') return this.#ofChain(fn, step, walk);
    if (step.kind !== 'call') return null;
    const failing = this.#graph.targets(fn.id, step.id).find(id => this.#fails(id));
    if (failing !== undefined) return this.#ofFunction(failing, walk);
    return isPromiseMade(step) ? this.#program.site(fn.id, step.at) : null;
  }

  #ofChain(fn: FunctionFacts, step: Step & { kind: 'chain' }, walk: Walk): Site | null {
    const made = this.#madeBy(fn, step.of);
    if (made === 'kept') return this.#program.site(fn.id, step.at);
    if (made) return this.#ofMade(fn, made, walk);
    const reaction = [step.onFulfilled, step.onFinally]
      .flatMap(one => (one === undefined ? [] : this.#graph.functionsIn(fn.id, one)))
      .find(id => this.#fails(id));
    return reaction === undefined ? null : this.#ofFunction(reaction, walk);
  }

  /** What makes the promise that the step waits for, or gives on; undefined where nobody knows, or nothing is waited for. */
  #waitedFor(fn: FunctionFacts, step: Step): Step | 'kept' | undefined {
    switch (step.kind) {
      case 'await':
        return this.#firstMade(fn, step.values);
      case 'exit':
        return step.value === undefined || step.how === 'throw' ? undefined : this.#madeBy(fn, step.value);
      case 'loop':
        return step.over === undefined ? undefined : this.#madeBy(fn, step.over);
      case 'call':
      case 'chain':
        return step;
      default:
        return undefined;
    }
  }

  #firstMade(fn: FunctionFacts, values: readonly ValueId[]): Step | 'kept' | undefined {
    const failing = values.find(one => mayFail(this.#rejects.value(fn.id, one)));
    return failing === undefined ? undefined : this.#madeBy(fn, failing);
  }

  #madeBy(fn: FunctionFacts, value: ValueId): Step | 'kept' | undefined {
    const fails = (one: ValueId): boolean => mayFail(this.#rejects.value(fn.id, one));
    const behind = valuesBehind(fn, value).find(fails);
    const facts = behind === undefined ? undefined : fn.values[behind];
    switch (facts?.kind) {
      case 'read':
        return 'kept';
      case 'result':
        return this.#program.steps(fn.id).get(facts.of);
      case 'array':
      case 'combined':
        return this.#firstMade(fn, facts.values);
      default:
        return undefined;
    }
  }

  #sentence(fn: FunctionFacts, step: Step, made: Step | 'kept' | undefined): string {
    const what = this.#what(fn, made);
    const does = (): string => {
      switch (step.kind) {
        case 'exit':
          return step.how === 'throw' ? 'throws here' : `returns ${what} here, which may reject`;
        case 'await':
          return `awaits ${what} here, which may reject`;
        case 'loop':
          return `iterates over ${what} here, which may reject`;
        case 'call':
          return `calls ${what} here, which may throw`;
        default:
          return 'may fail here';
      }
    };
    return `\`${this.#names.fn(fn.id)}\` ${does()}`;
  }

  #what(fn: FunctionFacts, made: Step | 'kept' | undefined): string {
    if (made === 'kept') return 'a promise that is kept';
    const first = made?.kind === 'chain' ? this.#madeBy(fn, made.of) : made;
    const name = first !== 'kept' && first?.kind === 'call' ? this.#names.callee(fn.id, first) : null;
    if (name === null) return 'something';
    return made?.kind === 'chain' ? `the reaction to \`${name}\`` : `\`${name}\``;
  }
}

class Walk {
  readonly seen = new Set<FunctionId>();
  readonly steps: { site: Site; message: string }[] = [];
}
