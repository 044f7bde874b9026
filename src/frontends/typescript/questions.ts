/** The questions that the front end asks the type checker about one file, each answered once and never with an exception. */
import { ts } from 'ts-morph';
import type { Api } from '../../libraries/library.ts';
import type { LockKind, TypeId } from '../../model/facts.ts';
import { bare, functionIdOf, sourceFileOf, type Asking, type QuestionSink } from './asking.ts';
import { calleeOf, shortText, type Callee } from './callees.ts';
import { ignoredAt, isThere, mayHoldNothing, overriddenVoid, promiseIn, returnedBy } from './contracts.ts';
import { OWN_DECLARATIONS } from './externalNames.ts';
import { elementsOfType, givesOf } from './gives.ts';
import { libraryIndex } from './libraryIndex.ts';
import type { LoadedProject } from './loader/loaded.ts';
import type { Meaning, Questions } from './lowering.ts';
import { accessorOf, fieldOf, meaningOf } from './meanings.ts';
import { recordsOf } from './records.ts';
import { hasOption, signalIn, signalOf } from './signals.ts';
import { typeIdOfClassExpression, typeIdOfType, typeIdOfTypeDeclaration } from './typeIds.ts';
import { originOf, originOfDeclaration } from './untyped.ts';

/** `Questions`, and what only the type facts ask. */
export interface FileQuestions extends Questions {
  /** The declaration, in words, that a class member implements and that returns nothing, when the member may give a promise. */
  overriddenVoid(member: ts.MethodDeclaration | ts.PropertyDeclaration): string | undefined;
  /** The type id of the class or interface that an expression names (`extends X`). */
  namedType(expression: ts.Expression): TypeId | undefined;
}

/**
 * Opens the questions of one file.
 * @param file relative path of an audited file
 * @param sink gets gaps, and the kinds of the lock types that the file uses
 * @throws when the file cannot be loaded: callers ask only about files that `project.load` gives.
 */
export function createQuestions(project: LoadedProject, file: string, sink: QuestionSink): FileQuestions {
  const loaded = project.load(file);
  if (!loaded) throw new Error(`no source file ${file}`);
  const asking: Asking = {
    project,
    file,
    checker: loaded.checker,
    index: libraryIndex(project.libraries),
    sink,
    strictNulls: loaded.options.strictNullChecks === true,
  };
  const guarded = createGuard(sink);
  const meanings = new Map<ts.Node, Meaning>();
  const callees = new Map<ts.Node, Callee>();
  const apis = new Map<string, Api | undefined>();
  return {
    meaningOf: name =>
      cached(meanings, name, () => guarded<Meaning>(name, { kind: 'unknown' }, () => meaningOf(asking, name))),
    fieldOf: (access, name) => guarded(access, { field: name }, () => fieldOf(asking, access, name)),
    accessorOf: (access, kind) => guarded(access, undefined, () => accessorOf(asking, access, kind)),
    typeIdOf: node => guarded(node, null, () => typeIdOf(asking, node)),
    wantedAs: node => guarded(node, null, () => wantedAs(asking, node)),
    typeIdOfDeclaration: declaration => guarded(declaration, null, () => typeIdOfDeclaration(asking, declaration)),
    calleeOf: call =>
      cached(callees, call, () =>
        guarded<Callee>(call, { kind: 'unresolved', text: shortText(call) }, () => calleeOf(asking, call)),
      ),
    apiOf: external => cached(apis, external, () => asking.index.api(external, name => versionOf(asking, name))),
    worksOutside: external => asking.index.worksOutside(external),
    givesOf: (node, cheaply = false) => guarded(node, 'unknown', () => givesOf(asking, node, cheaply)),
    elementsOf: node => guarded(node, 'unknown', () => elementsOfType(asking, asking.checker.getTypeAtLocation(node))),
    mayBeCalled: node => guarded(node, true, () => mayBeCalled(asking, node)),
    ignoredAt: node => guarded(node, undefined, () => ignoredAt(asking, node)),
    returnedBy: node => guarded(node, undefined, () => returnedBy(asking, node)),
    promiseIn: (node, whenCalled) => guarded(node, 'unknown', () => promiseIn(asking, node, whenCalled)),
    recordsOf: node => guarded(node, undefined, () => recordsOf(asking, node)),
    isThere: node => guarded(node, false, () => isThere(asking, node)),
    mayHoldNothing: node => guarded(node, false, () => mayHoldNothing(asking, node)),
    overriddenVoid: member => guarded(member, undefined, () => overriddenVoid(asking, member)),
    signalOf: call => guarded(call, undefined, () => signalOf(asking, call)),
    hasOption: (node, option) => guarded(node, 'unknown', () => hasOption(asking, node, option)),
    signalIn: parameter => guarded(parameter, undefined, () => signalIn(asking, parameter)),
    lockKind: type => lockKind(asking, type),
    functionIdOf: declaration => functionIdOf(asking, declaration),
    namedType: expression => guarded(expression, undefined, () => namedType(asking, expression)),
  };
}

/** A question that runs out of stack costs its own answer, never the run. */
function createGuard(sink: QuestionSink): <T>(node: ts.Node, fallback: T, ask: () => T) => T {
  return (node, fallback, ask) => {
    try {
      return ask();
    } catch (error) {
      const text = error instanceof RangeError ? 'too deep' : error instanceof Error ? error.message : String(error);
      sink.gap([node.getStart(), node.end], 'question-gave-up', text);
      return fallback;
    }
  };
}

function cached<K, V>(cache: Map<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

function versionOf(asking: Asking, packageName: string): string | undefined {
  return packageName === OWN_DECLARATIONS ? undefined : asking.project.installedVersion(packageName, asking.file);
}

function typeIdOf(asking: Asking, node: ts.Node): TypeId | null {
  const type = asking.checker.getTypeAtLocation(node);
  const id = typeIdOfType(asking, type);
  if (id !== null || !(type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) || !ts.isExpression(node)) return id;
  const origin = originOf(asking, bare(node));
  return origin?.kind === 'instance' ? origin.type : null;
}

function wantedAs(asking: Asking, node: ts.ObjectLiteralExpression): TypeId | null {
  const context = asking.checker.getContextualType(node);
  const type = context && asking.checker.getNonNullableType(context);
  const declared = (type?.aliasSymbol ?? type?.getSymbol())?.declarations ?? [];
  const isOwn = declared.some(declaration => sourceFileOf(asking, declaration) !== undefined);
  return type && isOwn ? typeIdOfType(asking, type) : null;
}

function typeIdOfDeclaration(asking: Asking, declaration: ts.Declaration): TypeId | null {
  if (ts.isClassLike(declaration) || ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
    return typeIdOfTypeDeclaration(asking, declaration) ?? null;
  const type = asking.checker.getTypeAtLocation(declaration);
  const id = typeIdOfType(asking, type);
  if (id !== null || !(type.flags & ts.TypeFlags.Any)) return id;
  const origin = originOfDeclaration(asking, declaration);
  return origin?.kind === 'instance' ? origin.type : null;
}

function namedType(asking: Asking, expression: ts.Expression): TypeId | undefined {
  const known = typeIdOfClassExpression(asking, expression);
  if (known !== undefined) return known;
  const origin = originOf(asking, expression);
  if (origin?.kind !== 'export') return undefined;
  const last = origin.path[origin.path.length - 1];
  return `${origin.package}#${last === undefined || last === 'default' ? (origin.local ?? 'default') : last}`;
}

function lockKind(asking: Asking, type: TypeId): LockKind | undefined {
  const kind = asking.index.lock(type);
  if (kind) asking.sink.locks[type] = kind;
  return kind;
}

function mayBeCalled(asking: Asking, node: ts.Expression): boolean {
  const type = asking.checker.getNonNullableType(asking.checker.getTypeAtLocation(node));
  const parts = type.isUnion() ? type.types : [type];
  const open = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Instantiable;
  return parts.some(
    part => (part.flags & open) !== 0 || part.getCallSignatures().length > 0 || part.getSymbol()?.name === 'Function',
  );
}
