/** The inferred hierarchy of locks: the rule about undocumented orders, declarations that say nothing, `graph locks`. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AuditOptions, auditHere, linkHere } from '../src/audit.ts';
import { printLockGraph } from '../src/report/lockGraph.ts';

const CONFIG = fileURLToPath(new URL('../fixtures/checks/tsconfig.json', import.meta.url));

async function inProject<T>(files: Record<string, string>, use: (options: AuditOptions) => Promise<T>): Promise<T> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-locks-'));
  try {
    fs.copyFileSync(CONFIG, path.join(root, 'tsconfig.json'));
    fs.writeFileSync(path.join(root, 'package.json'), '{ "private": true, "type": "module" }');
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(root, file), text);
    return await use({ paths: [root], cwd: root, preset: 'strict' });
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** `rule line: message` of the findings of some rules. */
const findings = (files: Record<string, string>, options: AuditOptions = {}): Promise<string[]> =>
  inProject(files, async base => {
    const { report } = await auditHere({ ...base, ...options });
    return report.findings
      .filter(({ rule }) => ['undocumented-lock-order', 'stale-declaration', 'lock-order-violation'].includes(rule))
      .map(({ rule, level, location, message }) => `${rule} ${level} ${location.file}:${location.line} ${message}`);
  });

const LOCKS = `import { Mutex } from 'async-mutex';
export const beds = new Mutex();
export const tools = new Mutex();
export const water = new Mutex();
`;
const NESTED = `import { beds, tools, water } from './locks.ts';
export const plant = () => beds.runExclusive(() => tools.runExclusive(() => 1));
export const soak = () => tools.runExclusive(() => water.runExclusive(() => 2));
export const both = () => beds.runExclusive(() => water.runExclusive(() => 3));
`;

describe('undocumented-lock-order', () => {
  it('is one finding with the order ready to paste, and without what follows from it', async () => {
    expect(await findings({ 'locks.ts': LOCKS, 'garden.ts': NESTED })).toEqual([
      expect.stringMatching(
        /^undocumented-lock-order note garden\.ts:2 `tools` is taken while `beds` is held.* 3 pairs .*: `@lockOrder beds < tools < water`$/,
      ),
    ]);
  });
  it('is silent once that order is pasted', async () => {
    const declared = LOCKS.replace('export const beds', '/** @lockOrder beds < tools < water */\nexport const beds');
    expect(await findings({ 'locks.ts': declared, 'garden.ts': NESTED })).toEqual([]);
  });
  it('is silent once it is in the configuration', async () => {
    const lockOrder = [['locks#beds', 'locks#tools', 'water']];
    expect(await findings({ 'locks.ts': LOCKS, 'garden.ts': NESTED }, { lockOrder })).toEqual([]);
  });
  it('tells what a declaration leaves open', async () => {
    const declared = LOCKS.replace('export const beds', '/** @lockOrder beds < tools */\nexport const beds');
    expect(await findings({ 'locks.ts': declared, 'garden.ts': NESTED })).toEqual([
      expect.stringMatching(/garden\.ts:3 `water` is taken while `tools` is held.* 2 pairs/),
    ]);
  });
  it.each([
    [
      'locks that are held one after the other',
      'await beds.runExclusive(() => 1);\n  await tools.runExclusive(() => 2);',
    ],
    ['two objects of one class', 'for (const bed of [new Bed(), new Bed()]) await bed.lock.runExclusive(() => 1);'],
    ['a lock that is only tried for', 'await beds.runExclusive(() => tryAcquire(tools).runExclusive(() => 1));'],
    [
      'work that is started and not waited for',
      'await beds.runExclusive(() => { void tools.runExclusive(() => 1); });',
    ],
    ['a limiter inside', 'await beds.runExclusive(() => limit(() => 1));'],
  ])('is silent for %s', async (_what, body) => {
    const use = `import { Mutex, tryAcquire } from 'async-mutex';
import pLimit from 'p-limit';
import { beds, tools } from './locks.ts';
const limit = pLimit(3);
class Bed { readonly lock = new Mutex(); }
export async function work() {
  ${body}
}
`;
    expect(await findings({ 'locks.ts': LOCKS, 'use.ts': use })).toEqual([]);
  });
  it('does not ask it of tests', async () => {
    const test = NESTED.replace('./locks.ts', '../locks.ts').replaceAll('export const', 'export const test');
    expect(await findings({ 'locks.ts': LOCKS, 'garden.test.ts': test.replace('../', './') })).toEqual([]);
  });
});

describe('declared orders', () => {
  it('of the configuration are kept like those of comments', async () => {
    const use = `import { beds, tools } from './locks.ts';
export const lend = () => tools.runExclusive(() => beds.runExclusive(() => 1));
`;
    expect(await findings({ 'locks.ts': LOCKS, 'use.ts': use }, { lockOrder: [['beds', 'tools']] })).toEqual([
      expect.stringMatching(/^lock-order-violation error use\.ts:2 .*against the declared order `beds < tools`/),
    ]);
  });
  it('that name no lock are told of', async () => {
    const declared = LOCKS.replace('export const beds', '/** @lockOrder beds < shed */\nexport const beds');
    expect(await findings({ 'locks.ts': declared })).toEqual([
      'stale-declaration note locks.ts:2 There is no lock `shed`, so the order says nothing of it.',
    ]);
  });
  it('that contradict each other are told of, and allow neither', async () => {
    const declared = LOCKS.replace(
      'export const beds',
      '/** @lockOrder beds < tools */\n/** @lockOrder tools < beds */\nexport const beds',
    );
    const use = `import { beds, tools } from './locks.ts';
export const lend = () => tools.runExclusive(() => beds.runExclusive(() => 1));
`;
    expect((await findings({ 'locks.ts': declared, 'use.ts': use })).map(line => line.slice(0, 40))).toEqual([
      'stale-declaration note locks.ts:2 The or',
      'stale-declaration note locks.ts:3 The or',
    ]);
  });
  it('of the configuration that name no lock are a diagnostic', async () => {
    const messages = await inProject({ 'locks.ts': LOCKS }, async options => {
      const { report } = await auditHere({ ...options, lockOrder: [['beds', 'cellar']] });
      return report.diagnostics.map(({ message }) => message);
    });
    expect(messages).toEqual(['lockOrder: There is no lock `cellar`, so the order says nothing of it.']);
  });
});

describe('graph locks', () => {
  const graph = (files: Record<string, string>, format: 'text' | 'json' | 'dot' | 'mermaid'): Promise<string> =>
    inProject(files, async options => printLockGraph(await linkHere(options), format));
  const circle = `import { beds, tools } from './locks.ts';
export const plant = () => beds.runExclusive(() => tools.runExclusive(() => 1));
export const lend = () => tools.runExclusive(() => beds.runExclusive(() => 1));
`;

  it('gives the order to paste and every acquisition', async () => {
    const text = await graph({ 'locks.ts': LOCKS, 'garden.ts': NESTED }, 'text');
    expect(text).toContain('  @lockOrder beds < tools < water\n');
    expect(text).toContain('beds  locks.ts:2\n  held while tools is taken\n    garden.ts:2 in ');
  });
  it('marks cycles', async () => {
    const files = { 'locks.ts': LOCKS, 'garden.ts': circle };
    expect(await graph(files, 'text')).toContain('taken in a circle: beds, tools');
    expect(await graph(files, 'dot')).toMatch(/l1 -> l2 \[label="garden\.ts:2", color=red\];/);
    expect(await graph(files, 'mermaid')).toMatch(/linkStyle 0,1 stroke:red/);
    expect(JSON.parse(await graph(files, 'json'))).toMatchObject({ order: [], cycles: [['beds', 'tools']] });
  });
  it('says so when nothing nests', async () => {
    const single = `import { beds } from './locks.ts';\nexport const dig = () => beds.runExclusive(() => 1);\n`;
    expect(await graph({ 'locks.ts': LOCKS, 'use.ts': single }, 'text')).toContain(
      '1 lock; no lock is taken while another is held.',
    );
    expect(await graph({ 'empty.ts': 'export {};\n' }, 'text')).toBe('No lock is taken.\n');
  });
});
