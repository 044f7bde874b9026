/**
 * Which functions may run while somebody holds a lock: all that is called, however far below, by who holds one. Nothing
 * else waits for anything under a lock. Asks the call graph alone, before any activation is made.
 */
import type { Acquire, FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUsers, reaching } from '../flow/functionUsers.ts';
import type { Program } from '../program.ts';
import { type FunctionUses, functionUses } from '../promises/consumptionIndex.ts';

export interface UnderLocks {
  /** Functions that may run while a lock is held, by themselves or by a caller. */
  readonly functions: ReadonlySet<FunctionId>;
  /** Functions that take a lock and may hold it on when they end. */
  readonly lasting: ReadonlySet<FunctionId>;
  /** Some acquisition's releaser goes elsewhere: others may call it. */
  readonly handsOut: boolean;
}

export const underLocks = defineAnalysis<UnderLocks>('under-locks', (get, program) => {
  const holders = new Set<FunctionId>();
  const lasting = new Set<FunctionId>();
  let handsOut = false;
  for (const [id, fn] of program.functions) {
    const steps = [...program.steps(id).values()];
    const taken = steps.filter(step => step.kind === 'acquire');
    if (taken.length === 0) continue;
    holders.add(id);
    // What a call of a library takes and gives back ends with the call, whoever is shown the lock meanwhile.
    if (fn.synthetic && steps.some(step => step.kind === 'release')) continue;
    lasting.add(id);
    handsOut ||= taken.some(step => goesElsewhere(get(functionUses)(id), step));
  }
  const above = reaching(get(functionUsers), lasting);
  return { functions: below(program, get(callGraph), new Set([...holders, ...above])), lasting, handsOut };
});

/** The token is used by more than the release and the tests of the function that takes it. */
function goesElsewhere(uses: FunctionUses, step: Acquire): boolean {
  const token = uses.resultOf(step.id);
  if (token === undefined) return false;
  return uses.of(token).some(use => use.as !== 'step' || (use.step.kind !== 'release' && use.role !== 'condition'));
}

/** These functions, and all that they call, start or make. */
function below(program: Program, graph: CallGraph, from: ReadonlySet<FunctionId>): ReadonlySet<FunctionId> {
  const found = new Set(from);
  for (const id of found) {
    for (const value of program.functions.get(id)?.values ?? []) if (value.kind === 'function') found.add(value.id);
    for (const step of program.steps(id).keys()) for (const target of graph.targets(id, step)) found.add(target);
  }
  return found;
}
