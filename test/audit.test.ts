/** The pipeline over hand-made facts and checks: no parser, no real analysis. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type AuditOptions, auditHere } from '../src/audit.ts';
import type { Check, FoundDraft } from '../src/checks/check.ts';
import type { Frontend } from '../src/frontends/frontend.ts';
import type { At } from '../src/model/facts.ts';
import type { AuditReport } from '../src/model/report.ts';
import { callGraph } from '../src/analysis/flow/callGraph.ts';
import { type FakeFile, at, fakeFrontend, functionFacts, suppression } from './support/facts.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-pipeline-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const check = (id: string, part: Partial<Check> & Pick<Check, 'run'>): Check => ({
  id,
  item: 'C2',
  level: 'error',
  title: `Title of ${id}`,
  why: 'it hangs',
  fix: 'mend it',
  explain: 'Text.',
  counts: 'calls',
  examples: {},
  ...part,
});
const site = (file: string, where: At) => ({ file, at: where, in: `${file}#` });
const draft = (file: string, where: At, part: Partial<FoundDraft> = {}): FoundDraft => ({
  at: site(file, where),
  message: 'it is wrong',
  confidence: 'high',
  key: [file, String(where[0])],
  ...part,
});
const audit = async (frontend: Frontend, checks: Check[], options: AuditOptions = {}): Promise<AuditReport> =>
  (await auditHere({ paths: [folder], ...options }, { frontends: [frontend], libraries: [], checks })).report;
/** A check that reports every `BAD` of every file, and examines every `GOOD`. */
const finder = (
  id: string,
  files: Record<string, FakeFile>,
  part: Partial<Check> = {},
  found: Partial<FoundDraft> = {},
): Check =>
  check(id, {
    run: ({ examined, report }) => {
      for (const [file, { text }] of Object.entries(files)) {
        for (const { index } of text.matchAll(/GOOD|BAD/g)) examined([site(file, [index, index + 3])]);
        for (const { index } of text.matchAll(/BAD/g)) report(draft(file, [index, index + 3], found));
      }
    },
    ...part,
  });

describe('places', () => {
  it('break lines at CR, LF and CRLF only, and do not count a byte-order mark', async () => {
    const files = { 'a.ts': { text: '\ufeffBAD\r\nx\u2028y BAD\rz\n BAD' } };
    const { findings } = await audit(fakeFrontend(files), [finder('r', files)]);
    expect(findings.map(({ location: { line, column, endColumn } }) => [line, column, endColumn])).toEqual([
      [1, 1, 4],
      [2, 5, 8],
      [4, 2, 5],
    ]);
    expect(findings[0]?.frame).toEqual({ firstLine: 1, lines: ['BAD', 'x\u2028y BAD', 'z'], marked: 1 });
  });

  it('carry symbol, frame, line hash and a fingerprint of names alone', async () => {
    const before = { 'a.ts': { text: 'BAD();\n' } };
    const after = { 'a.ts': { text: '// more\n\n  BAD( );\n' } };
    const named = (files: typeof before) => finder('r', files, {}, { key: ['Account.lock'] });
    const [one] = (await audit(fakeFrontend(before), [named(before)])).findings;
    const [two] = (await audit(fakeFrontend(after), [named(after)])).findings;
    expect(one).toMatchObject({
      rule: 'r',
      item: 'C2',
      symbol: 'module',
      why: 'it hangs',
      fix: 'mend it',
      lineHash: expect.stringMatching(/^[0-9a-f]+:1$/),
    });
    expect(one?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(two?.fingerprint).toBe(one?.fingerprint);
    expect(two?.location.line).toBe(3);
  });

  it('of one defect are one finding', async () => {
    const files = { 'a.ts': { text: 'BAD BAD' } };
    const { findings, items } = await audit(fakeFrontend(files), [finder('r', files, {}, { key: ['same'] })]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.related).toEqual([
      { file: 'a.ts', line: 1, column: 5, endLine: 1, endColumn: 8, message: 'Also here: it is wrong' },
    ]);
    expect(items[1]?.rules).toEqual([{ rule: 'r', examined: 2, good: 0, bad: 2, ratio: 0 }]);
  });
});

describe('levels', () => {
  const files = { 'a.ts': { text: 'BAD' }, 'a.test.ts': { text: 'BAD', facts: { test: true } } };
  const levels = async (checks: Check[], options: AuditOptions = {}) =>
    (await audit(fakeFrontend(files), checks, options)).findings.map(
      ({ location, level }) => `${location.file} ${level}`,
    );

  it('are one lower in test files', async () => {
    expect(await levels([finder('r', files)])).toEqual(['a.ts error', 'a.test.ts warning']);
    expect(await levels([finder('r', files, { level: 'warning' })])).toEqual(['a.ts warning', 'a.test.ts note']);
  });

  it.each(['C1', 'C3', 'C7', 'C10'] as const)('item %s is off in test files, also in the score', async item => {
    const report = await audit(fakeFrontend(files), [finder('r', files, { item })]);
    expect(report.findings.map(({ location }) => location.file)).toEqual(['a.ts']);
    expect(report.items.find(({ id }) => id === item)?.rules[0]?.examined).toBe(1);
  });

  it('can be set for a rule; weaker evidence stays weaker', async () => {
    const strong = finder('r', files);
    // found with less than the rule's level: the user's level does not raise it
    const weak = finder('w', files, {}, { level: 'note' });
    expect(await levels([strong, weak], { rules: { r: 'warning', w: 'warning' } })).toEqual([
      'a.ts warning',
      'a.test.ts note',
      'a.test.ts note',
      'a.ts note',
    ]);
    expect(await levels([strong], { rules: { r: 'off' } })).toEqual([]);
    expect(await levels([finder('r', files, { level: 'note' })], { rules: { r: 'error' } })).toEqual([
      'a.ts error',
      'a.test.ts warning',
    ]);
  });

  it('of a rule that does not exist are refused', async () => {
    await expect(
      audit(fakeFrontend(files), [finder('lock-reentry', files)], { rules: { 'lock-rentry': 'off' } }),
    ).rejects.toMatchObject({
      name: 'UserError',
      hint: 'Did you mean lock-reentry?',
    });
  });
});

describe('confidence', () => {
  const files = { 'a.ts': { text: 'BAD' } };
  it('low is for strict alone, and counted elsewhere', async () => {
    const checks = [finder('r', files, {}, { confidence: 'low' })];
    const usual = await audit(fakeFrontend(files), checks);
    expect([usual.findings.length, usual.hidden.lowConfidence, usual.verdict]).toEqual([0, 1, 'not proven']);
    const strict = await audit(fakeFrontend(files), checks, { preset: 'strict' });
    expect([strict.findings.length, strict.hidden.lowConfidence]).toEqual([1, 0]);
  });
});

describe('suppressions', () => {
  const comment = '// conc-audit-ignore-next-line r -- known';
  const text = `${comment}\nBAD\n`;
  const file = (part: object = {}): Record<string, FakeFile> => ({
    'a.ts': { text, facts: { suppressions: [suppression(text, comment, { rules: ['r'], ...part })] } },
  });

  it('keep the finding with its reason, out of the verdict', async () => {
    const files = file();
    const report = await audit(fakeFrontend(files), [finder('r', files)]);
    expect(report.findings).toMatchObject([{ rule: 'r', suppressed: { by: 'inline', reason: 'known' } }]);
    expect(report.hidden).toEqual({ notes: 0, lowConfidence: 0, suppressed: 1 });
    expect(report.verdict).toBe('not proven');
    expect(report.items[1]?.score).toBe(0);
  });

  it('that do nothing, or are over, are notes', async () => {
    const files = file({ until: '2025-01-01' });
    const none = check('r', { run: () => undefined });
    expect((await audit(fakeFrontend(files), [none])).findings).toMatchObject([
      { rule: 'unused-suppression', level: 'note', item: null, location: { line: 1 } },
    ]);
    const expired = await audit(fakeFrontend(files), [finder('r', files)], { today: '2026-01-01' });
    expect(expired.findings.map(({ rule }) => rule)).toEqual(['r', 'expired-suppression']);
    expect(expired.verdict).toBe('blocked');
    expect((await audit(fakeFrontend(files), [none], { rules: { 'unused-suppression': 'off' } })).findings).toEqual([]);
  });
});

describe('the report', () => {
  it('is the same bytes whatever the order of files, checks and findings', async () => {
    const files = { 'b.ts': { text: 'BAD BAD' }, 'a.ts': { text: 'GOOD\nBAD' }, 'c.ts': { text: 'BAD' } };
    const checks = [finder('r', files), finder('q', files, { level: 'note', item: 'C8' }, { key: ['one'] })];
    const [first, second] = await Promise.all([
      audit(fakeFrontend(files), checks),
      audit(
        fakeFrontend(Object.fromEntries(Object.entries(files).reverse()), { order: ['c.ts', 'b.ts', 'a.ts'] }),
        [...checks].reverse(),
      ),
    ]);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('counts coverage, gaps and what was left out', async () => {
    const gap = (reason: string) => ({ at: [0, 1] as const, reason, text: 'x' });
    const files = { 'a.ts': { text: 'x', facts: { gaps: [gap('eval'), gap('with'), gap('eval')] } } };
    const skipped = ['z.d.ts', 'y.d.ts'].map(file => ({ file, reason: 'declaration' }));
    const diagnostics = [{ kind: 'syntax-error', severity: 'error' as const, message: 'no', file: 'b.ts', line: 2 }];
    const report = await audit(fakeFrontend(files, { skipped, diagnostics }), [
      check('r', { run: ({ get }) => void get(callGraph) }),
    ]);
    expect(report.coverage).toMatchObject({
      files: 1,
      functions: 1,
      resolved: 1,
      gaps: [
        { reason: 'eval', count: 2 },
        { reason: 'with', count: 1 },
      ],
    });
    expect(report.skipped).toEqual([{ reason: 'declaration', count: 2, examples: ['y.d.ts', 'z.d.ts'] }]);
    expect(report.diagnostics).toEqual(diagnostics);
    expect(report.items[1]).toMatchObject({ outcome: 'inconclusive' });
  });

  it('survives what is too deep for the stack: a file, a rule', async () => {
    const files = { 'a.ts': { text: 'BAD' }, 'b.ts': { text: 'x' } };
    const usual = fakeFrontend(files);
    const overflow = (): never => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    const frontend: Frontend = {
      ...usual,
      open: async options => {
        const project = await usual.open(options);
        return { ...project, extract: file => (file === 'b.ts' ? overflow() : project.extract(file)) };
      },
    };
    const report = await audit(frontend, [
      finder('r', { 'a.ts': files['a.ts'] }),
      check('deep', { item: 'C8', run: overflow }),
    ]);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['r']);
    expect(report.diagnostics.map(({ kind, file }) => `${kind} ${file ?? ''}`)).toEqual([
      'gave-up ',
      'file-not-read b.ts',
    ]);
    expect(report.items.find(({ id }) => id === 'C8')?.outcome).toBe('not measured');
  });
  it('lets a bug be seen', async () => {
    const bug = check('r', {
      run: () => {
        throw new TypeError('x is undefined');
      },
    });
    await expect(audit(fakeFrontend({ 'a.ts': { text: '' } }), [bug])).rejects.toThrow(TypeError);
  });

  it('refuses a place without sources, and one that does not exist', async () => {
    await expect(audit(fakeFrontend({}), [])).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('No source files'),
    });
    await expect(
      auditHere({ paths: [path.join(folder, 'nowhere')] }, { frontends: [], libraries: [], checks: [] }),
    ).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('No such file or folder'),
    });
  });
});

describe('entry points of the configuration', () => {
  const text = 'export function handle() {} function hidden() {}';
  const functions = [
    functionFacts('a.ts#', {
      values: [
        { kind: 'function', id: 'a.ts#handle' },
        { kind: 'function', id: 'a.ts#hidden' },
      ],
    }),
    functionFacts('a.ts#handle', { nameAt: at(text, 'handle') }),
    functionFacts('a.ts#hidden'),
  ];
  const files = { 'a.ts': { text, facts: { functions, exports: { handle: { value: 0 } } } }, 'b.ts': { text: '' } };
  const registered = async (entryPoints: string[]) => {
    const seen: string[] = [];
    const look = check('look', {
      run: ({ get }) => {
        for (const { id } of functions)
          for (const target of get(callGraph).targets('a.ts#', 0)) seen.push(`${id} ${target}`);
      },
    });
    const report = await audit(fakeFrontend(files), [look], { entryPoints });
    return { handlers: [...new Set(seen.map(one => one.split(' ')[1]))], diagnostics: report.diagnostics };
  };

  it('register every exported function of a file, or one by name', async () => {
    expect((await registered(['a.ts'])).handlers).toEqual(['a.ts#handle']);
    expect((await registered(['*.ts#hidden'])).handlers).toEqual(['a.ts#hidden']);
    expect((await registered([])).handlers).toEqual([]);
  });

  it('that name nothing are told of', async () => {
    expect((await registered(['c/*.ts'])).diagnostics).toEqual([
      { kind: 'config', severity: 'warning', message: 'entryPoints: nothing is named by c/*.ts' },
    ]);
  });
});
