/** Registration: one import and one line for each language. */
import type { Frontend } from './frontend.ts';

export const frontends: readonly Frontend[] = [];
