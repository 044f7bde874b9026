import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calleeFile, copyOfFixture, type Files, open, repository, tempFolder, write } from './loaderSupport.ts';

const MAIN = 'packages/app/src/main.ts';
const SECTION = 'packages/kernel/src/locks/section.ts';
const BUILT: Files = {
  'packages/kernel/dist/index.js': `export { withLock } from './locks/section.js';\n`,
  'packages/kernel/dist/index.d.ts': `export { withLock } from './locks/section.js';\nexport declare const version = "1";\n`,
  'packages/kernel/dist/locks/section.js': `export async function withLock(body) { await body(); }\n`,
  'packages/kernel/dist/locks/section.d.ts': `export declare function withLock(body: () => Promise<void>): Promise<void>;\n`,
};

function install(root: string): void {
  mkdirSync(join(root, 'node_modules/@two'), { recursive: true });
  symlinkSync('../../packages/kernel', join(root, 'node_modules/@two/kernel'));
}

describe('an import of a workspace package reaches its sources', () => {
  const states: Record<string, () => string> = {
    'not installed, not built': () => copyOfFixture('two-packages'),
    'installed, not built': () => {
      const root = copyOfFixture('two-packages');
      install(root);
      return root;
    },
    'installed and built': () => {
      const root = write(copyOfFixture('two-packages'), BUILT);
      install(root);
      return root;
    },
    'built, not installed': () => write(copyOfFixture('two-packages'), BUILT),
    'built with declaration maps, in a folder of another name': () => {
      const map = JSON.stringify({ version: 3, sources: ['../src/locks/section.ts'], mappings: '' });
      const root = write(copyOfFixture('two-packages'), {
        ...BUILT,
        'packages/kernel/package.json': JSON.stringify({
          name: '@two/kernel',
          exports: { '.': './gen/entry.js', './locks/section': './gen/s.js' },
        }),
        'packages/kernel/gen/entry.d.ts': `export { withLock } from './s.js';\n`,
        'packages/kernel/gen/entry.d.ts.map': JSON.stringify({
          version: 3,
          sources: ['../src/index.ts'],
          mappings: '',
        }),
        'packages/kernel/gen/s.d.ts': `export declare function withLock(body: () => Promise<void>): Promise<void>;\n`,
        'packages/kernel/gen/s.d.ts.map': map,
      });
      install(root);
      return root;
    },
    'by paths to the sources': () =>
      write(copyOfFixture('two-packages'), {
        'packages/app/tsconfig.json': JSON.stringify({
          compilerOptions: {
            module: 'preserve',
            paths: { '@two/kernel': ['../kernel/src/index.ts'], '@two/kernel/*': ['../kernel/src/*'] },
          },
          include: ['src'],
        }),
      }),
    'by paths to a build that has not run': () =>
      write(copyOfFixture('two-packages'), {
        'packages/kernel/package.json': JSON.stringify({ name: 'another-name' }),
        'packages/app/tsconfig.json': JSON.stringify({
          compilerOptions: {
            module: 'preserve',
            paths: { '@two/kernel': ['../kernel/dist/index'], '@two/kernel/*': ['../kernel/dist/*'] },
          },
          include: ['src'],
        }),
      }),
    'through a source condition': () =>
      write(copyOfFixture('two-packages'), {
        'packages/kernel/package.json': JSON.stringify({
          name: '@two/kernel',
          exports: {
            '.': { import: './bundle.mjs', '@two/source': './src/index.ts' },
            './locks/section': { import: './bundle2.mjs', source: './src/locks/section.ts' },
          },
        }),
      }),
    'with nothing said but the folder': () =>
      write(copyOfFixture('two-packages'), {
        'packages/kernel/package.json': JSON.stringify({ name: '@two/kernel', main: './bundle.js' }),
      }),
    'in a pnpm workspace': () =>
      write(copyOfFixture('two-packages'), {
        'package.json': '{ "name": "two" }',
        'pnpm-workspace.yaml': `packages:\n  - 'packages/*'\n  - '!**/old/**'\n`,
      }),
    'an older copy is installed': () =>
      write(copyOfFixture('two-packages'), {
        'node_modules/@two/kernel/package.json': JSON.stringify({
          name: '@two/kernel',
          version: '0.1.0',
          main: 'index.js',
          types: 'index.d.ts',
        }),
        'node_modules/@two/kernel/index.d.ts': `export declare function withLock(body: () => Promise<void>): Promise<void>;\n`,
      }),
    'without a workspace list': () => write(copyOfFixture('two-packages'), { 'package.json': '{ "name": "two" }' }),
  };
  it.each(Object.entries(states))('%s', (_name, make) => {
    const { project } = open(make());
    expect(calleeFile(project, MAIN, 'withLock')).toBe(SECTION);
    expect(calleeFile(project, MAIN, 'inner')).toBe(SECTION);
  });

  it('takes an installed package that no list names', () => {
    const root = write(copyOfFixture('two-packages'), {
      'package.json': '{ "name": "two" }',
      'node_modules/@two/kernel/package.json': JSON.stringify({
        name: '@two/kernel',
        version: '0.1.0',
        types: 'index.d.ts',
      }),
      'node_modules/@two/kernel/index.d.ts': `export declare function withLock(body: () => Promise<void>): Promise<void>;\n`,
    });
    const { project } = open(root);
    const path = calleeFile(project, MAIN, 'withLock');
    expect(path).toBe(join(root, 'node_modules/@two/kernel/index.d.ts'));
    expect(project.packageOf(path)).toEqual({
      name: '@two/kernel',
      version: '0.1.0',
      root: join(root, 'node_modules/@two/kernel'),
    });
    // What is installed is of another major than what the manifest asks for: an older one, or another's.
    expect(project.installedVersion('@two/kernel', MAIN)).toBe('^1.0.0');
  });

  it('leads to the sources of a sibling that lies outside of the audit root', () => {
    const root = copyOfFixture('two-packages');
    const { project } = open(join(root, 'packages/app'));
    const path = calleeFile(project, 'src/main.ts', 'withLock');
    expect(path).toBe(join(root, SECTION));
    expect(project.packageOf(path)?.name).toBe('@two/kernel');
    expect(project.isOwnDeclaration(path)).toBe(false);
  });
});

describe('what manifests say', () => {
  it('exports and started files are sources, patterns are spelt out', () => {
    const { packages } = open(copyOfFixture('two-packages'));
    expect(
      packages.map(({ name, root, exports, entries, hasEntry }) => ({ name, root, exports, entries, hasEntry })),
    ).toEqual([
      { name: 'two-packages', root: '', exports: {}, entries: [], hasEntry: false },
      {
        name: '@two/app',
        root: 'packages/app',
        exports: { '.': 'packages/app/src/main.ts' },
        entries: ['packages/app/src/main.ts', 'packages/app/src/seed.ts'],
        hasEntry: true,
      },
      {
        name: '@two/kernel',
        root: 'packages/kernel',
        exports: { '.': 'packages/kernel/src/index.ts', './locks/section': 'packages/kernel/src/locks/section.ts' },
        entries: [],
        hasEntry: true,
      },
    ]);
  });

  it('a pattern over everything does not export tests and set-up', () => {
    const files = { 'src/a.ts': '', 'src/a.test.ts': '', 'eslint.config.js': '' };
    const { packages } = open(
      repository({ 'package.json': JSON.stringify({ name: 'p', exports: { './*': './*' } }), ...files }),
    );
    expect(Object.values(packages[0]?.exports ?? {})).toEqual(['src/a.ts']);
  });

  it('a manifest above the audit root counts when it leads below it', () => {
    const root = repository({
      'package.json': JSON.stringify({ name: 'one', main: 'dist/index.js' }),
      'src/index.ts': 'export const x = 1;\n',
    });
    expect(open(join(root, 'src')).packages.map(({ name, root: at, exports }) => ({ name, at, exports }))).toEqual([
      { name: 'one', at: '', exports: { '.': 'index.ts' } },
    ]);
    const foreign = write(tempFolder(), {
      'package.json': JSON.stringify({ name: 'one', main: 'other.js' }),
      'src/a.ts': 'export const x = 1;\n',
    });
    expect(open(join(foreign, 'src')).packages).toEqual([]);
  });
});

describe('imports inside of a package', () => {
  it('#names, its own name, a relative path to a build', () => {
    const root = repository({
      'package.json': JSON.stringify({
        name: 'self',
        type: 'module',
        exports: './dist/index.js',
        imports: { '#*': './dist/*.js' },
      }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'NodeNext', outDir: 'dist', rootDir: 'src' },
        include: ['src'],
      }),
      'src/index.ts': 'export function one(): void {}\n',
      'src/deep/two.ts': 'export function two(): void {}\n',
      'src/use.ts': `import { one } from 'self';\nimport { two } from '#deep/two';\none();\ntwo();\n`,
      'test/use.mjs': `import { one } from '../dist/index.js';\none();\n`,
    });
    const { project } = open(root);
    expect(calleeFile(project, 'src/use.ts', 'one')).toBe('src/index.ts');
    expect(calleeFile(project, 'src/use.ts', 'two')).toBe('src/deep/two.ts');
    expect(calleeFile(project, 'test/use.mjs', 'one')).toBe('src/index.ts');
    expect(project.resolve('self', 'src/use.ts')).toEqual({ kind: 'source', file: 'src/index.ts' });
    expect(project.resolve('nowhere/x', 'src/use.ts')).toEqual({ kind: 'package', name: 'nowhere', found: false });
  });

  it('JavaScript beside its own declaration file is what is called', () => {
    const { project } = open(
      repository({
        'lib/a.js': 'exports.f = () => 1;\n',
        'lib/a.d.ts': 'export declare function f(): number;\n',
        'main.js': `const { f } = require('./lib/a');\nf();\n`,
      }),
    );
    expect(project.resolve('./lib/a', 'main.js')).toEqual({ kind: 'source', file: 'lib/a.js' });
  });
});

describe('a configuration that extends one of another package', () => {
  const files = (base: string): Files => ({
    'package.json': JSON.stringify({ name: 'shop', workspaces: ['apps/*', 'tools/*'] }),
    'tools/config/package.json': JSON.stringify({ name: '@shop/config' }),
    'tools/config/base.json': JSON.stringify({ compilerOptions: { strict: false, paths: { '~/*': ['./shared/*'] } } }),
    'tools/config/shared/count.ts': 'export const count = () => 1;\n',
    'apps/web/package.json': JSON.stringify({ name: '@shop/web' }),
    'apps/web/tsconfig.json': JSON.stringify({ extends: base }),
    'apps/web/main.ts': "import { count } from '~/count';\nimport { Box } from './box';\ncount();\nBox();\n",
    'apps/web/box.tsx': 'export const Box = () => <b>1</b>;\n',
  });

  it('reads it where the package lies, without an installation', () => {
    const { project, diagnostics } = open(repository(files('@shop/config/base.json')));
    expect(diagnostics).toEqual([]);
    expect(calleeFile(project, 'apps/web/main.ts', 'count')).toBe('tools/config/shared/count.ts');
    expect(calleeFile(project, 'apps/web/main.ts', 'Box')).toBe('apps/web/box.tsx');
  });

  it('takes what the usual bases say where it is not to be had, and says so', () => {
    const { project, diagnostics } = open(repository(files('expo/tsconfig.base')));
    expect(diagnostics.map(({ message }) => message)).toEqual(["File 'expo/tsconfig.base' not found."]);
    expect(calleeFile(project, 'apps/web/main.ts', 'Box')).toBe('apps/web/box.tsx');
  });
});
