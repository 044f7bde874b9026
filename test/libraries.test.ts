/** The tables as data: unique keys, stubs that type-check, entries that name what exists in the real types. */
import { existsSync } from 'node:fs';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { libraries } from '../src/libraries/index.ts';
import { compileStubs } from './libraryStubs.ts';

describe('library tables', () => {
  it('has every key and supertype once per package', () => {
    const seen = new Set<string>();
    const twice: string[] = [];
    for (const library of libraries) {
      const keys = [
        ...Object.keys(library.apis),
        ...Object.keys(library.supertypes ?? {}).map(type => `${type} extends`),
      ];
      for (const key of keys.map(name => `${library.package}#${name}`)) {
        if (seen.has(key)) twice.push(key);
        seen.add(key);
      }
    }
    expect(twice).toEqual([]);
  });

  it('names fixtures and tests that are there', () => {
    const named = libraries.flatMap(library => library.checked?.how.match(/(?:fixtures|test)\/[\w/.-]*\w/g) ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(path => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([]);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(libraries))).toEqual(libraries);
  });

  it('has a stub for every package that it covers', () => {
    const withStub = new Set(libraries.filter(library => library.stub !== undefined).map(library => library.package));
    // Their types come with the packages named behind the arrow.
    const elsewhere = ['express-serve-static-core', 'undici-types', '@vitest/runner', '@vitest/expect', '@vitest/spy'];
    expect(
      libraries
        .filter(library => Object.keys(library.apis).length > 0)
        .map(library => library.package)
        .filter(name => !withStub.has(name) && !elsewhere.includes(name)),
    ).toEqual([]);
  });

  it('gives stubs that type-check with no library of types but the language of Node 20', () => {
    expect(compileStubs(libraries, { lib: ['lib.es2023.d.ts'], uses: false })).toEqual([]);
  });

  it('gives stubs with which the fixtures type-check', () => {
    expect(compileStubs(libraries, { lib: ['lib.esnext.d.ts'], uses: true })).toEqual([]);
  });

  it('gives stubs whose use type-checks beside the DOM library', () => {
    const lib = ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
    expect(compileStubs(libraries, { lib, uses: true }).filter(line => line.startsWith('use-'))).toEqual([]);
  });

  it('uses the compiler that ts-morph brings', () => {
    expect(ts.version.split('.')[0]).toBe('6');
  });
});
