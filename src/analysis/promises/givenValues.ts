/**
 * What a value is in an activation: the function that was given for it, a constant, options, or an object of some
 * classes. And whether a condition holds there.
 */
import type { Call, Condition, FunctionId, Place, TypeId, ValueId } from '../../model/facts.ts';
import { truthOfText } from '../flow/givenTests.ts';
import { type Program, variableAt } from '../program.ts';
import { decided } from '../steps.ts';
import type { WriteIndex } from '../writeIndex.ts';
import { ConstantTables } from './constantTables.ts';
import { argumentAt, onlyField, type RejectionOptions } from './rejectionOptions.ts';
import { parameterAt } from './selfClasses.ts';

/** The texts of options by their names, `undefined` where they are left out; without those that nobody knows. */
export type Options = Readonly<Record<string, string>>;

/**
 * What a parameter stands for: a function and the activation that it was made in, a constant with its text, a text or
 * another value that is no function (`plain`), options, an object of these classes.
 */
export type Given =
  GivenFunction | { text: string } | { plain: true } | { options: Options } | { classes: readonly TypeId[] };
export interface GivenFunction {
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

const NO_ARGUMENTS: ReadonlyMap<number, Given> = new Map();
export const PLAIN = { plain: true } as const;

/** The function as any caller may call it. */
export const anyActivation = (fn: FunctionId): Activation => ({ key: fn, fn, given: NO_ARGUMENTS });

/** Copies, spreads and variables are followed this far. */
const HOPS = 6;
/** A closure that is handed on by one that was handed on, and so on: where it was made is not told apart any more. */
const DEEP_IN_ALL = 4;

export class GivenValues {
  readonly #program: Program;
  readonly #options: RejectionOptions;
  readonly #tables: ConstantTables;

  constructor(program: Program, options: RejectionOptions, writes: WriteIndex) {
    this.#program = program;
    this.#options = options;
    this.#tables = new ConstantTables(program, writes);
  }

  /** What a parameter of the activation stands for that a value is. */
  given(from: Activation, value: ValueId): Given | undefined {
    if (from.given.size === 0) return undefined;
    const index = parameterAt(this.#program.functions.get(from.fn), value);
    return index === undefined ? undefined : from.given.get(index);
  }

  /** What stands in an argument: a function or constant written there, or something that was given and is handed on. */
  argument(from: Activation, step: Call, target: FunctionId, index: number): Given | undefined {
    const fn = this.#program.functions.get(from.fn);
    const arg = fn && argumentAt(fn, step, index);
    if (arg === 'unknown') return undefined;
    if (arg) return 'value' in arg ? this.#valueIn(from, arg.value, HOPS) : from.given.get(arg.parameter);
    const callee = this.#program.functions.get(target);
    const initial = callee?.parameters[index]?.initial;
    if (initial === undefined) return { text: 'undefined' };
    const facts = callee?.values[initial];
    return facts?.kind === 'constant' ? { text: facts.text } : undefined;
  }

  /** These options of what stands in an argument. */
  options(
    from: Activation,
    step: Call,
    target: FunctionId,
    index: number,
    names: ReadonlySet<string>,
  ): Options | undefined {
    const fn = this.#program.functions.get(from.fn);
    const arg = fn && argumentAt(fn, step, index);
    if (arg === 'unknown') return undefined;
    const of = (one: Activation, value: ValueId): Options =>
      known(names, name => this.#optionIn(one, value, name, HOPS));
    if (arg && 'value' in arg) return of(from, arg.value);
    if (arg) return known(names, name => optionGiven(from, arg.parameter, name));
    const initial = this.#program.functions.get(target)?.parameters[index]?.initial;
    return initial === undefined ? known(names, () => 'undefined') : of(anyActivation(target), initial);
  }

  /** Whether a condition holds in an activation; null where what it was given does not decide. */
  holds(of: Activation, condition: Condition): boolean | null {
    if (of.given.size === 0 && !of.within) return null;
    return decided(condition, part => this.#holds(of, part));
  }

  /** The option that an object has. */
  #optionIn(of: Activation, value: ValueId, name: string, hops: number): string | undefined {
    const fn = this.#program.functions.get(of.fn);
    const facts = fn?.values[value];
    if (!fn || !facts || hops === 0) return undefined;
    const inside = (one: ValueId): string | undefined => this.#optionIn(of, one, name, hops - 1);
    switch (facts.kind) {
      case 'constant':
        return NULLISH.has(facts.text) ? 'undefined' : undefined;
      case 'object': {
        if (this.#options.isSetIn(fn.id, name) || !this.#options.isAsGiven(name)) return undefined;
        const own = facts.fields[name];
        const texts = [...facts.spreads.map(inside), own === undefined ? 'undefined' : this.#textIn(of, own, hops - 1)];
        return texts.every(text => text === 'undefined') || texts.length === 1 ? texts[0] : undefined;
      }
      case 'choice': {
        const [first, ...others] = facts.values.map(inside);
        return others.every(text => text === first) ? first : undefined;
      }
      case 'from': {
        const [only, ...others] = facts.values;
        return facts.how === 'copy' && only !== undefined && others.length === 0 ? inside(only) : undefined;
      }
      case 'read':
        return facts.place.path.length > 0 ? undefined : this.#optionOf(of, facts.place.root, name, hops);
      default:
        return undefined;
    }
  }

  /** The option of the object that stands in a variable. */
  #optionOf(of: Activation, root: Place['root'], name: string, hops: number): string | undefined {
    if (root.kind === 'value') return this.#optionIn(of, root.of, name, hops - 1);
    if (root.kind === 'parameter') return optionGiven(of, root.index, name);
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return undefined;
    let at: Activation | undefined = of;
    while (at && at.fn !== variable.owner.id) at = at.within;
    return this.#optionIn(at ?? anyActivation(variable.owner.id), variable.slot.value, name, hops - 1);
  }

  #textIn(of: Activation, value: ValueId, hops: number): string | undefined {
    const given = this.#valueIn(of, value, hops);
    return given && 'text' in given ? given.text : undefined;
  }

  #valueIn(from: Activation, value: ValueId, hops: number): Given | undefined {
    const facts = this.#program.functions.get(from.fn)?.values[value];
    if (!facts || hops === 0) return undefined;
    if (facts.kind === 'function')
      return { fn: facts.id, ...(tellsInside(from) && nestingOf(from) < DEEP_IN_ALL ? { within: from } : {}) };
    if (facts.kind === 'read' && facts.place.path.length > 0) {
      const text = this.#member(from, facts.place, hops);
      return text === undefined ? undefined : { text };
    }
    if (facts.kind === 'template') return PLAIN;
    return facts.kind === 'constant' ? { text: facts.text } : this.given(from, value);
  }

  /** An option, or an entry of a table of constants. */
  #member(of: Activation, { root, path }: Place, hops: number): string | undefined {
    const name = onlyField(path) ?? this.#keyIn(of, path, hops);
    if (name === undefined) return undefined;
    return this.#tables.entry(root, name) ?? this.#optionOf(of, root, name, hops);
  }

  /** `LEVELS[name]`, where it is known which one that is. */
  #keyIn(of: Activation, path: Place['path'], hops: number): string | undefined {
    const [first, ...others] = path;
    if (!first || !('key' in first) || others.length > 0) return undefined;
    if (typeof first.key === 'string') return first.key;
    const text = this.#textIn(of, first.key, hops - 1);
    return text?.startsWith('"') ? text.slice(1, -1) : text;
  }

  #holds(of: Activation, condition: Condition): boolean | null {
    switch (condition.kind) {
      case 'truthy':
      case 'nullish': {
        const given = this.#valueIn(of, condition.value, HOPS);
        if (!given || 'options' in given || 'plain' in given) return null;
        if ('fn' in given || 'classes' in given) return condition.kind === 'truthy';
        return condition.kind === 'truthy' ? truthOfText(given.text) : NULLISH.has(given.text);
      }
      case 'equal': {
        const [left, right] = this.#texts(of, condition);
        return left !== undefined && right !== undefined ? left === right : null;
      }
      case 'less': {
        const [left, right] = this.#texts(of, condition).map(text => (text === undefined ? NaN : Number(text)));
        return Number.isNaN(left) || Number.isNaN(right) ? null : (left ?? 0) < (right ?? 0);
      }
      default:
        return null;
    }
  }

  #texts(of: Activation, { left, right }: { left: ValueId; right: ValueId }): [string | undefined, string | undefined] {
    return [this.#textIn(of, left, HOPS), this.#textIn(of, right, HOPS)];
  }
}

const NULLISH: ReadonlySet<string> = new Set(['undefined', 'null']);

export const isLeftOut = (given: Given): boolean => 'text' in given && NULLISH.has(given.text);

function optionGiven(of: Activation, index: number, name: string): string | undefined {
  const given = of.given.get(index);
  if (given && 'options' in given) return given.options[name];
  return given && isLeftOut(given) ? 'undefined' : undefined;
}

const known = (names: ReadonlySet<string>, text: (name: string) => string | undefined): Options =>
  Object.fromEntries(
    [...names].sort().flatMap(name => {
      const found = text(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );

/** Something is known for the functions inside: options, the own object, or what is known around it. */
export const tellsInside = ({ given, within, self }: Activation): boolean =>
  within !== undefined || self !== undefined || [...given.values()].some(one => 'options' in one);

/** How many activations stand within each other in one, those that it was given functions of among them. */
const nestingOf = ({ given, within }: Activation): number => {
  const inner = [within, ...[...given.values()].map(one => ('fn' in one ? one.within : undefined))];
  return Math.max(0, ...inner.map(one => (one ? 1 + nestingOf(one) : 0)));
};
