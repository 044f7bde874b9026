/** What is written is registered, and what is registered is documented and tested. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Check } from '../src/checks/check.ts';
import type { Spawn } from '../src/model/facts.ts';
import { checks } from '../src/checks/index.ts';
import { frontends } from '../src/frontends/index.ts';
import { libraries } from '../src/libraries/index.ts';
import { explainers } from '../src/reasons/index.ts';
import { reporters } from '../src/reporters/index.ts';
import { DEFAULT_RENDER } from '../src/reporters/reporter.ts';
import { createGet } from '../src/analysis/analysis.ts';
import { linkProgram } from '../src/analysis/program.ts';
import { functionFacts, moduleFacts } from './support/facts.ts';
import { REPORT } from './support/report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');
const names = (folder: string, except: string[]): string[] =>
  fs
    .readdirSync(path.join(ROOT, folder))
    .filter(file => file.endsWith('.ts') && !except.includes(file))
    .map(file => file.slice(0, -3))
    .sort();
/** The rows of the README's tables, without the padding of the columns. */
const rowsOf = (text: string): string[] =>
  text
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.replace(/ {2,}/g, ' '));
const textsUnder = (folder: string): string[] =>
  fs.existsSync(path.join(ROOT, folder))
    ? fs
        .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter(file => /\.[cm]?[jt]sx?$/.test(file))
        .map(file => read(path.join(folder, file)))
    : [];

describe('checks', () => {
  it('are registered, each under the name of its file', () => {
    expect(checks.map(({ id }) => id)).toEqual(names('src/checks', ['index.ts', 'check.ts']));
  });
  it.each(checks.map(check => [check.id, check] as const))('%s is documented', (id, check) => {
    for (const text of [check.title, check.why, check.fix, check.counts, check.explain])
      expect(text.trim()).not.toBe('');
    expect(`${check.why} ${check.fix}`).not.toMatch(/\bpotential/i);
    for (const { language } of frontends) {
      expect(check.examples[language]?.bad.trim()).toBeTruthy();
      expect(check.examples[language]?.good.trim()).toBeTruthy();
    }
    const row = `| \`${id}\` | ${check.item} | ${check.level} | ${check.title} |`;
    expect(rowsOf(read('README.md')).filter(one => one === row)).toEqual([row]);
  });
  it.each(checks.map(({ id }) => id))('%s has a fixture that must be found, and one that must not', id => {
    const texts = textsUnder(`fixtures/checks/${id}`);
    const expecting = texts.filter(text => new RegExp(`(?:^|[^-])expect:[^\\n]*\\b${id}\\b`, 'm').test(text));
    expect(expecting.length).toBeGreaterThan(0);
    expect(texts.length).toBeGreaterThan(expecting.length);
  });
});

describe('other parts', () => {
  it('libraries are registered', async () => {
    const contracts = ['index.ts', 'library.ts'];
    const tables = await Promise.all(
      names('src/libraries', contracts).map(async name => {
        const loaded: { default?: unknown } = await import(
          pathToFileURL(path.join(ROOT, `src/libraries/${name}.ts`)).href
        );
        return { name, table: loaded.default };
      }),
    );
    const registered = new Set<unknown>(libraries);
    const missing = tables.filter(
      ({ table }) => typeof table === 'object' && table !== null && 'apis' in table && !registered.has(table),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
  it('formats are registered under the name of their file, and render', async () => {
    expect([...reporters.keys()].sort()).toEqual(
      names('src/reporters', ['index.ts', 'reporter.ts', 'textPage.ts', 'why.ts']),
    );
    for (const [name, load] of reporters) {
      const { default: reporter } = await load();
      expect(reporter.name).toBe(name);
      expect(reporter.describe).not.toBe('');
      expect(reporter.render(REPORT, DEFAULT_RENDER)).toBe(reporter.render(REPORT, DEFAULT_RENDER));
    }
  });
  it('subjects of why are registered under the name of their file', () => {
    expect(explainers.map(({ name }) => name).sort()).toEqual(names('src/reasons', ['index.ts', 'reason.ts']));
  });
  it('front ends are registered', () => {
    const folders = fs
      .readdirSync(path.join(ROOT, 'src/frontends'), { withFileTypes: true })
      .filter(entry => entry.isDirectory());
    expect(frontends.map(({ language }) => language).sort()).toEqual(folders.map(({ name }) => name).sort());
  });
});

describe('scripts/new-check', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-new-check-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.cpSync(path.join(ROOT, 'src'), path.join(folder, 'src'), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'README.md'), path.join(folder, 'README.md'));
  const start = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, 'scripts/new-check.mjs'), ...args], { cwd: folder, encoding: 'utf8' });
  const load = async (file: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(path.join(folder, file)).href);

  it('makes a check that works, registered and documented', async () => {
    expect(start('brand-new', 'C7', 'warning')).toMatchObject({ status: 0, stderr: '' });
    const index = fs.readFileSync(path.join(folder, 'src/checks/index.ts'), 'utf8');
    const ids = [...checks.map(({ id }) => id), 'brand-new'].sort();
    expect([...index.matchAll(/^import \w+ from '\.\/([\w-]+)\.ts';$/gm)].map(([, name]) => name)).toEqual(ids);
    const rows = rowsOf(fs.readFileSync(path.join(folder, 'README.md'), 'utf8'));
    expect(rows).toContain('| `brand-new` | C7 | warning | An interval is started |');
    const { checks: listed } = (await load('src/checks/index.ts')) as { checks: readonly Check[] };
    expect(listed.map(({ id }) => id)).toEqual(ids);
    const { default: made } = (await load('src/checks/brand-new.ts')) as { default: Check };
    const fixture = fs.readFileSync(path.join(folder, 'fixtures/checks/brand-new/first/bug.ts'), 'utf8');
    expect(fixture).toContain('// expect: brand-new');

    const spawn = (how: 'interval' | 'timer', id: number): Spawn => ({
      kind: 'spawn',
      how,
      id,
      at: [id, id + 1],
      body: 0,
      args: [],
      runsOn: 'event-loop',
      times: { kind: 'unbounded' },
      keeps: 'strong',
    });
    const body = functionFacts('a.ts#', {
      values: [{ kind: 'unknown', text: '' }],
      body: [spawn('interval', 0), spawn('timer', 1)],
    });
    const found: unknown[] = [];
    const examined: unknown[] = [];
    made.run({
      get: createGet(linkProgram([moduleFacts('a.ts', { functions: [body] })], [])),
      examined: places => examined.push(...places),
      report: one => found.push(one),
      isShown: () => true,
    });
    expect([examined.length, found.length]).toEqual([2, 1]);
  });
  it.each([
    [['Brand New', 'C7', 'warning'], 'no rule id'],
    [['brand-newer', 'C11', 'warning'], 'no checklist item'],
    [['brand-newer', 'C1', 'fatal'], 'no level'],
    [[checks[0]?.id ?? '', 'C1', 'note'], 'exists already'],
  ])('refuses %j', (args, why) => {
    const { status, stderr } = start(...args);
    expect([status, stderr.includes(why)]).toEqual([2, true]);
  });
});
