/** From what the user named to a loaded project: survey, tests, packages, programs. */
import type { Library } from '../../../libraries/library.ts';
import type { PackageFacts } from '../../../model/facts.ts';
import type { Diagnostic } from '../../../model/report.ts';
import type { FrontendOptions } from '../../frontend.ts';
import type { LoadedProject } from './loaded.ts';
import { loadProject } from './project.ts';
import { survey } from './survey.ts';

export interface Opened {
  project: LoadedProject;
  fileProjects: Record<string, string | null>;
  packages: PackageFacts[];
  skipped: { file: string; reason: string }[];
  diagnostics: Diagnostic[];
}

export function openProject(options: Omit<FrontendOptions, 'progress'> & { libraries: readonly Library[] }): Opened {
  const found = survey(options);
  const { project, fileProjects } = loadProject(found, options.libraries, () => false);
  return { project, fileProjects, packages: [], skipped: found.skipped, diagnostics: found.diagnostics };
}
