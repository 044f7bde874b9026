/** Statements in SQL: what they lock is held by the connection that they are sent over, until that gives it back. */
import type { Effect } from '../../libraries/library.ts';
import { type SqlKey, type SqlLock, sqlHole, sqlLocks } from '../sqlLocks.ts';
import type { Place, ValueId } from '../../model/facts.ts';
import type { EffectSite } from './effectSite.ts';
import { SyntheticCall } from './syntheticCall.ts';

type Query = Extract<Effect, { does: 'query' }>;
type Take = Extract<SqlLock, { does: 'take' }>;

const SESSION = 'session';
const KEY = 'key';

/** `client.query('SELECT pg_advisory_lock($1)', [key])`. The call as such stays: it is waited for together with the lock. */
export function lowerQuery(site: EffectSite, effect: Query): void {
  const text = isSession(site, effect) ? textOf(site, effect) : undefined;
  if (text === undefined) return;
  for (const lock of sqlLocks(text.text)) {
    if (lock.does === 'end') endSession(site, effect.session, false);
    else if (lock.does === 'give')
      site.emit({
        kind: 'release',
        at: site.site.at,
        lock: placeOfLock(site, effect, 'AdvisoryLock', lock.lock),
        key: keyOf(site, effect, lock.key, text.holes),
      });
    else take(site, effect, lock, text.holes);
  }
}

/** `client.release()`, `connection.rollback()`. */
export function lowerEndSession(site: EffectSite, effect: Extract<Effect, { does: 'end-session' }>): void {
  const { whole } = effect;
  const isWhole = whole === true || (whole !== undefined && site.isGiven(whole) === true);
  endSession(site, effect.session, isWhole);
}

function endSession(site: EffectSite, session: Query['session'], whole: boolean): void {
  const value = site.value(session);
  if (value === undefined) return;
  site.emit({ kind: 'release', at: site.site.at, session: { of: value, whole } });
}

function isSession(site: EffectSite, { session, sessionIs }: Query): boolean {
  if (sessionIs === undefined) return true;
  const node = site.node(session);
  return node !== undefined && site.context.questions.typeIdOf(node) === `${site.package}#${sessionIs}`;
}

/** The statement, with a mark for each of its substitutions. */
function textOf(site: EffectSite, { text }: Query): { text: string; holes: ValueId[] } | undefined {
  for (const arg of text) {
    const constant = site.constant(arg);
    if (constant?.startsWith('"')) return { text: String(JSON.parse(constant)), holes: [] };
    const value = site.value(arg);
    const known = value === undefined ? undefined : site.builder.valueAt(value);
    if (known?.kind !== 'template') continue;
    const holes: ValueId[] = [];
    const parts = known.parts.map(part => (typeof part === 'string' ? part : sqlHole(holes.push(part) - 1)));
    return { text: parts.join(''), holes };
  }
  return undefined;
}

function take(site: EffectSite, effect: Query, lock: Take, holes: readonly ValueId[]): void {
  const type = lock.kind === 'row' ? 'Row' : lock.until === 'transaction' ? 'TransactionLock' : 'AdvisoryLock';
  const place = placeOfLock(site, effect, type, lock.lock);
  const call = new SyntheticCall(site);
  call.pass(SESSION, effect.session);
  call.passValue(KEY, KEY, keyOf(site, effect, lock.key, holes));
  const taken = call.call('promise', inner => {
    const session = call.parameter(inner, effect.session);
    inner.emit({
      kind: 'acquire',
      at: site.site.at,
      lock: place,
      key: call.passedValue(inner, KEY) ?? inner.unknown(KEY),
      mode: lock.mode,
      units: { kind: 'exactly', n: 1 },
      wait: lock.wait,
      ...(session === undefined ? {} : { session }),
      failure: lock.kind === 'row' ? 'throws' : 'falsy',
    });
  });
  site.besides.push(taken);
  site.replaced = false;
}

function placeOfLock(site: EffectSite, { locks }: Query, type: string, name: string): Place {
  const id = `${locks}#${type}`;
  site.context.questions.lockKind(id);
  return { root: { kind: 'external', name: `${locks}#${name}` }, type: id, path: [] };
}

function keyOf(site: EffectSite, { values }: Query, key: SqlKey | null, holes: readonly ValueId[]): ValueId {
  const { builder } = site;
  if (key === null) return builder.unknown(KEY);
  if ('text' in key) return builder.constant(JSON.stringify(key.text));
  if ('hole' in key) return holes[key.hole] ?? builder.unknown(KEY);
  for (const arg of values) {
    const list = site.value(arg);
    if (list === undefined) continue;
    const known = builder.valueAt(list);
    const index = key.parameter - 1;
    if (known.kind === 'array' && known.spreads.length === 0) return known.values[index] ?? builder.unknown(KEY);
    return builder.value({ kind: 'element', of: list, key: index });
  }
  return builder.unknown(KEY);
}
