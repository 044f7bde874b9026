/** What the loader hands to the extractor: parsed files with their checkers, and who a declaration belongs to. */
import type { ts } from 'ts-morph';
import type { Library } from '../../../libraries/library.ts';

/** One project file, ready for questions. */
export interface LoadedFile {
  /** Relative to the audit root, `/` separators. */
  file: string;
  source: ts.SourceFile;
  program: ts.Program;
  /** Made on first use, one per program. */
  checker: ts.TypeChecker;
  /** Options of the program; resolution options such as `paths` are those of the file's own configuration. */
  options: ts.CompilerOptions;
}

/** The npm package that a file belongs to. */
export interface PackageOfFile {
  /** `@types/x` counts as `x`, `@types/a__b` as `@a/b`; `node` for @types/node; `lib` for the language's and DOM's own. */
  name: string;
  version?: string;
  /** Absolute path of its folder; '' for a declaration that comes from a library table's stub. */
  root: string;
}

/** Where a module specifier leads. */
export type ResolvedModule =
  | { kind: 'source'; file: string }
  /** A project file that is not audited (a `.d.ts` of its own, an excluded file); `path` is absolute. */
  | { kind: 'own-declaration'; path: string }
  /** Outside the project. `name` is the package (`pg`, `node:fs`), whether installed, stubbed or missing. */
  | { kind: 'package'; name: string; found: boolean };

export interface LoadedProject {
  /** Absolute, real path of the audit root. */
  root: string;
  /** Audited files, relative, sorted by code unit. */
  files: string[];
  libraries: readonly Library[];
  /** undefined: the file could not be read or parsed (there is a diagnostic). */
  load(file: string): LoadedFile | undefined;
  /** The facts of the file are there: what the compiler knows is kept until this is said of all files of its program. */
  done(file: string): void;
  /** The text that offsets count in (BOM removed, UTF-16 decoded); '' when the file could not be read. */
  text(file: string): string;
  /** Relative path when the absolute path (as in `SourceFile.fileName`) is an audited file. */
  isProjectSource(absolutePath: string): string | undefined;
  /** A file under the audit root, outside node_modules, that is not audited: own `.d.ts`, build output. */
  isOwnDeclaration(absolutePath: string): boolean;
  isTest(file: string): boolean;
  /** The package outside of the project that a declaration file belongs to; undefined for the project's own files. */
  packageOf(absolutePath: string): PackageOfFile | undefined;
  /** Version of a package as seen from a file (from node_modules, else @types), undefined when not installed. */
  installedVersion(packageName: string, fromFile: string): string | undefined;
  /** Resolves as the compiler does for that file. Never reads outside of what the compiler would. */
  resolve(specifier: string, fromFile: string): ResolvedModule;
}
