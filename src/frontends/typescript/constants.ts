/** Constants that stand at a call or behind a `const` variable: options, modes, event names. */
import { ts } from 'ts-morph';
import { bare, isConstVariable } from './asking.ts';
import type { Questions } from './lowering.ts';
import { propertyNameText } from './placeNames.ts';

const DEEPEST = 5;

/** The JSON text of a constant expression (`undefined` as it is); undefined when it is none. */
export function constantText(questions: Questions, expression: ts.Expression, depth = 0): string | undefined {
  const node = bare(expression);
  if (ts.isStringLiteralLike(node)) return JSON.stringify(node.text);
  if (ts.isNumericLiteral(node)) return String(Number(node.text));
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 'true';
  if (node.kind === ts.SyntaxKind.FalseKeyword) return 'false';
  if (node.kind === ts.SyntaxKind.NullKeyword) return 'null';
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const operand = constantText(questions, node.operand, depth + 1);
    return operand === undefined ? undefined : `-${operand}`;
  }
  if (depth > DEEPEST) return undefined;
  if (ts.isIdentifier(node)) {
    if (node.text === 'undefined') return 'undefined';
    const value = constantInitialiser(questions, node);
    return value && constantText(questions, value, depth + 1);
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const holder = objectLiteral(questions, node.expression, depth + 1);
  const value = holder && propertyValue(holder, node.name.text);
  return value && constantText(questions, value, depth + 1);
}

/** The number that an expression of constants comes to: `5 * MINUTE`. `depth`: how many names were followed. */
export function constantNumber(questions: Questions, expression: ts.Expression, depth = 0): number | undefined {
  const node = bare(expression);
  if (depth > DEEPEST) return undefined;
  if (ts.isBinaryExpression(node)) {
    const compute = ARITHMETIC.get(node.operatorToken.kind);
    const left = compute && constantNumber(questions, node.left, depth);
    const right = compute && constantNumber(questions, node.right, depth);
    return compute && left !== undefined && right !== undefined ? compute(left, right) : undefined;
  }
  const value = ts.isIdentifier(node) ? constantInitialiser(questions, node) : undefined;
  if (value) return constantNumber(questions, value, depth + 1);
  const number = Number(constantText(questions, node) ?? NaN);
  return Number.isFinite(number) ? number : undefined;
}

const ARITHMETIC: ReadonlyMap<ts.SyntaxKind, (left: number, right: number) => number> = new Map([
  [ts.SyntaxKind.PlusToken, (left, right) => left + right],
  [ts.SyntaxKind.MinusToken, (left, right) => left - right],
  [ts.SyntaxKind.AsteriskToken, (left, right) => left * right],
  [ts.SyntaxKind.SlashToken, (left, right) => left / right],
]);

/** The object literal that an expression is, or that a `const` variable holds. */
export function objectLiteral(
  questions: Pick<Questions, 'meaningOf'>,
  expression: ts.Expression,
  depth = 0,
): ts.ObjectLiteralExpression | undefined {
  const node = bare(expression);
  if (ts.isObjectLiteralExpression(node)) return node;
  if (depth > DEEPEST || !ts.isIdentifier(node)) return undefined;
  const value = constantInitialiser(questions, node);
  return value && objectLiteral(questions, value, depth + 1);
}

/** The last value that a literal gives a property; undefined also when a spread after it may replace it. */
export function propertyValue(literal: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of literal.properties.toReversed()) {
    if (ts.isSpreadAssignment(property)) return undefined;
    if (propertyNameText(property.name) !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
  }
  return undefined;
}

/**
 * The name of a member whose key is a symbol that a table of the code holds: `[PRIVATE.QUEUE]` for `this[PRIVATE.QUEUE]`,
 * where `const PRIVATE = { QUEUE: Symbol('queue') }`; undefined for any other key.
 */
export function symbolName(questions: Pick<Questions, 'meaningOf'>, key: ts.Expression): string | undefined {
  const node = bare(key);
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const table = objectLiteral(questions, node.expression);
  const value = table && propertyValue(table, node.name.text);
  if (!value || !ts.isCallExpression(value) || !/^Symbol(?:\.for)?$/.test(value.expression.getText())) return undefined;
  return `[${node.expression.text}.${node.name.text}]`;
}

/** The initialiser of the `const` variable that a name means, in whatever file. */
export function constantInitialiser(
  questions: Pick<Questions, 'meaningOf'>,
  name: ts.Identifier,
): ts.Expression | undefined {
  const meaning = questions.meaningOf(name);
  if (meaning.kind !== 'local' && meaning.kind !== 'module') return undefined;
  const { declaration } = meaning;
  return ts.isVariableDeclaration(declaration) && isConstVariable(declaration) ? declaration.initializer : undefined;
}

/** The function that an expression is or names: an expression, a declaration, a `const` function. */
export function namedFunction(questions: Questions, expression: ts.Expression): ts.FunctionLikeDeclaration | undefined {
  const node = bare(expression);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
  if (!ts.isIdentifier(node)) return undefined;
  const meaning = questions.meaningOf(node);
  if ((meaning.kind === 'local' || meaning.kind === 'module') && ts.isFunctionDeclaration(meaning.declaration))
    return meaning.declaration;
  const value = constantInitialiser(questions, node);
  const inner = value && bare(value);
  return inner && (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) ? inner : undefined;
}
