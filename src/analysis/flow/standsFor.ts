/** Whom a function stands for that is there only to call another: `f.bind(self)`. */
import type { FunctionFacts, FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from './callGraph.ts';
import type { Program } from '../program.ts';

/** The functions that it calls, and they call, in turn; itself where it does anything else, or nobody knows whom it calls. */
export type StandsFor = (fn: FunctionId) => readonly FunctionId[];

export const standsFor = defineAnalysis<StandsFor>('stands-for', (get, program) => {
  const graph = get(callGraph);
  return fn => [...behind(program, graph, fn, new Set())];
});

function behind(program: Program, graph: CallGraph, fn: FunctionId, seen: Set<FunctionId>): Set<FunctionId> {
  seen.add(fn);
  const facts = program.functions.get(fn);
  const called = facts?.synthetic ? calledAlone(graph, facts) : [];
  const next = called.filter(id => !seen.has(id)).flatMap(id => [...behind(program, graph, id, seen)]);
  return new Set(next.length > 0 ? next : [fn]);
}

/** Its body is one call, whose result it gives. */
function calledAlone(graph: CallGraph, { id, body, values }: FunctionFacts): readonly FunctionId[] {
  const [call, exit, ...others] = body;
  if (call?.kind !== 'call' || exit?.kind !== 'exit' || exit.value === undefined || others.length > 0) return [];
  const given = values[exit.value];
  return given?.kind === 'result' && given.of === call.id ? graph.targets(id, call.id) : [];
}
