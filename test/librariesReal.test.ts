/** Every entry names something that the real types declare, in the version that the table says it was checked with. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { libraries } from '../src/libraries/index.ts';
import type { Library } from '../src/libraries/library.ts';
import { readRealTypes, readStub, type Declared } from './realTypes.ts';

/** Other versions have them than the one installed here. */
const elsewhere: Readonly<Record<string, string>> = {
  'express#Request.param': 'express 4',
  'express-serve-static-core#Request.param': 'express 4',
  'fastify#FastifyReply.getResponseTime': 'fastify 4',
  '@prisma/client#new PrismaClient': 'generated',
  'got#CancelableRequest.cancel': 'p-cancelable',
  'lib#import': 'syntax',
  'node:module#enableCompileCache': 'Node 22',
  'node:module#registerHooks': 'Node 22',
  'node:module#stripTypeScriptTypes': 'Node 22',
  'node:assert#partialDeepStrictEqual': 'Node 22',
  'node:assert/strict#partialDeepStrictEqual': 'Node 22',
  'node:test#TestContext.waitFor': 'Node 22',
  'node:worker_threads#Worker.getHeapStatistics': 'Node 24',
  'p-limit#LimitFunction.map': 'p-limit 7',
  '@vitest/runner#SuiteEachReturn()': 'the stub of vitest',
  '@vitest/runner#SuiteEachFunction()': 'vitest 3',
  'vitest#SuiteEachFunction()': 'vitest 3',
  '@tanstack/query-core#createQuery': 'for Svelte and Solid',
  '@tanstack/query-core#createInfiniteQuery': 'for Svelte and Solid',
  '@tanstack/query-core#createMutation': 'for Svelte and Solid',
  '@tanstack/query-core#injectQuery': 'for Angular',
  '@tanstack/query-core#injectMutation': 'for Angular',
  '@tanstack/query-core#injectQueryClient': 'for Angular',
};

/** Packages whose stub gives names to what the real types leave without one (mapped, anonymous and generated types). */
const namedByStub = ['@prisma/client', 'vitest', 'jest', 'mocha', 'node:util'];

/** Packages without types: the names stand in the stub, which was written by their sources. */
const untyped = ['brittle'];

/** Packages that declare what others export. */
const companions: Readonly<Record<string, string[]>> = {
  express: ['express-serve-static-core'],
  vitest: ['@vitest/runner', '@vitest/expect', '@vitest/spy'],
  '@vitest/runner': ['vitest'],
  '@vitest/expect': ['vitest'],
  'node:assert/strict': ['node:assert'],
  'node:path/posix': ['node:path'],
  'node:path/win32': ['node:path'],
  'node:console': ['lib'],
  'node:process': ['lib'],
  '@tanstack/query-core': ['@tanstack/react-query'],
  preact: ['preact/hooks', 'preact/compat'],
  '@supabase/supabase-js': ['postgrest', 'auth', 'storage', 'functions', 'realtime'].map(one => `@supabase/${one}-js`),
};

let declared = new Map<string, Declared>();
beforeAll(() => {
  declared = readRealTypes([...new Set(libraries.flatMap(({ package: name }) => [name, ...(companions[name] ?? [])]))]);
});

const supertypes = new Map<string, string[]>();
for (const library of libraries)
  for (const [type, parents] of Object.entries(library.supertypes ?? {}))
    supertypes.set(
      `${library.package}#${type}`,
      parents.map(parent => (parent.includes('#') ? parent : `${library.package}#${parent}`)),
    );

/** The type and everything above it that is known by name. */
function family(packageName: string, type: string): string[] {
  const found = new Set([`${packageName}#${type}`]);
  for (const each of found) {
    const [home = '', name = ''] = each.split('#');
    for (const parent of supertypes.get(each) ?? []) found.add(parent);
    for (const base of declared.get(home)?.bases.get(name) ?? [])
      found.add(base.includes('#') ? base : `${home}#${base}`);
  }
  return [...found];
}

const exists = (library: Library, key: string): boolean =>
  (namedByStub.includes(library.package) && inStub(library, key)) ||
  (untyped.includes(library.package) && (inStub(library, key) || namesOfStub(library).has(key))) ||
  [library.package, ...(companions[library.package] ?? [])].some(name =>
    existsIn(name, key.replace(/^static |^strict\.|^set /, ''), name !== library.package),
  );

const namesOfStub = ({ stub = '' }: Library): ReadonlySet<string> => new Set([...readStub(stub).values, 'default']);

/** In the stub, or by syntax alone: `it.only`, `it.each()` of an exported `it`. */
function inStub(library: Library, key: string): boolean {
  const known = readStub(library.stub ?? '');
  const name = key.endsWith('()') ? key.slice(0, -2) : key;
  const [type = '', member] = name.split('.');
  if (key.endsWith('()') && (known.callable.has(name) || known.values.has(name))) return true;
  if (member === undefined) return false;
  return known.values.has(type) && (member === '*' || [...known.members.values()].some(each => each.has(member)));
}

function existsIn(packageName: string, key: string, asCompanion: boolean): boolean {
  const known = declared.get(packageName);
  if (!known) return false;
  if (key.startsWith('new ')) return known.constructible.has(key.slice(4)) || known.values.has(key.slice(4));
  if (key.endsWith('()'))
    return (
      family(packageName, key.slice(0, -2)).some(each =>
        declared.get(each.split('#')[0] ?? '')?.callable.has(each.split('#')[1] ?? ''),
      ) ||
      // A decorator: what the function gives is put on something.
      known.values.has(key.slice(0, -2))
    );
  if (known.values.has(key)) return true;
  const dot = key.includes('.[') ? key.indexOf('.[') : key.lastIndexOf('.');
  // `export =` of a value: its members are the module's.
  if (dot < 0)
    return (
      (known.values.has('default') || asCompanion) && [...known.members.values()].some(members => members.has(key))
    );
  const type = key.slice(0, dot);
  const member = key.slice(dot + 1);
  if (member === '*') return known.members.has(type) || known.values.has(type);
  if (known.values.has(type) && declared.get(`${packageName}/${type}`)?.values.has(member)) return true;
  return family(packageName, type).some(each => {
    const [home = '', name = ''] = each.split('#');
    return declared.get(home)?.members.get(name)?.has(member) === true;
  });
}

describe('library tables and the real types', () => {
  for (const library of libraries) {
    it(`${library.package} (${Object.keys(library.apis).length} entries)`, () => {
      const unknown = Object.keys(library.apis).filter(
        key => !exists(library, key) && elsewhere[`${library.package}#${key.replace(/^strict\./, '')}`] === undefined,
      );
      expect(unknown).toEqual([]);
    });
  }

  it('says the versions that are installed', () => {
    const wrong = libraries.flatMap(({ package: name, checked }) => {
      if (!checked) return [];
      const [, types, version = ''] = /^(?:(\S+) )?(\d\S*)$/.exec(checked.version) ?? [];
      const manifest: unknown = JSON.parse(
        readFileSync(new URL(`../node_modules/${types ?? name}/package.json`, import.meta.url), 'utf8'),
      );
      const installed =
        typeof manifest === 'object' && manifest && 'version' in manifest
          ? String(manifest.version).replace(/^v/, '')
          : '';
      return installed === version || installed.startsWith(`${version}.`)
        ? []
        : [`${name}: ${checked.version}, installed ${installed}`];
    });
    expect(wrong).toEqual([]);
  });
});
