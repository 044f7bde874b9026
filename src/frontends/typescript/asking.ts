/** What every question needs: the file asked about, its checker and the library tables; small helpers on symbols. */
import { ts } from 'ts-morph';
import type { At, FunctionId, LockKind, TypeId } from '../../model/facts.ts';
import { functionIdIn, typeIdIn } from './functionIds.ts';
import type { LibraryIndex } from './libraryIndex.ts';
import type { LoadedProject } from './loader/loaded.ts';
import { propertyNameText } from './placeNames.ts';

/** Where answers leave what they find out besides. */
export interface QuestionSink {
  gap(at: At, reason: string, text: string): void;
  /** The file's `ModuleFacts.locks`. */
  locks: Record<TypeId, LockKind>;
}

export interface Asking {
  project: LoadedProject;
  file: string;
  checker: ts.TypeChecker;
  index: LibraryIndex;
  sink: QuestionSink;
  /** `undefined` and `null` are types of their own in this file. */
  strictNulls: boolean;
}

/** Relative path when the node stands in audited source. */
export function sourceFileOf(asking: Asking, node: ts.Node): string | undefined {
  return asking.project.isProjectSource(node.getSourceFile().fileName);
}

/** The id of a function (or class constructor) declared in audited source. */
export function functionIdOf(asking: Asking, declaration: ts.Node): FunctionId | undefined {
  const file = sourceFileOf(asking, declaration);
  return file === undefined ? undefined : functionIdIn(declaration.getSourceFile(), file, declaration);
}

/** The id of a class, interface or alias declared in audited source. */
export function ownTypeId(asking: Asking, declaration: ts.Node): TypeId | undefined {
  const file = sourceFileOf(asking, declaration);
  return file === undefined ? undefined : typeIdIn(declaration.getSourceFile(), file, declaration);
}

/** Without parentheses, `as`, `satisfies`, `!` and comma prefixes. */
export function bare(expression: ts.Expression): ts.Expression {
  for (;;) {
    if (
      ts.isParenthesizedExpression(expression) ||
      ts.isAsExpression(expression) ||
      ts.isSatisfiesExpression(expression) ||
      ts.isNonNullExpression(expression) ||
      ts.isTypeAssertionExpression(expression) ||
      ts.isExpressionWithTypeArguments(expression)
    )
      expression = expression.expression;
    else if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.CommaToken)
      expression = expression.right;
    else return expression;
  }
}

/** The symbol of a name, import aliases and re-exports followed; undefined when the checker knows nothing. */
export function symbolOf(asking: Asking, node: ts.Node): ts.Symbol | undefined {
  const { checker } = asking;
  const named = ts.isPropertyAccessExpression(node)
    ? node.name
    : ts.isElementAccessExpression(node)
      ? node.argumentExpression
      : node;
  if (ts.isElementAccessExpression(node) && !ts.isStringLiteralLike(named)) return symbolNamed(asking, node);
  const symbol = ts.isShorthandPropertyAssignment(named.parent)
    ? checker.getShorthandAssignmentValueSymbol(named.parent)
    : ts.isExportSpecifier(named.parent)
      ? checker.getExportSpecifierLocalTargetSymbol(named.parent)
      : checker.getSymbolAtLocation(named);
  return symbol && followed(asking, symbol);
}

/** The property that `x[Symbol.dispose]` means: its name is a unique symbol. */
function symbolNamed(asking: Asking, access: ts.ElementAccessExpression): ts.Symbol | undefined {
  const key = asking.checker.getTypeAtLocation(access.argumentExpression);
  if (!(key.flags & ts.TypeFlags.UniqueESSymbol) || !('escapedName' in key)) return undefined;
  const holder = asking.checker.getNonNullableType(asking.checker.getTypeAtLocation(access.expression));
  return asking.checker.getPropertiesOfType(holder).find(property => property.escapedName === key.escapedName);
}

/** Follows an alias to what it stands for; undefined when that is unknown (an import that does not resolve). */
export function followed(asking: Asking, symbol: ts.Symbol): ts.Symbol | undefined {
  if (!(symbol.flags & ts.SymbolFlags.Alias)) return symbol.declarations?.length ? symbol : undefined;
  const target = asking.checker.getAliasedSymbol(symbol);
  return target.declarations?.length ? target : undefined;
}

/** The symbol of a name before aliases are followed: its declarations are the import. */
export function rawSymbolOf(asking: Asking, name: ts.Node): ts.Symbol | undefined {
  return ts.isShorthandPropertyAssignment(name.parent)
    ? asking.checker.getShorthandAssignmentValueSymbol(name.parent)
    : asking.checker.getSymbolAtLocation(name);
}

/** A function expression or arrow, wrappers taken off. */
export function functionExpression(
  expression: ts.Expression | undefined,
): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const inner = expression && bare(expression);
  return inner && (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) ? inner : undefined;
}

/** The right side when a declaration is the left side of an assignment (`exports.f = …`, `F.prototype.m = …`, `this.x = …`). */
export function assignedTo(declaration: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(declaration)) return declaration.right;
  const { parent } = declaration;
  const isTarget = ts.isPropertyAccessExpression(declaration) || ts.isElementAccessExpression(declaration);
  return isTarget &&
    ts.isBinaryExpression(parent) &&
    parent.left === declaration &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
    ? parent.right
    : undefined;
}

export function isConstVariable(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** The name that members have in facts; a computed one by its text. */
export function memberName(name: ts.PropertyName | ts.BindingName): string {
  return propertyNameText(name) ?? name.getText();
}
