/** Interprets a table entry at a call: every effect becomes steps of the function that the call stands in. */
import type { Api, Effect } from '../../libraries/library.ts';
import type { PathStep, Place, ValueId } from '../../model/facts.ts';
import { lowerInvoke } from './effectCallbacks.ts';
import { lowerGive, lowerOrder, lowerPut, lowerRemove, lowerTake, lowerTouch } from './effectContainers.ts';
import { lowerCancel, lowerEmit, lowerListen, lowerRegister, lowerSpawn } from './effectEvents.ts';
import { externalName, lowerBind, lowerCall } from './effectFunctions.ts';
import { lowerQuery } from './effectQueries.ts';
import { lowerLockRows } from './effectRows.ts';
import { lowerEndSession } from './effectSessions.ts';
import { lowerAcquire, lowerRelease, lowerRunLocked, lowerView } from './effectLocks.ts';
import {
  lowerChain,
  lowerCombine,
  lowerExecutor,
  lowerNotify,
  lowerSettledPromise,
  lowerWait,
  lowerWithResolvers,
} from './effectPromises.ts';
import { EffectSite } from './effectSite.ts';
import type { CallSite, EffectContext } from './lowering.ts';
import { stoppingByTable } from './stopping.ts';
import { noteEffect } from './noteContracts.ts';

/**
 * Lowers a call of an API that the tables know.
 * @param site the call, its arguments lowered; for an entry `Type()` the receiver is the value called
 * @returns the value of the call expression
 */
export function lowerEffects(context: EffectContext, site: CallSite, api: Api): ValueId {
  const called = calledWithSelf(context, site, api);
  if (called) return lowerSite(called);
  return lowerSite(new EffectSite(context, site, api));
}

/** `Array.prototype.forEach.call(xs, f)`: what the tables say of `forEach`, on another receiver. */
function calledWithSelf(context: EffectContext, site: CallSite, api: Api): EffectSite | undefined {
  const [only] = api.does;
  const [self, ...args] = site.args;
  if (
    only?.does !== 'call' ||
    only.spread ||
    only.self !== 0 ||
    self === undefined ||
    site.receiver === undefined ||
    site.spreads.length > 0
  )
    return undefined;
  const external = externalName(context.builder.valueAt(site.receiver));
  const direct = external === undefined ? undefined : context.questions.apiOf(external);
  return external !== undefined && direct
    ? new EffectSite(context, { ...site, external, receiver: self, args }, direct, 1)
    : undefined;
}

function lowerSite(lowered: EffectSite): ValueId {
  const { api, context } = lowered;
  context.calls.set(lowered.site.node, lowered.site);
  const make = lowered.effect('make');
  if (make) lowerMake(lowered, make);
  for (const effect of api.does) {
    if (effect.does === 'make') continue;
    noteEffect(lowered, effect);
    lowerEffect(lowered, effect);
  }
  // That a call throws is told by the call itself, whatever else stands for it.
  if (!make && (!lowered.replaced || api.known?.raises === true)) {
    const value = externalCall(lowered);
    lowered.result ??= value;
  } else if (!make && api.gives === 'promise' && lowered.effect('take')) {
    // A step of an async iterator: a promise of the element.
    const values = [externalCall(lowered), ...(lowered.result === undefined ? [] : [lowered.result])];
    lowered.result = context.builder.value({ kind: 'from', values, how: 'copy' });
  }
  noteStopping(lowered);
  if (lowered.result !== undefined && lowered.besides.length > 0)
    lowered.result = context.builder.value({
      kind: 'from',
      values: [lowered.result, ...lowered.besides],
      how: 'copy',
    });
  return lowered.result ?? (isPlain(lowered) ? plain(context) : context.builder.unknown(lowered.key));
}

/** Effects of calls that give a count, a yes or no, or nothing, unless the table says what they give. */
const PLAIN: ReadonlySet<Effect['does']> = new Set(['put', 'remove', 'listen', 'emit', 'notify', 'cancel']);

/** `set.delete(x)`, `list.push(x)`: what it gives is no promise, no function and no part of the container. */
const isPlain = ({ api }: EffectSite): boolean =>
  api.gives === undefined && api.does.every(({ does }) => PLAIN.has(does));

const plain = ({ builder }: EffectContext): ValueId => builder.value({ kind: 'from', values: [], how: 'compute' });

/** On the step that stands for the call, whatever it has become. */
function noteStopping(site: EffectSite): void {
  const made = site.result === undefined ? undefined : site.builder.valueAt(site.result);
  const step = made?.kind === 'result' ? site.builder.stepAt(made.of) : undefined;
  if (step?.kind !== 'call' || step.at[0] !== site.site.at[0] || step.at[1] !== site.site.at[1]) return;
  const stopping = stoppingByTable(site);
  if (stopping) step.stopping = stopping;
}

function lowerEffect(site: EffectSite, effect: Effect): void {
  switch (effect.does) {
    case 'acquire':
      return lowerAcquire(site, effect);
    case 'release':
      return lowerRelease(site, effect);
    case 'run-locked':
      return lowerRunLocked(site, effect);
    case 'query':
      return lowerQuery(site, effect);
    case 'lock-rows':
      return lowerLockRows(site, effect);
    case 'end-session':
      return lowerEndSession(site, effect);
    case 'view':
      return lowerView(site, effect);
    case 'wait':
      return lowerWait(site, effect);
    case 'notify':
      return lowerNotify(site, effect);
    case 'invoke':
      return lowerInvoke(site, effect);
    case 'give':
      return lowerGive(site, effect);
    default:
      return lowerOuterEffect(site, effect);
  }
}

type Inner =
  | 'lock-rows'
  | 'acquire'
  | 'release'
  | 'run-locked'
  | 'query'
  | 'end-session'
  | 'view'
  | 'wait'
  | 'notify'
  | 'invoke'
  | 'give';

/** Containers, promise machinery, and what goes on outside of the calling function. */
function lowerOuterEffect(site: EffectSite, effect: Exclude<Effect, { does: Inner }>): void {
  switch (effect.does) {
    case 'put':
      return lowerPut(site, effect);
    case 'take':
      return lowerTake(site, effect);
    case 'remove':
      return lowerRemove(site, effect);
    case 'order':
      return lowerOrder(site, effect);
    case 'combine':
      return lowerCombine(site, effect);
    case 'chain':
      return lowerChain(site, effect);
    case 'settled-promise':
      return lowerSettledPromise(site, effect);
    case 'executor':
      return lowerExecutor(site, effect);
    case 'with-resolvers':
      return lowerWithResolvers(site);
    case 'spawn':
      return lowerSpawn(site, effect);
    case 'cancel':
      return lowerCancel(site, effect);
    case 'register':
      return lowerRegister(site, effect);
    case 'listen':
      return lowerListen(site, effect);
    case 'emit':
      return lowerEmit(site, effect);
    case 'block':
      return site.emit({
        kind: 'blocking',
        at: site.site.at,
        what: effect.what,
        api: site.key,
        size: { kind: 'unknown' },
      });
    case 'touch':
      return lowerTouch(site, effect);
    case 'bind':
      return lowerBind(site, effect);
    case 'call':
      return lowerCall(site, effect);
    case 'make':
    case 'own':
      return;
  }
}

/** The object comes first: everything else the call does may be done to it. */
function lowerMake(site: EffectSite, effect: Extract<Effect, { does: 'make' }>): void {
  const type = effect.type.includes('#') ? effect.type : `${site.package}#${effect.type}`;
  takeCallbacks(site);
  const made = externalCall(site, type);
  site.context.questions.lockKind(type);
  site.receiver ??= made;
  site.result = made;
  const put = (path: PathStep[], mode: 'update' | 'write', value: ValueId): void => {
    const place: Place = { root: { kind: 'value', of: made }, type, path };
    site.emit({ kind: 'access', at: site.site.at, place, mode, value, atomic: false, guard: 'none' });
  };
  const held = effect.holds === undefined ? undefined : site.value(effect.holds);
  if (held !== undefined) put([{ any: true }], 'update', site.builder.value({ kind: 'element', of: held, key: null }));
  for (const [field, arg] of Object.entries(effect.members ?? {})) {
    const member = arg === 'receiver' ? site.site.receiver : site.value(arg);
    if (member !== undefined) put([{ field }], 'write', member);
  }
}

/** Notes which arguments later effects call, so that the call itself does not pass them on. */
function takeCallbacks(site: EffectSite): void {
  for (const effect of site.api.does) {
    if ('callback' in effect) site.callbacks(effect.callback);
    else if (effect.does === 'register') site.callbacks(effect.handler);
    else if (effect.does === 'spawn' && effect.body !== undefined) site.callbacks(effect.body);
  }
}

/** The call as such, for what the tables say of it that no step expresses. Callbacks that effects call are left out. */
function externalCall(site: EffectSite, newOf?: string): ValueId {
  const { external, args, spreads, receiver } = site.site;
  const owns = site.effect('own')?.promises;
  const known = owns ? { ...site.api.known, owns } : site.api.known;
  const passed = args.map((value, index) => (site.taken.has(index) ? site.builder.unknown('callback') : value));
  return site.builder.emitValue({
    kind: 'call',
    at: site.site.at,
    target: { kind: 'external', name: external },
    args: passed,
    ...(receiver === undefined ? {} : { receiver }),
    ...(spreads.length > 0 ? { spreads: [...spreads] } : {}),
    ...(newOf === undefined ? {} : { newOf }),
    ...(site.site.optional ? { optional: true } : {}),
    ...(site.api.gives === undefined || site.api.gives === 'declared' ? {} : { gives: site.api.gives }),
    ...(known === undefined ? {} : { known }),
  });
}
