/** Types → type ids: `src/a.ts#Account`, `async-mutex#Mutex`, `lib#Map`. */
import { ts } from 'ts-morph';
import type { TypeId } from '../../model/facts.ts';
import { functionIdOf, ownTypeId, symbolOf, type Asking } from './asking.ts';
import { bestName, languageName, packageOfDeclaration } from './externalNames.ts';

/** The id of a class, interface or object type alias, wherever it is declared. */
export function typeIdOfTypeDeclaration(asking: Asking, declaration: ts.Node): TypeId | undefined {
  const own = ownTypeId(asking, declaration);
  if (own !== undefined) return own;
  const packageName = packageOfDeclaration(asking, declaration);
  if (packageName === undefined) return undefined;
  const name =
    ts.isClassLike(declaration) || ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)
      ? declaration.name
      : undefined;
  if (!name && !ts.isClassLike(declaration)) return undefined;
  const text = name?.text ?? 'default';
  return `${packageName}#${packageName === 'lib' ? languageName(text) : text}`;
}

const NO_OBJECT =
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.Never |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.VoidLike |
  ts.TypeFlags.Null;

/** The id of the type of an instance; null for primitives, functions, anonymous types and real unions. */
export function typeIdOfType(asking: Asking, type: ts.Type): TypeId | null {
  const { checker } = asking;
  const plain = checker.getNonNullableType(type);
  if (plain.flags & NO_OBJECT) return null;
  const alias = plain.aliasSymbol && aliasId(asking, plain.aliasSymbol);
  if (alias) return alias;
  if (plain.isUnion()) return commonId(asking, plain.types);
  if (plain.flags & ts.TypeFlags.Instantiable) {
    const constraint = checker.getBaseConstraintOfType(plain);
    return constraint && constraint !== plain ? typeIdOfType(asking, constraint) : null;
  }
  if (plain.isIntersection())
    return plain.types.map(part => typeIdOfType(asking, part)).find(id => id !== null) ?? null;
  if (checker.isArrayType(plain) || checker.isTupleType(plain)) return 'lib#Array';
  return symbolTypeId(asking, plain);
}

/** An alias of an object or function type has an identity of its own; one of a class, union or mapped type has not. */
function aliasId(asking: Asking, alias: ts.Symbol): TypeId | undefined {
  const declaration = alias.declarations?.find(ts.isTypeAliasDeclaration);
  if (!declaration) return undefined;
  const { type } = declaration;
  const isOwnShape = ts.isTypeLiteralNode(type) || ts.isFunctionTypeNode(type) || ts.isIntersectionTypeNode(type);
  return isOwnShape ? typeIdOfTypeDeclaration(asking, declaration) : undefined;
}

function commonId(asking: Asking, types: readonly ts.Type[]): TypeId | null {
  let common: TypeId | null = null;
  for (const part of types) {
    const id = typeIdOfType(asking, part);
    if (id === null || (common !== null && common !== id)) return null;
    common = id;
  }
  return common;
}

function symbolTypeId(asking: Asking, type: ts.Type): TypeId | null {
  const symbol = type.getSymbol();
  if (symbol && symbol.flags & ts.SymbolFlags.Function && type.getCallSignatures().length === 0)
    return constructorFunctionId(asking, symbol);
  if (!symbol || !(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return null;
  // `typeof C` has the class's symbol as well: only the instance side is a class or interface type.
  if (!type.isClassOrInterface() && !isReference(type)) return null;
  const declaration =
    symbol.declarations?.find(each => ts.isClassLike(each)) ?? symbol.declarations?.find(ts.isInterfaceDeclaration);
  return declaration ? (typeIdOfTypeDeclaration(asking, declaration) ?? null) : null;
}

/** What a constructor function of old style makes has the function's id. */
function constructorFunctionId(asking: Asking, symbol: ts.Symbol): TypeId | null {
  const declaration = symbol.valueDeclaration;
  return declaration ? (functionIdOf(asking, declaration) ?? null) : null;
}

function isReference(type: ts.Type): boolean {
  return (
    'objectFlags' in type && typeof type.objectFlags === 'number' && (type.objectFlags & ts.ObjectFlags.Reference) !== 0
  );
}

/** The id named by a type node, also when the checker cannot resolve it. */
export function typeIdOfTypeNode(asking: Asking, node: ts.TypeNode): TypeId | null {
  return typeIdOfType(asking, asking.checker.getTypeFromTypeNode(node));
}

/** The id of the class that an expression names (`extends X`, `instanceof X`), not of an instance. */
export function typeIdOfClassExpression(asking: Asking, expression: ts.Expression): TypeId | undefined {
  const symbol = symbolOf(asking, expression);
  const declaration = symbol?.declarations?.find(each => ts.isClassLike(each) || ts.isInterfaceDeclaration(each));
  if (declaration) return typeIdOfTypeDeclaration(asking, declaration);
  const variable = symbol?.declarations?.find(ts.isVariableDeclaration);
  const packageName = variable && packageOfDeclaration(asking, variable);
  return variable && packageName !== undefined && ts.isIdentifier(variable.name)
    ? bestName(asking, [`${packageName}#${variable.name.text}`])
    : undefined;
}
