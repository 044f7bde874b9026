/** Notes which functions are given where nobody looks at what they return, or takes it for a plain value. */
import { ts } from 'ts-morph';
import type { Arg, Effect } from '../../libraries/library.ts';
import type { Contract, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import { constantNumber } from './constants.ts';
import type { FunctionContext } from './context.ts';
import { unquoted } from './effectEvents.ts';
import type { EffectSite } from './effectSite.ts';

type Draft = Pick<Contract, 'result' | 'taker' | 'how' | 'emitter' | 'period'>;

/** By the declared type of where a function is given. Whoever a library table knows is left to the table. */
export function noteDeclared(fn: FunctionContext, node: ts.Node, value: ValueId): void {
  if (isGivenToTable(fn, node)) return;
  const expected = fn.questions.ignoredAt(node);
  if (!expected) return;
  const gives = fn.questions.returnedBy(node);
  if (gives === undefined) return;
  add(fn.builder.facts, {
    at: fn.at(ts.isMethodDeclaration(node) ? node.name : node),
    callback: value,
    result: 'ignored',
    taker: expected.taker,
    source: 'declared',
    gives,
  });
}

/** It is an argument, or stands in an argument, of a call whose API a table describes. */
function isGivenToTable(fn: FunctionContext, node: ts.Node): boolean {
  let child = node;
  for (let holder = child.parent; ; child = holder, holder = holder.parent) {
    if (ts.isCallExpression(holder) || ts.isNewExpression(holder)) {
      if (holder.expression === child) return false;
      const callee = fn.questions.calleeOf(holder);
      return callee.kind === 'external' && fn.questions.apiOf(callee.name) !== undefined;
    }
    if (!isPartOfArgument(holder)) return false;
  }
}

const isPartOfArgument = (node: ts.Node): boolean =>
  ts.isObjectLiteralElementLike(node) ||
  ts.isObjectLiteralExpression(node) ||
  ts.isArrayLiteralExpression(node) ||
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isConditionalExpression(node) ||
  ts.isBinaryExpression(node);

/** By what a library table says of the callback. */
export function noteEffect(site: EffectSite, effect: Effect): void {
  const described = describe(site, effect);
  if (!described) return;
  const { callback, ...draft } = described;
  for (const { value, node } of site.callbacksAt(callback)) {
    const gives = node && givenBy(site, node, draft.result);
    const stands = node ?? site.methodName(callback);
    add(site.builder.facts, {
      at: stands ? atOf(stands) : site.site.at,
      callback: value,
      ...draft,
      source: 'library',
      ...(gives === undefined ? {} : { gives }),
    });
  }
}

/** The flow of functions tells most of what is called later; what is taken for a value is worth asking the checker. */
function givenBy(site: EffectSite, node: ts.Expression, result: Contract['result']): Contract['gives'] {
  const known = bare(node);
  const isFunction = ts.isArrowFunction(known) || ts.isFunctionExpression(known);
  if (result !== 'value' && isFunction && !isAsync(known)) return undefined;
  return site.context.questions.returnedBy(known);
}

const isAsync = (node: ts.FunctionLikeDeclaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;

const atOf = (node: ts.Node): [number, number] => [node.getStart(), node.end];

function describe(site: EffectSite, effect: Effect): (Draft & { callback: Arg }) | undefined {
  switch (effect.does) {
    case 'invoke': {
      if (effect.passes?.includes('accumulator'))
        return { callback: effect.callback, result: 'accumulated', taker: site.label };
      const returns = effect.returns ?? (effect.when === 'later' ? 'ignored' : 'taken');
      return effect.awaits || returns === 'taken'
        ? undefined
        : { callback: effect.callback, result: returns, taker: site.label };
    }
    case 'executor':
      return { callback: effect.callback, result: 'ignored', taker: 'new Promise', how: 'executor' };
    case 'spawn':
      return effect.body === undefined || !TIMED.has(effect.how)
        ? undefined
        : {
            callback: effect.body,
            result: 'ignored',
            taker: site.label,
            ...(effect.how === 'interval' ? interval(site, effect.period) : {}),
          };
    default:
      return describeHandler(site, effect);
  }
}

function interval(site: EffectSite, period: Arg | undefined): Pick<Contract, 'how' | 'period'> {
  const node = period === undefined ? undefined : site.node(period);
  const milliseconds = node && constantNumber(site.context.questions, node);
  return { how: 'interval', ...(milliseconds === undefined ? {} : { period: milliseconds }) };
}

const TIMED = new Set(['timer', 'interval', 'immediate', 'microtask']);

/** Handlers that the outside calls. */
function describeHandler(site: EffectSite, effect: Effect): (Draft & { callback: Arg }) | undefined {
  if (effect.does === 'register') {
    const { entry, quietFor } = effect;
    if (entry.awaitsHandler || entry.rejection === 'reported' || isQuiet(site, quietFor)) return undefined;
    return { callback: effect.handler, result: 'ignored', taker: site.label };
  }
  if (effect.does !== 'listen' || effect.removes || effect.entry?.awaitsHandler || isQuiet(site, effect.quietFor))
    return undefined;
  const event =
    typeof effect.event === 'object' && 'name' in effect.event ? effect.event.name : site.constant(effect.event);
  const emitter = site.value(effect.on);
  return {
    callback: effect.callback,
    result: 'ignored',
    taker: event === undefined ? site.label : `the "${unquoted(event)}" listener`,
    how: 'listener',
    ...(emitter === undefined ? {} : { emitter }),
  };
}

function isQuiet(site: EffectSite, rule: { at: Arg; equals: string[] } | undefined): boolean {
  return rule?.equals.some(text => site.equals(rule.at, text)) ?? false;
}

/** Appends a contract, unless the same function is known there already: by the declared type, or by what takes it. */
export function add(facts: EffectSite['builder']['facts'], contract: Contract): void {
  const contracts = (facts.contracts ??= []);
  const isKnown = ({ at, callback, result }: Contract): boolean =>
    callback === contract.callback &&
    result === contract.result &&
    at[0] === contract.at[0] &&
    at[1] === contract.at[1];
  if (!contracts.some(isKnown)) contracts.push(contract);
}
