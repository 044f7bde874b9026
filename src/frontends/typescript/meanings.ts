/** What a name or a property access means, as far as places are concerned. */
import { ts } from 'ts-morph';
import type { FunctionId, PathStep } from '../../model/facts.ts';
import {
  assignedTo,
  bare,
  functionIdOf,
  ownTypeId,
  rawSymbolOf,
  sourceFileOf,
  symbolOf,
  type Asking,
} from './asking.ts';
import { bestName, declaredKeys, packageOfDeclaration } from './externalNames.ts';
import type { Meaning } from './lowering.ts';
import { propertyNameText } from './placeNames.ts';
import { typeIdOfTypeDeclaration } from './typeIds.ts';
import { aliasChain, exportKeys, importedAs, originOfDeclaration } from './untyped.ts';

/**
 * Answers `Questions.meaningOf`. A module variable's name is its declared one, `N.x` inside a namespace, `default` for an
 * anonymous default export, `module.exports` for the whole of a CommonJS module that is no object literal.
 */
export function meaningOf(asking: Asking, name: ts.Identifier): Meaning {
  const raw = rawSymbolOf(asking, name);
  const symbol = symbolOf(asking, name);
  if (!symbol) return unresolvedImport(asking, raw, name);
  const declarations = symbol.declarations ?? [];
  const declaration =
    declarations.find(each => sourceFileOf(asking, each) !== undefined && !ts.isInterfaceDeclaration(each)) ??
    declarations[0];
  if (!declaration) return { kind: 'unknown' };
  const file = sourceFileOf(asking, declaration);
  if (file === undefined) return externalMeaning(asking, symbol, declaration, raw);
  if (ts.isSourceFile(declaration)) return { kind: 'namespace', file };
  const whole = wholeModule(declaration);
  if (whole)
    return ts.isObjectLiteralExpression(whole)
      ? { kind: 'namespace', file }
      : { kind: 'module', file, name: 'module.exports', declaration };
  const required = requiredMeaning(asking, declaration);
  if (required) return required;
  const moduleName = topLevelName(declaration, symbol);
  return moduleName === undefined
    ? { kind: 'local', declaration }
    : { kind: 'module', file, name: moduleName, declaration };
}

/** A `const x = require('package')` of the file itself, or a name taken out of it. */
function requiredMeaning(asking: Asking, declaration: ts.Declaration): Meaning | undefined {
  if (!ts.isVariableDeclaration(declaration) && !ts.isBindingElement(declaration)) return undefined;
  if (!requiresModule(declaration)) return undefined;
  const origin = originOfDeclaration(asking, declaration);
  if (origin?.kind !== 'export') return undefined;
  return {
    kind: 'external',
    name:
      origin.path.length === 0
        ? `${origin.package}#*`
        : (bestName(asking, exportKeys(origin, '')) ?? `${origin.package}#*`),
  };
}

function requiresModule(declaration: ts.VariableDeclaration | ts.BindingElement): boolean {
  const holder = ts.isBindingElement(declaration) ? declaration.parent.parent : declaration;
  if (!ts.isVariableDeclaration(holder) || !holder.initializer) return false;
  let value = bare(holder.initializer);
  while (ts.isPropertyAccessExpression(value)) value = bare(value.expression);
  return ts.isCallExpression(value) && ts.isIdentifier(value.expression) && value.expression.text === 'require';
}

function unresolvedImport(asking: Asking, raw: ts.Symbol | undefined, name: ts.Identifier): Meaning {
  for (const declaration of aliasChain(asking, raw).flatMap(each => each.declarations ?? [])) {
    const imported = importedAs(asking, declaration);
    if (imported)
      return {
        kind: 'external',
        name:
          imported.path.length === 0
            ? `${imported.package}#*`
            : (bestName(asking, exportKeys(imported, '')) ?? `${imported.package}#*`),
      };
    if (ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration))
      return requiredMeaning(asking, declaration) ?? localMeaning(asking, declaration, raw);
  }
  return !raw && name.text !== 'undefined' ? { kind: 'external', name: `lib#${name.text}` } : { kind: 'unknown' };
}

function localMeaning(asking: Asking, declaration: ts.Declaration, symbol: ts.Symbol | undefined): Meaning {
  const file = sourceFileOf(asking, declaration);
  const moduleName = symbol && topLevelName(declaration, symbol);
  return file === undefined || moduleName === undefined
    ? { kind: 'local', declaration }
    : { kind: 'module', file, name: moduleName, declaration };
}

function externalMeaning(
  asking: Asking,
  symbol: ts.Symbol,
  declaration: ts.Declaration,
  raw: ts.Symbol | undefined,
): Meaning {
  const packageName = packageOfDeclaration(asking, declaration);
  if (packageName === undefined) return { kind: 'unknown' };
  if (ts.isSourceFile(declaration) || (ts.isModuleDeclaration(declaration) && ts.isStringLiteral(declaration.name)))
    return { kind: 'external', name: `${packageName}#*` };
  const names = declaredKeys(asking, symbol, declaration, packageName).map(key => `${packageName}#${key}`);
  for (const each of raw?.declarations ?? []) {
    const imported = importedAs(asking, each);
    if (imported) names.push(...exportKeys(imported, ''));
  }
  const name = bestName(asking, names);
  return name === undefined ? { kind: 'unknown' } : { kind: 'external', name };
}

/** The right side of `module.exports = …`, when the declaration is that. */
function wholeModule(declaration: ts.Declaration): ts.Expression | undefined {
  const assignment = ts.isBinaryExpression(declaration) ? declaration : declaration.parent;
  const value = assignedTo(declaration);
  if (!value || !ts.isBinaryExpression(assignment))
    return ts.isObjectLiteralExpression(declaration) ? declaration : undefined;
  const target = assignment.left;
  const isModule =
    ts.isPropertyAccessExpression(target) &&
    ts.isIdentifier(target.expression) &&
    target.expression.text === 'module' &&
    target.name.text === 'exports';
  return isModule ? bare(value) : undefined;
}

/** The name of a variable, function or class of the module body; undefined for one of a function or inner block. */
export function topLevelName(declaration: ts.Declaration, symbol: ts.Symbol): string | undefined {
  if (ts.isParameter(declaration) || ts.isTypeElement(declaration) || ts.isClassElement(declaration)) return undefined;
  const hoists = isVar(declaration);
  let name = ownName(declaration, symbol);
  for (let node: ts.Node = declaration.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isClassStaticBlockDeclaration(node)) return undefined;
    if (ts.isModuleDeclaration(node)) name = `${node.name.text}.${name}`;
    else if (
      !hoists &&
      (ts.isBlock(node) || ts.isIterationStatement(node, false) || ts.isCaseBlock(node) || ts.isCatchClause(node))
    )
      return undefined;
  }
  return name;
}

function ownName(declaration: ts.Declaration, symbol: ts.Symbol): string {
  const name = ts.getNameOfDeclaration(declaration);
  return name && ts.isIdentifier(name) ? name.text : symbol.name;
}

function isVar(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  return ts.isVariableDeclaration(node) && (ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped) === 0;
}

/** Answers `Questions.fieldOf`. */
export function fieldOf(asking: Asking, access: ts.Node, name: string): PathStep {
  const symbol = propertySymbol(asking, access, name);
  const holders = new Set<string>();
  for (const declaration of symbol?.declarations ?? []) {
    const id = declaringType(asking, declaration);
    if (id !== undefined) holders.add(id);
  }
  const [only] = holders;
  return only !== undefined && holders.size === 1 ? { field: name, of: only } : { field: name };
}

function propertySymbol(asking: Asking, access: ts.Node, name: string): ts.Symbol | undefined {
  if (ts.isBindingElement(access)) {
    const type = asking.checker.getTypeAtLocation(access.parent);
    return asking.checker.getPropertyOfType(asking.checker.getNonNullableType(type), name);
  }
  return symbolOf(asking, access);
}

function declaringType(asking: Asking, declaration: ts.Declaration): string | undefined {
  const { parent } = declaration;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) return typeIdOfTypeDeclaration(asking, parent);
  if (ts.isTypeLiteralNode(parent) && ts.isTypeAliasDeclaration(parent.parent))
    return typeIdOfTypeDeclaration(asking, parent.parent);
  if (ts.isParameter(declaration) && ts.isConstructorDeclaration(parent)) return ownTypeId(asking, parent.parent);
  // JavaScript: `this.x = …` in a constructor or method declares a field of the class.
  if (!assignedTo(declaration)) return undefined;
  let node: ts.Node = declaration;
  while (!ts.isClassLike(node) && !ts.isSourceFile(node)) node = node.parent;
  const target = ts.isBinaryExpression(declaration) ? declaration.left : declaration;
  const ofThis = ts.isPropertyAccessExpression(target) && target.expression.kind === ts.SyntaxKind.ThisKeyword;
  return ofThis && ts.isClassLike(node) ? ownTypeId(asking, node) : undefined;
}

/** Answers `Questions.accessorOf`. */
export function accessorOf(
  asking: Asking,
  access: ts.PropertyAccessExpression | ts.BindingElement,
  kind: 'get' | 'set',
): FunctionId | undefined {
  const named = ts.isBindingElement(access) ? propertyNameText(access.propertyName ?? access.name) : undefined;
  const symbol = named === undefined ? symbolOf(asking, access) : propertySymbol(asking, access, named);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Accessor)) return undefined;
  const accessor = symbol.declarations?.find(each =>
    kind === 'get' ? ts.isGetAccessor(each) : ts.isSetAccessor(each),
  );
  return accessor && functionIdOf(asking, accessor);
}
