/**
 * The call graph: who calls whom, from the targets that front ends resolved, the flow of function values and class
 * dispatch (`flow.ts`). Edges are over-approximate; what could not be resolved is counted, never silent.
 */
import { connectedFiles } from './connectedFiles.ts';
import type { FunctionId, StepId, TypeId, ValueId } from '../../model/facts.ts';
import type { Coverage } from '../../model/report.ts';
import { stronglyConnected } from '../../util/scc.ts';
import { defineAnalysis } from '../analysis.ts';
import { Flow } from './flow.ts';
import type { Token } from './flowObjects.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';

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
  /** The targets of a call are members of the name that it calls, of whoever: nothing tells that the receiver is theirs. */
  isByName(fn: FunctionId, step: StepId): boolean;
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

export const callGraph = defineAnalysis<CallGraph>('call-graph', (get, program) =>
  buildCallGraph(program, get(hierarchy), get(connectedFiles)),
);

function buildCallGraph(program: Program, types: TypeHierarchy, parts: readonly (readonly string[])[]): CallGraph {
  // The flow takes more than all that is kept of it: no function below may have it.
  const flow = new Flow(program, types, parts);
  const { byNameAlone, escaping } = flow;
  const held = flow.tokensOfValues();
  const tokensIn = (fn: FunctionId, value: ValueId): readonly Token[] => held.get(fn)?.get(value) ?? [];
  const targets = new Map<FunctionId, Map<StepId, readonly FunctionId[]>>();
  const callees = new Map<FunctionId, CallEdge[]>();
  const callers = new Map<FunctionId, CallEdge[]>();
  const successors = new Map<FunctionId, Set<FunctionId>>();
  for (const caller of program.functions.keys()) {
    const table = flow.targets.get(caller);
    if (!table) continue;
    const steps = program.steps(caller);
    const sorted = new Map<StepId, readonly FunctionId[]>();
    const reached = new Set<FunctionId>();
    for (const step of [...table.keys()].sort((a, b) => a - b)) {
      const found = [...(table.get(step) ?? [])].sort();
      sorted.set(step, found);
      for (const callee of found) {
        reached.add(callee);
        if (steps.get(step)?.kind !== 'call') continue;
        const edge = { caller, step, callee };
        append(callees, caller, edge);
        append(callers, callee, edge);
      }
    }
    targets.set(caller, sorted);
    successors.set(caller, reached);
  }
  return {
    targets: (fn, step) => targets.get(fn)?.get(step) ?? [],
    isByName: (fn, step) => byNameAlone.get(fn)?.has(step) ?? false,
    callees: fn => callees.get(fn) ?? [],
    callers: fn => callers.get(fn) ?? [],
    functionsIn: (fn, value) => tokensIn(fn, value).flatMap(token => (token.kind === 'function' ? [token.id] : [])),
    objectsIn: (fn, value) => tokensIn(fn, value).flatMap(token => (token.kind === 'object' ? [token.site] : [])),
    escapes: fn => escaping.has(fn),
    components: stronglyConnected(program.functions.keys(), fn => successors.get(fn) ?? []),
    coverage: countCalls(program, targets),
  };
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Calls by how many project functions they may run; a target outside that is declared or in a table is `external`. */
function countCalls(
  program: Program,
  targets: ReadonlyMap<FunctionId, ReadonlyMap<StepId, readonly FunctionId[]>>,
): Coverage['calls'] {
  const counts = { total: 0, one: 0, few: 0, many: 0, external: 0, none: 0 };
  for (const [id, fn] of program.functions) {
    if (fn.synthetic) continue;
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'call') continue;
      counts.total += 1;
      const found = targets.get(id)?.get(step.id)?.length ?? 0;
      if (found === 1) counts.one += 1;
      else if (found > 3) counts.many += 1;
      else if (found > 1) counts.few += 1;
      else if (step.target.kind === 'external' || step.newOf !== undefined) counts.external += 1;
      else counts.none += 1;
    }
  }
  return counts;
}

/** The graph as data: functions, and every call with its targets, in file order. Offsets are UTF-16 units. */
export interface PrintedCallGraph {
  functions: { id: FunctionId; file: string; start: number; end: number; name: string }[];
  /** `kind`: a `call` runs its targets before it returns; the others hand them over. */
  calls: {
    file: string;
    start: number;
    end: number;
    in: FunctionId;
    kind: 'call' | 'spawn' | 'chain' | 'register';
    targets: readonly FunctionId[];
    external?: string;
  }[];
}

export function printCallGraph(program: Program, graph: CallGraph): PrintedCallGraph {
  const functions: PrintedCallGraph['functions'] = [];
  const calls: PrintedCallGraph['calls'] = [];
  for (const [id, fn] of program.functions) {
    const file = program.fileOf(id);
    functions.push({ id, file, start: fn.at[0], end: fn.at[1], name: fn.name });
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'call' && step.kind !== 'spawn' && step.kind !== 'chain' && step.kind !== 'register') continue;
      const external = step.kind === 'call' && step.target.kind === 'external' ? { external: step.target.name } : {};
      calls.push({
        file,
        start: step.at[0],
        end: step.at[1],
        in: id,
        kind: step.kind,
        targets: graph.targets(id, step.id),
        ...external,
      });
    }
  }
  return { functions, calls };
}
