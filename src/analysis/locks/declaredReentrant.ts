/** Locks that the project declares to let their holder in again: `@reentrant` at a variable, a field or a class. */
import type { Program, Site } from '../program.ts';
import { type Ref, typeOf } from '../refs.ts';

export interface ReentrantDeclaration {
  readonly file: string;
  /** `pool`, `Account.lock`, a class `Gate`; undefined: it is written at none of these. */
  readonly of: string | undefined;
  readonly site: Site;
}

export class DeclaredReentrant {
  readonly all: readonly ReentrantDeclaration[];

  constructor(program: Program) {
    this.all = [...program.modules.values()].flatMap(({ file, declared, functions }) =>
      [...declared, ...functions.flatMap(fn => fn.declared ?? [])].flatMap(({ tag, of, at }) =>
        tag === 'reentrant' ? [{ file, of, site: program.site(`${file}#`, at) }] : [],
      ),
    );
  }

  /** Whether a lock of this name, declared there, is meant by one. */
  has(lock: { name: string; declared: Site | null }, ref: Ref): boolean {
    return this.all.some(one => isMeant(one, lock, ref));
  }
}

/** The lock that a declaration is written at: by its name, or as a part or an object of the class. */
export function isMeant(
  { file, of }: ReentrantDeclaration,
  { name, declared }: { name: string; declared: Site | null },
  ref: Ref,
): boolean {
  if (of === undefined) return false;
  if (typeOf(ref) === `${file}#${of}`) return true;
  return declared?.file === file && (name === of || name.startsWith(`${of}.`));
}
