/** Where an edit goes: expressions by their span, what they stand in, and how lines are written there. */
import { ts } from 'ts-morph';
import type { At } from '../../../model/facts.ts';

/** The outermost expression that is written exactly there. */
export function expressionAt(source: ts.SourceFile, [start, end]: At): ts.Expression | null {
  const visit = (node: ts.Node): ts.Expression | null => {
    if (node.getFullStart() > start || node.getEnd() < end) return null;
    if (node.getStart(source) === start && node.getEnd() === end && isExpression(node)) return node;
    return ts.forEachChild(node, child => visit(child) ?? undefined) ?? null;
  };
  return visit(source);
}

const isExpression = (node: ts.Node): node is ts.Expression =>
  ts.isCallExpression(node) ||
  ts.isNewExpression(node) ||
  ts.isTaggedTemplateExpression(node) ||
  ts.isPropertyAccessExpression(node) ||
  ts.isIdentifier(node);

/** The function whose body the node is run in; null: none (a module), or a place where nothing can be waited for. */
export function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | null {
  for (let at = node; !ts.isSourceFile(at.parent); at = at.parent) {
    const { parent } = at;
    if (ts.isParameter(parent) || ts.isPropertyDeclaration(parent) || ts.isDecorator(parent)) return null;
    if (ts.isClassStaticBlockDeclaration(parent)) return null;
    if (isFunction(parent)) return parent.body === at ? parent : null;
  }
  return null;
}

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ts.isAccessor(node);

export const isAsync = (fn: ts.FunctionLikeDeclaration): boolean =>
  ts.canHaveModifiers(fn) && (ts.getModifiers(fn)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false);

/** The statement that an expression is all of, or the last operand of: nobody uses what it gives. */
export function statementOf(expression: ts.Expression): ts.ExpressionStatement | null {
  let at: ts.Node = expression;
  for (;;) {
    const { parent } = at;
    if (ts.isExpressionStatement(parent)) return parent;
    const passes =
      ts.isParenthesizedExpression(parent) ||
      (ts.isBinaryExpression(parent) && parent.right === at && isAlternative(parent.operatorToken.kind));
    if (!passes) return null;
    at = parent;
  }
}

const isAlternative = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.QuestionQuestionToken;

/** The line break that the file uses at a place: that of the line, else of the file. */
export function lineBreakAt(text: string, offset: number): string {
  const next = /\r\n|\n|\r/.exec(text.slice(offset)) ?? /\r\n|\n|\r/.exec(text);
  return next?.[0] ?? '\n';
}

/** The white space that a line begins with; null: something else stands between it and the offset. */
export function indentBefore(text: string, offset: number): string | null {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const before = text.slice(start, offset);
  return /^\s*$/.test(before) ? before : null;
}

/** What a promise of the type settles to, when it is one; null: it is none, or nothing is known of it. */
export function awaitedType(checker: ts.TypeChecker, type: ts.Type): ts.Type | null {
  if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return null;
  const awaited = checker.getAwaitedType(type);
  return awaited === undefined || awaited === type ? null : awaited;
}

const ON_PURPOSE =
  /await|async|floating|promise|background|forget|intention|deliberate|purpose|block|\bwait|parallel|concurrent|detach/i;

/** A comment at the statement speaks of how it is run: somebody has thought about it. */
export function saysWhy(source: ts.SourceFile, statement: ts.Statement): boolean {
  const { text } = source;
  const comments = [
    ...(ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(text, statement.getEnd()) ?? []),
  ];
  return comments.some(({ pos, end }) => ON_PURPOSE.test(text.slice(pos, end)));
}

/** Where the line of a statement ends, behind a comment at its end; null: more code stands there. */
export function endOfLine(source: ts.SourceFile, statement: ts.Statement): number | null {
  const { text } = source;
  const comments = ts.getTrailingCommentRanges(text, statement.getEnd()) ?? [];
  const behind = comments.at(-1)?.end ?? statement.getEnd();
  const rest = /^[^\S\r\n]*(?=[\r\n]|$)/.exec(text.slice(behind));
  return rest && behind + rest[0].length;
}

/** What the statement ends with: a file may do without semicolons. */
export const semicolonOf = (source: ts.SourceFile, statement: ts.Statement): string =>
  source.text[statement.getEnd() - 1] === ';' ? ';' : '';

/** It is declared by the language or the platform. */
export const isOfPlatform = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.every(one => one.getSourceFile().isDeclarationFile) ?? false;

/** A type of the language or the platform: its own `Promise`, its own `AbortController`. */
export const isPlatformType = ({ symbol }: { symbol?: ts.Symbol }, name: string): boolean =>
  symbol?.name === name && isOfPlatform(symbol);

/** A name that the file does not use for anything: the wanted one, or that with a number. */
export function freeName(source: ts.SourceFile, wanted: string): string {
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (!used.has(name)) return name;
  }
}
