/** Functions that keep a second activation of themselves out: a flag that they test and set, or a lock. */
import type { FunctionId, Place, Step, Value, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type ClaimFlags, claimFlags } from '../duties/claimFlags.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { conditionReads } from '../steps.ts';
import type { Program } from '../program.ts';

const DEPTH = 2;

interface Known {
  readonly program: Program;
  readonly graph: CallGraph;
  readonly flags: ClaimFlags;
}

/**
 * The function, or one that it hands its work to, tests a place and writes it, puts an entry where it finds none and
 * takes it out again, or takes a lock.
 */
export const ownClaims = defineAnalysis<(fn: FunctionId) => boolean>('own-claims', (get, program) => {
  const known = { program, graph: get(callGraph), flags: get(claimFlags) };
  return fn => hasClaim(known, fn, DEPTH);
});

function hasClaim(known: Known, fn: FunctionId, depth: number): boolean {
  const { program, graph, flags } = known;
  const facts = program.functions.get(fn);
  if (!facts) return false;
  const written = new Set<string>();
  const tested = new Set<string>();
  const claimed = new Set<string>();
  const freed = new Set<string>();
  for (const step of program.steps(fn).values()) {
    if (step.kind === 'acquire') return true;
    if (step.kind === 'access' && step.mode === 'write') written.add(nameOf(step.place));
    const flag = flags.at(fn, step.id);
    if (flag?.does === 'set') claimed.add(flag.key);
    if (flag?.does === 'reset') freed.add(flag.key);
    for (const value of testsOf(step)) for (const place of placesIn(facts.values, value)) tested.add(nameOf(place));
    if (step.kind === 'call' && depth > 0 && graph.targets(fn, step.id).some(id => hasClaim(known, id, depth - 1)))
      return true;
  }
  return [...tested].some(place => written.has(place)) || [...claimed].some(key => freed.has(key));
}

const testsOf = (step: Step): ValueId[] => (step.kind === 'branch' ? conditionReads(step.condition) : []);

const nameOf = ({ root, path }: Place): string => JSON.stringify([root, path]);

function placesIn(values: readonly Value[], value: ValueId): Place[] {
  const facts = values[value];
  return facts?.kind === 'read' ? [facts.place] : [];
}
