/** Functions whose promises nobody in the program ever looks at: one defect, wherever they are called. */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type PromiseFate, promiseFates } from './promisesFate.ts';

/** From so many calls on, to drop what a function gives is a habit. */
const HABIT = 3;

/** The function whose promise it is, when all calls of it, three at least, drop what it gives; else null. */
export const habits = defineAnalysis<(fate: PromiseFate) => FunctionId | null>('habits', get => {
  const dropped = new Map<FunctionId, number>();
  const owned = new Set<FunctionId>();
  for (const { fate, work } of get(promiseFates))
    for (const id of work) {
      if (fate.kind === 'dropped') dropped.set(id, (dropped.get(id) ?? 0) + 1);
      else owned.add(id);
    }
  return ({ fate, work }) => {
    const [id] = work;
    const isHabit = id !== undefined && !owned.has(id) && (dropped.get(id) ?? 0) >= HABIT;
    return fate.kind === 'dropped' && work.length === 1 && isHabit ? id : null;
  };
});
