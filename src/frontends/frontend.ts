/** The contract of a language front end: files in, `ModuleFacts` out. Nothing after it knows the language. */
import type { Library } from '../libraries/library.ts';
import type { ModuleFacts, PackageFacts } from '../model/facts.ts';
import type { ReproPlan } from '../model/repro.ts';
import type { Repair, TextEdit } from '../model/repairs.ts';
import type { Diagnostic } from '../model/report.ts';

export interface FrontendOptions {
  /** Absolute, real path of the audit root (the folder given; the common folder of several paths). */
  root: string;
  /** Absolute paths given by the user, files or folders; only what lies under them is audited. */
  paths: string[];
  /** Globs relative to the root; `include` wins over the default exclusions, `exclude` over everything. */
  include: string[];
  exclude: string[];
  libraries: readonly Library[];
  /** Texts that stand for those of files on disk, relative to the root. */
  overlay?: ReadonlyMap<string, string>;
  /** Called now and then with a sentence for a progress line. */
  progress: (text: string) => void;
}

export interface OpenProject {
  /** Files to extract, relative to the root, sorted by code unit. */
  files: string[];
  packages: PackageFacts[];
  /** tsconfig (or the like) that each file went to, relative; null: none. */
  fileProjects: Record<string, string | null>;
  /** Files found and left out, by reason (`git-ignored`, `declaration`, `minified`, `generated`, `build-output`, `too-large` …). */
  skipped: { file: string; reason: string }[];
  diagnostics: Diagnostic[];
  /** Never throws for the file's own sake: what cannot be read is a diagnostic added to `diagnostics`, and null. */
  extract(file: string): ModuleFacts | null;
  /** The text that the offsets count in. */
  text(file: string): string;
  /** The edits that a repair is; null: it cannot be written there, or would mean something else. */
  edits?(file: string, repair: Repair): readonly TextEdit[] | null;
  /** Errors of types that the language's compiler has in the file: offset and words. */
  typeErrors?(file: string): readonly { at: number; text: string }[];
}

export interface Frontend {
  language: string;
  commentPrefix: string;
  claims(file: string): boolean;
  /** Throws `UserError` for what the user has to mend (broken configuration). */
  open(options: FrontendOptions): Promise<OpenProject>;
  /** The text of a test that runs into a deadlock; `folder`: where it will stand, relative to the audit root. */
  repro?(plan: ReproPlan, folder: string): string;
}
export const defineFrontend = (frontend: Frontend): Frontend => frontend;
