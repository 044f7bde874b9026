/** What an identifier used as a value means: a variable of the file, itself, or something of another module. */
import { ts } from 'ts-morph';
import type { Place, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';
import { slotName, type Variable } from './fileScopes.ts';
import { functionIdIn } from './functionIds.ts';
import type { Meaning } from './lowering.ts';
import { isImportName } from './scopes.ts';
import { classType, readPlace, readVariable } from './variables.ts';

export type Named =
  | { kind: 'variable'; variable: Variable }
  /** The name of a function or class expression, inside it. */
  | { kind: 'itself'; declaration: ts.FunctionExpression | ts.ClassExpression }
  | Exclude<Meaning, { kind: 'local' }>;

/** Resolves by syntax where the file itself declares the name; asks the checker about imports and globals only. */
export function resolveName(fn: FunctionContext, name: ts.Identifier): Named {
  const declaration = fn.file.scopes.declarationOf(name);
  if (declaration && (ts.isFunctionExpression(declaration) || ts.isClassExpression(declaration)))
    return { kind: 'itself', declaration };
  if (declaration && !isImportName(declaration) && !isRequired(declaration)) {
    const variable = fn.file.scopes.variableOf(declaration);
    if (variable) return { kind: 'variable', variable };
  }
  if (!declaration && name.text === 'exports' && isCommonJs(fn))
    return { kind: 'namespace', file: fn.file.loaded.file };
  // In JavaScript the checker takes `globalThis.x = …` for a declaration of `globalThis` in the file.
  if (!declaration && name.text === 'globalThis') return { kind: 'external', name: 'lib#globalThis' };
  const meaning = fn.questions.meaningOf(name);
  if (meaning.kind !== 'local') return meaning;
  const variable = declaration && fn.file.scopes.variableOf(declaration);
  return variable ? { kind: 'variable', variable } : { kind: 'unknown' };
}

/** `const x = require('y')`, `const { z } = require('y')`: as good as an import. */
function isRequired(declaration: ts.Declaration): boolean {
  const holder = ts.isBindingElement(declaration) ? declaration.parent.parent : declaration;
  if (!ts.isVariableDeclaration(holder) || !holder.initializer) return false;
  let value = bare(holder.initializer);
  while (ts.isPropertyAccessExpression(value)) value = value.expression;
  return ts.isCallExpression(value) && ts.isIdentifier(value.expression) && value.expression.text === 'require';
}

function isCommonJs(fn: FunctionContext): boolean {
  return (fn.file.loaded.source.flags & ts.NodeFlags.JavaScriptFile) !== 0;
}

/** `module.exports` of a CommonJS file. */
export function isModuleExports(fn: FunctionContext, node: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'exports' || !isCommonJs(fn)) return false;
  return (
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'module' &&
    !fn.file.scopes.declarationOf(node.expression)
  );
}

/** The place that a meaning outside of the file's own variables is; undefined when nothing is known. */
export function meaningPlace(meaning: Meaning): Place | undefined {
  switch (meaning.kind) {
    case 'module':
      return { root: { kind: 'module', file: meaning.file, name: meaning.name }, type: null, path: [] };
    case 'namespace':
      return { root: { kind: 'module', file: meaning.file, name: '*' }, type: null, path: [] };
    case 'external':
      return { root: { kind: 'external', name: meaning.name }, type: null, path: [] };
    default:
      return undefined;
  }
}

/** The value of an identifier. */
export function lowerIdentifier(fn: FunctionContext, name: ts.Identifier): ValueId {
  if (name.text === 'undefined') return fn.builder.constant('undefined');
  const named = resolveName(fn, name);
  if (named.kind === 'external' && named.name === 'lib#Infinity') return fn.builder.constant('Infinity');
  if (named.kind === 'variable') return readVariable(fn, named.variable, name);
  if (named.kind === 'itself') return itselfValue(fn, named.declaration);
  if (named.kind === 'unknown')
    return name.text === 'arguments' ? argumentsValue(fn, name) : fn.builder.unknown(name.text);
  const place = meaningPlace(named);
  if (!place) return fn.builder.unknown(name.text);
  return named.kind === 'module' && mayChange(named.declaration) ? readPlace(fn, place, name) : fn.builder.read(place);
}

function itselfValue(fn: FunctionContext, declaration: ts.FunctionExpression | ts.ClassExpression): ValueId {
  if (ts.isClassExpression(declaration)) {
    const type = classType(fn, declaration);
    return type === null ? fn.builder.unknown('class') : fn.builder.value({ kind: 'class', type });
  }
  const { source, file } = fn.file.loaded;
  return fn.builder.value({ kind: 'function', id: functionIdIn(source, file, declaration) ?? `${file}#` });
}

/** `arguments`: the parameters as an array, when the function names any. */
function argumentsValue(fn: FunctionContext, name: ts.Identifier): ValueId {
  const { parameters } = fn.builder.facts;
  if (parameters.length === 0 || ts.isArrowFunction(fn.scope.node)) return fn.builder.unknown('arguments');
  const values = parameters.map((_, index) => parameterValue(fn, index));
  const spreads = parameters.flatMap((parameter, index) => (parameter.rest ? [index] : []));
  return fn.builder.value({ kind: 'array', values, spreads, at: fn.at(name) });
}

/** What the caller passes for a parameter. */
export function parameterValue(fn: FunctionContext, index: number): ValueId {
  return fn.builder.read({
    root: { kind: 'parameter', index },
    type: fn.builder.facts.parameters[index]?.type ?? null,
    path: [],
  });
}

/** Whether another module's variable may be assigned again (`export let`). */
export function mayChange(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  return ts.isVariableDeclaration(node) && (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) === 0;
}

/** The member of a namespace or enum declaration that `N.x` names; the declaration when it is one. */
export function declaredMember(
  declaration: ts.Declaration,
  name: string,
): { kind: 'enum' } | { kind: 'member'; slot: string } | undefined {
  if (ts.isEnumDeclaration(declaration)) return { kind: 'enum' };
  if (ts.isModuleDeclaration(declaration)) return { kind: 'member', slot: `${slotName(declaration)}.${name}` };
  return undefined;
}
