/** Where code runs: in a page, where an unhandled rejection is only logged, or where it ends the process. */
import { defineAnalysis } from './analysis.ts';
import type { Program } from './program.ts';

export interface Platforms {
  /** The file, or one that it is connected with by imports, uses the page, and none of them the system. */
  isBrowser(file: string): boolean;
}

export const platforms = defineAnalysis<Platforms>('platforms', (_get, program) => {
  const pages = pageFiles(program);
  return { isBrowser: file => pages.has(file) };
});

function pageFiles(program: Program): ReadonlySet<string> {
  const pages = new Set<string>();
  const seen = new Set<string>();
  const neighbours = connections(program);
  for (const file of program.modules.keys()) {
    if (seen.has(file)) continue;
    const part = [file];
    seen.add(file);
    for (const member of part)
      for (const next of neighbours.get(member) ?? []) if (!seen.has(next) && seen.add(next)) part.push(next);
    const platform = new Set(part.map(member => program.modules.get(member)?.platform));
    if (platform.has('page') && !platform.has('system')) for (const member of part) pages.add(member);
  }
  return pages;
}

function connections(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (a: string, b: string): void => {
    const set = found.get(a);
    if (set) set.add(b);
    else found.set(a, new Set([b]));
  };
  for (const module of program.modules.values())
    for (const other of [...module.imports, ...module.exportsAll])
      if (program.modules.has(other)) {
        add(module.file, other);
        add(other, module.file);
      }
  return found;
}
