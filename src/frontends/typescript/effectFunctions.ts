/** Functions called, and bound, through a member of theirs: `f.call(self, …)`, `f.apply(self, args)`, `f.bind(self)`. */
import type { Effect } from '../../libraries/library.ts';
import type { Value, ValueId } from '../../model/facts.ts';
import type { EffectSite } from './effectSite.ts';

/** The external function that a value is: `Object.prototype.hasOwnProperty` read from the language. */
export function externalName(value: Value): string | undefined {
  if (value.kind !== 'read' || value.place.root.kind !== 'external') return undefined;
  const fields = value.place.path.flatMap(step => ('field' in step && step.field !== 'prototype' ? [step.field] : []));
  const { name } = value.place.root;
  if (fields.length === 0) return name.endsWith('#*') ? undefined : name;
  return name.endsWith('#*') ? name.slice(0, -1) + fields.join('.') : `${name}.${fields.join('.')}`;
}

/** `f.call(self, …)`, `f.apply(self, args)`. */
export function lowerCall(site: EffectSite, effect: Extract<Effect, { does: 'call' }>): void {
  const of = site.value(effect.callee);
  if (of === undefined) return;
  const self = effect.self === undefined ? undefined : site.value(effect.self);
  const args = site.site.args.slice(effect.from);
  const spreads = effect.spread
    ? [...args.keys()]
    : site.site.spreads.filter(index => index >= effect.from).map(index => index - effect.from);
  site.replaced = true;
  const external = externalName(site.builder.valueAt(of));
  site.result = site.call(external === undefined ? { kind: 'value', of } : { kind: 'external', name: external }, args, {
    ...(self === undefined ? {} : { receiver: self }),
    ...(spreads.length > 0 ? { spreads } : {}),
  });
}

/**
 * `f.bind(self, a, b)`: a closure that calls `f` with what was bound and what it is given. The bound values are slots of
 * the function that the call stands in.
 */
export function lowerBind(site: EffectSite, effect: Extract<Effect, { does: 'bind' }>): void {
  const callee = site.value(effect.callee);
  if (callee === undefined) return;
  site.replaced = true;
  const bound = site.site.args.slice(effect.from);
  const self =
    effect.self === undefined || site.isGiven(effect.self) === false || site.constant(effect.self) === 'null'
      ? undefined
      : site.value(effect.self);
  if (bound.length === 0 && self === undefined) {
    site.result = site.builder.value({ kind: 'from', values: [callee], how: 'copy' });
    return;
  }
  const { at } = site.site;
  const outer = site.builder;
  const rest = { name: 'args', type: null, optional: false, rest: true };
  const inner = site.context.addSynthetic(site.label, at, [rest], 'value');
  inner.facts.parent = outer.facts.id;
  const capture = (name: string, value: ValueId): ValueId => {
    const slot = `${inner.facts.id.slice(inner.facts.id.lastIndexOf('/') + 1)}.${name}`;
    outer.facts.slots[slot] = { value, assignedAgain: false, type: null, at };
    inner.facts.captures.push({ from: outer.facts.id, slot, assignedAgain: false });
    return inner.read({ root: { kind: 'captured', from: outer.facts.id, slot }, type: null, path: [] });
  };
  const of = capture('callee', callee);
  const receiver = self === undefined ? undefined : capture('self', self);
  const args = bound.map((value, index) => capture(`argument ${index}`, value));
  const given = inner.read({ root: { kind: 'parameter', index: 0 }, type: null, path: [] });
  const result = inner.emitValue({
    kind: 'call',
    at,
    target: { kind: 'value', of },
    args: [...args, given],
    spreads: [args.length],
    ...(receiver === undefined ? {} : { receiver }),
  });
  inner.emit({ kind: 'exit', at, how: 'return', value: result });
  site.result = outer.value({ kind: 'function', id: inner.facts.id });
}
