/** Expressions → values, with the steps that evaluating them takes. */
import { ts } from 'ts-morph';
import type { ValueId } from '../../model/facts.ts';
import { lowerCondition, lowerConditional, lowerLogical, logical } from './conditions.ts';
import { bare, type FunctionContext } from './context.ts';
import { functionIdIn } from './functionIds.ts';
import { lowerCall, lowerNew, lowerTaggedTemplate } from './lowerCalls.ts';
import { lowerClass } from './lowerClass.ts';
import { lowerJsx } from './lowerJsx.ts';
import { lowerArray, lowerObject, lowerTemplate } from './lowerLiterals.ts';
import { lowerIdentifier } from './names.ts';
import { mayGivePromise } from './contracts.ts';
import { noteDeclared } from './noteContracts.ts';
import { assign, lowerSource, sourceOf } from './patterns.ts';
import { notePlain } from './plainUses.ts';
import { accessPlace, hasAccessor, isAccess, lowerAccess, readMember, writeAccess } from './places.ts';
import { askGives } from './results.ts';
import { emitAccess, isHandle, thisValue } from './variables.ts';

/** Lowers an expression in the current block and gives its value. */
export function lower(fn: FunctionContext, expression: ts.Expression): ValueId {
  const node = bare(expression);
  const early = fn.lowered.size > 0 ? fn.lowered.get(node) : undefined;
  if (early !== undefined) {
    fn.lowered.delete(node);
    return early;
  }
  if (ts.isIdentifier(node)) return lowerIdentifier(fn, node);
  if (ts.isCallExpression(node)) return lowerCall(fn, node);
  if (isAccess(node)) return lowerAccess(fn, node);
  if (ts.isBinaryExpression(node)) return lowerBinary(fn, node);
  if (ts.isAwaitExpression(node)) return lowerAwait(fn, node);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return lowerClosure(fn, node);
  return lowerLiteral(fn, node) ?? lowerOther(fn, node);
}

function lowerClosure(fn: FunctionContext, node: ts.ArrowFunction | ts.FunctionExpression): ValueId {
  const value = functionValue(fn, node);
  if (mayGivePromise(node)) noteDeclared(fn, node, value);
  return value;
}

/** A closure. */
export function functionValue(fn: FunctionContext, node: ts.FunctionLikeDeclaration): ValueId {
  const { source, file } = fn.file.loaded;
  const id = functionIdIn(source, file, node);
  return id === undefined ? fn.builder.unknown('function') : fn.builder.value({ kind: 'function', id });
}

function lowerLiteral(fn: FunctionContext, node: ts.Expression): ValueId | undefined {
  if (ts.isStringLiteralLike(node)) return fn.builder.constant(JSON.stringify(node.text));
  if (ts.isNumericLiteral(node)) return fn.builder.constant(node.text);
  if (ts.isObjectLiteralExpression(node)) return lowerObject(fn, node);
  if (ts.isArrayLiteralExpression(node)) return lowerArray(fn, node);
  if (ts.isTemplateExpression(node)) return lowerTemplate(fn, node);
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return fn.builder.constant('true');
    case ts.SyntaxKind.FalseKeyword:
      return fn.builder.constant('false');
    case ts.SyntaxKind.NullKeyword:
      return fn.builder.constant('null');
    case ts.SyntaxKind.RegularExpressionLiteral:
    case ts.SyntaxKind.BigIntLiteral:
    case ts.SyntaxKind.OmittedExpression:
    case ts.SyntaxKind.PrivateIdentifier:
      return fn.builder.constant('undefined');
    case ts.SyntaxKind.ThisKeyword:
    case ts.SyntaxKind.SuperKeyword:
      return thisValue(fn, node);
    default:
      return undefined;
  }
}

function lowerOther(fn: FunctionContext, node: ts.Expression): ValueId {
  if (ts.isNewExpression(node)) return lowerNew(fn, node);
  if (ts.isConditionalExpression(node)) return lowerConditional(fn, node);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return lowerUnary(fn, node);
  if (ts.isVoidExpression(node)) return lowerVoid(fn, node);
  if (ts.isTypeOfExpression(node)) return computed(fn, [lower(fn, node.expression)]);
  if (ts.isDeleteExpression(node)) return lowerDelete(fn, node);
  if (ts.isYieldExpression(node)) return lowerYield(fn, node);
  if (ts.isTaggedTemplateExpression(node)) return lowerTaggedTemplate(fn, node);
  if (ts.isClassExpression(node)) return lowerClass(fn, node);
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) return lowerJsx(fn, node);
  if (ts.isSpreadElement(node)) return lower(fn, node.expression);
  if (ts.isMetaProperty(node))
    return fn.builder.unknown(node.keywordToken === ts.SyntaxKind.NewKeyword ? 'new.target' : 'import.meta');
  fn.gap(node, 'expression-not-modelled');
  return fn.builder.unknown(ts.SyntaxKind[node.kind]);
}

/** What only depends on its parts; constants depend on nothing. */
export function computed(fn: FunctionContext, values: readonly ValueId[]): ValueId {
  const parts = [...new Set(values)].filter(value => {
    const { kind } = fn.builder.valueAt(value);
    return kind !== 'constant' && kind !== 'unknown';
  });
  return parts.length === 0
    ? fn.builder.unknown('computed')
    : fn.builder.value({ kind: 'from', values: parts, how: 'compute' });
}

function lowerAwait(fn: FunctionContext, node: ts.AwaitExpression): ValueId {
  const value = lower(fn, node.expression);
  emitAwait(fn, node, value);
  return fn.builder.value({ kind: 'settled', of: value });
}

/** A suspension that joins one value. */
export function emitAwait(fn: FunctionContext, node: ts.Node, value: ValueId): void {
  const strength = fn.builder.valueAt(value).kind === 'constant' ? 'micro' : 'callee';
  fn.builder.emit({ kind: 'await', at: fn.at(node), values: [value], until: 'all', wait: 'endless', strength });
}

function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isLogicalOperator(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

function isComparison(kind: ts.SyntaxKind): boolean {
  switch (kind) {
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.LessThanEqualsToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
    case ts.SyntaxKind.InKeyword:
    case ts.SyntaxKind.InstanceOfKeyword:
      return true;
    default:
      return false;
  }
}

function lowerBinary(fn: FunctionContext, node: ts.BinaryExpression): ValueId {
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.EqualsToken) return lowerAssignment(fn, node);
  if (isAssignmentOperator(kind)) return lowerCompound(fn, node);
  if (isLogicalOperator(kind)) return lowerLogical(fn, node);
  if (kind === ts.SyntaxKind.CommaToken) return lowerComma(fn, node);
  if (isComparison(kind)) return conditionValue(fn, node);
  const parts = arithmeticOperands(node).map(operand => {
    const part = lower(fn, operand);
    notePlain(fn, operand, part, 'computed');
    return part;
  });
  return kind === ts.SyntaxKind.PlusToken ? concatenation(fn, parts) : computed(fn, parts);
}

/** The operands down the left spine, whatever the operators: `a + b - c …`; iterative. */
function arithmeticOperands(node: ts.BinaryExpression): ts.Expression[] {
  const found: ts.Expression[] = [];
  let left: ts.Expression = node;
  while (ts.isBinaryExpression(left)) {
    const { kind } = left.operatorToken;
    if (isAssignmentOperator(kind) || isLogicalOperator(kind) || kind === ts.SyntaxKind.CommaToken) break;
    found.push(left.right);
    left = bare(left.left);
  }
  found.push(left);
  return found.reverse();
}

/** `'user:' + id` is the template string `user:${id}`. */
function concatenation(fn: FunctionContext, operands: readonly ValueId[]): ValueId {
  const parts = operands.map(operand => {
    const value = fn.builder.valueAt(operand);
    return value.kind === 'constant' && value.text.startsWith('"')
      ? { text: JSON.parse(value.text) as unknown }
      : operand;
  });
  if (!parts.some(part => typeof part === 'object')) return computed(fn, operands);
  return fn.builder.value({
    kind: 'template',
    parts: parts.map(part => (typeof part === 'object' ? String(part.text) : part)),
  });
}

function lowerComma(fn: FunctionContext, node: ts.BinaryExpression): ValueId {
  const found: ts.Expression[] = [];
  let left: ts.Expression = node;
  for (; ts.isBinaryExpression(left) && left.operatorToken.kind === ts.SyntaxKind.CommaToken; left = bare(left.left))
    found.push(left.right);
  found.push(left);
  let value = fn.builder.constant('undefined');
  found.reverse().forEach((part, index) => {
    value = index === found.length - 1 ? lower(fn, part) : lowerDropped(fn, part);
  });
  return value;
}

/** An expression whose value nobody takes. */
export function lowerDropped(fn: FunctionContext, expression: ts.Expression): ValueId {
  const value = lower(fn, expression);
  drop(fn, expression, value, 'statement');
  return value;
}

function drop(fn: FunctionContext, expression: ts.Expression, value: ValueId, how: 'statement' | 'void'): void {
  const node = bare(expression);
  // An assignment's value is not dropped: the variable or property has it.
  if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) return;
  askGives(fn, value, node, 'dropped');
  if (isHandle(fn, value)) fn.builder.emit({ kind: 'drop', at: fn.at(node), value, how });
}

function lowerVoid(fn: FunctionContext, node: ts.VoidExpression): ValueId {
  drop(fn, node.expression, lower(fn, node.expression), 'void');
  return fn.builder.constant('undefined');
}

function lowerAssignment(fn: FunctionContext, node: ts.BinaryExpression): ValueId {
  const target = bare(node.left);
  if (isAccess(target)) {
    const place = accessPlace(fn, target);
    const value = lower(fn, node.right);
    askGives(fn, value, node.right, 'stored');
    writeAccess(fn, target, place, value);
    noteExport(fn, target, value);
    return value;
  }
  const isPattern = ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target);
  const source = isPattern ? lowerSource(fn, node.right) : sourceOf(lower(fn, node.right));
  if (!isPattern) askGives(fn, source.value, node.right, 'stored');
  assign(fn, target, source, node);
  return source.value;
}

/** `module.exports = e`, `exports.x = e`, `module.exports.x = e` in the module body. */
function noteExport(fn: FunctionContext, target: ts.Expression, value: ValueId): void {
  if (fn.scope.parent !== null || !ts.isPropertyAccessExpression(target)) return;
  const { expression, name } = target;
  const isModule = ts.isIdentifier(expression) && expression.text === 'module' && name.text === 'exports';
  if (isModule) fn.file.exported.set('export=', value);
  else if (isExportsObject(expression)) fn.file.exported.set(name.text, value);
}

function isExportsObject(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return node.text === 'exports';
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'module' &&
    node.name.text === 'exports'
  );
}

/** `x += e`, `x ??= e`: a read, then a write that for logical operators happens only sometimes. */
function lowerCompound(fn: FunctionContext, node: ts.BinaryExpression): ValueId {
  const target = bare(node.left);
  const kind = node.operatorToken.kind;
  const isLogical =
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
  const place = isAccess(target) ? accessPlace(fn, target) : undefined;
  const before = place && isAccess(target) ? readMember(fn, target, place) : lower(fn, target);
  const write = (value: ValueId): ValueId => {
    if (place && isAccess(target)) writeAccess(fn, target, place, value);
    else assign(fn, target, sourceOf(value), node);
    return value;
  };
  if (isLogical)
    return logical(fn, node, before, () => {
      const value = lower(fn, node.right);
      askGives(fn, value, node.right, 'stored');
      return write(value);
    });
  const right = lower(fn, node.right);
  notePlain(fn, node.right, right, 'computed');
  return write(
    kind === ts.SyntaxKind.PlusEqualsToken ? concatenation(fn, [before, right]) : computed(fn, [before, right]),
  );
}

function lowerUnary(fn: FunctionContext, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ValueId {
  if (node.operator === ts.SyntaxKind.ExclamationToken) return conditionValue(fn, node);
  if (node.operator !== ts.SyntaxKind.PlusPlusToken && node.operator !== ts.SyntaxKind.MinusMinusToken) {
    const operand = bare(node.operand);
    if (node.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(operand))
      return fn.builder.constant(`-${operand.text}`);
    return computed(fn, [lower(fn, operand)]);
  }
  const target = bare(node.operand);
  if (isAccess(target)) {
    const place = accessPlace(fn, target);
    if (hasAccessor(fn, target, place)) {
      const value = computed(fn, [readMember(fn, target, place)]);
      writeAccess(fn, target, place, value);
      return value;
    }
    const value = fn.builder.read(place);
    emitAccess(fn, place, 'update', node, value);
    return computed(fn, [value]);
  }
  const value = computed(fn, [lower(fn, target)]);
  assign(fn, target, sourceOf(value), node);
  return value;
}

/** `!x`, `a < b` as a value. */
export function conditionValue(fn: FunctionContext, node: ts.Expression): ValueId {
  const condition = lowerCondition(fn, node);
  return fn.choice([fn.builder.constant('true'), fn.builder.constant('false')], condition);
}

function lowerDelete(fn: FunctionContext, node: ts.DeleteExpression): ValueId {
  const target = bare(node.expression);
  if (isAccess(target)) emitAccess(fn, accessPlace(fn, target), 'delete', node);
  return fn.builder.constant('true');
}

function lowerYield(fn: FunctionContext, node: ts.YieldExpression): ValueId {
  const delegate = node.asteriskToken !== undefined;
  if (!node.expression) {
    fn.builder.emit({ kind: 'yield', at: fn.at(node), delegate });
    return fn.builder.unknown('sent in');
  }
  const value = lower(fn, node.expression);
  askGives(fn, value, node.expression, 'returned');
  const step = fn.builder.emit({ kind: 'yield', at: fn.at(node), value, delegate });
  return delegate ? fn.builder.value({ kind: 'result', of: step }) : fn.builder.unknown('sent in');
}
