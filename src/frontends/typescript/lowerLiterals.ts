/** Object, array and template literals. */
import { ts } from 'ts-morph';
import type { ValueId } from '../../model/facts.ts';
import { symbolName } from './constants.ts';
import type { FunctionContext } from './context.ts';
import { spreadOf } from './entries.ts';
import { functionValue, lower } from './lowerExpression.ts';
import { lowerIdentifier } from './names.ts';
import { memberPrefix, propertyNameText } from './placeNames.ts';
import { mayGivePromise } from './contracts.ts';
import { noteDeclared } from './noteContracts.ts';
import { notePlain } from './plainUses.ts';
import { askGives } from './results.ts';

/** The field of an object literal that stands for all whose names are computed. */
const ANY_NAME = '*';

export function lowerObject(fn: FunctionContext, node: ts.ObjectLiteralExpression): ValueId {
  const fields: Record<string, ValueId> = {};
  const spreads: ValueId[] = [];
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = lower(fn, property.expression);
      notePlain(fn, property.expression, spread, 'spread');
      spreads.push(spread);
      continue;
    }
    const value = propertyValue(fn, property);
    setField(fn, fields, memberPrefix(property) + propertyName(fn, property.name), value);
  }
  const type = holdsMade(fn, fields) ? fn.questions.wantedAs(node) : null;
  return fn.builder.value({ kind: 'object', fields, spreads, type, at: fn.at(node) });
}

/** Something that was made here, or that a call gave: which objects have it, their type tells. */
const holdsMade = (fn: FunctionContext, fields: Readonly<Record<string, ValueId>>): boolean =>
  Object.values(fields).some(value => ['result', 'view', 'choice', 'settled'].includes(fn.builder.valueAt(value).kind));

function propertyValue(
  fn: FunctionContext,
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
): ValueId {
  if (ts.isPropertyAssignment(property)) {
    const value = lower(fn, property.initializer);
    askGives(fn, value, property.initializer, 'stored');
    return value;
  }
  if (ts.isShorthandPropertyAssignment(property)) return lowerIdentifier(fn, property.name);
  const value = functionValue(fn, property);
  if (ts.isMethodDeclaration(property) && mayGivePromise(property)) noteDeclared(fn, property, value);
  return value;
}

function propertyName(fn: FunctionContext, name: ts.PropertyName): string {
  const text = propertyNameText(name);
  if (text !== undefined) return text;
  if (!ts.isComputedPropertyName(name)) return ANY_NAME;
  lower(fn, name.expression);
  return symbolName(fn.questions, name.expression) ?? ANY_NAME;
}

/** Own property whatever the name (`__proto__`); several values of one computed name are one choice. */
export function setField(fn: FunctionContext, fields: Record<string, ValueId>, name: string, value: ValueId): void {
  const known = name === ANY_NAME && Object.hasOwn(fields, name) ? fields[name] : undefined;
  const held = known === undefined ? value : fn.choice([known, value]);
  Object.defineProperty(fields, name, { value: held, enumerable: true, writable: true, configurable: true });
}

export function lowerArray(fn: FunctionContext, node: ts.ArrayLiteralExpression): ValueId {
  const spreads: number[] = [];
  const values = node.elements.map((element, index) => {
    if (ts.isSpreadElement(element)) spreads.push(index);
    const given = lower(fn, element);
    if (ts.isSpreadElement(element)) notePlain(fn, element.expression, given, 'spread');
    const value = ts.isSpreadElement(element) ? spreadOf(fn, element.expression, given) : given;
    askGives(fn, value, element, 'stored');
    return value;
  });
  return fn.builder.value({ kind: 'array', values, spreads, at: fn.at(node) });
}

export function lowerTemplate(fn: FunctionContext, node: ts.TemplateExpression): ValueId {
  const parts: (string | ValueId)[] = node.head.text === '' ? [] : [node.head.text];
  for (const span of node.templateSpans) {
    const part = lower(fn, span.expression);
    notePlain(fn, span.expression, part, 'template');
    parts.push(part);
    if (span.literal.text !== '') parts.push(span.literal.text);
  }
  return fn.builder.value({ kind: 'template', parts });
}
