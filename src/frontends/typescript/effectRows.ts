/** Statements that lock the rows they find, told by options (`lock: true`) or by calls of a chain (`.forUpdate()`). */
import { ts } from 'ts-morph';
import type { Arg, Effect, RowMode, StatementPart } from '../../libraries/library.ts';
import type { ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import { constantInitialiser, constantText } from './constants.ts';
import { familyOf, isSession, takeForSession } from './effectSessions.ts';
import { calleeOf, EffectSite } from './effectSite.ts';

type LockRows = Extract<Effect, { does: 'lock-rows' }>;
/** A call and what it tells of the statement. */
type Told = { call: EffectSite; part: StatementPart };
interface Found {
  column: string;
  value: ValueId;
}

/** `Account.findByPk(id, { transaction, lock: true })`, `trx('accounts').where({ id }).forUpdate()`. */
export function lowerLockRows(site: EffectSite, effect: LockRows): void {
  if (effect.sent === 'at-end' && !isSent(site.site.node)) return;
  const calls = effect.sent === undefined ? [site] : chainOf(site);
  const told = calls.flatMap((call): Told[] => {
    const part = effect.parts[call.key] ?? effect.parts[nameOf(call)] ?? effect.parts['*'];
    return part ? [{ call, part }] : [];
  });
  const mode = modeOf(told);
  const table = mode && tableOf(told);
  const session = mode && sessionOf(calls[0] ?? site, effect, told);
  if (!mode || table === undefined || session === undefined) return;
  takeForSession(site, session, {
    place: familyOf(site, effect.locks, 'Row', `rows of ${table}`),
    key: keyOf(told) ?? site.builder.unknown('key'),
    mode: mode === 'shared' ? 'shared' : 'exclusive',
    wait: mode === 'try' ? 'try' : 'endless',
    failure: 'throws',
  });
}

/** The call is the last of its chain, and somebody takes what it gives. */
function isSent(node: ts.Node): boolean {
  let outer = node.parent;
  while (ts.isParenthesizedExpression(outer) || ts.isNonNullExpression(outer) || ts.isAsExpression(outer))
    outer = outer.parent;
  if (ts.isExpressionStatement(outer)) return false;
  if (!ts.isPropertyAccessExpression(outer) || !ts.isCallExpression(outer.parent)) return true;
  return /^(?:then|catch|finally)$/.test(outer.name.text);
}

/** The calls of the chain that a call stands in, itself the last one. */
function chainOf(site: EffectSite): EffectSite[] {
  const { context } = site;
  const calls = [site];
  let node: ts.Expression | undefined = inner(site.site.node);
  while (node) {
    const known = ts.isCallExpression(node) ? context.calls.get(node) : undefined;
    const api = known && context.questions.apiOf(known.external);
    if (known && api) calls.unshift(new EffectSite(context, known, api));
    node = ts.isCallExpression(node)
      ? inner(node)
      : ts.isIdentifier(node)
        ? initialCall(constantInitialiser(context.questions, node))
        : undefined;
  }
  return calls;
}

/** What a call is made on. */
function inner(node: EffectSite['site']['node']): ts.Expression | undefined {
  const callee = bare(calleeOf(node));
  const on = ts.isPropertyAccessExpression(callee) ? bare(callee.expression) : undefined;
  return on && (ts.isCallExpression(on) || ts.isIdentifier(on)) ? on : undefined;
}

const initialCall = (initial: ts.Expression | undefined): ts.CallExpression | undefined => {
  const node = initial && bare(initial);
  return node && ts.isCallExpression(node) ? node : undefined;
};

const nameOf = ({ key }: EffectSite): string => (key.endsWith('()') ? '()' : key.slice(key.lastIndexOf('.') + 1));

/** How the rows are locked; undefined: they are not, nobody waits for them, or it cannot be told. */
function modeOf(told: readonly Told[]): RowMode | undefined {
  let found: RowMode | undefined;
  for (const { call, part } of told) {
    const { lock, skips } = part;
    if (skips === true || (skips !== undefined && call.isGiven(skips) !== false)) return undefined;
    if (lock === undefined) continue;
    const [text] = typeof lock === 'string' ? [] : lock.at.flatMap(at => textAt(call, at) ?? []);
    const mode = typeof lock === 'string' ? lock : lock.modes[text ?? ''];
    if (mode !== undefined) found = found === undefined || mode === 'try' ? mode : found;
  }
  return found;
}

/** The constant at a position; `UPDATE` for `transaction.LOCK.UPDATE`. */
function textAt(call: EffectSite, at: Arg): string | undefined {
  const node = call.node(at);
  const known = node && bare(node);
  const constant = known && constantText(call.context.questions, known);
  if (constant !== undefined) return constant.startsWith('"') ? String(JSON.parse(constant)) : constant;
  return known && ts.isPropertyAccessExpression(known) ? known.name.text : undefined;
}

function tableOf(told: readonly Told[]): string | undefined {
  let found: string | undefined;
  for (const { call, part } of told) {
    const node = part.table === undefined ? undefined : call.node(part.table);
    if (node) found = tableNamed(call, node) ?? found;
  }
  return found;
}

/** `'shop.accounts as a'`, `{ a: 'accounts' }`, `Account`, `Repository<Account>`. */
function tableNamed({ context }: EffectSite, given: ts.Expression): string | undefined {
  const node = bare(given);
  if (ts.isObjectLiteralExpression(node)) {
    const [only, ...others] = node.properties;
    const text = only && ts.isPropertyAssignment(only) && others.length === 0 ? only.initializer : undefined;
    return text && tableText(constantText(context.questions, text));
  }
  return tableText(constantText(context.questions, node)) ?? context.questions.recordsOf(node);
}

function tableText(constant: string | undefined): string | undefined {
  const [name] = constant?.startsWith('"') ? String(JSON.parse(constant)).split(/\s+/) : [];
  return name?.split('.').pop()?.toLowerCase();
}

function sessionOf(first: EffectSite, effect: LockRows, told: readonly Told[]): ValueId | undefined {
  const given = told.findLast(({ part }) => part.session !== undefined);
  const [call, session] = given ? [given.call, given.part.session] : [first, effect.session];
  if (session === undefined || call.isGiven(session) === false) return undefined;
  return isSession(call, effect.sessionIf, call.node(session)) ? call.value(session) : undefined;
}

/** The one value that the rows are found by; undefined where there is none, or several. */
function keyOf(told: readonly Told[]): ValueId | undefined {
  const found: Found[] = [];
  for (const { call, part } of told) {
    if (part.others) return undefined;
    const key = part.key === undefined ? undefined : call.value(part.key);
    if (key !== undefined) found.push({ column: 'id', value: key });
    if (!part.where) continue;
    const equal = equalities(call, part.where);
    if (!equal) return undefined;
    found.push(...equal);
  }
  const isConstant = ({ value }: Found): boolean => told[0]?.call.builder.valueAt(value).kind === 'constant';
  const varying = found.filter(one => !isConstant(one));
  const [only, ...others] = varying;
  if (only && others.length === 0) return only.value;
  return found.find(({ column }) => /(?:^|\.)"?id"?$/.test(column))?.value;
}

/** `{ id }`, `('id', id)`, `('id', '=', id)`, `('a.id = :id', { id })`; null: anything else. */
function equalities(call: EffectSite, [first, ...more]: readonly Arg[]): Found[] | null {
  const node = first === undefined ? undefined : call.node(first);
  if (first === undefined || !node) return [];
  const column = textAt(call, first);
  const value = call.value(first);
  if (column === undefined) return value === undefined ? null : columns(call, value, node);
  const given = more.map(arg => call.value(arg)).filter(arg => arg !== undefined);
  const [compared, last] = given;
  const condition = /^\s*([\w."]+)\s*=\s*[:@](\w+)\s*$/.exec(column);
  if (condition) return named(call, condition[1] ?? '', condition[2] ?? '', compared);
  if (compared === undefined || !/^[\w."]+$/.test(column)) return null;
  if (last === undefined) return [{ column, value: compared }];
  return more[0] !== undefined && textAt(call, more[0]) === '=' ? [{ column, value: last }] : null;
}

/** Each column of an object, where none is compared by an operator. */
function columns(call: EffectSite, value: ValueId, node: ts.Expression): Found[] | null {
  const known = call.builder.valueAt(value);
  if (known.kind !== 'object' || known.spreads.length > 0) return null;
  const literal = bare(node);
  if (
    ts.isObjectLiteralExpression(literal) &&
    literal.properties.some(one => one.name && ts.isComputedPropertyName(one.name))
  )
    return null;
  const found = Object.entries(known.fields).map(([column, each]) => ({ column, value: each }));
  const isOne = ({ value: each }: Found): boolean => !/^(?:object|array|result)$/.test(call.builder.valueAt(each).kind);
  return found.length > 0 && found.every(isOne) ? found : null;
}

/** The parameter of a condition in SQL: `'a.id = :id'`. */
function named(call: EffectSite, column: string, parameter: string, values: ValueId | undefined): Found[] | null {
  const known = values === undefined ? undefined : call.builder.valueAt(values);
  const value = known?.kind === 'object' ? known.fields[parameter] : undefined;
  return value === undefined ? null : [{ column, value }];
}
