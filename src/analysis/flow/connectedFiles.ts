/** Parts of the project: files that imports and re-exports connect, whichever way round. */
import { defineAnalysis } from '../analysis.ts';
import type { Program } from '../program.ts';

/** Every file is in one part; parts and their files come in the order of the program's files. */
export const connectedFiles = defineAnalysis<readonly (readonly string[])[]>('connected-files', (_get, program) => {
  const neighbours = neighboursIn(program);
  const seen = new Set<string>();
  const parts: string[][] = [];
  for (const file of program.modules.keys()) {
    if (seen.has(file)) continue;
    const part = [file];
    seen.add(file);
    for (const member of part)
      for (const next of neighbours.get(member) ?? []) if (!seen.has(next) && seen.add(next)) part.push(next);
    parts.push(part);
  }
  return parts;
});

function neighboursIn(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
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
