/** Rules that only the preset `strict` runs, and who speaks in their place when they are off. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AuditOptions, auditHere, whyHere } from '../src/audit.ts';
import { selectRules } from '../src/report/rules.ts';
import { checks } from '../src/checks/index.ts';
import { inTree } from './fixtureCases.ts';

const STOCK = `import { readFile, writeFile } from 'node:fs/promises';
import { Mutex } from 'async-mutex';
const lock = new Mutex();
let total = 0;
async function save(file: string): Promise<void> {
  await readFile(file);
  total += 1;
  await writeFile(file, String(total));
}
export async function change(file: string): Promise<void> {
  await lock.runExclusive(() => {
    total += 2;
    save(file);
  });
}
`;
const LINE = 13;

const inStock = <T>(use: (root: string) => Promise<T>): Promise<T> => inTree(new Map([['stock/a.ts', STOCK]]), use);

const rulesAt = (options: AuditOptions): Promise<string[]> =>
  inStock(async root => {
    const { report } = await auditHere({ ...options, paths: [root], cwd: root });
    return report.findings.filter(({ location }) => location.line === LINE).map(({ rule }) => rule);
  });

describe('strict rules', () => {
  it('are off by default, and what they would tell is told by the rule behind them', async () => {
    expect(await rulesAt({})).toEqual(['floating-promise']);
  });
  it('speak alone in the preset strict', async () => {
    expect(await rulesAt({ preset: 'strict' })).toEqual(['section-escape']);
  });
  it('run by a level in the configuration', async () => {
    expect(await rulesAt({ rules: { 'section-escape': 'warning' } })).toEqual(['section-escape']);
  });
  it('are told by why, with what keeps them out of the report', async () => {
    const { findings } = await inStock(root =>
      whyHere({ file: path.join('stock', 'a.ts'), line: LINE, column: null }, { paths: [root], cwd: root }),
    );
    const told = findings.map(({ finding, hidden }) => [finding.rule, hidden?.includes('--preset strict') ?? false]);
    expect(told).toContainEqual(['section-escape', true]);
    expect(told).toContainEqual(['floating-promise', false]);
  });
  it('take the level of the configuration in any preset', () => {
    const ids = (preset: 'recommended' | 'strict', level?: 'off' | 'note'): string[] =>
      selectRules(checks, level ? { 'section-escape': level } : {}, preset).map(
        ({ check, level: of }) => `${check.id} ${of}`,
      );
    expect(ids('strict')).toContain('section-escape error');
    expect(ids('strict', 'off').filter(id => id.startsWith('section-escape'))).toEqual([]);
    expect(ids('recommended', 'note')).toContain('section-escape note');
  });
});
