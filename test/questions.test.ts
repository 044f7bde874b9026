import { ts } from 'ts-morph';
import { describe, expect, test } from 'vitest';
import { inVersions, libraryIndex } from '../src/frontends/typescript/libraryIndex.ts';
import { createQuestions } from '../src/frontends/typescript/questions.ts';
import { ask, identifier, statements } from './support/asked.ts';
import { inMemoryProject } from './support/inMemory.ts';
import { installed, tables } from './support/questionTables.ts';

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

  test('what a call gives is told by declarations where they can', () => {
    const text = `
      declare function generic<T>(x: T): T; declare function wrapped<T>(x: T): Promise<T>; async function inferred() {}
      declare function over(x: string): Promise<void>; declare function over(x: number): Promise<string>;
      declare function mixed(x: string): Promise<void>; declare function mixed(x: number): void;
      class A { constructor(private field: () => Promise<void>, private plain: () => number) { this.field(); this.plain(); } }
      generic(Promise.resolve()); wrapped(1); inferred(); over('x'); mixed('x'); generic(1);
    `;
    const asked = ask({ 'a.ts': text }, 'a.ts');
    const exact = {
      'this.field()': 'promise',
      'this.plain()': 'value',
      'wrapped(1)': 'promise',
      'inferred()': 'promise',
      "over('x')": 'promise',
    };
    expect(statements(asked, node => asked.questions.givesOf(node, true))).toEqual({
      ...exact,
      'generic(Promise.resolve())': 'unknown',
      "mixed('x')": 'unknown',
      'generic(1)': 'unknown',
    });
    expect(statements(asked, node => asked.questions.givesOf(node))).toEqual({
      ...exact,
      'generic(Promise.resolve())': 'promise',
      "mixed('x')": 'promise',
      'generic(1)': 'value',
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
    const text =
      'declare const n: number[]; declare const o: { id: number }[]; declare const x: any; declare const f: (() => void) | undefined; n; o; x; f;';
    const asked = ask({ 'a.ts': text }, 'a.ts');
    expect(statements(asked, node => asked.questions.elementsOf(node))).toEqual({
      n: 'primitive',
      o: 'object',
      x: 'unknown',
      f: 'unknown',
    });
    expect(statements(asked, node => asked.questions.mayBeCalled?.(node))).toEqual({
      n: false,
      o: false,
      x: true,
      f: true,
    });
  });
});

describe('names', () => {
  test('variables of modules, imports, locals, namespaces, externals', () => {
    const asked = ask(
      {
        ...installed,
        'b.ts': 'export let shared = 1;\nexport default class {}',
        'c.ts': "export { shared as again } from './b';",
        'a.ts':
          "import { again } from './c';\nimport * as ns from './b';\nimport Unnamed from './b';\nimport { Mutex } from 'locks';\nimport * as pack from 'locks';\nimport { gone } from 'gone';\nlet top = 1;\nfunction f(p: number) { let local = p; { var hoisted = local; } return hoisted; }\n{ let block = 1; block; }",
      },
      'a.ts',
      tables,
    );
    const meaning = (text: string): unknown => {
      const { declaration: _, ...rest } = {
        declaration: undefined,
        ...asked.questions.meaningOf(identifier(asked, text)),
      };
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
    const fields = statements(asked, node =>
      ts.isPropertyAccessExpression(node) ? asked.questions.fieldOf(node, node.name.text) : undefined,
    );
    expect(fields).toMatchObject({
      'a.x': { field: 'x', of: 'a.ts#A' },
      'a.z': { field: 'z', of: 'a.ts#A' },
      'i.x': { field: 'x', of: 'a.ts#I' },
      'any.x': { field: 'x' },
      'literal.x': { field: 'x' },
    });
    expect(fields['both.x']).toEqual({ field: 'x' });
    const accessor = (kind: 'get' | 'set'): unknown =>
      statements(asked, node =>
        ts.isPropertyAccessExpression(node) ? asked.questions.accessorOf(node, kind) : undefined,
      )['a.y'];
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
