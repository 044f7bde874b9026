/** Inputs that break such tools, through the command line as it ships: it ends by itself, and says what it left out. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { typescript } from '../src/frontends/typescript/index.ts';
import type { AuditReport } from '../src/model/report.ts';
import { type Files, repository, write } from './loaderSupport.ts';
import { build } from './support/build.ts';

const BIN = fileURLToPath(new URL('../bin/conc-audit.js', import.meta.url));
beforeAll(build, 180_000);

interface Audited {
  code: number | null;
  report: AuditReport;
  /** Diagnostic kinds by file. */
  told: Map<string, string[]>;
}

function run(args: readonly string[]): { code: number | null; signal: string | null; out: string; err: string } {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 110_000,
  });
  return { code: status, signal, out: stdout, err: stderr };
}

/** Audits, and asserts what holds for every input: an exit code of ours, no stack trace, a whole report. */
function audit(root: string, ...args: string[]): Audited {
  const { code, signal, out, err } = run([root, '--format', 'json', ...args]);
  expect(signal, err).toBeNull();
  expect(code, err).toBeOneOf([0, 1]);
  expect(err).not.toMatch(/^\s+at .*:\d+:\d+/m);
  const report: AuditReport = JSON.parse(out);
  const told = new Map<string, string[]>();
  for (const { file, kind } of report.diagnostics)
    if (file !== undefined) told.set(file, [...(told.get(file) ?? []), kind]);
  return { code, report, told };
}

/** Kinds of diagnostics that say that a file was not analysed. */
const NOT_ANALYSED = new Set(['file-not-read', 'skipped', 'gave-up']);

/** Every code file is analysed, listed as left out, or given up with a diagnostic; every reason has a diagnostic. */
function expectNothingSilent({ report, told }: Audited, files: Files): void {
  const code = Object.keys(files).filter(file => /\.[cm]?[jt]sx?$/.test(file));
  const leftOut = report.skipped.reduce((sum, { count }) => sum + count, 0);
  const gaveUp = code.filter(file => told.get(file)?.includes('gave-up'));
  expect(report.coverage.files + leftOut + gaveUp.length).toBe(code.length);
  const saying = report.diagnostics.filter(({ kind }) => NOT_ANALYSED.has(kind)).length;
  expect(saying).toBeGreaterThanOrEqual(report.skipped.length + gaveUp.length);
}

/** `text` n times, in lines short enough to pass for hand-written. */
const times = (text: string, n: number): string =>
  Array.from({ length: n }, (_, i) => (i % 10 === 9 ? `${text}\n` : text)).join('');

const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const FLOATING = `async function save(): Promise<void> {\n  await null;\n}\nexport function run(): void {\n  save();\n}\n`;
const EXACTLY_HERE = { rule: 'floating-promise', line: 5, column: 3 };
const places = ({ report }: Audited, file: string): object[] =>
  report.findings
    .filter(({ location }) => location.file === file)
    .map(({ rule, location: { line, column } }) => ({ rule, line, column }));

describe('bytes', () => {
  it('byte order marks, line ends, encodings, binary data, empty files', () => {
    const files: Files = {
      'bom.ts': `\ufeff${FLOATING}`,
      'crlf.ts': FLOATING.replaceAll('\n', '\r\n'),
      'cr.ts': FLOATING.replaceAll('\n', '\r'),
      'mixed.ts': FLOATING.replace('\n', '\r').replace('\n', '\r\n'),
      'separators.ts': `// \u2028 \u2029\n${FLOATING.slice(0, -1)}`,
      'latin.ts': Buffer.concat([Buffer.from('// caf'), Buffer.from([0xe9]), Buffer.from(`\n${FLOATING}`)]),
      'utf16le.ts': utf16(FLOATING, false),
      'utf16be.ts': utf16(FLOATING, true),
      'video.ts': Buffer.concat([Buffer.from([0x47, 0x40, 0, 0x10]), Buffer.alloc(184)]),
      'nul.js': Buffer.from('const a = "\0";\n'),
      'empty.ts': '',
      'blank.ts': '\n\n',
      'no-end.ts': FLOATING.trimEnd(),
      'shebang.js': '#!/usr/bin/env node\n\f\tconst a = 1;\n',
    };
    const audited = audit(repository(files));
    expectNothingSilent(audited, files);
    for (const file of ['bom.ts', 'crlf.ts', 'cr.ts', 'mixed.ts', 'utf16le.ts', 'utf16be.ts', 'no-end.ts'])
      expect(places(audited, file), file).toEqual([EXACTLY_HERE]);
    for (const file of ['separators.ts', 'latin.ts'])
      expect(places(audited, file), file).toEqual([{ ...EXACTLY_HERE, line: 6 }]);
    expect(Object.fromEntries(audited.told)).toEqual({
      'latin.ts': ['encoding'],
      'nul.js': ['file-not-read'],
      'video.ts': ['file-not-read'],
    });
  });
});

describe('shape', () => {
  const deep = (open: string, close: string, n: number): string =>
    `export const deep = ${times(open, n)}1${times(close, n)};\n`;
  const shapes: Record<string, Files> = {
    'deep brackets': {
      'parentheses.ts': deep('(', ')', 1_500),
      'arrays.js': deep('[', ']', 1_500),
      'objects.ts': deep('{a:', '}', 1_500),
      'blocks.ts': `export function f() {${times('{', 1_500)}${times('}', 1_500)}}\n`,
      'arrows.js': deep('() => (', ')', 1_000),
      'ifs.ts': `export function g(x: number) {${times('if (x) ', 1_500)} return 1; }\n`,
      'types.ts': `export type T = ${times('Array<', 1_500)}number${times('>', 1_500)};\n`,
      'fine.ts': FLOATING,
    },
    'deeper than anything is read': { 'parentheses.ts': deep('(', ')', 60_000), 'fine.ts': FLOATING },
    'long chains': {
      'calls.ts': `declare const b: { add(n: number): typeof b };\nexport const c = b${times('.add(1)', 20_000)};\n`,
      'promises.ts': `export const p = Promise.resolve(1)${times('.then(x => x)', 3_000)};\n`,
      'sums.ts': `export const s = ${times("'a' + ", 20_000)}'';\n`,
      'elses.ts': `export function f(x: number) {\n${Array.from({ length: 3_000 }, (_, i) => `if (x === ${i}) return ${i};`).join('\nelse ')}\n}\n`,
      'conditionals.ts': `export const t = (x: number) => ${Array.from({ length: 3_000 }, (_, i) => `x === ${i} ? ${i} :\n`).join('')}0;\n`,
      'fine.ts': FLOATING,
    },
    'much of everything': {
      'branches.ts': `export async function many(x: number) {\n${Array.from({ length: 10_000 }, (_, i) => `  if (x > ${i}) await 0;`).join('\n')}\n}\n`,
      'union.ts': `export type U = ${Array.from({ length: 5_000 }, (_, i) => `{ k: ${i}; run(): Promise<void> }`).join('\n| ')};\nexport const go = async (u: U) => { await u.run(); };\n`,
      'enum.ts': `export enum E {\n${Array.from({ length: 5_000 }, (_, i) => `  M${i},`).join('\n')}\n}\n`,
      'minified.js': `(()=>{${'async function a(){await b()};'.repeat(2_000)}})();`,
      'huge.js': 'x();\n'.repeat(400_000),
      'fine.ts': FLOATING,
    },
    'things that go round': {
      'a.ts': `export * from './b.js';\nexport * from './a.js';\nimport { odd } from './b.js';\nexport async function even(n: number): Promise<boolean> { return n === 0 ? true : odd(n - 1); }\n`,
      'b.ts': `export * from './a.js';\nexport { even as again } from './b.js';\nimport { even } from './a.js';\nexport async function odd(n: number): Promise<boolean> { return n === 0 ? false : even(n - 1); }\n`,
      'types.ts': `export interface A<T> extends B<A<T>> {}\nexport interface B<T> extends A<B<T>> {}\nexport type R = { r: R } | Promise<R>;\nclass C extends D {}\nclass D extends C {}\nexport const c = new C();\n`,
      'self.js': `const self = require('./self');\nmodule.exports = self;\nself.again = () => self.again();\n`,
      'fine.ts': FLOATING,
    },
    'names of the object prototype': {
      'proto.ts': `const constructor = async () => {};\nexport class __proto__ { async toString() {} async hasOwnProperty() { this.toString(); } }\nexport function run(): void { constructor(); new __proto__().toString(); }\nexport const o = { __proto__: null, constructor, toString: 1 };\n`,
      'constructor/__proto__.ts': 'export const valueOf = 1;\n',
      'fine.ts': FLOATING,
    },
    'syntax errors': {
      'middle.ts': `${FLOATING}\nfunction broken( {\n  const = ;\n}\n`,
      'open.ts': 'export function f() { const s = `${',
      'flow.js': `// @flow\nimport type { A } from './a';\nexport function f(x: ?A): number { return 1; }\n`,
      'html.js': '<html><body>no</body></html>\n',
      'conflict.ts': '<<<<<<< HEAD\nexport const a = 1;\n=======\nexport const a = 2;\n>>>>>>> x\n',
      'fine.ts': FLOATING,
    },
  };
  const leftOut: Record<string, string[]> = {
    'deeper than anything is read': ['parentheses.ts'],
    'much of everything': ['huge.js', 'minified.js'],
  };
  it.each(Object.entries(shapes))('%s', (name, files) => {
    const audited = audit(repository(files));
    expectNothingSilent(audited, files);
    expect(audited.report.skipped.flatMap(({ examples }) => examples).sort()).toEqual(leftOut[name] ?? []);
    expect(places(audited, 'fine.ts')).toEqual([EXACTLY_HERE]);
  });

  it('what parses before a syntax error is kept, and the line is told', () => {
    const audited = audit(repository({ 'middle.ts': `${FLOATING}\nconst = 1;\nfunction broken( {\n` }));
    expect(places(audited, 'middle.ts')).toEqual([EXACTLY_HERE]);
    expect(audited.report.diagnostics.find(({ kind }) => kind === 'syntax-error')).toMatchObject({
      file: 'middle.ts',
      line: 8,
    });
  });

  it('what comes after a syntax error is the guess of the parser: strict only', () => {
    const text = `const = 1;\n${FLOATING}`;
    const root = repository({ 'middle.ts': text });
    expect(places(audit(root), 'middle.ts')).toEqual([]);
    expect(audit(root).report.hidden.lowConfidence).toBe(1);
  });

  it.each(['circular', 'mutual', 'knots'])('what leads back to itself costs no rule: %s', name => {
    const text = readFileSync(new URL(`data/${name}.ts.txt`, import.meta.url), 'utf8');
    const audited = audit(repository({ 'round.ts': text, 'fine.ts': FLOATING }));
    expect(audited.report.diagnostics.filter(({ kind }) => kind === 'gave-up')).toEqual([]);
    expect(places(audited, 'fine.ts')).toEqual([EXACTLY_HERE]);
  });

  it('on a small stack, what is too deep costs its own file', async () => {
    const files: Files = {
      'parentheses.ts': deep('(', ')', 1_500),
      'blocks.js': `function f() {${times('{', 1_500)}${times('}', 1_500)}}\n`,
      'calls.ts': `declare const b: { add(n: number): typeof b };\nexport const c = b${times('.add(1)', 20_000)};\n`,
      'fine.ts': FLOATING,
      'last.ts': `import { run } from './fine';\nrun();\n`,
    };
    const root = repository(files);
    const opened = await typescript.open({
      root,
      paths: [root],
      include: [],
      exclude: [],
      libraries: [],
      progress: () => undefined,
    });
    const facts = opened.files.flatMap(file => opened.extract(file) ?? []);
    const gaveUp = opened.diagnostics.filter(({ kind }) => kind === 'gave-up').map(({ file }) => file);
    expect(facts.map(({ file }) => file)).toEqual(expect.arrayContaining(['fine.ts', 'last.ts']));
    expect([...facts.map(({ file }) => file), ...gaveUp].sort()).toEqual(Object.keys(files).sort());
    expect(gaveUp).toContain('parentheses.ts');
    expect(facts.find(({ file }) => file === 'last.ts')?.imports).toEqual(['fine.ts']);
  });

  it('many small files', () => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`d${i % 40}/f${i}.ts`, `export const x${i} = ${i};\n`]),
    );
    expect(audit(repository(files)).report.coverage.files).toBe(2_000);
  });
});

describe('file system', () => {
  it('links in circles, out of the root and to the same file; what is no regular file; what may not be read', async () => {
    const outside = repository({ 'secret.ts': FLOATING, 'folder/inner.ts': FLOATING });
    const root = repository({ 'src/real.ts': FLOATING, 'src/locked.ts': FLOATING, 'closed/x.ts': FLOATING });
    symlinkSync('..', join(root, 'src/up'));
    symlinkSync('loop.ts', join(root, 'src/loop.ts'));
    symlinkSync('nowhere.ts', join(root, 'src/dangling.ts'));
    symlinkSync('real.ts', join(root, 'src/second-name.ts'));
    symlinkSync(join(outside, 'secret.ts'), join(root, 'src/out.ts'));
    symlinkSync(join(outside, 'folder'), join(root, 'out-folder'));
    expect(spawnSync('mkfifo', [join(root, 'src/pipe.ts')]).status).toBe(0);
    const server = createServer().listen(join(root, 'src/socket.ts'));
    await new Promise(resolve => server.once('listening', resolve));
    chmodSync(join(root, 'src/locked.ts'), 0);
    const audited = audit(root);
    await new Promise(resolve => server.close(resolve));
    const isRoot = process.getuid?.() === 0;
    expect([...new Set(audited.report.findings.map(({ location }) => location.file))].sort()).toEqual([
      'closed/x.ts',
      ...(isRoot ? ['src/locked.ts'] : []),
      'src/real.ts',
    ]);
    const told = [
      'src/dangling.ts',
      'src/loop.ts',
      ...(isRoot ? [] : ['src/locked.ts']),
      'src/pipe.ts',
      'src/socket.ts',
    ].sort();
    expect([...audited.told.keys()].sort()).toEqual(told);
    expect(audited.report.skipped.find(({ reason }) => reason === 'outside')?.examples).toEqual([
      'out-folder/',
      'src/out.ts',
    ]);
  });

  it('strange names and long paths', () => {
    const long = Array(12).fill('a-folder-with-a-long-name').join('/');
    const files: Files = Object.fromEntries(
      [
        'a b',
        '%41',
        '#',
        '?',
        `'"`,
        '-leading',
        'dot.',
        '\u001b[31mred',
        'new\nline',
        '::error::x',
        '<img onerror=1>',
        '`|@#1`',
        '\u202etxt',
        '$&',
        `${long}/x`,
      ].map(name => [`${name}.ts`, FLOATING]),
    );
    const audited = audit(repository(files));
    expectNothingSilent(audited, files);
    expect(audited.report.findings).toHaveLength(Object.keys(files).length);
  });

  it('a path that is not there, a folder without code, a file of another kind', () => {
    const root = repository({ 'README.md': '# x\n' });
    for (const [path, message] of [
      [join(root, 'nowhere'), /No such file/],
      [root, /No source files/],
      [join(root, 'README.md'), /No source files/],
    ] as const) {
      const { code, err } = run([path]);
      expect(code, err).toBe(2);
      expect(err).toMatch(message);
      expect(err).not.toMatch(/^\s+at /m);
    }
  });
});

describe('projects', () => {
  const json = (value: unknown): string => JSON.stringify(value);
  const projects: Record<string, Files> = {
    'circular extends': {
      'tsconfig.json': json({ extends: './b.json' }),
      'b.json': json({ extends: './tsconfig.json' }),
    },
    'a diamond of extends': {
      'tsconfig.json': json({ extends: ['./l.json', './r.json'] }),
      'l.json': json({ extends: './t.json' }),
      'r.json': json({ extends: './t.json' }),
      't.json': '{}',
    },
    'extends of a package that is not installed': { 'tsconfig.json': json({ extends: '@tsconfig/strictest' }) },
    'comments in the configuration': { 'tsconfig.json': '// x\n{ /* y */ "include": ["**/*"], }' },
    'an empty configuration': { 'tsconfig.json': '' },
    'options that are gone': {
      'tsconfig.json': json({
        compilerOptions: {
          target: 'ES3',
          module: 'umd',
          moduleResolution: 'classic',
          baseUrl: '.',
          out: 'x.js',
          keyofStringsOnly: true,
          importsNotUsedAsValues: 'error',
        },
      }),
    },
    'a solution of references, one of them missing': {
      'tsconfig.json': json({ files: [], references: [{ path: './a' }, { path: './gone' }, { path: '.' }] }),
      'a/tsconfig.json': json({ references: [{ path: '..' }] }),
      'a/a.ts': '',
    },
    'no package.json, JavaScript with Flow': { 'main.js': `// @flow\nexport const f = (x: number): string => 'a';\n` },
    'rootDirs and paths to nowhere': {
      'tsconfig.json': json({
        compilerOptions: { rootDirs: ['a', 'b'], paths: { '*': ['nowhere/*'], 'x*y*': ['z'] } },
      }),
      'a/x.ts': `import './y';\nimport 'z/q';\n`,
      'b/y.ts': '',
    },
    'workspaces that list themselves, each other and nothing': {
      'package.json': json({ name: 'w', workspaces: ['.', '../*', 'packages/**', 'gone/*'] }),
      'packages/a/package.json': json({ name: 'w', dependencies: { w: '*' } }),
      'packages/a/i.ts': `import 'w';\nimport 'w/packages/a/i';\n`,
    },
    'exports in every shape': {
      'package.json': json({
        name: 'e',
        exports: {
          '.': [null, { node: { import: null } }, './i.js'],
          './*': { default: './*.js' },
          './x/': './y/',
          './z': 5,
        },
        imports: [],
        main: {},
        bin: 7,
      })
        .replace('"main":{},', '')
        .replace(',"bin":7', ''),
      'i.ts': `import 'e';\nimport 'e/i';\nimport 'e/z';\nimport '#q';\n`,
    },
    'Yarn without node_modules': {
      '.pnp.cjs': 'throw new Error("must not run");\n',
      'package.json': json({ name: 'y', dependencies: { express: '*' } }),
      'i.ts': `import express from 'express';\nexpress();\n`,
    },
    'components of other languages': {
      'App.vue': '<script>export default {}</script>',
      'x.svelte': '',
      'y.astro': '',
      'z.mdx': '',
    },
    'every module kind and decorators': {
      'a.mts': `@dec class A { @dec accessor x = 1; }\nfunction dec(..._: unknown[]): any {}\nexport { A };\n`,
      'b.cts': 'import a = require("./c.cjs");\nexport = a;\n',
      'c.cjs': 'module.exports = async () => {};\n',
      'd.jsx': 'export default () => <A.B {...{}} />;\n',
      'package.json': json({ type: 'module', imports: { '#c': './c.cjs' } }),
    },
    'code that runs when somebody loads it': {
      'tsconfig.json': json({ compilerOptions: { plugins: [{ name: './evil.js' }] } }),
      'evil.js': `require('fs').writeFileSync('ran', '');\n`,
      'index.js': `require('fs').writeFileSync('ran', '');\n`,
    },
  };
  it.each(Object.entries(projects))('%s', async (_name, files) => {
    const all: Files = { 'fine.ts': FLOATING, ...files };
    const root = repository(all);
    const opened = await typescript.open({
      root,
      paths: [root],
      include: [],
      exclude: [],
      libraries: [],
      progress: () => undefined,
    });
    const code = Object.keys(all).filter(file => /\.[cm]?[jt]sx?$/.test(file));
    expect(opened.files).toEqual(code.sort());
    const facts = opened.files.flatMap(file => opened.extract(file) ?? []);
    expect(facts.map(({ file }) => file)).toEqual(opened.files);
    expect(facts.find(({ file }) => file === 'fine.ts')?.functions.map(({ name }) => name)).toContain('run');
    expect(opened.skipped.map(({ file }) => file)).toEqual(
      Object.keys(files)
        .filter(file => /\.(vue|svelte|astro|mdx)$/.test(file))
        .sort(),
    );
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });

  it('a broken configuration of the root ends with 2 and says where', () => {
    const { code, err } = run([write(repository({}), { 'tsconfig.json': '{\n  "files": 7 }', 'a.ts': '' })]);
    expect(code).toBe(2);
    expect(err).toMatch(/tsconfig\.json:2/);
  });
});
