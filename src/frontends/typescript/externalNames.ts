/** Names what is declared outside of audited source: `package#key`, by the rule at the top of `libraryIndex.ts`. */
import { ts } from 'ts-morph';
import { propertyNameText } from './placeNames.ts';
import type { Asking } from './asking.ts';

/** The package name given to the project's own declaration files. */
export const OWN_DECLARATIONS = 'project';

/** Readonly and strict views of one type, and a bound on the name of a type in `lib`. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  ReadonlyArray: 'Array',
  ReadonlyMap: 'Map',
  ReadonlySet: 'Set',
  CallableFunction: 'Function',
  NewableFunction: 'Function',
};

/** Types of the language that say nothing but how something is disposed of; who made it knows what that does. */
const PROTOCOLS: ReadonlySet<string> = new Set(['lib#Disposable', 'lib#AsyncDisposable']);

/** Whether a type names no API, only a protocol that objects of the project have as well as those of libraries. */
export const isProtocol = (type: string): boolean => PROTOCOLS.has(type);

/** `pg`, `node:fs`, `lib`; `project` for a `.d.ts` of the project itself; undefined in audited source. */
export function packageOfDeclaration(asking: Asking, declaration: ts.Node): string | undefined {
  let node = declaration;
  while (!ts.isSourceFile(node)) {
    if (ts.isModuleDeclaration(node)) {
      if (node.flags & ts.NodeFlags.GlobalAugmentation) break;
      if (ts.isStringLiteral(node.name)) return asking.index.packageOf(node.name.text);
    }
    node = node.parent;
  }
  const { fileName } = node.getSourceFile();
  if (asking.project.isProjectSource(fileName) !== undefined) return undefined;
  const owner = asking.project.packageOf(fileName);
  if (!owner) return OWN_DECLARATIONS;
  return owner.name === 'node' ? 'lib' : asking.index.tableOf(owner.name);
}

/** The name of the type that a member is declared in, namespaces left out. */
export function containerName(declaration: ts.Node, inLanguage: boolean): string | undefined {
  const parent = declaration.parent;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) {
    const name = parent.name?.text ?? 'default';
    return inLanguage ? languageName(name) : name;
  }
  if (ts.isTypeLiteralNode(parent) || ts.isObjectLiteralExpression(parent)) return literalName(parent, inLanguage);
  return undefined;
}

function literalName(literal: ts.Node, inLanguage: boolean): string | undefined {
  let node = literal.parent;
  while (ts.isIntersectionTypeNode(node) || ts.isParenthesizedTypeNode(node) || ts.isUnionTypeNode(node))
    node = node.parent;
  if (ts.isTypeAliasDeclaration(node)) return node.name.text;
  if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) return node.name.text;
  if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node)) {
    const outer = containerName(node, inLanguage);
    const own = propertyNameText(node.name);
    return outer === undefined || own === undefined ? undefined : `${outer}.${own}`;
  }
  return undefined;
}

/** `PromiseConstructor` → `Promise`, `ReadonlyMap` → `Map`. */
export function languageName(name: string): string {
  const instance = name.length > 11 && name.endsWith('Constructor') ? name.slice(0, -11) : name;
  return Object.hasOwn(LANGUAGE_NAMES, instance) ? (LANGUAGE_NAMES[instance] ?? instance) : instance;
}

/**
 * The keys that a declared function, variable, class or member may have in its package's table, best first; empty when
 * it has no name of its own (a member of an anonymous type).
 */
export function declaredKeys(
  asking: Asking,
  symbol: ts.Symbol,
  declaration: ts.Declaration,
  packageName: string,
): string[] {
  if (isMember(declaration)) {
    const name = memberName(declaration);
    const container = containerName(declaration, packageName === 'lib');
    if (name === undefined || container === undefined) return [];
    const asStatic = `static ${container}.${name}`;
    return isStaticMember(declaration) && asking.index.has(`${packageName}#${asStatic}`)
      ? [asStatic]
      : [`${container}.${name}`];
  }
  const own = declaration.parent && ownName(symbol, declaration);
  const keys = own === undefined || own === 'default' ? ['default'] : [own];
  if (packageName === 'lib') {
    const space = namespaceOf(declaration);
    return space !== undefined && space !== 'NodeJS' && own !== undefined ? [`${space}.${own}`] : keys;
  }
  if (keys[0] !== 'default' && isDefaultExport(asking, symbol, declaration)) keys.unshift('default');
  return keys;
}

/** `events.once` is a static of the class whose instances have another `once`. */
function isStaticMember(declaration: ts.Declaration): boolean {
  return (
    ts.canHaveModifiers(declaration) &&
    (ts.getModifiers(declaration)?.some(each => each.kind === ts.SyntaxKind.StaticKeyword) ?? false)
  );
}

function isMember(declaration: ts.Declaration): boolean {
  return (
    ts.isClassElement(declaration) ||
    ts.isTypeElement(declaration) ||
    ts.isPropertyAssignment(declaration) ||
    ts.isShorthandPropertyAssignment(declaration)
  );
}

function memberName(declaration: ts.Declaration): string | undefined {
  const name = ts.getNameOfDeclaration(declaration);
  return name && (ts.isPropertyName(name) || ts.isIdentifier(name)) ? propertyNameText(name) : undefined;
}

function ownName(symbol: ts.Symbol, declaration: ts.Declaration): string | undefined {
  const name = ts.getNameOfDeclaration(declaration);
  if (name && ts.isIdentifier(name)) return name.text;
  return symbol.name === 'export=' ? 'default' : symbol.name;
}

/** `Reflect` for a function of `declare namespace Reflect`. */
function namespaceOf(declaration: ts.Declaration): string | undefined {
  let node: ts.Node = declaration;
  while (!ts.isSourceFile(node) && !ts.isModuleBlock(node)) node = node.parent;
  return ts.isModuleBlock(node) &&
    ts.isIdentifier(node.parent.name) &&
    !(node.parent.flags & ts.NodeFlags.GlobalAugmentation)
    ? node.parent.name.text
    : undefined;
}

function isDefaultExport(asking: Asking, symbol: ts.Symbol, declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (!ts.isSourceFile(node) && !(ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name))) node = node.parent;
  const module = asking.checker.getSymbolAtLocation(ts.isSourceFile(node) ? node : node.name);
  for (const name of ['default', 'export=']) {
    const exported = module?.exports?.get(ts.escapeLeadingUnderscores(name));
    if (
      exported &&
      (exported === symbol ||
        (exported.flags & ts.SymbolFlags.Alias && asking.checker.getAliasedSymbol(exported) === symbol))
    )
      return true;
  }
  return false;
}

/** The first of the names that a table knows, else the first. */
export function bestName(asking: Asking, names: readonly string[]): string | undefined {
  return names.find(name => asking.index.has(name)) ?? names[0];
}
