/** The command line as it ships: exit codes, streams, flags, messages. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuditReport } from '../src/model/report.ts';
import { checks } from '../src/checks/index.ts';
import { main } from '../src/cli/main.ts';
import { wantsColor } from '../src/cli/output.ts';
import { build } from './support/build.ts';

const BIN = fileURLToPath(new URL('../bin/conc-audit.js', import.meta.url));
const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-cli-')));
beforeAll(build);
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}
function run(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? base,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...options.env },
  });
  return { code: status, out: stdout, err: stderr };
}
function project(name: string, files: Record<string, string>): string {
  const folder = path.join(base, name);
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  return folder;
}
const reportOf = ({ out }: Ran): AuditReport => JSON.parse(out);

const FLOATING = `import { readFile } from 'node:fs/promises';
async function load(): Promise<string> {
  return await readFile('x', 'utf8');
}
export async function start(): Promise<void> {
  load();
}
`;
const CLEAN = `export function add(a: number, b: number): number {
  return a + b;
}
`;

describe('what loads no compiler', () => {
  it('--version and --help', () => {
    expect(run(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
    const { code, out } = run(['--help']);
    expect(code).toBe(0);
    for (const word of ['--format', '--preset', '--fail-on', '--no-cache', 'explain', 'why', 'graph', 'Exit codes'])
      expect(out).toContain(word);
  });
  it('rules', () => {
    const { code, out } = run(['rules']);
    expect(code).toBe(0);
    for (const { id, item, level, strict, title } of checks)
      expect(out).toMatch(
        new RegExp(`^${id} +${item} +${level} +${strict ? 'strict' : 'recommended'} +${title}$`, 'm'),
      );
    const rows: unknown = JSON.parse(run(['rules', '--format', 'json']).out);
    expect(rows).toEqual(expect.arrayContaining([expect.objectContaining({ rule: 'unused-suppression', item: '-' })]));
  });
  it('rules --libraries', () => {
    expect(run(['rules', '--libraries']).out).toMatch(/^async-mutex +typescript +\d+ +\d+\.\d+\.\d+ /m);
  });
  it.each(checks)('explain $id', async ({ id, explain }) => {
    // In this process: it is the same program, and a start for each rule takes its time.
    const written: unknown[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, encoding, done) => {
      written.push(text);
      (typeof encoding === 'function' ? encoding : done)?.();
      return true;
    });
    try {
      await main(['explain', id]);
    } finally {
      write.mockRestore();
    }
    expect(written.join('')).toContain(explain.split('\n')[0]);
    expect(written.join('')).toContain('Bad (typescript):');
  });
  it('explain', () => {
    const { code, out } = run(['explain', 'lock-reentry']);
    expect(code).toBe(0);
    expect(out).toContain('Bad (typescript):');
    expect(run(['explain', 'unused-suppression']).out).toContain('conc-audit-ignore-next-line');
    expect(run(['explain', 'lock-rentry'])).toEqual({
      code: 2,
      out: '',
      err: 'error: There is no rule lock-rentry\nDid you mean lock-reentry?\n',
    });
  });
  it.each([[['--version']], [['--help']], [['rules']], [['rules', '--libraries']], [['explain', 'lock-reentry']]])(
    '%j',
    args => {
      const trace = fileURLToPath(new URL('support/traceImports.mjs', import.meta.url));
      const { stderr } = spawnSync(process.execPath, ['--import', trace, BIN, ...args], { encoding: 'utf8' });
      expect(stderr).toContain('/dist/cli/main.js');
      expect(stderr).toContain('/node_modules/commander/');
      expect(
        stderr.match(
          /\/node_modules\/(ts-morph|zod|cosmiconfig|js-yaml|smol-toml|chalk|tinyglobby)\/|\/dist\/frontends\/.*/g,
        ),
      ).toBeNull();
    },
  );
});

describe('mistakes give the nearest match and exit code 2', () => {
  it.each([
    [['--formt', 'json'], '--format'],
    [['--format', 'jsn'], 'Did you mean json?'],
    [['--format', 'json', '--format', 'sarif'], '2 formats for one output'],
    [['--preset', 'strickt'], 'Did you mean strict?'],
    [['--fail-on', 'erorr'], 'Did you mean error?'],
    [['--rule', 'lock-rentry=off'], 'Did you mean lock-reentry?'],
    [['--rule', 'lock-reentry'], 'Expected rule=level'],
    [['--rule', 'lock-reentry=warn'], 'Did you mean warning?'],
    [['--show', 'note'], 'Did you mean notes?'],
    [['ruels'], 'Did you mean the command rules?'],
    [['nowhere/at/all'], 'No such file or folder: nowhere/at/all'],
    [['.'], 'No source files'],
    [['graph', 'call'], 'Did you mean calls?'],
    [['why', 'x'], 'FILE:LINE'],
    [['--config', 'missing.json'], 'No such configuration file'],
  ])('%j', (args, message) => {
    const ran = run(args, { cwd: project('empty', { 'README.md': '' }) });
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('    at ');
  });
  it('names in messages cannot act on the terminal', () => {
    expect(run(['\u001b[31mx']).err).toContain('\\u{1b}[31mx');
  });
});

describe('an audit', () => {
  const floating = project('floating', {
    'src/a.ts': FLOATING,
    'tsconfig.json': '{"compilerOptions":{"strict":true},"include":["src"]}',
  });
  const clean = project('clean', { 'src/a.ts': CLEAN });

  it('tells by its exit code', () => {
    expect(run([clean]).code).toBe(0);
    expect(run([floating]).code).toBe(1);
    expect(run([floating, '--fail-on', 'never']).code).toBe(0);
    expect(run([floating, '--rule', 'floating-promise=warning']).code).toBe(0);
    expect(run([floating, '--rule', 'floating-promise=warning', '--fail-on', 'warning']).code).toBe(1);
    fs.writeFileSync(path.join(clean, 'conc-audit.config.json'), '{"failOn":"nevr"}');
    expect(run([clean])).toMatchObject({ code: 2, err: expect.stringContaining('conc-audit.config.json:1: failOn') });
    fs.rmSync(path.join(clean, 'conc-audit.config.json'));
  });
  it('writes results on standard output and nothing else', () => {
    const { out, err } = run([floating]);
    expect(out).toMatch(/^Verdict: blocked/);
    expect(out).toContain('floating-promise');
    expect(err).toBe('');
    expect(reportOf(run([floating, '--format', 'json'])).findings[0]).toMatchObject({
      rule: 'floating-promise',
      location: { file: 'src/a.ts', line: 6 },
    });
  });
  it('writes paths as the terminal can open them', () => {
    expect(run(['src'], { cwd: floating }).out).toContain('src/a.ts:6:3');
    expect(run(['../floating'], { cwd: clean }).out).toContain('../floating/src/a.ts:6:3');
  });
  it('writes files, whole, several at once', () => {
    const target = path.join(base, 'out/deep');
    const ran = run([
      floating,
      '--format',
      `sarif=${target}/a.sarif`,
      '--format',
      'json',
      '--output',
      `${target}/a.json`,
    ]);
    expect(ran).toEqual({ code: 1, out: '', err: '' });
    expect(fs.readdirSync(target).sort()).toEqual(['a.json', 'a.sarif']);
    expect(JSON.parse(fs.readFileSync(`${target}/a.sarif`, 'utf8'))).toMatchObject({ version: '2.1.0' });
  });
  it('gives addresses from the top of the repository', () => {
    const uris = (folder: string): string[] =>
      [...run([folder, '--format', 'sarif']).out.matchAll(/"uri": "([^"]*)"/g)].map(([, uri = '']) => uri);
    expect(new Set(uris(floating))).toEqual(new Set(['src/a.ts']));
    fs.mkdirSync(path.join(base, 'repo/.git'), { recursive: true });
    const inner = project('repo/packages/x', { 'src/a.ts': FLOATING });
    expect(new Set(uris(inner))).toEqual(new Set(['packages/x/src/a.ts']));
  });
  it('reads the configuration of the project', () => {
    const folder = project('configured', {
      'a.ts': FLOATING,
      'conc-audit.config.json': '{"rules":{"floating-promise":"note"}}',
    });
    expect(run([folder])).toMatchObject({ code: 0, out: expect.stringContaining('1 note (--show notes)') });
    expect(run([folder, '--show', 'notes']).out).toContain('note floating-promise');
    expect(run([folder, '--config', 'none']).code).toBe(1);
  });
  it('obeys suppressions', () => {
    const folder = project('suppressed', {
      'a.ts': FLOATING.replace(
        '  load();',
        '  // conc-audit-ignore-next-line floating-promise -- tried in the background until 2099-01-01\n  load();',
      ),
    });
    expect(run([folder])).toMatchObject({ code: 0, out: expect.stringContaining('1 suppressed in the code') });
    const later = run([folder, '--show', 'notes'], { env: { SOURCE_DATE_EPOCH: '4102444800' } });
    expect(later).toMatchObject({ code: 1, out: expect.stringContaining('ended on 2099-01-01') });
  });
  it('is the same bytes twice', () => {
    expect(run([floating, '--format', 'json']).out).toBe(run([floating, '--format', 'json', '--no-cache']).out);
  });
  it('tells times and counts on standard error when asked', () => {
    const { out, err } = run([floating, '--stats', '--quiet']);
    expect(out.split('\n')).toHaveLength(3);
    expect(err).toMatch(/extract +\d+ ms/);
    expect(err).toMatch(/functions +\d+/);
  });
  it('withstands code nested deeper than the default stack', () => {
    const folder = project('deep', {
      'a.ts': `export const x = ${'(\n'.repeat(3000)}1${')\n'.repeat(3000)};\n`,
      'b.ts': FLOATING,
    });
    const report = reportOf(run([folder, '--format', 'json']));
    expect(report.coverage.files).toBe(2);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['floating-promise']);
  });
  it('why tells the findings at a place, and that there are none', () => {
    expect(run(['why', 'src/a.ts:6'], { cwd: floating })).toMatchObject({
      code: 0,
      out: expect.stringContaining('floating-promise'),
    });
    expect(run(['why', 'src/a.ts:1'], { cwd: floating })).toEqual({
      code: 0,
      out: 'No finding has a place at src/a.ts:1.\n',
      err: '',
    });
  });
  it('graph tasks prints the ownership tree', () => {
    const text = run(['graph', 'tasks', floating]).out;
    expect(text).toMatch(/^1 task runs beside the code that starts it: 1 is an orphan\.\n/);
    expect(text).toContain('nobody\n  t1 promise load  src/a.ts:6 in start\n');
    const data: unknown = JSON.parse(run(['graph', 'tasks', floating, '--format', 'json']).out);
    expect(data).toMatchObject({ schema: 1, tasks: [{ name: 'load', end: 'orphan', how: 'dropped' }] });
    const file = path.join(base, 'tasks.mmd');
    expect(run(['graph', 'tasks', floating, '--format', 'mermaid', '--output', file])).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(fs.readFileSync(file, 'utf8')).toMatch(/^flowchart LR\n/);
  });
  it('graph calls prints the call graph', () => {
    expect(run(['graph', 'calls', floating]).out).toBe(
      'src/a.ts#\nsrc/a.ts#load\nsrc/a.ts#start\n  line 6: src/a.ts#load\n',
    );
    expect(run(['graph', 'calls', floating, '--format', 'dot']).out).toContain('"src/a.ts#start" -> "src/a.ts#load";');
    expect(JSON.parse(run(['graph', 'calls', '--format', 'json'], { cwd: floating }).out)).toMatchObject({
      schema: 1,
      calls: expect.arrayContaining([
        expect.objectContaining({ in: 'src/a.ts#start', kind: 'call', file: 'src/a.ts', targets: ['src/a.ts#load'] }),
      ]),
    });
  });
});

describe('--fix', () => {
  const FIXED = FLOATING.replace('  load();', '  await load();');
  it('changes the files and nothing else in them, and reports what is left', () => {
    const folder = project('fix', { 'src/a.ts': `\ufeff${FLOATING}`, 'src/b.ts': CLEAN });
    const { code, out, err } = run(['--fix', '--format', 'json'], { cwd: folder });
    expect({ code, err }).toEqual({ code: 0, err: 'Fixed 1 finding in 1 file (floating-promise 1)\n' });
    expect(JSON.parse(out)).toMatchObject({ findings: [] });
    expect(fs.readFileSync(path.join(folder, 'src/a.ts'), 'utf8')).toBe(`\ufeff${FIXED}`);
    expect(fs.readFileSync(path.join(folder, 'src/b.ts'), 'utf8')).toBe(CLEAN);
    expect(run(['--fix', '--quiet'], { cwd: folder }).err).toBe('');
  });
  it('as a dry run prints a diff from the working directory on, and writes nothing', () => {
    const folder = project('dry', { 'src/a.ts': FLOATING });
    const { code, out, err } = run(['src', '--fix-dry-run'], { cwd: folder });
    expect({ code, err }).toEqual({ code: 0, err: 'Would fix 1 finding in 1 file (floating-promise 1)\n' });
    expect(out).toMatch(/^--- a\/src\/a\.ts\n\+\+\+ b\/src\/a\.ts\n@@ -3,5 \+3,5 @@\n/);
    expect(fs.readFileSync(path.join(folder, 'src/a.ts'), 'utf8')).toBe(FLOATING);
    expect(spawnSync('git', ['apply'], { cwd: folder, input: out }).status).toBe(0);
    expect(fs.readFileSync(path.join(folder, 'src/a.ts'), 'utf8')).toBe(FIXED);
  });
  it('leaves a file alone that is not UTF-8, and what it cannot mend', () => {
    const text = 'export async function go(): Promise<void> {\n  for (;;) fetch("x");\n}\n';
    const folder = project('kept', { 'a.ts': text });
    expect(run(['--fix', '--fail-on', 'never'], { cwd: folder }).err).toBe('Nothing is fixed\n');
    expect(fs.readFileSync(path.join(folder, 'a.ts'), 'utf8')).toBe(text);
    const wide = Buffer.from(`\ufeff${FLOATING}`, 'utf16le');
    fs.writeFileSync(path.join(folder, 'a.ts'), wide);
    const { code, err } = run(['--fix'], { cwd: folder });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('a.ts was not fixed') });
    expect(fs.readFileSync(path.join(folder, 'a.ts'))).toEqual(wide);
  });
  it('is one of two', () => {
    expect(run(['--fix', '--fix-dry-run']).code).toBe(2);
    expect(run(['--fix-dry-run', '--format', 'json']).err).toContain('prints a diff and no report');
  });
});

describe('the package', () => {
  it('audits from code, on the large stack, and throws what the user has to mend', () => {
    const folder = project('api', { 'a.ts': FLOATING });
    const script = `import { audit, UserError } from 'conc-audit';
      const { report } = await audit({ paths: [${JSON.stringify(folder)}] });
      console.log(report.findings.length);
      await audit({ paths: ['/nowhere'] }).catch(error => console.log(error instanceof UserError, error.message));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['1\ntrue No such file or folder: /nowhere\n', '']);
  });
});

describe('large output', () => {
  const folder = project('large', {
    // Each drops work of its own: what many places drop of one function is one defect.
    'a.ts': `${FLOATING}${Array.from({ length: 4500 }, (_, i) => `async function load${i}(): Promise<void> {\n  await load();\n}\nexport function f${i}(): void {\n  load${i}();\n}\n`).join('')}`,
  });
  it('arrives whole through a pipe', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${BIN}" "${folder}" --format json | cat`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString();
    expect(text.length).toBeGreaterThan(5_000_000);
    const report: AuditReport = JSON.parse(text);
    expect(report.findings.length).toBe(4501);
  });
  it('survives a reader that leaves early', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${BIN}" "${folder}" --format json | head -c 10`],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('colours', () => {
  it.each([
    [true, false, { NO_COLOR: '1' }, true],
    [false, true, { FORCE_COLOR: '1' }, false],
    [undefined, false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [undefined, true, { FORCE_COLOR: '0' }, false],
    [undefined, true, { NO_COLOR: '1' }, false],
    [undefined, true, { NO_COLOR: '' }, true],
    [undefined, true, { TERM: 'dumb' }, false],
    [undefined, true, {}, true],
    [undefined, false, {}, false],
  ])('flag %s, terminal %s, %j: %s', (flag, terminal, env, expected) => {
    expect(wantsColor(flag, terminal, env)).toBe(expected);
  });
});
