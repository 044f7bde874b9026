/** Which functions can take a lock, directly or through anything they call, start, register or return. */
import type { FunctionId } from '../model/facts.ts';
import { defineAnalysis } from './analysis.ts';
import { type CallGraph, callGraph } from './callGraph.ts';
import type { Program } from './program.ts';

export const lockRelevance = defineAnalysis<ReadonlySet<FunctionId>>('lock-relevance', (get, program) => {
  const takers = new Set<FunctionId>();
  for (const id of program.functions.keys())
    for (const step of program.steps(id).values())
      if (
        step.kind === 'acquire' ||
        step.kind === 'release' ||
        (step.kind === 'call' && step.known?.takesUnit === true)
      )
        takers.add(id);
  return reaching(program, get(callGraph), takers);
});

/** These functions, and all that call, start, register or return one of them, over at most so many steps. */
export function reaching(
  program: Program,
  graph: CallGraph,
  seeds: ReadonlySet<FunctionId>,
  steps = Infinity,
): ReadonlySet<FunctionId> {
  const users = new Map<FunctionId, FunctionId[]>();
  const found = new Set<FunctionId>(seeds);
  const uses = (user: FunctionId, used: FunctionId): void => {
    const list = users.get(used);
    if (list) list.push(user);
    else users.set(used, [user]);
  };
  for (const [id, fn] of program.functions) {
    for (const value of fn.values) if (value.kind === 'function') uses(id, value.id);
    for (const step of program.steps(id).values()) {
      for (const target of graph.targets(id, step.id)) uses(id, target);
    }
  }
  let border = [...found];
  for (let step = 0; step < steps && border.length > 0; step += 1) {
    border = [...new Set(border.flatMap(id => users.get(id) ?? []))].filter(user => !found.has(user));
    for (const user of border) found.add(user);
  }
  return found;
}
