/** `PackageFacts` of every manifest: what it exports and what it starts, as project sources. */
import type { PackageFacts } from '../../../model/facts.ts';
import { byCodeUnit } from '../../../util/compare.ts';
import { TOOL_FILE } from './buildOutput.ts';
import { exportTargets, subpathMap } from './exportTargets.ts';
import { manifestOf } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { absolute, isUnder, relativeTo } from './paths.ts';
import { startedFiles } from './scripts.ts';
import type { SourceFinder } from './sourceFinder.ts';
import type { Survey } from './survey.ts';

/** Sorted by folder. A manifest above the root counts when something below the root is exported or started by it. */
export function packageFacts(survey: Survey, finder: SourceFinder, isTest: (file: string) => boolean): PackageFacts[] {
  const { root, texts } = survey;
  const files = new Map<Manifest, string[]>();
  for (const manifest of survey.manifests.values()) if (isUnder(manifest.folder, root)) files.set(manifest, []);
  for (const path of texts.keys()) {
    const manifest = manifestOf(path, survey);
    if (!manifest) continue;
    const own = files.get(manifest) ?? [];
    own.push(path);
    files.set(manifest, own);
  }
  const facts: PackageFacts[] = [];
  for (const [manifest, own] of files) {
    const isBelow = isUnder(manifest.folder, root);
    const made = factsOf(manifest, own.sort(), survey, finder, isTest);
    if (isBelow || Object.keys(made.exports).length > 0 || made.entries.length > 0) facts.push(made);
  }
  return facts.sort((a, b) => byCodeUnit(a.root, b.root));
}

function factsOf(
  manifest: Manifest,
  own: readonly string[],
  { root, texts }: Survey,
  finder: SourceFinder,
  isTest: (file: string) => boolean,
): PackageFacts {
  const audited = (path: string | undefined): string[] =>
    path !== undefined && texts.has(path) ? [relativeTo(root, path)] : [];
  const folder = isUnder(manifest.folder, root) ? relativeTo(root, manifest.folder) : '';
  const { entries } = manifest;
  const published = own.filter(path => !isTest(relativeTo(root, path)) && !TOOL_FILE.test(path));
  const exports = exportedFiles(manifest, published, finder).flatMap(([subpath, path]) =>
    audited(path).map(file => [subpath, file] as const),
  );
  const sources = (targets: readonly string[]): string[] =>
    targets
      .flatMap(target => audited(target === '.' ? finder.entryOf(manifest, '.') : finder.targetOf(manifest, target)))
      .filter(file => !isTest(file));
  const scripts = Object.entries(manifest.scripts);
  const ofScripts = (isWanted: (name: string) => boolean): string[] =>
    sources(startedFiles(Object.fromEntries(scripts.filter(([name]) => isWanted(name)))));
  const main = sources(isApplication(manifest) && entries.main !== undefined ? [entries.main] : []);
  const [commands, operation] = [sources(manifest.bin), [...main, ...ofScripts(name => !DEVELOPMENT.test(name))]];
  const development = ofScripts(name => DEVELOPMENT.test(name));
  const aside = commands.length + operation.length > 0 ? development : ofScripts(name => UPKEEP.test(name));
  return {
    name: manifest.name ?? '',
    root: folder,
    exports: Object.fromEntries(exports.sort(([a], [b]) => byCodeUnit(a, b))),
    entries: [...new Set([...commands, ...operation, ...development])].sort(byCodeUnit),
    hasEntry: manifest.exports !== undefined || manifest.bin.length > 0 || Object.keys(entries).length > 0,
    ...only('commands', commands, [...operation, ...development]),
    ...only('development', aside, [...commands, ...operation]),
    tests: own.map(path => relativeTo(root, path)).filter(isTest),
  };
}

/** Scripts that make, check or publish the package: no operation of it, even where nothing else is started. */
const UPKEEP =
  /^(?:pre|post)?(?:test|lint|format|build|compile|generate|gen|docs?|release|publish|prepare|bench|benchmark|e2e)(?:[:.-]|$)/;

/** Scripts that people run while they work on the package. */
const DEVELOPMENT =
  /^(?:pre|post)?(?:dev|develop|development|watch|test|lint|format|build|compile|generate|gen|mock|fake|stub|storybook|bench|benchmark|docs?|release|publish|prepare|debug|e2e|seed|migrate|demo|examples?)(?:[:.-]|$)|[:.-](?:dev|watch|debug|test|mock|e2e)(?:[:.-]|$)/;

/** The files that are in the first list only. */
function only(
  kind: 'commands' | 'development',
  files: readonly string[],
  others: readonly string[],
): Pick<PackageFacts, 'commands' | 'development'> {
  const found = [...new Set(files)].filter(file => !others.includes(file)).sort(byCodeUnit);
  return found.length > 0 ? { [kind]: found } : {};
}

/** A package that is run rather than imported: its `main` is a program. */
function isApplication({ exports, entries, isPrivate, scripts }: Manifest): boolean {
  return (
    exports === undefined &&
    entries.types === undefined &&
    entries.typings === undefined &&
    entries.module === undefined &&
    (isPrivate || scripts.start !== undefined)
  );
}

function exportedFiles(
  manifest: Manifest,
  own: readonly string[],
  finder: SourceFinder,
): [subpath: string, path: string | undefined][] {
  if (manifest.exports === undefined)
    return Object.keys(manifest.entries).length > 0 ? [['.', finder.entryOf(manifest, '.')]] : [];
  return Object.keys(subpathMap(manifest.exports)).flatMap(key =>
    key.includes('*') ? patternFiles(key, manifest, own, finder) : [[key, finder.entryOf(manifest, key)]],
  );
}

/** `./*` stands for every file that lies where the source of one of its targets may be, and that it does lead to. */
function patternFiles(
  key: string,
  manifest: Manifest,
  own: readonly string[],
  finder: SourceFinder,
): [string, string][] {
  const places = exportTargets(manifest, key)
    .filter(target => target.includes('*'))
    .flatMap(target => finder.placesOf(manifest, target));
  const patterns = places.map(place => ({
    before: place.slice(0, place.indexOf('*')),
    after: place.slice(place.lastIndexOf('*') + 1),
  }));
  const found = new Map<string, string>();
  for (const path of own) {
    for (const { before, after } of patterns) {
      if (!path.startsWith(before) || !path.endsWith(after) || path.length <= before.length + after.length) continue;
      const subpath = key.replace('*', path.slice(before.length, path.length - after.length));
      if (found.has(subpath) || finder.entryOf(manifest, subpath) !== path) continue;
      found.set(subpath, path);
      break;
    }
  }
  return [...found];
}

/**
 * Folders below the package that a test rule looks at, and the file name. Those that lead to a private package are among
 * them: `tests/bundled` that nobody publishes holds a test of the others.
 */
export function segmentsBelow(path: string, survey: Survey, isListedFolder: (folder: string) => boolean): string[] {
  const { folder, isPrivate } = manifestOf(path, survey) ?? {};
  if (folder === undefined || !isUnder(folder, survey.root) || !isListedFolder(folder))
    return relativeTo(survey.root, absolute(path)).split('/');
  return relativeTo(isPrivate ? survey.root : folder, absolute(path)).split('/');
}
