/**
 * What is made once, where it is first asked for, and kept: `if (!settings) settings = read()`. When that fails, it
 * fails where the program first needs it; every call after that only gives what is there.
 */
import type { Branch, FunctionFacts, FunctionId, Place, Step } from '../../model/facts.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Program, walkSteps } from '../program.ts';
import { missingWhere } from '../steps.ts';

/** The arm of a branch (`when`) that fills what is missing; null where it is none. Only in functions that wait for nothing. */
export type FilledOnce = (fn: FunctionFacts, branch: Branch) => 'true' | 'false' | null;

export const filledOnce = defineAnalysis<FilledOnce>('filled-once', (get, program) => {
  const graph = get(callGraph);
  const known = new Map<Branch, ReturnType<FilledOnce>>();
  const look: FilledOnce = (fn, branch) => {
    for (const { when, body } of branch.arms) {
      if (when !== 'true' && when !== 'false') continue;
      const missing = missingWhere(fn, branch.condition, when === 'true').flatMap(value => keptAt(fn, value) ?? []);
      if (missing.some(place => body.some(step => fills(program, graph, fn.id, step, place)))) return when;
    }
    return null;
  };
  return (fn, branch) => {
    if (fn.calling !== 'value') return null;
    let found = known.get(branch);
    if (found === undefined) known.set(branch, (found = look(fn, branch)));
    return found;
  };
});

/** A variable of a module, or a field of the own object: what lives longer than the call. */
function keptAt(fn: FunctionFacts, value: number): Place | undefined {
  const facts = fn.values[value];
  if (facts?.kind !== 'read') return undefined;
  const { root, path } = facts.place;
  if (root.kind === 'module') return facts.place;
  return root.kind === 'self' && path.length === 1 ? facts.place : undefined;
}

/** The step writes the place, or calls a function that does so in its own body. */
function fills(program: Program, graph: CallGraph, fn: FunctionId, step: Step, place: Place): boolean {
  if (writes(step, place)) return true;
  if (step.kind !== 'call') return false;
  return graph.targets(fn, step.id).some(target => {
    let found = false;
    walkSteps(program.functions.get(target)?.body ?? [], inner => void (found ||= writes(inner, place)));
    return found;
  });
}

const writes = (step: Step, { root, path }: Place): boolean =>
  step.kind === 'access' &&
  step.mode === 'write' &&
  JSON.stringify([step.place.root, step.place.path]) === JSON.stringify([root, path]);
