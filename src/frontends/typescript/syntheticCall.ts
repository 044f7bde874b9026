/** A synthetic function of a call site: it gets what the call has, and its body is written by the effect. */
import type { Arg } from '../../libraries/library.ts';
import type { FunctionFacts, TypeId, ValueId } from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';
import type { EffectSite } from './effectSite.ts';

/** The parameters and arguments of a synthetic function. */
export class SyntheticCall {
  readonly #site: EffectSite;
  readonly #parameters: FunctionFacts['parameters'] = [];
  readonly #args: ValueId[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(site: EffectSite) {
    this.#site = site;
  }

  /** Passes the value at `arg` on to the function; once per position. */
  pass(name: string, arg: Arg, type: TypeId | null = null): void {
    const value = this.#site.value(arg);
    if (value !== undefined) this.passValue(JSON.stringify(arg), name, value, type);
  }

  passValue(key: string, name: string, value: ValueId, type: TypeId | null = null): void {
    if (this.#indexes.has(key)) return;
    this.#indexes.set(key, this.#parameters.length);
    this.#parameters.push({ name, type, optional: false, rest: false });
    this.#args.push(value);
  }

  /** The parameter that `pass` made for a position, in the function's own terms. */
  parameter(inner: FunctionBuilder, arg: Arg): ValueId | undefined {
    return this.passedValue(inner, JSON.stringify(arg));
  }

  /** The parameter that `passValue` made for a key. */
  passedValue(inner: FunctionBuilder, key: string): ValueId | undefined {
    const index = this.#indexes.get(key);
    const type = index === undefined ? undefined : this.#parameters[index]?.type;
    return index === undefined
      ? undefined
      : inner.read({ root: { kind: 'parameter', index }, type: type ?? null, path: [] });
  }

  /** Makes the function, lets `fill` write its body, and calls it at the site. */
  call(calling: FunctionFacts['calling'], fill: (inner: FunctionBuilder) => void): ValueId {
    const { context, site, label } = this.#site;
    const inner = context.addSynthetic(label, site.at, this.#parameters, calling);
    fill(inner);
    this.#site.replaced = true;
    // What the promise is to those who drop it is told by the table, not by the body.
    const more = this.#site.api.gives === 'safe' ? { gives: 'safe' as const } : {};
    return this.#site.call({ kind: 'functions', ids: [inner.facts.id] }, this.#args, more);
  }
}
