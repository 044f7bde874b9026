/** Signals and cancel tokens in types: what is one, which options hold one, where a callee takes one. */
import { ts } from 'ts-morph';
import { bare, sourceFileOf, type Asking } from './asking.ts';

const TYPES = /^(?:AbortSignal|AbortSignalLike|GenericAbortSignal|CancellationToken|CancelToken|AbortController)$/;
/** Options of this name, of a type that is a signal. */
const OPTIONS = ['signal', 'abortSignal', 'cancelSignal', 'cancellationToken', 'cancelToken', 'abortController'];
const NAMES = /^_?(?:signal|abortSignal|cancelSignal|cancellationToken|cancelToken)$/;

const OPEN = ts.TypeFlags.Any | ts.TypeFlags.Unknown;

function isSignal(asking: Asking, type: ts.Type): boolean {
  return isSignalItself(asking.checker.getNonNullableType(type));
}

/** The parts of a type parameter without null, `T & {}`, have themselves as parts when they are made non-null again. */
function isSignalItself(plain: ts.Type): boolean {
  if (plain.isUnionOrIntersection()) return plain.types.some(isSignalItself);
  const name = plain.getSymbol()?.name ?? plain.aliasSymbol?.name;
  return name !== undefined && TYPES.test(name);
}

/** The option of an object type that holds a signal. */
function optionIn(asking: Asking, type: ts.Type): string | undefined {
  const plain = asking.checker.getNonNullableType(type);
  if (plain.isUnion()) {
    for (const part of plain.types) {
      const found = optionIn(asking, part);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!(plain.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.TypeParameter))) return undefined;
  if (plain.getCallSignatures().length > 0 || asking.checker.isArrayType(plain)) return undefined;
  return OPTIONS.find(name => {
    const property = asking.checker.getPropertyOfType(plain, name);
    return property !== undefined && isSignal(asking, asking.checker.getTypeOfSymbol(property));
  });
}

/** The path to the signal that a parameter is or has, by its type; without a type by its name. */
export function signalIn(asking: Asking, parameter: ts.ParameterDeclaration): string[] | undefined {
  if (parameter.dotDotDotToken) return undefined;
  const type = asking.checker.getTypeAtLocation(parameter);
  if (type.flags & OPEN) return signalByName(parameter);
  if (isSignal(asking, type)) return [];
  const option = optionIn(asking, type);
  if (option === undefined && isUntypedPattern(asking, parameter)) return signalByName(parameter);
  return option === undefined || isNamelessOutside(asking, parameter, type, option) ? undefined : [option];
}

/** `({ signal } = {})` without a type: what the pattern takes out of it may be anything. */
function isUntypedPattern({ checker }: Asking, { name, type, initializer }: ts.ParameterDeclaration): boolean {
  if (type || !initializer || !ts.isObjectBindingPattern(name)) return false;
  const element = name.elements.find(({ propertyName, name: bound }) => {
    const node = propertyName ?? bound;
    return ts.isIdentifier(node) && OPTIONS.includes(node.text);
  });
  return element !== undefined && (checker.getTypeAtLocation(element.name).flags & OPEN) !== 0;
}

/** Types from outside that are made to be passed on. */
const PASSED_ON = /(?:Init|Options|Config|Context)$/;

/**
 * A request of a framework that is given to a handler: its type does not stand here, and its signal neither. A `Request`
 * of the web has one whether its maker thought of it or not.
 */
function isNamelessOutside(asking: Asking, parameter: ts.ParameterDeclaration, type: ts.Type, option: string): boolean {
  const declarations = partsOf(asking.checker.getNonNullableType(type)).flatMap(
    part => asking.checker.getPropertyOfType(part, option)?.declarations?.slice(0, 1) ?? [],
  );
  return (
    declarations.length > 0 &&
    declarations.every(declaration => {
      const owner = declaration.parent;
      if (sourceFileOf(asking, declaration) !== undefined || !ts.isInterfaceDeclaration(owner)) return false;
      return parameter.type === undefined ? !PASSED_ON.test(owner.name.text) : owner.name.text === 'Request';
    })
  );
}

const partsOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

function signalByName({ name, type }: ts.ParameterDeclaration): string[] | undefined {
  if (type) return undefined;
  if (ts.isIdentifier(name)) return NAMES.test(name.text) ? [] : undefined;
  if (!ts.isObjectBindingPattern(name)) return undefined;
  for (const { propertyName, name: bound } of name.elements) {
    const node = propertyName ?? bound;
    if (ts.isIdentifier(node) && OPTIONS.includes(node.text)) return [node.text];
  }
  return undefined;
}

type Taken = { argument: number; option?: string };

/** Where a callee takes a signal: any of its signatures may. */
export function signalOf(asking: Asking, call: ts.CallExpression): Taken | undefined {
  const type = asking.checker.getNonNullableType(asking.checker.getTypeAtLocation(bare(call.expression)));
  for (const signature of type.getCallSignatures()) {
    const declaration = signature.getDeclaration();
    const cache = declaration && isAsDeclared(signature) ? cacheOf(asking.checker) : undefined;
    const known = declaration && cache?.get(declaration);
    if (known) return known;
    if (known === null) continue;
    const found = takenBy(asking, signature);
    if (declaration) cache?.set(declaration, found ?? null);
    if (found) return found;
  }
  return undefined;
}

/** Nothing but its declaration is asked, which is the same for all calls. */
const isAsDeclared = ({ parameters }: ts.Signature): boolean =>
  parameters.every(({ valueDeclaration }) => valueDeclaration !== undefined && ts.isParameter(valueDeclaration));

const caches = new WeakMap<ts.TypeChecker, Map<ts.Node, Taken | null>>();
function cacheOf(checker: ts.TypeChecker): Map<ts.Node, Taken | null> {
  let cache = caches.get(checker);
  if (!cache) caches.set(checker, (cache = new Map<ts.Node, Taken | null>()));
  return cache;
}

function takenBy(asking: Asking, signature: ts.Signature): Taken | undefined {
  for (const [argument, parameter] of signature.parameters.entries()) {
    const declaration = parameter.valueDeclaration;
    if (declaration && ts.isParameter(declaration)) {
      const path = signalIn(asking, declaration);
      if (path) return path[0] === undefined ? { argument } : { argument, option: path[0] };
      continue;
    }
    const type = asking.checker.getTypeOfSymbol(parameter);
    if (isSignal(asking, type)) return { argument };
    const option = optionIn(asking, type);
    if (option !== undefined) return { argument, option };
  }
  return undefined;
}

/** Whether an expression, by its type, has this option (`null`: is a signal itself). */
export function hasOption(asking: Asking, node: ts.Expression, option: string | null): 'yes' | 'no' | 'unknown' {
  const type = asking.checker.getTypeAtLocation(node);
  if (type.flags & OPEN) return 'unknown';
  if (option === null) return isSignal(asking, type) ? 'yes' : 'no';
  const plain = asking.checker.getNonNullableType(type);
  const parts = plain.isUnion() ? plain.types : [plain];
  const open = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Instantiable;
  if (parts.some(part => asking.checker.getPropertyOfType(part, option) !== undefined)) return 'yes';
  // `let init = {}`: what is put there later may have it, which the objects tell.
  if (parts.some(part => part.flags & ts.TypeFlags.Object && asking.checker.getPropertiesOfType(part).length === 0))
    return 'yes';
  if (
    parts.some(
      part => (part.flags & open) !== 0 || asking.checker.getIndexInfoOfType(part, ts.IndexKind.String) !== undefined,
    )
  )
    return 'unknown';
  return 'no';
}
