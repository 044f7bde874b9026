/** Lazy, memoised analyses: a check or another analysis asks `get(lockOrder)` and gets its typed result, computed once. */
import type { Program } from './program.ts';

export interface Analysis<T> {
  readonly name: string;
  readonly compute: (get: Get, program: Program) => T;
}
export type Get = <T>(analysis: Analysis<T>) => T;

export const defineAnalysis = <T>(name: string, compute: (get: Get, program: Program) => T): Analysis<T> => ({
  name,
  compute,
});

/** A `get` over one program. An analysis that asks for itself is a bug and throws. */
export function createGet(program: Program): Get {
  const results = new Map<Analysis<unknown>, unknown>();
  const running = new Set<Analysis<unknown>>();
  const get: Get = analysis => {
    if (results.has(analysis)) return results.get(analysis) as never;
    if (running.has(analysis)) throw new Error(`analysis ${analysis.name} asks for itself`);
    running.add(analysis);
    try {
      const result = analysis.compute(get, program);
      results.set(analysis, result);
      return result;
    } finally {
      running.delete(analysis);
    }
  };
  return get;
}
