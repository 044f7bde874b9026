/**
 * Resolves names by the tables that the compiler's binder made (`locals` of scopes, `exports` of namespaces): the
 * checker's answer for local names, without the checker.
 */
import { ts } from 'ts-morph';
import { constructorOf, isFunctionWithBody, isStaticMember, type FunctionNode } from './functionIds.ts';

interface Scope extends ts.Node {
  locals?: ReadonlyMap<ts.__String, ts.Symbol>;
  symbol?: ts.Symbol;
}

/**
 * The declaration in this file that a name used as a value means; undefined: a global, or nothing known.
 * @param from a node that the name stands in, with no scope between
 */
export function declarationOf(name: ts.Identifier, from: ts.Node): ts.Declaration | undefined {
  const text = name.escapedText;
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    const { locals, symbol }: Scope = scope;
    const found = locals && valueDeclaration(locals.get(text));
    if (found) return found;
    if (ts.isModuleDeclaration(scope)) {
      const exported = valueDeclaration(symbol?.exports?.get(text));
      if (exported) return exported;
    } else if ((ts.isFunctionExpression(scope) || ts.isClassExpression(scope)) && scope.name?.escapedText === text)
      return scope;
  }
  return undefined;
}

/** Whether names are declared right in a node. */
export function isScope(node: ts.Node): boolean {
  const { locals }: Scope = node;
  return (
    locals !== undefined || ts.isModuleDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassExpression(node)
  );
}

function valueDeclaration(symbol: ts.Symbol | undefined): ts.Declaration | undefined {
  let fallback: ts.Declaration | undefined;
  for (const declaration of symbol?.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) && !declaration.body) fallback ??= declaration;
    else if (isValueDeclaration(declaration)) return declaration;
  }
  return fallback;
}

function isValueDeclaration(node: ts.Declaration): boolean {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassLike(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    isImportName(node)
  );
}

/** A declaration that stands for something of another module. */
export function isImportName(node: ts.Node): boolean {
  return (
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node) ||
    ts.isImportEqualsDeclaration(node)
  );
}

/**
 * The function whose code a node is. Field initialisers are their constructor's, static ones and static blocks the code
 * of the function that the class stands in; decorators and computed names belong to the surroundings.
 */
export function functionAround(node: ts.Node): FunctionNode {
  for (let child = node, parent = child.parent; parent; child = parent, parent = child.parent) {
    const entered = functionEntered(parent, child);
    if (entered) return entered;
  }
  return node.getSourceFile();
}

/** The function whose code a child is, when it is another one than its parent's. */
export function functionEntered(parent: ts.Node, child: ts.Node): FunctionNode | undefined {
  if (ts.isSourceFile(parent)) return parent;
  if (isFunctionWithBody(parent)) return child !== parent.name && !ts.isDecorator(child) ? parent : undefined;
  if (!ts.isPropertyDeclaration(parent) || !ts.isClassLike(parent.parent) || !isFieldInitialiser(parent, child))
    return undefined;
  return constructorOf(parent.parent) ?? parent.parent;
}

function isFieldInitialiser(member: ts.Node, part: ts.Node): boolean {
  return ts.isPropertyDeclaration(member) && member.initializer === part && !isStaticMember(member);
}

/** What `this` is at a node: the `self` of a function, a class itself (in static code), or nothing. */
export type ThisOwner =
  { kind: 'function'; node: FunctionNode } | { kind: 'class'; node: ts.ClassLikeDeclaration } | { kind: 'none' };

export function thisOwnerOf(node: ts.Node): ThisOwner {
  let below: ts.Node | undefined;
  let child = node;
  for (let parent = child.parent; parent; below = child, child = parent, parent = child.parent) {
    if (ts.isFunctionLike(parent) && !ts.isArrowFunction(parent)) {
      if (isFunctionWithBody(parent) && child !== parent.name && !ts.isDecorator(child))
        return { kind: 'function', node: parent };
    } else if (ts.isClassLike(parent)) {
      if (below && isFieldInitialiser(child, below)) return { kind: 'function', node: constructorOf(parent) ?? parent };
      const isStatic =
        ts.isClassStaticBlockDeclaration(child) || (ts.isPropertyDeclaration(child) && child.initializer === below);
      if (isStatic) return { kind: 'class', node: parent };
    }
  }
  return { kind: 'none' };
}

/** Whether an identifier is an expression that reads or writes a variable (not a property name, label, declaration …). */
export function isReference(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent))
    return (parent.propertyName ?? parent.name) === name && !parent.parent.parent.moduleSpecifier;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isEnumMember(parent)
  )
    return parent.initializer === name;
  if (ts.isBindingElement(parent)) return parent.initializer === name;
  if (ts.isJsxOpeningElement(parent) || ts.isJsxSelfClosingElement(parent)) return isComponentTag(name.text);
  if (ts.isFunctionLike(parent)) return 'body' in parent && parent.body === name;
  return !(
    ts.isJsxAttribute(parent) ||
    ts.isJsxClosingElement(parent) ||
    ts.isJsxNamespacedName(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent) ||
    ts.isQualifiedName(parent) ||
    ts.isClassLike(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isModuleDeclaration(parent) ||
    isImportName(parent) ||
    ts.isImportAttribute(parent) ||
    ts.isNamespaceExport(parent) ||
    ts.isNamespaceExportDeclaration(parent)
  );
}

/** `<Button>` is a component, `<button>` an element of the page. */
export function isComponentTag(text: string): boolean {
  const first = text.charAt(0);
  return first !== first.toLowerCase();
}
