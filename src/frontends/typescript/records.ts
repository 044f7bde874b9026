/** The class of the records that a mapper's call is about. */
import { ts } from 'ts-morph';
import type { Asking } from './asking.ts';

/** The class that an expression is, is an object of, or is a collection of, by name; undefined: no class that is known. */
export function recordsOf({ checker }: Asking, node: ts.Expression): string | undefined {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  const [only, ...others] = typeArguments(checker, type);
  return className(only === undefined || others.length > 0 ? type : only);
}

function typeArguments(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const isReference = 'target' in type && !checker.isArrayType(type);
  return isReference ? checker.getTypeArguments(type as ts.TypeReference) : [];
}

function className(type: ts.Type): string | undefined {
  const symbol = type.getSymbol();
  return symbol && symbol.flags & ts.SymbolFlags.Class ? symbol.name : undefined;
}
