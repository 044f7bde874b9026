/** Hand-made locks that do not exclude; chains whose work never fails cannot be poisoned. */
import { defineAnalysis } from '../analysis.ts';
import type { Broken } from '../handmade/handMadeIndex.ts';
import { mayReject } from '../promises/mayReject.ts';
import type { Site } from '../program.ts';

export interface BrokenLock {
  readonly why: Broken['why'];
  readonly name: string;
  /** The check, and the set. */
  readonly at: Site;
  readonly set: Site;
}

export const brokenLocks = defineAnalysis<readonly BrokenLock[]>('broken-locks', (get, program) =>
  program.handMade.broken.flatMap(({ why, name, fn, at, set, work }) => {
    const facts = program.functions.get(fn);
    const handler = work === null ? undefined : facts?.values[work];
    const isSafe = handler?.kind === 'function' && get(mayReject).rejects(handler.id) === 'never';
    const throwsNever = handler?.kind !== 'function' || get(mayReject).throws(handler.id) === 'never';
    if (isSafe && throwsNever) return [];
    return [{ why, name, at: program.site(fn, at), set: program.site(fn, set) }];
  }),
);
