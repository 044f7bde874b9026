/** What an expression's type says of its value: a promise, an array of promises, a thenable … */
import { ts } from 'ts-morph';
import type { Gives } from '../../model/facts.ts';
import { bare, symbolOf, type Asking } from './asking.ts';
import { packageOfDeclaration } from './externalNames.ts';

/**
 * Answers `Questions.givesOf`. Where the declarations of the callee agree on what they return whatever they are given, no
 * argument needs checking. `cheaply`: `unknown` where only inference from the arguments would tell.
 */
export function givesOf(asking: Asking, node: ts.Expression, cheaply: boolean): Gives {
  const declared = givesOfDeclarations(asking, bare(node));
  return declared === 'unknown' && !cheaply ? givesOfType(asking, asking.checker.getTypeAtLocation(node)) : declared;
}

/** What every object has and gives plain values, also where no type says so: not what somebody stored under a key. */
const OF_EVERY_OBJECT = new Set([
  'toString',
  'toLocaleString',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
]);

function givesOfDeclarations(asking: Asking, node: ts.Expression): Gives {
  if (!ts.isCallExpression(node) || node.flags & ts.NodeFlags.OptionalChain) return 'unknown';
  const callee = bare(node.expression);
  if (ts.isCallExpression(callee)) return givesOfMade(asking, callee);
  if (!ts.isIdentifier(callee) && !ts.isPropertyAccessExpression(callee)) return 'unknown';
  const symbol = symbolOf(asking, callee);
  if (!symbol && ts.isPropertyAccessExpression(callee) && OF_EVERY_OBJECT.has(callee.name.text)) return 'value';
  const declarations = symbol?.declarations?.filter(ts.isFunctionLike) ?? [];
  // Behind overloads, the implementation's own signature is not seen.
  const signatures =
    declarations.length > 1 ? declarations.filter(each => !('body' in each && each.body)) : declarations;
  if (signatures.length > 0) {
    if (ts.isPropertyAccessExpression(callee) && signatures.every(each => each.type?.kind === ts.SyntaxKind.ThisType))
      return givesOfType(asking, asking.checker.getTypeAtLocation(callee.expression));
    return agreed(signatures.map(each => givesOfSignature(asking, each)));
  }
  const called = symbol ? asking.checker.getNonNullableType(asking.checker.getTypeOfSymbol(symbol)) : undefined;
  return agreed((called?.getCallSignatures() ?? []).map(each => givesOfReturn(asking, each.getReturnType())));
}

/** What a function gives that a call has made (`limiter.middleware()(request)`), by what that call is declared to return. */
function givesOfMade(asking: Asking, maker: ts.CallExpression): Gives {
  const callee = bare(maker.expression);
  const symbol =
    ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee) ? symbolOf(asking, callee) : undefined;
  if (!symbol || maker.flags & ts.NodeFlags.OptionalChain) return 'unknown';
  const made = asking.checker
    .getTypeOfSymbol(symbol)
    .getCallSignatures()
    .flatMap(each => each.getReturnType().getCallSignatures());
  return agreed(made.map(each => givesOfReturn(asking, each.getReturnType())));
}

function agreed(answers: readonly Gives[]): Gives {
  const [first] = answers;
  return first !== undefined && answers.every(answer => answer === first) ? first : 'unknown';
}

function givesOfReturn(asking: Asking, type: ts.Type | undefined): Gives {
  return type && !dependsOnCall(type) ? givesOfType(asking, type) : 'unknown';
}

function givesOfSignature(asking: Asking, declaration: ts.SignatureDeclaration): Gives {
  if (ts.isAccessor(declaration) || ts.isConstructorDeclaration(declaration)) return 'unknown';
  const flags = ts.getCombinedModifierFlags(declaration);
  const isGenerator = 'asteriskToken' in declaration && declaration.asteriskToken !== undefined;
  if (flags & ts.ModifierFlags.Async && !isGenerator) return 'promise';
  return givesOfReturn(asking, asking.checker.getSignatureFromDeclaration(declaration)?.getReturnType());
}

/** A type parameter, or a type computed from one, is told by the arguments only. */
function dependsOnCall(type: ts.Type): boolean {
  return (
    (type.flags & ts.TypeFlags.Instantiable) !== 0 || (type.isUnionOrIntersection() && type.types.some(dependsOnCall))
  );
}

/** What a value of the type is. */
export function givesOfType(asking: Asking, type: ts.Type): Gives {
  const { checker } = asking;
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return 'unknown';
  if (type.isUnion()) return givesOfUnion(asking, type.types);
  if (type.flags & ts.TypeFlags.Instantiable) {
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint && constraint !== type ? givesOfType(asking, constraint) : 'unknown';
  }
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return 'value';
  if (isPromise(asking, type) || isPromiseLike(asking, type)) return isLazy(asking, type) ? 'lazy' : 'promise';
  if (isThenable(asking, type)) {
    if (isLazy(asking, type)) return 'lazy';
    // `interface Thenable<T> extends PromiseLike<T> {}`: with nothing to build on, it is a promise by another name.
    return checker.getPropertiesOfType(type).length === 1 && takesBoth(asking, type) ? 'promise' : 'thenable';
  }
  return holdsPromises(asking, type) ? 'promises' : 'value';
}

/** The strongest part, and `maybe-promise` when some parts are plain values. */
function givesOfUnion(asking: Asking, types: readonly ts.Type[]): Gives {
  const parts = new Set(types.map(part => givesOfType(asking, part)));
  if (parts.size === 1) return [...parts][0] ?? 'value';
  if (parts.has('promise') || parts.has('maybe-promise'))
    return parts.has('value') || parts.has('unknown') ? 'maybe-promise' : 'promise';
  if (parts.has('thenable') || parts.has('lazy')) return 'maybe-promise';
  if (parts.has('promises')) return 'promises';
  return parts.has('unknown') ? 'unknown' : 'value';
}

/** The global Promise, or a class or interface that extends it. */
function isPromise(asking: Asking, type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.some(part => isPromise(asking, part));
  const symbol = type.getSymbol();
  if (!symbol) return false;
  if (symbol.name === 'Promise' && symbol.declarations?.some(each => packageOfDeclaration(asking, each) === 'lib'))
    return true;
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return false;
  return (
    asking.checker
      .getDeclaredTypeOfSymbol(symbol)
      .getBaseTypes()
      ?.some(base => isPromise(asking, base)) ?? false
  );
}

/** Declared as `PromiseLike`: a promise of whatever make. What merely extends it may be a builder. */
function isPromiseLike(asking: Asking, type: ts.Type): boolean {
  const symbol = type.getSymbol();
  if (symbol?.name !== 'PromiseLike') return false;
  return symbol.declarations?.some(each => packageOfDeclaration(asking, each) === 'lib') ?? false;
}

/** A table tells that the work of such a promise or thenable begins when it is awaited. */
function isLazy(asking: Asking, type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.some(part => isLazy(asking, part));
  const symbol = type.getSymbol();
  const [declaration] = symbol?.declarations ?? [];
  if (!symbol || !declaration || !(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return false;
  const home = packageOfDeclaration(asking, declaration);
  if (home !== undefined && asking.index.isLazy(`${home}#${symbol.name}`)) return true;
  const bases = asking.checker.getDeclaredTypeOfSymbol(symbol).getBaseTypes() ?? [];
  return bases.some(base => isLazy(asking, base));
}

/** Its `then` takes what is to be done with a value, and with a failure. */
function takesBoth({ checker }: Asking, type: ts.Type): boolean {
  const then = checker.getPropertyOfType(type, 'then');
  return (
    then !== undefined &&
    checker
      .getTypeOfSymbol(then)
      .getCallSignatures()
      .some(({ parameters }) => parameters.length > 1)
  );
}

/** Has a callable `then` that takes a callback. */
function isThenable(asking: Asking, type: ts.Type): boolean {
  const then = asking.checker.getPropertyOfType(type, 'then');
  if (!then) return false;
  return asking.checker
    .getTypeOfSymbol(then)
    .getCallSignatures()
    .some(signature => {
      const [first] = signature.parameters;
      const taken = first && asking.checker.getNonNullableType(asking.checker.getTypeOfSymbol(first));
      return (
        taken !== undefined &&
        (taken.getCallSignatures().length > 0 ||
          (taken.isUnion() && taken.types.some(part => part.getCallSignatures().length > 0)))
      );
    });
}

function holdsPromises(asking: Asking, type: ts.Type): boolean {
  const element = elementType(asking, type);
  if (!element || element.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false;
  const parts = element.isUnion() ? element.types : [element];
  return parts.some(part => isPromise(asking, part));
}

/** The element type of an array or tuple. */
export function elementType(asking: Asking, type: ts.Type): ts.Type | undefined {
  const { checker } = asking;
  if (!checker.isArrayType(type) && !checker.isTupleType(type)) return undefined;
  return checker.getIndexTypeOfType(type, ts.IndexKind.Number);
}

/** Answers `Questions.elementsOf`. */
export function elementsOfType(asking: Asking, type: ts.Type): 'primitive' | 'object' | 'unknown' {
  const element = elementType(asking, asking.checker.getNonNullableType(type));
  if (!element) return 'unknown';
  const parts = element.isUnion() ? element.types : [element];
  const kinds = new Set(
    parts.map(part => (part.flags & UNKNOWN ? 'unknown' : part.flags & OBJECT ? 'object' : 'primitive')),
  );
  return kinds.size === 1 ? ([...kinds][0] ?? 'unknown') : kinds.has('unknown') ? 'unknown' : 'object';
}

const UNKNOWN = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Instantiable;
const OBJECT = ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive;
