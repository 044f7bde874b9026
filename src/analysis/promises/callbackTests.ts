/**
 * Code of tests that end by a callback (`(t, done) => …`): the runner waits for the callback, and whatever rejects unseen
 * until then fails that test.
 */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';

/** Whether a function is the body of such a test, or stands in one. */
export const inCallbackTest = defineAnalysis<(fn: FunctionId) => boolean>('callback-tests', (get, program) => {
  const graph = get(callGraph);
  const bodies = new Set<FunctionId>();
  for (const fn of program.functions.keys()) {
    for (const step of program.steps(fn).values()) {
      if (step.kind !== 'register' || step.entry.endedBy === undefined) continue;
      for (const id of graph.targets(fn, step.id))
        if ((program.functions.get(id)?.parameters.length ?? 0) > step.entry.endedBy) bodies.add(id);
    }
  }
  return fn => {
    for (let id: FunctionId | null = fn; id !== null; id = program.functions.get(id)?.parent ?? null)
      if (bodies.has(id)) return true;
    return false;
  };
});
