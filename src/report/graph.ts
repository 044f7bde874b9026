/** The call graph as JSON, Graphviz or indented text. */
import { type CallEdge, callGraph, printCallGraph as callsAsData } from '../analysis/flow/callGraph.ts';
import type { Program } from '../analysis/program.ts';
import type { FunctionFacts } from '../model/facts.ts';
import { byCodeUnit } from '../util/compare.ts';
import type { Linked } from './linked.ts';

export type GraphFormat = 'json' | 'dot' | 'text';

/**
 * JSON: functions, and every call with its place and targets (offsets are UTF-16 units), by which other tools find a call
 * again. Text and Graphviz: functions and the edges between them, all calls of one function to another as one.
 */
export function printCallGraph(
  { program, get, loaded }: Pick<Linked, 'program' | 'get' | 'loaded'>,
  format: GraphFormat,
): string {
  const graph = get(callGraph);
  const lineOf = (file: string, offset: number): number => loaded.sources.of(file).position(offset).line;
  const functions = [...program.functions.values()].sort((a, b) => byCodeUnit(a.id, b.id));
  if (format === 'json') {
    const data = { schema: 1, ...callsAsData(program, graph), coverage: graph.coverage };
    return `${JSON.stringify(data, null, 2)}\n`;
  }
  const nodes = functions.map(({ id, name, nameAt }) => ({
    id,
    name,
    file: program.fileOf(id),
    line: lineOf(program.fileOf(id), nameAt[0]),
  }));
  const calls = functions.flatMap(fn => mergeCalls(fn, graph.callees(fn.id), program, lineOf));
  if (format === 'dot') {
    const edges = calls.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`);
    return [
      'digraph calls {',
      '  rankdir=LR;',
      ...nodes.map(({ id, name }) => `  ${quote(id)} [label=${quote(name)}];`),
      ...edges,
      '}',
      '',
    ].join('\n');
  }
  const byCaller = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to, lines } of calls) byCaller.get(from)?.push(`  line ${lines.join(', ')}: ${to}`);
  return `${[...byCaller].flatMap(([id, called]) => [id, ...called]).join('\n')}\n`;
}

function mergeCalls(
  fn: FunctionFacts,
  edges: readonly CallEdge[],
  program: Program,
  lineOf: (file: string, offset: number) => number,
): { from: string; to: string; lines: number[] }[] {
  const file = program.fileOf(fn.id);
  const lines = new Map<string, Set<number>>();
  for (const { step, callee } of edges) {
    const at = program.steps(fn.id).get(step)?.at ?? fn.at;
    lines.set(callee, (lines.get(callee) ?? new Set()).add(lineOf(file, at[0])));
  }
  return [...lines]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([to, of]) => ({ from: fn.id, to, lines: [...of].sort((a, b) => a - b) }));
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
