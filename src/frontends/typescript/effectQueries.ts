/** Statements in SQL: what they lock is held by the connection that they are sent over, until that gives it back. */
import { ts } from 'ts-morph';
import type { Arg, Effect } from '../../libraries/library.ts';
import { type SqlKey, type SqlLock, sqlHole, sqlLocks } from '../sqlLocks.ts';
import type { ValueId } from '../../model/facts.ts';
import type { EffectSite } from './effectSite.ts';
import { type Answer, endSession, familyOf, isSession, takeForSession } from './effectSessions.ts';

type Query = Extract<Effect, { does: 'query' }>;
type Take = Extract<SqlLock, { does: 'take' }>;

const KEY = 'key';

/** `client.query('SELECT pg_advisory_lock($1)', [key])`. The call as such stays: it is waited for together with the lock. */
export function lowerQuery(site: EffectSite, effect: Query): void {
  const text = isSession(site, effect.sessionIf, site.node(effect.session)) ? textOf(site, effect) : undefined;
  if (text === undefined) return;
  const locks = sqlLocks(text.text);
  for (const lock of locks) {
    if (lock.does === 'end') endSession(site, site.value(effect.session), false);
    else if (lock.does === 'give')
      site.emit({
        kind: 'release',
        at: site.site.at,
        lock: familyOf(site, effect.locks, 'AdvisoryLock', lock.lock),
        key: keyOf(site, effect, lock.key, text.holes),
      });
    else take(site, effect, lock, text.holes, locks.length === 1);
  }
}

/** The statement, with a mark for each of its substitutions. */
function textOf(site: EffectSite, { text }: Query): { text: string; holes: ValueId[] } | undefined {
  for (const arg of text) {
    const tagged = taggedText(site, arg);
    if (tagged) return tagged;
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

/** sql`SELECT … ${id}`, as the call itself or given to it: the texts, and the values between them. */
function taggedText(site: EffectSite, arg: Arg): { text: string; holes: ValueId[] } | undefined {
  const { builder } = site;
  const value = arg === 0 ? site.value(arg) : undefined;
  const given = value === undefined ? undefined : builder.valueAt(value);
  const made = given?.kind === 'result' ? builder.stepAt(given.of) : undefined;
  const args = ts.isTaggedTemplateExpression(site.site.node) ? site.site.args : made?.kind === 'call' ? made.args : [];
  const [texts, ...holes] = args;
  const known = texts === undefined ? undefined : builder.valueAt(texts);
  if (known?.kind !== 'array' || known.values.length !== holes.length + 1) return undefined;
  const parts = known.values.map(id => {
    const part = builder.valueAt(id);
    return part.kind === 'constant' && part.text.startsWith('"') ? String(JSON.parse(part.text)) : '';
  });
  return { text: parts.map((part, index) => (index === 0 ? part : sqlHole(index - 1) + part)).join(''), holes };
}

function take(site: EffectSite, effect: Query, lock: Take, holes: readonly ValueId[], isAll: boolean): void {
  const answer = isAll ? answerOf(site, effect, lock) : undefined;
  // Whether it was taken, nobody here is told.
  if (answer === undefined && lock.wait === 'try' && lock.told !== undefined && lock.lock.startsWith('advisory'))
    return;
  const type = lock.kind === 'row' ? 'Row' : lock.until === 'transaction' ? 'TransactionLock' : 'AdvisoryLock';
  takeForSession(
    site,
    site.value(effect.session),
    {
      place: familyOf(site, effect.locks, type, lock.lock),
      key: keyOf(site, effect, lock.key, holes),
      mode: lock.mode,
      wait: lock.wait,
      failure: lock.kind === 'row' ? 'throws' : 'falsy',
    },
    answer,
  );
}

/** The promise of the call, where it gives one, tells whether the lock was taken. */
function answerOf(site: EffectSite, { answer }: Query, { told }: Take): Answer | undefined {
  if (answer === undefined || told === undefined || site.callbacks(-1).length > 0) return undefined;
  if (site.api.gives === 'declared' && site.context.questions.givesOf(site.site.node) !== 'promise') return undefined;
  return { rows: answer, column: told };
}

function keyOf(site: EffectSite, { values }: Query, key: SqlKey | null, holes: readonly ValueId[]): ValueId {
  const { builder } = site;
  if (key === null) return builder.unknown(KEY);
  if ('text' in key) return builder.constant(JSON.stringify(key.text));
  if ('hole' in key) return holes[key.hole] ?? builder.unknown(KEY);
  for (const arg of values) {
    if (typeof arg === 'object' && 'from' in arg) return site.values(arg)[key.parameter - 1] ?? builder.unknown(KEY);
    const list = site.value(arg);
    if (list === undefined) continue;
    const known = builder.valueAt(list);
    const index = key.parameter - 1;
    if (known.kind === 'array' && known.spreads.length === 0) return known.values[index] ?? builder.unknown(KEY);
    return builder.value({ kind: 'element', of: list, key: index });
  }
  return builder.unknown(KEY);
}
