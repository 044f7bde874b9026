/** Opens every front end on the same paths and extracts the facts of every file. */
import type { Frontend, FrontendOptions, OpenProject } from '../frontends/frontend.ts';
import type { ModuleFacts, PackageFacts } from '../model/facts.ts';
import type { Repair, TextEdit } from '../model/repairs.ts';
import type { Diagnostic } from '../model/report.ts';
import { byCodeUnit } from '../util/compare.ts';
import { UserError } from '../util/errors.ts';
import type { Stopwatch } from '../util/stopwatch.ts';
import { Sources } from './sources.ts';

export interface Loaded {
  modules: ModuleFacts[];
  packages: PackageFacts[];
  fileProjects: Record<string, string | null>;
  skipped: { file: string; reason: string }[];
  /** Of the front ends; later phases add theirs. */
  diagnostics: Diagnostic[];
  sources: Sources;
  /** Null: the file's front end cannot write it there. */
  edits(file: string, repair: Repair): readonly TextEdit[] | null;
  typeErrors(file: string): readonly { at: number; text: string }[];
  text(file: string): string;
}

/** Throws `UserError` when no front end finds a source file. */
export async function loadProject(
  frontends: readonly Frontend[],
  options: FrontendOptions,
  watch: Stopwatch,
): Promise<Loaded> {
  const modules: ModuleFacts[] = [];
  const projects: OpenProject[] = [];
  const owners = new Map<string, OpenProject>();
  for (const frontend of frontends) {
    options.progress(`Reading ${frontend.language}`);
    const project = await watch.timeAsync('load', () => frontend.open(options));
    projects.push(project);
    watch.time('extract', () => extractAll(project, owners, modules, options.progress));
  }
  const skipped = projects.flatMap(project => project.skipped);
  if (owners.size === 0) throw new UserError(`No source files under ${options.paths.join(', ')}`, whySkipped(skipped));
  return {
    modules: modules.sort((a, b) => byCodeUnit(a.file, b.file)),
    packages: projects.flatMap(project => project.packages),
    fileProjects: Object.fromEntries(projects.flatMap(project => Object.entries(project.fileProjects))),
    skipped,
    diagnostics: projects.flatMap(project => project.diagnostics),
    sources: new Sources(file => readOrEmpty(owners.get(file), file)),
    edits: (file, repair) => owners.get(file)?.edits?.(file, repair) ?? null,
    typeErrors: file => owners.get(file)?.typeErrors?.(file) ?? [],
    text: file => readOrEmpty(owners.get(file), file),
  };
}

function extractAll(
  project: OpenProject,
  owners: Map<string, OpenProject>,
  modules: ModuleFacts[],
  progress: (text: string) => void,
): void {
  for (const [index, file] of project.files.entries()) {
    if (index % 50 === 0) progress(`Reading file ${index + 1} of ${project.files.length}`);
    owners.set(file, project);
    const facts = extractOrGiveUp(project, file);
    if (facts) modules.push(facts);
  }
}

/** Code nested deeper than even the large stack allows costs its file, not the run. */
function extractOrGiveUp(project: OpenProject, file: string): ModuleFacts | null {
  try {
    return project.extract(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `The file is nested too deeply (${error.message})`;
    project.diagnostics.push({ kind: 'file-not-read', severity: 'error', message, file });
    return null;
  }
}

/** A file that went away during the run costs its code frames, not the run. */
function readOrEmpty(project: OpenProject | undefined, file: string): string {
  try {
    return project?.text(file) ?? '';
  } catch {
    return '';
  }
}

function whySkipped(skipped: readonly { reason: string }[]): string | undefined {
  if (skipped.length === 0) return undefined;
  const reasons = [...new Set(skipped.map(({ reason }) => reason))].sort(byCodeUnit);
  return `${skipped.length === 1 ? 'One file was' : `${skipped.length} files were`} left out (${reasons.join(', ')}); --include GLOB takes in what is wanted.`;
}
