/**
 * Promises that are settled by hand and come in an object with what settles them, kept in a variable or a field:
 * `ready = new Deferred()`. One whose `reject` nobody in the program takes does not reject.
 */
import type { FunctionFacts, FunctionId, PathStep, Place, Step, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { type Program, variableAt } from '../program.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { functionUses, type FunctionUsesOf, type Key, keyName, keysOf, type Role } from './consumptionIndex.ts';
import { type DeferredShape, type DeferredShapes, deferredShapes } from './deferredShapes.ts';

export interface DeferredHolders {
  /** The place is the promise of such an object, and nothing is taken of that which could reject it. */
  isOnlyResolved(fn: FunctionId, place: Place): boolean;
}

export const deferredHolders = defineAnalysis<DeferredHolders>('deferred-holders', (get, program) => {
  return new Finder(get, program);
});

/** What is taken of an object; null: somebody else gets it, or it is not known what is taken. */
type Taken = ReadonlySet<string> | null;

class Finder implements DeferredHolders {
  readonly #program: Program;
  readonly #hierarchy: TypeHierarchy;
  readonly #writes: WriteIndex;
  readonly #uses: FunctionUsesOf;
  readonly #shapes: DeferredShapes;
  /** By the class and the name of a field. */
  readonly #fields = new Map<string, Taken>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#hierarchy = get(hierarchy);
    this.#writes = get(writeIndex);
    this.#uses = get(functionUses);
    this.#shapes = get(deferredShapes);
  }

  isOnlyResolved(id: FunctionId, { root, path }: Place): boolean {
    const fn = this.#program.functions.get(id);
    const part = path.at(-1);
    if (!fn || !part || !('field' in part)) return false;
    const holder = path.at(-2);
    if (holder !== undefined) return this.#isField(holder, part.field);
    if (root.kind === 'value')
      return this.#isSafe(part.field, this.#shapes.of(fn, root.of), () => this.#takenOf(fn, root.of));
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return false;
    const { owner, slot } = variable;
    const made = slot.value as ValueId;
    return this.#isSafe(part.field, this.#shapes.of(owner, made), () => this.#takenOf(owner, made));
  }

  #isSafe(promise: string, shape: DeferredShape | null, taken: () => Taken): boolean {
    if (!shape?.promises.has(promise)) return false;
    const names = taken();
    return names !== null && [...shape.rejecters].every(name => !names.has(name));
  }

  /** The field of a class, which holds nothing but such objects. */
  #isField(holder: PathStep, promise: string): boolean {
    if (!('field' in holder) || holder.of === undefined) return false;
    const { field, of: owner } = holder;
    if (this.#program.types.get(owner)?.kind !== 'class') return false;
    const writes = this.#writes.toField(field).filter(({ place }) => this.#isOf(place.path.at(-1), owner, field));
    return (
      writes.length > 0 &&
      writes.every(({ fn, value }) =>
        this.#isSafe(promise, this.#shapes.of(fn, value), () => {
          const before = this.#takenOf(fn, value, place => this.#isOf(place.path.at(-1), owner, field));
          const later = before && this.#takenOfField(owner, field);
          return later && new Set([...before, ...later]);
        }),
      )
    );
  }

  /** The step leads to the field, or may do so. */
  #isOf(step: PathStep | undefined, owner: TypeId, field: string): boolean {
    if (!step || !('field' in step) || step.field !== field) return false;
    const { of } = step;
    if (of === undefined) return true;
    return this.#hierarchy.ancestors(of).includes(owner) || this.#hierarchy.ancestors(owner).includes(of);
  }

  #takenOfField(owner: TypeId, field: string): Taken {
    const key = `${owner} ${field}`;
    let taken = this.#fields.get(key);
    if (taken === undefined) this.#fields.set(key, (taken = this.#collect(owner, field)));
    return taken;
  }

  #collect(owner: TypeId, field: string): Taken {
    const found = new Set<string>();
    for (const fn of this.#program.functions.values())
      for (const [id, value] of fn.values.entries()) {
        if (value.kind !== 'read') continue;
        const { path } = value.place;
        const at = path.findIndex(step => this.#isOf(step, owner, field));
        if (at < 0) continue;
        const next = path[at + 1];
        // Another file takes the object of something without a type, which may be anything of that name.
        if (next === undefined && isUntyped(path[at]) && !this.#isHome(owner, fn.id)) continue;
        const taken = next === undefined ? this.#takenOf(fn, id) : named([next]);
        if (taken === null) return null;
        for (const name of taken) found.add(name);
      }
    return found;
  }

  #isHome(owner: TypeId, fn: FunctionId): boolean {
    return owner.startsWith(`${this.#program.fileOf(fn)}#`);
  }

  /** What is taken of the value, here and by closures; it may be kept in some places. */
  #takenOf(fn: FunctionFacts, value: ValueId, isKept: (place: Place) => boolean = () => false, depth = DEPTH): Taken {
    if (depth === 0) return null;
    const found = new Set<string>();
    for (const use of this.#uses(fn.id).of(value)) {
      const taken =
        use.as === 'part'
          ? single(use.keys[0])
          : use.as === 'alias'
            ? this.#takenOf(fn, use.value, isKept, depth - 1)
            : use.as === 'slot'
              ? this.#takenOfVariable(fn.id, use.slot, depth - 1)
              : use.as === 'step'
                ? takenBy(use.step, use.role, isKept)
                : null;
      if (taken === null) return null;
      for (const name of taken) found.add(name);
    }
    return found;
  }

  #takenOfVariable(owner: FunctionId, slot: string, depth: number): Taken {
    const found = new Set<string>();
    for (const inner of this.#readersOf(owner))
      for (const [id, value] of inner.values.entries()) {
        if (value.kind !== 'read') continue;
        const { root, path } = value.place;
        const variable = variableAt(this.#program, root);
        if (variable?.owner.id !== owner || variable.name !== slot) continue;
        const taken = path.length > 0 ? named(path) : this.#takenOf(inner, id, undefined, depth);
        if (taken === null) return null;
        for (const name of taken) found.add(name);
      }
    return found;
  }

  /** Closures read the variables of a function; anybody those of a module. */
  #readersOf(owner: FunctionId): Iterable<FunctionFacts> {
    const file = this.#program.fileOf(owner);
    if (owner === `${file}#`) return this.#program.functions.values();
    const { functions = [] } = this.#program.modules.get(file) ?? {};
    return functions.filter(fn => fn.id.startsWith(`${owner}/`));
  }
}

const isUntyped = (step: PathStep | undefined): boolean =>
  step !== undefined && 'field' in step && step.of === undefined;

/** How often it may go by another name. */
const DEPTH = 5;
const NOTHING: ReadonlySet<string> = new Set();

function single(key: Key | undefined): Taken {
  const name = keyName(key);
  return name === null ? null : new Set([name]);
}

const named = (path: Place['path']): Taken => single(keysOf(path)[0]);

/** A member is called, or looked at; or the object is put where it is kept. */
function takenBy(step: Step, role: Role, isKept: (place: Place) => boolean): Taken {
  if (step.kind === 'access') {
    if (role === 'store' && isKept(step.place)) return NOTHING;
    return role === 'base' && step.mode === 'read' ? named(step.place.path) : null;
  }
  if (role !== 'receiver' || step.kind !== 'call') return null;
  const { target } = step;
  // A call of a member that is read beforehand: `(this.ready.resolve)()`.
  if (target.kind === 'value') return NOTHING;
  const name =
    target.kind === 'method' ? target.name : target.kind === 'external' ? /[^.]*$/.exec(target.name)?.[0] : '';
  return name ? new Set([name]) : null;
}
