/** One source file → `ModuleFacts`. */
import { FACTS_SCHEMA, type ModuleFacts } from '../../model/facts.ts';
import { stableHash } from '../../util/stableHash.ts';
import type { FileContext, FunctionContext } from './context.ts';
import { describeModule } from './describeModule.ts';
import { scanScopes } from './fileScopes.ts';
import { functionNodesOf } from './functionIds.ts';
import { libraryIndex } from './libraryIndex.ts';
import type { LoadedFile, LoadedProject } from './loader/loaded.ts';
import { lowerFunction } from './lowerFunction.ts';
import type { LoweredBodies } from './lowering.ts';
import { accessorNamesOf, ownFields } from './memberIndex.ts';
import { platformOf } from './platform.ts';
import { createQuestions } from './questions.ts';

export interface Extractor {
  /** Throws only for files that `project.load` does not give. */
  extract(file: string): ModuleFacts;
}

export function createExtractor(project: LoadedProject): Extractor {
  return {
    extract(file) {
      const loaded = project.load(file);
      if (!loaded) throw new Error(`no source file ${file}`);
      return extractFile(project, loaded);
    },
  };
}

function extractFile(project: LoadedProject, loaded: LoadedFile): ModuleFacts {
  const { file, source } = loaded;
  const facts = emptyModule(project, loaded);
  const questions = createQuestions(project, file, {
    locks: facts.locks,
    gap: (at, reason, text) => {
      facts.gaps.push({ at, reason, text });
    },
  });
  const nodes = functionNodesOf(source);
  const context: FileContext = {
    project,
    loaded,
    questions,
    scopes: scanScopes(source, file),
    fields: ownFields(source, file),
    accessors: accessorNamesOf(loaded.program, project),
    declaredTypes: new Map(),
    gaps: facts.gaps,
    functions: facts.functions,
    ids: new Set(),
    exported: new Map(),
    initials: new Map(),
    decorated: new Map(),
  };
  for (const node of nodes) context.ids.add(context.scopes.functionOf(node).id);
  const lowered = nodes.map(node => lowerFunction(context, node));
  const bodies = loweredBodies(context, lowered[0]);
  describeModule(facts, project, loaded, questions, bodies);
  adoptMethods(facts);
  return facts;
}

/** Methods of old style (`F.prototype.m = function …`) and their constructor functions belong to the type they make. */
function adoptMethods({ functions, types }: ModuleFacts): void {
  const byId = new Map(functions.map(each => [each.id, each]));
  for (const type of types) {
    for (const id of [type.construct, ...Object.values(type.methods)]) {
      const method = id === null ? undefined : byId.get(id);
      if (method) method.owner ??= type.id;
    }
  }
}

function loweredBodies(context: FileContext, body: FunctionContext | undefined): LoweredBodies {
  return {
    functions: context.functions,
    exported: context.exported,
    initials: context.initials,
    decorated: context.decorated,
    moduleValue(name) {
      const slot = body?.builder.facts.slots[name];
      if (!body || !slot) return undefined;
      if (slot.value !== null && !slot.assignedAgain) return slot.value;
      return body.builder.read({
        root: { kind: 'module', file: context.loaded.file, name },
        type: slot.type,
        path: [],
      });
    },
  };
}

function emptyModule(project: LoadedProject, { file, source }: LoadedFile): ModuleFacts {
  const platform = platformOf(source, libraryIndex(project.libraries));
  return {
    ...(platform === undefined ? {} : { platform }),
    schema: FACTS_SCHEMA,
    file,
    language: 'typescript',
    digest: stableHash([source.text]),
    lineStarts: lineStarts(source.text),
    test: project.isTest(file),
    functions: [],
    types: [],
    exports: {},
    exportsAll: [],
    imports: [],
    locks: {},
    declared: [],
    suppressions: [],
    gaps: [],
  };
}

/** Offsets at which lines start: behind CR, LF and CRLF only, as editors and reports count them. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}
