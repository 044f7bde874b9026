/** Steps that are reached only because something failed. */
import type { Block, Condition, FunctionFacts, FunctionId, StepId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { walkSteps } from '../program.ts';
import { contains, innerBlocks, partsWhere } from '../steps.ts';
import { callGraph } from './callGraph.ts';

/**
 * In the handler of an exception or of a rejection, where a value is found to be an error, or in a function that is only
 * called there.
 */
export type AfterFailures = (fn: FunctionId, step: StepId) => boolean;

/** Helpers of helpers of the handler. */
const HELPERS = 2;

export const afterFailures = defineAnalysis<AfterFailures>('after-failures', (get, program) => {
  const graph = get(callGraph);
  const types = get(hierarchy);
  const reactions = rejectionHandlers(program.functions.values());
  const isAfter = (id: FunctionId, step: StepId, depth: number): boolean => {
    const fn = program.functions.get(id);
    if (!fn) return false;
    if (isInHandler(types, fn, fn.body, step)) return true;
    const callers = graph.callers(id);
    const isForFailures = reactions.has(id) || (depth > 0 && callers.length > 0 && !graph.escapes(id));
    return isForFailures && callers.every(edge => isAfter(edge.caller, edge.step, depth - 1));
  };
  return (fn, step) => isAfter(fn, step, HELPERS);
});

const isInHandler = (types: TypeHierarchy, fn: FunctionFacts, block: Block, id: StepId): boolean =>
  block.some(
    step =>
      (step.kind === 'try' && step.handlers.some(({ body }) => contains(body, id))) ||
      (step.kind === 'branch' &&
        step.arms.some(
          ({ when, body }) => when === 'true' && contains(body, id) && findsError(types, fn, step.condition),
        )) ||
      innerBlocks(step).some(inner => isInHandler(types, fn, inner, id)),
  );

/** `if (result instanceof Error)`. */
const findsError = (types: TypeHierarchy, fn: FunctionFacts, condition: Condition): boolean =>
  partsWhere(condition, true).some(({ part, holds }) => {
    const [, kind, ...others] = part.kind === 'other' && holds ? part.reads : [];
    const value = kind === undefined || others.length > 0 ? undefined : fn.values[kind];
    if (value?.kind === 'class') return [value.type, ...types.ancestors(value.type)].some(type => ERRORS.has(type));
    return value?.kind === 'read' && value.place.root.kind === 'external' && ERRORS.has(value.place.root.name);
  });

const ERRORS = new Set(
  ['Error', 'AggregateError', 'DOMException', 'RangeError', 'SyntaxError', 'TypeError'].map(name => `lib#${name}`),
);

/** Functions written as the handler of a rejection. */
function rejectionHandlers(functions: Iterable<FunctionFacts>): ReadonlySet<FunctionId> {
  const found = new Set<FunctionId>();
  for (const fn of functions)
    walkSteps(fn.body, step => {
      if (step.kind !== 'chain' || step.onRejected === undefined) return;
      const handler = fn.values[step.onRejected];
      if (handler?.kind === 'function' && step.onFulfilled !== step.onRejected) found.add(handler.id);
    });
  return found;
}
