/** What a file says of where it runs: it uses the page's document or elements, or the system's modules and process. */
import { ts } from 'ts-morph';
import type { ModuleFacts } from '../../model/facts.ts';

const PAGE = new Set(['document', 'window', 'HTMLElement', 'customElements', 'localStorage', 'sessionStorage']);

/** By syntax alone; `undefined` when nothing tells. The system counts before the page. */
export function platformOf(source: ts.SourceFile): ModuleFacts['platform'] {
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
