/**
 * What the parameters of a callee stand for at one call: the function of a callback, a constant that is tested, options
 * that say whether failures are passed on. What a wrapper does with the callback of one caller, or a flag of another
 * lets it do, says nothing about its other callers.
 */
import type { Branch, Call, Condition, FunctionId, Step, TypeId, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';
import { conditionReads } from '../steps.ts';
import type { WriteIndex } from '../writeIndex.ts';
import {
  type Activation,
  anyActivation,
  type Given,
  type GivenFunction,
  GivenValues,
  isLeftOut,
  PLAIN,
  tellsInside,
} from './givenValues.ts';
import { argumentAt, MANY_CALLERS, RejectionOptions } from './rejectionOptions.ts';
import { isOnSelf, parameterAt, SelfClasses } from './selfClasses.ts';

/** The parameters of a function that it calls or hands on, and those that it tests. */
interface Telling {
  called: ReadonlySet<number>;
  tested: ReadonlySet<number>;
  /** It has many callers. */
  inMany: boolean;
}

/** Closures in closures are told apart this far. */
const DEEP = 3;
/** So many activations of one function are told apart. */
const MANY_WAYS = 60;

export class CallContexts {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #options: RejectionOptions;
  readonly #selves: SelfClasses;
  readonly #values: GivenValues;
  readonly #telling = new Map<FunctionId, Telling>();
  readonly #activations = new Map<string, Activation>();
  readonly #ways = new Map<FunctionId, number>();

  constructor(program: Program, graph: CallGraph, writes: WriteIndex, types: TypeHierarchy) {
    this.#program = program;
    this.#graph = graph;
    this.#selves = new SelfClasses(program, graph, types);
    this.#options = new RejectionOptions(program, graph, writes);
    this.#values = new GivenValues(program, this.#options, writes);
  }

  /** What a call in an activation may run. */
  callees(from: Activation, step: Call): readonly Activation[] {
    if (this.isNever(from, step)) return [];
    const own = this.#callback(from, step);
    if (own !== undefined) return [this.#activation(from, step, own.fn, own.within)];
    const targets = this.#inOperation(from.fn, step);
    const classes = this.#classesOn(from, step);
    return (classes ? this.#selves.of(step, targets, classes) : targets).map(target =>
      this.#activation(from, step, target, this.#around(from, target)),
    );
  }

  /** `typeof message === 'function' ? message() : message`, where the message is a text. */
  isNever(from: Activation, step: Call): boolean {
    const given = step.target.kind === 'value' ? this.#values.given(from, step.target.of) : undefined;
    return given !== undefined && ('plain' in given || 'text' in given);
  }

  /** The classes of the object that a call is on, where the activation knows them. */
  #classesOn(from: Activation, step: Call): readonly TypeId[] | undefined {
    const fn = this.#program.functions.get(from.fn);
    if (!fn || step.receiver === undefined) return undefined;
    if (isOnSelf(fn, step)) return selfIn(from);
    const given = this.#values.given(from, step.receiver);
    return given && 'classes' in given ? given.classes : undefined;
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
    return this.#callback(from, step)?.fn;
  }

  #callback(from: Activation, step: Call): GivenFunction | undefined {
    const given = step.target.kind === 'value' ? this.#values.given(from, step.target.of) : undefined;
    return given && 'fn' in given ? given : undefined;
  }

  /** The outcome of a branch in an activation, where what it was given decides. */
  way(of: Activation, { condition, arms }: Branch): 'true' | 'false' | undefined {
    if (arms.some(arm => arm.when !== 'true' && arm.when !== 'false')) return undefined;
    const holds = this.holds(of, condition);
    return holds === null ? undefined : holds ? 'true' : 'false';
  }

  /** Whether a condition holds in an activation; null where what it was given does not decide. */
  holds(of: Activation, condition: Condition): boolean | null {
    return this.#values.holds(of, condition);
  }

  /** The activation that a function called here was made in, where the options or the own object are known there. */
  #around(from: Activation, target: FunctionId): Activation | undefined {
    const parent = this.#program.functions.get(target)?.parent;
    for (let at: Activation | undefined = from; at; at = at.within)
      if (at.fn === parent) return tellsInside(at) ? at : undefined;
    return undefined;
  }

  #activation(from: Activation, step: Call, target: FunctionId, within: Activation | undefined): Activation {
    const given = new Map<number, Given>();
    const { called, tested, inMany } = this.#told(target);
    for (const index of called) {
      const one = this.#values.argument(from, step, target, index);
      if (one && ('text' in one || 'plain' in one)) given.set(index, isLeftOut(one) ? one : PLAIN);
      else if (one && 'fn' in one && !inMany) given.set(index, one);
    }
    for (const index of tested) {
      const one = this.#values.argument(from, step, target, index);
      if (one && 'text' in one) given.set(index, one);
    }
    for (const [index, names] of this.#options.carriedBy(target)) {
      const options = given.has(index) ? undefined : this.#values.options(from, step, target, index, names);
      if (options && Object.keys(options).length > 0) given.set(index, { options });
    }
    for (const index of this.#selves.calledOn(target)) {
      const classes = given.has(index) ? undefined : this.#classesAt(from, step, index);
      if (classes) given.set(index, { classes });
    }
    return this.#keyed(target, given, within, this.#selves.ofCall(from.fn, step, target, this.#classesOn(from, step)));
  }

  /** The activation, the same one for the same key. */
  #keyed(
    fn: FunctionId,
    given: ReadonlyMap<number, Given>,
    around: Activation | undefined,
    self: readonly TypeId[] | undefined,
  ): Activation {
    const within = around && depthOf(around) < DEEP ? around : undefined;
    if (given.size === 0 && !within && !self) return anyActivation(fn);
    const parts = [...given].map(([index, one]) => [index, 'fn' in one ? [one.fn, one.within?.key] : one]);
    const known = JSON.stringify([fn, ...parts, within?.key, self]);
    let activation = this.#activations.get(known);
    if (!activation) {
      const count = (this.#ways.get(fn) ?? 0) + 1;
      if (count > MANY_WAYS) return anyActivation(fn);
      this.#ways.set(fn, count);
      activation = { key: `${fn} ${this.#activations.size}`, fn, given, within, self };
      this.#activations.set(known, activation);
    }
    return activation;
  }

  #classesAt(from: Activation, step: Call, index: number): readonly TypeId[] | undefined {
    const fn = this.#program.functions.get(from.fn);
    const arg = fn && argumentAt(fn, step, index);
    if (!arg || arg === 'unknown') return undefined;
    const given = 'parameter' in arg ? from.given.get(arg.parameter) : this.#values.given(from, arg.value);
    if (given && 'classes' in given) return given.classes;
    return 'value' in arg ? this.#selves.madeOf(fn, arg.value) : undefined;
  }

  #told(id: FunctionId): Telling {
    let found = this.#telling.get(id);
    if (!found) {
      const fn = this.#program.functions.get(id);
      const inMany = this.#graph.callers(id).length > MANY_CALLERS;
      const steps = fn && fn.parameters.length > 0 ? [...this.#program.steps(id).values()] : [];
      const indexes = (of: (step: Step) => ValueId[]): Set<number> =>
        new Set(fn ? steps.flatMap(step => of(step).flatMap(value => parameterAt(fn, value) ?? [])) : []);
      found = {
        called: indexes(calledValues),
        tested: inMany ? new Set() : new Set([...indexes(testedValues), ...this.#options.testedBelow(id)]),
        inMany,
      };
      this.#telling.set(id, found);
    }
    return found;
  }
}

/** The classes of the object that a function runs on, or the method that it stands in. */
const selfIn = ({ self, within }: Activation): readonly TypeId[] | undefined => self ?? (within && selfIn(within));

const depthOf = ({ within }: Activation): number => (within ? 1 + depthOf(within) : 0);

const calledValues = (step: Step): ValueId[] =>
  step.kind === 'call' ? [...step.args, ...(step.target.kind === 'value' ? [step.target.of] : [])] : [];

const testedValues = (step: Step): ValueId[] => (step.kind === 'branch' ? conditionReads(step.condition) : []);
