/** Calls: who is called (by syntax where that decides, else by the checker), receiver, arguments, library effects. */
import { ts } from 'ts-morph';
import type { Call, FunctionId, Target, TypeId, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';
import { initialiseFields } from './fields.ts';
import { isShared, type Variable } from './fileScopes.ts';
import { functionIdIn, isFunctionWithBody } from './functionIds.ts';
import { lowerEffects } from './lowerEffects.ts';
import type { CallSite } from './lowering.ts';
import { conditionValue, functionValue, lower } from './lowerExpression.ts';
import { resolveName } from './names.ts';
import { noteDeclared } from './noteContracts.ts';
import { notePlain } from './plainUses.ts';
import { isAccess, lowerCallee } from './places.ts';
import { askGives } from './results.ts';
import { stoppingByType } from './stopping.ts';
import { thisValue } from './variables.ts';

/** Longer chains of calls are lowered from their innermost link on. */
const LONG_CHAIN = 40;

export function lowerCall(fn: FunctionContext, node: ts.CallExpression): ValueId {
  const links = innerCalls(node);
  if (links.length > LONG_CHAIN) for (const link of links.reverse()) fn.lowered.set(link, lowerLink(fn, link));
  return lowerLink(fn, node);
}

/** The calls that a chain `a().b().c()` goes through, from the outside in, itself left out. */
function innerCalls(node: ts.CallExpression): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  let link = bare(node.expression);
  for (;;) {
    if (ts.isCallExpression(link)) found.push(link);
    if (!ts.isCallExpression(link) && !isAccess(link)) return found;
    link = bare(link.expression);
  }
}

function lowerLink(fn: FunctionContext, node: ts.CallExpression): ValueId {
  const callee = bare(node.expression);
  if (callee.kind === ts.SyntaxKind.SuperKeyword) return lowerSuper(fn, node);
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return lowerImport(fn, node);
  if (ts.isArrowFunction(callee) || ts.isFunctionExpression(callee)) return immediate(fn, node, callee);
  if (ts.isIdentifier(callee)) {
    if (callee.text === 'require' && node.arguments.length === 1) return lowerRequire(fn, node);
    if (callee.text === 'eval') fn.gap(node, 'eval');
    const id = functionNamed(fn, callee);
    if (id !== undefined)
      return emitCall(fn, node, { kind: 'functions', ids: [id] }, undefined, lowerArguments(fn, node.arguments));
  }
  return lowerOrdinary(fn, node, callee);
}

/** The function that a name stands for whatever runs before: a declaration, or a variable bound once to a function. */
function functionNamed(fn: FunctionContext, name: ts.Identifier): FunctionId | undefined {
  const named = resolveName(fn, name);
  const { source, file } = fn.file.loaded;
  if (named.kind === 'itself') return functionIdIn(source, file, named.declaration);
  if (named.kind !== 'variable') return undefined;
  const bound = boundFunction(named.variable);
  return bound && functionIdIn(source, file, bound);
}

function boundFunction(variable: Variable): ts.Node | undefined {
  const { declaration } = variable;
  if (variable.assignments !== 1 || isShared(variable)) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const initializer =
    ts.isVariableDeclaration(declaration) && declaration.initializer ? bare(declaration.initializer) : undefined;
  return initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
    ? initializer
    : undefined;
}

/** `(async () => { … })()`. */
function immediate(
  fn: FunctionContext,
  node: ts.CallExpression,
  callee: ts.FunctionExpression | ts.ArrowFunction,
): ValueId {
  const { source, file } = fn.file.loaded;
  const id = functionIdIn(source, file, callee);
  const args = lowerArguments(fn, node.arguments);
  return emitCall(fn, node, { kind: 'functions', ids: id === undefined ? [] : [id] }, undefined, args);
}

function lowerOrdinary(fn: FunctionContext, node: ts.CallExpression, callee: ts.Expression): ValueId {
  const target = fn.questions.calleeOf(node);
  if (target.kind === 'callee-value') {
    const { of, receiver } = isAccess(callee)
      ? lowerCallee(fn, callee)
      : { of: lower(fn, callee), receiver: undefined };
    return emitCall(fn, node, { kind: 'value', of }, receiver, lowerArguments(fn, node.arguments));
  }
  const [only] = node.arguments;
  // `Boolean(x)` is `!!x`.
  if (target.kind === 'external' && target.name === 'lib#Boolean' && node.arguments.length === 1 && only)
    if (!ts.isSpreadElement(only)) return conditionValue(fn, only);
  const receiver = receiverOf(fn, target, callee);
  const args = lowerArguments(fn, node.arguments);
  return target.kind === 'external'
    ? emitExternal(fn, node, target.name, receiver, args)
    : emitCall(fn, node, target, receiver, args);
}

/** The object a method is called on; for a library's function value (`limit(…)`, external name `…()`) that value. */
function receiverOf(
  fn: FunctionContext,
  target: Target | { kind: 'callee-value' },
  callee: ts.Expression,
): ValueId | undefined {
  if (target.kind === 'external' && target.name.endsWith('()')) return lower(fn, callee);
  return isAccess(callee) ? lower(fn, callee.expression) : undefined;
}

interface Arguments {
  values: ValueId[];
  spreads: number[];
}

export function lowerArguments(fn: FunctionContext, nodes: readonly ts.Expression[]): Arguments {
  const spreads: number[] = [];
  const values = nodes.map((argument, index) => {
    if (ts.isSpreadElement(argument)) spreads.push(index);
    const value = lower(fn, argument);
    if (ts.isSpreadElement(argument)) notePlain(fn, argument.expression, value, 'spread');
    askGives(fn, value, argument, 'passed');
    if (isReference(argument)) noteDeclared(fn, argument, value);
    return value;
  });
  return { values, spreads };
}

const isReference = (node: ts.Expression): boolean => ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);

/** A call that a library table answers, or else a plain call of something outside. */
function emitExternal(
  fn: FunctionContext,
  node: CallSite['node'],
  external: string,
  receiver: ValueId | undefined,
  args: Arguments,
): ValueId {
  const api = fn.questions.apiOf(external);
  if (!api) {
    const newOf = ts.isNewExpression(node) ? external.replace('#new ', '#') : undefined;
    return emitCall(fn, node, { kind: 'external', name: external }, receiver, args, newOf);
  }
  const site = {
    node,
    at: fn.at(node),
    external,
    args: args.values,
    spreads: args.spreads,
    optional: isOptional(node),
  };
  return lowerEffects(fn.effects, receiver === undefined ? site : { ...site, receiver }, api);
}

function isOptional(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

function emitCall(
  fn: FunctionContext,
  node: ts.Node,
  target: Target,
  receiver: ValueId | undefined,
  args: Arguments,
  newOf?: TypeId,
  constructs = false,
): ValueId {
  const call: Omit<Call, 'id'> = { kind: 'call', at: fn.at(node), target, args: args.values };
  if (receiver !== undefined) call.receiver = receiver;
  if (args.spreads.length > 0) call.spreads = args.spreads;
  if (newOf !== undefined) call.newOf = newOf;
  if (constructs) call.constructs = true;
  if (isOptional(node)) call.optional = ts.isCallExpression(node) && node.questionDotToken ? 'function' : true;
  if (target.kind === 'external' && fn.questions.worksOutside(target.name)) call.worksOutside = true;
  const stopping = ts.isCallExpression(node) ? stoppingByType(fn, node, args) : undefined;
  if (stopping) call.stopping = stopping;
  return fn.builder.emitValue(call);
}

/** `new C(…)`. */
export function lowerNew(fn: FunctionContext, node: ts.NewExpression): ValueId {
  const target = fn.questions.calleeOf(node);
  const callee = bare(node.expression);
  if (target.kind === 'callee-value') {
    const of = lower(fn, callee);
    const args = lowerArguments(fn, node.arguments ?? []);
    return emitNew(fn, node, { kind: 'value', of }, args, fn.questions.typeIdOf(node) ?? undefined);
  }
  if (ts.isClassExpression(callee)) lower(fn, callee);
  const args = lowerArguments(fn, node.arguments ?? []);
  if (target.kind === 'external') return emitExternal(fn, node, target.name, undefined, args);
  const newOf = target.kind === 'functions' ? madeType(target.ids) : (fn.questions.typeIdOf(node) ?? undefined);
  return emitNew(fn, node, target, args, newOf);
}

function emitNew(
  fn: FunctionContext,
  node: ts.NewExpression,
  target: Target,
  args: Arguments,
  newOf: TypeId | undefined,
): ValueId {
  return emitCall(fn, node, target, undefined, args, newOf, newOf === undefined && target.kind === 'value');
}

/** A constructor's function is named after its class; a constructor function of old style is its own type. */
function madeType(ids: readonly FunctionId[]): TypeId | undefined {
  const [id] = ids;
  return id?.endsWith('.constructor') ? id.slice(0, -'.constructor'.length) : id;
}

/** `super(…)`: the base's constructor on this object, then the own fields. */
function lowerSuper(fn: FunctionContext, node: ts.CallExpression): ValueId {
  const target = fn.questions.calleeOf(node);
  const args = lowerArguments(fn, node.arguments);
  const receiver = thisValue(fn, node);
  const called: Target = target.kind === 'callee-value' ? { kind: 'value', of: lowerBase(fn, node) } : target;
  const result = emitCall(fn, node, called, receiver, args);
  describeBase(fn, result, called);
  const constructor = fn.scope.node;
  if (ts.isConstructorDeclaration(constructor) && ts.isClassLike(constructor.parent))
    initialiseFields(fn, constructor.parent);
  return result;
}

/** What the tables say of making an external base. */
function describeBase(fn: FunctionContext, result: ValueId, called: Target): void {
  const made = fn.builder.valueAt(result);
  const step = made.kind === 'result' ? fn.builder.stepAt(made.of) : undefined;
  const known = called.kind === 'external' ? fn.questions.apiOf(called.name)?.known : undefined;
  if (step?.kind === 'call' && known?.listensToRejections)
    step.known = { listensToRejections: known.listensToRejections };
}

/** The expression after `extends`, when it is computed. */
function lowerBase(fn: FunctionContext, node: ts.Node): ValueId {
  let holder: ts.Node = node;
  while (!ts.isClassLike(holder) && !ts.isSourceFile(holder)) holder = holder.parent;
  const base = ts.isClassLike(holder)
    ? holder.heritageClauses?.find(clause => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
    : undefined;
  const expression = base && bare(base.expression);
  return expression && ts.isIdentifier(expression) ? lower(fn, expression) : fn.builder.unknown('super');
}

/** `import('x')`: loading, and the module that it gives (also when awaited). */
function lowerImport(fn: FunctionContext, node: ts.CallExpression): ValueId {
  const args = lowerArguments(fn, node.arguments);
  const loaded = moduleValue(fn, node);
  const of = loaded === undefined ? undefined : fn.builder.valueAt(loaded);
  const known = knownOfLoading(isRequired(fn), of?.kind === 'read' && of.place.root.kind === 'module');
  const call: Omit<Call, 'id'> = {
    kind: 'call',
    at: fn.at(node),
    target: { kind: 'external', name: 'lib#import' },
    args: args.values,
    gives: isSafelyLoaded(node.arguments[0]) ? 'safe' : 'promise',
    loads: true,
    ...(known ? { known } : {}),
  };
  const loading = fn.builder.emitValue(call);
  return loaded === undefined ? loading : fn.builder.value({ kind: 'from', values: [loading, loaded], how: 'copy' });
}

/** A module of the program itself is there. */
function knownOfLoading(required: boolean, isOwn: boolean): Call['known'] {
  if (isOwn) return { leavesTurn: !required, rarelyRejects: true };
  return required ? { leavesTurn: false } : undefined;
}

/** A module of the runtime, which is there, or a style sheet, which runs nothing. */
function isSafelyLoaded(specifier: ts.Expression | undefined): boolean {
  if (!specifier) return false;
  if (ts.isStringLiteralLike(specifier) && specifier.text.startsWith('node:')) return true;
  return STYLES.test(lastConstantPart(specifier));
}

const STYLES = /\.(css|scss|sass|less|styl)(\?[^/]*)?$/;

function lastConstantPart(text: ts.Expression): string {
  if (ts.isStringLiteralLike(text)) return text.text;
  if (ts.isTemplateExpression(text)) return text.templateSpans.at(-1)?.literal.text ?? '';
  return ts.isBinaryExpression(text) ? lastConstantPart(bare(text.right)) : '';
}

/** Compiled to CommonJS, `import('x')` is `Promise.resolve().then(() => require('x'))`: it waits for nothing outside. */
const isRequired = ({ file: { loaded } }: FunctionContext): boolean =>
  loaded.options.module === ts.ModuleKind.CommonJS && /\.tsx?$/.test(loaded.file);

function lowerRequire(fn: FunctionContext, node: ts.CallExpression): ValueId {
  return moduleValue(fn, node) ?? fn.builder.unknown('require');
}

/** The module that a constant specifier leads to. */
function moduleValue(fn: FunctionContext, node: ts.CallExpression): ValueId | undefined {
  const [specifier] = node.arguments;
  if (!specifier || !ts.isStringLiteralLike(specifier)) {
    fn.gap(node, 'dynamic-import');
    return undefined;
  }
  const resolved = fn.file.project.resolve(specifier.text, fn.file.loaded.file);
  if (resolved.kind === 'source')
    return fn.builder.read({ root: { kind: 'module', file: resolved.file, name: '*' }, type: null, path: [] });
  if (resolved.kind === 'package')
    return fn.builder.read({ root: { kind: 'external', name: `${resolved.name}#*` }, type: null, path: [] });
  return undefined;
}

/** tag`a ${b}`: a call with the strings and the values. */
export function lowerTaggedTemplate(fn: FunctionContext, node: ts.TaggedTemplateExpression): ValueId {
  const tag = bare(node.tag);
  const target = fn.questions.calleeOf(node);
  const member = isAccess(tag) && target.kind === 'callee-value' ? lowerCallee(fn, tag) : undefined;
  const receiver = member ? member.receiver : receiverOf(fn, target, tag);
  const called: Target = target.kind === 'callee-value' ? { kind: 'value', of: member?.of ?? lower(fn, tag) } : target;
  const spans = ts.isTemplateExpression(node.template) ? node.template.templateSpans : [];
  const texts = ts.isTemplateExpression(node.template)
    ? [node.template.head.text, ...spans.map(span => span.literal.text)]
    : [node.template.text];
  const strings = fn.builder.value({
    kind: 'array',
    values: texts.map(text => fn.builder.constant(JSON.stringify(text))),
    spreads: [],
    at: fn.at(node.template),
  });
  const values = spans.map(span => lower(fn, span.expression));
  const args = { values: [strings, ...values], spreads: [] };
  return called.kind === 'external'
    ? emitExternal(fn, node, called.name, receiver, args)
    : emitCall(fn, node, called, receiver, args);
}

/** A call that the language makes: of a dispose method, an iterator method, a decorator. */
export function emitImplicit(
  fn: FunctionContext,
  node: ts.Node,
  target: Target,
  receiver: ValueId | undefined,
  values: ValueId[],
): ValueId {
  return emitCall(fn, node, target, receiver, { values, spreads: [] });
}

/** The function value of a member with a body. */
export function memberFunction(fn: FunctionContext, member: ts.Node): ValueId | undefined {
  return isFunctionWithBody(member) ? functionValue(fn, member) : undefined;
}
