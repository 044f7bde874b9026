/** Statements → steps. */
import { ts } from 'ts-morph';
import { branch } from './arms.ts';
import { lowerCondition } from './conditions.ts';
import { bare, type FunctionContext } from './context.ts';
import { leave, lowerLabelled, lowerSwitch } from './jumps.ts';
import { lower, lowerDropped } from './lowerExpression.ts';
import { lowerClass } from './lowerClass.ts';
import { lowerDo, lowerFor, lowerForIn, lowerForOf, lowerWhile } from './loops.ts';
import { bind, lowerSource, sourceOf } from './patterns.ts';
import { askGives } from './results.ts';
import { lowerTry, lowerUsing } from './tries.ts';
import { isHandle, writeVariable } from './variables.ts';

/** Lowers a list of statements; a `using` declaration takes the rest of its list into its scope. */
export function lowerStatements(fn: FunctionContext, statements: readonly ts.Statement[]): void {
  for (const [index, statement] of statements.entries()) {
    if (ts.isVariableStatement(statement) && isUsing(statement.declarationList)) {
      lowerUsing(fn, statement.declarationList, () => lowerStatements(fn, statements.slice(index + 1)));
      return;
    }
    lowerStatement(fn, statement);
  }
}

export function isUsing(list: ts.VariableDeclarationList): boolean {
  // `await using` has both bits.
  return (
    (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using ||
    (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing
  );
}

export function lowerStatement(fn: FunctionContext, node: ts.Statement): void {
  if (ts.isExpressionStatement(node)) lowerDropped(fn, node.expression);
  else if (ts.isVariableStatement(node)) lowerVariables(fn, node);
  else if (ts.isReturnStatement(node)) lowerReturn(fn, node, node.expression);
  else if (ts.isIfStatement(node)) lowerIf(fn, node);
  else if (ts.isBlock(node)) lowerStatements(fn, node.statements);
  else if (ts.isThrowStatement(node)) lowerThrow(fn, node);
  else if (ts.isTryStatement(node)) lowerTry(fn, node);
  else if (ts.isBreakOrContinueStatement(node)) leave(fn, node);
  else if (!lowerLoop(fn, node)) lowerRare(fn, node);
}

function lowerLoop(fn: FunctionContext, node: ts.Statement): boolean {
  if (ts.isForOfStatement(node)) lowerForOf(fn, node);
  else if (ts.isForStatement(node)) lowerFor(fn, node);
  else if (ts.isWhileStatement(node)) lowerWhile(fn, node);
  else if (ts.isForInStatement(node)) lowerForIn(fn, node);
  else if (ts.isDoStatement(node)) lowerDo(fn, node);
  else return false;
  return true;
}

function lowerRare(fn: FunctionContext, node: ts.Statement): void {
  if (ts.isSwitchStatement(node)) lowerSwitch(fn, node);
  else if (ts.isClassDeclaration(node)) lowerClassDeclaration(fn, node);
  else if (ts.isLabeledStatement(node)) lowerLabelled(fn, node);
  else if (ts.isModuleDeclaration(node)) lowerNamespace(fn, node);
  else if (ts.isExportAssignment(node)) lowerExport(fn, node);
  else if (ts.isEnumDeclaration(node)) lowerEnum(fn, node);
  else if (ts.isWithStatement(node)) {
    fn.gap(node, 'with');
    lower(fn, node.expression);
    lowerStatement(fn, node.statement);
  }
  // Imports, exports of names, functions, interfaces, type aliases and empty statements run nothing here.
}

function lowerVariables(fn: FunctionContext, node: ts.VariableStatement): void {
  if (!hasModifier(node, ts.SyntaxKind.DeclareKeyword))
    lowerDeclarations(fn, node.declarationList, hasModifier(node, ts.SyntaxKind.ExportKeyword));
}

/** Lowers the declarations of `var`, `let` or `const`; what nobody reads is dropped at once. */
export function lowerDeclarations(fn: FunctionContext, list: ts.VariableDeclarationList, exported = false): void {
  for (const declaration of list.declarations) {
    const { initializer, name } = declaration;
    if (!initializer) {
      const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
      const variable = fn.file.scopes.variableOf(declaration);
      if (variable && ts.isIdentifier(name) && !isVar) fn.locals.set(variable, fn.builder.constant('undefined'));
      continue;
    }
    if (!ts.isIdentifier(name)) {
      bind(fn, name, lowerSource(fn, initializer));
      continue;
    }
    const value = lower(fn, initializer);
    const variable = fn.file.scopes.variableOf(declaration);
    const unused = variable !== undefined && variable.reads === 0 && !exported;
    askGives(fn, value, initializer, unused ? 'dropped' : 'stored');
    bind(fn, name, sourceOf(value));
    if (unused && isHandle(fn, value)) fn.builder.emit({ kind: 'drop', at: fn.at(name), value, how: 'unused' });
  }
}

function hasModifier(
  node: ts.VariableStatement | ts.ClassDeclaration | ts.ModuleDeclaration,
  kind: ts.SyntaxKind,
): boolean {
  return node.modifiers?.some(modifier => modifier.kind === kind) ?? false;
}

/** `return e`, and the body of an arrow function. */
export function lowerReturn(fn: FunctionContext, node: ts.Node, expression: ts.Expression | undefined): void {
  if (expression) {
    const value = lower(fn, expression);
    askGives(fn, value, expression, 'returned');
    fn.builder.emit({ kind: 'exit', at: fn.at(node), how: 'return', value });
  } else fn.builder.emit({ kind: 'exit', at: fn.at(node), how: 'return' });
  fn.locals.reachable = false;
}

function lowerThrow(fn: FunctionContext, node: ts.ThrowStatement): void {
  fn.builder.emit({ kind: 'exit', at: fn.at(node), how: 'throw', value: lower(fn, node.expression) });
  fn.locals.reachable = false;
}

/** `else if` chains are lowered as what they are, each inside the one before. */
function lowerIf(fn: FunctionContext, node: ts.IfStatement): void {
  const condition = lowerCondition(fn, node.expression);
  const { elseStatement } = node;
  branch(
    fn,
    fn.at(node),
    condition,
    [
      { when: 'true', fill: () => lowerStatement(fn, node.thenStatement) },
      ...(elseStatement ? [{ when: 'false' as const, fill: () => lowerStatement(fn, elseStatement) }] : []),
    ],
    asksForProgram(node.expression) ? { asProgram: true } : undefined,
  );
}

/** `require.main === module`, `import.meta.main`, `import.meta.url === pathToFileURL(process.argv[1]).href` and the like. */
function asksForProgram(expression: ts.Expression): boolean {
  const node = bare(expression);
  if (!ts.isBinaryExpression(node)) return isOfModule(node, 'main');
  const isEquality =
    node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsToken;
  if (!isEquality) return false;
  const sides = [node.left.getText(), node.right.getText()];
  if (sides.includes('require.main') && sides.includes('module')) return true;
  const names = (text: string): boolean => sides.some(side => side.includes(text));
  return names('process.argv[1]') && (names('import.meta.') || names('__filename'));
}

const isOfModule = (node: ts.Node, name: string): boolean =>
  ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) && node.name.text === name;

function lowerClassDeclaration(fn: FunctionContext, node: ts.ClassDeclaration): void {
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return;
  const variable = fn.file.scopes.variableOf(node);
  const value = lowerClass(fn, node);
  if (variable) writeVariable(fn, variable, value, node.name ?? node);
}

/** A namespace's body runs where it stands; its variables are the module's, named `N.x`. */
function lowerNamespace(fn: FunctionContext, node: ts.ModuleDeclaration): void {
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return;
  if (node.body && ts.isModuleBlock(node.body)) lowerStatements(fn, node.body.statements);
  else if (node.body && ts.isModuleDeclaration(node.body)) lowerNamespace(fn, node.body);
}

function lowerExport(fn: FunctionContext, node: ts.ExportAssignment): void {
  const value = lower(fn, node.expression);
  askGives(fn, value, node.expression, 'stored');
  fn.file.exported.set(node.isExportEquals ? 'export=' : 'default', value);
}

function lowerEnum(fn: FunctionContext, node: ts.EnumDeclaration): void {
  for (const member of node.members) if (member.initializer) lower(fn, member.initializer);
}
