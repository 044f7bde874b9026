/** Registration: one import and one line for each check. */
import type { Check } from './check.ts';

export const checks: readonly Check[] = [];
