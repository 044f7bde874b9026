/** Functions that keep a second activation of themselves out: a flag that they test and set, or a lock. */
import type { FunctionId, Place, Step, Value, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import { conditionReads } from '../steps.ts';
import type { Program } from '../program.ts';

const DEPTH = 2;

/** The function, or one that it hands its work to, tests a place and writes it, or takes a lock. */
export function hasClaim(program: Program, graph: CallGraph, fn: FunctionId, depth: number = DEPTH): boolean {
  const facts = program.functions.get(fn);
  if (!facts) return false;
  const written = new Set<string>();
  const tested = new Set<string>();
  for (const step of program.steps(fn).values()) {
    if (step.kind === 'acquire') return true;
    if (step.kind === 'access' && step.mode === 'write') written.add(nameOf(step.place));
    for (const value of testsOf(step)) for (const place of placesIn(facts.values, value)) tested.add(nameOf(place));
    if (
      step.kind === 'call' &&
      depth > 0 &&
      graph.targets(fn, step.id).some(id => hasClaim(program, graph, id, depth - 1))
    )
      return true;
  }
  return [...tested].some(place => written.has(place));
}

const testsOf = (step: Step): ValueId[] => (step.kind === 'branch' ? conditionReads(step.condition) : []);

const nameOf = ({ root, path }: Place): string => JSON.stringify([root, path]);

function placesIn(values: readonly Value[], value: ValueId): Place[] {
  const facts = values[value];
  return facts?.kind === 'read' ? [facts.place] : [];
}
