/**
 * Objects that have a promise and what settles it, as they are made: `{ promise, resolve, reject }`, what a function
 * gives back that makes one, an object of a class that makes its promise itself.
 */
import type { FunctionFacts, FunctionId, Place, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { isOfInstance, lastField } from '../valueParts.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { functionUses, type FunctionUsesOf, type Key, keyName } from './consumptionIndex.ts';

/** The names of the members that are the promise, and of those that may reject it. */
export interface DeferredShape {
  readonly promises: ReadonlySet<string>;
  readonly rejecters: ReadonlySet<string>;
}

export interface DeferredShapes {
  /** Null: the value is no such object, or what rejects its promise goes elsewhere, too. */
  of(fn: FunctionFacts, value: ValueId): DeferredShape | null;
}

export const deferredShapes = defineAnalysis<DeferredShapes>('deferred-shapes', (get, program) => {
  return new Finder(get, program);
});

class Finder implements DeferredShapes {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #uses: FunctionUsesOf;
  readonly #makers = new Map<FunctionId, DeferredShape | null>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#uses = get(functionUses);
  }

  of(fn: FunctionFacts, value: ValueId): DeferredShape | null {
    const facts = fn.values[value];
    if (facts?.kind === 'object') return this.#ofObject(fn, value);
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call') return null;
    const shapes = this.#graph.targets(fn.id, step.id).map(id => this.#madeBy(id, step.newOf));
    return shapes.length === 0 || shapes.includes(null) ? null : merged(shapes.filter(shape => shape !== null));
  }

  #madeBy(id: FunctionId, type: TypeId | undefined): DeferredShape | null {
    let shape = this.#makers.get(id);
    if (shape !== undefined) return shape;
    this.#makers.set(id, null);
    const fn = this.#program.functions.get(id);
    shape = fn ? (type === undefined ? this.#ofReturned(fn) : this.#ofClass(fn, type)) : null;
    this.#makers.set(id, shape);
    return shape;
  }

  #ofReturned(fn: FunctionFacts): DeferredShape | null {
    const [object, ...others] = this.#writes.returned(fn.id);
    if (fn.calling !== 'value' || object === undefined || others.length > 0) return null;
    return fn.values[object]?.kind === 'object' ? this.#ofObject(fn, object) : null;
  }

  #ofObject(fn: FunctionFacts, object: ValueId): DeferredShape | null {
    const facts = fn.values[object];
    const literal = facts?.kind === 'object' ? Object.entries(facts.fields) : [];
    const members = literal.map(([name, value]) => ({ name, value }));
    return this.#shape(fn, [...members, ...this.#writtenTo(fn, place => isObject(fn, place, object))], {
      isIts: (at, place) => (at === fn ? isObject(fn, place, object) : isHeldObject(fn, place, object)),
      holds: value => value === object,
    });
  }

  /** The constructor makes the promise; what the class does with its rejecter is rejecting under another name. */
  #ofClass(constructor: FunctionFacts, type: TypeId): DeferredShape | null {
    const isIts = (_at: FunctionFacts, { root, path }: Place): boolean => path.length === 1 && isOfInstance(root);
    const members = this.#writtenTo(constructor, place => isIts(constructor, place));
    const shape = this.#shape(constructor, members, { isIts, holds: () => false });
    if (!shape) return null;
    const rejecters = new Set(shape.rejecters);
    for (const fn of this.#program.functions.values()) {
      if (!fn.id.startsWith(`${type}.`) || fn.id.startsWith(constructor.id)) continue;
      const isReading = fn.values.some(value => {
        const [first] = value.kind === 'read' && isOfInstance(value.place.root) ? value.place.path : [];
        return first !== undefined && 'field' in first && shape.rejecters.has(first.field);
      });
      if (isReading) rejecters.add(memberName(fn.id, type));
    }
    return { promises: shape.promises, rejecters };
  }

  #writtenTo(fn: FunctionFacts, isIts: (place: Place) => boolean): { name: string; value: ValueId }[] {
    return [...this.#program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'access' || step.mode !== 'write' || step.value === undefined) return [];
      const name = lastField(step.place);
      return name !== null && isIts(step.place) ? [{ name, value: step.value }] : [];
    });
  }

  #shape(
    fn: FunctionFacts,
    members: readonly { name: string; value: ValueId }[],
    object: Keeper,
  ): DeferredShape | null {
    const made = members.filter(({ value }) => this.#isMadeHere(fn, value));
    const [first] = made;
    if (!first || made.some(({ value }) => value !== first.value)) return null;
    const rejecters = this.#rejectersOf(fn, first.value, object);
    return rejecters && { promises: new Set(made.map(({ name }) => name)), rejecters };
  }

  #isMadeHere(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return step?.kind === 'call' && step.newOf === 'lib#Promise';
  }

  /** Under which names the object has the promise's own `reject`; null: it goes elsewhere, too. */
  #rejectersOf(fn: FunctionFacts, promise: ValueId, object: Keeper): ReadonlySet<string> | null {
    const uses = this.#uses(fn.id);
    const names = new Set<string>();
    for (const part of uses.of(promise)) {
      if (part.as !== 'part' || !isNamed(part.keys[0], 'reject')) continue;
      for (const use of uses.of(part.value)) {
        if (use.as === 'held' && object.holds(use.value) && use.key !== null) names.add(use.key);
        else if (use.as === 'step' && use.role === 'argument' && use.step.kind === 'call')
          for (const executor of this.#graph.targets(fn.id, use.step.id)) {
            const kept = this.#keptBy(fn, executor, use.index, object);
            if (!kept) return null;
            for (const name of kept) names.add(name);
          }
        else return null;
      }
    }
    return names;
  }

  /**
   * The executor does nothing with its parameter but put it into the object, or into variables that go there: itself, or
   * a closure that calls it.
   */
  #keptBy(maker: FunctionFacts, executor: FunctionId, index: number, object: Keeper): readonly string[] | null {
    const fn = this.#program.functions.get(executor);
    if (!fn) return null;
    const uses = this.#uses(executor);
    const values = uses.parameter(index).map(({ value }) => value);
    const names: string[] = [];
    for (const value of [...values, ...this.#closuresOver(fn, index)])
      for (const use of uses.of(value)) {
        // Closures that reach the parameter are among the values.
        if (use.as === 'slot' && values.includes(value)) continue;
        const step = use.as === 'step' && use.role === 'store' ? use.step : undefined;
        const found = step?.kind === 'access' ? this.#keptAt(maker, fn, step.place, object) : null;
        if (!found) return null;
        names.push(...found);
      }
    return names;
  }

  /** The closures of the executor that use its parameter. */
  #closuresOver(executor: FunctionFacts, index: number): ValueId[] {
    const slot = executor.parameters[index]?.name;
    if (slot === undefined) return [];
    const using = this.#inside(executor.id).filter(inner =>
      inner.values.some(value => {
        const root = value.kind === 'read' ? value.place.root : undefined;
        return root?.kind === 'captured' && root.from === executor.id && root.slot === slot;
      }),
    );
    return executor.values.flatMap((value, id) =>
      value.kind === 'function' && using.some(one => one.id === value.id || one.id.startsWith(`${value.id}/`))
        ? [id]
        : [],
    );
  }

  #keptAt(maker: FunctionFacts, fn: FunctionFacts, place: Place, object: Keeper): readonly string[] | null {
    const { root, path } = place;
    const name = lastField(place);
    if (name !== null) return object.isIts(fn, place) ? [name] : null;
    if (root.kind !== 'captured' || root.from !== maker.id || path.length > 0) return null;
    const isRead = (reader: FunctionFacts, value: ValueId): boolean => {
      const facts = reader.values[value];
      const at = facts?.kind === 'read' ? facts.place.root : undefined;
      return at?.kind === 'captured' && at.from === maker.id && at.slot === root.slot;
    };
    // A closure of the maker that reads it may call it.
    const others = this.#inside(maker.id).filter(inner => inner.id !== fn.id);
    if (others.some(inner => inner.values.some((_, value) => isRead(inner, value)))) return null;
    const reads = [...maker.values.keys()].filter(value => isRead(maker, value));
    const uses = reads.flatMap(value => [...this.#uses(maker.id).of(value)]);
    const names = uses.flatMap(use =>
      use.as === 'held' && object.holds(use.value) && use.key !== null ? [use.key] : [],
    );
    return names.length === uses.length ? names : null;
  }

  #inside(id: FunctionId): FunctionFacts[] {
    const { functions = [] } = this.#program.modules.get(this.#program.fileOf(id)) ?? {};
    return functions.filter(fn => fn.id.startsWith(`${id}/`));
  }
}

/** The object that is made: places that are a member of it, and values that are it. */
interface Keeper {
  isIts(at: FunctionFacts, place: Place): boolean;
  holds(value: ValueId): boolean;
}

/** A member of the object, as the function that makes it reaches it. */
const isObject = (fn: FunctionFacts, place: Place, object: ValueId): boolean =>
  place.root.kind === 'value' ? place.path.length === 1 && place.root.of === object : isHeldObject(fn, place, object);

/** The same through a variable of the function, as its closures reach it. */
function isHeldObject(fn: FunctionFacts, { root, path }: Place, object: ValueId): boolean {
  if (path.length !== 1 || root.kind !== 'captured' || root.from !== fn.id) return false;
  const slot = fn.slots[root.slot];
  return slot !== undefined && !slot.assignedAgain && slot.value === object;
}

/** `fail` of `file.ts#Deferred.fail/then:0`. */
const memberName = (id: FunctionId, type: TypeId): string => /^[^/]*/.exec(id.slice(type.length + 1))?.[0] ?? '';

const isNamed = (key: Key | undefined, name: string): boolean => keyName(key) === name;

function merged(shapes: readonly DeferredShape[]): DeferredShape {
  const [first, ...others] = shapes;
  const promises = [...(first?.promises ?? [])].filter(name => others.every(other => other.promises.has(name)));
  return { promises: new Set(promises), rejecters: new Set(shapes.flatMap(({ rejecters }) => [...rejecters])) };
}
