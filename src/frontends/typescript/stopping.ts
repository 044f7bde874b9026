/** What a call is given that can end it early: signals, timeouts (`Call.stopping`). */
import { ts } from 'ts-morph';
import type { OptionUse, Stopping, Value, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import type { FunctionBuilder } from './builder.ts';
import type { FunctionContext } from './context.ts';
import { argumentsOf, type EffectSite } from './effectSite.ts';
import type { Questions } from './lowering.ts';

interface Given {
  questions: Questions;
  builder: FunctionBuilder;
  nodes: readonly ts.Expression[];
  values: readonly ValueId[];
  spreads: readonly number[];
}
type Place = { argument: number; option?: string };

/** By the table entry of an external call. */
export function stoppingByTable(site: EffectSite): Stopping | undefined {
  const { known } = site.api;
  if (!known?.signal && !known?.timeouts && !known?.endless) return undefined;
  const given: Given = {
    questions: site.context.questions,
    builder: site.builder,
    nodes: argumentsOf(site.site.node),
    values: site.site.args,
    spreads: site.site.spreads,
  };
  return {
    ...(known.signal ? { signal: useOf(given, known.signal) } : {}),
    ...(known.timeouts ? { timeouts: known.timeouts.map(place => useOf(given, place)) } : {}),
    ...(known.endless ? { endless: true } : {}),
    ...(known.outside ? { outside: known.outside } : {}),
    ...(site.site.receiver === undefined ? {} : { on: site.site.receiver }),
  };
}

/** By the declared type of the callee. */
export function stoppingByType(
  fn: FunctionContext,
  node: ts.CallExpression,
  args: { values: readonly ValueId[]; spreads: readonly number[] },
): Stopping | undefined {
  const place = fn.questions.signalOf(node);
  if (!place) return undefined;
  const { questions, builder } = fn;
  return { signal: useOf({ questions, builder, nodes: node.arguments, ...args }, place) };
}

function useOf(given: Given, place: Place): OptionUse {
  const argument = place.argument < 0 ? given.nodes.length + place.argument : place.argument;
  const node = given.nodes[argument];
  const value = given.values[argument];
  const at =
    place.option === undefined ? { argument: place.argument } : { argument: place.argument, option: place.option };
  if (given.spreads.some(spread => spread <= argument)) return { ...at, how: 'unknown' };
  const found = node && value !== undefined ? use(given, node, value, place.option) : ABSENT;
  if (found.how !== 'absent' || place.option === undefined) return { ...at, ...found };
  // `request(url, options)` beside `request(options)`; a request object in the place of its address.
  for (const [index, other] of given.nodes.entries()) {
    const its = given.values[index];
    const elsewhere = index === argument || its === undefined ? ABSENT : use(given, other, its, place.option);
    if (elsewhere.how === 'given' || elsewhere.how === 'carried') return { ...at, ...elsewhere };
  }
  return { ...at, ...ABSENT };
}

const use = (given: Given, node: ts.Expression, value: ValueId, option: string | undefined): Found =>
  option === undefined ? itself(given, node, value) : optionOf(given, node, value, option);

type Found = Pick<OptionUse, 'how' | 'value'>;
const ABSENT: Found = { how: 'absent' };
const isNothing = (value: Value | undefined): boolean =>
  value?.kind === 'constant' && (value.text === 'undefined' || value.text === 'null');

function itself({ questions, builder }: Given, node: ts.Expression, value: ValueId): Found {
  if (isNothing(builder.valueAt(value))) return ABSENT;
  const is = questions.hasOption(node, null);
  return is === 'no' ? ABSENT : { how: is === 'yes' ? 'given' : 'unknown', value };
}

function optionOf({ questions, builder }: Given, node: ts.Expression, value: ValueId, option: string): Found {
  const literal = bare(node);
  const known = builder.valueAt(value);
  if (ts.isObjectLiteralExpression(literal) && known.kind === 'object') {
    const field = Object.hasOwn(known.fields, option) ? known.fields[option] : undefined;
    if (field !== undefined) return isNothing(builder.valueAt(field)) ? ABSENT : { how: 'given', value: field };
    const spread = literal.properties
      .filter(ts.isSpreadAssignment)
      .map(each => questions.hasOption(each.expression, option));
    if (spread.includes('yes')) return { how: 'carried', value };
    return spread.includes('unknown') ? { how: 'unknown', value } : ABSENT;
  }
  if (isNothing(known) || known.kind === 'function') return ABSENT;
  const has = questions.hasOption(node, option);
  return has === 'no' ? ABSENT : { how: has === 'yes' ? 'carried' : 'unknown', value };
}
