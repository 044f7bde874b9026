/** One call that a table entry describes: its arguments as values, nodes and constants, and what lowering found so far. */
import { ts } from 'ts-morph';
import type { Api, Arg, Effect } from '../../libraries/library.ts';
import type { Count, Gives, Place, Target, TypeId, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import type { FunctionBuilder, StepDraft } from './builder.ts';
import { constantText, objectLiteral, propertyValue } from './constants.ts';
import type { CallSite, EffectContext } from './lowering.ts';

/** What the effects of one call share while they are lowered in order. */
export class EffectSite {
  readonly context: EffectContext;
  readonly site: CallSite;
  readonly api: Api;
  /** The receiver; for a constructor the object made. */
  receiver: ValueId | undefined;
  /** The value of the call, once an effect gives one. */
  result: ValueId | undefined;
  /** What the last callback that was invoked gave. */
  callbackResult: ValueId | undefined;
  /** An effect stands for the call: no external call step is needed besides. */
  replaced = false;
  /** Promises that are part of what the call gives, besides that of the call itself. */
  readonly besides: ValueId[] = [];
  /** Arguments that an effect calls or registers: they are not passed on to the external call. */
  readonly taken = new Set<number>();

  /** How many arguments of the call expression stand before `site.args` (`f.call(self, …)`: one, the receiver). */
  readonly #offset: number;

  constructor(context: EffectContext, site: CallSite, api: Api, offset = 0) {
    this.context = context;
    this.site = site;
    this.api = api;
    this.receiver = site.receiver;
    this.#offset = offset;
  }

  get builder(): FunctionBuilder {
    return this.context.builder;
  }

  /** `runExclusive` of `async-mutex#Mutex.runExclusive`, as it stands at the call. */
  get label(): string {
    const callee = bare(calleeOf(this.site.node));
    if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
    return ts.isIdentifier(callee) ? callee.text : this.key;
  }

  /** `Mutex.runExclusive`. */
  get key(): string {
    return this.site.external.slice(this.site.external.indexOf('#') + 1);
  }

  get package(): string {
    return this.site.external.slice(0, this.site.external.indexOf('#'));
  }

  /** The type that the API is a member of. */
  get receiverType(): TypeId | null {
    const { key } = this;
    if (key.endsWith('()')) return `${this.package}#${key.slice(0, -2)}`;
    const dot = key.lastIndexOf('.');
    return dot < 0 ? null : `${this.package}#${key.slice(0, dot)}`;
  }

  emit(draft: StepDraft): void {
    this.builder.emit(draft);
  }

  /** The index into the arguments; undefined when there is no such argument (or a spread hides which it is). */
  #index(arg: number): number | undefined {
    const { args, spreads } = this.site;
    const index = arg < 0 ? args.length + arg : arg;
    if (index < 0 || index >= args.length) return undefined;
    return spreads.some(spread => (arg < 0 ? spread >= index : spread <= index)) ? undefined : index;
  }

  /** The value at an argument, or of an option; undefined when it is not given. */
  value(arg: Arg): ValueId | undefined {
    if (arg === 'receiver') return this.receiver;
    if (typeof arg === 'number') {
      const index = this.#index(arg);
      return index === undefined ? undefined : this.site.args[index];
    }
    if ('from' in arg) return this.values(arg)[0];
    const holder = this.value(arg.argument);
    if (holder === undefined) return undefined;
    const known = this.builder.valueAt(holder);
    if (known.kind === 'class') return this.site.member?.(arg.option);
    if (known.kind === 'constant' || known.kind === 'function') return undefined;
    if (known.kind === 'object') {
      const field = Object.hasOwn(known.fields, arg.option) ? known.fields[arg.option] : undefined;
      if (field !== undefined || known.spreads.length === 0) return field;
    }
    return this.builder.read({ root: { kind: 'value', of: holder }, type: null, path: [{ field: arg.option }] });
  }

  /** All values that an argument position stands for; a spread argument stands for one of its elements. */
  values(arg: Arg): ValueId[] {
    if (typeof arg !== 'object' || !('from' in arg)) {
      const value = this.value(arg);
      return value === undefined ? [] : [value];
    }
    return this.site.args
      .map((value, index) =>
        this.site.spreads.includes(index) ? this.builder.value({ kind: 'element', of: value, key: null }) : value,
      )
      .slice(arg.from);
  }

  /** The expression at an argument position, when it is written at the call. */
  node(arg: Arg): ts.Expression | undefined {
    if (arg === 'receiver') {
      if (this.#offset > 0) return argumentsOf(this.site.node)[0];
      const callee = bare(calleeOf(this.site.node));
      if (this.key.endsWith('()')) return callee;
      return ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee)
        ? callee.expression
        : undefined;
    }
    if (typeof arg === 'number') {
      const index = this.#index(arg);
      return index === undefined ? undefined : argumentsOf(this.site.node)[index + this.#offset];
    }
    if ('from' in arg) return this.node(arg.from);
    let found = this.node(arg.argument);
    // `retries.forever`: an option of an option.
    for (const name of arg.option.split('.')) {
      const literal = found && objectLiteral(this.context.questions, found);
      found = literal && propertyValue(literal, name);
    }
    return found;
  }

  /** The name of a method that is written as an option: `{ transform() { … } }`. */
  methodName(arg: Arg): ts.PropertyName | undefined {
    if (typeof arg !== 'object' || 'from' in arg) return undefined;
    const holder = this.node(arg.argument);
    const literal = holder && objectLiteral(this.context.questions, holder);
    const method = literal?.properties.find(
      each => ts.isMethodDeclaration(each) && ts.isIdentifier(each.name) && each.name.text === arg.option,
    );
    return method?.name;
  }

  /** The constant (JSON text) at an argument position or option. */
  constant(arg: Arg): string | undefined {
    const value = typeof arg === 'number' ? this.value(arg) : undefined;
    const known = value === undefined ? undefined : this.builder.valueAt(value);
    if (known?.kind === 'constant') return known.text;
    const node = this.node(arg);
    return node && constantText(this.context.questions, node);
  }

  /** Whether an argument or option is given: undefined when its options object is not known. */
  isGiven(arg: Arg): boolean | undefined {
    if (typeof arg !== 'object' || 'from' in arg)
      return this.value(arg) !== undefined && this.constant(arg) !== 'undefined';
    if (this.value(arg.argument) === undefined) return false;
    const holder = this.node(arg.argument);
    const literal = holder && objectLiteral(this.context.questions, holder);
    if (!literal) return undefined;
    if (this.node(arg) !== undefined) return this.constant(arg) !== 'undefined';
    return literal.properties.some(
      property => ts.isSpreadAssignment(property) || property.name?.getText() === arg.option,
    )
      ? undefined
      : false;
  }

  /** Whether an option has this value (as JSON text, or as the text of a string). */
  equals(arg: Arg, expected: string): boolean {
    const text = this.constant(arg);
    return text !== undefined && (text === expected || text === JSON.stringify(expected));
  }

  /** Values of an argument that may be called; the others (options, strings) are no callbacks. */
  callbacks(arg: Arg): ValueId[] {
    return this.#callbackPositions(arg).map(({ value, position }) => {
      if (typeof position === 'number') this.taken.add(position < 0 ? this.site.args.length + position : position);
      return value;
    });
  }

  /** The same with the expressions that they are written as. */
  callbacksAt(arg: Arg): { value: ValueId; node: ts.Expression | undefined }[] {
    return this.#callbackPositions(arg).map(({ value, position }) => ({ value, node: this.node(position) }));
  }

  #callbackPositions(arg: Arg): { value: ValueId; position: Arg }[] {
    const start = typeof arg === 'object' && 'from' in arg ? arg.from : undefined;
    return this.values(arg).flatMap((value, index) => {
      const position = start === undefined ? arg : start + index;
      return this.#isCallable(value, position) ? [{ value, position }] : [];
    });
  }

  #isCallable(value: ValueId, arg: Arg): boolean {
    const known = this.builder.valueAt(value);
    if (known.kind === 'function' || known.kind === 'class') return true;
    if (known.kind === 'constant' || known.kind === 'object' || known.kind === 'array' || known.kind === 'template')
      return false;
    const node = this.node(arg);
    return !node || (this.context.questions.mayBeCalled?.(node) ?? true);
  }

  /** A call step, with `optional` as at the site; gives its result. */
  call(
    target: Target,
    args: ValueId[],
    more: { receiver?: ValueId; spreads?: number[]; gives?: Gives; newOf?: TypeId } = {},
  ): ValueId {
    return this.builder.emitValue({
      kind: 'call',
      at: this.site.at,
      target,
      args,
      ...(this.site.optional ? { optional: true } : {}),
      ...more,
    });
  }

  /** The constant number at a position; 1 when it is not given. */
  count(arg: Arg | undefined): Count {
    if (arg === undefined || this.isGiven(arg) === false) return { kind: 'exactly', n: 1 };
    const number = Number(this.constant(arg) ?? NaN);
    return Number.isSafeInteger(number) ? { kind: 'exactly', n: number } : { kind: 'unknown' };
  }

  effect<K extends Effect['does']>(does: K): Extract<Effect, { does: K }> | undefined {
    return this.api.does.find((effect): effect is Extract<Effect, { does: K }> => effect.does === does);
  }
}

/** What is called. */
export const calleeOf = (node: CallSite['node']): ts.Expression =>
  ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;

/** The arguments that are written at the call: a template has none. */
export const argumentsOf = (node: CallSite['node']): readonly ts.Expression[] =>
  ts.isTaggedTemplateExpression(node) ? [] : (node.arguments ?? []);

/** The place of a container: what was read, or the value itself. */
export function placeOf(builder: FunctionBuilder, value: ValueId): Place {
  const known = builder.valueAt(value);
  if (known.kind === 'read') return { ...known.place, path: [...known.place.path] };
  return { root: { kind: 'value', of: value }, type: null, path: [] };
}
