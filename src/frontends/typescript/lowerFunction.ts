/** One function → `FunctionFacts`: signature, slots, parameters, body. */
import { ts } from 'ts-morph';
import type { FunctionFacts, Target } from '../../model/facts.ts';
import { oneArm } from './arms.ts';
import { emptyFunction, FunctionContext, type FileContext } from './context.ts';
import { initialiseFields } from './fields.ts';
import { isShared, type FunctionScope } from './fileScopes.ts';
import { constructorOf, isStaticMember, typeIdIn, type FunctionNode } from './functionIds.ts';
import { displayName } from './functionNames.ts';
import { emitImplicit } from './lowerCalls.ts';
import { lower } from './lowerExpression.ts';
import { lowerReturn, lowerStatements } from './lowerStatements.ts';
import { meaningPlace, parameterValue, resolveName } from './names.ts';
import { bind, sourceOf } from './patterns.ts';
import { declaredType, declareSlots, selfValue } from './variables.ts';

/** Lowers a function into `file.functions`; whatever goes wrong in it costs this function only. */
export function lowerFunction(file: FileContext, node: FunctionNode): FunctionContext {
  const scope = file.scopes.functionOf(node);
  const facts = describe(file, scope);
  const place = file.functions.push(facts) - 1;
  const gaps = file.gaps.length;
  const fn = new FunctionContext(file, scope, facts);
  try {
    describeParameters(fn);
    for (const variable of scope.variables)
      if (isHoistedVar(variable.declaration) && !isShared(variable))
        fn.locals.set(variable, fn.builder.constant('undefined'));
    declareSlots(fn);
    lowerBody(fn, node);
    return fn;
  } catch (error) {
    // A function nested deeper than the stack, or a construct nobody thought of: the rest of the file still counts.
    file.gaps.length = gaps;
    file.functions.length = place;
    const empty = new FunctionContext(file, scope, { ...describe(file, scope), parameters: facts.parameters });
    file.functions.push(empty.builder.facts);
    file.gaps.push({
      at: facts.at,
      reason: 'not-lowered',
      text: error instanceof RangeError ? 'nested too deep' : String(error).slice(0, 120),
    });
    return empty;
  }
}

function describe(file: FileContext, scope: FunctionScope): FunctionFacts {
  const { node, id } = scope;
  const { source } = file.loaded;
  const name = nameNode(node);
  const facts = emptyFunction(
    id,
    displayName(scope, file.loaded.file),
    [node.getStart(source), node.end],
    [name.getStart(source), name.end],
    callingOf(node),
  );
  const holder = ts.isClassLike(node) ? node : node.parent;
  const owner = holder && ts.isClassLike(holder) ? (typeIdIn(source, file.loaded.file, holder) ?? null) : null;
  return {
    ...facts,
    parent: scope.parent?.id ?? null,
    owner,
    isStatic: owner !== null && isStaticMember(node),
    synthetic: ts.isClassLike(node),
    captures: capturesOf(scope),
  };
}

function capturesOf(scope: FunctionScope): FunctionFacts['captures'] {
  const captures = [...scope.captures].map(variable => ({
    from: variable.owner.id,
    slot: variable.slot,
    assignedAgain: isShared(variable),
  }));
  const home = scope.capturesThisOf;
  return home ? [{ from: home.id, slot: 'this', assignedAgain: false }, ...captures] : captures;
}

/** The name, or for an arrow its `=>`; the file's first character for a module body. */
function nameNode(node: FunctionNode): ts.Node {
  if (ts.isSourceFile(node)) return node.statements[0] ?? node;
  if (ts.isArrowFunction(node)) return node.equalsGreaterThanToken;
  if (ts.isConstructorDeclaration(node)) return node.getFirstToken() ?? node;
  return node.name ?? node.getFirstToken() ?? node;
}

function callingOf(node: FunctionNode): FunctionFacts['calling'] {
  if (ts.isSourceFile(node) || ts.isClassLike(node)) return 'value';
  const isAsync =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(modifier => modifier.kind === ts.SyntaxKind.AsyncKeyword);
  const generates = 'asteriskToken' in node && node.asteriskToken !== undefined;
  if (generates) return isAsync ? 'async-generator' : 'generator';
  return isAsync ? 'promise' : 'value';
}

function describeParameters(fn: FunctionContext): void {
  const { node } = fn.scope;
  if (ts.isSourceFile(node) || ts.isClassLike(node)) return;
  fn.builder.facts.parameters = passedParameters(node).map(parameter => ({
    name: ts.isIdentifier(parameter.name) ? parameter.name.text : '',
    type: declaredType(fn, parameter),
    optional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
    rest: parameter.dotDotDotToken !== undefined,
    ...signalOfParameter(fn, parameter),
  }));
}

function signalOfParameter(
  fn: FunctionContext,
  parameter: ts.ParameterDeclaration,
): Pick<FunctionFacts['parameters'][number], 'signal'> {
  const path = fn.questions.signalIn(parameter);
  if (!path) return {};
  const isRead = (declaration: ts.Declaration): boolean => (fn.file.scopes.variableOf(declaration)?.reads ?? 1) > 0;
  const { name } = parameter;
  const optional = parameter.questionToken !== undefined || parameter.initializer !== undefined;
  if (ts.isIdentifier(name)) return { signal: { path, used: isRead(parameter), optional } };
  // A pattern that takes the signal itself apart looks at it.
  if (path.length === 0) return { signal: { path, used: name.elements.length > 0, optional } };
  const elements = name.elements.flatMap(each => (ts.isBindingElement(each) ? [each] : []));
  const own = elements.find(each => propertyOf(each) === path[0]);
  const rest = elements.find(each => each.dotDotDotToken !== undefined);
  const bound = own ?? rest;
  const used = bound !== undefined && (!ts.isIdentifier(bound.name) || isRead(bound));
  const taken = own && ts.isIdentifier(own.name) ? { taken: own.name.text } : {};
  return { signal: { path, used, optional, ...taken } };
}

const propertyOf = ({ propertyName, name, dotDotDotToken }: ts.BindingElement): string | undefined => {
  const node = dotDotDotToken ? undefined : (propertyName ?? name);
  return node && (ts.isIdentifier(node) || ts.isStringLiteral(node)) ? node.text : undefined;
};

function lowerBody(fn: FunctionContext, node: FunctionNode): void {
  if (ts.isSourceFile(node)) return lowerStatements(fn, node.statements);
  if (ts.isClassLike(node)) {
    callBase(fn, node);
    return initialiseFields(fn, node);
  }
  bindParameters(fn, node);
  if (ts.isConstructorDeclaration(node) && ts.isClassLike(node.parent) && !hasBase(node.parent))
    initialiseFields(fn, node.parent);
  const { body } = node;
  if (!body) return;
  if (ts.isBlock(body)) lowerStatements(fn, body.statements);
  else lowerReturn(fn, body, body);
}

/** The parameters that take arguments: not TypeScript's declaration of `this`. */
function passedParameters(node: ts.FunctionLikeDeclaration): readonly ts.ParameterDeclaration[] {
  const [first] = node.parameters;
  return first && ts.isIdentifier(first.name) && first.name.text === 'this'
    ? node.parameters.slice(1)
    : node.parameters;
}

/** Parameters in order; a default is evaluated only when nothing was passed. */
function bindParameters(fn: FunctionContext, node: ts.FunctionLikeDeclaration): void {
  passedParameters(node).forEach((parameter, index) => {
    const value = parameterValue(fn, index);
    const { initializer } = parameter;
    if (initializer) {
      const described = fn.builder.facts.parameters[index];
      const initial = oneArm(fn, fn.at(initializer), { kind: 'nullish', value }, 'true', () => lower(fn, initializer));
      if (described) described.initial = initial;
    }
    const known = fn.builder.valueAt(value);
    bind(fn, parameter.name, known.kind === 'read' ? sourceOf(value, known.place) : sourceOf(value));
  });
}

function baseOf(node: ts.ClassLikeDeclaration): ts.ExpressionWithTypeArguments | undefined {
  return node.heritageClauses?.find(clause => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
}

function hasBase(node: ts.ClassLikeDeclaration): boolean {
  return baseOf(node) !== undefined;
}

/** The constructor that a class does not write hands its arguments to the base's. */
function callBase(fn: FunctionContext, node: ts.ClassLikeDeclaration): void {
  const base = baseOf(node);
  if (!base) return;
  const target = baseConstructor(fn, base.expression);
  if (target) emitImplicit(fn, base, target, selfValue(fn), []);
}

function baseConstructor(fn: FunctionContext, expression: ts.Expression): Target | undefined {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return undefined;
  const named = ts.isIdentifier(expression) ? resolveName(fn, expression) : fn.questions.meaningOf(name);
  const declaration =
    named.kind === 'variable' ? named.variable.declaration : named.kind === 'module' ? named.declaration : undefined;
  const made = declaration && classOf(declaration);
  const id = made && fn.questions.functionIdOf(constructorOf(made) ?? made);
  if (id !== undefined) return { kind: 'functions', ids: [id] };
  const place = named.kind === 'external' ? meaningPlace(named) : undefined;
  if (place?.root.kind === 'external') return { kind: 'external', name: place.root.name.replace('#', '#new ') };
  return { kind: 'unresolved', text: name.text };
}

/** The class that a declaration is, or that a variable is bound to. */
function classOf(declaration: ts.Declaration): ts.ClassLikeDeclaration | undefined {
  if (ts.isClassLike(declaration)) return declaration;
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && ts.isClassExpression(value) ? value : undefined;
}

function isHoistedVar(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  return (
    ts.isVariableDeclaration(node) &&
    (ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped) === 0 &&
    !ts.isCatchClause(node.parent)
  );
}
