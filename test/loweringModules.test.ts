/** Modules: imports, CommonJS, dynamic imports, JSX, and files that are hard on the extractor. */
import { describe, expect, it } from 'vitest';
import { createExtractor } from '../src/frontends/typescript/extract.ts';
import { printFunction, printModule } from '../src/frontends/typescript/printFacts.ts';
import { libraries } from '../src/libraries/index.ts';
import { extractText, extractTexts, functionNamed, inMemoryProject } from './support/inMemory.ts';
import { lowered } from './support/lowered.ts';

/** The printed facts of one function of several files. */
function across(texts: Record<string, string>, file: string, name: string): string {
  const facts = extractTexts(texts, libraries).get(file);
  if (!facts) throw new Error(`no facts of ${file}`);
  return `\n${printFunction(functionNamed(facts, name))}\n`;
}

describe('imports', () => {
  it('are places of the declaring file, followed through re-exports', () => {
    const texts = {
      'a.ts': `import d, { state, renamed } from './b.ts'; import * as ns from './b.ts';
        export function run() { d(); renamed(state); ns.shared.x = ns.fixed; return ns; }`,
      'b.ts': `export { shared as renamed } from './c.ts'; export * from './c.ts'; export let state = 1; export default function () {} export const fixed = {}; state = 2;`,
      'c.ts': 'export const shared: any = () => 1;',
    };
    expect(across(texts, 'a.ts', 'run')).toMatchInlineSnapshot(`
      "
      a.ts#run()
        %0 = call default() [gives value]
        read @b.ts#state
        %2 = call shared(@b.ts#state) [gives unknown]
        drop statement %2
        write @c.ts#shared.x = @b.ts#fixed
        return @b.ts#*
      "
    `);
  });
  it('of CommonJS are followed too', () => {
    const texts = {
      'a.js': `const b = require('./b'); const { two } = require('./b'); function run() { b.one(); two(); return [b, require('./b').three]; } module.exports = { run };`,
      'b.js': 'exports.one = () => 1; exports.two = function () {}; module.exports.three = 3;',
    };
    expect(across(texts, 'a.js', 'run') + across(texts, 'b.js', '')).toMatchInlineSnapshot(`
      "
      a.js#run()
        %0 = call exports.one() on @b.js#* [gives value]
        %1 = call exports.two() [gives value]
        return [@b.js#*, @b.js#three]

      b.js#()
        write @one = fn exports.one
        write @two = fn exports.two
        write @three = 3
      "
    `);
  });
  it('leave what is global outside', () => {
    expect(lowered('globalThis.shared = 1; export const read = () => globalThis.shared;', ['', 'read'], 'a.js'))
      .toMatchInlineSnapshot(`
      "
      a.js#()
        slot read = fn read
        write !lib#globalThis.shared = 1
      a.js#read()
        return !lib#globalThis.shared
      "
    `);
  });
  it('may be dynamic', () => {
    const texts = {
      'a.ts': `export async function run(n: string) { const b = await import('./b.ts'); b.go(); await import(n); }`,
      'b.ts': 'export function go() {}',
    };
    expect(across(texts, 'a.ts', 'run')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(n)
        %0 = call lib#import("./b.ts") [gives promise]
        await copy(%0, @b.ts#*)
        %2 = call go() on settled(copy(%0, @b.ts#*)) [gives value]
        %3 = call lib#import(n) [gives promise]
        await %3
      "
    `);
  });
  it('wait at the top level', () => {
    expect(lowered('const a = await Promise.resolve(1); export default await fetch(String(a));', ['']))
      .toMatchInlineSnapshot(`
      "
      a.ts#()
        slot a = settled(copy(1))
        slot default = settled(%2)
        await copy(1)
        %1 = call lib#String(settled(copy(1))) [gives value]
        %2 = call lib#fetch(%1) [gives promise]
        await %2
      "
    `);
  });
});

describe('JSX', () => {
  it('calls components and registers handlers of page elements', () => {
    const text = `declare namespace JSX { interface IntrinsicElements { button: any } }
      function Save(props: { onSave: () => Promise<void>; children?: unknown }) { return <button onClick={props.onSave} {...props}>{props.children}</button>; }
      export function Page() { return <><Save onSave={async () => {}}><button /> text</Save></>; }`;
    expect(lowered(text, ['Save', 'Page'], 'a.tsx')).toMatchInlineSnapshot(`
      "
      a.tsx#Save(props)
        read props.onSave
        register input onClick of <button>: props.onSave
        read props.children
        return {...props, onClick: props.onSave, children: props.children}
      a.tsx#Page()
        %0 = call Save({onSave: fn Page/<Save>.onSave, children: {}})
        return {children: %0}
      "
    `);
  });
});

describe('hard files', () => {
  it('take long operator chains', () => {
    const text = `export const s = ${Array.from({ length: 8_000 }, (_, index) => `x${index % 7}()`).join(' + ')};`;
    const facts = extractText(
      Array.from({ length: 7 }, (_, index) => `function x${index}() { return 1; }`).join('\n') + text,
    );
    expect(facts.gaps).toEqual([]);
    expect(functionNamed(facts, '').body).toHaveLength(8_000);
  });
  it('take long call chains', () => {
    const text = `const o: any = {}; export const s = o${'.a().b()'.repeat(200)};`;
    const facts = extractText(text, 'a.js');
    expect(facts.gaps).toEqual([]);
    expect(functionNamed(facts, '').body.filter(step => step.kind === 'call')).toHaveLength(400);
  });
  it('lose a function that cannot be lowered, and nothing else', () => {
    const project = inMemoryProject({
      'a.js': `function bad() { return require('./boom'); } function good() { return bad(); } good();`,
    });
    let asked = 0;
    const resolve: typeof project.resolve = (specifier, from) => {
      if (asked++ === 0) throw new RangeError(specifier);
      return project.resolve(specifier, from);
    };
    const facts = createExtractor({ ...project, resolve }).extract('a.js');
    expect(facts.gaps.map(gap => `${gap.reason}: ${gap.text}`)).toEqual(['not-lowered: nested too deep']);
    expect(functionNamed(facts, 'bad').body).toEqual([]);
    expect(functionNamed(facts, 'good').body).toHaveLength(2);
  });
  it('say what they do not model', () => {
    expect(lowered('export function run(n: string) { eval(n); }', ['run'], 'a.js')).toMatchInlineSnapshot(`
      "
      a.js#run(n)
        %0 = call lib#eval(n) [gives unknown]
        drop statement %0
      gap eval: eval(n)
      "
    `);
  });
  it('count lines at CR, LF and CRLF only', () => {
    expect(extractText('1;\r\n2;\r3;\n4;\u20285;').lineStarts).toEqual([0, 4, 7, 10]);
  });
});

describe('facts', () => {
  const texts = {
    'a.ts': `import { Mutex } from 'async-mutex'; const m = new Mutex(); export class A { async run() { return m.runExclusive(() => this); } }`,
    'b.ts': `import { A } from './a.ts'; export const go = async (...all: A[]) => { for (const a of all) await a.run(); };`,
  };
  it('are plain JSON', () => {
    for (const facts of extractTexts(texts, libraries).values())
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });
  it('are the same each time, in whatever order the files come', () => {
    const again = extractTexts(Object.fromEntries(Object.entries(texts).reverse()), libraries);
    for (const [file, facts] of extractTexts(texts, libraries))
      expect(JSON.stringify(again.get(file))).toBe(JSON.stringify(facts));
  });
  it('have one synthetic function per locking call', () => {
    const facts = extractTexts(texts, libraries).get('a.ts');
    expect(facts && printModule(facts)).toMatchInlineSnapshot(`
      "a.ts#()
        slot A = class A
        slot m = %0
        %0 = call async-mutex#new Mutex() [new async-mutex#Mutex]

      a.ts#A.constructor()

      promise a.ts#A.run()
        slot this = this
        %0 = call A.run/runExclusive:1(@m, fn A.run/runExclusive:0)
        return %0

      promise a.ts#A.run/runExclusive:1(lock, callback)
        acquire lock [release %0]
        try
          %2 = call (callback)()
          await %2
          return settled(%2)
        finally
          release %0

      a.ts#A.run/runExclusive:0()
        captures this
        return ^this"
    `);
  });
});
