/** Who uses a function, and what is reached against the direction of calls. */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { callGraph } from './callGraph.ts';

type Users = ReadonlyMap<FunctionId, readonly FunctionId[]>;

/** Who calls, starts, registers or returns each function. */
export const functionUsers = defineAnalysis<Users>('function-users', (get, program) => {
  const graph = get(callGraph);
  const users = new Map<FunctionId, FunctionId[]>();
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
  return users;
});

/** These functions, and all that use one of them, over at most so many steps. */
export function reaching(users: Users, seeds: ReadonlySet<FunctionId>, steps = Infinity): ReadonlySet<FunctionId> {
  const found = new Set<FunctionId>(seeds);
  let border = [...found];
  for (let step = 0; step < steps && border.length > 0; step += 1) {
    border = [...new Set(border.flatMap(id => users.get(id) ?? []))].filter(user => !found.has(user));
    for (const user of border) found.add(user);
  }
  return found;
}
