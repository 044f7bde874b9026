/** Groups files by the options that their types depend on, and makes one compiler program per group. */
import { ts } from 'ts-morph';
import { declaredModules } from './declaredModules.ts';
import type { Disk } from './disk.ts';
import { createHost, type Ambient, type HostContext, type SourceCache } from './host.ts';
import type { AuditOptions } from './options.ts';
import type { Stubs } from './stubs.ts';
import { type GlobalTypes, globalTypes } from './typeRoots.ts';

/** A configuration, or what stands for one, as far as programs go. */
export interface FileGroup {
  folder: string;
  options: ts.CompilerOptions;
  audit: AuditOptions;
  declarations: readonly string[];
}
export interface ProgramOf {
  /** Made again where it is asked for after `drop`. */
  program(): ts.Program;
  options: ts.CompilerOptions;
  /** Node's own declarations are part of it. */
  hasNode: boolean;
  /** How each of its audited files is a module (absolute path; absent: by its syntax). */
  formats: ReadonlyMap<string, ts.ResolutionMode>;
  /** Makes the checker on first use. A file that the binder cannot take is given to `onUnusable` and left empty. */
  checker(): ts.TypeChecker;
  /** Gives the memory back that the program and its checker take. */
  drop(): void;
}

/** `groupOf`: audited file (absolute) → its configuration. Gives file → program. */
export function createPrograms(groupOf: ReadonlyMap<string, FileGroup>, context: HostContext): Map<string, ProgramOf> {
  const plans = new Map<
    string,
    { options: ts.CompilerOptions; types: GlobalTypes; files: string[]; declarations: Set<string> }
  >();
  const typesOf = rememberTypes(context.disk);
  for (const [file, group] of groupOf) {
    const types = typesOf(group);
    const key = `${group.audit.key}\0${types.files.join('\0')}`;
    const plan = plans.get(key) ?? { options: group.audit.program, types, files: [], declarations: new Set<string>() };
    plans.set(key, plan);
    plan.files.push(file);
    for (const declaration of group.declarations) plan.declarations.add(declaration);
  }
  const programs = new Map<string, ProgramOf>();
  const shared: SourceCache = new Map();
  for (const { options, types, files, declarations } of plans.values()) {
    const rootNames = [
      ...files.sort(),
      ...[...declarations].sort(),
      ...types.files,
      ...globalStubs(context.stubs, types),
    ];
    const ambient = { node: types.hasNode, modules: declaredModules(declarations, context.disk) };
    const make = (cache: SourceCache): ts.Program =>
      ts.createProgram({ rootNames, options, host: createHost(context, options, cache, ambient) });
    const program = keptProgram(make(shared), () => make(new Map()), files, ambient, context);
    for (const file of files) programs.set(file, program);
  }
  // From here on a file is kept for as long as one of the programs is that it is part of.
  shared.clear();
  return programs;
}

const globalStubs = (stubs: Stubs, types: GlobalTypes): string[] => (types.hasNode ? [] : stubs.globals);

function rememberTypes(disk: Disk): (group: FileGroup) => GlobalTypes {
  const known = new Map<string, GlobalTypes>();
  return ({ folder, options }) => {
    const key = JSON.stringify([folder, options.types, options.typeRoots]);
    const types = known.get(key) ?? globalTypes(folder, options, disk);
    known.set(key, types);
    return types;
  };
}

function keptProgram(
  first: ts.Program,
  again: () => ts.Program,
  files: readonly string[],
  ambient: Ambient,
  context: HostContext,
): ProgramOf {
  // No closure may have `first`: it would keep it.
  const kept: { program: ts.Program | undefined } = { program: first };
  const program = (): ts.Program => (kept.program ??= again());
  return {
    program,
    options: first.getCompilerOptions(),
    hasNode: ambient.node,
    formats: formatsIn(first, files),
    checker() {
      try {
        return program().getTypeChecker();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        leaveOutDeepest(program(), context);
        resetBinder();
        kept.program = again();
        return kept.program.getTypeChecker();
      }
    },
    drop() {
      kept.program = undefined;
    },
  };
}

const formatsIn = (program: ts.Program, files: readonly string[]): Map<string, ts.ResolutionMode> =>
  new Map(files.map(file => [file, program.getSourceFile(file)?.impliedNodeFormat]));

/** Trees deeper than this overflow the binder's and checker's recursion on a stack where the parser just passed. */
const MAX_TREE_DEPTH = 400;

/** The binder takes all files at once and does not say which was too deep: the deep ones are replaced by empty files. */
function leaveOutDeepest(program: ts.Program, context: HostContext): void {
  for (const source of program.getSourceFiles()) {
    if (treeDepth(source) < MAX_TREE_DEPTH) continue;
    context.onUnusable(source.fileName, 'nested too deeply to be bound');
    context.leftOut.add(source.fileName);
  }
}

/** Iterative: the tree may be deeper than our stack. */
function treeDepth(source: ts.SourceFile): number {
  let deepest = 0;
  let level: ts.Node[] = [source];
  while (level.length > 0) {
    deepest++;
    const next: ts.Node[] = [];
    for (const node of level) ts.forEachChild(node, child => void next.push(child));
    level = next;
  }
  return deepest;
}

/** The binder keeps state between files and was left in the middle of one: binding any file to its end clears it. */
function resetBinder(): void {
  const name = '/__reset__.ts';
  const source = ts.createSourceFile(name, '', ts.ScriptTarget.ESNext);
  const host: ts.CompilerHost = {
    getSourceFile: path => (path === name ? source : undefined),
    getDefaultLibFileName: () => '',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: path => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: path => path === name,
    readFile: () => undefined,
  };
  ts.createProgram({ rootNames: [name], options: { noLib: true, types: [] }, host }).getTypeChecker();
}
