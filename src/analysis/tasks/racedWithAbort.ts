/** Waits that a race ends when the signal in hand is aborted: `Promise.race([once(socket, 'end'), aborted])`. */
import type { Call, FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import { flowsInto, lastField } from '../valueParts.ts';

/** Whether a call is given the signal in hand, or something that has it. */
export type TakesHand = (fn: FunctionFacts, step: Call) => boolean;

/**
 * The call is raced against a promise that the signal ends: one made by a call that has the signal,
 * one made here with a listener on a signal, or one that somebody who was given the signal passes to this callback.
 * (Work that goes on outside is not ended by a race.)
 */
export function isRacedWithAbort(program: Program, fn: FunctionFacts, step: Call, takesHand: TakesHand): boolean {
  return fn.values.some((value, id) => {
    if (value.kind !== 'combined' || (value.until !== 'first' && value.until !== 'any')) return false;
    if (!flowsInto(program, fn, id).has(step)) return false;
    return racedIn(fn, value.values).some(
      other => !flowsInto(program, fn, other).has(step) && endsOnAbort(program, fn, other, takesHand),
    );
  });
}

const racedIn = (fn: FunctionFacts, values: readonly ValueId[]): ValueId[] =>
  values.flatMap(value => {
    const array = fn.values[value];
    return array?.kind === 'array' ? array.values : [value];
  });

function endsOnAbort(program: Program, fn: FunctionFacts, value: ValueId, takesHand: TakesHand): boolean {
  const facts = fn.values[value];
  if (facts?.kind === 'read' && facts.place.path.length === 0) {
    if (facts.place.root.kind === 'parameter') return isCallbackOfAbort(program, fn, takesHand);
    if (facts.place.root.kind === 'captured') {
      const outer = program.functions.get(facts.place.root.from);
      const held = outer?.slots[facts.place.root.slot]?.value;
      return outer !== undefined && outer.id !== fn.id && held != null && endsOnAbort(program, outer, held, takesHand);
    }
  }
  return [...flowsInto(program, fn, value)].some(
    made => made.kind === 'call' && (takesHand(fn, made) || listensForAbort(program, fn, made)),
  );
}

/** `withAbort(signal, async aborted => …)`. */
function isCallbackOfAbort(program: Program, fn: FunctionFacts, takesHand: TakesHand): boolean {
  const outer = fn.parent === null ? undefined : program.functions.get(fn.parent);
  if (!outer) return false;
  return [...program.steps(outer.id).values()].some(
    (step: Step) =>
      step.kind === 'call' && step.args.some(arg => isFunction(outer, arg, fn.id)) && takesHand(outer, step),
  );
}

const isFunction = (fn: FunctionFacts, value: ValueId, id: FunctionId): boolean => {
  const facts = fn.values[value];
  return facts?.kind === 'function' && facts.id === id;
};

/** `new Promise((_, reject) => signal.addEventListener('abort', …))`: its executor is called with what settles it. */
function listensForAbort(program: Program, fn: FunctionFacts, made: Call): boolean {
  const executors = [...program.steps(fn.id).values()].flatMap(step => {
    const target = step.kind === 'call' && step.target.kind === 'value' ? fn.values[step.target.of] : undefined;
    return step.kind === 'call' && target?.kind === 'function' && step.args.some(arg => isPartOf(fn, arg, made))
      ? [target.id]
      : [];
  });
  return executors.some(executor =>
    [...program.functions.keys()].some(
      id =>
        (id === executor || id.startsWith(`${executor}/`)) &&
        [...program.steps(id).values()].some(
          step => step.kind === 'access' && step.mode === 'update' && lastField(step.place) === 'on:abort',
        ),
    ),
  );
}

function isPartOf(fn: FunctionFacts, value: ValueId, made: Call): boolean {
  const facts = fn.values[value];
  if (facts?.kind !== 'read' || facts.place.root.kind !== 'value') return false;
  const base = fn.values[facts.place.root.of];
  return base?.kind === 'result' && base.of === made.id;
}
