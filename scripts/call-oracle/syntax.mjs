/** Questions about syntax that the transform asks; no state. */
import ts from 'typescript';

const { SyntaxKind: K } = ts;

/** Mocking calls that test runners find in the syntax and move above the imports. */
const HOISTED = /^(?:vi|vitest|jest)\.(?:un)?(?:mock|hoisted|deepUnmock)$/;

/**
 * A call that must keep its shape, because a loader, bundler or test runner reads it as syntax: `import()`, `require`,
 * `import.meta.…`, hoisted mocks, direct `eval`, definitions of CommonJS exports, `new URL(…, import.meta.url)`.
 */
export function keepsItsShape(node) {
  const callee = node.expression;
  if (callee.kind === K.ImportKeyword) return true;
  const text = ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee) ? callee.getText() : '';
  if (text === 'require' || text === 'eval' || /^(?:require|import\.meta)\./.test(text) || HOISTED.test(text))
    return true;
  const args = node.arguments ?? [];
  if (text === 'Object.defineProperty') return /^(?:module\.)?exports$/.test(args[0]?.getText() ?? '');
  return text === 'URL' && args[1]?.getText() === 'import.meta.url';
}

export function isCall(node) {
  return ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
}

function inChain(node) {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

/** `a?.b(x)` inside `a?.b(x).c`: nothing may be put around it, the whole chain ends together. */
export function isInnerLink(node) {
  const { parent } = node;
  return inChain(node) && inChain(parent) && parent.expression === node;
}

/** The end of an optional chain that is no call itself but has one on the way. */
export function endsChainWithCall(node) {
  if (!inChain(node) || isCall(node) || isInnerLink(node) || ts.isDeleteExpression(node.parent)) return false;
  let link = node;
  while (inChain(link) || ts.isNonNullExpression(link)) {
    if (isCall(link)) return true;
    link = link.expression;
  }
  return false;
}

/** Whether evaluating the expression may call something on the way (not: make a function that will). */
export function calls(node) {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return false;
  if (isCall(node) || ts.isYieldExpression(node) || ts.isAwaitExpression(node)) return true;
  return ts.forEachChild(node, child => calls(child) || undefined) ?? false;
}

/** Nothing in there runs: types, ambient declarations, imports; enums stay constant for the compiler. */
export function isInert(node) {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)) return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportEqualsDeclaration(node)) return true;
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === K.DeclareKeyword) ?? false)
  );
}

export function hasModifier(node, kind) {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === kind) ?? false);
}

/** Where a body's code may begin: after `'use strict'` and the like. */
export function afterDirectives(body) {
  let position = body.statements.pos;
  for (const statement of body.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) break;
    position = statement.end;
  }
  return position;
}

/**
 * Functions and variables of one name at the top of a function body are legal, in a block (which the transform would
 * make of it) they are not.
 */
export function declaresTwice(body) {
  const functions = body.statements.filter(ts.isFunctionDeclaration).map(declaration => declaration.name?.text);
  if (functions.length === 0) return false;
  const names = new Set(functions);
  if (names.size < functions.length) return true;
  const hasVariable = node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      if (node.declarations.some(declaration => ts.isIdentifier(declaration.name) && names.has(declaration.name.text)))
        return true;
    }
    return ts.forEachChild(node, child => hasVariable(child) || undefined) ?? false;
  };
  return body.statements.some(hasVariable);
}

export function baseClassOf(node) {
  return node.heritageClauses?.find(clause => clause.token === K.ExtendsKeyword)?.types[0]?.expression;
}

export function hasConstructor(node) {
  return node.members.some(member => ts.isConstructorDeclaration(member));
}

export function isDecorated(node) {
  return ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0;
}
