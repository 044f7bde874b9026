/** Where code runs: in a page, where an unhandled rejection is only logged, or where it ends the process. */
import { defineAnalysis } from '../analysis.ts';
import type { Program } from '../program.ts';
import { connectedFiles } from './connectedFiles.ts';

export interface Platforms {
  /**
   * The file, or one that it is connected with by imports, uses the page, and none of them the system; or it uses the page
   * itself, and nothing that it imports, over as many files as it takes, uses the system.
   */
  isBrowser(file: string): boolean;
}

export const platforms = defineAnalysis<Platforms>('platforms', (get, program) => {
  const pages = new Set<string>();
  const platformOf = (file: string): string | undefined => program.modules.get(file)?.platform;
  for (const part of get(connectedFiles)) {
    const platform = new Set(part.map(platformOf));
    if (platform.has('page') && !platform.has('system')) for (const member of part) pages.add(member);
  }
  const alone = new Map<string, boolean>();
  const isPageAlone = (file: string): boolean => {
    if (platformOf(file) !== 'page') return false;
    let known = alone.get(file);
    if (known === undefined)
      alone.set(file, (known = ![...importedBy(program, file)].some(one => platformOf(one) === 'system')));
    return known;
  };
  return { isBrowser: file => pages.has(file) || isPageAlone(file) };
});

/** The file and what it imports and re-exports, over as many files as it takes. */
function importedBy(program: Program, file: string): ReadonlySet<string> {
  const found = new Set([file]);
  for (const one of found) {
    const module = program.modules.get(one);
    for (const next of [...(module?.imports ?? []), ...(module?.exportsAll ?? [])]) found.add(next);
  }
  return found;
}
