/** From what the user named to a loaded project: survey, workspaces, tests, packages, programs. */
import type { Library } from '../../../libraries/library.ts';
import type { PackageFacts } from '../../../model/facts.ts';
import type { Diagnostic } from '../../../model/report.ts';
import type { FrontendOptions } from '../../frontend.ts';
import { finderFor } from './layout.ts';
import type { LoadedProject } from './loaded.ts';
import { packageFacts, segmentsBelow } from './packages.ts';
import { absolute, isUnder, relativeTo } from './paths.ts';
import { loadProject } from './project.ts';
import { reportSkipped } from './skipped.ts';
import { survey } from './survey.ts';
import { isExample, isTestFile } from './tests.ts';

export interface Opened {
  project: LoadedProject;
  /** Relative file → relative path of its configuration. */
  fileProjects: Record<string, string | null>;
  packages: PackageFacts[];
  skipped: { file: string; reason: string }[];
  /** Grows while files are loaded. */
  diagnostics: Diagnostic[];
}

/** Throws `UserError` for a broken configuration or manifest of the audit root itself. */
export function openProject(options: Omit<FrontendOptions, 'progress'> & { libraries: readonly Library[] }): Opened {
  const found = survey(options);
  const { workspaces } = found;
  const finder = finderFor(found, found.root, found.texts);
  const tests = new Set(
    [...found.texts]
      .filter(
        ([path, text]) =>
          isTestFile(segmentsBelow(path, found, workspaces.isListedFolder), text) ||
          isExample(segmentsBelowNamed(path, options)),
      )
      .map(([path]) => relativeTo(found.root, path)),
  );
  const isTest = (file: string): boolean => tests.has(file);
  const { project, fileProjects } = loadProject({ survey: found, finder, isTest }, options.libraries);
  reportSkipped(found.skipped, found.diagnostics);
  return {
    project,
    fileProjects,
    packages: packageFacts(found, finder, isTest),
    skipped: found.skipped,
    diagnostics: found.diagnostics,
  };
}

/** The folders below the nearest path that the user named, and the name. */
function segmentsBelowNamed(path: string, { root, paths }: Pick<FrontendOptions, 'root' | 'paths'>): string[] {
  const named = paths.map(one => absolute(one)).filter(one => isUnder(path, one));
  const nearest = named.reduce((best, one) => (one.length > best.length ? one : best), root);
  return relativeTo(nearest, path).split('/');
}
