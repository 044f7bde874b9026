import type { Condition, ValueId } from '../../model/facts.ts';

/** `a < b` as a test, also negated. */
export function orderTest(condition: Condition): { left: ValueId; right: ValueId; negated: boolean } | undefined {
  if (condition.kind === 'less') return { left: condition.left, right: condition.right, negated: false };
  if (condition.kind === 'not') {
    const inner = orderTest(condition.of);
    return inner && { ...inner, negated: !inner.negated };
  }
  return undefined;
}
