/** Whose lock a shape is: the class that is nothing but a lock, or the place that holds the state. */
import type { FunctionFacts, LockKind, TypeFacts, TypeId, ValueId } from '../../model/facts.ts';
import { FALSE_LIKE, FunctionIndex, placeKey, readsPlace, type Shape } from './handMadeIndex.ts';
import { isMember } from './handMadeShapes.ts';
import type { ModuleIndex } from './handMadeModule.ts';
import { comparedWith } from '../steps.ts';
import { isOfInstance } from '../valueParts.ts';

export class LockOwners {
  readonly #index: ModuleIndex;
  readonly #types: readonly TypeFacts[];

  constructor(index: ModuleIndex, types: readonly TypeFacts[]) {
    this.#index = index;
    this.#types = types;
  }

  /** Classes whose every function that takes the lock takes it for its caller, or runs its caller's work. */
  classes(shapes: readonly Shape[]): Set<TypeId> {
    const byClass = new Map<TypeId, Shape[]>();
    for (const shape of shapes) {
      const owner = this.ownerOf(shape);
      if (owner === null) continue;
      const list = byClass.get(owner.id);
      if (list) list.push(shape);
      else byClass.set(owner.id, [shape]);
    }
    const found = new Set<TypeId>();
    for (const [type, list] of byClass) {
      const hidden = this.#types.find(({ id }) => id === type)?.hidden ?? [];
      const keys = new Set(
        list.map(shape => shape.place.path.map(step => ('field' in step ? step.field : '*')).join('.')),
      );
      if (keys.size > 1 || list.some(shape => shape.place.path.length !== 1)) continue;
      const isOwn = (shape: Shape): boolean => {
        const fn = this.#fn(shape.fn);
        const name = fn.name.split('.').pop() ?? '';
        if (hidden.includes(name)) return false;
        if (shape.kind === 'waiters' || this.#runsWork(fn)) return true;
        return (shape.kind === 'previous' || shape.kind === 'flag') && !this.#freesItself(shape);
      };
      if (list.every(isOwn)) found.add(type);
    }
    return found;
  }

  /** How many a counter lets in: what it starts with, or, when that is nothing, what it is compared with. */
  permitsOf(shape: Shape): Pick<LockKind, 'capacity' | 'capacityArgument'> {
    const owner = this.ownerOf(shape);
    const construct = owner?.construct ? this.#index.of(owner.construct) : undefined;
    const start = construct && this.#startOf(construct, shape.key);
    if (construct && start !== undefined && !construct.isConstant(start, ['0'])) return permits(construct, start);
    for (const inner of this.#index.within(this.#fn(shape.fn)))
      for (const other of comparedInTests(inner, shape.key)) {
        const facts = inner.value(other);
        if (facts?.kind === 'constant') return permits(inner, other);
        const key = facts?.kind === 'read' ? placeKey(inner.fn, facts.place) : null;
        const bound = construct && key !== null ? this.#startOf(construct, key) : undefined;
        if (construct && bound !== undefined) return permits(construct, bound);
      }
    return { capacity: { kind: 'unknown' } };
  }

  #startOf(construct: FunctionIndex, key: string): ValueId | undefined {
    return construct
      .accesses()
      .findLast(({ step }) => step.mode === 'write' && placeKey(construct.fn, step.place) === key)?.step.value;
  }

  ownerOf({ fn, place }: Shape): TypeFacts | null {
    const { root } = place;
    const method = root.kind === 'captured' ? this.#index.of(root.from)?.fn : this.#index.of(fn)?.fn;
    if (!isOfInstance(root)) return null;
    return this.#types.find(({ id }) => id === method?.owner) ?? null;
  }

  /** Calls a parameter of the function, or chains it. */
  #runsWork(fn: FunctionFacts): boolean {
    const isParameter = (index: FunctionIndex, value: ValueId | undefined): boolean =>
      index.alternatives(value).some(id => {
        const facts = index.value(id);
        if (facts?.kind !== 'read' || facts.place.path.length > 0) return false;
        const { root } = facts.place;
        if (root.kind === 'parameter') return index.fn.id === fn.id;
        if (root.kind !== 'captured' || root.from !== fn.id) return false;
        const held = fn.slots[root.slot]?.value;
        return held != null && isParameter(new FunctionIndex(fn), held);
      });
    return this.#index
      .within(fn)
      .some(index =>
        index.list.some(
          ({ step }) =>
            (step.kind === 'call' && step.target.kind === 'value' && isParameter(index, step.target.of)) ||
            (step.kind === 'chain' && isParameter(index, step.onFulfilled)),
        ),
      );
  }

  #freesItself(shape: Shape): boolean {
    const fn = this.#fn(shape.fn);
    const inside = this.#index.within(fn);
    const resolvers = this.resolversOf(fn);
    const resolves = inside.some(index =>
      index.calls().some(({ step }) => {
        const callee = step.target.kind === 'value' ? index.value(step.target.of) : undefined;
        const key = callee?.kind === 'read' ? placeKey(index.fn, callee.place) : null;
        return key !== null && resolvers.has(key) && index.fn.id === fn.id;
      }),
    );
    return (
      resolves ||
      inside.some(index =>
        index
          .accesses()
          .some(({ step }) => placeKey(index.fn, step.place) === shape.key && index.isConstant(step.value, FALSE_LIKE)),
      )
    );
  }

  /** Variables that hold the `resolve` of a promise made in the function. */
  resolversOf(fn: FunctionFacts): Set<string> {
    const keys = new Set<string>();
    for (const index of this.#index.within(fn)) {
      for (const { step } of index.accesses()) {
        const held = index.value(step.value);
        const isResolve =
          held?.kind === 'read' &&
          ((held.place.root.kind === 'parameter' &&
            held.place.path.length === 0 &&
            index.fn.id.includes('/Promise:')) ||
            isMember(held.place, 'resolve'));
        const key = placeKey(index.fn, step.place);
        if (isResolve && key !== null) keys.add(key);
      }
    }
    for (const [slot, { value }] of Object.entries(fn.slots)) {
      const held = value === null ? undefined : fn.values[value];
      if (held?.kind === 'read' && isMember(held.place, 'resolve')) keys.add(`^${fn.id} ${slot}`);
    }
    return keys;
  }

  #fn(id: string): FunctionFacts {
    const fn = this.#index.of(id)?.fn;
    if (!fn) throw new Error(`no function ${id}`);
    return fn;
  }
}

/** What the tests of a function compare a counter with. */
const comparedInTests = (index: FunctionIndex, key: string): ValueId[] =>
  index.list.flatMap(({ step }) =>
    (step.kind === 'branch' || step.kind === 'loop') && step.condition
      ? comparedWith(step.condition, value => readsPlace(index, value, key))
      : [],
  );

function permits(index: FunctionIndex, value: ValueId): Pick<LockKind, 'capacity' | 'capacityArgument'> {
  const [facts] = index.alternatives(value).map(id => index.value(id));
  if (facts?.kind === 'constant' && /^[1-9]\d*$/.test(facts.text))
    return { capacity: { kind: 'exactly', n: Number(facts.text) } };
  const isArgument = facts?.kind === 'read' && facts.place.root.kind === 'parameter' && facts.place.path.length === 0;
  return isArgument && facts.place.root.kind === 'parameter'
    ? { capacity: { kind: 'unknown' }, capacityArgument: facts.place.root.index }
    : { capacity: { kind: 'unknown' } };
}
