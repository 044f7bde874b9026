/** Hand-made facts: a module with the fields that a test does not care about filled in. */
import type { Frontend } from '../../src/frontends/frontend.ts';
import type { At, FunctionFacts, ModuleFacts, PackageFacts, Suppression } from '../../src/model/facts.ts';
import type { Diagnostic } from '../../src/model/report.ts';

/** The offsets of the `nth` occurrence of `part` in `text`. */
export function at(text: string, part: string, nth = 1): At {
  let start = -1;
  for (let i = 0; i < nth; i += 1) start = text.indexOf(part, start + 1);
  if (start < 0) throw new Error(`no ${part} in the text`);
  return [start, start + part.length];
}

export function functionFacts(id: string, part: Partial<FunctionFacts> = {}): FunctionFacts {
  return {
    id,
    name: id.slice(id.indexOf('#') + 1) || 'module',
    at: [0, 0],
    nameAt: [0, 0],
    parameters: [],
    calling: 'value',
    parent: null,
    owner: null,
    isStatic: false,
    synthetic: false,
    captures: [],
    slots: {},
    values: [],
    body: [],
    ...part,
  };
}

export function moduleFacts(file: string, part: Partial<ModuleFacts> = {}): ModuleFacts {
  return {
    schema: 1,
    file,
    language: 'any',
    digest: '',
    lineStarts: [0],
    test: false,
    functions: [functionFacts(`${file}#`)],
    types: [],
    exports: {},
    exportsAll: [],
    imports: [],
    locks: {},
    declared: [],
    suppressions: [],
    gaps: [],
    ...part,
  };
}

export interface FakeFile {
  text: string;
  facts?: Partial<ModuleFacts>;
}
/** A front end that knows its files already. */
export function fakeFrontend(
  files: Record<string, FakeFile>,
  extra: {
    diagnostics?: Diagnostic[];
    skipped?: { file: string; reason: string }[];
    packages?: PackageFacts[];
    order?: string[];
  } = {},
): Frontend {
  return {
    language: 'any',
    commentPrefix: '//',
    claims: file => Object.hasOwn(files, file),
    open: () =>
      Promise.resolve({
        files: extra.order ?? Object.keys(files).sort(),
        packages: extra.packages ?? [],
        fileProjects: Object.fromEntries(Object.keys(files).map(file => [file, null])),
        skipped: extra.skipped ?? [],
        diagnostics: extra.diagnostics ?? [],
        extract: file => moduleFacts(file, files[file]?.facts),
        text: file => files[file]?.text ?? '',
      }),
  };
}

export function suppression(
  text: string,
  comment: string,
  part: Partial<Suppression> & { rules: string[] },
): Suppression {
  return { at: at(text, comment), scope: 'next-line', reason: 'known', ...part };
}
