/** Each OK fixture stays silent because of its guard: without the guard the finding must appear. One run for all. */
import { ts } from 'ts-morph';
import { beforeAll, describe, expect, it } from 'vitest';
import { fits, isOfMutation, type Label, parseLabels } from './expect.ts';
import { auditTree, type FixtureCase, foundOf, isSource, readCases } from './fixtureCases.ts';
import { mutate, mutationNames, strayGuards } from './mutations.ts';
import type { Finding } from '../src/model/report.ts';

interface Mutation {
  /** Folder of the mutated copy. */
  folder: string;
  files: Map<string, string>;
  original: ReadonlyMap<string, string>;
  /** File in the copy and label. */
  wanted: (Label & { file: string })[];
}

const cases = readCases();
const mutations = new Map(cases.flatMap(one => mutationsOf(one)).map(mutation => [mutation.folder, mutation]));

function mutationsOf({ name, files }: FixtureCase): Mutation[] {
  const names = new Set(
    [...files.values()].flatMap(text => [...mutationNames(text), ...mutantLabels(text).map(label => label.name)]),
  );
  return [...names].map(mutation => {
    const folder = `${name}${mutation && `-without-${mutation}`}`;
    return {
      folder,
      original: files,
      files: new Map([...files].map(([file, text]) => [file, isSource(file) ? mutate(text, mutation) : text])),
      wanted: [...files].flatMap(([file, text]) =>
        mutantLabels(text).flatMap(label => (label.name === mutation ? [{ ...label, file: `${folder}/${file}` }] : [])),
      ),
    };
  });
}

function mutantLabels(text: string): Label[] {
  return parseLabels('', text).filter(isOfMutation);
}

const state: { findings: readonly Finding[] } = { findings: [] };

beforeAll(async () => {
  const tree = [...mutations.values()].flatMap(({ folder, files }) =>
    [...files].map(([file, text]): [string, string] => [`${folder}/${file}`, text]),
  );
  state.findings = (await auditTree(new Map(tree))).findings;
});

describe('a program without its guard', () => {
  it.each([...mutations])('%s', (folder, { wanted }) => {
    const found = state.findings.filter(({ location }) => location.file.startsWith(`${folder}/`)).map(foundOf);
    const wrong = wanted.filter(label => found.some(one => fits(label, one)) !== (label.kind === 'mutant-expect'));
    expect(
      wrong.map(({ kind, file, line, rules }) => {
        const what = kind === 'mutant-expect' ? 'missed' : 'found now, make it a mutant-expect';
        return `${what}: ${file}:${line} ${rules.join('|')}`;
      }),
    ).toEqual([]);
  });
});

describe('the marks', () => {
  it.each([...mutations])(
    'of %s change the text, ask for a finding and leave a program',
    (_folder, { files, original, wanted }) => {
      expect(wanted.length).toBeGreaterThan(0);
      expect([...files].some(([file, text]) => text !== original.get(file))).toBe(true);
      for (const [file, text] of files) if (isSource(file)) expect(syntaxErrors(file, text)).toEqual([]);
    },
  );

  it('are all in the grammar', () => {
    expect(cases.flatMap(({ files }) => [...files.values()].flatMap(strayGuards))).toEqual([]);
  });

  it('stand in most programs without a defect', () => {
    const isDefect = ({ kind }: Label): boolean => kind === 'expect' || kind === 'todo-expect';
    const fine = cases.filter(
      ({ files }) => ![...files].some(([file, text]) => parseLabels(file, text).some(isDefect)),
    );
    const guarded = fine.filter(({ files }) => [...files.values()].some(text => mutationNames(text).length > 0));
    expect(guarded.length / fine.length).toBeGreaterThan(0.8);
  });
});

function syntaxErrors(file: string, text: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, allowJs: true },
  });
  return diagnostics.map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}
