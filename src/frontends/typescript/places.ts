/** Property and element accesses as places: root, path, and the access steps that reading and writing them are. */
import { ts } from 'ts-morph';
import type { FunctionId, PathStep, Place, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';
import { symbolName } from './constants.ts';
import { isShared } from './fileScopes.ts';
import { lower } from './lowerExpression.ts';
import { declaredMember, isModuleExports, mayChange, meaningPlace, resolveName } from './names.ts';
import { declaredType, emitAccess, readPlace, readVariable, selfValue, thisPlace, variablePlace } from './variables.ts';

export type AccessNode = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** Longer paths start again at the value read so far. */
const LONGEST_PATH = 5;

export function isAccess(node: ts.Node): node is AccessNode {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** The value of `x.y` or `x[y]`: a read with its access step, a getter's call, or a constant. */
export function lowerAccess(fn: FunctionContext, node: AccessNode): ValueId {
  const constant = enumMember(fn, node);
  if (constant !== undefined) return constant;
  const place = accessPlace(fn, node);
  return isInfinity(place) ? fn.builder.constant('Infinity') : readMember(fn, node, place);
}

function isInfinity({ root, path }: Place): boolean {
  const [step] = path;
  const isMember = path.length === 1 && step !== undefined && 'field' in step && step.field === 'POSITIVE_INFINITY';
  return root.kind === 'external' && root.name === 'lib#Number' && isMember;
}

/** The value of `x.y`, whose place is known: what its getter gives, or what the place holds. */
export function readMember(fn: FunctionContext, node: AccessNode, place: Place): ValueId {
  const getter = accessorOf(fn, node, place, 'get');
  return getter === undefined
    ? readAccess(fn, place, node)
    : callAccessor(fn, node, getter, ownerOfAccess(fn, place), []);
}

/** What the getter gives that taking `x` apart runs (`const { size } = x`); undefined when it runs none. `place`: `x.size`. */
export function readByGetter(
  fn: FunctionContext,
  node: ts.BindingElement,
  name: string,
  place: Place,
): ValueId | undefined {
  if (!mayRunAccessor(fn, name, place)) return undefined;
  const getter = fn.questions.accessorOf(node, 'get');
  return getter === undefined ? undefined : callAccessor(fn, node, getter, ownerOfAccess(fn, place), []);
}

/** The function value that `x.f(…)` calls, and `x`. */
export function lowerCallee(fn: FunctionContext, node: AccessNode): { of: ValueId; receiver: ValueId } {
  const place = accessPlace(fn, node);
  return { of: readMember(fn, node, place), receiver: ownerOfAccess(fn, place) };
}

/** Reads a place; the access step is left out where nobody shares it. */
export function readAccess(fn: FunctionContext, place: Place, node: ts.Node): ValueId {
  return isWatched(fn, place) ? readPlace(fn, place, node) : fn.builder.read(place);
}

/** Whether reading or writing `x.y` runs code of the project. */
export function hasAccessor(fn: FunctionContext, node: AccessNode, place: Place): boolean {
  return accessorOf(fn, node, place, 'get') !== undefined || accessorOf(fn, node, place, 'set') !== undefined;
}

/** Writes a value to `x.y`, through the setter when there is one. */
export function writeAccess(fn: FunctionContext, node: AccessNode, place: Place, value: ValueId): void {
  if (isModuleExports(fn, node) && place.root.kind === 'module')
    return emitAccess(fn, { ...place, root: { ...place.root, name: 'module.exports' } }, 'write', node, value);
  const setter = accessorOf(fn, node, place, 'set');
  if (setter !== undefined) callAccessor(fn, node, setter, ownerOfAccess(fn, place), [value]);
  else if (place.root.kind !== 'unknown') {
    emitAccess(fn, place, 'write', node, value);
    callSetting(fn, node, place, value);
  }
}

/** `events.captureRejections = true`: a setting of a library, which a row `set captureRejections` describes. */
function callSetting(fn: FunctionContext, node: AccessNode, { root, path }: Place, value: ValueId): void {
  if (root.kind !== 'external' || path.length === 0) return;
  const hash = root.name.indexOf('#');
  const names = [
    root.name.slice(hash + 1),
    ...path.map(step => ('field' in step ? step.field : 'key' in step ? String(step.key) : '?')),
  ];
  const key = names.filter(name => name !== '*' && name !== 'default').join('.');
  const external = `${root.name.slice(0, hash)}#set ${key}`;
  const api = fn.questions.apiOf(external);
  if (!api) return;
  const known = api.known === undefined ? {} : { known: api.known };
  fn.builder.emit({
    kind: 'call',
    at: fn.at(node),
    target: { kind: 'external', name: external },
    args: [value],
    ...known,
  });
}

function callAccessor(fn: FunctionContext, node: ts.Node, id: FunctionId, receiver: ValueId, args: ValueId[]): ValueId {
  return fn.builder.emitValue({
    kind: 'call',
    at: fn.at(node),
    target: { kind: 'functions', ids: [id] },
    receiver,
    args,
  });
}

function accessorOf(fn: FunctionContext, node: AccessNode, place: Place, kind: 'get' | 'set'): FunctionId | undefined {
  return ts.isPropertyAccessExpression(node) && mayRunAccessor(fn, node.name.text, place)
    ? fn.questions.accessorOf(node, kind)
    : undefined;
}

const mayRunAccessor = (fn: FunctionContext, name: string, { root }: Place): boolean =>
  fn.file.accessors.has(name) && root.kind !== 'external' && root.kind !== 'unknown';

/** The object whose property is accessed, as a value. */
function ownerOfAccess(fn: FunctionContext, place: Place): ValueId {
  const { root, type } = place;
  const path = place.path.slice(0, -1);
  if (path.length > 0) return fn.builder.read({ root, type, path });
  if (root.kind === 'self') return selfValue(fn);
  if (root.kind === 'value') return root.of;
  if (root.kind === 'module' && place.path.length === 0)
    return fn.builder.read({ ...place, root: { ...root, name: '*' } });
  return fn.builder.read({ root, type, path });
}

/** The place of `x.y`; evaluates `x` (and a computed key), not the property itself. */
export function accessPlace(fn: FunctionContext, node: AccessNode): Place {
  if (isModuleExports(fn, node))
    return { root: { kind: 'module', file: fn.file.loaded.file, name: '*' }, type: null, path: [] };
  const named = memberOfModule(fn, node);
  if (named) return named;
  let base = placeOf(fn, node.expression);
  if (base.path.length >= LONGEST_PATH) base = valuePlace(fn.builder.read(base));
  if (base.root.kind === 'module' && base.root.name === '*' && base.path.length === 0) {
    const declared = exportedAs(fn, node);
    if (declared) return declared;
    const name = constantName(fn, node);
    if (name !== undefined) return { root: { kind: 'module', file: base.root.file, name }, type: null, path: [] };
  }
  return { ...base, path: [...base.path, pathStep(fn, node, base)] };
}

/** What a member of a whole module is where it is declared: exports are passed on, and renamed on the way. */
function exportedAs(fn: FunctionContext, node: AccessNode): Place | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.name)) return undefined;
  const meaning = fn.questions.meaningOf(node.name);
  const isDeclared = meaning.kind === 'module' && meaning.name !== 'module.exports';
  return isDeclared || meaning.kind === 'namespace' ? meaningPlace(meaning) : undefined;
}

/** `Namespace.member` of a namespace declared in the project. */
function memberOfModule(fn: FunctionContext, node: AccessNode): Place | undefined {
  const name = constantName(fn, node);
  const declaration = name === undefined ? undefined : namedDeclaration(fn, node.expression);
  const member = declaration && name !== undefined ? declaredMember(declaration.declaration, name) : undefined;
  return declaration && member?.kind === 'member'
    ? { root: { kind: 'module', file: declaration.file, name: member.slot }, type: null, path: [] }
    : undefined;
}

/** `Color.Red` is a constant. */
function enumMember(fn: FunctionContext, node: AccessNode): ValueId | undefined {
  const name = constantName(fn, node);
  const declaration = name === undefined ? undefined : namedDeclaration(fn, node.expression);
  if (!declaration || !ts.isEnumDeclaration(declaration.declaration)) return undefined;
  return fn.builder.constant(JSON.stringify(`${declaration.declaration.name.text}.${name}`));
}

/** The enum or namespace declaration that an identifier (or `N.M`) names. */
function namedDeclaration(
  fn: FunctionContext,
  expression: ts.Expression,
): { file: string; declaration: ts.Declaration } | undefined {
  if (ts.isIdentifier(expression)) {
    const named = resolveName(fn, expression);
    if (named.kind === 'variable') return declarationOnly(fn.file.loaded.file, named.variable.declaration);
    return named.kind === 'module' ? declarationOnly(named.file, named.declaration) : undefined;
  }
  if (
    !ts.isPropertyAccessExpression(expression) ||
    !ts.isIdentifier(expression.name) ||
    !namedDeclaration(fn, expression.expression)
  )
    return undefined;
  const meaning = fn.questions.meaningOf(expression.name);
  return meaning.kind === 'module' ? declarationOnly(meaning.file, meaning.declaration) : undefined;
}

function declarationOnly(
  file: string,
  declaration: ts.Declaration,
): { file: string; declaration: ts.Declaration } | undefined {
  return ts.isEnumDeclaration(declaration) || ts.isModuleDeclaration(declaration) ? { file, declaration } : undefined;
}

/** Any expression as a place: what can be named is named, the rest is the value that it evaluates to. */
export function placeOf(fn: FunctionContext, expression: ts.Expression): Place {
  const node = bare(expression);
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return thisPlace(fn, node);
  if (ts.isIdentifier(node)) return identifierPlace(fn, node);
  if (!isAccess(node) || enumMember(fn, node) !== undefined) return placeOfValue(fn, lower(fn, node));
  const place = accessPlace(fn, node);
  const getter = accessorOf(fn, node, place, 'get');
  if (getter !== undefined) return valuePlace(callAccessor(fn, node, getter, ownerOfAccess(fn, place), []));
  if (isWatched(fn, place)) readPlace(fn, place, node);
  return place;
}

function identifierPlace(fn: FunctionContext, name: ts.Identifier): Place {
  const named = resolveName(fn, name);
  if (named.kind !== 'variable') {
    const place = named.kind === 'itself' ? undefined : meaningPlace(named);
    if (!place) return valuePlace(lower(fn, name));
    if (named.kind === 'module' && mayChange(named.declaration)) readPlace(fn, place, name);
    return place;
  }
  const { variable } = named;
  const place = { ...variablePlace(fn, variable), type: typeOfRoot(fn, variable.declaration, variable.slot) };
  if (isShared(variable)) {
    readPlace(fn, place, name);
    return place;
  }
  const value = readVariable(fn, variable, name);
  if (variable.topLevel || variable.owner !== fn.scope) return place;
  const known = fn.builder.valueAt(value);
  if (known.kind === 'read' && known.place.root.kind === 'parameter' && known.place.path.length === 0)
    return known.place;
  return placeOfValue(fn, value);
}

/** A value as a place: a whole module (`require('x')`, `await import('x')`) is the module. */
export function placeOfValue(fn: FunctionContext, value: ValueId): Place {
  return moduleBehind(fn, value) ?? valuePlace(value);
}

function moduleBehind(fn: FunctionContext, id: ValueId): Place | undefined {
  const value = fn.builder.valueAt(id);
  if (value.kind === 'settled') return moduleBehind(fn, value.of);
  if (value.kind === 'from' && value.how === 'copy')
    return value.values.map(each => moduleBehind(fn, each)).find(place => place !== undefined);
  const whole =
    value.kind === 'read' &&
    value.place.root.kind === 'module' &&
    value.place.root.name === '*' &&
    value.place.path.length === 0;
  return whole ? value.place : undefined;
}

/** Declared type of the variable, for those of this file's functions that have a slot. */
function typeOfRoot(fn: FunctionContext, declaration: ts.Declaration, slot: string): Place['type'] {
  const own = fn.builder.facts.slots[slot];
  if (own) return own.type;
  return ts.isParameter(declaration) && declaration.type ? declaredType(fn, declaration) : null;
}

export function valuePlace(of: ValueId): Place {
  return { root: { kind: 'value', of }, type: null, path: [] };
}

/** The property's name when it is written down. */
function constantName(fn: FunctionContext, node: AccessNode): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  const argument = bare(node.argumentExpression);
  return ts.isStringLiteralLike(argument) ? argument.text : symbolName(fn.questions, argument);
}

function pathStep(fn: FunctionContext, node: AccessNode, base: Place): PathStep {
  const name = constantName(fn, node);
  if (name !== undefined)
    return (
      ownField(fn, base, name) ??
      (mayBeShared(fn, base) && name !== 'length' ? fn.questions.fieldOf(node, name) : { field: name })
    );
  if (!ts.isElementAccessExpression(node)) return { any: true };
  const argument = bare(node.argumentExpression);
  return ts.isNumericLiteral(argument) ? { key: argument.text } : { key: lower(fn, argument) };
}

/** A field of `this` that its class declares, or one under a symbol: no question to the checker. */
function ownField(fn: FunctionContext, base: Place, name: string): PathStep | undefined {
  const isThis = base.root.kind === 'self' || (base.root.kind === 'captured' && base.root.slot === 'this');
  if (!isThis || base.type === null || base.path.length > 0) return undefined;
  const isDeclared = name.startsWith('[') || fn.file.fields.get(base.type)?.has(name);
  return isDeclared ? { field: name, of: base.type } : undefined;
}

/** False for what only this activation of the function can see: literals made here, results of computation. */
export function mayBeShared(fn: FunctionContext, place: Place): boolean {
  const { root } = place;
  if (root.kind === 'external' || root.kind === 'unknown') return false;
  if (root.kind !== 'value') return true;
  const value = fn.builder.valueAt(root.of);
  switch (value.kind) {
    case 'object':
    case 'array':
      return place.path.length > 0;
    case 'constant':
    case 'unknown':
    case 'template':
    case 'function':
      return false;
    case 'from':
      return value.how === 'copy';
    case 'result': {
      const step = fn.builder.stepAt(value.of);
      return !(step?.kind === 'call' && step.newOf !== undefined) || place.path.length > 0;
    }
    default:
      return true;
  }
}

function isWatched(fn: FunctionContext, place: Place): boolean {
  if (place.path.length === 0) return false;
  return mayBeShared(fn, place.path.length === 1 ? { ...place, path: [] } : place);
}
