/** Reads and writes of variables and of `this`: local values, captured slots, module places. */
import { ts } from 'ts-morph';
import type { Access, Place, Root, TypeId, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';
import { functionIdIn, typeIdIn } from './functionIds.ts';
import { isShared, type Variable } from './fileScopes.ts';
import { thisOwnerOf } from './scopes.ts';

/** Where a variable lives, seen from any function. */
export function variablePlace(fn: FunctionContext, variable: Variable): Place {
  const { owner, slot } = variable;
  const root: Root =
    owner.parent === null
      ? { kind: 'module', file: fn.file.loaded.file, name: slot }
      : { kind: 'captured', from: owner.id, slot };
  return { root, type: null, path: [] };
}

/** The value of a variable of this file. */
export function readVariable(fn: FunctionContext, variable: Variable, node: ts.Node): ValueId {
  const constant = constantOf(fn, variable);
  if (constant !== undefined) return constant;
  if (isShared(variable)) return readPlace(fn, variablePlace(fn, variable), node);
  if (variable.owner === fn.scope) {
    const value = fn.locals.get(variable);
    if (value !== undefined) {
      fn.read.add(value);
      return value;
    }
    if (variable.owner.parent !== null) return fn.builder.unknown(variable.slot);
  }
  const known = fn.captured.get(variable);
  if (known !== undefined) return known;
  const value = fn.builder.read(variablePlace(fn, variable));
  fn.captured.set(variable, value);
  return value;
}

/** What a function or class declaration stands for: itself, wherever it is read. */
function constantOf(fn: FunctionContext, variable: Variable): ValueId | undefined {
  const { declaration } = variable;
  if (variable.assignments > 1) return undefined;
  if (ts.isFunctionDeclaration(declaration)) {
    const id = functionIdIn(fn.file.loaded.source, fn.file.loaded.file, declaration);
    return id === undefined ? undefined : fn.builder.value({ kind: 'function', id });
  }
  if (ts.isClassDeclaration(declaration)) {
    const type = classType(fn, declaration);
    return type === null ? undefined : fn.builder.value({ kind: 'class', type });
  }
  return undefined;
}

/** A read of a shared place: the value and the access step. */
export function readPlace(fn: FunctionContext, place: Place, node: ts.Node): ValueId {
  const value = fn.builder.read(place);
  emitAccess(fn, place, 'read', node, value);
  return value;
}

export function emitAccess(
  fn: FunctionContext,
  place: Place,
  mode: Access['mode'],
  node: ts.Node,
  value?: ValueId,
): void {
  const access = { kind: 'access' as const, at: fn.at(node), place, mode, atomic: false, guard: 'none' as const };
  fn.builder.emit(value === undefined ? access : { ...access, value });
}

/** Gives a variable its value at its declaration or an assignment. `node`: the name, or what assigns it. */
export function writeVariable(fn: FunctionContext, variable: Variable, value: ValueId, node: ts.Node): void {
  const own = variable.owner === fn.scope;
  if (isShared(variable)) {
    emitAccess(fn, variablePlace(fn, variable), 'write', node, value);
    if (own) setSlot(fn, variable, value);
    return;
  }
  if (!own) return;
  const before = fn.locals.get(variable);
  if (before !== undefined && before !== value && !fn.read.has(before) && fn.locals.reachable && isHandle(fn, before))
    fn.builder.emit({ kind: 'drop', at: fn.at(node), value: before, how: 'overwritten' });
  fn.locals.set(variable, value);
  if (variable.captured || variable.topLevel) setSlot(fn, variable, value);
}

/** Makes the slot known before its value is: function declarations, variables assigned by inner functions only. */
export function declareSlots(fn: FunctionContext): void {
  for (const variable of fn.scope.variables) {
    if (!variable.captured && !variable.topLevel) continue;
    const value = constantOf(fn, variable) ?? null;
    if (value !== null || isShared(variable) || variable.assignments === 0) setSlot(fn, variable, value);
  }
  if (fn.scope.thisCaptured && !ts.isArrowFunction(fn.scope.node))
    fn.builder.facts.slots['this'] = {
      value: selfValue(fn),
      assignedAgain: false,
      type: fn.builder.facts.owner,
      at: fn.builder.facts.nameAt,
    };
}

function setSlot(fn: FunctionContext, variable: Variable, value: ValueId | null): void {
  const { slots } = fn.builder.facts;
  const known = slots[variable.slot];
  if (known) {
    known.value ??= value;
    return;
  }
  const name = ts.getNameOfDeclaration(variable.declaration) ?? variable.declaration;
  slots[variable.slot] = {
    value,
    assignedAgain: isShared(variable),
    type: declaredType(fn, variable.declaration),
    at: fn.at(name),
  };
}

/** The named type of a variable or parameter, asked only where it can be an object's. */
export function declaredType(fn: FunctionContext, declaration: ts.Declaration): TypeId | null {
  const { declaredTypes } = fn.file;
  const known = declaredTypes.get(declaration);
  if (known !== undefined) return known;
  const type = askDeclaredType(fn, declaration);
  declaredTypes.set(declaration, type);
  return type;
}

function askDeclaredType(fn: FunctionContext, declaration: ts.Declaration): TypeId | null {
  if (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration)) {
    const { type, initializer } = declaration;
    if (type) return mayNameObject(type) ? fn.questions.typeIdOfDeclaration(declaration) : null;
    const value = initializer && bare(initializer);
    if (!value) return null;
    const makes = ts.isNewExpression(value) || ts.isCallExpression(value) || ts.isAwaitExpression(value);
    return makes ? fn.questions.typeIdOfDeclaration(declaration) : null;
  }
  return null;
}

/** False for `string`, `number`, function types and the like: no question to the checker is worth it. */
function mayNameObject(type: ts.TypeNode): boolean {
  return (
    ts.isTypeReferenceNode(type) ||
    ts.isUnionTypeNode(type) ||
    ts.isIntersectionTypeNode(type) ||
    ts.isArrayTypeNode(type) ||
    ts.isTypeOperatorNode(type) ||
    ts.isTypeQueryNode(type) ||
    ts.isParenthesizedTypeNode(type) ||
    ts.isImportTypeNode(type) ||
    ts.isThisTypeNode(type)
  );
}

/** Whether a value may be the handle of running work: a promise, or several. */
export function isHandle(fn: FunctionContext, id: ValueId, depth = 0): boolean {
  const value = fn.builder.valueAt(id);
  switch (value.kind) {
    case 'combined':
      return true;
    case 'result': {
      const step = fn.builder.stepAt(value.of);
      if (step?.kind === 'call') return step.gives !== 'value' && step.newOf === undefined;
      return step?.kind === 'chain' || (step?.kind === 'spawn' && step.how !== 'timer' && step.how !== 'interval');
    }
    case 'choice':
    case 'array':
      return depth < 4 && value.values.some(part => isHandle(fn, part, depth + 1));
    case 'from':
      return depth < 4 && value.how === 'copy' && value.values.some(part => isHandle(fn, part, depth + 1));
    default:
      return false;
  }
}

/** `self` of the function itself. */
export function selfValue(fn: FunctionContext): ValueId {
  fn.self ??= fn.builder.read({ root: { kind: 'self' }, type: fn.builder.facts.owner, path: [] });
  return fn.self;
}

/** What `this` (or the receiver of `super`) is at a node. */
export function thisPlace(fn: FunctionContext, node: ts.Node): Place {
  const owner = thisOwnerOf(node);
  if (owner.kind === 'none') return { root: { kind: 'unknown', text: 'this' }, type: null, path: [] };
  if (owner.kind === 'class') return classPlace(fn, owner.node);
  const home = fn.file.scopes.functionOf(owner.node);
  const type = ownerType(fn, owner.node);
  if (home === fn.scope) return { root: { kind: 'self' }, type, path: [] };
  return { root: { kind: 'captured', from: home.id, slot: 'this' }, type, path: [] };
}

/** `this` as a value. */
export function thisValue(fn: FunctionContext, node: ts.Node): ValueId {
  const place = thisPlace(fn, node);
  if (place.root.kind === 'self') return selfValue(fn);
  if (place.root.kind === 'value') return place.root.of;
  return fn.builder.read(place);
}

/** The class that a function is a method, accessor or constructor of. */
export function ownerType(fn: FunctionContext, node: ts.Node): TypeId | null {
  const parent = ts.isClassLike(node) ? node : node.parent;
  return ts.isClassLike(parent) ? classType(fn, parent) : null;
}

/** The id of a class of this file. */
export function classType(fn: FunctionContext, node: ts.ClassLikeDeclaration): TypeId | null {
  return typeIdIn(fn.file.loaded.source, fn.file.loaded.file, node) ?? null;
}

/** A class as a place: its variable in the module, or the class value. */
export function classPlace(fn: FunctionContext, node: ts.ClassLikeDeclaration): Place {
  const variable = fn.file.scopes.variableOf(node);
  if (variable?.topLevel) return variablePlace(fn, variable);
  const type = classType(fn, node);
  const of = type === null ? fn.builder.unknown('class') : fn.builder.value({ kind: 'class', type });
  return { root: { kind: 'value', of }, type, path: [] };
}
