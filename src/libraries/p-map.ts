/** p-map: `Promise.all` over a mapper, with a bound on how many run. */
import { defineLibrary, type Effect } from './library.ts';
import { nothing, same } from './rows.ts';
import { pMapStub } from './stubs/locks.ts';

const mapping: Effect = {
  does: 'invoke',
  callback: 1,
  when: 'now',
  times: 'each',
  awaits: true,
  parallel: true,
  bound: { argument: 2, option: 'concurrency' },
  passes: [{ element: 0 }, 'unknown'],
};

export const pMap = defineLibrary({
  package: 'p-map',
  language: 'typescript',
  apis: {
    default: {
      does: [mapping, { does: 'give', what: { promiseOf: 'results' } }],
      gives: 'promise',
      known: { signal: { argument: 2, option: 'signal' } },
    },
    pMapIterable: { does: [mapping] },
    ...same(nothing, 'pMapSkip'),
  },
  stub: pMapStub,
  checked: { version: '7.1.1', how: 'fixtures/libraries/p-map; run in test/libraryBehaviour.test.ts' },
});
