/** Says where an anonymous function or class goes: `runExclusive:0`, `app.get("/x"):1`, `handlers.onClose`, `return`. */
import { ts } from 'ts-morph';

const LONGEST_TEXT = 40;

/** The text of a constant property name; undefined for a computed one that is no literal or well-known symbol. */
export function propertyNameText(name: ts.PropertyName | ts.BindingName): string | undefined {
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name)) return name.text;
  if (ts.isNumericLiteral(name) || ts.isBigIntLiteral(name)) return name.text;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const { expression } = name;
  if (ts.isStringLiteralLike(expression) || ts.isNumericLiteral(expression)) return expression.text;
  if (
    ts.isPropertyAccessExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === 'Symbol'
  )
    return `[Symbol.${expression.name.text}]`;
  return undefined;
}

/** The name of a function or class inside its surroundings; not unique yet. */
export function placeName(node: ts.FunctionLikeDeclaration | ts.ClassLikeDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { name } = node;
  if (name && (ts.isMethodDeclaration(node) || ts.isGetAccessor(node) || ts.isSetAccessor(node))) {
    const own = memberPrefix(node) + (propertyNameText(name) ?? '[computed]');
    return ts.isObjectLiteralExpression(node.parent) ? position(node.parent, `.${own}`) : own;
  }
  if (name) return propertyNameText(name) ?? '[computed]';
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return 'default';
  return position(node, '');
}

/** `static `, `get `, `set ` before a member's name, as in `static get `. */
export function memberPrefix(node: ts.Node): string {
  const isStatic =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(modifier => modifier.kind === ts.SyntaxKind.StaticKeyword);
  const accessor = ts.isGetAccessor(node) ? 'get ' : ts.isSetAccessor(node) ? 'set ' : '';
  return (isStatic ? 'static ' : '') + accessor;
}

/** Climbs from an expression to what takes it. */
function position(from: ts.Node, suffix: string): string {
  let node = from;
  for (let parent = node.parent; parent && !ts.isSourceFile(parent); node = parent, parent = node.parent) {
    if (ts.isPropertyAssignment(parent)) suffix = `.${propertyNameText(parent.name) ?? '[computed]'}${suffix}`;
    else if (ts.isArrayLiteralExpression(parent))
      suffix = `[${parent.elements.findIndex(element => element === node)}]${suffix}`;
    else {
      const name = takerName(parent, node);
      if (name !== undefined) return name + suffix;
      if (!passesOn(parent)) break;
    }
  }
  return `anonymous${suffix}`;
}

function passesOn(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isConditionalExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isJsxExpression(node) ||
    ts.isBinaryExpression(node)
  );
}

function takerName(parent: ts.Node, node: ts.Node): string | undefined {
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isPropertyDeclaration(parent)
  )
    return memberPrefix(parent) + (propertyNameText(parent.name) ?? 'pattern');
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return callPosition(parent, node);
  if (ts.isBinaryExpression(parent) && isAssignment(parent) && parent.right === node) return targetText(parent.left);
  if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return 'return';
  if (ts.isYieldExpression(parent)) return 'yield';
  if (ts.isExportAssignment(parent)) return parent.isExportEquals ? 'module.exports' : 'default';
  if (ts.isJsxAttribute(parent))
    return `<${tagText(parent.parent.parent)}>.${ts.isIdentifier(parent.name) ? parent.name.text : parent.name.name.text}`;
  if (ts.isJsxElement(parent)) return `<${tagText(parent.openingElement)}>`;
  if (ts.isPropertyAccessExpression(parent) && ts.isCallExpression(parent.parent)) return 'iife';
  if (ts.isDecorator(parent)) return 'decorator';
  if (ts.isExpressionWithTypeArguments(parent)) return 'extends';
  return undefined;
}

function isAssignment(node: ts.BinaryExpression): boolean {
  const kind = node.operatorToken.kind;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function callPosition(call: ts.CallExpression | ts.NewExpression, node: ts.Node): string {
  const index = call.arguments?.findIndex(argument => argument === node) ?? -1;
  if (index < 0) return 'iife';
  const first = call.arguments?.[0];
  const label =
    first && first !== node && ts.isStringLiteralLike(first) ? `(${JSON.stringify(shortened(first.text))})` : '';
  const callee = call.expression;
  const last = ts.isPropertyAccessExpression(callee)
    ? callee.name.text
    : ts.isIdentifier(callee)
      ? callee.text
      : ts.isCallExpression(callee)
        ? lastName(callee)
        : 'call';
  const receiver =
    label && ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression)
      ? `${callee.expression.text}.`
      : '';
  return `${receiver}${last}${label}:${index}`;
}

/** `f(x)(…)` is named after `f`. */
function lastName(call: ts.CallExpression): string {
  const callee = call.expression;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return ts.isIdentifier(callee) ? callee.text : 'call';
}

function targetText(target: ts.Expression): string {
  if (ts.isIdentifier(target)) return target.text;
  if (ts.isPropertyAccessExpression(target)) {
    const { expression, name } = target;
    if (ts.isIdentifier(expression)) return `${expression.text}.${name.text}`;
    if (expression.kind === ts.SyntaxKind.ThisKeyword) return `this.${name.text}`;
    if (ts.isPropertyAccessExpression(expression)) return `${expression.name.text}.${name.text}`;
    return name.text;
  }
  if (ts.isElementAccessExpression(target) && ts.isStringLiteralLike(target.argumentExpression))
    return shortened(target.argumentExpression.text);
  return 'element';
}

function tagText(element: ts.Node): string {
  if (!ts.isJsxOpeningElement(element) && !ts.isJsxSelfClosingElement(element)) return '';
  const tag = element.tagName;
  if (ts.isIdentifier(tag)) return tag.text;
  return ts.isPropertyAccessExpression(tag) ? tag.name.text : 'element';
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
