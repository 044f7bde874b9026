/** tsconfig and jsconfig files through TypeScript's own parser: which there are, what they include, where they write. */
import { readdirSync } from 'node:fs';
import { ts } from 'ts-morph';
import type { Diagnostic } from '../../../model/report.ts';
import { UserError } from '../../../util/errors.ts';
import { withOwnPackages } from './configPackages.ts';
import { type AuditOptions, auditOptions, ofUnseenBase } from './options.ts';
import { absolute, declarationFile, foldersUp, isUnder, parentOf, relativeTo } from './paths.ts';

export interface ProjectConfig {
  /** Absolute path of the file. */
  path: string;
  folder: string;
  options: ts.CompilerOptions;
  audit: AuditOptions;
  /** Code files that it includes, absolute; resolved by name, not read. */
  files: string[];
  /** Declaration files that it includes: globals of the project. */
  declarations: string[];
  references: string[];
  /** Folders that it writes to, and the folders that may stand for `rootDir`. */
  outDirs: string[];
  rootDirs: string[];
}

export interface ConfigSearch {
  root: string;
  /** Configurations found below what the user named. */
  found: readonly string[];
  /** Folders (or files' folders) that the user named. */
  starts: readonly string[];
  /** Nothing outside of this folder is read, but for packages in a node_modules. */
  boundary: string;
  /** Folder of a package of the project. */
  packageFolder(name: string): string | undefined;
  diagnostics: Diagnostic[];
}

const DEFAULT_NAMES = new Set(['tsconfig.json', 'jsconfig.json']);
const CONFIG = /^[tj]sconfig(?:[-._].*)?\.json$/;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Throws `UserError` when the configuration of the audit root itself is broken; others cost a diagnostic. */
export function readConfigs(search: ConfigSearch): ProjectConfig[] {
  const above = search.starts.flatMap(start => configsAbove(start, search.boundary));
  const parsed = new Map<string, ProjectConfig>();
  const extended: ExtendedCache = new Map();
  const waiting = [...new Set([...above, ...search.found])].sort();
  const isMain = (path: string): boolean =>
    DEFAULT_NAMES.has(nameOf(path)) && search.starts.some(start => isUnder(start, parentOf(path)));
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (parsed.has(path)) continue;
    const config = parse(path, search, extended, isMain(path));
    if (!config) continue;
    parsed.set(path, config);
    waiting.push(...config.references);
  }
  const referenced = new Set([...parsed.values()].flatMap(config => config.references));
  const bases = new Set(extended.keys());
  return [...parsed.values()]
    .filter(({ path }) => DEFAULT_NAMES.has(nameOf(path)) || referenced.has(path) || !bases.has(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Configurations that lie in a folder: of a package beside the audited ones, for where it writes. */
export function readConfigsIn(
  folder: string,
  { boundary, packageFolder }: Pick<ConfigSearch, 'boundary' | 'packageFolder'>,
): ProjectConfig[] {
  const search: ConfigSearch = { root: folder, found: [], starts: [folder], boundary, packageFolder, diagnostics: [] };
  const paths = namesIn(folder)
    .filter(name => CONFIG.test(name))
    .sort();
  return paths.flatMap(name => parse(absolute(folder, name), search, new Map(), false) ?? []);
}

type ExtendedCache = Map<string, ts.ExtendedConfigCacheEntry>;

/** Configurations of the nearest folder, from `start` up, that has a `tsconfig.json` or `jsconfig.json`. */
function configsAbove(start: string, boundary: string): string[] {
  const found: string[] = [];
  for (const folder of foldersUp(start, boundary)) {
    const names = namesIn(folder).filter(name => CONFIG.test(name));
    found.push(...names.map(name => absolute(folder, name)));
    if (names.some(name => DEFAULT_NAMES.has(name))) break;
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function parse(
  path: string,
  search: ConfigSearch,
  extended: ExtendedCache,
  isMain: boolean,
): ProjectConfig | undefined {
  const mayRead = (file: string): boolean =>
    isUnder(absolute(file), search.boundary) || file.includes('/node_modules/');
  const unreadable: ts.Diagnostic[] = [];
  const files = withOwnPackages(
    {
      fileExists: file => mayRead(file) && ts.sys.fileExists(file),
      readFile: file => (mayRead(file) ? ts.sys.readFile(file) : undefined),
    },
    name => search.packageFolder(name),
  );
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path,
    undefined,
    {
      ...files,
      useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
      getCurrentDirectory: () => search.root,
      readDirectory: (folder, extensions, exclude, include, depth) =>
        mayRead(folder) ? ts.sys.readDirectory(folder, extensions, exclude, include, depth) : [],
      onUnRecoverableConfigFileDiagnostic: diagnostic => unreadable.push(diagnostic),
    },
    extended,
  );
  const errors = [...unreadable, ...(parsed ? ts.getConfigFileParsingDiagnostics(parsed) : [])];
  for (const error of errors) complain(error, path, search, isMain);
  const isBaseUnseen = errors.some(({ code }) => code === NOT_FOUND);
  return parsed && toConfig(path, parsed, isBaseUnseen);
}

function toConfig(path: string, parsed: ts.ParsedCommandLine, isBaseUnseen: boolean): ProjectConfig {
  const options = isBaseUnseen ? ofUnseenBase(parsed.options) : parsed.options;
  const folder = parentOf(path);
  const names = parsed.fileNames.map(file => absolute(file));
  const files = names.filter(file => !declarationFile.test(file) && !file.endsWith('.json'));
  const common = commonFolder(files);
  return {
    path,
    folder,
    options,
    audit: auditOptions(options),
    files,
    declarations: names.filter(file => declarationFile.test(file)),
    references: (parsed.projectReferences ?? []).map(reference => absolute(ts.resolveProjectReferencePath(reference))),
    outDirs: [options.outDir, options.declarationDir].flatMap(dir => (dir === undefined ? [] : [absolute(dir)])),
    rootDirs: [
      ...new Set(
        [options.rootDir && absolute(options.rootDir), common, folder].filter(
          dir => typeof dir === 'string' && dir !== '',
        ),
      ),
    ].flatMap(dir => (dir === undefined ? [] : [dir])),
  };
}

/** The deepest folder that all files lie in. */
function commonFolder(files: readonly string[]): string | undefined {
  let common: string | undefined;
  for (const file of files) {
    common ??= parentOf(file);
    while (!isUnder(file, common)) common = parentOf(common);
  }
  return common;
}

/** A configuration that another one extends does not exist. */
const NOT_FOUND = 6053;
/** No inputs, empty file list: an ordinary solution file. */
const ORDINARY = new Set([18002, 18003]);
/** A value of the wrong type; syntax errors have codes below 2000. */
const WRONG_TYPE = 5024;

function complain(error: ts.Diagnostic, path: string, search: ConfigSearch, isMain: boolean): void {
  if (ORDINARY.has(error.code)) return;
  const file = error.file ? absolute(error.file.fileName) : path;
  const line =
    error.file && error.start !== undefined
      ? error.file.getLineAndCharacterOfPosition(error.start).line + 1
      : undefined;
  const shown = isUnder(file, search.root) ? relativeTo(search.root, file) : file;
  const text = ts.flattenDiagnosticMessageText(error.messageText, ' ');
  const broken = error.code < 2000 || error.code === WRONG_TYPE;
  if (broken && isMain && file === path) {
    throw new UserError(
      `${shown}${line === undefined ? '' : `:${line}`}: ${text}`,
      'Mend the configuration, or audit a folder that it does not govern.',
    );
  }
  const known = search.diagnostics.some(one => one.file === shown && one.line === line && one.message === text);
  if (!known)
    search.diagnostics.push({
      kind: 'config',
      severity: 'warning',
      message: text,
      file: shown,
      ...(line !== undefined && { line }),
    });
}

/** Which configuration each file goes to: the nearest that includes it; of several there, the shortest name, then the first. */
export function assignFiles(
  files: Iterable<string>,
  configs: readonly ProjectConfig[],
): Map<string, { config: ProjectConfig; included: boolean }> {
  const wanted = new Set(files);
  const assigned = new Map<string, { config: ProjectConfig; included: boolean }>();
  for (const config of configs) {
    for (const file of config.files) {
      if (!wanted.has(file)) continue;
      const other = assigned.get(file);
      if (!other || isNearer(config, other.config, file)) assigned.set(file, { config, included: true });
    }
  }
  for (const file of wanted) {
    if (assigned.has(file)) continue;
    const nearest = configs
      .filter(({ folder }) => isUnder(file, folder))
      .reduce<ProjectConfig | undefined>(
        (best, config) => (!best || isNearer(config, best, file) ? config : best),
        undefined,
      );
    if (nearest) assigned.set(file, { config: withOptions(nearest, configs), included: false });
  }
  return assigned;
}

function isNearer(a: ProjectConfig, b: ProjectConfig, file: string): boolean {
  const depth = ({ folder }: ProjectConfig): number => (isUnder(file, folder) ? folder.length : -1);
  if (depth(a) !== depth(b)) return depth(a) > depth(b);
  return a.path.length === b.path.length ? a.path < b.path : a.path.length < b.path.length;
}

/** A solution file has no options of its own: those of the first project that it refers to stand for them. */
function withOptions(config: ProjectConfig, configs: readonly ProjectConfig[]): ProjectConfig {
  if (config.files.length > 0 || config.references.length === 0) return config;
  return configs.find(({ path, files }) => config.references.includes(path) && files.length > 0) ?? config;
}
