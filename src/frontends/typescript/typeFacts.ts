/** What a file says of its classes, interfaces and object type aliases: supertypes, members with bodies, fields. */
import { ts } from 'ts-morph';
import type { At, FunctionId, TypeFacts, TypeId } from '../../model/facts.ts';
import { memberName } from './asking.ts';
import { symbolName } from './constants.ts';
import { isStaticMember, typeIdIn } from './functionIds.ts';
import type { LoweredBodies } from './lowering.ts';
import { memberPrefix } from './placeNames.ts';
import { prototypeTypes } from './prototypeTypes.ts';
import type { FileQuestions } from './questions.ts';

type TypeNode = ts.ClassLikeDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

export interface TypeFactsInput {
  source: ts.SourceFile;
  file: string;
  questions: FileQuestions;
  bodies: Pick<LoweredBodies, 'initials' | 'decorated'>;
}

/** The facts of every named type of the file, in source order; declarations that merge are one type. */
export function typeFactsOf(input: TypeFactsInput): TypeFacts[] {
  const found = new Map<TypeId, TypeFacts>();
  for (const node of typeNodes(input.source)) {
    const id = typeIdIn(input.source, input.file, node);
    if (id === undefined) continue;
    let facts = found.get(id);
    if (!facts) {
      facts = emptyType(id, node, input.source);
      found.set(id, facts);
    }
    addDeclaration(input, facts, node);
  }
  return [...found.values(), ...prototypeTypes(input)];
}

/** Iterative: machine-written sources nest deeper than the stack. */
function typeNodes(source: ts.SourceFile): TypeNode[] {
  const found: TypeNode[] = [];
  const pending: ts.Node[] = [source];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (ts.isClassLike(node) || ts.isInterfaceDeclaration(node)) found.push(node);
    else if (ts.isTypeAliasDeclaration(node)) {
      if (hasShape(node.type)) found.push(node);
      continue;
    }
    const children: ts.Node[] = [];
    ts.forEachChild(node, child => {
      if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) children.push(child);
    });
    for (const child of children.reverse()) pending.push(child);
  }
  return found;
}

/** An alias with members of its own, or of parts that are named types. */
function hasShape(type: ts.TypeNode): boolean {
  return (
    ts.isTypeLiteralNode(type) ||
    ts.isIntersectionTypeNode(type) ||
    (ts.isParenthesizedTypeNode(type) && hasShape(type.type))
  );
}

/** Facts of a type of which nothing is known yet. */
export function emptyType(
  id: TypeId,
  node: ts.Node & { name?: ts.Node | undefined },
  source: ts.SourceFile,
): TypeFacts {
  const isClass = !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node);
  return {
    id,
    name: id.slice(id.indexOf('#') + 1),
    at: atOf(node.name ?? node, source),
    kind: isClass ? 'class' : 'interface',
    isAbstract: hasModifier(node, ts.SyntaxKind.AbstractKeyword),
    supertypes: [],
    methods: {},
    statics: {},
    construct: null,
    fields: {},
    scope: 'unknown',
  };
}

export function atOf(node: ts.Node, source: ts.SourceFile): At {
  return [node.getStart(source), node.end];
}

function addDeclaration(input: TypeFactsInput, facts: TypeFacts, node: TypeNode): void {
  if (ts.isTypeAliasDeclaration(node)) return addAlias(input, facts, node.type);
  for (const clause of node.heritageClauses ?? []) {
    for (const type of clause.types)
      addSupertype(facts, input.questions.namedType(type.expression) ?? input.questions.typeIdOf(type));
  }
  if (ts.isClassLike(node)) facts.construct = input.questions.functionIdOf(node) ?? null;
  for (const member of node.members) addMember(input, facts, member);
  if (ts.isClassLike(node) && node.flags & ts.NodeFlags.JavaScriptFile) addAssignedFields(input, facts, node);
}

function addAlias(input: TypeFactsInput, facts: TypeFacts, type: ts.TypeNode): void {
  if (ts.isTypeLiteralNode(type)) for (const member of type.members) addMember(input, facts, member);
  else if (ts.isParenthesizedTypeNode(type)) addAlias(input, facts, type.type);
  else if (ts.isIntersectionTypeNode(type)) for (const part of type.types) addAlias(input, facts, part);
  else addSupertype(facts, input.questions.typeIdOf(type));
}

function addSupertype(facts: TypeFacts, id: TypeId | null): void {
  if (id !== null && id !== facts.id && !facts.supertypes.includes(id)) facts.supertypes.push(id);
}

function addMember(input: TypeFactsInput, facts: TypeFacts, member: ts.ClassElement | ts.TypeElement): void {
  if (ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member)) addVoid(input, facts, member);
  if (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member)) return addField(input, facts, member);
  if (ts.isConstructorDeclaration(member)) {
    for (const parameter of member.parameters)
      if (ts.isParameterPropertyDeclaration(parameter, member)) addField(input, facts, parameter);
    return;
  }
  if (!ts.isMethodDeclaration(member) && !ts.isAccessor(member)) return;
  const id = input.questions.functionIdOf(member);
  if (id === undefined) return;
  const accessor = memberPrefix(member).replace('static ', '');
  const name = accessor + memberName(member.name);
  setOwn(isStaticMember(member) ? facts.statics : facts.methods, name, id);
  if (isHidden(member)) (facts.hidden ??= []).push(name);
  const decorated = input.bodies.decorated.get(member);
  if (decorated !== undefined) setOwn((facts.decorated ??= {}), name, decorated);
}

function addVoid(input: TypeFactsInput, facts: TypeFacts, member: ts.MethodDeclaration | ts.PropertyDeclaration): void {
  const overridden = isStaticMember(member) ? undefined : input.questions.overriddenVoid(member);
  if (overridden !== undefined) setOwn((facts.voids ??= {}), memberName(member.name), overridden);
}

/** Also for the names that objects inherit: `constructor`, `__proto__`. */
function setOwn<T>(record: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Code outside of the project does not name it. */
const isHidden = (member: ts.Declaration & { name: ts.Node }): boolean =>
  ts.isPrivateIdentifier(member.name) ||
  hasModifier(member, ts.SyntaxKind.PrivateKeyword) ||
  hasModifier(member, ts.SyntaxKind.ProtectedKeyword);

function addField(
  input: TypeFactsInput,
  facts: TypeFacts,
  member: ts.PropertyDeclaration | ts.PropertySignature | ts.ParameterPropertyDeclaration,
): void {
  const initial = input.bodies.initials.get(member);
  setOwn(facts.fields, memberName(member.name), {
    type: input.questions.typeIdOfDeclaration(member),
    readonly: hasModifier(member, ts.SyntaxKind.ReadonlyKeyword),
    isStatic: isStaticMember(member),
    at: atOf(member.name, input.source),
    ...(initial === undefined ? {} : { initial }),
    ...(isHidden(member) ? { hidden: true } : {}),
    ...(member.questionToken ? { optional: true } : {}),
  });
}

/** JavaScript: `this.x = …` in the class's own functions declares a field. */
function addAssignedFields(input: TypeFactsInput, facts: TypeFacts, node: ts.ClassLikeDeclaration): void {
  for (const member of node.members) {
    if (isStaticMember(member) || !ts.isFunctionLike(member)) continue;
    for (const assignment of thisAssignments(member)) addAssignedField(input, facts, assignment);
  }
}

/** A field that an assignment `this.x = …` declares, unless it is known. */
export function addAssignedField(
  input: Pick<TypeFactsInput, 'questions' | 'source'>,
  facts: TypeFacts,
  { left, right }: ThisAssignment,
): void {
  const key = ts.isPropertyAccessExpression(left) ? left.name : left.argumentExpression;
  const name = ts.isPropertyAccessExpression(left)
    ? left.name.text
    : symbolName(input.questions, left.argumentExpression);
  if (name === undefined) return;
  if (Object.hasOwn(facts.fields, name) || Object.hasOwn(facts.methods, name)) return;
  setOwn(facts.fields, name, {
    type: input.questions.typeIdOf(right),
    readonly: false,
    isStatic: false,
    at: atOf(key, input.source),
  });
}

export interface ThisAssignment {
  left: ts.PropertyAccessExpression | ts.ElementAccessExpression;
  right: ts.Expression;
}

/** All `this.x = …` and `this[x] = …` of a function, arrow functions inside it included. */
export function thisAssignments(fn: ts.Node): ThisAssignment[] {
  const found: ThisAssignment[] = [];
  const pending: ts.Node[] = [fn];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && isThisMember(node.left))
      found.push({ left: node.left, right: node.right });
    const children: ts.Node[] = [];
    ts.forEachChild(node, child => {
      const hasOwnThis = ts.isClassLike(child) || (ts.isFunctionLike(child) && !ts.isArrowFunction(child));
      if (!hasOwnThis) children.push(child);
    });
    for (const child of children.reverse()) pending.push(child);
  }
  return found;
}

function isThisMember(node: ts.Expression): node is ThisAssignment['left'] {
  const isMember = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  return isMember && node.expression.kind === ts.SyntaxKind.ThisKeyword;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === kind) ?? false);
}

/** Sets a method of a constructor function's prototype. */
export function setMethod(facts: TypeFacts, name: string, id: FunctionId): void {
  setOwn(facts.methods, name, id);
}
