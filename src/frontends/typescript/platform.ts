/**
 * What a file says of where it runs: it imports the module of a host program, or uses the page's document or elements, or
 * the system's modules and process.
 */
import { ts } from 'ts-morph';
import type { ModuleFacts } from '../../model/facts.ts';
import type { LibraryIndex } from './libraryIndex.ts';

const PAGE = new Set(['document', 'window', 'HTMLElement', 'customElements', 'localStorage', 'sessionStorage']);

/** By syntax alone; `undefined` when nothing tells. The host counts before the system, the system before the page. */
export function platformOf(source: ts.SourceFile, index: LibraryIndex): ModuleFacts['platform'] {
  if (source.statements.some(statement => importedIn(statement).some(index.isLoggingHost))) return 'host';
  const own = new Set<string>();
  let page = false;
  let system = false;
  const pending: ts.Node[] = [source];
  for (let node = pending.pop(); node && !system; node = pending.pop()) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
        system ||= node.moduleSpecifier.text.startsWith('node:');
      continue;
    }
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) own.add(node.name.text);
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) page = true;
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const { text } = node.expression;
      if (PAGE.has(text) && !own.has(text)) page = true;
      if (text === 'process' && !own.has(text) && node.name.text !== 'env') system = true;
    }
    if (ts.isTypeReferenceNode(node) && /^(?:HTML|SVG)\w*Element$/.test(node.typeName.getText(source))) page = true;
    if (ts.isHeritageClause(node)) page ||= node.types.some(type => PAGE.has(type.expression.getText(source)));
    ts.forEachChild(node, child => void pending.push(child));
  }
  return system ? 'system' : page ? 'page' : undefined;
}

/** The modules that a statement of the file imports for more than their types. */
function importedIn(statement: ts.Statement): string[] {
  if (ts.isImportDeclaration(statement))
    return statement.importClause?.isTypeOnly ? [] : textOf(statement.moduleSpecifier);
  if (ts.isImportEqualsDeclaration(statement))
    return ts.isExternalModuleReference(statement.moduleReference) && !statement.isTypeOnly
      ? textOf(statement.moduleReference.expression)
      : [];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ initializer }) =>
    initializer && ts.isCallExpression(initializer) && initializer.expression.getText() === 'require'
      ? initializer.arguments.flatMap(textOf)
      : [],
  );
}

const textOf = (node: ts.Expression): string[] => (ts.isStringLiteral(node) ? [node.text] : []);
