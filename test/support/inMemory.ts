/** Extracts facts from files given as text, without a disk: the compiler's own declarations, no packages installed. */
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { createExtractor } from '../../src/frontends/typescript/extract.ts';
import type { LoadedProject, PackageOfFile, ResolvedModule } from '../../src/frontends/typescript/loader/loaded.ts';
import type { Library } from '../../src/libraries/library.ts';
import type { FunctionFacts, ModuleFacts } from '../../src/model/facts.ts';

const ROOT = '/project';
/** TypeScript's `lib.*.d.ts`, of the development dependency. */
const LIB = dirname(fileURLToPath(import.meta.resolve('typescript')));
const libraryFiles = new Map<string, ts.SourceFile>();

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  allowJs: true,
  strict: true,
  jsx: ts.JsxEmit.Preserve,
  types: [],
  noEmit: true,
};

/** A project of the given files. Bare imports resolve to `node_modules/<name>/index.d.ts` among them, else to nothing. */
export function inMemoryProject(
  texts: Record<string, string>,
  libraries: readonly Library[] = [],
  options: ts.CompilerOptions = {},
): LoadedProject {
  const files = Object.keys(texts).sort();
  const sources = files.filter(file => !file.startsWith('node_modules/'));
  const all = { ...OPTIONS, ...options };
  const program = ts.createProgram({ rootNames: files.map(absolute), options: all, host: memoryHost(texts) });
  const checker = program.getTypeChecker();
  return {
    root: ROOT,
    files: sources,
    libraries,
    done: () => undefined,
    load(file) {
      const source = program.getSourceFile(absolute(file));
      return source && sources.includes(file) ? { file, source, program, checker, options: all } : undefined;
    },
    text: file => texts[file] ?? '',
    isProjectSource: path => sources.find(file => absolute(file) === path),
    isOwnDeclaration: () => false,
    isTest: file => /\.test\.[jt]sx?$/.test(file),
    packageOf,
    installedVersion: () => undefined,
    resolve: (specifier, from) => resolveIn(sources, specifier, from),
  };
}

/** Facts of every file of an in-memory project, by file. */
export function extractTexts(
  texts: Record<string, string>,
  libraries: readonly Library[] = [],
  options: ts.CompilerOptions = {},
): Map<string, ModuleFacts> {
  const project = inMemoryProject(texts, libraries, options);
  const extractor = createExtractor(project);
  return new Map(project.files.map(file => [file, extractor.extract(file)]));
}

/** Facts of one file. */
export function extractText(text: string, file = 'a.ts', libraries: readonly Library[] = []): ModuleFacts {
  const facts = extractTexts({ [file]: text }, libraries).get(file);
  if (!facts) throw new Error(`no facts of ${file}`);
  return facts;
}

/** The function whose id ends with `#name`. */
export function functionNamed(facts: ModuleFacts, name: string): FunctionFacts {
  const found = facts.functions.find(each => each.id === `${facts.file}#${name}`);
  if (!found) throw new Error(`no function ${name} among ${facts.functions.map(each => each.id).join(', ')}`);
  return found;
}

function absolute(file: string): string {
  return posix.join(ROOT, file);
}

function memoryHost(texts: Record<string, string>): ts.CompilerHost {
  const byPath = new Map(Object.entries(texts).map(([file, text]) => [absolute(file), text]));
  const folders = new Set([...byPath.keys()].flatMap(ancestors));
  return {
    getSourceFile(path, languageVersion) {
      const text = byPath.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, languageVersion, true);
      return libraryFile(path, languageVersion);
    },
    getDefaultLibFileName: () => `${LIB}/lib.esnext.d.ts`,
    getDefaultLibLocation: () => LIB,
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: path => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: path => byPath.has(path) || (path.startsWith(LIB) && ts.sys.fileExists(path)),
    readFile: path => byPath.get(path) ?? (path.startsWith(LIB) ? ts.sys.readFile(path) : undefined),
    directoryExists: path => folders.has(path) || path === LIB,
    getDirectories: () => [],
    writeFile: () => undefined,
  };
}

function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) found.push(folder);
  return found;
}

function libraryFile(
  path: string,
  languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  if (!path.startsWith(LIB)) return undefined;
  const known = libraryFiles.get(path);
  if (known) return known;
  const text = ts.sys.readFile(path);
  if (text === undefined) return undefined;
  const file = ts.createSourceFile(path, text, languageVersion, true);
  libraryFiles.set(path, file);
  return file;
}

function packageOf(path: string): PackageOfFile | undefined {
  if (path.startsWith(LIB)) return { name: 'lib', root: LIB };
  const match = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path);
  return match?.[1] !== undefined && match[2] !== undefined ? { name: match[2], root: match[1] } : undefined;
}

function resolveIn(sources: readonly string[], specifier: string, from: string): ResolvedModule {
  if (!specifier.startsWith('.')) return { kind: 'package', name: specifier, found: false };
  const base = posix.join(posix.dirname(from), specifier);
  const candidates = [
    base,
    `${base}.ts`,
    `${base}.tsx`,
    `${base}.js`,
    `${base}/index.ts`,
    base.replace(/\.js$/, '.ts'),
  ];
  const file = sources.find(each => candidates.includes(each));
  return file === undefined ? { kind: 'package', name: specifier, found: false } : { kind: 'source', file };
}
