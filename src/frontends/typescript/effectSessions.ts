/** What connections to a store hold: locks taken for a session, until that, or its transaction, ends. */
import { ts } from 'ts-morph';
import type { Effect, SessionRule, SqlAnswer } from '../../libraries/library.ts';
import type { Acquire, Place, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import type { FunctionBuilder } from './builder.ts';
import type { EffectSite } from './effectSite.ts';
import { SyntheticCall } from './syntheticCall.ts';

/** A lock of a store, as a statement asks for it. */
export interface SessionLock {
  place: Place;
  key: ValueId;
  mode: Acquire['mode'];
  wait: Acquire['wait'];
  failure: Acquire['failure'];
}

const SESSION = 'session';
const KEY = 'key';

/** What the promise of a statement gives that asks for nothing but a lock: its one row tells whether that was taken. */
export interface Answer {
  rows: SqlAnswer;
  column: string;
}

/** The call takes it for the session, besides what else it does: it is waited for together with the lock. */
export function takeForSession(
  site: EffectSite,
  session: ValueId | undefined,
  lock: SessionLock,
  answer?: Answer,
): void {
  const call = new SyntheticCall(site);
  if (session !== undefined) call.passValue(SESSION, SESSION, session);
  call.passValue(KEY, KEY, lock.key);
  const wasReplaced = site.replaced;
  const taken = call.call('promise', inner => {
    const held = call.passedValue(inner, SESSION);
    const token = inner.emitValue({
      kind: 'acquire',
      at: site.site.at,
      lock: lock.place,
      key: call.passedValue(inner, KEY) ?? inner.unknown(KEY),
      mode: lock.mode,
      units: { kind: 'exactly', n: 1 },
      wait: lock.wait,
      ...(held === undefined ? {} : { session: held }),
      failure: lock.failure,
    });
    if (answer)
      inner.emit({ kind: 'exit', at: site.site.at, how: 'return', value: answerOf(site, inner, answer, token) });
  });
  if (answer) {
    site.result = taken;
    return;
  }
  site.besides.push(taken);
  site.replaced = wasReplaced;
}

function answerOf(site: EffectSite, inner: FunctionBuilder, { rows, column }: Answer, token: ValueId): ValueId {
  const { at } = site.site;
  const object = (fields: Record<string, ValueId>): ValueId =>
    inner.value({ kind: 'object', fields, spreads: [], type: null, at });
  const array = (...values: ValueId[]): ValueId => inner.value({ kind: 'array', values, spreads: [], at });
  const list = array(object({ [column]: token }));
  if (rows === 'list') return list;
  return rows === 'rows' ? object({ rows: list, rowCount: inner.constant('1') }) : array(list, inner.unknown('fields'));
}

/** The family of locks of a store; `type` is a kind of the table of the package `locks`. */
export function familyOf(site: EffectSite, locks: string, type: string, name: string): Place {
  const id = `${locks}#${type}`;
  site.context.questions.lockKind(id);
  return { root: { kind: 'external', name: `${locks}#${name}` }, type: id, path: [] };
}

/** `client.release()`, `connection.rollback()`. */
export function lowerEndSession(site: EffectSite, effect: Extract<Effect, { does: 'end-session' }>): void {
  const { whole } = effect;
  const isWhole = whole === true || (whole !== undefined && site.isGiven(whole) === true);
  endSession(site, site.value(effect.session), isWhole);
}

export function endSession(site: EffectSite, session: ValueId | undefined, whole: boolean): void {
  if (session !== undefined) site.emit({ kind: 'release', at: site.site.at, session: { of: session, whole } });
}

/** Whether an expression is one connection, or a client in a transaction, as the table says that those are told. */
export function isSession(site: EffectSite, rule: SessionRule | undefined, node: ts.Expression | undefined): boolean {
  if (rule === undefined) return true;
  if (node === undefined) return false;
  const { questions } = site.context;
  const isOneOf = (of: ts.Expression, names: readonly string[]): boolean => {
    const type = questions.typeIdOf(of);
    return type !== null && names.some(name => type === `${site.package}#${name}`);
  };
  if (rule.is && !isOneOf(node, rule.is)) return false;
  if (rule.isNot && isOneOf(node, rule.isNot)) return false;
  if (!rule.givenOrOf) return true;
  const known = bare(node);
  if (ts.isPropertyAccessExpression(known)) return isOneOf(known.expression, rule.givenOrOf);
  return !ts.isIdentifier(known) || questions.meaningOf(known).kind === 'local';
}
