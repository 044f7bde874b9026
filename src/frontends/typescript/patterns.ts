/** Takes values apart: variable declarations, parameters, destructuring assignments. */
import { ts } from 'ts-morph';
import type { PathStep, Place, ValueId } from '../../model/facts.ts';
import { oneArm } from './arms.ts';
import { bare, type FunctionContext } from './context.ts';
import { lower } from './lowerExpression.ts';
import { meaningPlace, resolveName } from './names.ts';
import {
  accessPlace,
  isAccess,
  mayBeShared,
  placeOf,
  placeOfValue,
  readAccess,
  readByGetter,
  valuePlace,
  writeAccess,
} from './places.ts';
import { propertyNameText } from './placeNames.ts';
import { emitAccess, writeVariable } from './variables.ts';

/** What a pattern takes apart: a value, and the place it was read from when that can be named. */
interface Source {
  value: ValueId;
  place: Place;
}

export function sourceOf(value: ValueId, place: Place = valuePlace(value)): Source {
  return { value, place };
}

/** Binds the names of a declaration. */
export function bind(fn: FunctionContext, name: ts.BindingName, source: Source): void {
  if (ts.isIdentifier(name)) {
    const declaration = declarationFor(name);
    const variable = declaration && fn.file.scopes.variableOf(declaration);
    if (variable) writeVariable(fn, variable, source.value, name);
    return;
  }
  name.elements.forEach((element, index) => {
    if (ts.isOmittedExpression(element)) return;
    let part: Source;
    if (element.dotDotDotToken)
      part = sourceOf(
        fn.builder.value({
          kind: 'from',
          values: [source.value],
          how: 'copy',
          ...(ts.isArrayBindingPattern(name) && { rest: index }),
        }),
      );
    else if (ts.isArrayBindingPattern(name)) part = sourceOf(elementOf(fn, source.value, index));
    else {
      const key = element.propertyName ?? element.name;
      part = propertyOf(fn, source, key, element);
    }
    bind(fn, element.name, element.initializer ? withDefault(fn, part, element.initializer) : part);
  });
}

/** Only declarations of variables and parameters, and their binding elements, bind names. */
function declarationFor(name: ts.Identifier): ts.Declaration | undefined {
  const { parent } = name;
  return ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent) ? parent : undefined;
}

/** `x.key` where only the pattern says it. */
function propertyOf(fn: FunctionContext, source: Source, key: ts.PropertyName | ts.BindingName, node: ts.Node): Source {
  const name = propertyNameText(key);
  const direct = name === undefined ? undefined : literalField(fn, source, name);
  if (direct !== undefined) return sourceOf(direct);
  const { place } = source;
  let step: PathStep;
  if (name === undefined) step = ts.isComputedPropertyName(key) ? { key: lower(fn, key.expression) } : { any: true };
  else if (place.root.kind === 'module' && place.root.name === '*' && place.path.length === 0)
    return readFrom(fn, { root: { kind: 'module', file: place.root.file, name }, type: null, path: [] }, node);
  else step = ts.isBindingElement(node) && mayBeShared(fn, place) ? fn.questions.fieldOf(node, name) : { field: name };
  const part = { ...place, path: [...place.path, step] };
  const given = ts.isBindingElement(node) && name !== undefined ? readByGetter(fn, node, name, part) : undefined;
  return given === undefined ? readFrom(fn, part, node) : sourceOf(given);
}

function readFrom(fn: FunctionContext, place: Place, node: ts.Node): Source {
  return sourceOf(readAccess(fn, place, node), place);
}

/** The field of an object literal (or `Promise.withResolvers()`) that is taken apart on the spot. */
function literalField(fn: FunctionContext, source: Source, name: string): ValueId | undefined {
  const value = fn.builder.valueAt(source.value);
  if (value.kind !== 'object' || value.spreads.length > 0) return undefined;
  return Object.hasOwn(value.fields, name) ? value.fields[name] : undefined;
}

function withDefault(fn: FunctionContext, part: Source, initializer: ts.Expression): Source {
  const missing = { kind: 'nullish' as const, value: part.value };
  const fallback = oneArm(fn, fn.at(initializer), missing, 'true', () => lower(fn, initializer));
  return sourceOf(fn.choice([fallback, part.value], missing));
}

/** Assigns to an expression: a variable, a property, or a pattern of them. `node`: the whole assignment. */
export function assign(fn: FunctionContext, target: ts.Expression, source: Source, node: ts.Node): void {
  const to = bare(target);
  if (ts.isIdentifier(to)) assignName(fn, to, source.value, node);
  else if (isAccess(to)) writeAccess(fn, to, accessPlace(fn, to), source.value);
  else if (ts.isArrayLiteralExpression(to)) assignElements(fn, to, source, node);
  else if (ts.isObjectLiteralExpression(to))
    for (const property of to.properties) assignProperty(fn, property, source, node);
  else if (ts.isBinaryExpression(to) && to.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    assign(fn, to.left, withDefault(fn, source, to.right), node);
  else fn.gap(to, 'assignment-target');
}

/** Assigns to a name; imports and globals are places outside of the file's variables. */
export function assignName(fn: FunctionContext, name: ts.Identifier, value: ValueId, node: ts.Node): void {
  const named = resolveName(fn, name);
  if (named.kind === 'variable') return writeVariable(fn, named.variable, value, node);
  const place = named.kind === 'itself' ? undefined : meaningPlace(named);
  if (place && place.root.kind !== 'external') emitAccess(fn, place, 'write', node, value);
}

function assignElements(fn: FunctionContext, target: ts.ArrayLiteralExpression, source: Source, node: ts.Node): void {
  target.elements.forEach((element, index) => {
    if (ts.isOmittedExpression(element)) return;
    const rest = ts.isSpreadElement(element);
    const value = rest
      ? fn.builder.value({ kind: 'from', values: [source.value], how: 'copy', rest: index })
      : elementOf(fn, source.value, index);
    assign(fn, rest ? element.expression : element, sourceOf(value), node);
  });
}

/** `[a, b] = [b, a]`: the part itself where the array is written out. */
function elementOf(fn: FunctionContext, of: ValueId, index: number): ValueId {
  const array = fn.builder.valueAt(of);
  const part = array.kind === 'array' && array.spreads.length === 0 ? array.values[index] : undefined;
  return part ?? fn.builder.value({ kind: 'element', of, key: index });
}

function assignProperty(
  fn: FunctionContext,
  property: ts.ObjectLiteralElementLike,
  source: Source,
  node: ts.Node,
): void {
  if (ts.isPropertyAssignment(property))
    assign(fn, property.initializer, propertyOf(fn, source, property.name, property), node);
  else if (ts.isShorthandPropertyAssignment(property)) {
    const part = propertyOf(fn, source, property.name, property);
    const fallback = property.objectAssignmentInitializer;
    assignName(fn, property.name, (fallback ? withDefault(fn, part, fallback) : part).value, node);
  } else if (ts.isSpreadAssignment(property)) {
    const rest = fn.builder.value({ kind: 'from', values: [source.value], how: 'copy' });
    assign(fn, property.expression, sourceOf(rest), node);
  }
}

/** The value of an initialiser together with its place, for patterns. */
export function lowerSource(fn: FunctionContext, initializer: ts.Expression): Source {
  const node = bare(initializer);
  const named = ts.isIdentifier(node) || isAccess(node) || node.kind === ts.SyntaxKind.ThisKeyword;
  if (!named) {
    const value = lower(fn, node);
    return sourceOf(value, placeOfValue(fn, value));
  }
  const place = placeOf(fn, node);
  const value = place.root.kind === 'value' && place.path.length === 0 ? place.root.of : fn.builder.read(place);
  return sourceOf(value, place);
}
