import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { calleeFile, kinds, open, reasons, repository, tempFolder, write } from './loaderSupport.ts';
import { UserError } from '../src/util/errors.ts';
import { defineLibrary } from '../src/libraries/library.ts';

const json = (value: unknown): string => JSON.stringify(value);

describe('configurations', () => {
  it('a file goes to the nearest configuration that includes it; others get the options of the nearest', () => {
    const { fileProjects } = open(
      repository({
        'tsconfig.json': json({ include: ['src', 'a/src', 'tools'] }),
        'tsconfig.build.json': json({ extends: './tsconfig.json', include: ['src'] }),
        'src/one.ts': '',
        'a/tsconfig.json': json({ include: ['src'] }),
        'a/src/two.ts': '',
        'a/stray.ts': '',
        'tools/three.ts': '',
        'b/jsconfig.json': json({ compilerOptions: { checkJs: true } }),
        'b/four.js': '',
      }),
    );
    expect(fileProjects).toEqual({
      'a/src/two.ts': 'a/tsconfig.json',
      'a/stray.ts': 'a/tsconfig.json',
      'b/four.js': 'b/jsconfig.json',
      'src/one.ts': 'tsconfig.json',
      'tools/three.ts': 'tsconfig.json',
    });
  });

  it('a base that others extend claims nothing; a solution file leads to its projects, wherever they lie', () => {
    const { fileProjects, project } = open(
      repository({
        'tsconfig.base.json': json({ compilerOptions: { jsx: 'preserve' } }),
        'tsconfig.json': json({ files: [], references: [{ path: './conf/app.json' }, { path: './conf/node.json' }] }),
        'conf/app.json': json({
          extends: '../tsconfig.base.json',
          compilerOptions: { lib: ['es2020', 'dom'] },
          include: ['../src'],
        }),
        'conf/node.json': json({
          extends: '../tsconfig.base.json',
          compilerOptions: { lib: ['es2020'] },
          include: ['../vite.ts'],
        }),
        'src/a.ts': 'document.createElement("a");\n',
        'vite.ts': '',
        'stray.ts': '',
      }),
    );
    expect(fileProjects).toEqual({
      'src/a.ts': 'conf/app.json',
      'vite.ts': 'conf/node.json',
      'stray.ts': 'conf/app.json',
    });
    expect(project.load('src/a.ts')?.program).toBe(project.load('stray.ts')?.program);
    expect(project.load('src/a.ts')?.program).not.toBe(project.load('vite.ts')?.program);
    expect(calleeFile(project, 'src/a.ts', 'document.createElement')).toContain('lib.dom.d.ts');
  });

  it('projects that differ only in paths, base folder, target and module detection of output share a program', () => {
    const { project } = open(
      repository({
        'a/tsconfig.json': json({ compilerOptions: { target: 'es5', paths: { '~/*': ['./x/*'] }, outDir: 'o' } }),
        'a/m.ts': `import { f } from '~/f';\nf();\n`,
        'a/x/f.ts': 'export function f() {}\n',
        'b/tsconfig.json': json({
          compilerOptions: { target: 'es2022', module: 'amd', moduleResolution: 'node', baseUrl: './y' },
        }),
        'b/m.ts': `import { f } from 'f';\nf();\n`,
        'b/y/f.ts': 'export function f() {}\n',
      }),
    );
    expect(calleeFile(project, 'a/m.ts', 'f')).toBe('a/x/f.ts');
    expect(calleeFile(project, 'b/m.ts', 'f')).toBe('b/y/f.ts');
    expect(project.load('a/m.ts')?.program).toBe(project.load('b/m.ts')?.program);
  });

  it('circular extends, missing extends and unknown options are diagnostics; a diamond is not circular', () => {
    const circular = open(
      repository({
        'tsconfig.json': json({ extends: './b.json', include: ['a.ts'] }),
        'b.json': json({ extends: './tsconfig.json' }),
        'a.ts': '',
      }),
    );
    expect(circular.project.files).toEqual(['a.ts']);
    expect(circular.diagnostics.find(({ kind }) => kind === 'config')?.message).toMatch(/[Cc]ircular/);
    const missing = open(
      repository({
        'tsconfig.json': json({ extends: '@tsconfig/node20/tsconfig.json', compilerOptions: { frobnicate: 1 } }),
        'a.ts': '',
      }),
    );
    expect(missing.fileProjects).toEqual({ 'a.ts': 'tsconfig.json' });
    expect(kinds(missing)).toEqual(['config', 'config']);
    const diamond = open(
      repository({
        'tsconfig.json': json({ extends: ['./l.json', './r.json'] }),
        'l.json': json({ extends: './top.json' }),
        'r.json': json({ extends: './top.json' }),
        'top.json': json({ compilerOptions: { strict: true } }),
        'a.ts': '',
      }),
    );
    expect(diamond.diagnostics).toEqual([]);
    expect(diamond.project.load('a.ts')?.options.strictNullChecks).toBe(true);
  });

  it("a broken configuration or manifest of the root is the user's to mend; a nested one costs a diagnostic", () => {
    const failure = (files: Record<string, string>): string => {
      try {
        open(repository({ ...files, 'a.ts': '' }));
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
      return 'nothing was thrown';
    };
    expect(failure({ 'tsconfig.json': '{\n  "compilerOptions": { "strict": "yes" }\n}' })).toMatch(
      /^tsconfig\.json:2: .*'strict' requires a value of type boolean/,
    );
    expect(failure({ 'tsconfig.json': '{ "compilerOptions": { ' })).toMatch(/^tsconfig\.json:1: /);
    expect(failure({ 'tsconfig.json': json({ include: 'src' }) })).toMatch(/'include' requires a value of type Array/);
    expect(failure({ 'package.json': '{ nope' })).toMatch(/^package\.json: not valid JSON/);
    expect(failure({ 'package.json': json({ name: 'x', workspaces: 'packages/*' }) })).toMatch(
      /^package\.json: workspaces: expected an array of strings, found the string/,
    );
    const nested = open(
      repository({ 'x/tsconfig.json': '{ "compilerOptions": { ', 'x/package.json': '[]', 'x/a.ts': '' }),
    );
    expect(nested.project.files).toEqual(['x/a.ts']);
    expect(kinds(nested)).toContain('config');
    expect(nested.diagnostics.some(({ file }) => file === 'x/package.json')).toBe(true);
  });

  it('comments and trailing commas are allowed; nothing outside of the repository is read', () => {
    const outside = write(tempFolder(), {
      'base.json': json({ compilerOptions: { strict: true } }),
      'repo/.git/HEAD': '',
      'repo/tsconfig.json': '// c\n{ "extends": "../base.json", }',
      'repo/a.ts': '',
    });
    const { project, diagnostics } = open(join(outside, 'repo'));
    expect(project.load('a.ts')?.options.strictNullChecks).toBe(false);
    expect(diagnostics.map(({ message }) => message).join()).toMatch(/base\.json/);
  });

  it('a configuration above the audited folder governs it', () => {
    const root = repository({
      'tsconfig.json': json({ compilerOptions: { strict: true, paths: { '@/*': ['./src/*'] } } }),
      'src/a/m.ts': `import { f } from '@/a/f';\nf();\n`,
      'src/a/f.ts': 'export function f() {}\n',
    });
    const { project, fileProjects } = open(join(root, 'src/a'));
    expect(fileProjects).toEqual({ 'f.ts': '../../tsconfig.json', 'm.ts': '../../tsconfig.json' });
    expect(calleeFile(project, 'm.ts', 'f')).toBe('f.ts');
  });
});

describe('without a configuration', () => {
  it('plain JavaScript, CommonJS and ES modules, every extension', () => {
    const { project, fileProjects } = open(
      repository({
        'a.js': `const { b } = require('./b');\nb();\n`,
        'b.cjs': 'exports.b = () => 1;\n',
        'b.js': 'exports.b = function b() {};\n',
        'c.mjs': `import { d } from './d.jsx';\nimport { e } from './e.mjs';\nd();\ne();\n`,
        'd.jsx': 'export const d = () => <a/>;\n',
        'e.mts': 'export function e(): void {}\n',
        'f.cts': 'export = function f() {};\n',
        'g.tsx': 'export const g = <T,>(x: T) => <b>{x}</b>;\n',
      }),
    );
    expect(Object.values(fileProjects)).toEqual(Array(8).fill(null));
    expect(calleeFile(project, 'c.mjs', 'd')).toBe('d.jsx');
    expect(calleeFile(project, 'c.mjs', 'e')).toBe('e.mts');
    expect(project.resolve('./b', 'a.js')).toEqual({ kind: 'source', file: 'b.js' });
    expect(project.files.map(file => project.load(file)?.source.statements.length)).not.toContain(undefined);
  });
});

describe('packages that are not installed', () => {
  const libraries = [
    defineLibrary({
      package: 'async-thing',
      language: 'typescript',
      apis: {},
      stub: `import { Base } from 'node:thing';\nexport class Mutex extends Base { acquire(): Promise<() => void>; }`,
    }),
    defineLibrary({
      package: 'node:thing',
      aliases: ['thing'],
      language: 'typescript',
      apis: {},
      stub: 'export class Base { on(): this; }\nexport function start(): void;',
    }),
    defineLibrary({
      package: 'lib',
      language: 'typescript',
      apis: {},
      stub: 'declare function setHalt(then: () => void): number;',
    }),
  ];
  const source = `import { Mutex } from 'async-thing';\nimport { start } from 'thing';\nconst m = new Mutex();\nm.acquire();\nm.on();\nstart();\nsetHalt(() => {});\nsetTimeout(() => {});\n`;

  it('are declared by the stubs of the tables', () => {
    const { project } = open(repository({ 'a.ts': source }), { libraries });
    const owner = (callee: string): string | undefined => project.packageOf(calleeFile(project, 'a.ts', callee))?.name;
    expect(['m.acquire', 'm.on', 'start', 'setHalt', 'setTimeout'].map(owner)).toEqual([
      'async-thing',
      'node:thing',
      'node:thing',
      'lib',
      'lib',
    ]);
    expect(project.resolve('async-thing', 'a.ts')).toEqual({ kind: 'package', name: 'async-thing', found: true });
    expect(project.installedVersion('async-thing', 'a.ts')).toBeUndefined();
  });

  it('what is installed wins; JavaScript without types does not', () => {
    const manifest = json({ name: 'async-thing', version: '2.0.0', main: 'm.js', types: 'm.d.ts' });
    const types = 'export declare class Mutex { acquire(): Promise<void>; on(): void }';
    const typed = open(
      repository({
        'a.ts': source,
        'node_modules/async-thing/package.json': manifest,
        'node_modules/async-thing/m.d.ts': types,
      }),
      { libraries },
    );
    expect(typed.project.packageOf(calleeFile(typed.project, 'a.ts', 'm.acquire'))).toMatchObject({
      name: 'async-thing',
      version: '2.0.0',
    });
    const untyped = open(
      repository({
        'a.ts': source,
        'node_modules/async-thing/package.json': manifest,
        'node_modules/async-thing/m.js': '',
      }),
      { libraries },
    );
    expect(untyped.project.packageOf(calleeFile(untyped.project, 'a.ts', 'm.acquire'))).toEqual({
      name: 'async-thing',
      root: '',
    });
    expect(untyped.project.installedVersion('async-thing', 'a.ts')).toBe('2.0.0');
  });

  it('what the project itself declares of a package wins; what only adds to it, or says nothing, does not', () => {
    const declaredBy = (types: string): string => {
      const files = { 'a.ts': source, 'types/all.d.ts': types, 'tsconfig.json': json({ include: ['**/*'] }) };
      const { project } = open(repository(files), { libraries });
      const file = calleeFile(project, 'a.ts', 'm.acquire');
      return /stubs/.test(file) ? 'the stub' : file.replace(/.*(?=types\/)/, '');
    };
    const own = "declare module 'async-thing' { export class Mutex { acquire(): Promise<void>; on(): void } }";
    expect(declaredBy(own)).toBe('types/all.d.ts');
    expect(declaredBy(`export {};\ndeclare module 'async-thing' { interface Mutex { name: string } }`)).toBe(
      'the stub',
    );
    expect(declaredBy("declare module 'async-thing';")).toBe('the stub');
  });

  it("Node's own declarations replace the stubs of its modules and globals", () => {
    const root = repository({
      'a.ts': source,
      'node_modules/@types/node/package.json': json({ name: '@types/node', version: '22.1.0' }),
      'node_modules/@types/node/index.d.ts': `declare module 'thing' { export function start(): void; }\ndeclare function setHalt(then: () => void): string;\n`,
    });
    const { project } = open(root, { libraries });
    expect(calleeFile(project, 'a.ts', 'setHalt')).toBe(join(root, 'node_modules/@types/node/index.d.ts'));
    expect(project.packageOf(calleeFile(project, 'a.ts', 'start'))).toMatchObject({ name: 'node', version: '22.1.0' });
  });
});

describe('what is left out', () => {
  it('by folder, git rules, name and content; each with its reason', () => {
    const found = open(
      repository({
        '.gitignore': 'secret/\n*.local.ts\n',
        'a/.gitignore': '!kept.local.ts\n',
        'a/kept.local.ts': '',
        'a/gone.local.ts': '',
        'secret/x.ts': '',
        'tsconfig.json': json({ compilerOptions: { outDir: 'compiled' }, include: ['src'] }),
        'src/main.ts': '',
        'src/dist/main.js': '',
        'compiled/main.js': '',
        'dist/main.js': '',
        '.next/x.js': '',
        'build/tool.ts': '// a folder of sources, whatever its name',
        'scripts/build/bundle.js': '// a folder of scripts',
        'package.json': json({ scripts: { validators: 'node scripts/build/bundle.js' } }),
        'web/package.json': json({ scripts: { start: 'node build/server.js' } }),
        'web/build/server.js': '',
        'web/build/server.d.ts': '',
        'web/src/server.js': '',
        'types.d.ts': '',
        'types.test-d.ts': 'load();\n',
        'test/type-tests/load.ts': 'load();\n',
        'node_modules/p/i.js': '',
        'lib/p.min.js': '',
        'lib/one-line.js': `f(${'1,'.repeat(400)});`,
        'lib/big.js': 'x();\n'.repeat(250_000),
        'lib/api.ts': '/* Copyright */\n\n/**\n * @generated by protoc\n */\nexport {};\n',
        'lib/api2.ts': '// Code generated by foo. DO NOT EDIT.\nexport {};\n',
        'lib/api3.ts': '// This file is auto-generated by some-openapi\n\nexport {};\n',
        'lib/by-hand.ts': '// Please do not edit the order of these.\nexport const order = "@generated";\n',
        'lib/from.ts': 'export const x = 1;\n',
        'lib/from.js': 'export const x = 1;\n//# sourceMappingURL=from.js.map\n',
        'lib/from.js.map': json({ version: 3, sources: ['from.ts'], mappings: '' }),
        'lib/App.vue': '',
        'lib/page.mdx': '',
      }),
    );
    expect(found.project.files).toEqual([
      'a/kept.local.ts',
      'build/tool.ts',
      'lib/by-hand.ts',
      'lib/from.ts',
      'scripts/build/bundle.js',
      'src/main.ts',
      'web/src/server.js',
    ]);
    expect(reasons(found)).toEqual({
      '.next/': 'build-output',
      'a/gone.local.ts': 'git-ignored',
      'compiled/': 'build-output',
      'dist/': 'build-output',
      'lib/App.vue': 'not-supported',
      'lib/api.ts': 'generated',
      'lib/api2.ts': 'generated',
      'lib/api3.ts': 'generated',
      'lib/big.js': 'too-large',
      'lib/from.js': 'build-output',
      'lib/one-line.js': 'minified',
      'lib/p.min.js': 'minified',
      'lib/page.mdx': 'not-supported',
      'node_modules/': 'node_modules',
      'secret/': 'git-ignored',
      'src/dist/': 'build-output',
      'test/type-tests/': 'type-test',
      'types.d.ts': 'declaration',
      'types.test-d.ts': 'type-test',
      'web/build/': 'build-output',
    });
    for (const reason of new Set(Object.values(reasons(found)))) {
      expect(
        found.diagnostics.some(
          ({ kind, message }) => kind === 'skipped' && (message.includes(reason) || message.includes('over the limit')),
        ),
        reason,
      ).toBe(true);
    }
  });

  it('include takes in, exclude wins over it', () => {
    const files = {
      'dist/a.js': '',
      'dist/b.js': '',
      'gen/g.ts': '// @generated\n',
      'src/s.ts': '',
      'src/t.ts': '',
      'node_modules/p/i.js': '',
      'node_modules/q/i.js': '',
    };
    const { project } = open(repository({ ...files, '.gitignore': 'dist\n' }), {
      include: ['dist/**', 'gen', 'node_modules/p/**', '**/*.ts'],
      exclude: ['**/b.js', 'src/t.ts'],
    });
    expect(project.files).toEqual(['dist/a.js', 'gen/g.ts', 'node_modules/p/i.js', 'src/s.ts']);
  });

  it('nothing above the folder that the user names counts, and its own files are its own', () => {
    const root = repository({
      '.gitignore': 'node_modules\n',
      'node_modules/pkg/package.json': json({ name: 'pkg', version: '1.2.3', main: 'lib/i.js' }),
      'node_modules/pkg/src/dist/a.ts': `import { b } from './b';\nb();\n`,
      'node_modules/pkg/src/dist/b.ts': 'export function b() {}\n',
      'node_modules/pkg/lib/i.js': '',
    });
    const inner = open(join(root, 'node_modules/pkg/src/dist'));
    expect(inner.project.files).toEqual(['a.ts', 'b.ts']);
    expect(calleeFile(inner.project, 'a.ts', 'b')).toBe('b.ts');
    expect(open(join(root, 'node_modules/pkg')).project.files).toEqual(['lib/i.js', 'src/dist/a.ts', 'src/dist/b.ts']);
    expect(open(root, { paths: [join(root, 'node_modules/pkg/lib/i.js')] }).project.files).toEqual([
      'node_modules/pkg/lib/i.js',
    ]);
  });

  it('a published package has nothing but its build, and is read in one form', () => {
    const dist = {
      'dist/esm/i.js': 'export const a = 1;\n',
      'dist/cjs/i.js': 'exports.a = 1;\n',
      'dist/esm/i.d.ts': '',
      'rollup.config.js': '',
    };
    const published = open(
      repository({
        'package.json': json({ name: 'p', exports: { import: './dist/esm/i.js', require: './dist/cjs/i.js' } }),
        ...dist,
      }),
    );
    expect(published.project.files).toEqual(['dist/esm/i.js', 'rollup.config.js']);
    expect(published.packages[0]?.exports).toEqual({ '.': 'dist/esm/i.js' });
    expect(open(repository(dist)).project.files).toEqual(['dist/cjs/i.js', 'dist/esm/i.js', 'rollup.config.js']);
    const sources = open(
      repository({
        'package.json': json({ name: 'p', main: './dist/bundle.js' }),
        'dist/bundle.js': '',
        'src/app.js': '',
      }),
    );
    expect(sources.project.files).toEqual(['src/app.js']);
  });
});

describe('test files', () => {
  const vitest = `import { it } from 'vitest';\nit('x', () => {});\n`;
  it('are told by folder, name and what they import', () => {
    const { project, packages } = open(
      repository({
        'package.json': json({ name: 'root', workspaces: ['packages/*'] }),
        'packages/test/package.json': json({ name: 'a-package-called-test' }),
        'packages/test/src/a.ts': '',
        'packages/test/src/a.spec.ts': '',
        'packages/e2e/package.json': json({ name: 'end-to-end', private: true }),
        'packages/e2e/src/login.ts': '',
        'src/b.ts': '',
        'src/b.test.tsx': '',
        'src/__tests__/c.ts': '',
        'test/helpers/d.js': '',
        'e2e/e.ts': '',
        'src/f.bench.ts': '',
        'examples/server/package.json': json({ name: 'example', private: true }),
        'examples/server/src/g.ts': '',
        'packages/test/demo/h.ts': '',
        'src/demo/h.ts': '',
        'src/bench.ts': 'export class Bench {}\n',
        'scripts/bench.ts': 'run();\n',
        'src/checks.ts': vitest,
        'src/latest.ts': '',
        'src/uses.ts': `import { vi } from 'vitest';\nexport const mock = () => vi.fn();\n`,
      }),
    );
    expect(project.files.filter(file => project.isTest(file))).toEqual([
      'e2e/e.ts',
      'examples/server/src/g.ts',
      'packages/e2e/src/login.ts',
      'packages/test/demo/h.ts',
      'packages/test/src/a.spec.ts',
      'scripts/bench.ts',
      'src/__tests__/c.ts',
      'src/b.test.tsx',
      'src/checks.ts',
      'src/f.bench.ts',
      'test/helpers/d.js',
    ]);
    expect(packages.find(({ root }) => root === 'packages/test')?.tests).toEqual([
      'packages/test/demo/h.ts',
      'packages/test/src/a.spec.ts',
    ]);
  });

  it('an example that the user names is audited as what it is', () => {
    const root = repository({ 'package.json': json({ name: 'root' }), 'examples/a.ts': '', 'examples/demo/b.ts': '' });
    const { project } = open(root, { paths: [join(root, 'examples')] });
    expect(project.files.filter(file => project.isTest(file))).toEqual(['examples/demo/b.ts']);
  });

  it('only what lies below the audit root counts', () => {
    const root = repository({ 'test/fixtures/a.ts': '', 'test/fixtures/tests/b.ts': '' });
    const { project } = open(join(root, 'test/fixtures'));
    expect(project.files.filter(file => project.isTest(file))).toEqual(['tests/b.ts']);
  });
});
