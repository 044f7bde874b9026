/** Constructor functions of old style: `function F() { this.x = … }`, `F.prototype.m = function …`, `util.inherits(F, Base)`. */
import { ts } from 'ts-morph';
import type { TypeFacts, TypeId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import { propertyNameText } from './placeNames.ts';
import { addAssignedField, emptyType, setMethod, thisAssignments, type TypeFactsInput } from './typeFacts.ts';

/** The types that constructor functions of a JavaScript file make; their id is the function's. */
export function prototypeTypes(input: TypeFactsInput): TypeFacts[] {
  if (!(input.source.flags & ts.NodeFlags.JavaScriptFile)) return [];
  const found = new Map<TypeId, TypeFacts>();
  for (const statement of input.source.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    const expression = bare(statement.expression);
    if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      addAssignment(input, found, expression);
    else if (ts.isCallExpression(expression)) addInherits(input, found, expression);
  }
  return [...found.values()];
}

/** The facts of the constructor function that a name means. */
function typeNamed(input: TypeFactsInput, found: Map<TypeId, TypeFacts>, name: ts.Expression): TypeFacts | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  const meaning = input.questions.meaningOf(name);
  if (meaning.kind !== 'module' || meaning.file !== input.file) return undefined;
  const { declaration } = meaning;
  const value =
    ts.isVariableDeclaration(declaration) && declaration.initializer ? bare(declaration.initializer) : declaration;
  if (!ts.isFunctionDeclaration(value) && !ts.isFunctionExpression(value)) return undefined;
  const id = input.questions.functionIdOf(value);
  if (id === undefined) return undefined;
  let facts = found.get(id);
  if (!facts) {
    facts = { ...emptyType(id, value, input.source), construct: id };
    for (const assignment of thisAssignments(value)) addAssignedField(input, facts, assignment);
    found.set(id, facts);
  }
  return facts;
}

/** `F.prototype.m = f`, `F.prototype = { m() {} }`, `F.prototype = Object.create(Base.prototype)`. */
function addAssignment(
  input: TypeFactsInput,
  found: Map<TypeId, TypeFacts>,
  { left, right }: ts.BinaryExpression,
): void {
  if (!ts.isPropertyAccessExpression(left)) return;
  const value = bare(right);
  if (ts.isPropertyAccessExpression(left.expression) && left.expression.name.text === 'prototype') {
    const facts = typeNamed(input, found, left.expression.expression);
    const id = ts.isFunctionExpression(value) ? input.questions.functionIdOf(value) : undefined;
    if (!facts || id === undefined) return;
    setMethod(facts, left.name.text, id);
    for (const assignment of thisAssignments(value)) addAssignedField(input, facts, assignment);
    return;
  }
  if (left.name.text !== 'prototype') return;
  const facts = typeNamed(input, found, left.expression);
  if (!facts) return;
  if (ts.isObjectLiteralExpression(value)) addMembers(input, facts, value);
  else if (ts.isCallExpression(value)) addBase(input, facts, value.arguments[0]);
}

function addMembers(input: TypeFactsInput, facts: TypeFacts, literal: ts.ObjectLiteralExpression): void {
  for (const property of literal.properties) {
    const value = ts.isPropertyAssignment(property) ? bare(property.initializer) : property;
    const name = property.name && propertyNameText(property.name);
    const id = name === undefined ? undefined : input.questions.functionIdOf(value);
    if (name !== undefined && id !== undefined) setMethod(facts, name, id);
  }
}

/** `util.inherits(F, Base)`, `Object.setPrototypeOf(F.prototype, Base.prototype)`. */
function addInherits(input: TypeFactsInput, found: Map<TypeId, TypeFacts>, call: ts.CallExpression): void {
  const [child, parent] = call.arguments;
  const callee = bare(call.expression);
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : '';
  if (!child || (name !== 'inherits' && name !== 'setPrototypeOf')) return;
  const facts = typeNamed(input, found, withoutPrototype(child));
  if (facts) addBase(input, facts, parent);
}

function addBase(input: TypeFactsInput, facts: TypeFacts, base: ts.Expression | undefined): void {
  const named = base && withoutPrototype(base);
  const known = named && constructorId(input, named);
  const id = known ?? (named && input.questions.namedType(named));
  if (id !== undefined && id !== facts.id && !facts.supertypes.includes(id)) facts.supertypes.push(id);
}

function constructorId(input: TypeFactsInput, name: ts.Expression): TypeId | undefined {
  const meaning = ts.isIdentifier(name) ? input.questions.meaningOf(name) : undefined;
  if (meaning?.kind !== 'module' || !ts.isFunctionDeclaration(meaning.declaration)) return undefined;
  return input.questions.functionIdOf(meaning.declaration);
}

function withoutPrototype(node: ts.Expression): ts.Expression {
  const expression = bare(node);
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'prototype'
    ? bare(expression.expression)
    : expression;
}
