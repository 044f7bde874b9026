/** Branches: code that runs on one of several ways, and what the variables hold behind it. */
import type { At, Block, Condition, ValueId } from '../../model/facts.ts';
import type { FunctionContext } from './context.ts';

export type ArmWhen = 'true' | 'false';

/**
 * Lowers what runs only when the condition is (`when: 'true'`) or is not met. A branch step is emitted only when that
 * code has steps of its own; `fill` gives the arm's value.
 */
export function oneArm(fn: FunctionContext, at: At, condition: Condition, when: ArmWhen, fill: () => ValueId): ValueId {
  let result: ValueId | undefined;
  branch(fn, at, condition, [
    {
      when,
      fill: () => {
        result = fill();
      },
    },
  ]);
  return result ?? fn.builder.unknown('unreachable');
}

/** An `if`: one or two arms. A way without an arm goes on unchanged. */
export function branch(
  fn: FunctionContext,
  at: At,
  condition: Condition,
  arms: { when: ArmWhen; fill: () => void }[],
  more: { asProgram?: true | undefined } = {},
): void {
  fn.builder.emitCompound(() => {
    const made: { when: ArmWhen; body: Block; fallsThrough: boolean }[] = [];
    const ways = arms.map(({ when, fill }) => {
      let body: Block = [];
      const way = fn.locals.arm(() => {
        body = fn.builder.inBlock(fill);
      });
      made.push({ when, body, fallsThrough: false });
      return way;
    });
    if (arms.length === 1) ways.push({ changes: new Map(), falls: fn.locals.reachable, assigned: [] });
    // A swap under `a > b` orders the two: what the variables hold behind it rests on the comparison.
    if (compares(condition) && ways.length === 2)
      fn.merge(arms[0]?.when === 'false' ? [...ways].reverse() : ways, condition);
    else fn.merge(ways);
    return made.some(arm => arm.body.length > 0) ? { kind: 'branch', at, condition, ...more, arms: made } : null;
  });
}

const compares = (condition: Condition): boolean =>
  condition.kind === 'not' ? compares(condition.of) : condition.kind === 'less';
