/** Packages of the project by name: those that a workspace lists, and other named packages below the audit root. */
import { existsSync, readFileSync } from 'node:fs';
import { load as parseYaml } from 'js-yaml';
import { globSync } from 'tinyglobby';
import { isJson, isObject, type Json, type Manifest, readManifest } from './manifest.ts';
import { absolute, foldersUp, isUnder } from './paths.ts';
import type { Survey } from './survey.ts';

export interface Workspaces {
  /** A package of a workspace list. Its sources are meant even where a copy is installed. */
  listed(name: string): Manifest | undefined;
  /** A package that merely lies in the project; undefined when several have the name. */
  nested(name: string): Manifest | undefined;
  /** Folder of a listed package. */
  isListedFolder(folder: string): boolean;
}

export function readWorkspaces({
  root,
  boundary,
  manifests,
  diagnostics,
}: Pick<Survey, 'root' | 'boundary' | 'manifests' | 'diagnostics'>): Workspaces {
  const listed = new Map<string, Manifest>();
  const folders = new Set<string>();
  const roots = new Set([...foldersUp(root).filter(folder => isUnder(folder, boundary)), ...manifests.keys()]);
  for (const folder of [...roots].sort()) {
    const globs = workspaceGlobs(folder, message => diagnostics.push({ kind: 'config', severity: 'warning', message }));
    if (!globs) continue;
    for (const path of manifestsOf(folder, globs)) {
      const manifest = manifests.get(path) ?? readManifest(`${path}/package.json`).manifest;
      if (manifest.name === undefined || listed.has(manifest.name)) continue;
      listed.set(manifest.name, manifest);
      folders.add(path);
    }
  }
  const nested = new Map<string, Manifest | null>();
  for (const manifest of manifests.values()) {
    if (manifest.name !== undefined) nested.set(manifest.name, nested.has(manifest.name) ? null : manifest);
  }
  return {
    listed: name => listed.get(name),
    nested: name => nested.get(name) ?? undefined,
    isListedFolder: folder => folders.has(folder),
  };
}

/** Folders of the packages, the workspace root's own among them. */
function manifestsOf(folder: string, globs: readonly string[]): string[] {
  const patterns = globs.map(glob => (glob.startsWith('!') ? `!${manifestGlob(glob.slice(1))}` : manifestGlob(glob)));
  const found = globSync(patterns, {
    cwd: folder,
    ignore: ['**/node_modules/**'],
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  const packages = found.map(file => absolute(folder, file, '..')).filter(path => isUnder(path, folder));
  return [...new Set([...(existsSync(`${folder}/package.json`) ? [folder] : []), ...packages.sort()])];
}

const manifestGlob = (glob: string): string => `${glob.replace(/^\.\//, '').replace(/\/+$/, '')}/package.json`;

function workspaceGlobs(folder: string, complain: (message: string) => void): string[] | undefined {
  const fromManifest = existsSync(`${folder}/package.json`)
    ? readManifest(`${folder}/package.json`).manifest.workspaces
    : undefined;
  const pnpm = readData(`${folder}/pnpm-workspace.yaml`, parseYaml, complain);
  const lerna = readData(`${folder}/lerna.json`, JSON.parse, complain);
  if (fromManifest === undefined && pnpm === undefined && lerna === undefined) return undefined;
  const lernaGlobs =
    lerna === undefined || (lerna.packages === undefined && (fromManifest ?? pnpm))
      ? []
      : texts(lerna.packages ?? ['packages/*']);
  return [...(fromManifest ?? []), ...texts(pnpm?.packages), ...lernaGlobs];
}

const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

function readData(
  path: string,
  parse: (text: string) => unknown,
  complain: (message: string) => void,
): { [key: string]: Json } | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const data: unknown = JSON.parse(JSON.stringify(parse(readFileSync(path, 'utf8')) ?? {}));
    return isJson(data) && isObject(data) ? data : {};
  } catch (error) {
    complain(`${path}: ${error instanceof Error ? error.message.split('\n')[0] : 'cannot be read'}`);
    return {};
  }
}
