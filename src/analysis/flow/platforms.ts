/** Where code runs: where an unhandled rejection is only logged, or where it ends the process. */
import type { ModuleFacts } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import type { Program } from '../program.ts';
import { connectedFiles } from './connectedFiles.ts';

export interface Platforms {
  /** The file runs in a page, or in a host program that logs a rejection which nobody handles, and goes on. */
  onlyLogs(file: string): boolean;
  /** The file only logs, or uses the page itself, also where a server renders it: what it starts is for a person there. */
  isForPage(file: string): boolean;
}

export const platforms = defineAnalysis<Platforms>('platforms', (get, program) => {
  const isInPage = inPages(program, get(connectedFiles));
  const hosted = filesInHosts(program);
  const onlyLogs = (file: string): boolean => hosted.has(file) || isInPage(file);
  return { onlyLogs, isForPage: file => platformOf(program, file) === 'page' || onlyLogs(file) };
});

const platformOf = (program: Program, file: string): ModuleFacts['platform'] => program.modules.get(file)?.platform;

/**
 * The file, or one that it is connected with by imports, uses the page, and none of them the system; or it uses the page
 * itself, and nothing that it imports, over as many files as it takes, uses the system.
 */
function inPages(program: Program, parts: readonly (readonly string[])[]): (file: string) => boolean {
  const pages = new Set<string>();
  for (const part of parts) {
    const platform = new Set(part.map(file => platformOf(program, file)));
    if (platform.has('page') && !platform.has('system') && !platform.has('host'))
      for (const member of part) pages.add(member);
  }
  const alone = new Map<string, boolean>();
  const isPageAlone = (file: string): boolean => {
    if (platformOf(program, file) !== 'page') return false;
    let known = alone.get(file);
    if (known === undefined) {
      const imported = [...importedBy(program, [file])];
      alone.set(file, (known = !imported.some(one => ['system', 'host'].includes(platformOf(program, one) ?? ''))));
    }
    return known;
  };
  return file => pages.has(file) || isPageAlone(file);
}

/**
 * The module of the host is there in the host alone: whatever imports it, over as many files as it takes, runs there; and
 * so does what only such files import. Tests may load anything.
 */
function filesInHosts(program: Program): ReadonlySet<string> {
  const hosts = [...program.modules.keys()].filter(file => platformOf(program, file) === 'host');
  if (hosts.length === 0) return new Set();
  const importers = importersIn(program);
  const bound = closure(hosts, file => importers.get(file) ?? []);
  const starts = [...program.modules.values()].filter(
    ({ file, test }) => !test && !bound.has(file) && !importers.get(file)?.length,
  );
  const elsewhere = importedBy(
    program,
    starts.map(({ file }) => file),
  );
  return new Set([...importedBy(program, bound)].filter(file => bound.has(file) || !elsewhere.has(file)));
}

function importersIn(program: Program): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const module of program.modules.values())
    for (const other of module.test ? [] : [...module.imports, ...module.exportsAll])
      found.set(other, [...(found.get(other) ?? []), module.file]);
  return found;
}

/** The files and what they import and re-export, over as many files as it takes. */
const importedBy = (program: Program, files: Iterable<string>): ReadonlySet<string> =>
  closure(files, file => {
    const module = program.modules.get(file);
    return module ? [...module.imports, ...module.exportsAll] : [];
  });

function closure(files: Iterable<string>, next: (file: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(files);
  for (const one of found) for (const other of next(one)) found.add(other);
  return found;
}
