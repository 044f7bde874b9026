/**
 * The call graph: who calls whom, from the targets that front ends resolved, the flow of function values and class
 * dispatch (`flow.ts`). Edges are over-approximate; what could not be resolved is counted, never silent.
 */
import type { FunctionId, StepId, TypeId, ValueId } from '../model/facts.ts';
import type { Coverage } from '../model/report.ts';
import { defineAnalysis } from './analysis.ts';

/** Something made by a step or value of a function that flows: an object, array, class instance, function. */
export interface ObjectSite {
  /** Stable name: function id and ordinal. */
  id: string;
  in: FunctionId;
  /** Type id of the instance, null for object and array literals without a declared type. */
  type: TypeId | null;
  what: 'instance' | 'object' | 'array' | 'promise' | 'class';
}

export interface CallEdge {
  caller: FunctionId;
  step: StepId;
  callee: FunctionId;
}

export interface CallGraph {
  /**
   * The project functions that a `call` step may run (the constructor for `new`); for a `spawn`, `register` or `chain`
   * step the handlers that may run. Sorted, without repeats. Empty for externals and unknowns.
   */
  targets(fn: FunctionId, step: StepId): readonly FunctionId[];
  /** All edges out of a function: calls only. */
  callees(fn: FunctionId): readonly CallEdge[];
  /** All calls of a function. Functions that only handlers, timers or reactions start have none. */
  callers(fn: FunctionId): readonly CallEdge[];
  /** Function values that may flow into a value. */
  functionsIn(fn: FunctionId, value: ValueId): readonly FunctionId[];
  /** Objects that may flow into a value. Empty: unknown. */
  objectsIn(fn: FunctionId, value: ValueId): readonly ObjectSite[];
  /** True when unknown code (an unresolved or external callee without table) gets the function value. */
  escapes(fn: FunctionId): boolean;
  /** Strongly connected components over calls (and reactions, spawns), callees first. */
  components: readonly (readonly FunctionId[])[];
  coverage: Coverage['calls'];
}

export const callGraph = defineAnalysis<CallGraph>('call-graph', () => {
  throw new Error('not yet');
});
