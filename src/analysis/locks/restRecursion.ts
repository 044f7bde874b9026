/**
 * A function that takes the lock of the first of a list and calls itself with the others is a loop over the list: what it
 * holds belongs to an element before the one that it asks for.
 */
import type { FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { functionsAround } from '../program.ts';
import { type Frame, madeList, type Ref } from '../refs.ts';

/**
 * The list of whose elements `before` and `after` are: each the first of its own activation's list, and the list of the
 * second is the rest of that of the first. null: nothing says so.
 */
export function listGoneThrough(evaluator: Evaluator, before: Ref, after: Ref): Ref | null {
  if (before.kind !== 'element' || after.kind !== 'element' || before.of !== '0' || after.of !== '0') return null;
  const [list, rest] = [madeList(before.base), madeList(after.base)];
  if (!list || !rest || list.site !== rest.site || before.base.kind !== after.base.kind) return null;
  return callsItselfWithRest(evaluator, list.frame, before.base) ? before.base : null;
}

/** All calls that the function makes of itself give it the rest of the list. */
function callsItselfWithRest(evaluator: Evaluator, frame: Frame, list: Ref): boolean {
  const { fn } = frame;
  const isRest = (value: ValueId | null | undefined): boolean => {
    const facts = value == null ? undefined : fn.values[value];
    if (facts?.kind !== 'from' || !facts.rest) return false;
    return facts.values.some(of => evaluator.evaluate(frame, of).includes(list));
  };
  const again = evaluator.graph.callers(fn.id).flatMap(({ caller, step }) => {
    const by = evaluator.program.functions.get(caller);
    return by && isInside(evaluator, by, fn) ? [{ by, call: evaluator.program.steps(caller).get(step) }] : [];
  });
  return (
    again.length > 0 &&
    again.every(
      ({ by, call }) =>
        call?.kind === 'call' && call.args.some(arg => isRest(by === fn ? arg : capturedFrom(by, arg, fn))),
    )
  );
}

/** What the function around put into the variable that a closure reads. */
function capturedFrom({ values }: FunctionFacts, value: ValueId, fn: FunctionFacts): ValueId | null | undefined {
  const facts = values[value];
  if (facts?.kind !== 'read' || facts.place.path.length > 0) return null;
  const { root } = facts.place;
  return root.kind === 'captured' && root.from === fn.id ? fn.slots[root.slot]?.value : null;
}

function isInside({ program }: Evaluator, inner: FunctionFacts, outer: FunctionFacts): boolean {
  for (const at of functionsAround(program, inner)) if (at === outer) return true;
  return false;
}
