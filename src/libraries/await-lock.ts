/** await-lock: one lock for tasks of one loop; who waits is served in order of arrival, and anybody may release. */
import { defineLibrary } from './library.ts';
import { does } from './rows.ts';
import { awaitLockStub } from './stubs/locks.ts';

export const awaitLock = defineLibrary({
  package: 'await-lock',
  language: 'typescript',
  locks: {
    AwaitLock: {
      library: 'await-lock',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      // `release` throws when nobody holds the lock; who holds it, it does not know.
      ownerChecked: false,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: false,
    },
  },
  apis: {
    'new AwaitLock': does({ does: 'make', type: 'AwaitLock' }),
    'AwaitLock.acquireAsync': {
      does: [
        {
          does: 'acquire',
          lock: 'receiver',
          wait: { default: 'endless', options: [{ at: { argument: 0, option: 'timeout' }, wait: 'bounded' }] },
          failure: 'throws',
          async: true,
          gives: 'nothing',
        },
      ],
      gives: 'promise',
    },
    'AwaitLock.tryAcquire': {
      does: [{ does: 'acquire', lock: 'receiver', wait: 'try', failure: 'falsy', async: false, gives: 'boolean' }],
      gives: 'value',
    },
    'AwaitLock.release': does({ does: 'release', lock: 'receiver' }),
  },
  stub: awaitLockStub,
  checked: { version: '3.0.0', how: 'fixtures/libraries/await-lock; run in test/libraryLocks.test.ts' },
});
