/** The borders that keep the design simple, each with its reason. Reads the imports; runs nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { libraries } from '../src/libraries/index.ts';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const files = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map(file => file.split(path.sep).join('/'))
  .filter(file => file.endsWith('.ts'))
  .sort();

interface Import {
  from: string;
  /** A file under `src`, or a package. */
  to: string;
  inside: boolean;
}
const withoutComments = (text: string): string =>
  text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, literal: string | undefined) => literal ?? '',
  );

export function importsOf(file: string, text: string): Import[] {
  const code = withoutComments(text).replace(/`(?:[^`\\]|\\.)*`/g, '``');
  const forms =
    /^(?:import|export)\b[^'"`;]*\bfrom\s*['"]([^'"\n]+)['"];?$|^import\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/gm;
  const found = [...code.matchAll(forms)].map(match => ['', match.slice(1).find(Boolean) ?? '']);
  return found.map(([, target = '']) =>
    target.startsWith('.')
      ? { from: file, to: path.posix.join(path.posix.dirname(file), target), inside: true }
      : {
          from: file,
          to: target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/'),
          inside: false,
        },
  );
}
const text = (file: string): string => fs.readFileSync(path.join(SRC, file), 'utf8');
const imports = files.flatMap(file => importsOf(file, text(file)));
const inside = imports.filter(one => one.inside);
const outside = imports.filter(one => !one.inside);
const layerOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : 'top');

/** What each folder may import, besides itself, and why no more. */
const LAYERS: Record<string, { may: string[]; because: string }> = {
  model: { may: [], because: 'the model is what all parts share: plain data, known to nobody in particular' },
  util: { may: [], because: 'utilities hold no domain words' },
  libraries: { may: ['model'], because: 'a table is data about a package; who reads it is not its business' },
  frontends: {
    may: ['model', 'libraries', 'util'],
    because: 'a front end ends at facts: what is made of them must not shape them',
  },
  analysis: { may: ['model', 'util'], because: 'analyses know facts alone: no syntax, no language, no library' },
  checks: {
    may: ['analysis', 'model', 'util'],
    because: 'a check asks analyses; it knows no language, reporter or other check',
  },
  reasons: {
    may: ['analysis', 'model', 'util'],
    because: 'what keeps a place quiet is read from the analyses, as a check reads them',
  },
  score: { may: ['model', 'util'], because: 'the score is arithmetic over findings and places' },
  suppress: { may: ['model', 'util'], because: 'suppressing is matching places' },
  reporters: { may: ['model', 'util'], because: 'a format shows the report and can see nothing else' },
  config: { may: ['model', 'libraries', 'util'], because: 'the configuration is data that the pipeline reads' },
  report: {
    may: ['model', 'util', 'analysis', 'checks', 'config', 'frontends', 'libraries', 'reasons', 'score', 'suppress'],
    because: 'the steps of the pipeline print nothing and know no format',
  },
  cli: {
    may: ['top', 'model', 'util', 'checks', 'config', 'libraries', 'report', 'reporters'],
    because: 'the command line starts audits and prints reports; it does not analyse',
  },
  top: {
    may: [
      'model',
      'util',
      'analysis',
      'checks',
      'config',
      'frontends',
      'libraries',
      'reasons',
      'report',
      'reporters',
      'score',
      'suppress',
    ],
    because: 'nothing but the executable imports the command line',
  },
};

describe('imports go in one direction', () => {
  it.each(Object.keys(LAYERS))('from %s', layer => {
    const { may = [], because = '' } = LAYERS[layer] ?? {};
    const wrong = inside.filter(
      ({ from, to }) => layerOf(from) === layer && layerOf(to) !== layer && !may.includes(layerOf(to)),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}: ${because}`)).toEqual([]);
  });
  it('every folder has a rule', () => {
    expect([...new Set(files.map(layerOf))].filter(layer => !(layer in LAYERS))).toEqual([]);
  });
  it('reporters see the report alone', () => {
    const wrong = inside.filter(
      ({ from, to }) =>
        layerOf(from) === 'reporters' && layerOf(to) === 'model' && !['model/report.ts', 'model/why.ts'].includes(to),
    );
    expect(wrong).toEqual([]);
  });
});

/** Folders of interchangeable parts: their registry alone knows them by name; the contract is for everybody. */
const PARTS = [
  { folder: 'checks', open: ['index.ts', 'check.ts'] },
  { folder: 'libraries', open: ['index.ts', 'library.ts'] },
  { folder: 'frontends', open: ['index.ts', 'frontend.ts'] },
  { folder: 'reporters', open: ['index.ts', 'reporter.ts'] },
  { folder: 'reasons', open: ['index.ts', 'reason.ts'] },
];
describe('only its registry names a part', () => {
  it.each(PARTS)('$folder', ({ folder, open }) => {
    const wrong = inside.filter(
      ({ from, to }) =>
        layerOf(to) === folder && layerOf(from) !== folder && !open.includes(to.slice(folder.length + 1)),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}: it would have to change with every new part`)).toEqual(
      [],
    );
  });
  it('no check knows another check, no format another format', () => {
    const wrong = inside.filter(
      ({ from, to }) =>
        ['checks', 'reasons', 'reporters'].includes(layerOf(from)) &&
        layerOf(from) === layerOf(to) &&
        !from.endsWith('/index.ts') &&
        !['checks/check.ts', 'reasons/reason.ts', 'reporters/reporter.ts', 'reporters/textPage.ts'].includes(to),
    );
    expect(wrong).toEqual([]);
  });
});

/** Packages, and the only places that may use them. */
const FENCES: { name: string; where: RegExp; because: string }[] = [
  { name: 'ts-morph', where: /^frontends\/typescript\//, because: 'syntax ends where facts begin' },
  { name: 'typescript', where: /^$/, because: 'two copies of a compiler do not mix: the one inside ts-morph is used' },
  { name: 'chalk', where: /^(reporters\/textPage\.ts|cli\/.*)$/, because: 'colours are for terminals' },
  { name: 'commander', where: /^cli\//, because: 'flags are for the command line' },
  { name: 'cosmiconfig', where: /^config\/search\.ts$/, because: 'it runs foreign code unless it is fenced' },
  {
    name: 'js-yaml',
    where: /^(config|frontends\/[^/]+\/loader)\//,
    because: 'formats of the configuration and of workspaces',
  },
  { name: 'smol-toml', where: /^config\//, because: 'formats of the configuration' },
  { name: 'zod', where: /^config\//, because: 'the shape of the configuration; too slow to load elsewhere' },
  {
    name: 'node:fs',
    where: /^(cli|config|frontends\/[^/]+\/loader)\//,
    because: 'everything else is a function of its input',
  },
  { name: 'node:child_process', where: /^$/, because: 'an audit starts no programs' },
];
describe('packages stay behind their fence', () => {
  it.each(FENCES)('$name', ({ name, where, because }) => {
    const wrong = outside.filter(({ from, to }) => to === name && !where.test(from));
    expect(wrong.map(({ from }) => `${from} imports ${name}: ${because}`)).toEqual([]);
  });
  it('are dependencies of the package', () => {
    const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } = JSON.parse(
      fs.readFileSync(path.join(SRC, '../package.json'), 'utf8'),
    );
    const used = [...new Set(outside.map(({ to }) => to))].filter(
      name => !name.startsWith('node:') && name !== 'sarif',
    );
    expect(used.filter(name => !(name in manifest.dependencies))).toEqual([]);
    expect(Object.keys(manifest.dependencies).filter(name => !used.includes(name))).toEqual([]);
  });
});

describe('nothing after extraction knows a language or a library', () => {
  const neutral = files.filter(file => ['analysis', 'checks', 'reasons'].includes(layerOf(file)));
  it('no branch on a language', () => {
    const wrong = neutral.filter(file =>
      /\.language\b|['"`](typescript|javascript|python|ts|js|py)['"`]/.test(withoutComments(text(file))),
    );
    expect(wrong).toEqual([]);
  });
  it('no library by name in an analysis', () => {
    const names = libraries
      .flatMap(({ package: name, aliases = [] }) => [name, ...aliases])
      .filter(name => name !== 'lib');
    // `process` alone is a word; `process#exit` or `async-mutex` can only be a library
    const spelled = (literal: string): boolean =>
      names.some(name => literal.startsWith(`${name}#`) || (literal === name && /[-:/@]/.test(name)));
    const wrong = files
      .filter(file => layerOf(file) === 'analysis')
      .flatMap(file =>
        [...withoutComments(text(file)).matchAll(/'([^'\n]*)'|`([^`\n]*)`/g)].map(([, a, b]) => ({
          file,
          literal: a ?? b ?? '',
        })),
      )
      .filter(({ literal }) => spelled(literal));
    expect(wrong).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('finds every form, and none in comments', () => {
    const source = `import a from './a.ts';\nimport type { B } from "../b.ts";\nexport * from 'pkg/x';\nimport '@s/p/y';\n// import c from './c.ts';\nconst d = await import('./d.ts');`;
    expect(importsOf('x/y.ts', source).map(({ to }) => to)).toEqual(['x/a.ts', 'b.ts', 'pkg', '@s/p', 'x/d.ts']);
  });
});
