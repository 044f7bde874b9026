/** Loads a project: assigns files to configurations, makes programs, answers what the extractor asks. */
import { isBuiltin } from 'node:module';
import type { Diagnostic } from '../../../model/report.ts';
import { byCodeUnit } from '../../../util/compare.ts';
import type { Library } from '../../../libraries/library.ts';
import { createDisk, type Disk } from './disk.ts';
import type { LoadedFile, LoadedProject, ResolvedModule } from './loaded.ts';
import { auditOptions, inferredOptions } from './options.ts';
import { createOwnership } from './ownership.ts';
import { absolute, isUnder, relativeTo } from './paths.ts';
import { createPrograms, type FileGroup, type ProgramOf } from './programs.ts';
import { createResolver, type Resolver } from './resolve.ts';
import { createStubs, type Stubs } from './stubs.ts';
import { manifestOf } from './layout.ts';
import type { SourceFinder } from './sourceFinder.ts';
import type { Survey } from './survey.ts';
import { assignFiles, type ProjectConfig } from './tsconfigs.ts';

export interface Loading {
  project: LoadedProject;
  /** Relative file → relative path of its configuration. */
  fileProjects: Record<string, string | null>;
}

export interface ProjectParts {
  survey: Survey;
  finder: SourceFinder;
  isTest: (file: string) => boolean;
}

/** Reads no contents but declarations: the audited texts come with the survey. */
export function loadProject(parts: ProjectParts, libraries: readonly Library[]): Loading {
  const { survey, isTest } = parts;
  const disk = createDisk();
  const stubs = createStubs(libraries);
  const assigned = assignFiles(survey.texts.keys(), survey.configs);
  const groupOf = groupFiles(survey, assigned);
  const resolver = makeResolver(parts, disk, stubs, groupOf);
  const unusable = new Set<string>();
  const textOf = (path: string): string | undefined => survey.texts.get(path);
  const programs = createPrograms(groupOf, {
    root: survey.root,
    disk,
    stubs,
    resolver,
    textOf,
    onUnusable: (path, why) => noteUnusable(path, why, survey, unusable),
    leftOut: new Set(),
  });
  const files = [...survey.texts.keys()].map(path => relativeTo(survey.root, path)).sort(byCodeUnit);
  const answers = { survey, disk, stubs, resolver, programs, groupOf, unusable, libraries, files, isTest };
  const configOf = (file: string): string | null => {
    const config = assigned.get(absolute(survey.root, file))?.config;
    return config ? relativeTo(survey.root, config.path) : null;
  };
  return { project: toProject(answers), fileProjects: Object.fromEntries(files.map(file => [file, configOf(file)])) };
}

function noteUnusable(
  path: string,
  message: string,
  { root, texts, diagnostics }: Survey,
  unusable: Set<string>,
): void {
  if (unusable.has(path)) return;
  unusable.add(path);
  if (!texts.has(path)) return;
  const diagnostic: Diagnostic = { kind: 'gave-up', severity: 'warning', message, file: relativeTo(root, path) };
  diagnostics.push(diagnostic);
}

/** Files without a configuration get options of their package's kind. */
function groupFiles(survey: Survey, assigned: ReadonlyMap<string, { config: ProjectConfig }>): Map<string, FileGroup> {
  const groups = new Map<string, FileGroup>();
  const inferred = new Map<string, FileGroup>();
  for (const path of survey.texts.keys()) {
    const config = assigned.get(path)?.config;
    groups.set(path, config ?? inferredGroup(path, survey, inferred));
  }
  return groups;
}

function inferredGroup(path: string, survey: Survey, known: Map<string, FileGroup>): FileGroup {
  const manifest = manifestOf(path, survey);
  const folder = manifest?.folder ?? survey.root;
  const group = known.get(folder) ?? inferGroup(folder, manifest?.isModule ?? false);
  known.set(folder, group);
  return group;
}

function inferGroup(folder: string, isModule: boolean): FileGroup {
  const options = inferredOptions(isModule);
  return { folder, options, audit: auditOptions(options), declarations: [] };
}

function makeResolver(
  { survey, finder }: ProjectParts,
  disk: Disk,
  stubs: Stubs,
  groupOf: ReadonlyMap<string, FileGroup>,
): Resolver {
  return createResolver({
    root: survey.root,
    disk,
    isAudited: path => survey.texts.has(path),
    optionsOf: path => groupOf.get(path)?.audit.resolution,
    sourceOf: path => (isUnder(path, survey.boundary) ? finder.sourceOf(path) : undefined),
    workspaceSource(specifier, fromFile, isInstalled) {
      if (specifier.startsWith('#')) return finder.internalOf(specifier, fromFile);
      const name = packageName(specifier);
      const manifest = survey.workspaces.listed(name) ?? (isInstalled ? undefined : survey.workspaces.nested(name));
      return manifest && finder.entryOf(manifest, specifier === name ? '.' : `.${specifier.slice(name.length)}`);
    },
    stubFor: specifier => stubs.fileFor(specifier),
    stubPackage: path => stubs.packageOf(path),
  });
}

interface Answers {
  survey: Survey;
  disk: Disk;
  stubs: Stubs;
  resolver: Resolver;
  programs: ReadonlyMap<string, ProgramOf>;
  groupOf: ReadonlyMap<string, FileGroup>;
  unusable: ReadonlySet<string>;
  libraries: readonly Library[];
  files: string[];
  isTest: (file: string) => boolean;
}

function toProject(answers: Answers): LoadedProject {
  const { survey, disk, stubs, libraries, files, isTest } = answers;
  const { root, texts } = survey;
  const ownership = createOwnership(root, disk, stubs);
  const sourceAt = (path: string): string | undefined => (texts.has(path) ? relativeTo(root, path) : undefined);
  return {
    root,
    files,
    libraries,
    load: file => loadFile(absolute(root, file), file, answers),
    done: dropWhenDone(answers),
    text: file => texts.get(absolute(root, file)) ?? '',
    isProjectSource: sourceAt,
    isOwnDeclaration: path =>
      isUnder(path, root) &&
      !texts.has(path) &&
      stubs.packageOf(path) === undefined &&
      !relativeTo(root, path).split('/').includes('node_modules'),
    isTest,
    packageOf: path => ownership.packageOf(path),
    installedVersion: (name, fromFile) => ownership.installedVersion(name, absolute(root, fromFile)),
    resolve: (specifier, fromFile) => resolveFor(specifier, absolute(root, fromFile), answers, ownership.packageOf),
  };
}

function loadFile(path: string, file: string, { programs, unusable }: Answers): LoadedFile | undefined {
  const owner = programs.get(path);
  if (!owner) return undefined;
  const checker = owner.checker();
  const program = owner.program();
  const source = program.getSourceFile(path);
  if (!source || unusable.has(path)) return undefined;
  return { file, source, program, checker, options: owner.options };
}

/** The program of a file is dropped with the last of its files. */
function dropWhenDone({ survey, programs, files }: Answers): (file: string) => void {
  const open = new Map<ProgramOf, Set<string>>();
  for (const file of files) {
    const program = programs.get(absolute(survey.root, file));
    if (program) open.set(program, (open.get(program) ?? new Set()).add(file));
  }
  return file => {
    const program = programs.get(absolute(survey.root, file));
    const left = program && open.get(program);
    if (left?.delete(file) && left.size === 0) program?.drop();
  };
}

function resolveFor(
  specifier: string,
  path: string,
  { survey, programs, resolver, stubs }: Answers,
  packageOf: LoadedProject['packageOf'],
): ResolvedModule {
  const name = packageName(specifier);
  const owner = programs.get(path);
  if (!owner) return { kind: 'package', name, found: false };
  if (isBuiltin(specifier))
    return { kind: 'package', name, found: owner.hasNode || stubs.fileFor(specifier) !== undefined };
  const found = resolver.resolve(
    specifier,
    path,
    owner.formats.get(path),
    owner.options,
    owner.hasNode,
  )?.resolvedFileName;
  if (found === undefined) return { kind: 'package', name, found: false };
  if (survey.texts.has(found)) return { kind: 'source', file: relativeTo(survey.root, found) };
  const owned = packageOf(found);
  return owned ? { kind: 'package', name: owned.name, found: true } : { kind: 'own-declaration', path: found };
}

/** `@a/b/c` → `@a/b`; `fs/promises` → `node:fs/promises`. */
function packageName(specifier: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
