/** Asks the checker what a call gives, where nothing else will tell and somebody needs to know. */
import type { ts } from 'ts-morph';
import type { ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';

/** What becomes of the result: thrown away, kept in a variable or field, or handed on. */
export type Use = 'dropped' | 'stored' | 'returned' | 'passed';

/**
 * Fills in `gives` of the call that made a value. Calls of known functions are left to link, except where the result is
 * dropped: only the type tells an untyped callee's promise from a number. `node`: the expression that gave the value.
 */
export function askGives(fn: FunctionContext, value: ValueId, node: ts.Expression, use: Use): void {
  const made = fn.builder.valueAt(value);
  if (made.kind !== 'result') return;
  const step = fn.builder.stepAt(made.of);
  if (step?.kind !== 'call' || step.gives !== undefined || step.newOf !== undefined) return;
  const call = bare(node);
  const { target } = step;
  if (target.kind === 'external' && fn.questions.apiOf(target.name)?.gives !== undefined) return;
  if (use === 'dropped' || target.kind === 'external' || target.kind === 'unresolved' || target.kind === 'value') step.gives = fn.questions.givesOf(call);
}
