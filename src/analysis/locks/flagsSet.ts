/** Flags that a function has set by the time it comes to a step, and steps that are not reached while they stand. */
import type { Block, Condition, FunctionFacts, Place, StepId } from '../../model/facts.ts';
import { truthOfText } from '../flow/givenTests.ts';
import { walkSteps } from '../program.ts';
import { contains, decided, innerBlocks } from '../steps.ts';

/** A name for a place that is the same in every function that sees it; null: it has none. */
export type NameOfPlace = (fn: FunctionFacts, place: Place) => string | null;

/** Whether what is in a place is truthy, by the name of the place. */
export type Flags = ReadonlyMap<string, boolean>;

/** Constants that the function has written on every way to the step, and not written over in the function. */
export function flagsBefore(fn: FunctionFacts, step: StepId, nameOf: NameOfPlace): Flags {
  const found = new Map<string, boolean>();
  const write = (one: Block[number], isOnTheWay: boolean): void => {
    if (one.kind !== 'access' || one.mode === 'read') return;
    const name = nameOf(fn, one.place);
    const value = one.value === undefined ? undefined : fn.values[one.value];
    if (name === null) return;
    if (isOnTheWay && one.mode === 'write' && value?.kind === 'constant') found.set(name, truthOfText(value.text));
    else found.delete(name);
  };
  const go = (block: Block): void => {
    for (const one of block) {
      if (one.id === step) return;
      const inside = innerBlocks(one).find(inner => contains(inner, step));
      // What comes later in a loop may have run before.
      if (one.kind === 'loop' || inside === undefined) walkSteps([one], inner => write(inner, inner === one));
      if (inside) return go(inside);
    }
  };
  go(fn.body);
  return found;
}

/** The step is not reached while the flags stand: a test of them leads elsewhere. */
export function isSkippedBy(fn: FunctionFacts, step: StepId, flags: Flags, nameOf: NameOfPlace): boolean {
  const truth = (one: Condition): boolean | null => {
    const value = one.kind === 'truthy' ? fn.values[one.value] : undefined;
    const name = value?.kind === 'read' ? nameOf(fn, value.place) : null;
    return (name === null ? undefined : flags.get(name)) ?? null;
  };
  const skips = (block: Block): boolean => {
    for (const one of block) {
      if (one.id === step) return false;
      const inside = innerBlocks(one).find(inner => contains(inner, step));
      if (one.kind === 'branch') {
        const result = decided(one.condition, truth);
        const taken = result === null ? undefined : one.arms.find(({ when }) => when === String(result))?.body;
        if (result !== null && inside && inside !== taken) return true;
        if (!inside && taken?.at(-1)?.kind === 'exit') return true;
      }
      if (inside) return skips(inside);
    }
    return false;
  };
  return flags.size > 0 && skips(fn.body);
}
