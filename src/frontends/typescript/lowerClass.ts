/** What evaluating a class does where it stands: computed names, static fields and blocks, decorators. */
import { ts } from 'ts-morph';
import type { Target, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';
import { initialiseStaticField } from './fields.ts';
import { isFunctionWithBody, isStaticMember } from './functionIds.ts';
import { emitImplicit } from './lowerCalls.ts';
import { lowerEffects } from './lowerEffects.ts';
import { functionValue, lower } from './lowerExpression.ts';
import { lowerStatements } from './lowerStatements.ts';
import { propertyNameText } from './placeNames.ts';
import { classType } from './variables.ts';

/** Lowers a class declaration or expression and gives the class. */
export function lowerClass(fn: FunctionContext, node: ts.ClassLikeDeclaration): ValueId {
  const type = classType(fn, node);
  const made = type === null ? fn.builder.unknown('class') : fn.builder.value({ kind: 'class', type });
  const base = node.heritageClauses?.find(clause => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  if (base && ts.isCallExpression(bare(base.expression))) lower(fn, base.expression);
  for (const member of node.members) {
    if (member.name && ts.isComputedPropertyName(member.name) && propertyNameText(member.name) === undefined)
      lower(fn, member.name.expression);
  }
  for (const member of node.members) decorateMember(fn, made, member);
  for (const member of node.members) {
    if (ts.isClassStaticBlockDeclaration(member)) lowerStatements(fn, member.body.statements);
    else if (ts.isPropertyDeclaration(member) && isStaticMember(member)) initialiseStaticField(fn, node, member);
  }
  return decorateClass(fn, node, made);
}

function decoratorsOf(node: ts.Node): readonly ts.Decorator[] {
  return ts.canHaveDecorators(node) ? [...(ts.getDecorators(node) ?? [])].reverse() : [];
}

/** What is decorated: a method, or a class with its members. */
interface Decorated {
  value: ValueId;
  member?(name: string): ValueId | undefined;
}

/** `@Get('/x')`: the tables say what a decorator of a library does with what it is put on (its only argument there). */
function appliedEffects(
  fn: FunctionContext,
  decorator: ts.Decorator,
  external: string,
  decorated: Decorated | undefined,
): ValueId | undefined {
  const node = bare(decorator.expression);
  const api = decorated && ts.isCallExpression(node) ? fn.questions.apiOf(external) : undefined;
  if (!api || !decorated || !ts.isCallExpression(node)) return undefined;
  const { value, member } = decorated;
  const site = { node, at: fn.at(decorator), external, args: [value], spreads: [], optional: false };
  return lowerEffects(fn.effects, member ? { ...site, member } : site, api);
}

/** Calls a decorator with what the language hands it. `external`: a library's, which does not replace what it is put on. */
function callDecorator(
  fn: FunctionContext,
  decorator: ts.Decorator,
  args: ValueId[],
  decorated?: Decorated,
): { result: ValueId; external: boolean } {
  const target = fn.questions.calleeOf(decorator);
  const expression = bare(decorator.expression);
  const known = target.kind === 'external' ? appliedEffects(fn, decorator, target.name, decorated) : undefined;
  if (known !== undefined) return { result: known, external: true };
  const called: Target = target.kind === 'callee-value' ? { kind: 'value', of: lower(fn, expression) } : target;
  return { result: emitImplicit(fn, decorator, called, undefined, args), external: isForeign(fn, called) };
}

/** A decorator that the project did not write keeps the method: nothing says that it replaces it. */
function isForeign(fn: FunctionContext, target: Target): boolean {
  if (target.kind !== 'value') return target.kind === 'external' || target.kind === 'unresolved';
  const value = fn.builder.valueAt(target.of);
  if (value.kind === 'unknown') return true;
  if (value.kind === 'read') return value.place.root.kind === 'external';
  const step = value.kind === 'result' ? fn.builder.stepAt(value.of) : undefined;
  return step?.kind === 'call' && (step.target.kind === 'external' || step.target.kind === 'unresolved');
}

function decorateMember(fn: FunctionContext, holder: ValueId, member: ts.ClassElement): void {
  decorateParameters(fn, holder, member);
  const decorators = decoratorsOf(member);
  if (decorators.length === 0) return;
  const name = fn.builder.constant(JSON.stringify((member.name && propertyNameText(member.name)) ?? ''));
  const method =
    isFunctionWithBody(member) && !ts.isConstructorDeclaration(member) ? functionValue(fn, member) : undefined;
  const legacy = fn.file.loaded.options.experimentalDecorators === true;
  let current = method;
  for (const decorator of decorators) {
    const replaced = legacy
      ? decorateLegacy(fn, decorator, holder, name, current)
      : decorateStandard(fn, decorator, name, current);
    if (replaced !== undefined) current = replaced;
  }
  if (current !== undefined && current !== method) fn.file.decorated.set(member, current);
}

/** `decorate(target, name, descriptor)`, which may put another function into `descriptor.value`. */
function decorateLegacy(
  fn: FunctionContext,
  decorator: ts.Decorator,
  holder: ValueId,
  name: ValueId,
  method: ValueId | undefined,
): ValueId | undefined {
  if (method === undefined) {
    callDecorator(fn, decorator, [holder, name]);
    return undefined;
  }
  const descriptor = fn.builder.value({
    kind: 'object',
    fields: { value: method },
    spreads: [],
    type: null,
    at: fn.at(decorator),
  });
  const { external } = callDecorator(fn, decorator, [holder, name, descriptor], { value: method });
  if (external) return undefined;
  return fn.builder.read({ root: { kind: 'value', of: descriptor }, type: null, path: [{ field: 'value' }] });
}

/** `decorate(method, context)`, whose result replaces the method when it is one. */
function decorateStandard(
  fn: FunctionContext,
  decorator: ts.Decorator,
  name: ValueId,
  method: ValueId | undefined,
): ValueId | undefined {
  const context = fn.builder.value({ kind: 'object', fields: { name }, spreads: [], type: null, at: fn.at(decorator) });
  const args = [method ?? fn.builder.constant('undefined'), context];
  const decorated = method === undefined ? undefined : { value: method };
  const { result, external } = callDecorator(fn, decorator, args, decorated);
  return external || method === undefined ? undefined : fn.choice([result, method], { kind: 'truthy', value: result });
}

function decorateParameters(fn: FunctionContext, holder: ValueId, member: ts.ClassElement): void {
  if (!isFunctionWithBody(member)) return;
  member.parameters.forEach((parameter, index) => {
    for (const decorator of decoratorsOf(parameter)) {
      const name = fn.builder.constant(JSON.stringify((member.name && propertyNameText(member.name)) ?? ''));
      callDecorator(fn, decorator, [holder, name, fn.builder.constant(String(index))]);
    }
  });
}

function decorateClass(fn: FunctionContext, node: ts.ClassLikeDeclaration, made: ValueId): ValueId {
  const member = (name: string): ValueId | undefined => {
    const found = node.members.find(
      one => one.name !== undefined && propertyNameText(one.name) === name && !isStaticMember(one),
    );
    return found && isFunctionWithBody(found) ? functionValue(fn, found) : undefined;
  };
  for (const decorator of decoratorsOf(node)) callDecorator(fn, decorator, [made], { value: made, member });
  return made;
}
