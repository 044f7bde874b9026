/** The compiler's view of the project: audited texts, declarations from disk, the language's own library, stubs. */
import { Project, ts } from 'ts-morph';
import type { Disk } from './disk.ts';
import type { Resolver } from './resolve.ts';
import { tooDeepShape } from './shape.ts';
import type { Stubs } from './stubs.ts';

/** Where ts-morph keeps the library files that it brings along; there is no such folder on disk. */
const LIBRARY_FOLDER = '/node_modules/typescript/lib';
export const isLanguageLibrary = (path: string): boolean => path.startsWith(`${LIBRARY_FOLDER}/`);

export interface HostContext {
  root: string;
  disk: Disk;
  stubs: Stubs;
  resolver: Resolver;
  /** Text of an audited file. */
  textOf(path: string): string | undefined;
  /** The parser, binder or checker cannot take the file: an empty one stands for it. */
  onUnusable(path: string, why: string): void;
  /** Files that the binder cannot take: they are read as empty ones. */
  leftOut: Set<string>;
}

/** Parsed files by name and by what parsing depends on: programs share them. */
export type SourceCache = Map<string, ts.SourceFile>;

/** What a program declares without anybody importing the file that does. */
export interface Ambient {
  /** It has Node's own declarations. */
  node: boolean;
  /** Modules that declarations of the project's own describe. */
  modules: ReadonlySet<string>;
}

export function createHost(
  context: HostContext,
  options: ts.CompilerOptions,
  cache: SourceCache,
  ambient: Ambient,
): ts.CompilerHost {
  const { disk, stubs, resolver } = context;
  const textOf = (path: string): string | undefined =>
    context.textOf(path) ?? stubs.text(path) ?? (isLanguageLibrary(path) ? libraryText(path) : disk.readFile(path));
  const parse = (path: string, how: ts.CreateSourceFileOptions): ts.SourceFile | undefined => {
    const text = textOf(path);
    if (text === undefined) return undefined;
    if (context.leftOut.has(path)) return ts.createSourceFile(path, '', how);
    try {
      const source = ts.createSourceFile(path, text, how);
      const problem = context.textOf(path) === undefined ? undefined : tooDeepShape(source);
      if (problem === undefined) return source;
      context.onUnusable(path, problem);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.onUnusable(path, 'nested too deeply to be parsed');
    }
    return ts.createSourceFile(path, '', how);
  };
  return {
    ...disk,
    fileExists: path => stubs.text(path) !== undefined || disk.fileExists(path),
    getSourceFile(path, versionOrOptions) {
      const how = typeof versionOrOptions === 'object' ? versionOrOptions : { languageVersion: versionOrOptions };
      const key = `${path}\0${how.impliedNodeFormat ?? ''}\0${isLanguageLibrary(path) ? '' : `${options.module ?? ''} ${options.moduleDetection ?? ''} ${options.jsx ?? ''}`}`;
      const files = isLanguageLibrary(path) ? LIBRARY_FILES : cache;
      const known = files.get(key) ?? parse(path, { ...how, jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors });
      if (known) files.set(key, known);
      return known;
    },
    getDefaultLibFileName: () => `${LIBRARY_FOLDER}/lib.esnext.full.d.ts`,
    getDefaultLibLocation: () => LIBRARY_FOLDER,
    writeFile: () => undefined,
    getCurrentDirectory: () => context.root,
    getCanonicalFileName: name => (ts.sys.useCaseSensitiveFileNames ? name : name.toLowerCase()),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getNewLine: () => '\n',
    jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors,
    resolveModuleNameLiterals: (literals, containingFile, _redirected, programOptions, containing) =>
      literals.map(literal => {
        const mode = ts.getModeForUsageLocation(containing, literal, programOptions);
        const found = resolver.resolve(literal.text, containingFile, mode, programOptions, ambient.node);
        // Two declarations of one module clash, and the compiler gives up on what both declare.
        const isSecond =
          found !== undefined &&
          ambient.modules.has(literal.text) &&
          stubs.packageOf(found.resolvedFileName) !== undefined;
        return { resolvedModule: isSecond ? undefined : found };
      }),
  };
}

/** The language's own declarations do not change between audits of one process. */
const LIBRARY_FILES: SourceCache = new Map();
let libraryHost: ts.ModuleResolutionHost | undefined;

function libraryText(path: string): string | undefined {
  libraryHost ??= new Project({ useInMemoryFileSystem: true }).getModuleResolutionHost();
  return libraryHost.readFile(path);
}
