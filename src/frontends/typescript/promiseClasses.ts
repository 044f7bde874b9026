/** Classes of the project that are promises: `class Cancelable<T> extends Promise<T>`, and members that hand on to `super`. */
import { ts } from 'ts-morph';

/** `extends Base`: the expression that names it. */
export function baseOf(declaration: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return declaration.heritageClauses?.find(each => each.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression;
}

/** Making an object of the class is making one of its base: it has no constructor, or one that only hands on. */
export function isMadeAsBase(declaration: ts.ClassLikeDeclaration): boolean {
  const written = declaration.members.filter(each => ts.isConstructorDeclaration(each));
  const constructor = written.find(each => each.body !== undefined);
  return written.length === 0 || (constructor !== undefined && handsOn(constructor) !== undefined);
}

/** `catch(handler) { return super.catch(handler) }`: the call that a method only hands its parameters on to. */
export function handedOnBy(declaration: ts.Declaration): ts.CallExpression | undefined {
  if (!ts.isMethodDeclaration(declaration)) return undefined;
  const call = handsOn(declaration);
  const callee = call?.expression;
  return callee && ts.isPropertyAccessExpression(callee) && callee.name.text === declaration.name.getText()
    ? call
    : undefined;
}

/** The only statement of a body that does anything, where it calls `super` or a member of it with the parameters as they are. */
function handsOn({ body, parameters }: ts.FunctionLikeDeclaration): ts.CallExpression | undefined {
  const [only, ...others] = body && ts.isBlock(body) ? body.statements.filter(each => !isIdle(each)) : [];
  if (!only || others.length > 0) return undefined;
  const written = ts.isReturnStatement(only) || ts.isExpressionStatement(only) ? only.expression : undefined;
  const call = written && withoutType(written);
  if (!call || !ts.isCallExpression(call)) return undefined;
  const { expression: callee } = call;
  const base = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
  if (base.kind !== ts.SyntaxKind.SuperKeyword || call.arguments.length !== parameters.length) return undefined;
  const isSame = call.arguments.every((argument, index) => {
    const { name, initializer } = parameters[index] as ts.ParameterDeclaration;
    return ts.isIdentifier(argument) && ts.isIdentifier(name) && argument.text === name.text && !initializer;
  });
  return isSame ? call : undefined;
}

/** A statement that runs nothing and leads nowhere. */
function isIdle(node: ts.Node): boolean {
  const acts =
    ts.isCallOrNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    ts.isIterationStatement(node, false);
  return !acts && ts.forEachChild(node, child => (isIdle(child) ? undefined : true)) === undefined;
}

const withoutType = (node: ts.Expression): ts.Expression =>
  ts.isAsExpression(node) || ts.isParenthesizedExpression(node) ? withoutType(node.expression) : node;
