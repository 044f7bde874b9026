/** Where code runs: in a page, where an unhandled rejection is only logged, or where it ends the process. */
import { defineAnalysis } from '../analysis.ts';
import { connectedFiles } from './connectedFiles.ts';

export interface Platforms {
  /** The file, or one that it is connected with by imports, uses the page, and none of them the system. */
  isBrowser(file: string): boolean;
}

export const platforms = defineAnalysis<Platforms>('platforms', (get, program) => {
  const pages = new Set<string>();
  for (const part of get(connectedFiles)) {
    const platform = new Set(part.map(member => program.modules.get(member)?.platform));
    if (platform.has('page') && !platform.has('system')) for (const member of part) pages.add(member);
  }
  return { isBrowser: file => pages.has(file) };
});
