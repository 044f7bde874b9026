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
  program: ts.Program;
  /** Node's own declarations are part of it. */
  hasNode: boolean;
  /** Makes the checker on first use. A file that the binder cannot take is given to `onUnusable` and left empty. */
  checker(): ts.TypeChecker;
}

/** `groupOf`: audited file (absolute) → its configuration. Gives file → program. */
export function createPrograms(groupOf: ReadonlyMap<string, FileGroup>, context: HostContext): Map<string, ProgramOf> {
  const cache: SourceCache = new Map();
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
  for (const { options, types, files, declarations } of plans.values()) {
    const rootNames = [
      ...files.sort(),
      ...[...declarations].sort(),
      ...types.files,
      ...globalStubs(context.stubs, types),
    ];
    const ambient = { node: types.hasNode, modules: declaredModules(declarations, context.disk) };
    const program = makeProgram(rootNames, options, context, cache, ambient);
    for (const file of files) programs.set(file, program);
  }
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

function makeProgram(
  rootNames: string[],
  options: ts.CompilerOptions,
  context: HostContext,
  cache: SourceCache,
  ambient: Ambient,
): ProgramOf {
  const host = createHost(context, options, cache, ambient);
  const made: ProgramOf = {
    program: ts.createProgram({ rootNames, options, host }),
    hasNode: ambient.node,
    checker() {
      try {
        return made.program.getTypeChecker();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        leaveOutDeepest(made.program, context, cache);
        resetBinder();
        made.program = ts.createProgram({ rootNames, options, host });
        return made.program.getTypeChecker();
      }
    },
  };
  return made;
}

/** Trees deeper than this overflow the binder's and checker's recursion on a stack where the parser just passed. */
const MAX_TREE_DEPTH = 400;

/** The binder takes all files at once and does not say which was too deep: the deep ones are replaced by empty files. */
function leaveOutDeepest(program: ts.Program, context: HostContext, cache: SourceCache): void {
  for (const [key, source] of cache) {
    if (program.getSourceFile(source.fileName) !== source || treeDepth(source) < MAX_TREE_DEPTH) continue;
    context.onUnusable(source.fileName, 'nested too deeply to be bound');
    cache.set(
      key,
      ts.createSourceFile(source.fileName, '', {
        languageVersion: ts.ScriptTarget.ESNext,
        ...(source.impliedNodeFormat && { impliedNodeFormat: source.impliedNodeFormat }),
      }),
    );
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
