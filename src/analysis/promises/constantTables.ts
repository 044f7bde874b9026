/** Constants that are looked up: `LEVELS.fatal`, `LEVELS[name]` of an object literal that nothing is ever written to. */
import type { Place } from '../../model/facts.ts';
import { type Program, variableAt } from '../program.ts';
import type { WriteIndex } from '../writeIndex.ts';

export class ConstantTables {
  readonly #program: Program;
  readonly #writes: WriteIndex;
  readonly #tables = new Map<string, ReadonlyMap<string, string>>();

  constructor(program: Program, writes: WriteIndex) {
    this.#program = program;
    this.#writes = writes;
  }

  /** The text of the constant that stands under a name in the table of a variable; undefined: none that is known. */
  entry(root: Place['root'], name: string): string | undefined {
    if (root.kind !== 'module' && root.kind !== 'captured') return undefined;
    const key = root.kind === 'module' ? `${root.file}#:${root.name}` : `${root.from}:${root.slot}`;
    let table = this.#tables.get(key);
    if (!table) {
      table = this.#read(root);
      this.#tables.set(key, table);
    }
    return table.get(name);
  }

  #read(root: Extract<Place['root'], { kind: 'module' | 'captured' }>): ReadonlyMap<string, string> {
    const [owner, name] = root.kind === 'module' ? [`${root.file}#`, root.name] : [root.from, root.slot];
    const held = variableAt(this.#program, root)?.slot;
    const writes = this.#writes.toVariable(owner, name);
    const value = held ? (held.assignedAgain ? null : held.value) : writes.length === 1 ? writes[0]?.value : null;
    const fn = held ? this.#program.functions.get(owner) : writes[0]?.fn;
    const facts = value == null ? undefined : fn?.values[value];
    if (!fn || facts?.kind !== 'object' || facts.spreads.length > 0) return new Map();
    // `LEVELS[name] = …`
    if (this.#writes.intoContainer(name).length > 0) return new Map();
    return new Map(
      Object.entries(facts.fields).flatMap(([field, part]) => {
        const entry = fn.values[part];
        return entry?.kind === 'constant' && !this.#isWritten(field) ? [[field, entry.text] as const] : [];
      }),
    );
  }

  /** What a class does with a field of its own is no business of a table. */
  #isWritten(field: string): boolean {
    return this.#writes.toField(field).some(({ place }) => {
      const last = place.path.at(-1);
      const isOwn = place.root.kind === 'self' && place.path.length === 1;
      const of = last !== undefined && 'field' in last ? last.of : undefined;
      return !isOwn && !(of !== undefined && this.#program.types.get(of)?.kind === 'class');
    });
  }
}
