/**
 * Where a value comes from by syntax alone, for code whose types are not there (JavaScript, `any`, packages that are not
 * installed): import specifiers name the package, `new X(…)` and annotations the type.
 */
import { ts } from 'ts-morph';
import type { TypeId } from '../../model/facts.ts';
import { assignedTo, bare, rawSymbolOf, sourceFileOf, type Asking } from './asking.ts';
import { propertyNameText } from './placeNames.ts';
import { assignedToThis, assignedUnder, assignedValues, returnedBy, storedParts } from './untypedStores.ts';

/** A value reached through a package's exports, or an instance of a type. */
export type Origin =
  /** `path` from the module's exports; `local`: what the importing file calls it. */
  | { kind: 'export'; package: string; path: string[]; local?: string }
  | { kind: 'instance'; type: TypeId }
  /** What an API without table gave, or a part of that. */
  | { kind: 'foreign'; package: string; text: string };

const DEEPEST = 8;

/** The origin of an expression's value; undefined when it is not from outside of the project, or not to be seen. */
export function originOf(asking: Asking, expression: ts.Expression, depth = 0): Origin | undefined {
  if (depth > DEEPEST) return undefined;
  const node = bare(expression);
  if (ts.isIdentifier(node)) return originOfName(asking, node, depth);
  if (ts.isAwaitExpression(node)) return originOf(asking, node.expression, depth + 1);
  if (ts.isNewExpression(node))
    return madeBy(asking, node.expression, 'new ', depth) ?? builtIn(asking, node.expression);
  if (ts.isCallExpression(node)) return originOfCall(asking, node, depth);
  if (ts.isPropertyAccessExpression(node)) return originOfMember(asking, node, depth);
  if (ts.isElementAccessExpression(node)) {
    const parts = storedParts(asking, node.expression);
    return onlyOrigin(asking, parts.length > 0 ? parts : assignedUnder(node), depth);
  }
  if (ts.isBinaryExpression(node) && isFallback(node.operatorToken.kind))
    return originOf(asking, node.left, depth + 1) ?? originOf(asking, node.right, depth + 1);
  if (ts.isConditionalExpression(node))
    return originOf(asking, node.whenTrue, depth + 1) ?? originOf(asking, node.whenFalse, depth + 1);
  return undefined;
}

function isFallback(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}

/** The table keys of an exported value, best first. */
export function exportKeys(origin: Extract<Origin, { kind: 'export' }>, prefix: string): string[] {
  const path = origin.path[0] === 'default' && origin.path.length > 1 ? origin.path.slice(1) : origin.path;
  const names = [path.join('.') || 'default', path[path.length - 1] ?? 'default'];
  if (path.length === 0 || path[0] === 'default') names.push(...(origin.local === undefined ? [] : [origin.local]));
  return [...new Set(names)].map(name => `${origin.package}#${prefix}${name}`);
}

function originOfName(asking: Asking, name: ts.Identifier, depth: number): Origin | undefined {
  for (const symbol of aliasChain(asking, rawSymbolOf(asking, name))) {
    for (const declaration of symbol.declarations ?? []) {
      const origin = originOfDeclaration(asking, declaration, depth + 1);
      if (origin) return origin;
    }
  }
  return undefined;
}

/** A symbol and what its alias leads to, step by step: the last re-export that resolves may name the package. */
export function aliasChain(asking: Asking, symbol: ts.Symbol | undefined): ts.Symbol[] {
  const chain: ts.Symbol[] = [];
  for (let each = symbol; each && chain.length < DEEPEST; each = immediateAlias(asking, each)) chain.push(each);
  return chain;
}

function immediateAlias(asking: Asking, symbol: ts.Symbol): ts.Symbol | undefined {
  return symbol.flags & ts.SymbolFlags.Alias ? asking.checker.getImmediateAliasedSymbol(symbol) : undefined;
}

/** The origin of what a declaration (import, variable, parameter, field) holds. */
export function originOfDeclaration(asking: Asking, declaration: ts.Node, depth = 0): Origin | undefined {
  if (depth > DEEPEST) return undefined;
  const imported = importedAs(asking, declaration);
  if (imported) return imported;
  if (ts.isBindingElement(declaration)) return originOfBinding(asking, declaration, depth);
  if (
    ts.isVariableDeclaration(declaration) ||
    ts.isParameter(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isPropertySignature(declaration)
  ) {
    const annotated = declaration.type && originOfTypeNode(asking, declaration.type);
    if (annotated) return annotated;
    const initialiser = 'initializer' in declaration ? declaration.initializer : undefined;
    return (initialiser && originOf(asking, initialiser, depth + 1)) ?? originOfAssigned(asking, declaration, depth);
  }
  const value = assignedTo(declaration);
  return value && originOf(asking, value, depth + 1);
}

/** `import d, { x as y } from 'p'`, `import * as ns`, `import e = require('p')`. */
export function importedAs(asking: Asking, declaration: ts.Node): Extract<Origin, { kind: 'export' }> | undefined {
  let path: string[];
  let specifier: ts.Expression | undefined;
  if (ts.isImportSpecifier(declaration)) {
    path = [(declaration.propertyName ?? declaration.name).text];
    specifier = declaration.parent.parent.parent.moduleSpecifier;
  } else if (ts.isImportClause(declaration)) {
    path = ['default'];
    specifier = declaration.parent.moduleSpecifier;
  } else if (ts.isNamespaceImport(declaration)) {
    path = [];
    specifier = declaration.parent.parent.moduleSpecifier;
  } else if (ts.isImportEqualsDeclaration(declaration) && ts.isExternalModuleReference(declaration.moduleReference)) {
    path = [];
    specifier = declaration.moduleReference.expression;
  } else if (ts.isExportSpecifier(declaration)) {
    path = [(declaration.propertyName ?? declaration.name).text];
    specifier = declaration.parent.parent.moduleSpecifier;
  } else if (ts.isNamespaceExport(declaration)) {
    path = [];
    specifier = declaration.parent.moduleSpecifier;
  } else return undefined;
  const name = ts.getNameOfDeclaration(declaration);
  return specifier && fromPackage(asking, specifier, path, name && ts.isIdentifier(name) ? name.text : undefined);
}

function fromPackage(
  asking: Asking,
  specifier: ts.Expression,
  path: string[],
  local?: string,
): Extract<Origin, { kind: 'export' }> | undefined {
  if (
    !ts.isStringLiteralLike(specifier) ||
    /^\.{0,2}\//.test(specifier.text) ||
    specifier.text === '.' ||
    specifier.text === '..'
  )
    return undefined;
  const file = sourceFileOf(asking, specifier) ?? asking.file;
  const resolved = asking.project.resolve(specifier.text, file);
  if (resolved.kind !== 'package') return undefined;
  return {
    kind: 'export',
    package: asking.index.packageOf(specifier.text),
    path,
    ...(local === undefined ? {} : { local }),
  };
}

/** `let lock = locks.get(key)`, and `lock = new Mutex()` later. */
function originOfAssigned(asking: Asking, { name }: ts.NamedDeclaration, depth: number): Origin | undefined {
  return name && ts.isIdentifier(name) ? onlyOrigin(asking, assignedValues(asking, name), depth) : undefined;
}

function originOfBinding(asking: Asking, element: ts.BindingElement, depth: number): Origin | undefined {
  const name = element.propertyName ?? element.name;
  const text = propertyNameText(name);
  const holder = element.parent.parent;
  const source = ts.isBindingElement(holder)
    ? originOfBinding(asking, holder, depth + 1)
    : originOfDeclaration(asking, holder, depth + 1);
  return source && text !== undefined && !element.dotDotDotToken ? memberOf(source, text) : undefined;
}

/** The package's export that a type name was imported as. */
function importOf(asking: Asking, name: ts.Identifier): Extract<Origin, { kind: 'export' }> | undefined {
  for (const symbol of aliasChain(asking, rawSymbolOf(asking, name))) {
    for (const declaration of symbol.declarations ?? []) {
      const imported = importedAs(asking, declaration);
      if (imported) return imported;
    }
  }
  return undefined;
}

/** `Mutex`, `asyncMutex.Mutex`, `Promise<Pool>` in an annotation. */
function originOfTypeNode(asking: Asking, node: ts.TypeNode): Origin | undefined {
  if (ts.isUnionTypeNode(node))
    return node.types.map(part => originOfTypeNode(asking, part)).find(origin => origin !== undefined);
  if (!ts.isTypeReferenceNode(node)) return undefined;
  const { typeName } = node;
  if (ts.isIdentifier(typeName) && typeName.text === 'Promise') {
    const inner = node.typeArguments?.[0];
    return inner && originOfTypeNode(asking, inner);
  }
  const root = ts.isIdentifier(typeName) ? typeName : ts.isIdentifier(typeName.left) ? typeName.left : undefined;
  const origin = root && importOf(asking, root);
  if (origin?.kind !== 'export') return undefined;
  const named = ts.isIdentifier(typeName) ? origin : { ...origin, path: [...origin.path, typeName.right.text] };
  return { kind: 'instance', type: typeOfExport(named) };
}

function typeOfExport(origin: Extract<Origin, { kind: 'export' }>): TypeId {
  const last = origin.path[origin.path.length - 1];
  return `${origin.package}#${last === undefined || last === 'default' ? (origin.local ?? 'default') : last}`;
}

function originOfMember(asking: Asking, node: ts.PropertyAccessExpression, depth: number): Origin | undefined {
  for (const declaration of rawSymbolOf(asking, node.name)?.declarations ?? []) {
    const origin = originOfDeclaration(asking, declaration, depth + 1);
    if (origin) return origin;
  }
  const holder = originOf(asking, node.expression, depth + 1);
  return (holder && memberOf(holder, node.name.text)) ?? originOfOwnMember(asking, node, depth);
}

/** `this.limit` where no type has the member (methods in a prototype literal): what the file assigns to it, if that is one thing. */
function originOfOwnMember(asking: Asking, node: ts.PropertyAccessExpression, depth: number): Origin | undefined {
  if (node.expression.kind !== ts.SyntaxKind.ThisKeyword || rawSymbolOf(asking, node.name)) return undefined;
  return onlyOrigin(asking, assignedToThis(node.getSourceFile(), node.name.text), depth);
}

/** `new Set()`: a class of the language. */
function builtIn(asking: Asking, callee: ts.Expression): Origin | undefined {
  if (!ts.isIdentifier(callee) || !asking.index.has(`lib#new ${callee.text}`)) return undefined;
  const isOwn = rawSymbolOf(asking, callee)?.declarations?.some(each => sourceFileOf(asking, each) !== undefined);
  return isOwn === true ? undefined : { kind: 'instance', type: `lib#${callee.text}` };
}

/** The origin of all the values, as far as they have one. */
function onlyOrigin(asking: Asking, values: readonly ts.Expression[], depth: number): Origin | undefined {
  const [first, ...others] = values.flatMap(value => originOf(asking, value, depth + 1) ?? []);
  const text = JSON.stringify(first);
  return others.every(other => JSON.stringify(other) === text) ? first : undefined;
}

function memberOf(holder: Origin, name: string): Origin | undefined {
  if (holder.kind === 'export') return { ...holder, path: [...holder.path, name] };
  return holder.kind === 'foreign' ? { ...holder, text: `${holder.text}.${name}` } : undefined;
}

function originOfCall(asking: Asking, call: ts.CallExpression, depth: number): Origin | undefined {
  const [first] = call.arguments;
  const callee = bare(call.expression);
  if (first && ((ts.isIdentifier(callee) && callee.text === 'require') || callee.kind === ts.SyntaxKind.ImportKeyword))
    return fromPackage(asking, first, []);
  return (
    madeBy(asking, callee, '', depth, call.arguments) ??
    originOfIterator(asking, callee, depth) ??
    originOfGiven(asking, callee, depth)
  );
}

/** `waiting.values()` of a set or map. */
function originOfIterator(asking: Asking, callee: ts.Expression, depth: number): Origin | undefined {
  if (!ts.isPropertyAccessExpression(callee) || !/^(?:values|keys|entries)$/.test(callee.name.text)) return undefined;
  const holder = originOf(asking, callee.expression, depth + 1);
  return holder?.kind === 'instance' && /^lib#(?:Set|Map)$/.test(holder.type)
    ? { kind: 'instance', type: 'lib#Iterator' }
    : undefined;
}

/** What a function of a JavaScript file returns, or a container in it has under any key. */
function originOfGiven(asking: Asking, callee: ts.Expression, depth: number): Origin | undefined {
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'get') {
    const part = onlyOrigin(asking, storedParts(asking, callee.expression), depth);
    if (part) return part;
  }
  const symbol = rawSymbolOf(asking, ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  const returned = (symbol?.declarations ?? []).flatMap(returnedBy);
  return onlyOrigin(asking, returned, depth);
}

/** What a constructor or factory makes: what its table says, for a constructor else its own name; a wrapper's argument. */
function madeBy(
  asking: Asking,
  callee: ts.Expression,
  prefix: '' | 'new ',
  depth: number,
  args: readonly ts.Expression[] = [],
): Origin | undefined {
  const origin = originOf(asking, callee, depth + 1);
  if (!origin) return undefined;
  if (origin.kind === 'foreign') return { ...origin, text: `${origin.text}()` };
  const keys = origin.kind === 'export' ? exportKeys(origin, prefix) : prefix === '' ? [`${origin.type}()`] : [];
  for (const key of keys) {
    const effects = asking.index.api(key, () => undefined)?.does ?? [];
    const view = effects.find(effect => effect.does === 'view');
    const viewed = typeof view?.of === 'number' ? args[view.of] : undefined;
    if (viewed) return originOf(asking, viewed, depth + 1);
    const make = effects.find(effect => effect.does === 'make');
    if (make)
      return {
        kind: 'instance',
        type: make.type.includes('#') ? make.type : `${key.slice(0, key.indexOf('#'))}#${make.type}`,
      };
  }
  if (origin.kind !== 'export') return undefined;
  if (prefix === 'new ') return { kind: 'instance', type: typeOfExport(origin) };
  // What a known API gives is a matter of its effects; without any it is something of the package's own.
  return keys.some(key => (asking.index.api(key, () => undefined)?.does.length ?? 0) > 0)
    ? undefined
    : { kind: 'foreign', package: origin.package, text: `${origin.path.join('.') || 'default'}()` };
}
