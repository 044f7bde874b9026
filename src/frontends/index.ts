/** Registration: one line per language. */
import type { Frontend } from './frontend.ts';
import { typescript } from './typescript/index.ts';

export const frontends: readonly Frontend[] = [typescript];
