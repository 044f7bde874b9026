/** Local variables that hold one releaser after another: which of them a use of the variable is of. */
import type { At, Block, FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Hold } from './dutyPaths.ts';
import { innerBlocks } from '../steps.ts';

/**
 * Of the holds whose releasers were assigned to a variable, the one that a use of it ends: the last one taken, as far as
 * the others were taken by whoever takes that one. What different branches take may exclude each other by what the code
 * knows; then it may be any.
 */
export function heldByVariable(fn: FunctionFacts, value: ValueId, holds: readonly Hold[]): readonly Hold[] {
  const last = holds[holds.length - 1];
  if (!last || holds.length === 1 || !isAssigned(fn, value)) return holds;
  const arms = armsAround(fn.body, last.duty.site.at);
  const isOnOneWay = ({ duty }: Hold): boolean => {
    if (duty.site.in !== fn.id) return false;
    const others = armsAround(fn.body, duty.site.at);
    return others.every(arm => arms.includes(arm)) || arms.every(arm => others.includes(arm));
  };
  return holds.every(isOnOneWay) ? [last] : holds;
}

/** What was assigned on the ways here. At the head of a loop that may also be what an earlier round has left there. */
function isAssigned(fn: FunctionFacts, value: ValueId, depth = 4): boolean {
  const facts = fn.values[value];
  if (facts?.kind !== 'choice' || facts.when !== null || depth === 0) return false;
  return facts.values.every(
    part => part < value && (fn.values[part]?.kind !== 'choice' || isAssigned(fn, part, depth - 1)),
  );
}

/** The arms of branches around a place of the text, outermost first. */
function armsAround(block: Block, at: At): Block[] {
  return block.flatMap(step =>
    innerBlocks(step)
      .filter(inner => inner.some(one => one.at[0] <= at[0] && at[1] <= one.at[1]))
      .flatMap(inner => [...(step.kind === 'branch' ? [inner] : []), ...armsAround(inner, at)]),
  );
}
