/**
 * `reports/` holds what the tool says of `fixtures/programs/shop`, in each format: byte for byte what it says today.
 * `UPDATE_REPORTS=1 npx vitest run test/reports.test.ts` writes the files anew.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { auditHere } from '../src/audit.ts';
import type { AuditReport, Finding } from '../src/model/report.ts';
import { reporters } from '../src/reporters/index.ts';
import { DEFAULT_RENDER } from '../src/reporters/reporter.ts';

const SHOP = fileURLToPath(new URL('../fixtures/programs/shop', import.meta.url));
const REPORTS = fileURLToPath(new URL('../reports/', import.meta.url));
const FILES = { text: 'shop.txt', json: 'shop.json', sarif: 'shop.sarif' } as const;

// Audited as a copy, where no dependency is installed and no package built, whatever surrounds this repository.
const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-shop-'));
fs.cpSync(SHOP, copy, { recursive: true });
let auditRun: Promise<AuditReport> | undefined;
const audited = (): Promise<AuditReport> =>
  (auditRun ??= auditHere({ paths: [copy], cwd: copy }).then(({ report }) => report));
afterAll(() => {
  fs.rmSync(copy, { recursive: true, force: true });
});

async function render(format: string): Promise<string> {
  const load = reporters.get(format);
  if (!load) throw new Error(`no reporter ${format}`);
  return (await load()).default.render(await audited(), { ...DEFAULT_RENDER, width: 100 });
}

const only = (report: AuditReport, rule: string): Finding => {
  const [finding, ...others] = report.findings.filter(one => one.rule === rule);
  if (!finding || others.length > 0) throw new Error(`${others.length + (finding ? 1 : 0)} findings of ${rule}`);
  return finding;
};

describe('the sample program', () => {
  it('has one deadlock over two packages, one floating promise, one orphaned task and a wait without a bound', async () => {
    const report = await audited();
    expect(report.findings.map(({ rule, level, location: { file } }) => `${rule} ${level} ${file}`).sort()).toEqual([
      'floating-promise error packages/api/src/server.ts',
      'lock-order-cycle error packages/api/src/orders.ts',
      'missing-cancellation note packages/api/src/suppliers.ts',
      'orphaned-task warning packages/api/src/suppliers.ts',
    ]);
    expect(report.verdict).toBe('blocked');
  });

  it('shows the way of both requests into the deadlock, from route to acquisition', async () => {
    const { witnesses, message } = only(await audited(), 'lock-order-cycle');
    expect(message).toMatch(/Orders.*lock.*Stock.*lock|Stock.*lock.*Orders.*lock/);
    expect(witnesses).toHaveLength(2);
    const files = witnesses.map(({ steps }) => new Set(steps.map(({ file }) => path.posix.basename(file))));
    for (const seen of files) expect([...seen].sort()).toEqual(['orders.ts', 'server.ts', 'stock.ts']);
    for (const { steps } of witnesses)
      expect(
        steps.filter(({ kind }) => kind === 'acquire').length + steps.filter(({ kind }) => kind === 'wait').length,
      ).toBeGreaterThanOrEqual(2);
  });

  it('has the two paths in every format', async () => {
    const json = JSON.parse(await render('json')) as AuditReport;
    expect(only(json, 'lock-order-cycle').witnesses).toHaveLength(2);
    const sarif = JSON.parse(await render('sarif')) as {
      runs: { results: { ruleId: string; codeFlows?: { threadFlows: unknown[] }[] }[] }[];
    };
    const cycle = sarif.runs[0]?.results.find(({ ruleId }) => ruleId === 'lock-order-cycle');
    expect(cycle?.codeFlows?.map(({ threadFlows }) => threadFlows.length)).toEqual([2]);
    const text = await render('text');
    for (const name of ['orders.ts', 'stock.ts', 'POST /orders', 'POST /stock/recount']) expect(text).toContain(name);
  });
});

describe.each(Object.entries(FILES))('reports: %s', (format, file) => {
  it(`${file} is what the tool writes`, async () => {
    const rendered = await render(format);
    const at = path.join(REPORTS, file);
    if (process.env.UPDATE_REPORTS === '1') {
      fs.mkdirSync(REPORTS, { recursive: true });
      fs.writeFileSync(at, rendered);
    }
    expect(rendered).not.toContain(copy);
    expect(rendered).toBe(fs.readFileSync(at, 'utf8'));
  });
});
