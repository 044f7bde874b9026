/**
 * JSX: the attributes and children are the props of the element. A component is a function of the props, called here (the
 * page renders it in the same turn); handlers of page elements are called by the outside, any number of times.
 */
import { ts } from 'ts-morph';
import type { EntryPoint, Target, ValueId } from '../../model/facts.ts';
import type { FunctionContext } from './context.ts';
import { emitImplicit } from './lowerCalls.ts';
import { lower } from './lowerExpression.ts';
import { setField } from './lowerLiterals.ts';
import { add } from './noteContracts.ts';
import { resolveName } from './names.ts';
import { isComponentTag } from './scopes.ts';

type JsxNode = ts.JsxElement | ts.JsxSelfClosingElement | ts.JsxFragment;

export function lowerJsx(fn: FunctionContext, node: JsxNode): ValueId {
  const fields: Record<string, ValueId> = {};
  const spreads: ValueId[] = [];
  const opening = ts.isJsxElement(node) ? node.openingElement : ts.isJsxSelfClosingElement(node) ? node : undefined;
  const isPageElement =
    opening !== undefined && ts.isIdentifier(opening.tagName) && !isComponentTag(opening.tagName.text);
  for (const attribute of opening?.attributes.properties ?? []) {
    if (ts.isJsxSpreadAttribute(attribute)) spreads.push(lower(fn, attribute.expression));
    else {
      const name = ts.isIdentifier(attribute.name) ? attribute.name.text : attribute.name.name.text;
      const value = attributeValue(fn, attribute);
      setField(fn, fields, name, value);
      if (isPageElement && /^on[A-Z]/.test(name)) registerHandler(fn, attribute, name, value);
    }
  }
  if (!ts.isJsxSelfClosingElement(node)) lowerChildren(fn, node, fields);
  const props = fn.builder.value({ kind: 'object', fields, spreads, type: null, at: fn.at(node) });
  if (!opening || isPageElement) return props;
  const target = componentTarget(fn, opening.tagName);
  return target ? emitImplicit(fn, opening, target, undefined, [props]) : props;
}

function attributeValue(fn: FunctionContext, attribute: ts.JsxAttribute): ValueId {
  const { initializer } = attribute;
  if (!initializer) return fn.builder.constant('true');
  if (!ts.isJsxExpression(initializer)) return lower(fn, initializer);
  return initializer.expression ? lower(fn, initializer.expression) : fn.builder.constant('undefined');
}

function lowerChildren(
  fn: FunctionContext,
  node: ts.JsxElement | ts.JsxFragment,
  fields: Record<string, ValueId>,
): void {
  const values: ValueId[] = [];
  for (const child of node.children) {
    if (ts.isJsxExpression(child)) {
      if (child.expression) values.push(lower(fn, child.expression));
    } else if (!ts.isJsxText(child)) values.push(lower(fn, child));
  }
  const [only] = values;
  if (only === undefined) return;
  setField(
    fn,
    fields,
    'children',
    values.length === 1 ? only : fn.builder.value({ kind: 'array', values, spreads: [], at: fn.at(node) }),
  );
}

function componentTarget(fn: FunctionContext, tag: ts.JsxTagNameExpression): Target | undefined {
  if (!ts.isIdentifier(tag))
    return ts.isPropertyAccessExpression(tag) ? { kind: 'value', of: lower(fn, tag) } : undefined;
  const named = resolveName(fn, tag);
  if (named.kind === 'external') return { kind: 'external', name: named.name };
  if (named.kind === 'unknown') return { kind: 'unresolved', text: tag.text };
  const declaration =
    named.kind === 'variable' ? named.variable.declaration : named.kind === 'module' ? named.declaration : undefined;
  const id = declaration && ts.isFunctionDeclaration(declaration) ? fn.questions.functionIdOf(declaration) : undefined;
  return id === undefined ? { kind: 'value', of: lower(fn, tag) } : { kind: 'functions', ids: [id] };
}

function registerHandler(fn: FunctionContext, attribute: ts.JsxAttribute, name: string, handler: ValueId): void {
  const entry: EntryPoint = {
    trigger: 'input',
    label: `${name} of <${ts.isJsxOpeningElement(attribute.parent.parent) || ts.isJsxSelfClosingElement(attribute.parent.parent) ? attribute.parent.parent.tagName.getText() : ''}>`,
    instances: 'many',
    evidence: 'framework',
    awaitsHandler: false,
    rejection: 'lost',
    confined: [0],
    runsOn: 'event-loop',
    test: fn.effects.test,
  };
  const value = fn.builder.valueAt(handler);
  if (value.kind === 'function') entry.function = value.id;
  fn.builder.emit({ kind: 'register', at: fn.at(attribute), handler, entry });
  if (attribute.initializer && ts.isJsxExpression(attribute.initializer) && attribute.initializer.expression)
    add(fn.builder.facts, {
      at: fn.at(attribute.initializer.expression),
      callback: handler,
      result: 'ignored',
      taker: name,
      source: 'library',
    });
}
