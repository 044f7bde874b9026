/** Trees that the checker takes quadratic time for: long chains and deep nests of calls and functions. */
import { ts } from 'ts-morph';

/** Links of one chain, or calls inside of each other. The checker walks up the whole chain from every link. */
const MAX_CALL_DEPTH = 1_000;
/** Functions inside of each other; the name of each holds the names of those around it. */
const MAX_FUNCTION_DEPTH = 200;

/**
 * What makes the file too costly to ask about, or undefined. Every call has its own `(`, every function its own `=>` or
 * `{` (or is a signature without a body): only nodes with enough of them in their text are opened. Iterative: the tree
 * may be deeper than the stack.
 */
export function tooDeepShape(source: ts.SourceFile): string | undefined {
  const { text } = source;
  const parentheses = positions(text, '(', MAX_CALL_DEPTH);
  const bodies = [positions(text, '=>', 0), positions(text, '{', 0)];
  const open: Place[] = [{ node: source, calls: 0, functions: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { node } = place;
    const calls = place.calls + (ts.isCallExpression(node) ? 1 : 0);
    const functions = place.functions + (ts.isFunctionLike(node) ? 1 : 0);
    if (calls > MAX_CALL_DEPTH) return `more than ${MAX_CALL_DEPTH} calls are chained or nested`;
    if (functions > MAX_FUNCTION_DEPTH) return `more than ${MAX_FUNCTION_DEPTH} functions are nested`;
    const mayPass =
      calls + within(parentheses, node) > MAX_CALL_DEPTH ||
      functions + bodies.reduce((sum, list) => sum + within(list, node), 0) > MAX_FUNCTION_DEPTH;
    if (mayPass) ts.forEachChild(node, child => void open.push({ node: child, calls, functions }));
  }
  return undefined;
}

interface Place {
  node: ts.Node;
  calls: number;
  functions: number;
}

/** Where `part` stands; empty when there are no more than `enough`. */
function positions(text: string, part: string, enough: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found.length > enough ? found : [];
}

/** How many of the positions lie in the node. */
function within(sorted: readonly number[], { pos, end }: ts.Node): number {
  return sorted.length === 0 ? 0 : firstFrom(sorted, end) - firstFrom(sorted, pos);
}

/** Index of the first position at or after `offset`. */
function firstFrom(sorted: readonly number[], offset: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
