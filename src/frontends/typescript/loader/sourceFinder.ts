/** From what a build writes back to what it was made from, whether the build has run or not. */
import { exportTargets, importTargets } from './exportTargets.ts';
import type { Manifest } from './manifest.ts';
import { absolute, isCode, isUnder, relativeTo } from './paths.ts';
import { bundledFiles } from './scripts.ts';
import { mapSources } from './sourceMaps.ts';

export interface SourceFinderContext {
  /** A code file of the project (or of a package beside it) that a person wrote. */
  isSource(path: string): boolean;
  /** Output folders and candidates for `rootDir` of the configurations of the package in this folder. */
  layoutsOf(folder: string): readonly Layout[];
  manifestOf(path: string): Manifest | undefined;
}
export interface Layout {
  outDirs: readonly string[];
  rootDirs: readonly string[];
}

export interface SourceFinder {
  /** The source that an output, declaration or not (yet) existing file stands for. */
  sourceOf(path: string): string | undefined;
  /** The source that a sub-path (`.`, `./x`) of a package means. */
  entryOf(manifest: Manifest, subpath: string): string | undefined;
  /** The source that a path in a manifest (`./dist/cli.js`, `src/index`) means. */
  targetOf(manifest: Manifest, target: string): string | undefined;
  /** Every path, best first, where the source of such a target may be, existing or not; a `*` in it stays. */
  placesOf(manifest: Manifest, target: string): string[];
  /** The source that `#name` means for a file. */
  internalOf(specifier: string, fromFile: string): string | undefined;
}

export function createSourceFinder(context: SourceFinderContext): SourceFinder {
  const known = new Map<string, string | null>();
  const { isSource } = context;
  const bundlesOf = bundleFinder();
  function search(path: string): string | undefined {
    const manifest = context.manifestOf(path);
    const folder = manifest?.folder;
    const bundled = manifest && bundlesOf(manifest).get(path);
    if (bundled !== undefined && isSource(bundled)) return bundled;
    for (const candidate of candidates(path, folder, context)) {
      if (candidate !== path && isSource(candidate)) return candidate;
    }
    return undefined;
  }
  function sourceOf(path: string): string | undefined {
    const before = known.get(path);
    if (before !== undefined) return before ?? undefined;
    const found = search(path);
    known.set(path, found ?? null);
    return found;
  }
  const direct = (path: string): string | undefined => spellings(path).find(isSource);
  const firstOf = (folder: string, targets: readonly string[]): string | undefined => {
    const paths = targets
      .filter(target => !target.includes('*'))
      .map(target => absolute(folder, target))
      .filter(path => isUnder(path, folder));
    return first(paths, direct) ?? first(paths, sourceOf);
  };
  return {
    sourceOf,
    targetOf: ({ folder }, target) => firstOf(folder, [target]),
    placesOf({ folder }, target) {
      const path = absolute(folder, target);
      return [...new Set([...spellings(path), ...candidates(path, folder, context)])];
    },
    internalOf(specifier, fromFile) {
      const manifest = context.manifestOf(fromFile);
      return manifest && firstOf(manifest.folder, importTargets(manifest, specifier));
    },
    entryOf(manifest, subpath) {
      const { folder } = manifest;
      const named = firstOf(folder, exportTargets(manifest, subpath));
      if (named !== undefined) return named;
      const usual =
        subpath === '.'
          ? ['src/index', 'index', 'src/main', 'lib/index', 'source/index']
          : [subpath, `src/${subpath.slice(2)}`];
      return first(
        usual.map(path => absolute(folder, path)),
        path => direct(path) ?? sourceOf(path),
      );
    },
  };
}

/** The files that scripts of a package bundle into one, by that file. */
function bundleFinder(): (manifest: Manifest) => ReadonlyMap<string, string> {
  const known = new Map<Manifest, ReadonlyMap<string, string>>();
  return manifest => {
    const { folder, scripts } = manifest;
    let found = known.get(manifest);
    if (!found) {
      found = new Map([...bundledFiles(scripts)].map(pair => [absolute(folder, pair[0]), absolute(folder, pair[1])]));
      known.set(manifest, found);
    }
    return found;
  };
}

function first(paths: readonly string[], find: (path: string) => string | undefined): string | undefined {
  for (const path of paths) {
    const found = find(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

/** A path as it is, with an extension left out, as a folder with an index. */
function spellings(path: string): string[] {
  return isCode(path)
    ? [path]
    : [...EXTENSIONS.map(extension => path + extension), ...EXTENSIONS.map(extension => `${path}/index${extension}`)];
}

/** Extensions that a written file may come from. */
const ORIGINS: readonly [output: RegExp, sources: readonly string[]][] = [
  [/\.d\.mts$|\.mjs$/, ['.mts', '.ts', '.tsx', '.mjs', '.js']],
  [/\.d\.cts$|\.cjs$/, ['.cts', '.ts', '.tsx', '.cjs', '.js']],
  [/\.d\.ts$|\.jsx?$/, ['.ts', '.tsx', '.mts', '.cts', '.jsx', '.js', '.mjs', '.cjs']],
];

/** The same file as it may have been called before the build. */
function originals(path: string): string[] {
  for (const [output, sources] of ORIGINS) {
    if (output.test(path)) return sources.map(extension => path.replace(output, extension));
  }
  return spellings(path);
}

/** Places where the source of `path` may be, best first. Lazy: the first that exists ends the search. */
function* candidates(path: string, folder: string | undefined, context: SourceFinderContext): Generator<string> {
  yield* originals(path);
  const mapped = /\.([cm]?[jt]sx?)$/.test(path) ? mapSources(`${path}.map`) : [];
  if (mapped.length === 1) yield* mapped;
  if (folder === undefined) return;
  for (const { outDirs, rootDirs } of context.layoutsOf(folder)) {
    for (const outDir of outDirs) {
      if (!isUnder(path, outDir)) continue;
      for (const rootDir of rootDirs) yield* originals(absolute(rootDir, relativeTo(outDir, path)));
    }
  }
  yield* conventional(path, folder);
}

const OUTPUT_NAME =
  /^(dist|build|out|lib|es|esm|cjs|types|typings|output|compiled|umd|node|module|commonjs)([-_.].*)?$/;
const SOURCE_FOLDERS = ['src', '', 'source', 'lib'];

/** `dist/esm/a/b.js` → `src/a/b.ts`: output folders taken off the front, a source folder put there. */
function* conventional(path: string, folder: string): Generator<string> {
  const segments = relativeTo(folder, path).split('/');
  for (let taken = 1; taken < segments.length; taken++) {
    if (!OUTPUT_NAME.test(segments[taken - 1] ?? '')) return;
    for (const source of SOURCE_FOLDERS) yield* originals(absolute(folder, source, ...segments.slice(taken)));
  }
}
