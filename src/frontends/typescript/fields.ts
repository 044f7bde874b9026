/** Field initialisers and parameter properties: the start of a class's constructor function. */
import { ts } from 'ts-morph';
import type { PathStep, Place, TypeId, ValueId } from '../../model/facts.ts';
import { symbolName } from './constants.ts';
import type { FunctionContext } from './context.ts';
import { isStaticMember } from './functionIds.ts';
import { lower } from './lowerExpression.ts';
import { propertyNameText } from './placeNames.ts';
import { askGives } from './results.ts';
import { classPlace, classType, emitAccess } from './variables.ts';

/** Writes the instance fields that a class declares with a value, and the constructor's parameter properties. */
export function initialiseFields(fn: FunctionContext, node: ts.ClassLikeDeclaration): void {
  const type = classType(fn, node);
  const self: Place = { root: { kind: 'self' }, type, path: [] };
  const { node: constructor } = fn.scope;
  if (ts.isConstructorDeclaration(constructor)) {
    constructor.parameters.forEach((parameter, index) => {
      if (!ts.isParameterPropertyDeclaration(parameter, constructor) || !ts.isIdentifier(parameter.name)) return;
      const value = fn.builder.read({
        root: { kind: 'parameter', index },
        type: fn.builder.facts.parameters[index]?.type ?? null,
        path: [],
      });
      fn.file.initials.set(parameter, value);
      emitAccess(fn, { ...self, path: [fieldStep(parameter.name.text, type)] }, 'write', parameter, value);
    });
  }
  for (const member of node.members) {
    if (!ts.isPropertyDeclaration(member) || !member.initializer || isStaticMember(member)) continue;
    fn.file.initials.set(member, writeField(fn, self, type, member, member.initializer));
  }
}

/** Writes a static field, in the code that the class stands in. */
export function initialiseStaticField(
  fn: FunctionContext,
  node: ts.ClassLikeDeclaration,
  member: ts.PropertyDeclaration,
): void {
  if (member.initializer) writeField(fn, classPlace(fn, node), classType(fn, node), member, member.initializer);
}

function writeField(
  fn: FunctionContext,
  holder: Place,
  type: TypeId | null,
  member: ts.PropertyDeclaration,
  initializer: ts.Expression,
): ValueId {
  const { name: key } = member;
  const name =
    propertyNameText(key) ?? (ts.isComputedPropertyName(key) ? symbolName(fn.questions, key.expression) : undefined);
  const value = lower(fn, initializer);
  askGives(fn, value, initializer, 'stored');
  const step: PathStep = name === undefined ? { any: true } : fieldStep(name, type);
  emitAccess(fn, { ...holder, path: [...holder.path, step] }, 'write', member, value);
  return value;
}

function fieldStep(field: string, of: TypeId | null): PathStep {
  return of === null ? { field } : { field, of };
}
