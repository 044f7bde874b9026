/** Reads which field a comparator compares: an order of locks is an order only by a key that one can name. */
import { ts } from 'ts-morph';
import { bare } from './asking.ts';
import { namedFunction } from './constants.ts';
import type { Questions } from './lowering.ts';

/** The path of fields compared, empty for the elements themselves. */
export interface ComparedKey {
  key: string[];
  /** The greatest comes first. */
  falling: boolean;
}

/**
 * The key of `(p, q) => p.id - q.id`, `p.id < q.id ? -1 : 1`, `p.name.localeCompare(q.name)`, a chain of `if (p.id < q.id)
 * return -1`, `p.x - q.x || p.y - q.y` (its first part). Undefined for anything else: random, a call of something unknown.
 */
export function comparedKey(questions: Questions, comparator: ts.Expression): ComparedKey | undefined {
  const fn = namedFunction(questions, comparator);
  const [left, right] = fn?.parameters ?? [];
  if (!fn?.body || !left || !right || !ts.isIdentifier(left.name) || !ts.isIdentifier(right.name)) return undefined;
  const names = [left.name.text, right.name.text] as const;
  return ts.isBlock(fn.body) ? keyOfBlock(fn.body, names) : keyOfExpression(fn.body, names);
}

type Names = readonly [string, string];

const turned = (order: ComparedKey | undefined): ComparedKey | undefined =>
  order && { ...order, falling: !order.falling };

function keyOfBlock(block: ts.Block, names: Names): ComparedKey | undefined {
  for (const statement of block.statements) {
    if (ts.isReturnStatement(statement) && statement.expression) return keyOfExpression(statement.expression, names);
    const number = ts.isIfStatement(statement) ? returnedNumber(statement.thenStatement) : undefined;
    if (!ts.isIfStatement(statement) || number === undefined) return undefined;
    const key = keyOfTest(statement.expression, names);
    if (key !== 'equality') return number > 0 ? turned(key) : key;
  }
  return undefined;
}

/** `return -1`, `{ return 1; }`. */
function returnedNumber(statement: ts.Statement): number | undefined {
  const only = ts.isBlock(statement) ? statement.statements[0] : statement;
  return only !== undefined && ts.isReturnStatement(only) && only.expression !== undefined
    ? numberOf(only.expression)
    : undefined;
}

function numberOf(expression: ts.Expression): number | undefined {
  const node = bare(expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  return ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand)
    ? (node.operator === ts.SyntaxKind.MinusToken ? -1 : 1) * Number(node.operand.text)
    : undefined;
}

function keyOfExpression(expression: ts.Expression, names: Names): ComparedKey | undefined {
  const node = bare(expression);
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.kind;
    if (operator === ts.SyntaxKind.MinusToken) return sameKey(node.left, node.right, names);
    if (operator === ts.SyntaxKind.BarBarToken) return keyOfExpression(node.left, names);
    return undefined;
  }
  if (ts.isConditionalExpression(node)) return keyOfConditional(node, names);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
    return turned(keyOfExpression(node.operand, names));
  if (ts.isCallExpression(node)) return keyOfCall(node, names);
  return undefined;
}

function keyOfConditional(node: ts.ConditionalExpression, names: Names): ComparedKey | undefined {
  const key = keyOfTest(node.condition, names);
  if (key === 'equality') return keyOfExpression(node.whenFalse, names) ?? keyOfExpression(node.whenTrue, names);
  const number = numberOf(node.whenTrue);
  return number === undefined ? undefined : number > 0 ? turned(key) : key;
}

/** The order in which the first comes first where the test holds. */
function keyOfTest(condition: ts.Expression, names: Names): ComparedKey | 'equality' | undefined {
  const node = bare(condition);
  if (!ts.isBinaryExpression(node)) return undefined;
  const key = sameKey(node.left, node.right, names);
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.LessThanEqualsToken:
      return key;
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
      return turned(key);
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return key && 'equality';
    default:
      return undefined;
  }
}

/** `p.name.localeCompare(q.name)`, `collator.compare(p.name, q.name)`. */
function keyOfCall(node: ts.CallExpression, names: Names): ComparedKey | undefined {
  const callee = bare(node.expression);
  const [first, second] = node.arguments;
  if (!ts.isPropertyAccessExpression(callee) || !first) return undefined;
  if (callee.name.text === 'localeCompare') return sameKey(callee.expression, first, names);
  return callee.name.text === 'compare' && second ? sameKey(first, second, names) : undefined;
}

/** The path that both sides read, one from each parameter. */
function sameKey(left: ts.Expression, right: ts.Expression, names: Names): ComparedKey | undefined {
  const one = fieldPath(left);
  const other = fieldPath(right);
  if (!one || !other || one.root === other.root || !names.includes(one.root) || !names.includes(other.root))
    return undefined;
  return one.path.join('.') === other.path.join('.') ? { key: one.path, falling: one.root !== names[0] } : undefined;
}

function fieldPath(expression: ts.Expression): { root: string; path: string[] } | undefined {
  const node = bare(expression);
  if (ts.isIdentifier(node)) return { root: node.text, path: [] };
  if (ts.isPropertyAccessExpression(node)) {
    const holder = fieldPath(node.expression);
    return holder && { root: holder.root, path: [...holder.path, node.name.text] };
  }
  if (!ts.isCallExpression(node))
    return ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.PlusToken
      ? fieldPath(node.operand)
      : undefined;
  // `Number(p.id)`, `String(p.id)`, `p.id.toString()`: one value, converted.
  const callee = bare(node.expression);
  const [only] = node.arguments;
  if (ts.isIdentifier(callee)) return CONVERSIONS.has(callee.text) && only ? fieldPath(only) : undefined;
  const converts =
    ts.isPropertyAccessExpression(callee) && (callee.name.text === 'toString' || callee.name.text === 'valueOf');
  return converts && !only ? fieldPath(callee.expression) : undefined;
}

const CONVERSIONS = new Set(['Number', 'String', 'BigInt', 'parseInt', 'parseFloat']);
