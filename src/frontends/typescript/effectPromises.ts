/** Promise machinery: combinators, reactions, executors, settled promises; waiting and telling. */
import type { Arg, Effect } from '../../libraries/library.ts';
import type { Place, ValueId } from '../../model/facts.ts';
import { waitAt } from './effectLocks.ts';
import { eventPlace } from './effectEvents.ts';
import { placeOf, type EffectSite } from './effectSite.ts';
import { SyntheticCall } from './syntheticCall.ts';

/** `Promise.all(values)`: a value; whoever awaits it joins them. */
export function lowerCombine(site: EffectSite, effect: Extract<Effect, { does: 'combine' }>): void {
  const values = site.values(effect.values);
  site.replaced = true;
  site.result = site.builder.value({ kind: 'combined', values, until: effect.until, at: site.site.at });
}

/** `.then(f, g)`, `.catch(g)`, `.finally(h)`. */
export function lowerChain(site: EffectSite, effect: Extract<Effect, { does: 'chain' }>): void {
  const of = site.value(effect.of);
  if (of === undefined) return;
  const onFulfilled = handler(site, effect.onFulfilled);
  const onRejected = handler(site, effect.onRejected);
  const onFinally = handler(site, effect.onFinally);
  site.replaced = true;
  site.result = site.builder.emitValue({
    kind: 'chain',
    at: site.site.at,
    of,
    ...(onFulfilled === undefined ? {} : { onFulfilled }),
    ...(onRejected === undefined ? {} : { onRejected }),
    ...(onFinally === undefined ? {} : { onFinally }),
  });
}

function handler(site: EffectSite, arg: Arg | undefined): ValueId | undefined {
  if (arg === undefined || site.isGiven(arg) === false || site.constant(arg) === 'null') return undefined;
  return site.value(arg);
}

function newPromise(site: EffectSite): ValueId {
  return site.call({ kind: 'external', name: 'lib#Promise' }, [], { newOf: 'lib#Promise' });
}

function settler(site: EffectSite, promise: ValueId, how: 'resolve' | 'reject'): ValueId {
  return site.builder.read({ root: { kind: 'value', of: promise }, type: 'lib#Promise', path: [{ field: how }] });
}

/** `new Promise(executor)`. */
export function lowerExecutor(site: EffectSite, effect: Extract<Effect, { does: 'executor' }>): void {
  const [callback] = site.callbacks(effect.callback);
  const promise = newPromise(site);
  site.replaced = true;
  site.result = promise;
  if (callback === undefined) return;
  site.builder.emit({
    kind: 'call',
    at: site.site.at,
    target: { kind: 'value', of: callback },
    args: [settler(site, promise, 'resolve'), settler(site, promise, 'reject')],
  });
}

/** `Promise.withResolvers()`. */
export function lowerWithResolvers(site: EffectSite): void {
  const promise = newPromise(site);
  const fields = { promise, resolve: settler(site, promise, 'resolve'), reject: settler(site, promise, 'reject') };
  site.replaced = true;
  site.result = site.builder.value({ kind: 'object', fields, spreads: [], type: null, at: site.site.at });
}

/** `Promise.resolve(x)`: awaiting it is awaiting `x`; without a value, and for `reject`, a promise that is settled. */
export function lowerSettledPromise(site: EffectSite, effect: Extract<Effect, { does: 'settled-promise' }>): void {
  const value = effect.value === undefined ? undefined : site.value(effect.value);
  site.replaced = true;
  if (effect.how === 'resolve' && value !== undefined) {
    site.result = site.builder.value({ kind: 'from', values: [value], how: 'copy' });
    return;
  }
  const promise = newPromise(site);
  site.emit({ kind: 'settle', at: site.site.at, promise, how: effect.how });
  site.result = promise;
}

/** `mutex.waitForUnlock()`, `once(emitter, 'x')`: waits, and takes nothing. */
export function lowerWait(site: EffectSite, effect: Extract<Effect, { does: 'wait' }>): void {
  const on = site.value(effect.on);
  if (on === undefined) return;
  const wait = waitAt(site, effect.wait);
  const { at } = site.site;
  const event = effect.event;
  const target = (value: ValueId, of: EffectSite['builder']): ValueId | Place =>
    event === undefined ? value : eventPlace(site, placeOf(of, value), event);
  if (!effect.async) {
    site.replaced = true;
    site.emit({ kind: 'wait', at, on: target(on, site.builder), for: effect.for, wait });
    return;
  }
  const call = new SyntheticCall(site);
  call.pass('on', effect.on, effect.on === 'receiver' ? site.receiverType : null);
  site.result = call.call('promise', inner => {
    const value = call.parameter(inner, effect.on) ?? inner.unknown('on');
    inner.emit({ kind: 'wait', at, on: target(value, inner), for: effect.for, wait });
  });
}

/** `condition.notify()`, `event.set()`. */
export function lowerNotify(site: EffectSite, effect: Extract<Effect, { does: 'notify' }>): void {
  const on = site.value(effect.on);
  if (on === undefined) return;
  const target = effect.event === undefined ? on : eventPlace(site, placeOf(site.builder, on), effect.event);
  site.replaced = true;
  site.emit({ kind: 'notify', at: site.site.at, on: target, how: effect.how });
}
