/** What a call calls: functions of the project, a method for dispatch, a function value, or an external API. */
import { ts } from 'ts-morph';
import type { FunctionId, Target } from '../../model/facts.ts';
import {
  assignedTo,
  bare,
  functionExpression,
  functionIdOf,
  isConstVariable,
  memberName,
  ownTypeId,
  rawSymbolOf,
  sourceFileOf,
  symbolOf,
  type Asking,
} from './asking.ts';
import { externalCallee, inheritedCallee, isTakenOutOfOwn, takenOutCallee, untypedCallee } from './externalCallees.ts';
import { OWN_DECLARATIONS } from './externalNames.ts';
import { isStaticMember } from './functionIds.ts';
import { baseOf, handedOnBy, isMadeAsBase } from './promiseClasses.ts';
import { typeIdOfType } from './typeIds.ts';

/** `callee-value`: the callee is a value of the program; whoever lowers the call follows it. */
export type Callee = Exclude<Target, { kind: 'value' }> | { kind: 'callee-value' };
export type CallNode = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression | ts.Decorator;

const CALLEE_VALUE: Callee = { kind: 'callee-value' };

/** Answers `Questions.calleeOf`. */
export function calleeOf(asking: Asking, call: CallNode): Callee {
  const callee = bare(ts.isTaggedTemplateExpression(call) ? call.tag : call.expression);
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return { kind: 'external', name: 'lib#import' };
  if (callee.kind === ts.SyntaxKind.SuperKeyword) return superConstructor(asking, callee);
  if (ts.isNewExpression(call)) return constructorCallee(asking, callee);
  const literal = functionExpression(callee);
  if (literal) return functions(asking, [literal]) ?? CALLEE_VALUE;
  const symbol = isName(callee) ? symbolOf(asking, callee) : undefined;
  const known = symbol && calleeOfSymbol(asking, symbol, callee);
  return (
    known ??
    untypedCallee(asking, callee) ??
    (isBoundSomewhere(asking, callee) ? CALLEE_VALUE : { kind: 'unresolved', text: shortText(callee) })
  );
}

function isName(callee: ts.Expression): boolean {
  return ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
}

/** A name that nothing declares, or an import that leads nowhere, is nothing we know; the rest is some value of the program. */
function isBoundSomewhere(asking: Asking, callee: ts.Expression): boolean {
  if (!ts.isIdentifier(callee)) return callee.kind !== ts.SyntaxKind.SuperKeyword;
  if (symbolOf(asking, callee)) return true;
  return (
    rawSymbolOf(asking, callee)?.declarations?.some(
      each => ts.isVariableDeclaration(each) || ts.isBindingElement(each),
    ) ?? false
  );
}

function functions(asking: Asking, declarations: readonly ts.Node[]): Callee | undefined {
  const ids = declarations.map(each => functionIdOf(asking, each)).filter((id): id is FunctionId => id !== undefined);
  return ids.length > 0 ? { kind: 'functions', ids: [...new Set(ids)].sort() } : undefined;
}

/** The callee when the checker knows the symbol; undefined when the symbol says nothing (its type is `any`). */
function calleeOfSymbol(asking: Asking, symbol: ts.Symbol, callee: ts.Expression): Callee | undefined {
  const declarations = symbol.declarations ?? [];
  const own = declarations.filter(each => sourceFileOf(asking, each) !== undefined);
  const [first] = own;
  if (!first) return externalCallee(asking, symbol, callee);
  if (own.some(isMethodLike)) return methodCallee(asking, own.filter(isMethodLike), callee);
  if (own.some(each => ts.isFunctionDeclaration(each))) return declaredFunction(asking, own, callee);
  const bound = own.length === 1 ? boundFunction(first) : undefined;
  if (bound) return functions(asking, [bound]);
  const exported = own.length === 1 ? exportedValue(asking, first) : undefined;
  if (exported && exported !== symbol) return calleeOfSymbol(asking, exported, callee);
  const member = typedAs(asking, first);
  const typed = member && calleeOfType(asking, member, callee);
  if (typed) return typed;
  // A variable or field of an external function type (`limit: LimitFunction`), or of one that only syntax shows.
  return (
    externalCallee(asking, symbol, callee) ??
    takenOutCallee(asking, first) ??
    (isTakenOutOfOwn(asking, first) ? CALLEE_VALUE : undefined) ??
    untypedCallee(asking, callee) ??
    CALLEE_VALUE
  );
}

/** The method that a parameter or property is typed as: `open: View['open']`. */
function typedAs({ checker }: Asking, declaration: ts.Declaration): ts.Symbol | undefined {
  const part = ts.isBindingElement(declaration)
    ? checker
        .getPropertyOfType(
          checker.getNonNullableType(checker.getTypeAtLocation(declaration.parent)),
          (declaration.propertyName ?? declaration.name).getText(),
        )
        ?.declarations?.at(0)
    : declaration;
  if (!part || !(ts.isParameter(part) || ts.isPropertySignature(part) || ts.isPropertyDeclaration(part)))
    return undefined;
  if (!part.type || !ts.isIndexedAccessTypeNode(part.type)) return undefined;
  const named = checker.getNonNullableType(checker.getTypeFromTypeNode(part.type)).getSymbol();
  return named && (named.flags & ts.SymbolFlags.Method) !== 0 ? named : undefined;
}

/** Of a class of the project, for dispatch, or an API. */
function calleeOfType(asking: Asking, member: ts.Symbol, callee: ts.Expression): Callee | undefined {
  const [method, ...others] = (member.declarations ?? []).filter(each => sourceFileOf(asking, each) !== undefined);
  if (!method) return externalCallee(asking, member, callee);
  if (others.length > 0 || !ts.isMethodDeclaration(method) || !ts.isIdentifier(callee)) return undefined;
  const type = declaringTypeId(asking, method);
  return type === undefined ? undefined : { kind: 'method', type, name: memberName(method.name) };
}

/** The function that a const variable, default export, `exports.f = …` or `F.prototype.m = …` is bound to. */
function boundFunction(declaration: ts.Declaration): ts.Node | undefined {
  if (ts.isVariableDeclaration(declaration))
    return isConstVariable(declaration) ? functionExpression(declaration.initializer) : undefined;
  if (ts.isExportAssignment(declaration)) return functionExpression(declaration.expression);
  if (ts.isFunctionExpression(declaration)) return declaration;
  const value = assignedTo(declaration);
  const target = ts.isBinaryExpression(declaration) ? declaration.left : declaration;
  const isInstanceField = ts.isPropertyAccessExpression(target) && target.expression.kind === ts.SyntaxKind.ThisKeyword;
  return isInstanceField ? undefined : functionExpression(value);
}

/** `module.exports = { f }`, `exports.f = f`: the symbol that the export stands for. */
function exportedValue(asking: Asking, declaration: ts.Declaration): ts.Symbol | undefined {
  const inModule =
    ts.isShorthandPropertyAssignment(declaration) || ts.isPropertyAssignment(declaration)
      ? isModuleExports(declaration.parent.parent)
      : assignsExport(declaration);
  if (!inModule) return undefined;
  if (ts.isShorthandPropertyAssignment(declaration)) return symbolOf(asking, declaration.name);
  const value = ts.isPropertyAssignment(declaration) ? declaration.initializer : assignedTo(declaration);
  const named = value && bare(value);
  return named && ts.isIdentifier(named) ? symbolOf(asking, named) : undefined;
}

function isModuleExports(node: ts.Node): boolean {
  return (
    ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left) && node.left.getText() === 'module.exports'
  );
}

function assignsExport(declaration: ts.Declaration): boolean {
  const target = ts.isBinaryExpression(declaration) ? declaration.left : declaration;
  return ts.isPropertyAccessExpression(target) && /^(module\.)?exports$/.test(target.expression.getText());
}

function declaredFunction(asking: Asking, declarations: readonly ts.Declaration[], callee: ts.Expression): Callee {
  const found = functions(asking, declarations);
  if (found) return found;
  return withoutSource(asking, callee, declarations[0]);
}

function withoutSource(asking: Asking, callee: ts.Expression, declaration: ts.Declaration | undefined): Callee {
  asking.sink.gap([callee.getStart(), callee.end], 'declaration-without-source', shortText(callee));
  const name = declaration && ts.getNameOfDeclaration(declaration);
  return {
    kind: 'external',
    name: `${OWN_DECLARATIONS}#${name && ts.isIdentifier(name) ? name.text : shortText(callee)}`,
  };
}

type MethodLike = ts.MethodDeclaration | ts.MethodSignature;

function isMethodLike(declaration: ts.Declaration): declaration is MethodLike {
  return ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration);
}

function methodCallee(asking: Asking, declarations: readonly MethodLike[], callee: ts.Expression): Callee {
  const [first] = declarations;
  if (!first) return CALLEE_VALUE;
  const handed = declarations.length === 1 ? handedOnBy(first) : undefined;
  const base = handed && calleeOf(asking, handed);
  if (base?.kind === 'external' && base.name.startsWith('lib#Promise.')) return base;
  const holders = new Set(declarations.map(each => each.parent));
  if (declarations.some(each => ts.isObjectLiteralExpression(each.parent))) return CALLEE_VALUE;
  if (holders.size > 1) {
    // A union of receiver types: all of their methods, when each has a body.
    const bodies = [...holders].map(holder =>
      declarations.find(each => each.parent === holder && functionIdOf(asking, each) !== undefined),
    );
    return bodies.every(body => body !== undefined) ? (functions(asking, bodies) ?? CALLEE_VALUE) : CALLEE_VALUE;
  }
  if (isExact(first, callee)) {
    const exact = functions(asking, declarations);
    if (exact) return exact;
  }
  const inherited = declarations.every(each => ts.isMethodSignature(each))
    ? inheritedCallee(asking, callee, first)
    : undefined;
  if (inherited) return inherited;
  const name = memberName(first.name);
  const type = receiverTypeId(asking, callee, first) ?? declaringTypeId(asking, first);
  return type === undefined ? CALLEE_VALUE : { kind: 'method', type, name };
}

/** No subtype can override it: `#m`, `private` (undecorated), static, or named through `super`. */
function isExact(method: MethodLike, callee: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.SuperKeyword) return true;
  if (ts.isPrivateIdentifier(method.name) || isStaticMember(method)) return true;
  const isPrivate = (ts.getCombinedModifierFlags(method) & ts.ModifierFlags.Private) !== 0;
  return isPrivate && !(ts.canHaveDecorators(method) && ts.getDecorators(method)?.length);
}

/** The receiver's own class or interface, when it is one of the project's: dispatch then sees only its subtypes. */
function receiverTypeId(asking: Asking, callee: ts.Expression, method: MethodLike): string | undefined {
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return undefined;
  const type = asking.checker.getNonNullableType(receiverType(asking, callee.expression, method));
  const base = type.flags & ts.TypeFlags.Instantiable ? (asking.checker.getBaseConstraintOfType(type) ?? type) : type;
  const declaration = base
    .getSymbol()
    ?.declarations?.find(each => ts.isClassLike(each) || ts.isInterfaceDeclaration(each));
  if (!declaration || sourceFileOf(asking, declaration) === undefined) return undefined;
  return typeIdOfType(asking, base) ?? undefined;
}

/** The declared type of a variable or field where the method is found in it; else the type that the flow gives there. */
function receiverType(asking: Asking, receiver: ts.Expression, method: MethodLike): ts.Type {
  const { checker } = asking;
  const symbol =
    ts.isIdentifier(receiver) || ts.isPropertyAccessExpression(receiver) ? symbolOf(asking, receiver) : undefined;
  const declared = symbol && checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  const isNamed = ((declared?.getSymbol()?.flags ?? 0) & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0;
  const found = declared && isNamed ? checker.getPropertyOfType(declared, memberName(method.name)) : undefined;
  return declared && found?.declarations?.includes(method) ? declared : checker.getTypeAtLocation(receiver);
}

function declaringTypeId(asking: Asking, member: MethodLike): string | undefined {
  const { parent } = member;
  const holder = ts.isTypeLiteralNode(parent) ? parent.parent : parent;
  return ownTypeId(asking, holder);
}

function superConstructor(asking: Asking, callee: ts.Expression): Callee {
  let node: ts.Node = callee;
  while (!ts.isClassLike(node) && !ts.isSourceFile(node)) node = node.parent;
  const base = ts.isClassLike(node) ? baseOf(node) : undefined;
  return base ? constructorCallee(asking, bare(base)) : { kind: 'unresolved', text: 'super' };
}

function constructorCallee(asking: Asking, callee: ts.Expression, hops = BASE_HOPS): Callee {
  if (ts.isClassExpression(callee)) return functions(asking, [callee]) ?? CALLEE_VALUE;
  if (callee.kind === ts.SyntaxKind.ThisKeyword) {
    const type = asking.checker.getTypeAtLocation(callee).getSymbol();
    return (type && functions(asking, type.declarations?.filter(ts.isClassLike) ?? [])) ?? CALLEE_VALUE;
  }
  const symbol = symbolOf(asking, callee);
  const own = symbol?.declarations?.filter(each => sourceFileOf(asking, each) !== undefined) ?? [];
  const made = own.map(constructed).filter(each => each !== undefined);
  const promise = made.length === 1 ? promiseConstructor(asking, made[0], hops) : undefined;
  if (promise) return promise;
  if (made.length > 0) return functions(asking, made) ?? withoutSource(asking, callee, own[0]);
  const external = symbol && own.length === 0 ? externalCallee(asking, symbol, callee, 'new ') : undefined;
  return (
    external ??
    untypedCallee(asking, callee, 'new ') ??
    (isBoundSomewhere(asking, callee) ? CALLEE_VALUE : { kind: 'unresolved', text: `new ${shortText(callee)}` })
  );
}

/** How many classes up a base is looked for; what extends itself is cut off. */
const BASE_HOPS = 8;

/** A class of the project that extends `Promise` and is made as one. */
function promiseConstructor(asking: Asking, made: ts.Node | undefined, hops: number): Callee | undefined {
  if (!made || !ts.isClassLike(made) || hops === 0) return undefined;
  const base = isMadeAsBase(made) ? baseOf(made) : undefined;
  const callee = base && constructorCallee(asking, bare(base), hops - 1);
  return callee?.kind === 'external' && callee.name === 'lib#new Promise' ? callee : undefined;
}

/** What `new` of a declared name runs: a class, a constructor function, or the class that a const is bound to. */
function constructed(declaration: ts.Declaration): ts.Node | undefined {
  if (ts.isClassLike(declaration) || ts.isFunctionDeclaration(declaration)) return declaration;
  const value = ts.isVariableDeclaration(declaration)
    ? isConstVariable(declaration)
      ? declaration.initializer
      : undefined
    : ts.isExportAssignment(declaration)
      ? declaration.expression
      : assignedTo(declaration);
  const bound = value && bare(value);
  return bound && (ts.isClassExpression(bound) || ts.isFunctionExpression(bound)) ? bound : undefined;
}

/** The text of an expression, on one line and not too long. */
export function shortText(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
