/** Conditions, and the operators that run their right side only sometimes: `&&`, `||`, `??`, `?:`, logical assignment. */
import { ts } from 'ts-morph';
import type { Condition, ValueId } from '../../model/facts.ts';
import { branch, oneArm, type ArmWhen } from './arms.ts';
import { bare, type FunctionContext } from './context.ts';
import { lower } from './lowerExpression.ts';
import { noteCompared, notePlain } from './plainUses.ts';

/** Lowers an expression that is only asked whether it holds. */
export function lowerCondition(fn: FunctionContext, expression: ts.Expression): Condition {
  const node = bare(expression);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return negated(lowerCondition(fn, node.operand));
  if (ts.isBinaryExpression(node)) return binaryCondition(fn, node) ?? truthy(fn, lower(fn, node));
  if (ts.isTypeOfExpression(node)) return { kind: 'other', reads: [lower(fn, node.expression)] };
  const value = lower(fn, node);
  notePlain(fn, node, value, 'condition', true);
  return truthy(fn, value);
}

/** Whether a value holds: the condition itself where the value is what a condition gave (`const first = a < b`). */
function truthy(fn: FunctionContext, value: ValueId): Condition {
  const made = fn.builder.valueAt(value);
  if (made.kind === 'choice' && made.when !== null) {
    const texts = made.values.map(each => {
      const part = fn.builder.valueAt(each);
      return part.kind === 'constant' ? part.text : '';
    });
    if (texts[0] === 'true' && texts[1] === 'false') return made.when;
    if (texts[0] === 'false' && texts[1] === 'true') return negated(made.when);
  }
  return { kind: 'truthy', value };
}

function binaryCondition(fn: FunctionContext, node: ts.BinaryExpression): Condition | undefined {
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return joined(fn, node, 'and');
    case ts.SyntaxKind.BarBarToken:
      return joined(fn, node, 'or');
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
      return equality(fn, node);
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return negated(equality(fn, node));
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.LessThanEqualsToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
      return comparison(fn, node);
    case ts.SyntaxKind.InKeyword:
    case ts.SyntaxKind.InstanceOfKeyword:
      return { kind: 'other', reads: [lower(fn, node.left), lower(fn, node.right)] };
    default:
      return undefined;
  }
}

export function negated(condition: Condition): Condition {
  return condition.kind === 'not' ? condition.of : { kind: 'not', of: condition };
}

/** `a && b && c`: what the later parts evaluate runs only when the earlier ones hold (do not, for `||`). */
function joined(fn: FunctionContext, node: ts.BinaryExpression, kind: 'and' | 'or'): Condition {
  const [first, ...rest] = operands(node, node.operatorToken.kind);
  if (!first) return { kind: 'other', reads: [] };
  const parts = [lowerCondition(fn, first)];
  for (const operand of rest) {
    const before: Condition = parts.length === 1 && parts[0] ? parts[0] : { kind, of: [...parts] };
    branch(fn, fn.at(operand), before, [
      {
        when: kind === 'and' ? 'true' : 'false',
        fill: () => {
          parts.push(lowerCondition(fn, operand));
        },
      },
    ]);
  }
  return { kind, of: parts };
}

/** The operands of a chain of one operator, from left to right; iterative, since chains are as long as machines write. */
export function operands(node: ts.BinaryExpression, operator: ts.SyntaxKind): ts.Expression[] {
  const found: ts.Expression[] = [];
  let left: ts.Expression = node;
  while (ts.isBinaryExpression(left) && left.operatorToken.kind === operator) {
    found.push(left.right);
    left = bare(left.left);
  }
  found.push(left);
  return found.reverse();
}

function equality(fn: FunctionContext, node: ts.BinaryExpression): Condition {
  const left = bare(node.left);
  if (ts.isTypeOfExpression(left)) return { kind: 'other', reads: [lower(fn, left.expression)] };
  if (isNothing(node.right)) return { kind: 'nullish', value: lowerExistence(fn, left) };
  if (isNothing(left)) return { kind: 'nullish', value: lowerExistence(fn, node.right) };
  const values = { left: lower(fn, left), right: lower(fn, node.right) };
  noteCompared(fn, { left, right: node.right }, values);
  return { kind: 'equal', ...values };
}

/** Something kept is tested for being there; what a call has just given is a value that somebody expected. */
function lowerExistence(fn: FunctionContext, expression: ts.Expression): ValueId {
  const node = bare(expression);
  const value = lower(fn, node);
  const made = fn.builder.valueAt(value);
  const isGiven = made.kind === 'result' && fn.builder.stepAt(made.of)?.kind === 'call';
  if (ts.isCallExpression(node) || isGiven) notePlain(fn, node, value, 'condition');
  return value;
}

function isNothing(expression: ts.Expression): boolean {
  const node = bare(expression);
  return (
    node.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isIdentifier(node) && node.text === 'undefined') ||
    ts.isVoidExpression(node)
  );
}

function comparison(fn: FunctionContext, node: ts.BinaryExpression): Condition {
  const left = lower(fn, node.left);
  const right = lower(fn, node.right);
  noteCompared(fn, node, { left, right });
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.LessThanToken:
      return less(fn, left, right);
    case ts.SyntaxKind.GreaterThanToken:
      return less(fn, right, left);
    case ts.SyntaxKind.LessThanEqualsToken:
      return { kind: 'not', of: less(fn, right, left) };
    default:
      return { kind: 'not', of: less(fn, left, right) };
  }
}

/** `a.localeCompare(b) < 0` is `a < b`. */
function less(fn: FunctionContext, left: ValueId, right: ValueId): Condition {
  const [before, after] = [textsCompared(fn, left), textsCompared(fn, right)];
  if (before && isZero(fn, right)) return { kind: 'less', left: before[0], right: before[1] };
  if (after && isZero(fn, left)) return { kind: 'less', left: after[1], right: after[0] };
  return { kind: 'less', left, right };
}

function textsCompared(fn: FunctionContext, id: ValueId): readonly [ValueId, ValueId] | undefined {
  const value = fn.builder.valueAt(id);
  const call = value.kind === 'result' ? fn.builder.stepAt(value.of) : undefined;
  if (call?.kind !== 'call' || call.target.kind !== 'external') return undefined;
  const [other] = call.args;
  const isComparison = call.target.name === 'lib#String.localeCompare';
  return isComparison && call.receiver !== undefined && other !== undefined ? [call.receiver, other] : undefined;
}

function isZero(fn: FunctionContext, id: ValueId): boolean {
  const value = fn.builder.valueAt(id);
  return value.kind === 'constant' && value.text === '0';
}

/** When the right side of a logical operator runs, told by the left side's value. */
function logicalTest(
  fn: FunctionContext,
  operator: ts.SyntaxKind,
  left: ValueId,
): { condition: Condition; when: ArmWhen } {
  switch (operator) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
      return { condition: truthy(fn, left), when: 'true' };
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      return { condition: truthy(fn, left), when: 'false' };
    default:
      return { condition: { kind: 'nullish', value: left }, when: 'true' };
  }
}

/** `left && right` and its kin, also as assignments: `right` is lowered where it runs. */
export function logical(fn: FunctionContext, node: ts.BinaryExpression, left: ValueId, right: () => ValueId): ValueId {
  const { condition, when } = logicalTest(fn, node.operatorToken.kind, left);
  const value = oneArm(fn, fn.at(node), condition, when, right);
  return fn.choice(when === 'true' ? [value, left] : [left, value], condition);
}

/** `&&`, `||` and `??` as values. */
export function lowerLogical(fn: FunctionContext, node: ts.BinaryExpression): ValueId {
  const [first, ...rest] = operands(node, node.operatorToken.kind);
  let value = first ? lower(fn, first) : fn.builder.unknown('');
  let before = first;
  for (const operand of rest) {
    const left = value;
    if (node.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionToken && before)
      notePlain(fn, before, left, 'condition');
    before = operand;
    value = logical(fn, node, left, () => lower(fn, operand));
  }
  return value;
}

/** `c ? a : b`. */
export function lowerConditional(fn: FunctionContext, node: ts.ConditionalExpression): ValueId {
  const condition = lowerCondition(fn, node.condition);
  let whenTrue: ValueId | undefined;
  let whenFalse: ValueId | undefined;
  branch(fn, fn.at(node), condition, [
    {
      when: 'true',
      fill: () => {
        whenTrue = lower(fn, node.whenTrue);
      },
    },
    {
      when: 'false',
      fill: () => {
        whenFalse = lower(fn, node.whenFalse);
      },
    },
  ]);
  const values = [whenTrue, whenFalse].filter(value => value !== undefined);
  return fn.choice(values, condition);
}
