import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';
import { inVersions, libraryIndex } from '../src/frontends/typescript/libraryIndex.ts';
import { defineLibrary, type Library } from '../src/libraries/library.ts';
import { createQuestions } from '../src/frontends/typescript/questions.ts';
import { ask, callees, identifier, statements } from './support/asked.ts';
import { inMemoryProject } from './support/inMemory.ts';

const locks: Library = defineLibrary({
  package: 'locks',
  language: 'typescript',
  aliases: ['locks/sub'],
  supertypes: { Pool: ['base#Emitter'] },
  locks: {
    Mutex: { library: 'locks', capacity: { kind: 'exactly', n: 1 }, reentrant: 'no', blocks: 'task', readers: 'none', queue: 'fifo', ownerChecked: false, reach: 'loop', lease: false, keyed: false, limiter: false },
  },
  apis: {
    'new Mutex': { does: [{ does: 'make', type: 'Mutex' }] },
    'Mutex.run': { does: [] },
    default: { does: [{ does: 'make', type: 'Limit' }] },
    'Limit()': { does: [] },
    'Pool.query': { does: [] },
    wrap: { does: [{ does: 'view', of: 0, wait: 'bounded' }] },
  },
});
const base: Library = defineLibrary({ package: 'base', language: 'typescript', apis: { 'Emitter.on': { does: [] }, 'Emitter.*': { does: [] } } });
const tables = [locks, base];

const installed = {
  'node_modules/locks/index.d.ts': `
    export class Mutex { run(f: () => void): Promise<void>; }
    export interface Limit { (f: () => void): Promise<void>; size(): number }
    export default function makeLimit(n: number): Limit;
    export class Pool { query(): void; on(e: string): void }
    export function wrap(m: Mutex): Mutex;
  `,
  'node_modules/base/index.d.ts': 'export class Emitter { on(e: string): void; off(): void } export interface Child extends Emitter {}',
};

describe('callees in the project', () => {
  test('functions by declaration, const, import, re-export, default export and namespace', () => {
    const asked = ask(
      {
        'b.ts': 'export function f() {}\nexport const g = () => {};\nexport default () => {};\nexport namespace N { export function h() {} }\nexport let later = () => {};',
        'c.ts': "export { f as renamed } from './b';\nexport * from './b';",
        'a.ts': "import d, { g, N, later } from './b';\nimport { renamed } from './c';\nimport * as all from './c';\ng(); d(); N.h(); later(); renamed(); all.f(); (() => {})();",
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
    const asked = ask({ 'a.ts': 'function f(x: string): void; function f(x: number): void; function f(x: unknown) {} f(1);\ndeclare function g(): void; g();' }, 'a.ts');
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
        'c.js': 'exports.d = function () {};\nfunction F() { this.x = 1; }\nF.prototype.go = function () {};\nexports.F = F;',
        'a.js': "const b = require('./b');\nconst { b: bb } = require('./b');\nconst { d, F } = require('./c');\nb.a(); bb(); d(); const f = new F(); f.go();",
      },
      'a.js',
    );
    expect(callees(asked)).toMatchObject({ 'b.a': 'b.js#a', bb: 'b.js#b', d: 'c.js#exports.d', 'new F': 'c.js#F', 'f.go': 'c.js#prototype.go' });
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
    const text = "import { Child } from 'base'; declare const c: Child; c.on('x'); class Own extends (null as any as typeof import('base').Emitter) { go() { this.on('y'); } }";
    const answers = callees(ask({ ...installed, 'a.ts': text }, 'a.ts', tables));
    expect(answers).toMatchObject({ 'c.on': 'base#Emitter.on', 'this.on': 'base#Emitter.on' });
  });

  test('an interface of the project that extends an external one and declares its members again', () => {
    const text = "import { Emitter } from 'base'; interface Typed extends Emitter { on(e: 'x'): void; own(): void } declare const t: Typed; t.on('x'); t.own();";
    expect(callees(ask({ ...installed, 'a.ts': text }, 'a.ts', tables))).toEqual({ 't.on': 'base#Emitter.on', 't.own': 'a.ts#Typed::own' });
  });

  test('what an unknown API gives stays outside', () => {
    const text = "import { check } from 'unknown'; const made = check(1); check(2).type.toBe(3); made.go(); const { part } = check(4); part(); new (check(5).Made)();";
    expect(callees(ask({ 'a.ts': text }, 'a.ts', tables))).toMatchObject({
      check: 'unknown#check',
      'check(2).type.toBe': 'unknown#check().type.toBe',
      'made.go': 'unknown#check().go',
      part: 'unknown#check().part',
    });
  });

  test('what nothing tells is a value or unresolved, never a guess', () => {
    const text = "import { x } from './missing'; declare const a: any; a.anything(); x(); nowhere(); a.then(() => {}); a.forEach(() => {}); a.forEach(1);";
    expect(callees(ask({ 'a.ts': text }, 'a.ts', tables))).toEqual({
      'a.anything': 'value',
      x: 'unresolved',
      nowhere: 'unresolved',
      'a.then': 'lib#Promise.then',
      'a.forEach': 'value',
    });
  });
});

describe('tables', () => {
  test('supertypes, then any other member', () => {
    const index = libraryIndex(tables);
    const known = (name: string): boolean => index.has(name);
    expect(known('locks#Pool.on')).toBe(true);
    expect(known('locks#Pool.off')).toBe(true);
    expect(known('locks#Mutex.on')).toBe(false);
    expect(index.packageOf('fs/promises')).toBe('node:fs/promises');
    expect(index.packageOf('@a/b/c')).toBe('@a/b');
    expect(index.packageOf('locks/sub')).toBe('locks');
  });

  test('versions', () => {
    expect(inVersions('4.2.1', '>=5')).toBe(false);
    expect(inVersions('^5.0.0', '>=5')).toBe(true);
    expect(inVersions('4.9.0', '<5')).toBe(true);
    expect(inVersions(undefined, '<5')).toBe(false);
    expect(inVersions(undefined, '>=5')).toBe(true);
    expect(inVersions('3.1.0', '^3 || 5')).toBe(true);
    expect(inVersions('4.1.0', '>=3 <4')).toBe(false);
  });

  test('lock kinds of subtypes go to the file', () => {
    const asked = ask({ 'a.ts': '' }, 'a.ts', tables);
    expect(asked.questions.lockKind('locks#Mutex')?.library).toBe('locks');
    expect(asked.questions.lockKind('lib#Map')).toBeUndefined();
    expect(Object.keys(asked.locks)).toEqual(['locks#Mutex']);
  });
});

describe('types', () => {
  test('what an expression gives', () => {
    const text = `
      class Own<T> extends Promise<T> {}
      declare const p: Promise<void>; declare const maybe: void | Promise<void>; declare const many: Promise<void>[];
      declare const own: Own<void>; declare const thenable: { then(f: (x: number) => void): void }; declare const any: any;
      declare const plain: { then: number }; declare const either: Promise<number> | Own<string>; declare const n: number;
      p; maybe; many; own; thenable; any; plain; either; n;
    `;
    const asked = ask({ 'a.ts': text }, 'a.ts');
    expect(statements(asked, node => asked.questions.givesOf(node))).toEqual({
      p: 'promise',
      maybe: 'maybe-promise',
      many: 'promises',
      own: 'promise',
      thenable: 'thenable',
      any: 'unknown',
      plain: 'value',
      either: 'promise',
      n: 'value',
    });
  });

  test('type ids', () => {
    const text = `
      class A {} interface I { x: number } type Shape = { y: number }; type Alias = A; type F = () => void;
      declare const a: A; declare const i: I | undefined; declare const s: Shape; declare const alias: Alias; declare const m: ReadonlyMap<string, A>;
      declare const list: A[]; declare const text: string; declare const either: A | I; declare const f: F; declare const gen: Promise<A>;
      a; i; s; alias; m; list; text; either; f; gen; A;
    `;
    const asked = ask({ 'a.ts': text }, 'a.ts');
    expect(statements(asked, node => asked.questions.typeIdOf(node))).toEqual({
      a: 'a.ts#A',
      i: 'a.ts#I',
      s: 'a.ts#Shape',
      alias: 'a.ts#A',
      m: 'lib#Map',
      list: 'lib#Array',
      text: null,
      either: null,
      f: 'a.ts#F',
      gen: 'lib#Promise',
      A: null,
    });
  });

  test('elements of arrays, and whether a value can be called', () => {
    const text = 'declare const n: number[]; declare const o: { id: number }[]; declare const x: any; declare const f: (() => void) | undefined; n; o; x; f;';
    const asked = ask({ 'a.ts': text }, 'a.ts');
    expect(statements(asked, node => asked.questions.elementsOf(node))).toEqual({ n: 'primitive', o: 'object', x: 'unknown', f: 'unknown' });
    expect(statements(asked, node => asked.questions.mayBeCalled?.(node))).toEqual({ n: false, o: false, x: true, f: true });
  });
});

describe('names', () => {
  test('variables of modules, imports, locals, namespaces, externals', () => {
    const asked = ask(
      {
        ...installed,
        'b.ts': 'export let shared = 1;\nexport default class {}',
        'c.ts': "export { shared as again } from './b';",
        'a.ts': "import { again } from './c';\nimport * as ns from './b';\nimport Unnamed from './b';\nimport { Mutex } from 'locks';\nimport * as pack from 'locks';\nimport { gone } from 'gone';\nlet top = 1;\nfunction f(p: number) { let local = p; { var hoisted = local; } return hoisted; }\n{ let block = 1; block; }",
      },
      'a.ts',
      tables,
    );
    const meaning = (text: string): unknown => {
      const { declaration: _, ...rest } = { declaration: undefined, ...asked.questions.meaningOf(identifier(asked, text)) };
      return rest;
    };
    expect(meaning('again')).toEqual({ kind: 'module', file: 'b.ts', name: 'shared' });
    expect(meaning('ns')).toEqual({ kind: 'namespace', file: 'b.ts' });
    expect(meaning('Unnamed')).toEqual({ kind: 'module', file: 'b.ts', name: 'default' });
    expect(meaning('Mutex')).toEqual({ kind: 'external', name: 'locks#Mutex' });
    expect(meaning('pack')).toEqual({ kind: 'external', name: 'locks#*' });
    expect(meaning('gone')).toEqual({ kind: 'external', name: 'gone#gone' });
    expect(meaning('top')).toEqual({ kind: 'module', file: 'a.ts', name: 'top' });
    for (const name of ['p', 'local', 'hoisted', 'block']) expect(meaning(name)).toEqual({ kind: 'local' });
  });

  test('fields by the type that declares them; accessors', () => {
    const text = `
      class A { x = 1; get y() { return 1; } set y(v) {} constructor(public z: number) {} }
      interface I { x: number }
      declare const a: A; declare const i: I; declare const both: A | I; declare const any: any; const literal = { x: 1 };
      a.x; a.z; i.x; both.x; any.x; literal.x; a.y;
    `;
    const asked = ask({ 'a.ts': text }, 'a.ts');
    const fields = statements(asked, node => (ts.isPropertyAccessExpression(node) ? asked.questions.fieldOf(node, node.name.text) : undefined));
    expect(fields).toMatchObject({
      'a.x': { field: 'x', of: 'a.ts#A' },
      'a.z': { field: 'z', of: 'a.ts#A' },
      'i.x': { field: 'x', of: 'a.ts#I' },
      'any.x': { field: 'x' },
      'literal.x': { field: 'x' },
    });
    expect(fields['both.x']).toEqual({ field: 'x' });
    const accessor = (kind: 'get' | 'set'): unknown =>
      statements(asked, node => (ts.isPropertyAccessExpression(node) ? asked.questions.accessorOf(node, kind) : undefined))['a.y'];
    expect(accessor('get')).toBe('a.ts#A.get y');
    expect(accessor('set')).toBe('a.ts#A.set y');
  });

  test('a question that runs out of stack costs its own answer', () => {
    const project = inMemoryProject({ 'a.ts': 'function f() {} f();' });
    const gaps: string[] = [];
    let isDeep = true;
    const limited = {
      ...project,
      isProjectSource(path: string): string | undefined {
        if (isDeep) throw new RangeError('Maximum call stack size exceeded');
        return project.isProjectSource(path);
      },
    };
    const questions = createQuestions(limited, 'a.ts', { locks: {}, gap: (_, reason) => void gaps.push(reason) });
    const statement = project.load('a.ts')?.source.statements[1];
    const call = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined;
    if (!call || !ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) throw new Error('no call');
    expect(questions.calleeOf(call)).toEqual({ kind: 'unresolved', text: 'f()' });
    expect(gaps).toEqual(['question-gave-up']);
    isDeep = false;
    expect(questions.meaningOf(call.expression)).toMatchObject({ kind: 'module', name: 'f' });
  });
});
