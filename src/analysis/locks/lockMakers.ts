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
  const making = new Set([...program.functions.values()].filter(fn => makes(program, fn, types)));
  const around = new Set([...making].map(fn => fn.parent));
  // A map of its own, into which a closure puts the locks that it makes on first use.
  const makesOrKeeps = (fn: FunctionFacts): boolean =>
    making.has(fn) || (around.has(fn.id) && createsOne(program, fn, type => type === 'lib#Map'));
  const makers = new Set<FunctionId>();
  for (const fn of program.functions.values())
    if (mayMake(fn) && graph.callers(fn.id).length > 1 && makesOrKeeps(fn) && gives(fn, types)) makers.add(fn.id);
  return makers;
});

const mayMake = (fn: FunctionFacts): boolean =>
  !fn.synthetic && fn.calling === 'value' && fn.owner === null && !fn.id.endsWith('#');

const createsOne = (program: Program, fn: FunctionFacts, of: (type: TypeId) => boolean): boolean =>
  [...program.steps(fn.id).values()].some(step => step.kind === 'call' && step.newOf !== undefined && of(step.newOf));

const makes = (program: Program, fn: FunctionFacts, types: ReadonlySet<TypeId>): boolean =>
  createsOne(program, fn, type => types.has(type) || type === 'lib#Promise');

/** An object, a closure or the lock itself is returned. */
function gives(fn: FunctionFacts, types: ReadonlySet<TypeId>): boolean {
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
