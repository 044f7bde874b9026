/**
 * Names of locks as people write them in declarations: a variable or field of the same module or class, `Class.field`,
 * `module#name`, or the name that a lock is asked for by (`"row lock"`).
 */
import type { At, TypeFacts } from '../../model/facts.ts';
import type { Lock } from './locks.ts';
import type { Program } from '../program.ts';

/** Where a name is written: a file and, for a comment, the place in it. */
export interface NameContext {
  file: string | null;
  at: At | null;
}

export class LockNames {
  readonly #program: Program;
  readonly #locks: readonly Lock[];

  constructor(program: Program, locks: readonly Lock[]) {
    this.#program = program;
    this.#locks = locks;
  }

  /** The locks that a name means; `known` also when it names something that no code takes. */
  find(written: string, context: NameContext): { locks: readonly Lock[]; known: boolean } {
    const quoted = /^"(.*)"$/.exec(written)?.[1];
    if (quoted !== undefined) return this.#asked(quoted, context.file);
    const name = written.replace(/^this\./, '');
    const hash = name.indexOf('#');
    if (hash > 0 && !name.slice(0, hash).endsWith('.'))
      return this.#inModule(name.slice(0, hash), name.slice(hash + 1));
    if (name.includes('.'))
      return this.#among(
        lock => nameOf(lock) === name,
        this.#hasMember(name, () => true),
      );
    return this.#plain(name, context);
  }

  #plain(name: string, { file, at }: NameContext): { locks: readonly Lock[]; known: boolean } {
    const near = file === null || at === null ? [] : this.#typesNear(file, at);
    for (const type of near) {
      if (!Object.hasOwn(type.fields, name)) continue;
      return this.#among(lock => nameOf(lock) === `${type.name}.${name}` && fileOf(lock) === file, true);
    }
    if (file !== null && this.#hasVariable(file, name))
      return this.#among(lock => nameOf(lock) === name && fileOf(lock) === file, true);
    const here = this.#locks.filter(lock => fileOf(lock) === file && lastName(lock) === name);
    if (here.length > 0) return { locks: here, known: true };
    const byName = this.#locks.filter(lock => nameOf(lock) === name);
    if (byName.length > 0) return { locks: byName, known: true };
    // A variable of another file may be in scope here, by an import.
    const isVariable = [...this.#program.modules.keys()].some(other => this.#hasVariable(other, name));
    return this.#among(lock => entryOf(lock) === shape(name), isVariable);
  }

  /** By the name that it is asked for by: a lock of this file, or of any. */
  #asked(name: string, file: string | null): { locks: readonly Lock[]; known: boolean } {
    const all = this.#locks.filter(lock => entryOf(lock) === shape(name));
    const here = all.filter(lock => fileOf(lock) === file);
    const locks = here.length > 0 ? here : all;
    return { locks, known: locks.length > 0 };
  }

  #inModule(module: string, name: string): { locks: readonly Lock[]; known: boolean } {
    const isMeant = (file: string): boolean => {
      const path = file.replace(/\.[^./]+$/, '');
      return [file, path].some(one => one === module || one.endsWith(`/${module}`));
    };
    const known = [...this.#program.modules.keys()].some(
      file => isMeant(file) && (this.#hasVariable(file, name) || this.#hasMember(name, one => one === file)),
    );
    return this.#among(lock => nameOf(lock) === name && isMeant(fileOf(lock) ?? ''), known);
  }

  #among(isMeant: (lock: Lock) => boolean, known: boolean): { locks: readonly Lock[]; known: boolean } {
    const locks = this.#locks.filter(isMeant);
    return { locks, known: known || locks.length > 0 };
  }

  #hasVariable(file: string, name: string): boolean {
    const body = this.#program.functions.get(`${file}#`);
    return body !== undefined && Object.hasOwn(body.slots, name);
  }

  #hasMember(name: string, isMeant: (file: string) => boolean): boolean {
    const dot = name.indexOf('.');
    const [owner, field] = [name.slice(0, dot), name.slice(dot + 1)];
    for (const [file, module] of this.#program.modules) {
      if (!isMeant(file)) continue;
      if (module.types.some(type => type.name === owner && Object.hasOwn(type.fields, field))) return true;
      if (this.#hasVariable(file, owner)) return true;
    }
    return false;
  }

  /** The class that a comment stands in, then the one that follows it, then the others of the file. */
  #typesNear(file: string, [start]: At): TypeFacts[] {
    const types = (this.#program.modules.get(file)?.types ?? []).filter(({ kind }) => kind === 'class');
    const before = types.filter(({ at }) => at[0] <= start).sort((a, b) => b.at[0] - a.at[0]);
    const after = types.filter(({ at }) => at[0] > start).sort((a, b) => a.at[0] - b.at[0]);
    return [...before.slice(0, 1), ...after.slice(0, 1), ...before.slice(1), ...after.slice(1)];
  }
}

/** The name without the key of a keyed lock. */
export const nameOf = (lock: Lock): string => (lock.entry === null ? lock.name : lock.name.replace(/\[.*\]$/s, ''));

const lastName = (lock: Lock): string => nameOf(lock).split('.').pop() ?? '';

/** The file that makes or declares the lock. */
export const fileOf = (lock: Lock): string | null => lock.declared?.file ?? null;

/** `user:…` for a key whose parts differ. */
const shape = (name: string): string => name.replace(/\$\{[^}]*\}|\*|…/g, '*');

/** The constant name that a keyed lock is asked for by, `*` for the parts that differ. */
export function entryOf({ entry }: Lock): string | null {
  if (entry === null) return null;
  if (typeof entry === 'string') return entry;
  if (entry.kind === 'constant') return entry.text.replace(/^"(.*)"$/s, '$1');
  return entry.kind === 'template' ? entry.parts.map(part => (typeof part === 'string' ? part : '*')).join('') : null;
}
