/** Least fixpoints over functions: sets that only grow until nothing more belongs to them. */
import type { FunctionFacts, FunctionId } from '../model/facts.ts';
import type { CallGraph } from './flow/callGraph.ts';
import type { Program } from './program.ts';

/** Adds functions to the set, which `belongs` may look at, until none is left. Callees come first: few rounds are needed. */
export function growToLeast(
  program: Program,
  graph: CallGraph,
  set: Set<FunctionId>,
  belongs: (fn: FunctionFacts) => boolean,
): void {
  const order = [...new Set([...graph.components.flat(), ...program.functions.keys()])];
  for (let changed = true; changed;) {
    changed = false;
    for (const id of order) {
      const fn = program.functions.get(id);
      if (!fn || set.has(id) || !belongs(fn)) continue;
      set.add(id);
      changed = true;
    }
  }
}
