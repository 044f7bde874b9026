/** Names the external API that a call reaches, through the checker's symbol or by syntax. */
import { ts } from 'ts-morph';
import { rawSymbolOf, sourceFileOf, type Asking } from './asking.ts';
import type { Callee } from './callees.ts';
import {
  bestName,
  containerName,
  declaredKeys,
  isProtocol,
  OWN_DECLARATIONS,
  packageOfDeclaration,
} from './externalNames.ts';
import { typeIdOfType, typeIdOfTypeDeclaration } from './typeIds.ts';
import { exportKeys, importedAs, originOf } from './untyped.ts';

/**
 * The external API behind a symbol that is declared outside of audited source, or behind the function type of a variable
 * (`limit: LimitFunction`). Undefined when it is neither.
 */
export function externalCallee(
  asking: Asking,
  symbol: ts.Symbol,
  callee: ts.Expression,
  prefix: '' | 'new ' = '',
): Callee | undefined {
  const declaration = symbol.declarations?.find(each => sourceFileOf(asking, each) === undefined);
  if (!declaration || symbol.declarations?.some(each => sourceFileOf(asking, each) !== undefined))
    return callOfType(asking, callee);
  const packageName = packageOfDeclaration(asking, declaration);
  if (packageName === undefined || ts.isParameter(declaration) || ts.isBindingElement(declaration))
    return callOfType(asking, callee);
  const keys = declaredKeys(asking, symbol, declaration, packageName);
  if (keys.length === 0)
    return callOfType(asking, callee) ?? mixedInCallee(asking, callee, declaration) ?? { kind: 'callee-value' };
  const dispatched = packageName === OWN_DECLARATIONS && ownInterfaceMember(declaration, keys[0] ?? '');
  if (dispatched) return dispatched;
  if (packageName === OWN_DECLARATIONS)
    asking.sink.gap([callee.getStart(), callee.end], 'declaration-without-source', keys[0] ?? '');
  if (isGivenPart(asking, declaration)) return { kind: 'callee-value' };
  if (isProtocol(`${packageName}#${containerName(declaration, true) ?? ''}`)) return { kind: 'callee-value' };
  // A class is called by its own name, also when it is the default export.
  if (prefix !== '') keys.reverse();
  const names = keys.map(key => `${packageName}#${prefix}${key}`);
  if (prefix === '') names.push(...inheritedNames(asking, callee, names, declaration));
  names.push(...importSiteNames(asking, callee, prefix));
  const name = bestName(asking, names);
  return name === undefined ? undefined : { kind: 'external', name };
}

/** A property of whatever type the program says (`value: T`): what is called is what the program put there. */
const isGivenPart = ({ checker }: Asking, declaration: ts.Declaration): boolean =>
  (ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration)) &&
  declaration.type !== undefined &&
  (checker.getTypeFromTypeNode(declaration.type).flags & ts.TypeFlags.TypeParameter) !== 0;

/** A member of an interface of the project's own `.d.ts`: a type, whose bodies are in the classes and objects that have it. */
function ownInterfaceMember(declaration: ts.Declaration, key: string): Callee | undefined {
  if (!ts.isInterfaceDeclaration(declaration.parent) && !ts.isTypeLiteralNode(declaration.parent)) return undefined;
  const dot = key.lastIndexOf('.');
  if (dot < 0 || !ts.isMethodSignature(declaration)) return { kind: 'callee-value' };
  return { kind: 'method', type: `${OWN_DECLARATIONS}#${key.slice(0, dot)}`, name: key.slice(dot + 1) };
}

/** `const { refetch } = useQuery(…)`: a function that is a property, and needs no receiver, of a type that a table knows. */
export function takenOutCallee(asking: Asking, declaration: ts.Declaration): Callee | undefined {
  const property = takenOut(asking, declaration);
  const member = property?.declarations?.find(each => sourceFileOf(asking, each) === undefined);
  const home = member && ts.isPropertySignature(member) ? packageOfDeclaration(asking, member) : undefined;
  if (!property || !member || home === undefined) return undefined;
  const name = declaredKeys(asking, property, member, home)
    .map(key => `${home}#${key}`)
    .find(each => asking.index.has(each));
  return name === undefined ? undefined : { kind: 'external', name };
}

/** `const { save } = useContext(Store)`: a library gives it, but it is a member of a type of the project. */
export function isTakenOutOfOwn(asking: Asking, declaration: ts.Declaration): boolean {
  const declarations = takenOut(asking, declaration)?.declarations ?? [];
  return declarations.length > 0 && declarations.every(each => sourceFileOf(asking, each) !== undefined);
}

/** The property of which a constant is made by taking an object apart. */
function takenOut({ checker }: Asking, declaration: ts.Declaration): ts.Symbol | undefined {
  if (!ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent)) return undefined;
  if (declaration.initializer || ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Let) return undefined;
  const holder = checker.getNonNullableType(checker.getTypeAtLocation(declaration.parent));
  return checker.getPropertyOfType(holder, (declaration.propertyName ?? declaration.name).getText());
}

/** `Type()`: a value of an external function-typed interface or alias that a table knows. */
function callOfType(asking: Asking, callee: ts.Expression): Callee | undefined {
  const id = typeIdOfType(asking, asking.checker.getTypeAtLocation(callee));
  return id !== null && asking.index.has(`${id}()`) ? { kind: 'external', name: `${id}()` } : undefined;
}

/**
 * The API that a member without a body in the project has in an external base type: an interface of the project that
 * extends `EventEmitter` and declares `emit` again with narrower types.
 */
export function inheritedCallee(
  asking: Asking,
  callee: ts.Expression,
  declaration: ts.Declaration,
): Callee | undefined {
  const name = inheritedNames(asking, callee, [], declaration).find(each => asking.index.has(each));
  return name === undefined ? undefined : { kind: 'external', name };
}

/** A member that a mixin declares in an anonymous class: by the names of the types that extend it. */
function mixedInCallee(asking: Asking, callee: ts.Expression, declaration: ts.Declaration): Callee | undefined {
  if (!ts.isTypeLiteralNode(declaration.parent)) return undefined;
  const name = receiverNames(asking, callee).find(each => asking.index.has(each));
  return name === undefined ? undefined : { kind: 'external', name };
}

/** The names that the member has in the receiver's type and in the checker's base types, when no table knows its own. */
function inheritedNames(
  asking: Asking,
  callee: ts.Expression,
  names: readonly string[],
  declaration: ts.Declaration,
): string[] {
  if (names.some(name => asking.index.has(name)) || containerName(declaration, false) === undefined) return [];
  return receiverNames(asking, callee);
}

function receiverNames(asking: Asking, callee: ts.Expression): string[] {
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const member = callee.name.text;
  const found: string[] = [];
  const seen = new Set<ts.Type>();
  const visit = (type: ts.Type): void => {
    if (seen.has(type) || seen.size > 50) return;
    seen.add(type);
    const symbol = type.getSymbol();
    const holder = symbol?.declarations?.find(each => ts.isClassLike(each) || ts.isInterfaceDeclaration(each));
    const id = holder && typeIdOfTypeDeclaration(asking, holder);
    if (id !== undefined && asking.checker.getPropertyOfType(type, member)) found.push(`${id}.${member}`);
    const declared = symbol && holder ? asking.checker.getDeclaredTypeOfSymbol(symbol) : type;
    for (const base of declared.getBaseTypes() ?? []) visit(base);
  };
  const type = asking.checker.getNonNullableType(asking.checker.getTypeAtLocation(callee.expression));
  visit(asking.checker.getApparentType(selectedFrom(type) ?? type));
  return found;
}

const SELECTIONS = new Set(['Pick', 'Omit', 'Partial', 'Required', 'Readonly']);

/** The type of which `Pick<T, 'query'>` and the like have members. */
function selectedFrom({ aliasSymbol, aliasTypeArguments }: ts.Type): ts.Type | undefined {
  return aliasSymbol && SELECTIONS.has(aliasSymbol.name) ? aliasTypeArguments?.[0] : undefined;
}

/** How the importing file names it: `vitest#it` for a function that vitest re-exports from another package. */
function importSiteNames(asking: Asking, callee: ts.Expression, prefix: string): string[] {
  const root = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
  if (!ts.isIdentifier(root)) return [];
  const imported = rawSymbolOf(asking, root)
    ?.declarations?.map(each => importedAs(asking, each))
    .find(each => each !== undefined);
  if (!imported) return [];
  if (root === callee) return exportKeys(imported, prefix);
  if (!ts.isPropertyAccessExpression(callee)) return [];
  return imported.path.length === 0 || imported.path[0] === 'default'
    ? exportKeys({ ...imported, path: [...imported.path, callee.name.text] }, prefix)
    : [];
}

/** The external API by syntax alone: import specifiers, `require`, `new X`, annotations; built-ins by the member's name. */
export function untypedCallee(asking: Asking, callee: ts.Expression, prefix: '' | 'new ' = ''): Callee | undefined {
  // A member of a mapped type has a type and no declaration.
  const mapped = prefix === '' && ts.isPropertyAccessExpression(callee) ? callOfType(asking, callee) : undefined;
  if (mapped) return mapped;
  const names: string[] = [];
  const origin = originOf(asking, callee);
  if (origin?.kind === 'export') names.push(...exportKeys(origin, prefix));
  else if (origin?.kind === 'foreign') names.push(`${origin.package}#${prefix}${origin.text}`);
  else if (origin && prefix === '') names.push(`${origin.type}()`);
  if (ts.isPropertyAccessExpression(callee) && prefix === '') {
    const holder = originOf(asking, callee.expression);
    if (holder?.kind === 'instance') names.unshift(`${holder.type}.${callee.name.text}`);
  }
  const name = bestName(asking, names);
  // Whatever gives it, `then` is what the language knows.
  if (origin?.kind === 'foreign' && prefix === '' && isReaction(callee)) return builtInMember(asking, callee);
  if (origin?.kind === 'foreign' && prefix === '' && !(name !== undefined && asking.index.has(name))) {
    const builtIn = ts.isPropertyAccessExpression(callee) ? arrayMember(asking, callee) : undefined;
    if (builtIn) return builtIn;
  }
  if (name !== undefined && (origin?.kind !== 'instance' || !name.endsWith('()') || asking.index.has(name)))
    return { kind: 'external', name };
  if (prefix === '' && ts.isIdentifier(callee)) return undeclaredGlobal(asking, callee);
  return prefix === '' && ts.isPropertyAccessExpression(callee) ? builtInMember(asking, callee) : undefined;
}

function undeclaredGlobal(asking: Asking, callee: ts.Identifier): Callee | undefined {
  const symbol = rawSymbolOf(asking, callee);
  if (symbol?.declarations?.length) return undefined;
  const name = `lib#${callee.text}`;
  const known = asking.index.has(name) ? name : asking.index.testGlobal(callee.text);
  return known === undefined ? undefined : { kind: 'external', name: known };
}

const PROMISE_MEMBERS = new Set(['then', 'catch', 'finally']);
const isReaction = (callee: ts.Expression): callee is ts.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(callee) && PROMISE_MEMBERS.has(callee.name.text);
const ARRAY_MEMBERS = new Set([
  'forEach',
  'map',
  'filter',
  'reduce',
  'some',
  'every',
  'find',
  'findIndex',
  'flatMap',
  'sort',
]);
/** Of every object, and of texts: names that nobody gives to a function of their own that is looked up by a key. */
const OBJECT_MEMBERS = new Set([
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toString',
  'toLocaleString',
]);
const TEXT_MEMBERS = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'charAt',
  'charCodeAt',
  'codePointAt',
  'localeCompare',
  'padStart',
  'padEnd',
  'substring',
  'substr',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimStart',
  'trimEnd',
]);
const EMITTER_MEMBERS = new Set(['on', 'once', 'addListener', 'prependListener', 'off', 'removeListener', 'emit']);

/** On a receiver whose type nobody knows, the call's shape tells the built-in methods that take functions. */
function builtInMember(asking: Asking, callee: ts.PropertyAccessExpression): Callee | undefined {
  const call = callOfUntyped(asking, callee);
  if (!call) return undefined;
  const [first] = call.arguments;
  const name = callee.name.text;
  if (PROMISE_MEMBERS.has(name) && first) return { kind: 'external', name: `lib#Promise.${name}` };
  if (name === 'call' || name === 'apply' || name === 'bind') return { kind: 'external', name: `lib#Function.${name}` };
  if (OBJECT_MEMBERS.has(name)) return { kind: 'external', name: `lib#Object.${name}` };
  if (TEXT_MEMBERS.has(name)) return { kind: 'external', name: `lib#String.${name}` };
  if (EMITTER_MEMBERS.has(name) && first && ts.isStringLiteralLike(first))
    return { kind: 'external', name: `node:events#EventEmitter.${name}` };
  return arrayMember(asking, callee);
}

/** `all.map(async one => …)`: also of what a package without types has given. */
function arrayMember(asking: Asking, callee: ts.PropertyAccessExpression): Callee | undefined {
  const first = callOfUntyped(asking, callee)?.arguments[0];
  const name = callee.name.text;
  return ARRAY_MEMBERS.has(name) && first && (ts.isArrowFunction(first) || ts.isFunctionExpression(first))
    ? { kind: 'external', name: `lib#Array.${name}` }
    : undefined;
}

function callOfUntyped(
  { checker }: Asking,
  { expression, parent }: ts.PropertyAccessExpression,
): ts.CallExpression | undefined {
  const isUntyped = (checker.getTypeAtLocation(expression).flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
  return isUntyped && ts.isCallExpression(parent) ? parent : undefined;
}
