/** Failures that are handed to whoever is told of unhandled rejections: `Promise.resolve().then(() => { throw error })`. */
import { defineAnalysis } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { onlyThrows } from './failingSteps.ts';
import type { PromiseFate } from './promisesFate.ts';

/** Whether a promise is that of a reaction that does nothing but throw: that nobody handles it is what it is there for. */
export const raisedOnPurpose = defineAnalysis<(fate: PromiseFate) => boolean>('raised-on-purpose', (get, program) => {
  const graph = get(callGraph);
  return ({ node: { fn, step } }) => {
    if (step?.kind !== 'chain' || step.onFulfilled === undefined) return false;
    const reactions = graph.functionsIn(fn, step.onFulfilled);
    return reactions.length > 0 && reactions.every(id => onlyThrows(program.functions.get(id)?.body ?? []));
  };
});
