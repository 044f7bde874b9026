/** `break`, `continue`, labels and `switch`: where they lead, and which values they take along. */
import { ts } from 'ts-morph';
import type { Block, Condition } from '../../model/facts.ts';
import type { FunctionContext, JumpTarget } from './context.ts';
import type { Variable } from './fileScopes.ts';
import { lower } from './lowerExpression.ts';
import { notePlain } from './plainUses.ts';
import { lowerStatement, lowerStatements } from './lowerStatements.ts';
import type { Arm } from './locals.ts';

/** Runs `fill` with a statement open that jumps may leave for; takes the pending label. */
export function withTarget(fn: FunctionContext, takesPlain: JumpTarget['takesPlain'], fill: () => void): JumpTarget {
  const target: JumpTarget = { label: fn.pendingLabel, takesPlain, depth: fn.locals.depth, breaks: [], continues: [] };
  fn.pendingLabel = undefined;
  fn.jumps.push(target);
  try {
    fill();
  } finally {
    fn.jumps.pop();
  }
  return target;
}

/** `break` and `continue`. */
export function leave(fn: FunctionContext, node: ts.BreakOrContinueStatement): void {
  const how = ts.isBreakStatement(node) ? 'break' : 'continue';
  const exit = { kind: 'exit' as const, at: fn.at(node), how } as const;
  fn.builder.emit(node.label ? { ...exit, label: node.label.text } : exit);
  noteJump(fn, how, node.label?.text);
}

/** Hands the values of the variables to the statement that a jump leads to; nothing is reached behind the jump. */
export function noteJump(fn: FunctionContext, how: 'break' | 'continue', label: string | undefined): void {
  const target = fn.jumps.findLast(each =>
    label === undefined ? each.takesPlain === 'both' || each.takesPlain === how : each.label === label,
  );
  if (target && fn.locals.reachable)
    (how === 'break' ? target.breaks : target.continues).push(fn.locals.changesSince(target.depth));
  fn.locals.reachable = false;
}

/** A labelled loop carries its label; any other labelled statement is a loop that runs once. */
export function lowerLabelled(fn: FunctionContext, node: ts.LabeledStatement): void {
  const label = node.label.text;
  if (ts.isIterationStatement(node.statement, true)) {
    fn.pendingLabel = label;
    lowerStatement(fn, node.statement);
    fn.pendingLabel = undefined;
    return;
  }
  fn.builder.emitCompound(() => {
    let body: Block = [];
    let through: Arm<Variable> | undefined;
    fn.pendingLabel = label;
    const target = withTarget(fn, 'none', () => {
      through = fn.locals.arm(() => {
        body = fn.builder.inBlock(() => lowerStatement(fn, node.statement));
      });
    });
    fn.merge(through ? [through, ...target.breaks] : target.breaks);
    if (!body.length) return null;
    return {
      kind: 'loop',
      label,
      at: fn.at(node),
      test: 'after',
      awaitsEach: false,
      times: { kind: 'exactly', n: 1 },
      body,
      orElse: [],
    };
  });
}

/** A switch: one arm per clause, falling into the next where nothing leaves. */
export function lowerSwitch(fn: FunctionContext, node: ts.SwitchStatement): void {
  const subject = lower(fn, node.expression);
  notePlain(fn, node.expression, subject, 'compared');
  const { clauses } = node.caseBlock;
  const cases = clauses.flatMap(clause => (ts.isCaseClause(clause) ? [lower(fn, clause.expression)] : []));
  const condition: Condition = {
    kind: 'other',
    reads: [subject, ...new Set(cases.filter(value => value !== subject))],
  };
  fn.builder.emitCompound(() => {
    const arms: { when: 'case' | 'default'; body: Block; fallsThrough: boolean }[] = [];
    const unchanged: Arm<Variable> = { changes: new Map(), falls: fn.locals.reachable, assigned: [] };
    let previous: Arm<Variable> | undefined;
    const target = withTarget(fn, 'break', () => {
      for (const clause of clauses) {
        let body: Block = [];
        const entry = previous;
        const way = fn.locals.arm(() => {
          if (entry?.falls) fn.merge([unchanged, entry]);
          body = fn.builder.inBlock(() => lowerStatements(fn, clause.statements));
        });
        arms.push({
          when: ts.isDefaultClause(clause) ? 'default' : 'case',
          body,
          fallsThrough: way.falls && clause !== clauses.at(-1),
        });
        previous = way;
      }
    });
    const ends = [...target.breaks, ...(previous ? [previous] : [])];
    const hasDefault = clauses.some(clause => ts.isDefaultClause(clause));
    fn.merge(hasDefault ? ends : [...ends, unchanged]);
    return arms.some(arm => arm.body.length > 0) ? { kind: 'branch', at: fn.at(node), condition, arms } : null;
  });
}
