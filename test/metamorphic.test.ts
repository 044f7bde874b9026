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

/** The last case comes first. */
const orderedBack = (index: number): string => String(cases.length - index).padStart(4, '0');

/** One finding for the whole tree stands at the first of its places, whichever that is. */
const withoutFirstPlace = (verdict: string): string => verdict.replace(/^\S+ (?=undocumented-lock-order )/, '');

// All rewritings at once, since each audit is one of all fixtures; which of them a failure is due to, each alone tells.
describe('no verdict changes', { timeout: 240_000 }, () => {
  it('when idle statements are put in, variables get other names, and folders and files come in another order', async () => {
    const renamed = withOtherNames(sources);
    const idle = new Map([...sources.keys()].map(file => [file, withIdleStatements(file, renamed.get(file) ?? '')]));
    const moved = cases.map((one, index): FixtureCase => {
      const files = [...one.files].map(([file, text]): [string, string] => [
        file,
        idle.get(`${one.name}/${file}`)?.text ?? text,
      ]);
      return { ...one, name: `${orderedBack(index)}/${one.name}`, files: new Map(files) };
    });
    const report = await auditTree(treeOf(moved), true);
    const changed = verdicts(report, (file, line) => {
      const original = file.slice(file.indexOf('/') + 1);
      return asWritten(original, idle.get(original)?.originalLine[line] ?? -1);
    });
    const unchanged = verdicts(await plain(), asWritten);
    expect(changed.map(withoutFirstPlace).sort()).toEqual(unchanged.map(withoutFirstPlace).sort());
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
