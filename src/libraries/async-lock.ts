/** async-lock: one object, a lock per key. */
import { defineLibrary } from './library.ts';
import { does, nothing } from './rows.ts';
import { asyncLockStub } from './stubs/locks.ts';

export const asyncLock = defineLibrary({
  package: 'async-lock',
  language: 'typescript',
  locks: {
    AsyncLock: {
      library: 'async-lock',
      capacity: { kind: 'exactly', n: 1 },
      timeoutArgument: { argument: 0, option: 'timeout' },
      reentrantArgument: { argument: 0, option: 'domainReentrant' },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: true,
      limiter: false,
    },
  },
  apis: {
    'new AsyncLock': does({ does: 'make', type: 'AsyncLock' }),
    'AsyncLock.acquire': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          key: 0,
          // An array of keys is taken one after the other, in its order, without duplicates.
          keysAre: 'one-by-one',
          callback: 1,
          passes: ['done'],
          doneWhenDeclared: true,
          wait: {
            default: 'endless',
            options: [
              { at: { argument: 2, option: 'timeout' }, wait: 'bounded' },
              { at: { argument: 3, option: 'timeout' }, wait: 'bounded' },
            ],
          },
          failure: 'throws',
          freesEarly: { argument: 2, option: 'maxExecutionTime' },
          async: true,
        },
        // With a third argument that is a function, the result goes there.
        { does: 'invoke', callback: 2, when: 'later', times: 'once', passes: ['unknown', 'unknown'] },
      ],
      gives: 'promise',
    },
    'AsyncLock.isBusy': nothing,
  },
  stub: asyncLockStub,
  checked: { version: '1.5.0', how: 'fixtures/libraries/async-lock; run in test/libraryBehaviour.test.ts' },
});
