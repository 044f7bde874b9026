/**
 * Functions whose promises nobody in the program ever looks at, or that are dropped again and again: one defect, wherever
 * they are called.
 */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type PromiseFate, promiseFates } from './promisesFate.ts';

/** From so many calls on, to drop what a function gives is a habit; also where others look at what it gives. */
const HABIT = 3;
const STRONG_HABIT = 5;

export interface Habit {
  fn: FunctionId;
  /** Somebody else does look at what it gives. */
  isOwnedElsewhere: boolean;
}

/** The function whose promise it is, when that is dropped again and again; else null. */
export const habits = defineAnalysis<(fate: PromiseFate) => Habit | null>('habits', get => {
  const dropped = new Map<FunctionId, number>();
  const owned = new Set<FunctionId>();
  for (const { fate, work } of get(promiseFates))
    for (const id of work) {
      if (fate.kind === 'dropped') dropped.set(id, (dropped.get(id) ?? 0) + 1);
      else owned.add(id);
    }
  return ({ fate, work }) => {
    const [fn] = work;
    if (fate.kind !== 'dropped' || fn === undefined || work.length > 1) return null;
    const isOwnedElsewhere = owned.has(fn);
    return (dropped.get(fn) ?? 0) >= (isOwnedElsewhere ? STRONG_HABIT : HABIT) ? { fn, isOwnedElsewhere } : null;
  };
});
