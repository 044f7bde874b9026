import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Config, DEFAULT_CONFIG } from '../src/config/config.ts';
import { librarySchema } from '../src/config/librarySchema.ts';
import { loadConfig, rebaseAll } from '../src/config/load.ts';
import { blankComments, lineOfKey } from '../src/config/parse.ts';
import { findRoot, repositoryTop } from '../src/config/root.ts';
import { libraries } from '../src/libraries/index.ts';
import { UserError } from '../src/util/errors.ts';

const RULES = ['floating-promise', 'lock-reentry'];
const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-config-')));
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));
let folder = base;
let serial = 0;
beforeEach(() => {
  folder = path.join(base, String((serial += 1)));
  fs.mkdirSync(path.join(folder, '.git'), { recursive: true });
});
function write(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}
const load = (part: Partial<Parameters<typeof loadConfig>[0]> = {}): Promise<Config> =>
  loadConfig({ root: folder, allowCode: false, rules: RULES, ...part });
async function errorOf(work: Promise<unknown>): Promise<{ message: string; hint: string | undefined }> {
  const error: unknown = await work.then(
    () => new Error('no error'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return { message: error.message.replaceAll(`${folder}${path.sep}`, ''), hint: error.hint };
}

describe('a configuration file', () => {
  it.each([
    ['conc-audit.config.json', '{"preset":"strict","rules":{"lock-reentry":"off"}}'],
    ['conc-audit.config.jsonc', '// why\n{"preset":"strict", /* x */ "rules":{"lock-reentry":"off",},}'],
    ['conc-audit.config.yaml', 'preset: strict\nrules:\n  lock-reentry: "off"\n'],
    ['conc-audit.config.toml', 'preset = "strict"\n[rules]\nlock-reentry = "off"\n'],
    ['.conc-auditrc', 'preset: strict\nrules: {lock-reentry: "off"}'],
    ['.conc-auditrc', '{"preset":"strict","rules":{"lock-reentry":{"level":"off"}}}'],
    ['.conc-auditrc.json', '\ufeff{"preset":"strict","rules":{"lock-reentry":"off"}}'],
    ['.conc-auditrc.yaml', 'preset: strict\nrules:\n  lock-reentry: "off"\n'],
    ['package.json', '{"name":"x","conc-audit":{"preset":"strict","rules":{"lock-reentry":"off"}}}'],
  ])('%s is read', async (name, text) => {
    write(name, text);
    expect(await load()).toEqual({ ...DEFAULT_CONFIG, preset: 'strict', rules: { 'lock-reentry': 'off' } });
  });

  it('is searched up to the top of the repository, the nearest first', async () => {
    write('conc-audit.config.json', '{"failOn":"note"}');
    const inner = path.join(folder, 'packages/a');
    fs.mkdirSync(inner, { recursive: true });
    expect((await load({ root: inner })).failOn).toBe('note');
    write('packages/a/.conc-auditrc.json', '{"failOn":"never"}');
    expect((await load({ root: inner })).failOn).toBe('never');
    fs.mkdirSync(path.join(inner, 'vendored/.git'), { recursive: true });
    expect((await load({ root: path.join(inner, 'vendored') })).failOn).toBe('error');
  });

  it('can be named, or ruled out', async () => {
    const named = write('other/strict.json', '{"preset":"strict"}');
    write('conc-audit.config.json', '{"failOn":"note"}');
    expect(await load({ named })).toMatchObject({ preset: 'strict', failOn: 'error' });
    expect(await load({ named: null })).toEqual(DEFAULT_CONFIG);
    expect((await errorOf(load({ named: path.join(folder, 'no.json') }))).message).toContain(
      'No such configuration file',
    );
  });

  it('gives globs relative to itself', async () => {
    write('conc-audit.config.json', '{"include":["packages/*/gen/**"],"exclude":["docs/**","**/*.gen.ts","old.ts"]}');
    fs.mkdirSync(path.join(folder, 'packages/a'), { recursive: true });
    expect(await load({ root: path.join(folder, 'packages/a') })).toMatchObject({
      include: ['gen/**'],
      exclude: ['**/*.gen.ts'],
    });
  });

  it('does not leave out the very folder that is given', async () => {
    write('conc-audit.config.json', '{"exclude":["fixtures/**","fixtures/a/gen/**"]}');
    fs.mkdirSync(path.join(folder, 'fixtures/a'), { recursive: true });
    expect((await load({ root: path.join(folder, 'fixtures/a') })).exclude).toEqual(['gen/**']);
    expect((await load()).exclude).toEqual(['fixtures/**', 'fixtures/a/gen/**']);
  });

  it('a foreign or broken package.json is none', async () => {
    write('package.json', '{"name":"x"}');
    expect(await load()).toEqual(DEFAULT_CONFIG);
    write('package.json', '{"name":');
    expect(await load()).toEqual(DEFAULT_CONFIG);
  });
});

describe('errors tell file, line, key and what was meant', () => {
  it.each([
    ['{\n  "presett": "strict"\n}', 'conc-audit.config.json:2: there is no key presett', 'Did you mean preset?'],
    [
      '{\n\n  "preset": "strickt"\n}',
      'conc-audit.config.json:3: preset: expected one of recommended, strict',
      'Did you mean strict?',
    ],
    ['{\n  "include": "src"\n}', 'conc-audit.config.json:2: include: expected array', undefined],
    [
      '{\n  "rules": {\n    "lock-rentry": "off"\n  }\n}',
      'conc-audit.config.json:3: there is no rule lock-rentry',
      'Did you mean lock-reentry?',
    ],
    [
      '{\n  "rules": {\n    "lock-reentry": "warn"\n  }\n}',
      'conc-audit.config.json:3: rules.lock-reentry: expected one of error, warning, note, off',
      'Did you mean warning?',
    ],
    [
      '{\n  "rules": { "lock-reentry": {\n    "level": "note", "deep": 1 } }\n}',
      'conc-audit.config.json:3: there is no key rules.lock-reentry.deep',
      undefined,
    ],
    ['{\n  "minScore": 8\n}', 'conc-audit.config.json:2: the key minScore is not available yet', undefined],
    ['[]', 'conc-audit.config.json: the configuration: expected object', undefined],
    ['{\n  "preset": \n}', 'conc-audit.config.json:3: not well-formed JSON', undefined],
    [
      '{\n "libraries": [\n  { "package": "x", "language": "typescript",\n   "apis": { "f": { "does": [{ "does": "aquire" }] } } } ] }',
      'conc-audit.config.json:4: libraries.0.apis.f.does.0.does: expected one of',
      'Did you mean acquire?',
    ],
  ])('%j', async (text, message, hint) => {
    write('conc-audit.config.json', text);
    const error = await errorOf(load());
    expect(error.message).toContain(message);
    expect(error.hint).toBe(hint);
  });
  it('in YAML and TOML and package.json as well', async () => {
    write('conc-audit.config.toml', 'preset = "strict"\nfailon = "note"\n');
    expect((await errorOf(load())).message).toBe('conc-audit.config.toml:2: there is no key failon');
    write('conc-audit.config.yaml', 'preset: strict\nexclude:\n  - 3\n');
    expect((await errorOf(load())).message).toBe('conc-audit.config.yaml:2: exclude.0: expected string');
    write('conc-audit.config.yaml', 'preset: strict\n  x: [\n');
    expect((await errorOf(load())).message).toContain('conc-audit.config.yaml:2: not well-formed YAML');
    fs.rmSync(path.join(folder, 'conc-audit.config.yaml'));
    write('conc-audit.config.toml', 'preset = \n');
    expect((await errorOf(load())).message).toContain('conc-audit.config.toml:1: not well-formed TOML');
    fs.rmSync(path.join(folder, 'conc-audit.config.toml'));
    write('package.json', '{\n "preset": 1,\n "conc-audit": {\n  "preset": "x" }\n}');
    expect((await errorOf(load())).message).toContain('package.json:4: preset');
  });
  it('refuses keys that would reach a prototype', async () => {
    write('conc-audit.config.json', '{"__proto__":{"preset":"strict"}}');
    expect((await errorOf(load())).message).toContain('__proto__ is not allowed');
    write('conc-audit.config.json', '{"rules":{"__proto__":"off"}}');
    expect((await errorOf(load())).message).toContain('__proto__ is not allowed');
  });
});

describe('auditing foreign code runs none of it', () => {
  const mark = () => path.join(folder, 'ran');
  const writer = () => `require('node:fs').writeFileSync(${JSON.stringify(mark())}, '')`;
  const writerModule = () =>
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark())}, ''); export default {};`;
  const refused = async (): Promise<string> => {
    // the working directory too is the foreign one, as on a runner
    const before = process.cwd();
    process.chdir(folder);
    try {
      return await load().then(
        () => 'nothing',
        (error: unknown) => (error instanceof UserError ? error.message : String(error)),
      );
    } finally {
      process.chdir(before);
    }
  };

  it.each(['js', 'cjs', 'mjs', 'ts'])('.config/config.%s', async extension => {
    write(`.config/config.${extension}`, extension === 'mjs' ? writerModule() : writer());
    write('package.json', '{"cosmiconfig":{"searchPlaces":["evil.js"],"loaders":{}}}');
    write('evil.js', writer());
    write('.config/config.json', '{"cosmiconfig":{"searchPlaces":["evil.js"]},"$import":"./evil.js"}');
    expect(await refused()).toBe('nothing');
    expect(fs.existsSync(mark())).toBe(false);
  });

  it.each([
    'conc-audit.config.json',
    '.conc-auditrc',
    'conc-audit.config.yaml',
    'conc-audit.config.toml',
    'package.json',
  ])('$import in %s', async name => {
    write('evil.js', writer());
    const text = name.endsWith('.toml')
      ? '"$import" = "./evil.js"'
      : name === 'package.json'
        ? '{"conc-audit":{"$import":"./evil.js"}}'
        : '{"$import":"./evil.js"}';
    write(name, text);
    expect(await refused()).toContain('$import is not allowed');
    expect(fs.existsSync(mark())).toBe(false);
  });

  it.each(['js', 'cjs', 'mjs', 'ts'])('conc-audit.config.%s, until it is named and allowed', async extension => {
    const file = write(`conc-audit.config.${extension}`, writerModule());
    expect(await refused()).toContain('is not run');
    expect((await errorOf(load({ named: file }))).hint).toContain('--allow-config-code');
    expect(fs.existsSync(mark())).toBe(false);
  });

  it('YAML makes no objects of classes', async () => {
    write('conc-audit.config.yaml', 'preset: !!js/function "function(){}"\n');
    expect(await refused()).toContain('not well-formed YAML');
  });

  it('code that is named and allowed is the configuration', async () => {
    const file = write('settings.mjs', 'export default { preset: "strict" };');
    expect((await load({ named: file, allowCode: true })).preset).toBe('strict');
  });
});

describe('library tables', () => {
  it('of our own have the shape that is asked of the configuration', () => {
    for (const table of libraries) {
      const parsed = librarySchema.safeParse(JSON.parse(JSON.stringify(table)));
      expect(
        parsed.error?.issues.map(({ path: at, message }) => `${table.package} ${at.join('.')}: ${message}`) ?? [],
      ).toEqual([]);
    }
  });
  it('may leave out what a plain mutex is like', () => {
    const parsed = librarySchema.parse({
      package: '@acme/locks',
      language: 'typescript',
      locks: { Latch: { reentrant: 'per-task' } },
      apis: {},
    });
    expect(parsed.locks?.['Latch']).toMatchObject({
      library: '@acme/locks',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'per-task',
      keyed: false,
    });
  });
});

describe('roots and globs', () => {
  it('are the folder given, or the common one', () => {
    const file = write('packages/a/x.ts', '');
    write('packages/b/y.ts', '');
    expect(findRoot(['packages/a/x.ts', 'packages/b'], folder)).toEqual({
      root: path.join(folder, 'packages'),
      paths: [file, path.join(folder, 'packages/b')],
      prefix: 'packages',
    });
    expect(findRoot([], folder)).toEqual({ root: folder, paths: [folder], prefix: '' });
    expect(repositoryTop(path.join(folder, 'packages'))).toBe(folder);
  });
  it('follow links to the real place', () => {
    write('real/x.ts', '');
    fs.symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    expect(findRoot(['link'], folder)).toMatchObject({ root: path.join(folder, 'real'), prefix: 'real' });
  });
  it('move between folders', () => {
    expect(rebaseAll(['src/*.ts', '**/x.ts', 'test/**', 'y.ts', '/src/z.ts'], '/r', '/r/src')).toEqual([
      '*.ts',
      '**/x.ts',
      'z.ts',
    ]);
    expect(rebaseAll(['*.ts', 'a/b.ts'], '/r/src', '/r')).toEqual(['src/*.ts', 'src/a/b.ts']);
    expect(rebaseAll(['src', 'src/', 'src/**'], '/r', '/r/src')).toEqual(['**', '**', '**']);
  });
  it('comments are blanked in place, strings are not', () => {
    expect(blankComments('{"a//b": "/* c */", // d\n"e": [1,],}')).toBe('{"a//b": "/* c */",     \n"e": [1 ] }');
    expect(lineOfKey('{"a": {\n"b": 1}, "c": {\n"b": 2}}', ['c', 'b'])).toBe(3);
  });
});
