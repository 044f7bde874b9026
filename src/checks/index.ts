/** Registration: one import and one line for each check. */
import type { Check } from './check.ts';
import floatingPromise from './floating-promise.ts';
import lockOrderCycle from './lock-order-cycle.ts';
import lockReentry from './lock-reentry.ts';
import orphanedTask from './orphaned-task.ts';
import raceLoserNotCancelled from './race-loser-not-cancelled.ts';
import sectionEscape from './section-escape.ts';

export const checks: readonly Check[] = [
  floatingPromise,
  lockOrderCycle,
  lockReentry,
  orphanedTask,
  raceLoserNotCancelled,
  sectionEscape,
];
