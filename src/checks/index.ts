/** Registration: one import and one line for each check. */
import type { Check } from './check.ts';
import lockOrderCycle from './lock-order-cycle.ts';
import lockReentry from './lock-reentry.ts';

export const checks: readonly Check[] = [lockOrderCycle, lockReentry];
