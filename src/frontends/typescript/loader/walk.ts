/** Finds the files below what the user named, and says of each that is left out why. Reads folders, no contents. */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Diagnostic } from '../../../model/report.ts';
import { byCodeUnit } from '../../../util/compare.ts';
import { compileGlobs, type Globs } from './globs.ts';
import { type GitIgnore, readGitIgnores } from './gitignore.ts';
import { absolute, declarationFile, isUnder, relativeTo, sourceFile, typeTestFile, typeTestFolder } from './paths.ts';
import { reasonOf } from './readFile.ts';

export interface Found {
  /** Code files that no folder, name or git rule leaves out, absolute; build output still among them. */
  code: Set<string>;
  /** Files that an `include` glob or the user's own path names: no default exclusion touches them. */
  wanted: Set<string>;
  /** tsconfig and jsconfig files, absolute. */
  configs: string[];
  /** package.json files, absolute. */
  manifests: string[];
  /** Absolute path (folders with a `/` at the end) → reason. */
  skipped: Map<string, string>;
}

const INVISIBLE = new Set(['.git', '.hg', '.svn', '.jj']);
/** Folders that hold nothing that a person writes. */
const TOOL_FOLDERS = new Set(
  '.next .nuxt .output .svelte-kit .docusaurus .turbo .cache .parcel-cache .vercel .netlify .serverless .angular .expo .yarn .nx .rollup.cache .nyc_output coverage storybook-static bower_components jspm_packages'.split(
    ' ',
  ),
);
const OTHER_LANGUAGE = /\.(vue|svelte|astro|mdx)$/;
const CONFIG = /^(?:[tj]sconfig(?:[-._][^/]*)?\.json)$/;

interface Walk {
  root: string;
  found: Found;
  include: Globs;
  exclude: Globs;
  diagnostics: Diagnostic[];
}
interface Folder {
  path: string;
  /** Set when the folder is left out and opened only for what `include` names in it. */
  leftOut?: string;
}

/** `paths` are absolute and real. */
export function walk(
  root: string,
  paths: readonly string[],
  globs: { include: readonly string[]; exclude: readonly string[] },
  diagnostics: Diagnostic[],
): Found {
  const found: Found = { code: new Set(), wanted: new Set(), configs: [], manifests: [], skipped: new Map() };
  const state: Walk = {
    root,
    found,
    include: compileGlobs(globs.include),
    exclude: compileGlobs(globs.exclude),
    diagnostics,
  };
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) walkFolder(path, state);
    else namedFile(path, state);
  }
  return found;
}

function namedFile(path: string, { found, exclude, root }: Walk): void {
  if (exclude.matches(relativeTo(root, path))) found.skipped.set(path, 'excluded');
  else if (!sourceFile.test(path)) found.skipped.set(path, 'not-supported');
  else {
    found.code.add(path);
    found.wanted.add(path);
  }
}

function walkFolder(start: string, state: Walk): void {
  const git = readGitIgnores(start);
  const open: Folder[] = [{ path: start }];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    git.enter(folder.path);
    for (const entry of entriesOf(folder.path, state)) {
      const path = `${folder.path === '/' ? '' : folder.path}/${entry.name}`;
      if (entry.isSymbolicLink()) link(path, state);
      else if (entry.isDirectory()) enterFolder(path, entry.name, folder, { state, git, open });
      else if (entry.isFile()) file(path, entry.name, folder, state, git);
      else if (sourceFile.test(entry.name)) notRead(state, path, 'not a regular file');
    }
  }
}

function entriesOf(folder: string, state: Walk): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => byCodeUnit(a.name, b.name));
  } catch (error) {
    notRead(state, folder, `the folder cannot be read: ${reasonOf(error)}`);
    return [];
  }
}

function enterFolder(
  path: string,
  name: string,
  parent: Folder,
  { state, git, open }: { state: Walk; git: GitIgnore; open: Folder[] },
): void {
  if (INVISIBLE.has(name)) return;
  const relative = relativeTo(state.root, path);
  if (state.exclude.matches(relative)) {
    state.found.skipped.set(`${path}/`, 'excluded');
    return;
  }
  const leftOut = parent.leftOut ?? folderReason(path, name, git);
  if (leftOut === undefined) open.push({ path });
  else if (state.include.mayMatchIn(relative)) open.push({ path, leftOut });
  else state.found.skipped.set(`${path}/`, leftOut);
}

function folderReason(path: string, name: string, git: GitIgnore): string | undefined {
  if (name === 'node_modules') return 'node_modules';
  if (git.ignores(path, true)) return 'git-ignored';
  if (typeTestFolder.test(name)) return 'type-test';
  return TOOL_FOLDERS.has(name) ? 'build-output' : undefined;
}

function file(path: string, name: string, folder: Folder, state: Walk, git: GitIgnore): void {
  const { found } = state;
  if (folder.leftOut === undefined) {
    if (CONFIG.test(name)) found.configs.push(path);
    else if (name === 'package.json') found.manifests.push(path);
  }
  const code = sourceFile.test(name);
  if (!code && !OTHER_LANGUAGE.test(name)) return;
  const relative = relativeTo(state.root, path);
  if (state.exclude.matches(relative)) found.skipped.set(path, 'excluded');
  else if (!code) found.skipped.set(path, 'not-supported');
  else if (state.include.matches(relative)) {
    found.code.add(path);
    found.wanted.add(path);
  } else {
    const reason = folder.leftOut ?? fileReason(path, name, git);
    if (reason === undefined) found.code.add(path);
    else found.skipped.set(path, reason);
  }
}

function fileReason(path: string, name: string, git: GitIgnore): string | undefined {
  if (git.ignores(path, false)) return 'git-ignored';
  if (declarationFile.test(name)) return 'declaration';
  if (typeTestFile.test(name)) return 'type-test';
  return /[.-]min\.[cm]?js$/.test(name) ? 'minified' : undefined;
}

/** Links are not followed: what they point to is found at its own place, or lies outside of what is audited. */
function link(path: string, state: Walk): void {
  try {
    const target = absolute(realpathSync(path));
    if (isUnder(target, state.root)) return;
    const isFolder = statSync(target).isDirectory();
    if (isFolder ? !path.endsWith('/node_modules') : sourceFile.test(path))
      state.found.skipped.set(isFolder ? `${path}/` : path, 'outside');
  } catch (error) {
    if (sourceFile.test(path) || /\/[^./]+$/.test(path))
      notRead(state, path, `the link cannot be followed: ${reasonOf(error)}`);
  }
}

function notRead(state: Walk, path: string, why: string): void {
  state.diagnostics.push({
    kind: 'file-not-read',
    severity: 'warning',
    message: why,
    file: relativeTo(state.root, path),
  });
}
