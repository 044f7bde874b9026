/** Loops. A local assigned in a loop is, at the loop's head, a choice of what it was before and what the rounds leave. */
import { ts } from 'ts-morph';
import type { Block, Condition, Count, Step, ValueId } from '../../model/facts.ts';
import { branch } from './arms.ts';
import { lowerCondition, negated } from './conditions.ts';
import { bare, type FunctionContext, type JumpTarget } from './context.ts';
import { constantText } from './constants.ts';
import { isShared, type Variable } from './fileScopes.ts';
import { pairOf, walked } from './entries.ts';
import { noteJump, withTarget } from './jumps.ts';
import type { Arm } from './locals.ts';
import { emitImplicit } from './lowerCalls.ts';
import { computed, lower, lowerDropped } from './lowerExpression.ts';
import { isUsing, lowerDeclarations, lowerStatement } from './lowerStatements.ts';
import { assign, bind, sourceOf } from './patterns.ts';
import { disposeAfter } from './tries.ts';
import { isHandle } from './variables.ts';

interface Rounds {
  body: Block;
  /** The end of a round that runs through. */
  end: Arm<Variable>;
  target: JumpTarget;
}

type LoopDraft = Omit<Extract<Step, { kind: 'loop' }>, 'id' | 'kind' | 'at' | 'label' | 'body' | 'orElse'>;

/** Lowers the rounds of a loop and emits it. `exits`: which ways lead behind it. */
function emitLoop(
  fn: FunctionContext,
  node: ts.IterationStatement,
  fill: () => LoopDraft,
  exits: (rounds: Rounds) => readonly Arm<Variable>[],
): void {
  const label = fn.pendingLabel;
  fn.builder.emitCompound(() => {
    const heads = openHeads(fn, node);
    let draft: LoopDraft = { test: 'none', awaitsEach: false, times: { kind: 'unknown' } };
    let body: Block = [];
    let end: Arm<Variable> = { changes: new Map(), falls: false, assigned: [] };
    const target = withTarget(fn, 'both', () => {
      end = fn.locals.arm(() => {
        body = fn.builder.inBlock(() => {
          draft = fill();
          noteOverwritten(fn, node, heads);
        });
      });
    });
    closeHeads(fn, heads, [end, ...target.continues]);
    fn.merge(exits({ body, end, target }));
    return { kind: 'loop', at: fn.at(node), ...(label === undefined ? {} : { label }), ...draft, body, orElse: [] };
  });
}

function openHeads(fn: FunctionContext, node: ts.Node): Map<Variable, ValueId> {
  const heads = new Map<Variable, ValueId>();
  for (const variable of fn.file.scopes.assignedIn(node, fn.scope)) {
    const before = fn.locals.get(variable);
    if (before === undefined || isShared(variable)) continue;
    const head = fn.builder.value({ kind: 'choice', values: [before], when: null });
    heads.set(variable, head);
    fn.locals.set(variable, head);
  }
  return heads;
}

/** What a round gives to a variable that no round looks at is overwritten by the next one. */
function noteOverwritten(fn: FunctionContext, node: ts.Node, heads: ReadonlyMap<Variable, ValueId>): void {
  if (!fn.locals.reachable) return;
  for (const [variable, head] of heads) {
    const value = fn.locals.get(variable);
    if (value === undefined || value === head || fn.read.has(head) || fn.read.has(value)) continue;
    if (fn.builder.valueAt(value).kind === 'result' && isHandle(fn, value))
      fn.builder.emit({ kind: 'drop', at: fn.at(node), value, how: 'overwritten' });
  }
}

function closeHeads(fn: FunctionContext, heads: ReadonlyMap<Variable, ValueId>, ends: readonly Arm<Variable>[]): void {
  for (const [variable, head] of heads) {
    const choice = fn.builder.valueAt(head);
    if (choice.kind !== 'choice') continue;
    for (const { changes, falls } of ends) {
      const value = falls ? changes.get(variable) : undefined;
      if (value !== undefined && value !== head && !choice.values.includes(value)) choice.values.push(value);
    }
  }
}

const unchanged: Arm<Variable> = { changes: new Map(), falls: true, assigned: [] };
const testedBefore = ({ target }: Rounds): readonly Arm<Variable>[] => [unchanged, ...target.breaks];

/**
 * The test before each round. A condition that takes steps to evaluate stands at the start of the body, followed by a
 * break when it does not hold: it runs once more than the rest.
 */
function testBefore(
  fn: FunctionContext,
  expression: ts.Expression | undefined,
): { test: 'before' | 'none'; condition?: Condition } {
  const node = expression && bare(expression);
  if (!node || node.kind === ts.SyntaxKind.TrueKeyword || (ts.isNumericLiteral(node) && node.text !== '0'))
    return { test: 'none' };
  const steps = fn.builder.stepCount;
  const condition = lowerCondition(fn, node);
  if (fn.builder.stepCount === steps) return { test: 'before', condition };
  branch(fn, fn.at(node), negated(condition), [
    {
      when: 'true',
      fill: () => {
        fn.builder.emit({ kind: 'exit', at: fn.at(node), how: 'break' });
        noteJump(fn, 'break', undefined);
      },
    },
  ]);
  return { test: 'none', condition };
}

export function lowerWhile(fn: FunctionContext, node: ts.WhileStatement): void {
  lowerTested(fn, node, node.expression, () => lowerStatement(fn, node.statement), { kind: 'unknown' });
}

/** A loop with its test in front; without one it ends by breaks only. */
function lowerTested(
  fn: FunctionContext,
  node: ts.IterationStatement,
  test: ts.Expression | undefined,
  fill: () => void,
  times: Count,
): void {
  let kind: 'before' | 'none' = 'none';
  emitLoop(
    fn,
    node,
    () => {
      const tested = testBefore(fn, test);
      kind = tested.test;
      fill();
      return { ...tested, awaitsEach: false, times: tested.condition ? times : { kind: 'unbounded' } };
    },
    rounds => (kind === 'before' ? testedBefore(rounds) : rounds.target.breaks),
  );
}

export function lowerDo(fn: FunctionContext, node: ts.DoStatement): void {
  emitLoop(
    fn,
    node,
    () => {
      lowerStatement(fn, node.statement);
      return {
        test: 'after',
        condition: lowerCondition(fn, node.expression),
        awaitsEach: false,
        times: { kind: 'unknown' },
      };
    },
    ({ end, target }) => [end, ...target.continues, ...target.breaks],
  );
}

export function lowerFor(fn: FunctionContext, node: ts.ForStatement): void {
  const { initializer, incrementor } = node;
  const label = fn.pendingLabel;
  fn.pendingLabel = undefined;
  if (initializer && ts.isVariableDeclarationList(initializer)) lowerDeclarations(fn, initializer);
  else if (initializer) lowerDropped(fn, initializer);
  const times = countOf(fn, node);
  fn.pendingLabel = label;
  const rounds = (): void => {
    lowerRound(fn, node.statement);
    if (incrementor) lowerDropped(fn, incrementor);
  };
  lowerTested(fn, node, node.condition, rounds, times);
}

/** The body of a `for`: what runs on behind it also runs after a `continue`. */
function lowerRound(fn: FunctionContext, statement: ts.Statement): void {
  const target = fn.jumps.at(-1);
  const end = fn.locals.arm(() => lowerStatement(fn, statement));
  fn.merge([end, ...(target?.continues ?? [])]);
  if (target) target.continues = [];
}

/** `for (let i = 0; i < 3; i++)` runs three times; `i < xs.length` as often as `xs` is long. */
function countOf(fn: FunctionContext, node: ts.ForStatement): Count {
  const test = node.condition && bare(node.condition);
  if (!test || !ts.isBinaryExpression(test)) return { kind: 'unknown' };
  const inclusive = test.operatorToken.kind === ts.SyntaxKind.LessThanEqualsToken;
  if (!inclusive && test.operatorToken.kind !== ts.SyntaxKind.LessThanToken) return { kind: 'unknown' };
  const limit = bare(test.right);
  const constant = Number(constantText(fn.questions, limit));
  if (Number.isInteger(constant))
    return startsAtZero(node) ? { kind: 'exactly', n: constant + (inclusive ? 1 : 0) } : { kind: 'unknown' };
  const isLength =
    ts.isPropertyAccessExpression(limit) && limit.name.text === 'length' && ts.isIdentifier(limit.expression);
  return isLength ? { kind: 'length', of: lower(fn, limit.expression) } : { kind: 'unknown' };
}

function startsAtZero(node: ts.ForStatement): boolean {
  const first =
    node.initializer && ts.isVariableDeclarationList(node.initializer)
      ? node.initializer.declarations[0]?.initializer
      : undefined;
  return first !== undefined && ts.isNumericLiteral(first) && first.text === '0';
}

export function lowerForOf(fn: FunctionContext, node: ts.ForOfStatement): void {
  const { over: walkedValue, inPairs } = walked(fn, node.expression);
  const over = inPairs ? walkedValue : iterated(fn, node, walkedValue);
  const awaitsEach = node.awaitModifier !== undefined;
  emitLoop(
    fn,
    node,
    () => {
      bindEach(fn, node, elementIn(fn, node, over, inPairs));
      return {
        test: 'before',
        over,
        awaitsEach,
        times: awaitsEach ? { kind: 'unknown' } : { kind: 'length', of: over },
      };
    },
    testedBefore,
  );
}

/** What a round is given; a pattern takes a pair apart where it is made. */
function elementIn(fn: FunctionContext, node: ts.ForOfStatement, over: ValueId, inPairs: boolean): ValueId | Pair {
  const { initializer } = node;
  if (!inPairs) return fn.builder.value({ kind: 'element', of: over, key: null });
  const pattern = ts.isVariableDeclarationList(initializer) ? initializer.declarations[0]?.name : undefined;
  const isPlain = (part: ts.ArrayBindingElement, index: number): boolean =>
    index < 2 && (ts.isOmittedExpression(part) || (!part.initializer && !part.dotDotDotToken));
  return pattern && ts.isArrayBindingPattern(pattern) && pattern.elements.every(isPlain)
    ? { pattern, of: over }
    : pairOf(fn.builder, over, fn.at(node.expression));
}

interface Pair {
  pattern: ts.ArrayBindingPattern;
  of: ValueId;
}

function bindPair(fn: FunctionContext, { pattern, of }: Pair): void {
  const parts = [(): ValueId => fn.builder.unknown('key'), () => fn.builder.value({ kind: 'element', of, key: null })];
  pattern.elements.forEach((part, index) => {
    const make = parts[index];
    if (make && ts.isBindingElement(part)) bind(fn, part.name, sourceOf(make()));
  });
}

/** Iterating an object of the project calls its iterator method. */
function iterated(fn: FunctionContext, node: ts.ForOfStatement, over: ValueId): ValueId {
  const { kind } = fn.builder.valueAt(over);
  if (kind === 'array' || kind === 'constant') return over;
  const type = fn.questions.typeIdOf(node.expression);
  if (type === null || !type.includes('#') || !isProjectType(fn, type)) return over;
  const name = node.awaitModifier ? '[Symbol.asyncIterator]' : '[Symbol.iterator]';
  return emitImplicit(fn, node.expression, { kind: 'method', type, name }, over, []);
}

function isProjectType(fn: FunctionContext, type: string): boolean {
  return fn.file.project.files.includes(type.slice(0, type.lastIndexOf('#')));
}

function bindEach(fn: FunctionContext, node: ts.ForOfStatement | ts.ForInStatement, element: ValueId | Pair): void {
  const { initializer } = node;
  const body = (): void => lowerStatement(fn, node.statement);
  if (typeof element === 'object') {
    bindPair(fn, element);
    return body();
  }
  if (!ts.isVariableDeclarationList(initializer)) {
    assign(fn, initializer, sourceOf(element), initializer);
    return body();
  }
  const declaration = initializer.declarations[0];
  if (declaration) bind(fn, declaration.name, sourceOf(element));
  if (declaration && isUsing(initializer)) disposeAfter(fn, declaration, element, body);
  else body();
}

export function lowerForIn(fn: FunctionContext, node: ts.ForInStatement): void {
  const over = lower(fn, node.expression);
  emitLoop(
    fn,
    node,
    () => {
      bindEach(fn, node, computed(fn, [over]));
      return { test: 'before', awaitsEach: false, times: { kind: 'length', of: over } };
    },
    testedBefore,
  );
}
