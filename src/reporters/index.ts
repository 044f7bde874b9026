/** Registration: one line for each format. Loaded when it is used: `--version` needs none. */
import type { WhyAnswer } from '../model/why.ts';
import type { Reporter, RenderOptions } from './reporter.ts';

type Load = () => Promise<{ default: Reporter }>;

export const reporters: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['text', () => import('./text.ts')],
  ['json', () => import('./json.ts')],
  ['sarif', () => import('./sarif.ts')],
]);

/** The text of `why`, the one answer that is no report. */
export const whyText = async (answer: WhyAnswer, options: RenderOptions): Promise<string> =>
  (await import('./why.ts')).whyText(answer, options);
