/** `try`, and `using` declarations, which are a try whose finally disposes. */
import { ts } from 'ts-morph';
import type { Block, Target, ValueId } from '../../model/facts.ts';
import type { FunctionContext } from './context.ts';
import { isProtocol } from './externalNames.ts';
import type { Variable } from './fileScopes.ts';
import type { Arm } from './locals.ts';
import { emitImplicit } from './lowerCalls.ts';
import { emitAwait, lower } from './lowerExpression.ts';
import { isUsing, lowerStatements } from './lowerStatements.ts';
import { bind, sourceOf } from './patterns.ts';

interface Part {
  block: Block;
  arm: Arm<Variable>;
}

function part(fn: FunctionContext, fill: () => void): Part {
  let block: Block = [];
  const arm = fn.locals.arm(() => {
    block = fn.builder.inBlock(fill);
  });
  return { block, arm };
}

export function lowerTry(fn: FunctionContext, node: ts.TryStatement): void {
  const { catchClause, finallyBlock } = node;
  emitTry(
    fn,
    node,
    () => lowerStatements(fn, node.tryBlock.statements),
    catchClause,
    finallyBlock && (() => lowerStatements(fn, finallyBlock.statements)),
  );
}

/** Emits a try step; behind it the variables hold what its body or its handler left. */
function emitTry(
  fn: FunctionContext,
  node: ts.Node,
  fill: () => void,
  clause: ts.CatchClause | undefined,
  finish: (() => void) | undefined,
): void {
  fn.builder.emitCompound(() => {
    const body = part(fn, fill);
    let binding: ValueId | undefined;
    let assumed: ReadonlyMap<Variable, ValueId> = new Map();
    const handler =
      clause &&
      part(fn, () => {
        fn.locals.reachable = true;
        assumed = assumeAny(fn, body.arm.assigned);
        if (clause.variableDeclaration) {
          binding = fn.builder.unknown('error');
          bind(fn, clause.variableDeclaration.name, sourceOf(binding));
        }
        lowerStatements(fn, clause.block.statements);
      });
    const ways = handler ? [body.arm, handler.arm] : [body.arm];
    const assigned = ways.flatMap(way => way.assigned).filter(([variable, value]) => assumed.get(variable) !== value);
    const last = finish && lowerFinally(fn, ways, assigned, finish);
    if (!last) fn.merge(ways);
    return {
      kind: 'try',
      at: fn.at(node),
      body: body.block,
      handlers: handler ? [{ catches: [], ...(binding === undefined ? {} : { binding }), body: handler.block }] : [],
      orElse: [],
      finally: last ?? [],
    };
  });
}

/** In a handler a variable holds what it held before, or anything that the body gave it. */
function assumeAny(fn: FunctionContext, assigned: Arm<Variable>['assigned']): Map<Variable, ValueId> {
  const heads = new Map<Variable, ValueId>();
  for (const variable of new Set(assigned.map(([key]) => key))) {
    const before = fn.locals.get(variable);
    if (before === undefined) continue;
    const given = assigned.filter(([key]) => key === variable).map(([, value]) => value);
    const head = fn.choice([...new Set([before, ...given])]);
    heads.set(variable, head);
    fn.locals.set(variable, head);
  }
  return heads;
}

/** The finally block runs behind any way; control goes on behind it only where a way reached its end. */
function lowerFinally(
  fn: FunctionContext,
  ways: readonly Arm<Variable>[],
  assigned: Arm<Variable>['assigned'],
  finish: () => void,
): Block {
  let heads = new Map<Variable, ValueId>();
  const last = part(fn, () => {
    fn.locals.reachable = true;
    heads = assumeAny(fn, assigned);
    finish();
  });
  fn.merge(ways);
  for (const [variable, value] of last.arm.changes)
    if (heads.get(variable) !== value && fn.locals.get(variable) !== undefined) fn.locals.set(variable, value);
  if (!last.arm.falls) fn.locals.reachable = false;
  return last.block;
}

/** `using a = …, b = …;` and the rest of the block: disposed in the opposite order at its end. */
export function lowerUsing(fn: FunctionContext, list: ts.VariableDeclarationList, rest: () => void): void {
  const declare = (declarations: readonly ts.VariableDeclaration[]): void => {
    const [first, ...others] = declarations;
    if (!first) return rest();
    const value = first.initializer ? lower(fn, first.initializer) : fn.builder.constant('undefined');
    bind(fn, first.name, sourceOf(value));
    disposeAfter(fn, first, value, () => declare(others));
  };
  declare(list.declarations);
}

/** Runs `fill`, then disposes the value whatever happened. */
export function disposeAfter(
  fn: FunctionContext,
  declaration: ts.VariableDeclaration,
  value: ValueId,
  fill: () => void,
): void {
  const list = declaration.parent;
  const isAsync =
    ts.isVariableDeclarationList(list) &&
    isUsing(list) &&
    (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing;
  emitTry(fn, declaration, fill, undefined, () => {
    const name = isAsync ? '[Symbol.asyncDispose]' : '[Symbol.dispose]';
    const disposed = emitImplicit(fn, declaration, disposeMethod(fn, declaration, value, name), value, []);
    if (isAsync) emitAwait(fn, declaration, disposed);
  });
}

function disposeMethod(fn: FunctionContext, declaration: ts.VariableDeclaration, value: ValueId, name: string): Target {
  const type = declaration.initializer ? fn.questions.typeIdOf(declaration.initializer) : null;
  if (type === null || isProtocol(type))
    return {
      kind: 'value',
      of: fn.builder.read({ root: { kind: 'value', of: value }, type: null, path: [{ field: name }] }),
    };
  const isOwn = fn.file.project.files.includes(type.slice(0, type.lastIndexOf('#')));
  return isOwn ? { kind: 'method', type, name } : { kind: 'external', name: `${type}.${name}` };
}
