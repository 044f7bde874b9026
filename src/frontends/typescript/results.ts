/** Asks the checker what a call gives, where nothing else will tell and somebody needs to know. */
import { ts } from 'ts-morph';
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
  if (made.kind === 'choice') return askAlternatives(fn, made.values, node, use);
  if (made.kind !== 'result') return;
  const step = fn.builder.stepAt(made.of);
  if (step?.kind !== 'call' || step.gives !== undefined || step.newOf !== undefined) return;
  const call = bare(node);
  const { target } = step;
  const { gives } = target.kind === 'external' ? (fn.questions.apiOf(target.name) ?? {}) : {};
  if (gives !== undefined && gives !== 'declared') return;
  // A method may be one that nothing in the project implements.
  if (use === 'dropped' || target.kind !== 'functions')
    step.gives =
      use === 'returned' && isSaidToGiveNothing(node)
        ? 'value'
        : fn.questions.givesOf(call, use === 'returned' || use === 'passed');
}

/** The function around it is declared to return nothing: what it returns is no promise, also where types do not tell. */
function isSaidToGiveNothing(node: ts.Node): boolean {
  return ts.findAncestor(node, ts.isFunctionLike)?.type?.kind === ts.SyntaxKind.VoidKeyword;
}

/** `c ? a() : b()`, `a && b()`: each call that the value may come from. */
function askAlternatives(fn: FunctionContext, values: readonly ValueId[], node: ts.Expression, use: Use): void {
  for (const expression of alternatives(bare(node))) {
    const [start, end] = fn.at(expression);
    const value = values.find(one => {
      const made = fn.builder.valueAt(one);
      const at = made.kind === 'result' ? fn.builder.stepAt(made.of)?.at : undefined;
      return at !== undefined && at[0] === start && at[1] === end;
    });
    if (value !== undefined) askGives(fn, value, expression, use);
    else if (alternatives(expression).length > 1)
      askAlternatives(
        fn,
        values.flatMap(one => nested(fn, one)),
        expression,
        use,
      );
  }
}

function alternatives(node: ts.Expression): ts.Expression[] {
  if (ts.isConditionalExpression(node)) return [bare(node.whenTrue), bare(node.whenFalse)];
  return ts.isBinaryExpression(node) && LOGICAL.has(node.operatorToken.kind)
    ? [bare(node.left), bare(node.right)]
    : [node];
}

function nested(fn: FunctionContext, value: ValueId): readonly ValueId[] {
  const made = fn.builder.valueAt(value);
  return made.kind === 'choice' ? made.values : [value];
}

const LOGICAL: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);
