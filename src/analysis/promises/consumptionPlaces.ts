/** Shared places as holders of promises and handles: variables, fields and containers, and who reads each of them. */
import type { FunctionFacts, FunctionId, PathStep, Place, Step, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { listedKeys } from '../flow/listedKeys.ts';
import { type Key, keysOf, placesOf } from './consumptionIndex.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { functionsAround, type Program, walkSteps } from '../program.ts';
import { isOfInstance } from '../valueParts.ts';

/** A variable of a function or module, or a field of a type; `of` null: the declaring type is not known. */
export type Holder =
  { kind: 'variable'; owner: FunctionId; slot: string } | { kind: 'field'; name: string; of: TypeId | null };

/** A holder and the keys below it at which something lies, from the outside in. */
export interface Spot {
  holder: Holder;
  keys: readonly Key[];
}

/** Somebody reads the holder (as a value, or as the place that a step names) and goes on to the part at `keys`. */
export interface Reader {
  fn: FunctionId;
  what: { value: ValueId } | { step: Step };
  keys: readonly Key[];
  of: TypeId | null;
}

export interface Places {
  readersOf(holder: Holder): readonly Reader[];
  /** What a variable holds from its declaration on, in the function that declares it. */
  heldBy(holder: Holder): { fn: FunctionId; value: ValueId } | null;
  /** Code that is not in the project may read it: an exported variable, a field of a library's public class. */
  isPublic(holder: Holder): boolean;
}

export const holderName = (holder: Holder): string => (holder.kind === 'variable' ? holder.slot : holder.name);

/** Every holder that a place lies in: its variable, and each field on its path, with the keys below. */
export function spotsOf(place: Place): Spot[] {
  const spots: Spot[] = [];
  const { root, path } = place;
  const keys = keysOf(path);
  if (root.kind === 'captured') spots.push({ holder: { kind: 'variable', owner: root.from, slot: root.slot }, keys });
  if (root.kind === 'module')
    spots.push({ holder: { kind: 'variable', owner: `${root.file}#`, slot: root.name }, keys });
  path.forEach((step: PathStep, at) => {
    if ('field' in step)
      spots.push({ holder: { kind: 'field', name: step.field, of: step.of ?? null }, keys: keys.slice(at + 1) });
  });
  return spots;
}

export const places = defineAnalysis<Places>('places', (get, program) => new PlaceIndex(get, program));

class PlaceIndex implements Places {
  readonly #program: Program;
  readonly #types: TypeHierarchy;
  readonly #readers = new Map<string, Reader[]>();
  /** `this[name]`, and nobody knows what the name is. */
  readonly #anyField: Reader[] = [];
  readonly #exported = new Set<string>();
  readonly #slots = new Map<FunctionId, ReadonlyMap<ValueId, readonly string[]>>();
  /** Types that a module exports. */
  readonly #exportedTypes = new Set<TypeId>();
  /** Code outside of the project may use what is exported: a package with an entry, or no manifest that says. */
  readonly #hasUsers: boolean;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#types = get(hierarchy);
    this.#hasUsers = program.packages.length === 0 || program.packages.some(one => one.hasEntry);
    for (const fn of program.functions.values()) this.#index(fn);
    for (const module of program.modules.values()) {
      const body = program.functions.get(`${module.file}#`);
      for (const entry of Object.values(module.exports)) if (body && 'value' in entry) this.#export(body, entry.value);
    }
  }

  readersOf(holder: Holder): readonly Reader[] {
    const found = this.#readers.get(keyOf(holder)) ?? [];
    if (holder.kind === 'variable') return found;
    return [...found, ...this.#anyField].filter(reader => this.#sameField(holder.of, reader.of));
  }

  heldBy(holder: Holder): { fn: FunctionId; value: ValueId } | null {
    if (holder.kind === 'field') return null;
    const slot = this.#program.functions.get(holder.owner)?.slots[holder.slot];
    return slot?.value == null ? null : { fn: holder.owner, value: slot.value };
  }

  isPublic(holder: Holder): boolean {
    if (holder.kind === 'variable') return this.#exported.has(keyOf(holder));
    const type = holder.of === null ? undefined : this.#program.types.get(holder.of);
    const field = type?.fields[holder.name];
    if (!type || !field) return true;
    if (field.hidden || holder.name.startsWith('#') || holder.name.startsWith('_')) return false;
    return type.kind === 'interface' || (this.#hasUsers && this.#exportedTypes.has(type.id));
  }

  #index(fn: FunctionFacts): void {
    fn.values.forEach((value, id) => value.kind === 'read' && this.#add(fn, value.place, { value: id }));
    walkSteps(fn.body, step => {
      for (const place of placesOf(step)) this.#add(fn, place, { step });
    });
  }

  #add(fn: FunctionFacts, place: Place, what: Reader['what']): void {
    for (const { holder, keys } of spotsOf(place)) {
      this.#note(holder, { fn: fn.id, what, keys, of: holder.kind === 'field' ? holder.of : null });
    }
    const [first] = place.path;
    if (!isOfInstance(place.root) || first === undefined || 'field' in first) return;
    const reader: Reader = { fn: fn.id, what, keys: keysOf(place.path.slice(1)), of: ownerOf(this.#program, fn) };
    if (reader.of === null) return;
    // `for (const name of ['poll', 'flush'] as const) clearInterval(this[name])`
    const names =
      'key' in first && typeof first.key === 'number' ? listedKeys(this.#program, fn, first.key) : undefined;
    if (!names) this.#anyField.push(reader);
    for (const name of names ?? []) this.#note({ kind: 'field', name, of: reader.of }, reader);
  }

  #note(holder: Holder, reader: Reader): void {
    const list = this.#readers.get(keyOf(holder));
    if (list) list.push(reader);
    else this.#readers.set(keyOf(holder), [reader]);
  }

  /** What is exported, and what hangs on it: the fields of an object, the variable that an export names. */
  #export(from: FunctionFacts, exported: ValueId): void {
    const queue = [{ body: from, value: exported }];
    const seen = new Set<string>();
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { body, value } = next;
      const key = `${body.id} ${value}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const slot of this.#slotsOf(body).get(value) ?? []) {
        this.#exported.add(keyOf({ kind: 'variable', owner: body.id, slot }));
      }
      const facts = body.values[value];
      if (facts?.kind === 'class') this.#exportedTypes.add(facts.type);
      else if (facts?.kind === 'object')
        queue.push(...Object.values(facts.fields).map(part => ({ body, value: part })));
      else if (facts?.kind === 'result') {
        const made = this.#program.steps(body.id).get(facts.of);
        if (made?.kind === 'call' && made.newOf !== undefined) this.#exportedTypes.add(made.newOf);
      } else if (facts?.kind === 'read') {
        for (const { holder } of spotsOf(facts.place)) this.#exported.add(keyOf(holder));
        const { root, path } = facts.place;
        const owner = root.kind === 'module' ? this.#program.functions.get(`${root.file}#`) : undefined;
        const held = root.kind === 'module' && path.length === 0 ? owner?.slots[root.name]?.value : undefined;
        if (owner && held != null) queue.push({ body: owner, value: held });
      }
    }
  }

  /** The variables of a body by the value that they hold. */
  #slotsOf(body: FunctionFacts): ReadonlyMap<ValueId, readonly string[]> {
    const known = this.#slots.get(body.id);
    if (known) return known;
    const found = new Map<ValueId, string[]>();
    for (const [slot, { value }] of Object.entries(body.slots)) {
      if (value !== null) found.set(value, [...(found.get(value) ?? []), slot]);
    }
    this.#slots.set(body.id, found);
    return found;
  }

  /** Two classes that are not related have different fields of one name; interfaces may stand for any class. */
  #sameField(a: TypeId | null, b: TypeId | null): boolean {
    if (a === null || b === null || a === b) return true;
    const isClass = (id: TypeId): boolean => this.#program.types.get(id)?.kind === 'class';
    return !isClass(a) || !isClass(b) || this.#types.related(a, b);
  }
}

const keyOf = (holder: Holder): string =>
  holder.kind === 'variable' ? `v ${holder.owner} ${holder.slot}` : `f ${holder.name}`;

/** The class whose member a function is, or is written in. */
function ownerOf(program: Program, fn: FunctionFacts): TypeId | null {
  for (const { owner } of functionsAround(program, fn)) if (owner !== null) return owner;
  return null;
}
