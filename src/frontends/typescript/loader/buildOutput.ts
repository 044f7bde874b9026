/** Leaves out what a build writes, unless it is all that there is: published packages have nothing else. */
import { exportTargets, subpathMap } from './exportTargets.ts';
import { finderFor, manifestOf, type ProjectLayout } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { absolute, isUnder, parentOf, relativeTo, scriptFile } from './paths.ts';
import { startedFiles } from './scripts.ts';
import type { Found } from './walk.ts';

/** `dist` is never written by hand; the others may be folders of scripts. */
const OUTPUT_FOLDERS = new Set(['dist', 'build', 'out']);
/** Files that set up tools: a package that holds only these has its code elsewhere. */
export const TOOL_FILE =
  /(^|\/)(\.[^/]*|[^/]*\.config|[^/]*\.conf|gulpfile|gruntfile|rollup[^/]*|webpack[^/]*)\.[cm]?[jt]sx?$/i;

/** Moves build output from `found.code` to `found.skipped`. `starts`: folders that the user named. */
export function leaveOutBuildOutput(found: Found, starts: readonly string[], layout: ProjectLayout): void {
  const outputs = outputFolders(found, starts, layout);
  const left = new Map<string, string>();
  for (const path of found.code) {
    const folder = found.wanted.has(path) ? undefined : outputs.find(output => isUnder(path, output));
    if (folder !== undefined) left.set(path, folder);
  }
  for (const path of left.keys()) found.code.delete(path);
  const kept = keepOnlyCode(found, left, starts, layout);
  const closed = new Set<string>();
  for (const [path, folder] of left) {
    if (kept.some(keep => isUnder(path, keep))) found.code.add(path);
    else closed.add(folder);
  }
  for (const path of found.skipped.keys()) {
    if ([...closed].some(folder => isUnder(path, folder)) && !kept.some(keep => isUnder(path, keep)))
      found.skipped.delete(path);
  }
  for (const folder of closed) found.skipped.set(`${folder}/`, 'build-output');
}

/** Outermost first. A folder that holds TypeScript sources is none. */
function outputFolders(found: Found, starts: readonly string[], { configs, manifests }: ProjectLayout): string[] {
  const named = new Set<string>();
  for (const path of found.code) {
    const start = starts.filter(one => isUnder(path, one)).sort((a, b) => a.length - b.length)[0];
    if (start === undefined) continue;
    const segments = relativeTo(start, parentOf(path)).split('/');
    const at = segments.findIndex(segment => OUTPUT_FOLDERS.has(segment));
    if (at >= 0) named.add(absolute(start, ...segments.slice(0, at + 1)));
  }
  const configured = configs.flatMap(({ outDirs, folder }) => outDirs.filter(outDir => !isUnder(folder, outDir)));
  const declared = [...found.skipped].filter(([, reason]) => reason === 'declaration').map(([path]) => path);
  const started = [...manifests.values()].flatMap(manifest =>
    targetsOf(manifest).map(target => absolute(manifest.folder, target)),
  );
  const isWritten = (folder: string): boolean =>
    folder.endsWith('/dist') || [...declared, ...started].some(path => isUnder(path, folder));
  const candidates = [...new Set([...[...named].filter(isWritten), ...configured])].filter(
    folder => !starts.some(start => isUnder(start, folder)),
  );
  const typed = [...found.code].filter(path => !scriptFile.test(path));
  return candidates
    .filter(folder => !typed.some(path => isUnder(path, folder)))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** Folders of build output whose package has no other code, or whose manifest leads only there. */
function keepOnlyCode(
  found: Found,
  left: ReadonlyMap<string, string>,
  starts: readonly string[],
  layout: ProjectLayout,
): string[] {
  const packageFolder = (path: string): string =>
    manifestOf(path, layout)?.folder ?? starts.find(start => isUnder(path, start)) ?? parentOf(path);
  const code = [...found.code].filter(path => !TOOL_FILE.test(path));
  const withCode = new Set(code.map(packageFolder));
  const withSources = new Set(code.filter(isSourceLike).map(packageFolder));
  const finder = finderFor(layout, null, found.code);
  const outputsOf = new Map<string, Set<string>>();
  for (const [path, output] of left) {
    const folder = packageFolder(path);
    outputsOf.set(folder, (outputsOf.get(folder) ?? new Set()).add(output));
  }
  return [...outputsOf].flatMap(([folder, outputs]) => {
    const manifest = layout.manifests.get(folder);
    const entry = manifest && mainFile(manifest, left);
    if (entry === undefined) return withCode.has(folder) ? [] : [...outputs];
    const isOnlyCode = !withSources.has(folder) && finder.sourceOf(entry) === undefined;
    return isOnlyCode ? [oneForm(entry, folder, outputs)] : [];
  });
}

/** What a build is made from, rather than a helper script beside the output. */
const isSourceLike = (path: string): boolean => !scriptFile.test(path) || /\/(src|source|lib)\//.test(path);

/** The first file of build output that the manifest names. */
function mainFile(manifest: Manifest, left: ReadonlyMap<string, string>): string | undefined {
  const paths = targetsOf(manifest)
    .flatMap(target => [target, `${target}.js`, `${target}/index.js`])
    .map(target => absolute(manifest.folder, target));
  return paths.find(path => left.has(path));
}

/** What the manifest exports and starts as a program; other scripts may well run the tools of a folder `build`. */
function targetsOf(manifest: Manifest): string[] {
  const subpaths = manifest.exports === undefined ? ['.'] : Object.keys(subpathMap(manifest.exports));
  return [
    ...subpaths.flatMap(subpath => exportTargets(manifest, subpath)),
    ...manifest.bin,
    ...startedFiles({ start: manifest.scripts.start ?? '' }),
  ];
}

/** Packages that come in several forms (`dist/esm`, `dist/cjs`) are read in one: that of the file that they start with. */
function oneForm(entry: string, folder: string, outputs: ReadonlySet<string>): string {
  const output = [...outputs].find(one => isUnder(entry, one)) ?? folder;
  const [form] = relativeTo(output, entry).split('/');
  return form !== undefined && /^(esm?|cjs|commonjs|module|umd|node|browser|lib)$/.test(form)
    ? `${output}/${form}`
    : output;
}
