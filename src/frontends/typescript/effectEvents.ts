/** What the outside starts: listeners, emitted events, registered handlers, spawned work; and ending it. */
import { ts } from 'ts-morph';
import type { Arg, Effect } from '../../libraries/library.ts';
import type { EntryPoint, Place, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import { constantText } from './constants.ts';
import { placeOf, type EffectSite } from './effectSite.ts';
import { passedValues } from './passedValues.ts';

/** The slot of an event's listeners: `on:data`; `on:*` when the name is not known. */
export function eventPlace(site: EffectSite, emitter: Place, event: Arg | { name: string }): Place {
  return { ...emitter, path: [...emitter.path, { field: `on:${eventName(site, event) ?? '*'}` }] };
}

function eventName(site: EffectSite, event: Arg | { name: string }): string | undefined {
  if (typeof event === 'object' && 'name' in event) return event.name;
  const text = site.constant(event) ?? eventObjectName(site, event);
  return text === undefined ? undefined : unquoted(text);
}

/** `dispatchEvent(new Event('x'))`. */
function eventObjectName(site: EffectSite, event: Arg): string | undefined {
  const argument = site.node(event);
  const node = argument && bare(argument);
  const first = node && ts.isNewExpression(node) ? node.arguments?.[0] : undefined;
  return first && constantText(site.context.questions, first);
}

/** A string constant without its quotes; other constants as they are. */
export function unquoted(text: string): string {
  const value: unknown = text.startsWith('"') ? JSON.parse(text) : text;
  return typeof value === 'string' ? value : text;
}

/** `emitter.on('x', f)`, `off`. */
export function lowerListen(site: EffectSite, effect: Extract<Effect, { does: 'listen' }>): void {
  const emitter = site.value(effect.on);
  const [callback] = site.callbacks(effect.callback);
  if (emitter === undefined) return;
  site.replaced = true;
  if (callback === undefined) return;
  const place = eventPlace(site, placeOf(site.builder, emitter), effect.event);
  const { at } = site.site;
  site.emit({
    kind: 'access',
    at,
    place,
    mode: effect.removes ? 'delete' : 'update',
    value: callback,
    atomic: false,
    guard: 'none',
  });
  if (effect.removes) return;
  const name = eventName(site, effect.event);
  const entry: EntryPoint = {
    trigger: 'event',
    label: name === undefined ? 'an event' : `"${name}" event`,
    instances: effect.once ? 'once' : 'many',
    evidence: 'inferred',
    awaitsHandler: false,
    rejection: 'crashes',
    confined: [],
    runsOn: 'event-loop',
    test: site.context.test,
    ...effect.entry,
  };
  site.emit({ kind: 'register', at, handler: callback, entry });
}

/** `emitter.emit('x', …)`: calls every listener, now, in order. */
export function lowerEmit(site: EffectSite, effect: Extract<Effect, { does: 'emit' }>): void {
  const emitter = site.value(effect.on);
  if (emitter === undefined) return;
  const { builder } = site;
  const { at } = site.site;
  const listeners = builder.read(eventPlace(site, placeOf(builder, emitter), effect.event));
  const args = site.site.args.slice(effect.passesFrom);
  const spreads = site.site.spreads.filter(index => index >= effect.passesFrom).map(index => index - effect.passesFrom);
  site.replaced = true;
  builder.emitCompound(() => ({
    kind: 'loop',
    at,
    test: 'before',
    over: listeners,
    awaitsEach: false,
    times: { kind: 'unknown' },
    orElse: [],
    body: builder.inBlock(() => {
      const listener = builder.value({ kind: 'element', of: listeners, key: null });
      builder.emit({
        kind: 'call',
        at,
        target: { kind: 'value', of: listener },
        receiver: emitter,
        args,
        ...(spreads.length > 0 ? { spreads } : {}),
      });
    }),
  }));
}

/** `app.post('/x', handler)`, `process.on('SIGTERM', …)`, `test('…', f)`. */
export function lowerRegister(site: EffectSite, effect: Extract<Effect, { does: 'register' }>): void {
  const { label, test, ...entry } = effect.entry;
  for (const handler of site.callbacks(effect.handler)) {
    site.emit({
      kind: 'register',
      at: site.site.at,
      handler,
      entry: { ...entry, label: entryLabel(site, label), ...eventOf(site, effect), test: test ?? site.context.test },
    });
  }
}

/** `SIGTERM` of `process.on('SIGTERM', …)`; a table that registers for termination as such says so itself. */
function eventOf(site: EffectSite, { handler, entry }: Extract<Effect, { does: 'register' }>): { event?: string } {
  const name = entry.trigger === 'signal' && handler === 1 ? site.constant(0) : undefined;
  return name === undefined ? {} : { event: unquoted(name) };
}

function entryLabel(site: EffectSite, label: string | undefined): string {
  if (label === undefined) return `${site.label} callback`;
  return label.replace(/\{(\d+)\}/g, (_, index: string) => {
    const text = site.constant(Number(index));
    return text === undefined ? '…' : unquoted(text);
  });
}

/** Timers, micro-tasks, threads. */
export function lowerSpawn(site: EffectSite, effect: Extract<Effect, { does: 'spawn' }>): void {
  const { builder } = site;
  const body = effect.body === undefined ? undefined : site.callbacks(effect.body)[0];
  const args = passedValues(effect.passes, {
    builder,
    argument: arg => site.value(arg),
    at: site.site.at,
    package: site.package,
  });
  const handle = builder.emitValue({
    kind: 'spawn',
    at: site.site.at,
    how: effect.how,
    body: body ?? site.site.args[0] ?? builder.unknown(site.key),
    args,
    runsOn: effect.runsOn,
    times: effect.how === 'interval' ? { kind: 'unbounded' } : { kind: 'exactly', n: 1 },
    keeps: 'strong',
  });
  if (site.effect('make')) return;
  site.replaced = true;
  site.result = handle;
}

/** `controller.abort()`, `clearTimeout(handle)`, `server.close()`. */
export function lowerCancel(site: EffectSite, effect: Extract<Effect, { does: 'cancel' }>): void {
  const what: ValueId = site.value(effect.what) ?? site.builder.unknown(site.key);
  const code = effect.how === 'exit' ? exitCode(site) : undefined;
  site.emit({ kind: 'cancel', at: site.site.at, what, how: effect.how, ...(code === undefined ? {} : { code }) });
  if (site.api.gives === undefined) site.replaced = true;
}

/** Behind names, too: `process.exit(CODES.badInput)`. */
function exitCode(site: EffectSite): ValueId | undefined {
  const text = site.constant(0);
  return text === undefined ? site.value(0) : site.builder.constant(text);
}
