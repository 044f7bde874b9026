/**
 * What the declared type at a position says of a function that is given there, and what an expression's type says of a
 * promise in it. Declared types only: no argument is inferred from, so that the answer is cheap and does not depend on
 * the function itself.
 */
import { ts } from 'ts-morph';
import { bare, isConstVariable, symbolOf, type Asking } from './asking.ts';
import { shortText } from './callees.ts';
import { packageOfDeclaration } from './externalNames.ts';
import { givesOf, givesOfType } from './gives.ts';

/** What a function expression, or a reference to a function, gives when it is called. */
export function returnedBy(asking: Asking, node: ts.Node): 'promise' | 'maybe-promise' | undefined {
  if (ts.isFunctionLike(node)) return returnedByLiteral(asking, node);
  const type = asking.checker.getNonNullableType(asking.checker.getTypeAtLocation(node));
  return strongest(type.getCallSignatures().map(each => givesOfType(asking, each.getReturnType())));
}

function returnedByLiteral(asking: Asking, node: ts.SignatureDeclaration): 'promise' | 'maybe-promise' | undefined {
  if ('asteriskToken' in node && node.asteriskToken) return undefined;
  if (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) return 'promise';
  if (!mayGivePromise(node)) return undefined;
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return strongest([givesOf(asking, node.body, false)]);
  const signature = asking.checker.getSignatureFromDeclaration(node);
  return signature && strongest([givesOfType(asking, signature.getReturnType())]);
}

const WHOLE: ReadonlySet<string> = new Set(['promise', 'lazy', 'thenable']);

function strongest(answers: readonly string[]): 'promise' | 'maybe-promise' | undefined {
  if (answers.length > 0 && answers.every(each => WHOLE.has(each))) return 'promise';
  return answers.some(each => each === 'promise' || each === 'lazy' || each === 'maybe-promise')
    ? 'maybe-promise'
    : undefined;
}

/** By syntax: it is async, or gives something that is computed. */
export function mayGivePromise(node: ts.SignatureDeclaration): boolean {
  if (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) return true;
  const body = 'body' in node ? node.body : undefined;
  if (!body) return false;
  return ts.isBlock(body) ? returnsSomething(body) : isComputed(bare(body));
}

function isComputed(node: ts.Expression): boolean {
  if (ts.isConditionalExpression(node)) return isComputed(bare(node.whenTrue)) || isComputed(bare(node.whenFalse));
  if (ts.isBinaryExpression(node))
    return node.operatorToken.kind !== ts.SyntaxKind.EqualsToken && isComputed(bare(node.right));
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isIdentifier(node) ||
    ts.isPropertyAccessExpression(node)
  );
}

function returnsSomething(block: ts.Block): boolean {
  const pending: ts.Node[] = [block];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (ts.isReturnStatement(node) && node.expression && isComputed(bare(node.expression))) return true;
    ts.forEachChild(node, child => {
      if (!ts.isFunctionLike(child) && !ts.isClassLike(child)) pending.push(child);
    });
  }
  return false;
}

/** Who takes the function, when the declared type of its position says that what it returns is ignored. */
export function ignoredAt(asking: Asking, node: ts.Node): { taker: string } | undefined {
  const position = positionOf(node);
  if (!position) return undefined;
  if (isHandlerOfPage(asking, position)) return { taker: takerOf(position.holder, position.child) };
  const types = expectedAt(asking, position.holder, position.child);
  if (types.length === 0 || types.some(type => isWaitedFor(asking, type))) return undefined;
  const returns = types.flatMap(type => returnsOf(asking, type));
  return returns.length > 0 && returns.every(isIgnored)
    ? { taker: takerOf(position.holder, position.child) }
    : undefined;
}

/** `button.onclick = …`: typed as taking anything, and ignoring it. */
function isHandlerOfPage(asking: Asking, { holder, child }: { holder: ts.Node; child: ts.Node }): boolean {
  if (!ts.isBinaryExpression(holder) || holder.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  const { left } = holder;
  if (holder.right !== child || !ts.isPropertyAccessExpression(left) || !/^on[a-z]/.test(left.name.text)) return false;
  return symbolOf(asking, left)?.declarations?.some(each => packageOfDeclaration(asking, each) === 'lib') ?? false;
}

/** By the tables: the library looks for a promise, though the type says that there is none. */
function isWaitedFor(asking: Asking, type: ts.Type): boolean {
  const symbol = type.aliasSymbol ?? type.getSymbol();
  const [declaration] = symbol?.declarations ?? [];
  const home = symbol && declaration && packageOfDeclaration(asking, declaration);
  return home !== undefined && asking.index.isWaitedFor(`${home}#${symbol?.name}`);
}

const isIgnored = (type: ts.Type): boolean => (type.flags & ts.TypeFlags.Void) !== 0;

/** What the function types among the parts of a type return. */
function returnsOf(asking: Asking, type: ts.Type): ts.Type[] {
  const known = asking.checker.getNonNullableType(type);
  const parts = known.isUnion() ? known.types : [known];
  return parts.flatMap(part => part.getCallSignatures().map(each => each.getReturnType()));
}

/** Out of parentheses, assertions and alternatives: the node that stands somewhere, and where. */
function positionOf(node: ts.Node): { holder: ts.Node; child: ts.Node } | undefined {
  let child = node;
  for (;;) {
    const holder = child.parent;
    const passes =
      ts.isParenthesizedExpression(holder) ||
      ts.isNonNullExpression(holder) ||
      (ts.isConditionalExpression(holder) && holder.condition !== child) ||
      (ts.isBinaryExpression(holder) && isAlternative(holder.operatorToken.kind) && holder.right === child) ||
      ts.isJsxExpression(holder);
    if (!passes) return ts.isSourceFile(holder) ? undefined : { holder, child };
    child = holder;
  }
}

const isAlternative = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.AmpersandAmpersandToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.QuestionQuestionToken;

/** The declared types of a position; several where the callee has overloads. Empty: nothing is declared. */
function expectedAt(asking: Asking, holder: ts.Node, child: ts.Node): ts.Type[] {
  const { checker } = asking;
  if (ts.isCallExpression(holder) || ts.isNewExpression(holder)) {
    const index = holder.arguments?.findIndex(each => each === child) ?? -1;
    return index < 0 ? [] : parameterTypes(asking, holder, index);
  }
  if (ts.isVariableDeclaration(holder) || ts.isPropertyDeclaration(holder))
    return holder.initializer === child && holder.type ? [checker.getTypeFromTypeNode(holder.type)] : [];
  if (ts.isBinaryExpression(holder))
    return holder.right === child && holder.operatorToken.kind === ts.SyntaxKind.EqualsToken
      ? [checker.getTypeAtLocation(holder.left)]
      : [];
  if (ts.isObjectLiteralElementLike(holder)) return propertyTypes(asking, holder, child);
  if (ts.isObjectLiteralExpression(holder) && ts.isMethodDeclaration(child))
    return memberTypes(asking, holder, child.name);
  if (ts.isArrayLiteralExpression(holder)) return elementTypes(asking, holder);
  if (ts.isJsxAttribute(holder)) {
    const type =
      holder.initializer && ts.isJsxExpression(holder.initializer)
        ? checker.getContextualType(holder.initializer)
        : undefined;
    return type ? [type] : [];
  }
  if (ts.isReturnStatement(holder)) return returnTypes(asking, holder);
  return [];
}

function propertyTypes(asking: Asking, property: ts.ObjectLiteralElementLike, child: ts.Node): ts.Type[] {
  const isValue =
    (ts.isPropertyAssignment(property) && property.initializer === child) ||
    (ts.isShorthandPropertyAssignment(property) && property.name === child);
  return isValue && ts.isObjectLiteralExpression(property.parent)
    ? memberTypes(asking, property.parent, property.name)
    : [];
}

/** The declared types of a property, by the declared types of the object that it is written in. */
function memberTypes(asking: Asking, literal: ts.ObjectLiteralExpression, name: ts.PropertyName): ts.Type[] {
  if (ts.isComputedPropertyName(name) || ts.isPrivateIdentifier(name)) return [];
  return expectedOf(asking, literal).flatMap(type => {
    const known = asking.checker.getNonNullableType(type);
    const parts = known.isUnion() ? known.types : [known];
    return parts.flatMap(part => {
      const property = asking.checker.getPropertyOfType(part, name.text);
      return property ? [asking.checker.getTypeOfSymbol(property)] : [];
    });
  });
}

function elementTypes(asking: Asking, literal: ts.ArrayLiteralExpression): ts.Type[] {
  return expectedOf(asking, literal).flatMap(type => {
    const element = asking.checker.getIndexTypeOfType(asking.checker.getNonNullableType(type), ts.IndexKind.Number);
    return element ? [element] : [];
  });
}

function expectedOf(asking: Asking, node: ts.Expression): ts.Type[] {
  const position = positionOf(node);
  return position ? expectedAt(asking, position.holder, position.child) : [];
}

function returnTypes(asking: Asking, statement: ts.ReturnStatement): ts.Type[] {
  const declared = functionAround(statement)?.type;
  if (!declared) return [];
  const type = asking.checker.getTypeFromTypeNode(declared);
  return [asking.checker.getAwaitedType(type) ?? type];
}

function functionAround(node: ts.Node): ts.SignatureDeclaration | undefined {
  let owner = node;
  while (!ts.isFunctionLike(owner) && !ts.isSourceFile(owner)) owner = owner.parent;
  return ts.isFunctionLike(owner) ? owner : undefined;
}

/** By the signatures that the callee declares. */
function parameterTypes(asking: Asking, call: ts.CallExpression | ts.NewExpression, index: number): ts.Type[] {
  const { checker } = asking;
  const callee = bare(call.expression);
  const symbol =
    ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee) ? symbolOf(asking, callee) : undefined;
  const type = symbol ? checker.getTypeOfSymbol(symbol) : checker.getTypeAtLocation(callee);
  const known = checker.getNonNullableType(type);
  const constructs = ts.isNewExpression(call) || callee.kind === ts.SyntaxKind.SuperKeyword;
  const signatures = constructs ? known.getConstructSignatures() : known.getCallSignatures();
  return signatures.flatMap(signature => {
    const given = signature.parameters.length;
    const parameter = signature.parameters[Math.min(index, given - 1)];
    if (!parameter) return [];
    const declared = checker.getTypeOfSymbol(parameter);
    if (index < given - 1 || !isRest(parameter)) return index < given ? [declared] : [];
    const element = checker.getIndexTypeOfType(declared, ts.IndexKind.Number);
    return element ? [element] : [];
  });
}

function isRest(parameter: ts.Symbol): boolean {
  return parameter.declarations?.some(each => ts.isParameter(each) && each.dotDotDotToken !== undefined) ?? false;
}

/** Who takes it, in words: a name where something has one, else whoever calls it by a declared type. */
function takerOf(holder: ts.Node, child: ts.Node): string {
  if (ts.isVariableDeclaration(holder) || ts.isReturnStatement(holder)) return callerBy(declaredTypeAt(holder));
  if (ts.isCallExpression(holder)) {
    const callee = bare(holder.expression);
    return ts.isPropertyAccessExpression(callee) ? callee.name.text : shortText(callee);
  }
  if (ts.isNewExpression(holder)) return `new ${shortText(holder.expression)}`;
  if (ts.isBinaryExpression(holder)) return shortText(holder.left);
  const named = ts.isMethodDeclaration(child) ? child : holder;
  if (
    ts.isMethodDeclaration(named) ||
    ts.isPropertyDeclaration(named) ||
    ts.isPropertyAssignment(named) ||
    ts.isShorthandPropertyAssignment(named) ||
    ts.isJsxAttribute(named)
  )
    return shortText(named.name);
  return callerBy(undefined);
}

function declaredTypeAt(node: ts.VariableDeclaration | ts.ReturnStatement): ts.TypeNode | undefined {
  return ts.isVariableDeclaration(node) ? node.type : functionAround(node)?.type;
}

const callerBy = (type: ts.TypeNode | undefined): string =>
  type && ts.isTypeReferenceNode(type) ? `the caller of a \`${shortText(type.typeName)}\`` : 'the caller';

/**
 * What a type says of a promise where a plain value is wanted. `or-value`: it may just as well be a plain value.
 * `whenCalled`: of an optional call (`acl?.allows(id)`) what it gives when it is made.
 */
export function promiseIn(
  asking: Asking,
  node: ts.Expression,
  whenCalled = false,
): 'promise' | 'or-value' | 'value' | 'unknown' {
  const { checker } = asking;
  const expression = bare(node);
  if (isDeclaredPrimitive(asking, expression)) return 'value';
  if (isClaimed(asking, expression)) return 'unknown';
  const isOptional = (expression.flags & ts.NodeFlags.OptionalChain) !== 0;
  const isCall = ts.isCallExpression(expression) && (whenCalled || !isOptional);
  const parts =
    isCall && isOptional
      ? signaturesOf(asking, expression.expression).flatMap(one => partsOf(one.getReturnType()))
      : partsOf(checker.getTypeAtLocation(expression));
  if (parts.length === 0 || parts.some(part => part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)))
    return 'unknown';
  const kinds = parts.map(part => kindOf(asking, part));
  if (!kinds.includes('promise')) return 'value';
  // Without strict null checks, `undefined` hides in every declared type.
  if (kinds.every(kind => kind === 'promise')) return isCall || asking.strictNulls ? 'promise' : 'unknown';
  return kinds.every(kind => kind === 'promise' || kind === 'primitive') ? 'or-value' : 'value';
}

/**
 * `cache.get<Promise<Page>>(key)`: the caller says what it gives, and nothing that the callee is given says so; whether
 * there is anything, neither of them says. Also a variable that holds just this.
 */
function isClaimed(asking: Asking, expression: ts.Expression): boolean {
  const symbol = ts.isIdentifier(expression) ? asking.checker.getSymbolAtLocation(expression) : undefined;
  const [declared] = symbol?.declarations ?? [];
  const isPlain = declared !== undefined && ts.isVariableDeclaration(declared) && isConstVariable(declared);
  const call = isPlain && !declared.type && declared.initializer ? bare(declared.initializer) : expression;
  if (!ts.isCallExpression(call) || !call.typeArguments?.length) return false;
  const callee = asking.checker.getResolvedSignature(call)?.declaration;
  const returned = callee?.type;
  if (!callee || !returned || !ts.isTypeReferenceNode(returned)) return false;
  const name = returned.typeName.getText();
  const mentions = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name) || (ts.forEachChild(node, mentions) ?? false);
  return (
    (callee.typeParameters?.some(each => ts.isTypeParameterDeclaration(each) && each.name.text === name) ?? false) &&
    !callee.parameters.some(each => 'type' in each && each.type !== undefined && mentions(each.type))
  );
}

/**
 * A variable, property or parameter that is declared as one which may hold nothing: a condition asks whether it does,
 * whatever is known of it at that place.
 */
export function mayHoldNothing(asking: Asking, node: ts.Expression): boolean {
  const expression = bare(node);
  if (!ts.isIdentifier(expression) && !ts.isPropertyAccessExpression(expression)) return false;
  const symbol = symbolOf(asking, expression);
  if (!symbol) return false;
  if (partsOf(asking.checker.getTypeOfSymbol(symbol)).some(part => part.flags & NOTHING)) return true;
  return (
    symbol.declarations?.some(
      each =>
        (ts.isVariableDeclaration(each) ||
          ts.isParameter(each) ||
          ts.isPropertyDeclaration(each) ||
          ts.isPropertySignature(each)) &&
        (('questionToken' in each && each.questionToken !== undefined) ||
          namesNothing(each.type) ||
          ('initializer' in each && each.initializer !== undefined && ts.isOptionalChain(bare(each.initializer)))),
    ) ?? false
  );
}

/** Without strict null checks, the type itself no longer tells. */
const namesNothing = (type: ts.TypeNode | undefined): boolean =>
  type !== undefined &&
  ts.isUnionTypeNode(type) &&
  type.types.some(
    each =>
      each.kind === ts.SyntaxKind.UndefinedKeyword ||
      (ts.isLiteralTypeNode(each) && each.literal.kind === ts.SyntaxKind.NullKeyword),
  );

const NOTHING = ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void;

const partsOf = (type: ts.Type): ts.Type[] => (type.isUnion() ? type.types : [type]);

function signaturesOf({ checker }: Asking, callee: ts.Expression): readonly ts.Signature[] {
  return checker.getNonNullableType(checker.getTypeAtLocation(callee)).getCallSignatures();
}

/**
 * A name of a primitive type: no test before it makes it anything else. Asking for its type at the place costs a walk
 * through all of these tests, which in a long chain of them (`if (x === 1) … else if (x === 2) …`) is all the time.
 */
function isDeclaredPrimitive({ checker }: Asking, expression: ts.Expression): boolean {
  const symbol = ts.isIdentifier(expression) ? checker.getSymbolAtLocation(expression) : undefined;
  return symbol !== undefined && (checker.getTypeOfSymbol(symbol).flags & PRIMITIVE) !== 0;
}

function kindOf(asking: Asking, type: ts.Type): 'promise' | 'primitive' | 'other' {
  if (type.flags & PRIMITIVE) return 'primitive';
  const gives = givesOfType(asking, type);
  return gives === 'promise' || gives === 'lazy' ? 'promise' : 'other';
}

const PRIMITIVE =
  ts.TypeFlags.BooleanLike | ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike;

/**
 * The declaration, in words, that a class member implements or overrides and that returns nothing; undefined when there
 * is none, or the member cannot give a promise.
 */
export function overriddenVoid(
  asking: Asking,
  member: ts.MethodDeclaration | ts.PropertyDeclaration,
): string | undefined {
  const node = ts.isMethodDeclaration(member) ? member : member.initializer && bare(member.initializer);
  const holder = member.parent;
  if (!node || !ts.isFunctionLike(node) || !mayGivePromise(node) || !ts.isClassLike(holder)) return undefined;
  if (ts.isComputedPropertyName(member.name) || ts.isPrivateIdentifier(member.name)) return undefined;
  const name = member.name.text;
  if (isWaitedForBy(asking, holder, name, new Set())) return undefined;
  const base = heritageOf(holder).find(each => {
    const returns = returnsOfMember(asking, asking.checker.getTypeAtLocation(each), name);
    return returns.length > 0 && returns.every(isIgnored);
  });
  return base && returnedBy(asking, node) !== undefined ? `${shortText(base.expression)}.${name}` : undefined;
}

const heritageOf = (holder: ts.ClassLikeDeclaration | ts.InterfaceDeclaration): ts.ExpressionWithTypeArguments[] =>
  (holder.heritageClauses ?? []).flatMap(clause => [...clause.types]);

/** What a member of a type returns; empty: there is none, or nothing is promised of it. */
function returnsOfMember(asking: Asking, type: ts.Type, name: string): ts.Type[] {
  const property = asking.checker.getPropertyOfType(type, name);
  return property && !property.declarations?.some(isLeftOpen)
    ? returnsOf(asking, asking.checker.getTypeOfSymbol(property))
    : [];
}

/**
 * Some class or interface that it extends or implements, over as many as it takes, declares the member to give something:
 * whoever calls it by that type looks at it. An interface that is not found may declare just that.
 */
function isWaitedForBy(
  asking: Asking,
  holder: ts.ClassLikeDeclaration | ts.InterfaceDeclaration,
  name: string,
  seen: Set<ts.Node>,
): boolean {
  if (seen.has(holder)) return false;
  seen.add(holder);
  return heritageOf(holder).some(base => {
    const type = asking.checker.getTypeAtLocation(base);
    if (type.flags & ts.TypeFlags.Any)
      return ts.isHeritageClause(base.parent) && base.parent.token === ts.SyntaxKind.ImplementsKeyword;
    if (returnsOfMember(asking, type, name).some(each => !isIgnored(each))) return true;
    return (type.getSymbol()?.declarations ?? []).some(
      each => (ts.isClassLike(each) || ts.isInterfaceDeclaration(each)) && isWaitedForBy(asking, each, name, seen),
    );
  });
}

/**
 * A member that ends in a `throw`, or in JavaScript one that is empty, is there to be overridden: that it returns nothing
 * is nobody's promise.
 */
function isLeftOpen(declaration: ts.Declaration): boolean {
  if (!ts.isMethodDeclaration(declaration) || declaration.type || ts.getJSDocReturnType(declaration)) return false;
  const last = declaration.body?.statements.at(-1);
  return last === undefined ? (declaration.flags & ts.NodeFlags.JavaScriptFile) !== 0 : ts.isThrowStatement(last);
}

/** A value of the expression's type is there: never `undefined` or `null`. */
export function isThere(asking: Asking, node: ts.Expression): boolean {
  const type = asking.checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  const open = ts.TypeFlags.Any | ts.TypeFlags.Unknown | NOTHING;
  return asking.strictNulls && parts.every(part => (part.flags & (open | ts.TypeFlags.Instantiable)) === 0);
}
