/** Code that lives as long as the process: entry modules, and functions that only they run. */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';

export interface ProcessScopes {
  /** The file is started from outside: named by its package, or imported by no other file. */
  isEntry(file: string): boolean;
  /** A module body, or a function that only module bodies (through such functions) call: it runs once. */
  isProcessScope(fn: FunctionId): boolean;
}

export const processScopes = defineAnalysis<ProcessScopes>('process-scopes', (get, program) => {
  const entries = new Set(program.packages.flatMap(one => one.entries));
  const imported = new Set([...program.modules.values()].flatMap(module => module.imports));
  const graph = get(callGraph);
  const known = new Map<FunctionId, boolean>();
  return {
    isEntry: file => entries.has(file) || !imported.has(file),
    isProcessScope: fn => runsOnce(fn, program, graph, known),
  };
});

function runsOnce(fn: FunctionId, program: Program, graph: CallGraph, known: Map<FunctionId, boolean>): boolean {
  const answer = known.get(fn);
  if (answer !== undefined) return answer;
  // A function that (indirectly) calls itself runs more than once.
  known.set(fn, false);
  const facts = program.functions.get(fn);
  const isBody = fn === `${program.fileOf(fn)}#`;
  const callers = graph.callers(fn);
  const once =
    isBody ||
    (facts !== undefined &&
      callers.length > 0 &&
      !graph.escapes(fn) &&
      callers.every(edge => runsOnce(edge.caller, program, graph, known)));
  known.set(fn, once);
  return once;
}
