/** Callbacks that an API calls: before it returns (a loop at the site), or later from the event loop. */
import type { Arg, Effect } from '../../libraries/library.ts';
import type { At, Call, Count, ValueId } from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';
import type { EffectSite } from './effectSite.ts';
import { passedValues, type PassEnvironment } from './passedValues.ts';
import { SyntheticCall } from './syntheticCall.ts';

type Invoke = Extract<Effect, { does: 'invoke' }>;

export function lowerInvoke(site: EffectSite, effect: Invoke): void {
  const callbacks = site.callbacks(effect.callback);
  if (effect.when === 'later') return callLater(site, effect, callbacks);
  site.replaced = true;
  if (effect.awaits) return awaitCallbacks(site, effect, callbacks);
  for (const callback of callbacks) {
    site.callbackResult = invoke(
      site.builder,
      site,
      effect,
      callback,
      { builder: site.builder, argument: arg => site.value(arg), at: site.site.at, package: site.package },
      () => undefined,
    );
  }
}

/** The container whose elements the callback gets. */
function iterated(site: EffectSite, effect: Invoke): Arg {
  for (const each of effect.passes ?? []) if (typeof each === 'object' && 'element' in each) return each.element;
  return site.receiver === undefined ? 0 : 'receiver';
}

/** Emits the call, in a loop unless it happens once; gives the call's result. `then` adds steps behind the call. */
function invoke(
  builder: FunctionBuilder,
  site: EffectSite,
  effect: Invoke,
  callback: ValueId,
  environment: PassEnvironment,
  then: (result: ValueId, args: readonly ValueId[]) => void,
): ValueId {
  const { at } = site.site;
  const accumulates = effect.passes?.includes('accumulator') ?? false;
  const start = accumulates ? (environment.argument(1) ?? firstElement(builder, site, effect, environment)) : undefined;
  const accumulator = start === undefined ? undefined : builder.value({ kind: 'choice', values: [start], when: null });
  const call = (): ValueId => {
    const args = passedValues(effect.passes, accumulator === undefined ? environment : { ...environment, accumulator });
    const within = storeAround(effect, environment);
    const result = builder.emitValue({
      kind: 'call',
      at,
      target: { kind: 'value', of: callback },
      args,
      ...(within === undefined ? {} : { within }),
    });
    const accumulated = accumulator === undefined ? undefined : builder.valueAt(accumulator);
    if (accumulated?.kind === 'choice') accumulated.values.push(result);
    then(result, args);
    return result;
  };
  if (effect.times === 'once') return call();
  const over = effect.times === 'each' ? environment.argument(iterated(site, effect)) : undefined;
  const times: Count = over === undefined ? { kind: 'unknown' } : { kind: 'length', of: over };
  let result: ValueId | undefined;
  builder.emitCompound(() => ({
    kind: 'loop',
    at,
    test: 'before',
    ...(over === undefined ? {} : { over }),
    awaitsEach: false,
    times,
    orElse: [],
    body: builder.inBlock(() => {
      result = call();
    }),
  }));
  return accumulator ?? result ?? builder.unknown(site.key);
}

/** The store of the task that the callback runs in. */
function storeAround({ within }: Invoke, environment: PassEnvironment): Call['within'] {
  const store = within && environment.argument(within.store);
  if (!within || store === undefined) return undefined;
  const value = within.value === undefined ? undefined : environment.argument(within.value);
  return value === undefined ? { store } : { store, value };
}

function firstElement(
  builder: FunctionBuilder,
  site: EffectSite,
  effect: Invoke,
  environment: PassEnvironment,
): ValueId | undefined {
  const container = environment.argument(iterated(site, effect));
  return container === undefined ? undefined : builder.value({ kind: 'element', of: container, key: null });
}

/** `pMap(xs, f)`, `Promise.try`-like: an async function that calls the callback and awaits what it gives. */
function awaitCallbacks(site: EffectSite, effect: Invoke, callbacks: readonly ValueId[]): void {
  const call = new SyntheticCall(site);
  callbacks.forEach((callback, index) => {
    call.passValue(`callback ${index}`, 'callback', callback);
  });
  if (effect.times === 'each') call.pass('values', iterated(site, effect));
  for (const each of effect.passes ?? []) {
    if (typeof each === 'object' && !('fresh' in each))
      call.pass('argument', 'argument' in each ? each.argument : each.element);
  }
  site.result = call.call('promise', inner => {
    const { at } = site.site;
    const given: ValueId[] = [];
    const sessions: ValueId[] = [];
    const run = (): void => {
      for (const index of callbacks.keys()) given.push(awaited(site, effect, call, inner, index, sessions));
    };
    if (effect.endsSession) inSession(inner, at, run, sessions);
    else run();
    const last = given.at(-1);
    if (last !== undefined) inner.emit({ kind: 'exit', at, how: 'return', value: last });
  });
  site.callbackResult = site.result;
}

/** Calls a callback, waits for what it gives, and gives that; `first` gets what it is given first. */
function awaited(
  site: EffectSite,
  effect: Invoke,
  call: SyntheticCall,
  inner: FunctionBuilder,
  index: number,
  first: ValueId[],
): ValueId {
  const { at } = site.site;
  const isParallel = effect.parallel === true && !(effect.bound !== undefined && site.equals(effect.bound, '1'));
  const join = (promise: ValueId): void => {
    inner.emit({ kind: 'await', at, values: [promise], until: 'all', wait: 'endless', strength: 'callee' });
  };
  const environment: PassEnvironment = {
    builder: inner,
    argument: arg => call.parameter(inner, arg),
    at,
    package: site.package,
  };
  const callback = call.passedValue(inner, `callback ${index}`) ?? inner.unknown('callback');
  const result = invoke(inner, site, effect, callback, environment, (promise, args) => {
    first.push(...args.slice(0, 1));
    if (!isParallel) join(promise);
  });
  if (isParallel) join(inner.value({ kind: 'array', values: [result], spreads: [], at }));
  const settled = inner.value({ kind: 'settled', of: result });
  return effect.times === 'once' ? settled : inner.value({ kind: 'array', values: [settled], spreads: [], at });
}

/** However it ends, the sessions that it was given have ended with it. */
function inSession(inner: FunctionBuilder, at: At, run: () => void, sessions: readonly ValueId[]): void {
  inner.emitCompound(() => ({
    kind: 'try',
    at,
    body: inner.inBlock(run),
    handlers: [],
    orElse: [],
    finally: inner.inBlock(() => {
      for (const of of sessions) inner.emit({ kind: 'release', at, session: { of, whole: true } });
    }),
  }));
}

/** Node's callbacks run once from the event loop; those that are called again and again are entry points. */
function callLater(site: EffectSite, effect: Invoke, callbacks: readonly ValueId[]): void {
  const { at } = site.site;
  for (const body of callbacks) {
    if (effect.awaits && effect.times === 'once' && !site.effect('make')) {
      runLater(site, effect, body);
    } else if (effect.times === 'once') {
      const args = passedValues(effect.passes, {
        builder: site.builder,
        argument: arg => site.value(arg),
        at,
        package: site.package,
      });
      site.emit({
        kind: 'spawn',
        at,
        how: 'immediate',
        body,
        args,
        runsOn: 'event-loop',
        times: { kind: 'exactly', n: 1 },
        keeps: 'strong',
      });
    } else {
      site.emit({
        kind: 'register',
        at,
        handler: body,
        entry: {
          trigger: 'event',
          label: `callback of ${site.label}`,
          instances: effect.awaits ? 'serial' : 'many',
          evidence: 'inferred',
          awaitsHandler: effect.awaits === true,
          rejection: 'crashes',
          confined: [],
          runsOn: 'event-loop',
          test: site.context.test,
        },
      });
    }
  }
}

/** Runs the callback in a later turn; the call's promise is settled by it. */
function runLater(site: EffectSite, effect: Invoke, callback: ValueId): void {
  const call = new SyntheticCall(site);
  call.passValue('callback', 'callback', callback);
  for (const each of effect.passes ?? [])
    if (typeof each === 'object' && 'argument' in each) call.pass('argument', each.argument);
  site.result = call.call('promise', inner => {
    const { at } = site.site;
    inner.emit({ kind: 'await', at, values: [], until: 'all', wait: 'endless', strength: 'macro' });
    const args = passedValues(effect.passes, {
      builder: inner,
      argument: arg => call.parameter(inner, arg),
      at,
      package: site.package,
    });
    const of = call.passedValue(inner, 'callback') ?? inner.unknown('callback');
    const result = inner.emitValue({ kind: 'call', at, target: { kind: 'value', of }, args });
    inner.emit({ kind: 'await', at, values: [result], until: 'all', wait: 'endless', strength: 'callee' });
    inner.emit({ kind: 'exit', at, how: 'return', value: inner.value({ kind: 'settled', of: result }) });
  });
  site.callbackResult = site.result;
}
