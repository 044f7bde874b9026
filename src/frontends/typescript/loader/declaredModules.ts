/** Modules that declaration files of the project describe by themselves: `declare module 'queue' { … }`. */
import { ts } from 'ts-morph';
import type { Disk } from './disk.ts';

const WITH_BODY = /\bdeclare\s+module\s+(['"])([^'"]+)\1\s*\{/g;

/** Neither augmentations of a module that is declared elsewhere, nor `declare module 'queue'` that says nothing of it. */
export function declaredModules(files: Iterable<string>, disk: Disk): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    const text = disk.readFile(file) ?? '';
    const described = new Set([...text.matchAll(WITH_BODY)].map(([, , name]) => name));
    if (described.size === 0) continue;
    // Of a file that is itself a module the compiler lists none: what it has are augmentations.
    for (const name of ts.preProcessFile(text).ambientExternalModules ?? []) if (described.has(name)) found.add(name);
  }
  return found;
}
