import { describe, expect, test } from 'vitest';
import { libraries } from '../src/libraries/index.ts';
import type { ModuleFacts, TypeFacts } from '../src/model/facts.ts';
import { extractText, extractTexts } from './support/inMemory.ts';

function types(text: string, file = 'a.ts'): Record<string, TypeFacts> {
  return Object.fromEntries(extractText(text, file, libraries).types.map(type => [type.name, type]));
}

describe('types', () => {
  test('members of classes: methods, accessors, statics, fields', () => {
    const text = `
      import { Mutex } from 'async-mutex';
      abstract class Base { abstract fill(): void; over(x: string): void; over(x: unknown) {} }
      export class Pool<T> extends Base implements Job {
        readonly lock = new Mutex(); private items: T[] = []; static count = 0; #secret?: Map<string, T>; handler = () => {};
        constructor(protected readonly parent: Pool<T> | undefined, plain: number) { super(); }
        fill() {} get size() { return 1; } set size(v) {} static make() {} start() {} async *[Symbol.asyncIterator]() {} 'quoted name'() {}
      }
      interface Job { start(): void; name: string }
      interface Job { again: Mutex }
    `;
    const found = types(text);
    expect(found['Base']).toMatchObject({
      kind: 'class',
      isAbstract: true,
      methods: { over: 'a.ts#Base.over' },
      construct: 'a.ts#Base.constructor',
    });
    const pool = found['Pool'];
    expect(pool).toMatchObject({
      id: 'a.ts#Pool',
      isAbstract: false,
      supertypes: ['a.ts#Base', 'a.ts#Job'],
      methods: {
        fill: 'a.ts#Pool.fill',
        'get size': 'a.ts#Pool.get size',
        'set size': 'a.ts#Pool.set size',
        start: 'a.ts#Pool.start',
        '[Symbol.asyncIterator]': 'a.ts#Pool.[Symbol.asyncIterator]',
        'quoted name': 'a.ts#Pool.quoted name',
      },
      statics: { make: 'a.ts#Pool.static make' },
      fields: {
        lock: { type: 'async-mutex#Mutex', readonly: true, isStatic: false },
        items: { type: 'lib#Array', readonly: false, hidden: true },
        count: { type: null, isStatic: true },
        '#secret': { type: 'lib#Map', hidden: true },
        parent: { type: 'a.ts#Pool', readonly: true, hidden: true },
      },
    });
    expect(pool?.fields['lock']?.hidden).toBeUndefined();
    expect(pool?.fields['plain']).toBeUndefined();
    expect(found['Job']).toMatchObject({
      kind: 'interface',
      construct: null,
      methods: {},
      fields: { name: { type: null }, again: { type: 'async-mutex#Mutex' } },
    });
  });

  test('initial values are values of the constructor', () => {
    const facts = extractText(
      "import { Mutex } from 'async-mutex'; class A { lock = new Mutex(); constructor(readonly p: number) {} }",
      'a.ts',
      libraries,
    );
    const [type] = facts.types;
    const construct = facts.functions.find(fn => fn.id === type?.construct);
    const initial = type?.fields['lock']?.initial;
    expect(initial === undefined ? undefined : construct?.values[initial]?.kind).toBe('result');
    expect(type?.fields['p']?.initial).toBeTypeOf('number');
  });

  test('aliases of objects are types, others are not; parts of an intersection are supertypes', () => {
    const found = types(
      'interface I { x: number } type Shape = I & { y: Map<string, I> }; type Union = I | string; type Name = string; type F = () => void; function f() { class Inner {} return Inner; }',
    );
    expect(Object.keys(found)).toEqual(['I', 'Shape', 'f/Inner']);
    expect(found['Shape']).toMatchObject({
      kind: 'interface',
      supertypes: ['a.ts#I'],
      fields: { y: { type: 'lib#Map' } },
    });
  });

  test('supertypes from packages, the language and mixins', () => {
    const found = types(
      "import { EventEmitter } from 'node:events'; import { Thing } from 'thing'; class A extends EventEmitter {} class B extends Map<string, A> {} class C extends Thing {} class D extends A {} interface E extends D, Thing {}",
    );
    expect(Object.values(found).map(type => type.supertypes)).toEqual([
      ['node:events#EventEmitter'],
      ['lib#Map'],
      ['thing#Thing'],
      ['a.ts#A'],
      ['a.ts#D', 'thing#Thing'],
    ]);
  });

  test('names that objects inherit', () => {
    const found = types('class A { toString() { return ""; } hasOwnProperty = 1; ["__proto__"]() {} }');
    expect(Object.keys(found['A']?.methods ?? {})).toEqual(['toString', '__proto__']);
    expect(Object.keys(found['A']?.fields ?? {})).toEqual(['hasOwnProperty']);
  });

  test('JavaScript: fields by assignment, constructor functions with prototypes', () => {
    const text = `
      const util = require('util');
      class A { constructor() { this.map = new Map(); this.set2(() => { this.late = 1; }); } set2(f) { f(); this.other = []; function inner() { this.no = 1; } } }
      function Old() { this.list = []; }
      Old.prototype.go = function () { this.went = true; };
      function Base() {} Base.prototype = { run() {}, stop: function () {} };
      util.inherits(Old, Base);
    `;
    const found = types(text, 'a.js');
    expect(Object.keys(found['A']?.fields ?? {})).toEqual(['map', 'late', 'other']);
    expect(found['A']?.fields['map']?.type).toBe('lib#Map');
    expect(found['Old']).toMatchObject({
      id: 'a.js#Old',
      construct: 'a.js#Old',
      supertypes: ['a.js#Base'],
      methods: { go: 'a.js#prototype.go' },
    });
    expect(Object.keys(found['Old']?.fields ?? {})).toEqual(['list', 'went']);
    expect(Object.keys(found['Base']?.methods ?? {})).toEqual(['run', 'stop']);
  });
});

describe('exports and imports', () => {
  function surface(
    texts: Record<string, string>,
    file: string,
  ): Pick<ModuleFacts, 'exports' | 'exportsAll' | 'imports'> & { printed: Record<string, unknown> } {
    const facts = extractTexts(texts).get(file);
    if (!facts) throw new Error(`no facts of ${file}`);
    const body = facts.functions[0];
    const printed = Object.fromEntries(
      Object.entries(facts.exports).map(([name, exported]) => [
        name,
        'value' in exported ? body?.values[exported.value] : `${exported.file} ${exported.name}`,
      ]),
    );
    return { ...facts, printed };
  }

  test('ES modules', () => {
    const texts = {
      'b.ts': 'export const b = 1; export default function () {}',
      'c.ts': 'export type T = number;',
      'a.ts': `
        import thing, { b as renamed } from './b'; import * as ns from './b'; import type { T } from './c'; import 'node:fs';
        export { thing, renamed as again, ns }; export { b } from './b'; export * from './b'; export * as all from './b'; export { gone } from 'gone';
        export const x = 1, { y, z: [w] } = { y: 1, z: [2] }; export function f() {} export class C {} export type Only = T; export let moving = 1; moving = 2;
        export default f;
      `,
    };
    const { printed, exportsAll, imports } = surface(texts, 'a.ts');
    expect(imports).toEqual(['b.ts', 'c.ts']);
    expect(exportsAll).toEqual(['b.ts']);
    expect(printed).toMatchObject({
      thing: 'b.ts default',
      again: 'b.ts b',
      ns: 'b.ts *',
      b: 'b.ts b',
      all: 'b.ts *',
      x: { kind: 'constant', text: '1' },
      f: { kind: 'function', id: 'a.ts#f' },
      C: { kind: 'class', type: 'a.ts#C' },
      moving: { kind: 'read', place: { root: { kind: 'module', file: 'a.ts', name: 'moving' } } },
      default: { kind: 'function', id: 'a.ts#f' },
    });
    expect(Object.keys(printed).sort()).toEqual([
      'C',
      'again',
      'all',
      'b',
      'default',
      'f',
      'moving',
      'ns',
      'thing',
      'w',
      'x',
      'y',
    ]);
  });

  test('default exports by expression, and CommonJS', () => {
    const texts = {
      'b.ts': 'export default () => {};',
      'c.js': 'exports.one = function () {}; module.exports.two = 2;',
      'd.js':
        "const c = require('./c'); async function f() { await import('./b'); } module.exports = { f, three: c.one };",
    };
    const b = extractTexts(texts).get('b.ts');
    expect(surface(texts, 'b.ts').printed).toEqual({ default: { kind: 'function', id: 'b.ts#default' } });
    expect(Object.keys(b?.functions[0]?.slots ?? {})).toContain('default');
    expect(surface(texts, 'c.js').printed).toMatchObject({ one: { kind: 'function' }, two: { kind: 'constant' } });
    const d = surface(texts, 'd.js');
    expect(d.imports).toEqual(['b.ts', 'c.js']);
    expect(Object.keys(d.printed).sort()).toEqual(['export=', 'f', 'three']);
    expect(d.printed['f']).toEqual({ kind: 'function', id: 'd.js#f' });
  });
});

describe('comments', () => {
  test('suppressions in every form', () => {
    const text = `
// conc-audit-ignore-next-line lock-order-cycle -- known, see #1 until 2026-12-31
f();
f(); // conc-audit-ignore-line floating-promise, orphaned-task -- best effort
/* conc-audit-ignore-file lock-leak -- generated */
const view = <p>{/* conc-audit-ignore-next-line lock-leak -- in a view */}</p>;
const no = "// conc-audit-ignore-next-line lock-leak -- text"; const re = /\\/\\/ conc-audit-ignore-line x -- y/;
const jsx = <p>// conc-audit-ignore-line x -- text between tags</p>;
function f() {}
`;
    expect(extractText(text, 'a.tsx').suppressions.map(({ at: _, ...rest }) => rest)).toEqual([
      { scope: 'next-line', rules: ['lock-order-cycle'], reason: 'known, see #1', until: '2026-12-31' },
      { scope: 'line', rules: ['floating-promise', 'orphaned-task'], reason: 'best effort' },
      { scope: 'file', rules: ['lock-leak'], reason: 'generated' },
      { scope: 'next-line', rules: ['lock-leak'], reason: 'in a view' },
    ]);
  });

  test('malformed ones have no reason', () => {
    const text =
      '// conc-audit-ignore-next-line lock-leak\n// conc-audit-ignore-next-line -- no rule\n// conc-audit-disable lock-leak -- no such form\nexport {};';
    expect(extractText(text).suppressions.map(({ at: _, ...rest }) => rest)).toEqual([
      { scope: 'next-line', rules: ['lock-leak'], reason: '' },
      { scope: 'next-line', rules: [], reason: '' },
      { scope: 'next-line', rules: ['lock-leak'], reason: '' },
    ]);
  });

  test('the place is the comment', () => {
    const text = 'f();\n  // conc-audit-ignore-line lock-leak -- why\nfunction f() {}';
    const [suppression] = extractText(text).suppressions;
    expect(suppression && text.slice(...suppression.at)).toBe('// conc-audit-ignore-line lock-leak -- why');
  });

  test('declarations go to the function behind them, else to the module', () => {
    const text = `
/** @lockOrder a < Pool.lock < "row lock" */

/**
 * Does it.
 * @detached runs until the process ends
 */
export async function f() {}
// @serial
const g = async () => {};
class A {
  /** @holds this.lock, other */
  m() {}
  // @guardedBy this.lock
  x = 1;
  // @reentrant
  handler = () => {};
}
`;
    const facts = extractText(text);
    const declared = Object.fromEntries(
      facts.functions.filter(fn => fn.declared).map(fn => [fn.id, fn.declared?.map(({ at: _, ...rest }) => rest)]),
    );
    expect(declared).toEqual({
      'a.ts#f': [
        { tag: 'lockOrder', names: ['a', 'Pool.lock', '"row lock"'] },
        { tag: 'detached', names: [], reason: 'runs until the process ends' },
      ],
      'a.ts#g': [{ tag: 'serial', names: [] }],
      'a.ts#A.m': [{ tag: 'holds', names: ['this.lock', 'other'] }],
      'a.ts#A.handler': [{ tag: 'reentrant', names: [] }],
    });
    expect(facts.declared.map(({ tag, names }) => ({ tag, names }))).toEqual([
      { tag: 'guardedBy', names: ['this.lock'] },
    ]);
  });

  test('other comments say nothing', () => {
    const facts = extractText(
      '/** @param holds the lock; a@serial.example {@link serial} `@serial` */\nexport function f(holds: number) {}',
    );
    expect(facts.functions.some(fn => fn.declared)).toBe(false);
    expect(facts.declared).toEqual([]);
  });
});
