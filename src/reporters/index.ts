/** Registration: one line for each format. Loaded when it is used: `--version` needs none. */
import type { Reporter } from './reporter.ts';

type Load = () => Promise<{ default: Reporter }>;

export const reporters: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['text', () => import('./text.ts')],
  ['json', () => import('./json.ts')],
  ['sarif', () => import('./sarif.ts')],
]);
