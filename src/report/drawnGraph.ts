/** What the graphs that are drawn have in common: their formats, and how a place reads in them. */
import type { Site } from '../analysis/program.ts';
import type { Linked } from './linked.ts';

export type DrawnFormat = 'json' | 'dot' | 'text' | 'mermaid';

/** The graph in one of the formats; JSON is the graph as it is, with the version of its schema. */
export function drawn<G extends object>(
  graph: G,
  format: DrawnFormat,
  draw: Record<Exclude<DrawnFormat, 'json'>, (graph: G) => string>,
): string {
  return format === 'json' ? `${JSON.stringify({ schema: 1, ...graph }, null, 2)}\n` : draw[format](graph);
}

/** `file:line` of a place; lines from 1. */
export const placeIn =
  ({ sources }: Linked['loaded']) =>
  ({ file, at }: Site): string =>
    `${file}:${sources.of(file).position(at[0]).line}`;
