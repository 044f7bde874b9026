/** Which functions touch each field of a class and each variable of a module, whoever runs them. Built once. */
import type { Access, FunctionFacts, FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';

/** By the names that locations give to what they are a part of. What a constructor sets up does not count. */
export const usersOf = defineAnalysis<ReadonlyMap<string, ReadonlySet<FunctionId>>>('users-of', (get, program) => {
  const types = get(hierarchy);
  const found = new Map<string, Set<FunctionId>>();
  for (const fn of program.functions.values())
    for (const step of program.steps(fn.id).values()) {
      const holder = step.kind === 'access' ? holderOf(program, types, fn, step) : null;
      if (holder === null) continue;
      const known = found.get(holder);
      if (known) known.add(fn.id);
      else found.set(holder, new Set([fn.id]));
    }
  return found;
});

function holderOf(
  program: Program,
  types: TypeHierarchy,
  fn: FunctionFacts,
  { place: { root, path } }: Access,
): string | null {
  if (root.kind === 'self' && types.isConstructor(fn.id)) return null;
  const field = path.findLast(step => 'field' in step && step.of !== undefined && isClass(program, step.of));
  if (field && 'field' in field) return `${field.of}.${field.field}`;
  return root.kind === 'module' && !fn.id.endsWith('#') ? `${root.file}#${root.name}` : null;
}

const isClass = (program: Program, type: string): boolean => program.types.get(type)?.kind === 'class';
