/** Names from audited code inside the languages of graphs: nothing in them is syntax there. */

/** A quoted string of Graphviz; several lines are centred below each other. */
export const dotText = (...lines: readonly string[]): string =>
  `"${lines.map(line => line.replace(/["\\]/g, '\\$&').replace(/[\r\n]+/g, ' ')).join('\\n')}"`;

/** A quoted label of Mermaid. What may be markup or Markdown there is written as entities. */
export const mermaidText = (...lines: readonly string[]): string =>
  `"${lines.map(line => line.replace(/["#<>&`]/g, char => `#${char.charCodeAt(0)};`).replace(/[\r\n]+/g, ' ')).join('<br>')}"`;
