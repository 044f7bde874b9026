/** Pairs of a key and an element: what walking a map gives, and `entries()` of an array, map or object. */
import { ts } from 'ts-morph';
import type { At, ValueId } from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';
import { bare, type FunctionContext } from './context.ts';
import { lower } from './lowerExpression.ts';
import { isAccess } from './places.ts';

/** The pairs of a container as a list of them: some key, and some element of it. */
export function entriesOf(builder: FunctionBuilder, container: ValueId, at: At): ValueId {
  return builder.value({ kind: 'array', values: [pairOf(builder, container, at)], spreads: [], at });
}

/** Some key of the container, and some element of it. */
export function pairOf(builder: FunctionBuilder, container: ValueId, at: At): ValueId {
  const values = [builder.unknown('key'), builder.value({ kind: 'element', of: container, key: null })];
  return builder.value({ kind: 'array', values, spreads: [], at });
}

/** What a loop walks: the value, and whether each round is given a pair. Walking entries is walking the container. */
export function walked(fn: FunctionContext, expression: ts.Expression): { over: ValueId; inPairs: boolean } {
  const container = entriesOfWhat(fn, bare(expression));
  return container
    ? { over: lower(fn, container), inPairs: true }
    : { over: lower(fn, expression), inPairs: isMap(fn, expression) };
}

/** The container in `container.entries()` or `Object.entries(container)`. */
function entriesOfWhat(fn: FunctionContext, node: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !isAccess(bare(node.expression))) return undefined;
  const target = fn.questions.calleeOf(node);
  const api = target.kind === 'external' ? fn.questions.apiOf(target.name) : undefined;
  if (!api?.does.some(effect => effect.does === 'give' && effect.what === 'entries')) return undefined;
  const callee = bare(node.expression);
  const [only] = node.arguments;
  return only ?? (isAccess(callee) ? callee.expression : undefined);
}

/** The list that a spread or copied map is: its entries. */
export function spreadOf(fn: FunctionContext, expression: ts.Expression, value: ValueId): ValueId {
  return isMap(fn, expression) ? entriesOf(fn.builder, value, fn.at(expression)) : value;
}

function isMap(fn: FunctionContext, expression: ts.Expression): boolean {
  const type = fn.questions.typeIdOf(expression);
  return type === 'lib#Map' || type === 'lib#ReadonlyMap';
}
