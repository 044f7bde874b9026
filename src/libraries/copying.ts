/** Packages that copy the members of one object into another, as `Object.assign` does. */
import { defineLibrary, type Library } from './library.ts';
import { copying, same } from './rows.ts';

const table = (name: string, rest: boolean, stub: string, version: string): Library =>
  defineLibrary({
    package: name,
    language: 'typescript',
    apis: same(copying({ into: 0, from: 1, rest }), 'default'),
    stub,
    checked: { version, how: 'fixtures/libraries/copying (stub only)' },
  });

export const copyingPackages: Library[] = [
  table(
    'merge-descriptors',
    false,
    'function merge(destination: object, source: object, overwrite?: boolean): object;\nexport = merge;',
    '2.0.0',
  ),
  table('utils-merge', false, 'function merge(into: object, from: object): object;\nexport = merge;', '1.0.1'),
  table('object-assign', true, 'function assign(into: object, ...from: object[]): object;\nexport = assign;', '4.1.1'),
];
