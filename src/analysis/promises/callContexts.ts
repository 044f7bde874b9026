/**
 * What the parameters of a callee stand for at one call: the function of a callback, a constant that is tested, options
 * that say whether failures are passed on. What a wrapper does with the callback of one caller, or a flag of another
 * lets it do, says nothing about its other callers.
 */
import type {
  Branch,
  Call,
  Condition,
  FunctionFacts,
  FunctionId,
  Place,
  Step,
  TypeId,
  ValueId,
} from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import { truthOfText } from '../flow/givenTests.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import { type Program, variableAt } from '../program.ts';
import { conditionReads, decided } from '../steps.ts';
import type { WriteIndex } from '../writeIndex.ts';
import { argumentAt, onlyField, RejectionOptions } from './rejectionOptions.ts';
import { isOnSelf, parameterAt, SelfClasses } from './selfClasses.ts';

/** The texts of options by their names, `undefined` where they are left out; without those that nobody knows. */
type Options = Readonly<Record<string, string>>;

/**
 * What a parameter stands for: a function and the activation that it was made in, a constant with its text, a text or
 * another value that is no function (`plain`), options, an object of these classes.
 */
type Given = GivenFunction | { text: string } | { plain: true } | { options: Options } | { classes: readonly TypeId[] };
interface GivenFunction {
  fn: FunctionId;
  within?: Activation;
}

/** A function, and what its parameters stand for where that is known. */
export interface Activation {
  /** Tells it from the other activations of the function; the function's id where nothing is known. */
  key: string;
  fn: FunctionId;
  given: ReadonlyMap<number, Given>;
  /** The activation of the function around it, where the options or the own object are known there. */
  within?: Activation | undefined;
  /** The classes of the object that it runs on, where they decide what it calls. */
  self?: readonly TypeId[] | undefined;
}

const NOTHING: ReadonlyMap<number, Given> = new Map();

/**
 * A function with more callers than this is looked at once for all of them: what is told apart is only whether the
 * parameters that it calls are functions.
 */
const MANY_CALLERS = 100;
const PLAIN = { plain: true } as const;

/** The function as any caller may call it. */
export const anyActivation = (fn: FunctionId): Activation => ({ key: fn, fn, given: NOTHING });

/** The parameters of a function that it calls or hands on, and those that it tests. */
interface Telling {
  called: ReadonlySet<number>;
  tested: ReadonlySet<number>;
  /** It has many callers. */
  inMany: boolean;
}

const TELLS_NOTHING: Telling = { called: new Set(), tested: new Set(), inMany: false };

/** Copies, spreads and variables are followed this far; closures in closures, too. */
const HOPS = 6;
const DEEP = 3;
/** A closure that is handed on by one that was handed on, and so on: where it was made is not told apart any more. */
const DEEP_IN_ALL = 4;

export class CallContexts {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #options: RejectionOptions;
  readonly #selves: SelfClasses;
  readonly #telling = new Map<FunctionId, Telling>();
  readonly #activations = new Map<string, Activation>();

  constructor(program: Program, graph: CallGraph, writes: WriteIndex, types: TypeHierarchy) {
    this.#program = program;
    this.#graph = graph;
    this.#selves = new SelfClasses(program, graph, types);
    this.#options = new RejectionOptions(program, graph, writes);
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
    const given = step.target.kind === 'value' ? this.#given(from, step.target.of) : undefined;
    return given !== undefined && ('plain' in given || 'text' in given);
  }

  /** The classes of the object that a call is on, where the activation knows them. */
  #classesOn(from: Activation, step: Call): readonly TypeId[] | undefined {
    const fn = this.#program.functions.get(from.fn);
    if (!fn || step.receiver === undefined) return undefined;
    if (isOnSelf(fn, step)) return selfIn(from);
    const given = this.#given(from, step.receiver);
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
    const given = step.target.kind === 'value' ? this.#given(from, step.target.of) : undefined;
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
    if (of.given.size === 0 && !of.within) return null;
    return decided(condition, part => this.#holds(of, part));
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
    const { called, tested, inMany } = (step.spreads ?? []).length > 0 ? TELLS_NOTHING : this.#told(target);
    for (const index of called) {
      const one = this.#givenAt(from, step, target, index);
      if (one && ('text' in one || 'plain' in one)) given.set(index, isLeftOut(one) ? one : PLAIN);
      else if (one && 'fn' in one && !inMany) given.set(index, one);
    }
    for (const index of tested) {
      const one = this.#givenAt(from, step, target, index);
      if (one && 'text' in one) given.set(index, one);
    }
    for (const index of this.#options.carriedBy(target)) {
      const options = given.has(index) ? undefined : this.#optionsAt(from, step, target, index);
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
      activation = { key: `${fn} ${this.#activations.size}`, fn, given, within, self };
      this.#activations.set(known, activation);
    }
    return activation;
  }

  #classesAt(from: Activation, step: Call, index: number): readonly TypeId[] | undefined {
    const fn = this.#program.functions.get(from.fn);
    const arg = fn && argumentAt(fn, step, index);
    if (!arg || arg === 'unknown') return undefined;
    const given = 'parameter' in arg ? from.given.get(arg.parameter) : this.#given(from, arg.value);
    if (given && 'classes' in given) return given.classes;
    return 'value' in arg ? this.#selves.madeOf(fn, arg.value) : undefined;
  }

  #optionsAt(from: Activation, step: Call, target: FunctionId, index: number): Options | undefined {
    const fn = this.#program.functions.get(from.fn);
    const arg = fn && argumentAt(fn, step, index);
    if (arg === 'unknown') return undefined;
    if (arg) return 'value' in arg ? this.#optionsIn(from, arg.value, HOPS) : this.#optionsGiven(from, arg.parameter);
    const initial = this.#program.functions.get(target)?.parameters[index]?.initial;
    return initial === undefined ? this.#leftOut() : this.#optionsIn(anyActivation(target), initial, HOPS);
  }

  /** No option is given. */
  #leftOut(): Options {
    return Object.fromEntries(this.#options.names.map(name => [name, 'undefined']));
  }

  /** The options that an object has. */
  #optionsIn(of: Activation, value: ValueId, hops: number): Options | undefined {
    const fn = this.#program.functions.get(of.fn);
    const facts = fn?.values[value];
    if (!fn || !facts || hops === 0) return undefined;
    switch (facts.kind) {
      case 'constant':
        return NULLISH.has(facts.text) ? this.#leftOut() : undefined;
      case 'object': {
        const spreads = facts.spreads.map(one => this.#optionsIn(of, one, hops - 1));
        return this.#known(name => {
          if (this.#options.isSetIn(fn.id, name)) return undefined;
          const own = facts.fields[name];
          const values = [...spreads.map(spread => spread?.[name]), own === undefined ? 'undefined' : textIn(fn, own)];
          return values.every(text => text === 'undefined') || values.length === 1 ? values[0] : undefined;
        });
      }
      case 'choice': {
        const all = facts.values.map(one => this.#optionsIn(of, one, hops - 1));
        return this.#known(name => (all.every(one => one?.[name] === all[0]?.[name]) ? all[0]?.[name] : undefined));
      }
      case 'from': {
        const [only, ...others] = facts.values;
        return facts.how === 'copy' && only !== undefined && others.length === 0
          ? this.#optionsIn(of, only, hops - 1)
          : undefined;
      }
      case 'read':
        return facts.place.path.length > 0 ? undefined : this.#optionsOf(of, facts.place.root, hops);
      default:
        return undefined;
    }
  }

  /** The options of the object that stands in a variable. */
  #optionsOf(of: Activation, root: Place['root'], hops: number): Options | undefined {
    if (root.kind === 'value') return this.#optionsIn(of, root.of, hops - 1);
    if (root.kind === 'parameter') return this.#optionsGiven(of, root.index);
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return undefined;
    let at: Activation | undefined = of;
    while (at && at.fn !== variable.owner.id) at = at.within;
    return this.#optionsIn(at ?? anyActivation(variable.owner.id), variable.slot.value, hops - 1);
  }

  #optionsGiven(of: Activation, index: number): Options | undefined {
    const given = of.given.get(index);
    if (given && 'options' in given) return given.options;
    return given && isLeftOut(given) ? this.#leftOut() : undefined;
  }

  #known(text: (name: string) => string | undefined): Options {
    return Object.fromEntries(
      this.#options.names.flatMap(name => {
        const known = text(name);
        return known === undefined ? [] : [[name, known] as const];
      }),
    );
  }

  /** What stands in an argument: a function or constant written there, or something that was given and is handed on. */
  #givenAt(from: Activation, step: Call, target: FunctionId, index: number): Given | undefined {
    const arg = step.args[index];
    if (arg !== undefined) return this.#valueIn(from, arg);
    const callee = this.#program.functions.get(target);
    const initial = callee?.parameters[index]?.initial;
    if (initial === undefined) return { text: 'undefined' };
    const facts = callee?.values[initial];
    return facts?.kind === 'constant' ? { text: facts.text } : undefined;
  }

  #valueIn(from: Activation, value: ValueId): Given | undefined {
    const facts = this.#program.functions.get(from.fn)?.values[value];
    if (facts?.kind === 'function')
      return { fn: facts.id, ...(tellsInside(from) && nestingOf(from) < DEEP_IN_ALL ? { within: from } : {}) };
    if (facts?.kind === 'read' && facts.place.path.length > 0) return this.#option(from, facts.place);
    if (facts?.kind === 'template') return PLAIN;
    return facts?.kind === 'constant' ? { text: facts.text } : this.#given(from, value);
  }

  #option(of: Activation, { root, path }: Place): Given | undefined {
    const name = onlyField(path);
    if (name === undefined || !this.#options.names.includes(name)) return undefined;
    const text = this.#optionsOf(of, root, HOPS)?.[name];
    return text === undefined ? undefined : { text };
  }

  #given(from: Activation, value: ValueId): Given | undefined {
    if (from.given.size === 0) return undefined;
    const index = parameterAt(this.#program.functions.get(from.fn), value);
    return index === undefined ? undefined : from.given.get(index);
  }

  #holds(of: Activation, condition: Condition): boolean | null {
    switch (condition.kind) {
      case 'truthy':
      case 'nullish': {
        const given = this.#valueIn(of, condition.value);
        if (!given || 'options' in given || 'plain' in given) return null;
        if ('fn' in given || 'classes' in given) return condition.kind === 'truthy';
        return condition.kind === 'truthy' ? truthOfText(given.text) : NULLISH.has(given.text);
      }
      case 'equal': {
        const [left, right] = [this.#valueIn(of, condition.left), this.#valueIn(of, condition.right)];
        return left && right && 'text' in left && 'text' in right ? left.text === right.text : null;
      }
      default:
        return null;
    }
  }

  #told(id: FunctionId): Telling {
    let found = this.#telling.get(id);
    if (!found) {
      const fn = this.#program.functions.get(id);
      const inMany = this.#graph.callers(id).length > MANY_CALLERS;
      const steps = fn && fn.parameters.length > 0 ? [...this.#program.steps(id).values()] : [];
      const indexes = (of: (step: Step) => ValueId[]): Set<number> =>
        new Set(fn ? steps.flatMap(step => of(step).flatMap(value => parameterAt(fn, value) ?? [])) : []);
      found = { called: indexes(calledValues), tested: inMany ? new Set() : indexes(testedValues), inMany };
      this.#telling.set(id, found);
    }
    return found;
  }
}

const NULLISH: ReadonlySet<string> = new Set(['undefined', 'null']);

const isLeftOut = (given: Given): boolean => 'text' in given && NULLISH.has(given.text);

const textIn = (fn: FunctionFacts, value: ValueId): string | undefined => {
  const facts = fn.values[value];
  return facts?.kind === 'constant' ? facts.text : undefined;
};

/** Something is known for the functions inside: options, the own object, or what is known around it. */
const tellsInside = ({ given, within, self }: Activation): boolean =>
  within !== undefined || self !== undefined || [...given.values()].some(one => 'options' in one);

/** The classes of the object that a function runs on, or the method that it stands in. */
const selfIn = ({ self, within }: Activation): readonly TypeId[] | undefined => self ?? (within && selfIn(within));

const depthOf = ({ within }: Activation): number => (within ? 1 + depthOf(within) : 0);

/** How many activations stand within each other in one, those that it was given functions of among them. */
const nestingOf = ({ given, within }: Activation): number => {
  const inner = [within, ...[...given.values()].map(one => ('fn' in one ? one.within : undefined))];
  return Math.max(0, ...inner.map(one => (one ? 1 + nestingOf(one) : 0)));
};

const calledValues = (step: Step): ValueId[] =>
  step.kind === 'call' ? [...step.args, ...(step.target.kind === 'value' ? [step.target.of] : [])] : [];

const testedValues = (step: Step): ValueId[] => (step.kind === 'branch' ? conditionReads(step.condition) : []);
