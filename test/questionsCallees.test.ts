import { describe, expect, test } from 'vitest';
import { ask, callees } from './support/asked.ts';
import { installed, tables } from './support/questionTables.ts';

describe('callees in the project', () => {
  test('functions by declaration, const, import, re-export, default export and namespace', () => {
    const asked = ask(
      {
        'b.ts':
          'export function f() {}\nexport const g = () => {};\nexport default () => {};\nexport namespace N { export function h() {} }\nexport let later = () => {};',
        'c.ts': "export { f as renamed } from './b';\nexport * from './b';",
        'a.ts':
          "import d, { g, N, later } from './b';\nimport { renamed } from './c';\nimport * as all from './c';\ng(); d(); N.h(); later(); renamed(); all.f(); (() => {})();",
      },
      'a.ts',
    );
    expect(callees(asked)).toEqual({
      g: 'b.ts#g',
      d: 'b.ts#default',
      'N.h': 'b.ts#N.h',
      later: 'value',
      renamed: 'b.ts#f',
      'all.f': 'b.ts#f',
      '(() => {})': 'a.ts#iife',
    });
  });

  test('methods go to dispatch, exact ones to their body', () => {
    const text = `
      abstract class Base { run() {} private secret() {} static make() {} abstract fill(): void; t() { this.run(); this.secret(); Base.make(); this.fill(); this.#p(); } #p() {} }
      class Sub extends Base { fill() {} run() { super.run(); } }
      interface Job { start(): void; handler: () => void }
      declare const sub: Sub; declare const job: Job;
      sub.run(); job.start(); job.handler();
      function generic<T extends Job>(x: T) { x.start(); }
    `;
    expect(callees(ask({ 'a.ts': text }, 'a.ts'))).toEqual({
      'this.run': 'a.ts#Base::run',
      'this.secret': 'a.ts#Base.secret',
      'Base.make': 'a.ts#Base.static make',
      'this.fill': 'a.ts#Base::fill',
      'this.#p': 'a.ts#Base.#p',
      'super.run': 'a.ts#Base.run',
      'sub.run': 'a.ts#Sub::run',
      'job.start': 'a.ts#Job::start',
      'job.handler': 'value',
      'x.start': 'a.ts#Job::start',
    });
  });

  test('a union of receivers calls all their methods; parameters, object members and fields are values', () => {
    const text = `
      class A { go() {} } class B { go() {} }
      function f(x: A | B, cb: () => void) { x.go(); cb(); }
      const api = { call() {}, other: () => {} };
      api.call(); api.other();
      new A(); new (class { m() {} })();
      tag\`x\`; function tag(s: TemplateStringsArray) {}
    `;
    expect(callees(ask({ 'a.ts': text }, 'a.ts'))).toMatchObject({
      'x.go': 'a.ts#A.go | a.ts#B.go',
      cb: 'value',
      'api.call': 'value',
      'api.other': 'value',
      'new A': 'a.ts#A.constructor',
      tag: 'a.ts#tag',
    });
  });

  test('overloads call the implementation; a declaration without source is a gap', () => {
    const asked = ask(
      {
        'a.ts':
          'function f(x: string): void; function f(x: number): void; function f(x: unknown) {} f(1);\ndeclare function g(): void; g();',
      },
      'a.ts',
    );
    expect(callees(asked)).toEqual({ f: 'a.ts#f', g: 'project#g' });
    expect(asked.gaps.map(gap => gap.reason)).toEqual(['declaration-without-source']);
  });

  test('symbols as names, super constructors, getters that give functions', () => {
    const text = `
      class R { [Symbol.dispose]() {} get handler() { return () => {}; } }
      class S extends R { constructor() { super(); } }
      declare const r: R; r[Symbol.dispose](); r.handler(); new S();
    `;
    expect(callees(ask({ 'a.ts': text }, 'a.ts'))).toEqual({
      'r[Symbol.dispose]': 'a.ts#R::[Symbol.dispose]',
      'r.handler': 'value',
      super: 'a.ts#R.constructor',
      'new S': 'a.ts#S.constructor',
    });
  });

  test('CommonJS: exports object, exports members, prototypes, requires', () => {
    const asked = ask(
      {
        'b.js': 'function a() {}\nconst b = () => {};\nmodule.exports = { a, b, c() {} };',
        'c.js':
          'exports.d = function () {};\nfunction F() { this.x = 1; }\nF.prototype.go = function () {};\nexports.F = F;',
        'a.js':
          "const b = require('./b');\nconst { b: bb } = require('./b');\nconst { d, F } = require('./c');\nb.a(); bb(); d(); const f = new F(); f.go();",
      },
      'a.js',
    );
    expect(callees(asked)).toMatchObject({
      'b.a': 'b.js#a',
      bb: 'b.js#b',
      d: 'c.js#exports.d',
      'new F': 'c.js#F',
      'f.go': 'c.js#prototype.go',
    });
  });
});

describe('callees outside of the project', () => {
  test('the language: constructors, statics, readonly views, namespaces, functions', () => {
    const text = `
      const m: ReadonlyMap<string, number> = new Map(); m.get('x'); Promise.all([]); [1].map(x => x); setTimeout(() => {}, 1);
      Reflect.apply(() => {}, null, []); navigator.locks.request('n', () => {}); (() => {}).call(null); console.log(1); Object.keys({});
      AbortSignal.timeout(1); new AbortController().abort(); JSON.parse('1'); 'x'.replace('x', () => 'y');
    `;
    expect(callees(ask({ 'a.ts': text }, 'a.ts'))).toMatchObject({
      'new Map': 'lib#new Map',
      'm.get': 'lib#Map.get',
      'Promise.all': 'lib#Promise.all',
      '[1].map': 'lib#Array.map',
      setTimeout: 'lib#setTimeout',
      'Reflect.apply': 'lib#Reflect.apply',
      'navigator.locks.request': 'lib#LockManager.request',
      '(() => {}).call': 'lib#Function.call',
      'console.log': 'lib#Console.log',
      'Object.keys': 'lib#Object.keys',
      'AbortSignal.timeout': 'lib#AbortSignal.timeout',
      'new AbortController': 'lib#new AbortController',
      'new AbortController().abort': 'lib#AbortController.abort',
      'JSON.parse': 'lib#JSON.parse',
      "'x'.replace": 'lib#String.replace',
    });
  });

  test('what every object and text has, where no type says what it is', () => {
    const text = "export function f(a: any) { a.hasOwnProperty('x'); a.startsWith('x'); a.open('x'); }";
    const found = callees(ask({ 'a.ts': text }, 'a.ts'));
    expect(found).toMatchObject({
      'a.hasOwnProperty': 'lib#Object.hasOwnProperty',
      'a.startsWith': 'lib#String.startsWith',
    });
    expect(String(found['a.open'])).not.toContain('lib#');
  });

  const uses = `
    import makeIt, { Mutex, Pool, wrap } from 'locks';
    import * as all from 'locks';
    class Box { lock = new Mutex(); other: Mutex; constructor(readonly third: Mutex) { this.other = new all.Mutex(); }
      go() { this.lock.run(() => {}); this.other.run(() => {}); this.third.run(() => {}); wrap(this.lock).run(() => {}); } }
    const limit = makeIt(2); limit(() => {});
    declare const pool: Pool; pool.query(); pool.on('x');
  `;
  const expected = {
    'new Mutex': 'locks#new Mutex',
    'new all.Mutex': 'locks#new Mutex',
    'this.lock.run': 'locks#Mutex.run',
    'this.other.run': 'locks#Mutex.run',
    'this.third.run': 'locks#Mutex.run',
    wrap: 'locks#wrap',
    'wrap(this.lock).run': 'locks#Mutex.run',
    makeIt: 'locks#default',
    limit: 'locks#Limit()',
    'pool.query': 'locks#Pool.query',
    'pool.on': 'locks#Pool.on',
  };

  test('packages with types', () => {
    expect(callees(ask({ ...installed, 'a.ts': uses }, 'a.ts', tables))).toEqual(expected);
  });

  test('packages that are not installed: imports, fields, annotations and wrappers tell the same', () => {
    expect(callees(ask({ 'a.ts': uses }, 'a.ts', tables))).toEqual(expected);
  });

  test('packages that are not installed, from JavaScript', () => {
    const text = `
      const { Mutex } = require('locks'); const locks = require('locks/sub'); const limiter = require('locks');
      const m = new Mutex(); m.run(); locks.wrap(m); const l = limiter(2); l();
      class Box { constructor() { this.lock = new locks.Mutex(); } go() { this.lock.run(); } }
    `;
    expect(callees(ask({ 'a.js': text }, 'a.js', tables))).toMatchObject({
      'new Mutex': 'locks#new Mutex',
      'm.run': 'locks#Mutex.run',
      'locks.wrap': 'locks#wrap',
      limiter: 'locks#default',
      l: 'locks#Limit()',
      'this.lock.run': 'locks#Mutex.run',
    });
  });

  test('a member is found in the types that the checker knows as bases', () => {
    const text =
      "import { Child } from 'base'; declare const c: Child; c.on('x'); class Own extends (null as any as typeof import('base').Emitter) { go() { this.on('y'); } }";
    const answers = callees(ask({ ...installed, 'a.ts': text }, 'a.ts', tables));
    expect(answers).toMatchObject({ 'c.on': 'base#Emitter.on', 'this.on': 'base#Emitter.on' });
  });

  test('an interface of the project that extends an external one and declares its members again', () => {
    const text =
      "import { Emitter } from 'base'; interface Typed extends Emitter { on(e: 'x'): void; own(): void } declare const t: Typed; t.on('x'); t.own();";
    expect(callees(ask({ ...installed, 'a.ts': text }, 'a.ts', tables))).toEqual({
      't.on': 'base#Emitter.on',
      't.own': 'a.ts#Typed::own',
    });
  });

  test('what an unknown API gives stays outside', () => {
    const text =
      "import { check } from 'unknown'; const made = check(1); check(2).type.toBe(3); made.go(); const { part } = check(4); part(); new (check(5).Made)();";
    expect(callees(ask({ 'a.ts': text }, 'a.ts', tables))).toMatchObject({
      check: 'unknown#check',
      'check(2).type.toBe': 'unknown#check().type.toBe',
      'made.go': 'unknown#check().go',
      part: 'unknown#check().part',
    });
  });

  test('a type and a value of one name, a type named like its own variable', () => {
    const texts = {
      'b.ts':
        'export interface Made { x: number }\nexport const Made: { new (): Made } = create();\ndeclare function create(): any;',
      'a.ts':
        "import { Made } from './b'; type self = any; const self: self = JSON.parse(''); new Made(); self(); self.go();",
    };
    const asked = ask(texts, 'a.ts', tables);
    expect(callees(asked)).toMatchObject({ 'new Made': 'value', self: 'value', 'self.go': 'value' });
    expect(asked.gaps).toEqual([]);
  });

  test('what nothing tells is a value or unresolved, never a guess', () => {
    const text =
      "import { x } from './missing'; declare const a: any; a.anything(); x(); nowhere(); a.then(() => {}); a.forEach(() => {}); a.forEach(1);";
    expect(callees(ask({ 'a.ts': text }, 'a.ts', tables))).toEqual({
      'a.anything': 'value',
      x: 'unresolved',
      nowhere: 'unresolved',
      'a.then': 'lib#Promise.then',
      'a.forEach': 'value',
    });
  });
});
