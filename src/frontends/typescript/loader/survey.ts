/** What there is to audit: files, configurations and manifests below what the user named, and what is left out of them. */
import { existsSync, statSync } from 'node:fs';
import type { Diagnostic } from '../../../model/report.ts';
import { UserError } from '../../../util/errors.ts';
import type { FrontendOptions } from '../../frontend.ts';
import { leaveOutBuildOutput } from './buildOutput.ts';
import { gitRootOf } from './gitignore.ts';
import type { ProjectLayout } from './layout.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { absolute, foldersUp, parentOf, relativeTo } from './paths.ts';
import { readSources } from './sources.ts';
import { readConfigs } from './tsconfigs.ts';
import { walk } from './walk.ts';
import { readWorkspaces } from './workspaces.ts';

export interface Survey extends ProjectLayout {
  root: string;
  /** Audited files: absolute path → text. */
  texts: Map<string, string>;
  skipped: { file: string; reason: string }[];
  diagnostics: Diagnostic[];
}

/** Throws `UserError` for a broken configuration or manifest of the audit root itself. */
export function survey(options: Pick<FrontendOptions, 'root' | 'paths' | 'include' | 'exclude' | 'overlay'>): Survey {
  const root = absolute(options.root);
  const paths = options.paths.map(path => absolute(path));
  const diagnostics: Diagnostic[] = [];
  const starts = [
    ...new Set(paths.map(path => (statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : parentOf(path)))),
  ];
  const boundary = boundaryOf(root);
  const found = walk(root, paths, options, diagnostics);
  const manifests = readManifests(found.manifests, root, diagnostics);
  const workspaces = readWorkspaces({ root, boundary, manifests, diagnostics });
  const packageFolder = (name: string): string | undefined =>
    (workspaces.listed(name) ?? workspaces.nested(name))?.folder;
  const configs = readConfigs({ root, found: found.configs, starts, boundary, packageFolder, diagnostics });
  const layout: ProjectLayout = { boundary, configs, manifests, workspaces, packageFolder };
  leaveOutBuildOutput(found, starts, layout);
  const texts = readSources(root, found, diagnostics);
  for (const [file, text] of options.overlay ?? [])
    if (texts.has(absolute(root, file))) texts.set(absolute(root, file), text);
  const skipped = [...found.skipped].map(([path, reason]) => ({
    file: `${relativeTo(root, path)}${path.endsWith('/') ? '/' : ''}`,
    reason,
  }));
  return {
    ...layout,
    root,
    texts,
    skipped: skipped.sort((a, b) => (a.file < b.file ? -1 : 1)),
    diagnostics,
  };
}

/**
 * The repository; without one, the outermost folder upwards that declares workspaces, else the nearest package. Inside
 * of a node_modules: the package that the root lies in.
 */
function boundaryOf(root: string): string {
  const hasManifest = (folder: string): boolean => existsSync(`${folder}/package.json`);
  if (root.includes('/node_modules/')) return foldersUp(root).find(hasManifest) ?? root;
  const git = gitRootOf(root);
  if (git !== undefined) return git;
  const up = foldersUp(root).filter(folder => hasManifest(folder) || existsSync(`${folder}/pnpm-workspace.yaml`));
  return up.findLast(isWorkspaceRoot) ?? up[0] ?? root;
}

export function isWorkspaceRoot(folder: string): boolean {
  if (existsSync(`${folder}/pnpm-workspace.yaml`) || existsSync(`${folder}/lerna.json`)) return true;
  return (
    existsSync(`${folder}/package.json`) && readManifest(`${folder}/package.json`).manifest.workspaces !== undefined
  );
}

function readManifests(paths: readonly string[], root: string, diagnostics: Diagnostic[]): Map<string, Manifest> {
  const manifests = new Map<string, Manifest>();
  for (const path of [...paths].sort()) {
    const { manifest, problems } = readManifest(path);
    const file = relativeTo(root, path);
    const [first] = problems;
    if (first !== undefined && parentOf(path) === root)
      throw new UserError(`${file}: ${first}`, 'Mend the file; the audit reads from it where the code starts.');
    for (const message of problems) diagnostics.push({ kind: 'config', severity: 'warning', message, file });
    manifests.set(manifest.folder, manifest);
  }
  return manifests;
}
