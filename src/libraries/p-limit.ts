/** p-limit: a counting semaphore around functions. */
import { defineLibrary } from './library.ts';
import { does, nothing } from './rows.ts';
import { pLimitStub } from './stubs/locks.ts';

export const pLimit = defineLibrary({
  package: 'p-limit',
  language: 'typescript',
  locks: {
    LimitFunction: {
      library: 'p-limit',
      capacity: { kind: 'unknown' },
      capacityArgument: 0,
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: true,
    },
  },
  // The name of the type in version 3 and before.
  supertypes: { Limit: ['LimitFunction'] },
  apis: {
    default: does({ does: 'make', type: 'LimitFunction' }),
    'LimitFunction()': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          mode: 'permit',
          callback: 0,
          passes: [{ argument: 1 }, { argument: 2 }, { argument: 3 }],
          async: true,
        },
      ],
      gives: 'promise',
    },
    // Since 6.2: every element through the limiter; the units it takes are not shown.
    'LimitFunction.map': {
      does: [
        {
          does: 'invoke',
          callback: 1,
          when: 'now',
          times: 'each',
          awaits: true,
          parallel: true,
          passes: [{ element: 0 }, 'unknown'],
        },
        { does: 'give', what: { promiseOf: 'results' } },
      ],
      gives: 'promise',
    },
    // Those that wait are forgotten: their promises never settle.
    'LimitFunction.clearQueue': nothing,
    limitFunction: { does: [{ does: 'give', what: { argument: 0 } }] },
  },
  stub: pLimitStub,
  checked: { version: '6.2.0', how: 'fixtures/libraries/p-limit; run in test/libraryBehaviour.test.ts' },
});
