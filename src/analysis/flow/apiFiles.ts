/** What the project gives to code outside of it: the files whose exports are its API, and the classes among them. */
import type { PackageFacts, TypeId } from '../../model/facts.ts';
import type { Program } from '../program.ts';

/**
 * Files whose exports count: those that a package's manifest names; all files of a part of the project (connected by
 * imports, at most one manifest) that has no entry of its own.
 */
export function findApiFiles(program: Program, parts: readonly (readonly string[])[]): Set<string> {
  const api = new Set<string>();
  const packageOf = (file: string): PackageFacts | undefined =>
    program.packages
      .filter(({ root }) => root === '' || file.startsWith(`${root}/`))
      .reduce<PackageFacts | undefined>(
        (best, next) => (!best || next.root.length > best.root.length ? next : best),
        undefined,
      );
  for (const part of parts) {
    const packages = new Set(part.map(packageOf).filter(found => found !== undefined));
    const named = [...packages]
      .flatMap(found => [...Object.values(found.exports), ...found.entries])
      .filter(file => program.modules.has(file) && part.includes(file));
    const isOpen = ![...packages].some(found => found.hasEntry);
    if (named.length > 0) for (const file of named) api.add(file);
    else if (isOpen || packages.size <= 1) for (const file of part) if (!program.modules.get(file)?.test) api.add(file);
  }
  return api;
}

/** Classes that code outside can make instances of: those that API files export, by whatever name. */
export function findApiClasses(program: Program, parts: readonly (readonly string[])[]): ReadonlySet<TypeId> {
  const found = new Set<TypeId>();
  const seen = new Set<string>();
  const addName = (file: string, name: string): void => {
    const module = program.modules.get(file);
    const key = `${file}:${name}`;
    if (!module || seen.has(key)) return;
    seen.add(key);
    const exported = Object.hasOwn(module.exports, name) ? module.exports[name] : undefined;
    if (!exported) for (const other of module.exportsAll) addName(other, name);
    else if ('value' in exported) {
      const value = program.functions.get(`${file}#`)?.values[exported.value];
      if (value?.kind === 'class') found.add(value.type);
    } else if (exported.name === '*') addAll(exported.file);
    else addName(exported.file, exported.name);
  };
  const addAll = (file: string): void => {
    const module = program.modules.get(file);
    if (!module || seen.has(file)) return;
    seen.add(file);
    for (const name of Object.keys(module.exports)) addName(file, name);
    for (const other of module.exportsAll) addAll(other);
  };
  for (const file of findApiFiles(program, parts)) addAll(file);
  return found;
}
