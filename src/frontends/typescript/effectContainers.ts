/** Containers and places: put, take, remove, order; what a call gives; files and rows that it touches. */
import { ts } from 'ts-morph';
import type { Arg, Effect } from '../../libraries/library.ts';
import type { PathStep, Place, ValueId } from '../../model/facts.ts';
import { comparedKey } from './comparators.ts';
import { unquoted } from './effectEvents.ts';
import { placeOf, type EffectSite } from './effectSite.ts';
import { entriesOf } from './entries.ts';

function keyStep(site: EffectSite, key: Arg | undefined): PathStep {
  const value = key === undefined ? undefined : site.value(key);
  if (value === undefined) return { any: true };
  const known = site.builder.valueAt(value);
  return known.kind === 'constant' ? { key: unquoted(known.text) } : { key: value };
}

function entryPlace(site: EffectSite, container: ValueId, key: Arg | undefined): Place {
  const place = placeOf(site.builder, container);
  return { ...place, path: [...place.path, keyStep(site, key)] };
}

/** Only what is read from somewhere can be shared; a fresh container is just a value. */
function isShared(site: EffectSite, container: ValueId): boolean {
  return site.builder.valueAt(container).kind === 'read';
}

/** `array.push(x)`, `map.set(k, v)`. */
export function lowerPut(site: EffectSite, effect: Extract<Effect, { does: 'put' }>): void {
  const container = site.value(effect.into);
  if (container === undefined) return;
  site.replaced = true;
  for (const value of site.values(effect.value)) {
    site.emit({
      kind: 'access',
      at: site.site.at,
      place: entryPlace(site, container, effect.key),
      mode: 'update',
      value,
      atomic: false,
      guard: 'none',
    });
  }
}

/** `map.get(k)`, `queue.shift()`, `set.has(x)`. */
export function lowerTake(site: EffectSite, effect: Extract<Effect, { does: 'take' }>): void {
  const container = site.value(effect.from);
  if (container === undefined) return;
  const place = entryPlace(site, container, effect.key);
  const { at } = site.site;
  const element = site.builder.read(place);
  if (effect.removes) site.emit({ kind: 'access', at, place, mode: 'delete', atomic: false, guard: 'none' });
  else if (isShared(site, container))
    site.emit({ kind: 'access', at, place, mode: 'read', atomic: false, guard: 'none' });
  site.replaced = true;
  site.result = effect.presence ? site.builder.value({ kind: 'from', values: [element], how: 'compute' }) : element;
}

/** `map.delete(k)`, `set.clear()`. */
export function lowerRemove(site: EffectSite, effect: Extract<Effect, { does: 'remove' }>): void {
  const container = site.value(effect.from);
  if (container === undefined) return;
  site.replaced = true;
  site.emit({
    kind: 'access',
    at: site.site.at,
    place: entryPlace(site, container, effect.key),
    mode: 'delete',
    atomic: false,
    guard: 'none',
  });
}

/** `accounts.sort((p, q) => p.id - q.id)`; without a comparator by themselves, unless they are known to be objects. */
export function lowerOrder(site: EffectSite, effect: Extract<Effect, { does: 'order' }>): void {
  const of = site.value(effect.of);
  if (of === undefined) return;
  const node = site.node(effect.of);
  const elements = node ? site.context.questions.elementsOf(node) : 'unknown';
  const comparator =
    effect.comparator === undefined || site.isGiven(effect.comparator) === false
      ? undefined
      : site.node(effect.comparator);
  const order = comparator
    ? comparedKey(site.context.questions, comparator)
    : elements !== 'object'
      ? { key: [], falling: false }
      : undefined;
  const isKnown =
    comparator !== undefined || effect.comparator === undefined || site.value(effect.comparator) === undefined;
  site.replaced = true;
  site.result = site.builder.value({
    kind: 'ordered',
    of,
    key: isKnown ? (order?.key ?? null) : null,
    ...(order?.falling && { falling: true }),
    elements,
  });
  if (!effect.inPlace) return;
  if (isShared(site, of))
    site.emit({
      kind: 'access',
      at: site.site.at,
      place: entryPlace(site, of, undefined),
      mode: 'update',
      atomic: false,
      guard: 'none',
    });
  if (node) site.context.rebind?.(node, site.result);
}

/** What the call gives. */
export function lowerGive(site: EffectSite, effect: Extract<Effect, { does: 'give' }>): void {
  const given = givenValue(site, effect.what);
  if (given === undefined) return;
  site.result = given;
  if (site.api.known === undefined && site.api.gives === undefined) site.replaced = true;
}

function givenValue(site: EffectSite, what: Extract<Effect, { does: 'give' }>['what']): ValueId | undefined {
  const { builder, callbackResult } = site;
  if (typeof what === 'object') {
    if ('argument' in what) return site.value(what.argument);
    // A synthetic function stands for the call already, and gives the promise.
    if (site.result !== undefined || what.promiseOf === 'unknown') return site.result;
    const value =
      callbackResult === undefined
        ? undefined
        : what.promiseOf === 'results'
          ? results(site, callbackResult)
          : callbackResult;
    if (value === undefined) return undefined;
    return what.promiseOf === 'results'
      ? builder.value({ kind: 'combined', values: [value], until: 'all', at: site.site.at })
      : builder.value({ kind: 'from', values: [value], how: 'copy' });
  }
  switch (what) {
    case 'receiver':
      return site.receiver;
    case 'result':
      return callbackResult;
    case 'results':
      return callbackResult === undefined ? elements(site) : results(site, callbackResult);
    case 'elements':
      return elements(site);
    case 'rest':
      return restOfElements(site);
    case 'entries': {
      const container = elementSource(site);
      return container === undefined ? undefined : entriesOf(builder, container, site.site.at);
    }
    case 'element': {
      const container = elementSource(site);
      return container === undefined ? undefined : builder.value({ kind: 'element', of: container, key: null });
    }
    case 'step': {
      const container = elementSource(site);
      if (container === undefined) return undefined;
      const value = builder.value({ kind: 'element', of: container, key: null });
      return builder.value({ kind: 'object', fields: { value }, spreads: [], type: null, at: site.site.at });
    }
    case 'least':
    case 'greatest': {
      const { args, spreads } = site.site;
      if (args.length < 2 || spreads.length > 0) return undefined;
      const list = builder.value({ kind: 'array', values: [...args], spreads: [], at: site.site.at });
      const of = builder.value({ kind: 'ordered', of: list, key: [], elements: 'primitive' });
      return builder.value({ kind: 'element', of, key: what === 'least' ? 0 : args.length - 1 });
    }
    case 'nothing':
      return builder.constant('undefined');
    case 'unknown':
      return undefined;
  }
}

function results(site: EffectSite, result: ValueId): ValueId {
  return site.builder.value({ kind: 'array', values: [result], spreads: [], at: site.site.at });
}

function elements(site: EffectSite): ValueId | undefined {
  const container = elementSource(site);
  return container === undefined ? undefined : site.builder.value({ kind: 'from', values: [container], how: 'copy' });
}

/** Without so many of the first ones as the first argument says. */
function restOfElements(site: EffectSite): ValueId | undefined {
  const { builder } = site;
  const list = elements(site);
  const [first] = site.site.args;
  const from = first === undefined ? undefined : builder.valueAt(first);
  const rest = from?.kind === 'constant' ? Number(from.text) : 0;
  return list === undefined || !(rest > 0) ? list : builder.value({ kind: 'from', values: [list], how: 'copy', rest });
}

/** The receiver; for a function of a constructor (`Object.values(x)`, `Array.from(x)`) the first argument. */
function elementSource(site: EffectSite): ValueId | undefined {
  const node = site.node('receiver');
  const type = site.receiverType;
  const isStatic = node !== undefined && ts.isIdentifier(node) && type !== null && meansType(site, node, type);
  return isStatic || site.receiver === undefined ? site.value(0) : site.receiver;
}

function meansType(site: EffectSite, node: ts.Identifier, type: string): boolean {
  const meaning = site.context.questions.meaningOf(node);
  return meaning.kind === 'external' && meaning.name === type;
}

/** Files, rows, entries, names outside of the process. */
export function lowerTouch(site: EffectSite, effect: Extract<Effect, { does: 'touch' }>): void {
  const key = site.value(effect.key) ?? site.builder.unknown(site.key);
  site.emit({
    kind: 'access',
    at: site.site.at,
    place: { root: { kind: 'store', store: effect.store, key }, type: null, path: [] },
    mode: effect.mode,
    // One operation of the file system or database is atomic in itself.
    atomic: effect.mode === 'update',
    guard: effect.guard ?? 'none',
  });
}
