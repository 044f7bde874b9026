/** Hand-made locks that do not exclude; chains whose work never fails cannot be poisoned. */
import { defineAnalysis } from '../analysis.ts';
import type { Broken } from '../handmade/handMadeIndex.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { mayReject } from '../promises/mayReject.ts';
import type { Program, Site } from '../program.ts';
import type { FunctionId, StepId } from '../../model/facts.ts';

export interface BrokenLock {
  readonly why: Broken['why'];
  readonly name: string;
  /** The check, and the set. */
  readonly at: Site;
  readonly set: Site;
}

/** Helpers of helpers of a test. */
const HELPERS = 6;

export const brokenLocks = defineAnalysis<readonly BrokenLock[]>('broken-locks', (get, program) =>
  program.handMade.broken.flatMap(({ why, name, fn, at, set, work }) => {
    if (why !== 'poisoned' && isOneByOne(program, get(callGraph), fn, HELPERS)) return [];
    const facts = program.functions.get(fn);
    const handler = work === null ? undefined : facts?.values[work];
    const isSafe = handler?.kind === 'function' && get(mayReject).rejects(handler.id) === 'never';
    const throwsNever = handler?.kind !== 'function' || get(mayReject).throws(handler.id) === 'never';
    if (isSafe && throwsNever) return [];
    return [{ why, name, at: program.site(fn, at), set: program.site(fn, set) }];
  }),
);

/** A test body, which runs once, or a helper that tests wait for where they call it: nobody else is there to keep out. */
function isOneByOne(program: Program, graph: CallGraph, id: FunctionId, depth: number): boolean {
  if (depth === 0 || program.modules.get(program.fileOf(id))?.test !== true) return false;
  return graph.callers(id).every(({ caller, step }) => {
    if (program.functions.get(caller)?.synthetic) return false;
    return isAwaited(program, caller, step) && isOneByOne(program, graph, caller, depth - 1);
  });
}

const isAwaited = (program: Program, caller: FunctionId, call: StepId): boolean =>
  [...program.steps(caller).values()].some(
    step =>
      step.kind === 'await' &&
      step.values.some(value => {
        const facts = program.functions.get(caller)?.values[value];
        return facts?.kind === 'result' && facts.of === call;
      }),
  );
