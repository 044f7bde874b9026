/**
 * Functions that make a lock, or a promise that somebody else settles, and give it away: each call of theirs makes
 * another one (`const reads = makeMutex(); const writes = makeMutex()`), so that their activations are told apart by the
 * call.
 */
import type { FunctionFacts, FunctionId, TypeId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { FunctionIndex } from '../handmade/handMadeIndex.ts';
import { lockTypes, type Program } from '../program.ts';

export const lockMakers = defineAnalysis<ReadonlySet<FunctionId>>('lock-makers', (get, program) => {
  const types = lockTypes(program);
  const graph = get(callGraph);
  const makers = new Set<FunctionId>();
  for (const fn of program.functions.values())
    if (gives(program, fn, types) && graph.callers(fn.id).length > 1) makers.add(fn.id);
  return makers;
});

/** An object, a closure or the lock itself is returned by a function that makes one. */
function gives(program: Program, fn: FunctionFacts, types: ReadonlySet<TypeId>): boolean {
  if (fn.synthetic || fn.calling !== 'value' || fn.owner !== null || fn.id.endsWith('#')) return false;
  const made = [...program.steps(fn.id).values()].filter(
    step => step.kind === 'call' && step.newOf !== undefined && (types.has(step.newOf) || step.newOf === 'lib#Promise'),
  );
  if (made.length === 0) return false;
  const index = new FunctionIndex(fn);
  return index.list.some(({ step }) => {
    if (step.kind !== 'exit' || step.how !== 'return') return false;
    return index.alternatives(step.value).some(id => {
      const value = index.value(id);
      if (value?.kind === 'object' || value?.kind === 'function') return true;
      const result = index.resultOf(id);
      return result?.kind === 'call' && result.newOf !== undefined && types.has(result.newOf);
    });
  });
}
