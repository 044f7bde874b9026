/** Classes and interfaces of the project: who extends whom, and which body a method call runs. */
import type { FunctionId, TypeFacts, TypeId } from '../model/facts.ts';
import { defineAnalysis } from './analysis.ts';
import type { Program } from './program.ts';

export class TypeHierarchy {
  readonly #subtypes = new Map<TypeId, TypeId[]>();
  readonly #constructors = new Set<FunctionId>();
  readonly #ancestors = new Map<TypeId, readonly TypeId[]>();
  readonly #types: ReadonlyMap<TypeId, TypeFacts>;

  constructor(types: ReadonlyMap<TypeId, TypeFacts>) {
    this.#types = types;
    for (const type of types.values()) {
      if (type.construct !== null) this.#constructors.add(type.construct);
      for (const base of type.supertypes) {
        const list = this.#subtypes.get(base);
        if (list) list.push(type.id);
        else this.#subtypes.set(base, [type.id]);
      }
    }
  }

  /** The type itself, then its supertypes, nearest first. */
  ancestors(type: TypeId): readonly TypeId[] {
    const known = this.#ancestors.get(type);
    if (known) return known;
    const found: TypeId[] = [type];
    for (const id of found)
      for (const base of this.#types.get(id)?.supertypes ?? []) if (!found.includes(base)) found.push(base);
    this.#ancestors.set(type, found);
    return found;
  }

  /** Every type below, without the type itself. */
  descendants(type: TypeId): TypeId[] {
    const found = new Set<TypeId>();
    const queue = [...(this.#subtypes.get(type) ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...(this.#subtypes.get(next) ?? []));
    }
    return [...found];
  }

  /** The body that a method call on an instance of the type runs: own, then inherited. */
  methodOf(type: TypeId, name: string, isStatic = false): { type: TypeFacts; id: FunctionId } | undefined {
    for (const id of this.ancestors(type)) {
      const facts = this.#types.get(id);
      const table = isStatic ? facts?.statics : facts?.methods;
      const found = table && Object.hasOwn(table, name) ? table[name] : undefined;
      if (facts && found !== undefined) return { type: facts, id: found };
    }
    return undefined;
  }

  /** The type of the chain that declares the field. */
  declaring(type: TypeId, field: string): TypeId | undefined {
    return this.ancestors(type).find(id => {
      const fields = this.#types.get(id)?.fields;
      return fields !== undefined && Object.hasOwn(fields, field);
    });
  }

  isConstructor(fn: FunctionId): boolean {
    return this.#constructors.has(fn);
  }

  /** The constructor that `new` runs: the class's own, or the nearest inherited one. */
  constructorOf(type: TypeId): FunctionId | undefined {
    for (const id of this.ancestors(type)) {
      const found = this.#types.get(id)?.construct;
      if (found != null) return found;
    }
    return undefined;
  }

  /** Whether a value of the one type may be seen as one of an interface: related, or with all that it declares. */
  fits(type: TypeId, seenAs: TypeId): boolean {
    if (this.related(type, seenAs)) return true;
    if (this.#types.get(seenAs)?.kind !== 'interface') return false;
    return this.ancestors(seenAs).every(id =>
      Object.entries(this.#types.get(id)?.fields ?? {}).every(
        ([name, { optional }]) =>
          optional === true ||
          this.declaring(type, name) !== undefined ||
          this.methodOf(type, name) !== undefined ||
          this.methodOf(type, `get ${name}`) !== undefined,
      ),
    );
  }

  /** Whether an instance of the one may be an instance of the other. */
  related(a: TypeId, b: TypeId): boolean {
    return (
      a === b ||
      this.ancestors(a).includes(b) ||
      this.ancestors(b).includes(a) ||
      this.descendants(a).some(type => this.ancestors(type).includes(b))
    );
  }
}

export const hierarchy = defineAnalysis<TypeHierarchy>(
  'hierarchy',
  (_get, program: Program) => new TypeHierarchy(program.types),
);
