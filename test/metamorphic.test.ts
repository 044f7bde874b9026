/** Rewriting a program without changing what it does changes no verdict: same rule and level at the same statement. */
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../src/model/report.ts';
import { auditTree, type FixtureCase, isSource, readCases, treeOf } from './fixtureCases.ts';
import { withIdleStatements, withOtherNames } from './rewrites.ts';

const cases = readCases();
const tree = treeOf(cases);
const sources = new Map([...tree].filter(([file]) => isSource(file)));
let plainRun: Promise<AuditReport> | undefined;
const plain = (): Promise<AuditReport> => (plainRun ??= auditTree(tree));

/** One line a finding: rule, level, confidence and original place. */
const verdicts = (report: AuditReport, place: (file: string, line: number) => string): string[] =>
  report.findings
    .map(
      ({ rule, level, confidence, location: { file, line } }) => `${place(file, line)} ${rule} ${level} ${confidence}`,
    )
    .sort();

const asWritten = (file: string, line: number): string => `${file}:${line}`;

/** One finding for the whole tree stands at the first of its places, whichever that is. */
const withoutFirstPlace = (verdict: string): string => verdict.replace(/^\S+ (?=undocumented-lock-order )/, '');

// Every rewriting is an audit of all fixtures.
describe('no verdict changes', { timeout: 240_000 }, () => {
  it('when statements that do nothing are put between the others', async () => {
    const rewritten = new Map([...sources].map(([file, text]) => [file, withIdleStatements(file, text)]));
    const report = await auditTree(
      new Map([...tree, ...[...rewritten].map(([file, { text }]): [string, string] => [file, text])]),
    );
    const place = (file: string, line: number): string =>
      asWritten(file, rewritten.get(file)?.originalLine[line] ?? -1);
    expect(verdicts(report, place)).toEqual(verdicts(await plain(), asWritten));
  });

  it('when variables and parameters get other names', async () => {
    const report = await auditTree(new Map([...tree, ...withOtherNames(sources)]));
    expect(verdicts(report, asWritten)).toEqual(verdicts(await plain(), asWritten));
  });

  it('when folders and files come in another order', async () => {
    const moved = cases.map((one, index): FixtureCase => ({
      ...one,
      name: `${String(cases.length - index).padStart(4, '0')}/${one.name}`,
    }));
    const report = await auditTree(treeOf(moved), true);
    const original = (file: string): string => file.slice(file.indexOf('/') + 1);
    const moves = verdicts(report, (file, line) => asWritten(original(file), line));
    expect(moves.map(withoutFirstPlace).sort()).toEqual(
      verdicts(await plain(), asWritten)
        .map(withoutFirstPlace)
        .sort(),
    );
  });

  it('in vain: there are verdicts, and the rewriting does rewrite', async () => {
    expect((await plain()).findings.length).toBeGreaterThan(50);
    const renamed = withOtherNames(sources);
    expect([...sources].filter(([file, text]) => renamed.get(file) === text).map(([file]) => file).length).toBeLessThan(
      sources.size / 10,
    );
    for (const [file, text] of [
      ...renamed,
      ...[...sources].map(([name, source]): [string, string] => [name, withIdleStatements(name, source).text]),
    ]) {
      expect(syntaxErrors(file, text)).toEqual([]);
    }
  });
});

const syntaxErrors = (file: string, text: string): string[] =>
  (
    ts.transpileModule(text, {
      fileName: file,
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    }).diagnostics ?? []
  ).map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
