/** How the project is laid out: its configurations and manifests, and the sources that they lead to. */
import { existsSync } from 'node:fs';
import { type Manifest, readManifest } from './manifest.ts';
import { foldersUp, isCode, isUnder, parentOf } from './paths.ts';
import { createSourceFinder, type Layout, type SourceFinder } from './sourceFinder.ts';
import { type ProjectConfig, readConfigsIn } from './tsconfigs.ts';
import type { Workspaces } from './workspaces.ts';

export interface ProjectLayout {
  /** Nothing outside of this folder is the project's own. */
  boundary: string;
  configs: ProjectConfig[];
  /** Manifests by folder: those below the root, and others as they are asked for. */
  manifests: Map<string, Manifest>;
  workspaces: Workspaces;
  /** Folder of a package of the project. */
  packageFolder(name: string): string | undefined;
}

const nearest = new WeakMap<ProjectLayout['manifests'], Map<string, Manifest | undefined>>();

/** The nearest manifest upwards, as far as the boundary. */
export function manifestOf(path: string, layout: ProjectLayout): Manifest | undefined {
  const known = nearest.get(layout.manifests) ?? new Map<string, Manifest | undefined>();
  nearest.set(layout.manifests, known);
  const folder = parentOf(path);
  if (!known.has(folder)) known.set(folder, findManifest(folder, layout));
  return known.get(folder);
}

function findManifest(start: string, { manifests, boundary }: ProjectLayout): Manifest | undefined {
  for (const folder of foldersUp(start)) {
    const known = manifests.get(folder);
    if (known) return known;
    if (!isUnder(folder, boundary)) return undefined;
    if (existsSync(`${folder}/package.json`)) {
      const { manifest } = readManifest(`${folder}/package.json`);
      manifests.set(folder, manifest);
      return manifest;
    }
  }
  return undefined;
}

/**
 * `root`: below it (null: everywhere), exactly the files of `audited` are sources; in packages beside it, what exists
 * and is no output.
 */
export function finderFor(
  layout: ProjectLayout,
  root: string | null,
  audited: { has(path: string): boolean },
): SourceFinder {
  const layouts = new Map<string, readonly Layout[]>();
  const layoutsOf = (folder: string): readonly Layout[] => {
    const known = layouts.get(folder) ?? configsAround(folder, layout);
    layouts.set(folder, known);
    return known;
  };
  const isOutput = (path: string, folder: string): boolean =>
    layoutsOf(folder).some(({ outDirs }) => outDirs.some(outDir => outDir !== folder && isUnder(path, outDir)));
  const isSourceBeside = (path: string): boolean => {
    if (!isCode(path) || !isUnder(path, layout.boundary) || path.includes('/node_modules/') || !existsSync(path))
      return false;
    const folder = manifestOf(path, layout)?.folder;
    return folder === undefined || !(isOutput(path, folder) || path.slice(folder.length).startsWith('/dist/'));
  };
  const beside = new Map<string, boolean>();
  return createSourceFinder({
    layoutsOf,
    manifestOf: path => manifestOf(path, layout),
    isSource(path) {
      if (root === null || isUnder(path, root)) return audited.has(path);
      const is = beside.get(path) ?? isSourceBeside(path);
      beside.set(path, is);
      return is;
    },
  });
}

function configsAround(folder: string, layout: ProjectLayout): readonly Layout[] {
  const { configs } = layout;
  const around = configs.filter(config => isUnder(config.folder, folder) || isUnder(folder, config.folder));
  return around.some(config => config.folder === folder) ? around : [...readConfigsIn(folder, layout), ...around];
}
