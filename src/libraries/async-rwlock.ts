/** async-rwlock: readers together, a writer alone; one `unlock` for both, which nobody checks the owner of. */
import { defineLibrary, type Api } from './library.ts';
import { does, nothing } from './rows.ts';
import { asyncRwlockStub } from './stubs/pools.ts';

const enter = (mode: 'shared' | 'exclusive'): Api => ({
  does: [
    {
      does: 'acquire',
      lock: 'receiver',
      mode,
      wait: { default: 'endless', options: [{ at: 0, wait: 'bounded' }] },
      failure: 'throws',
      async: true,
      gives: 'nothing',
    },
  ],
  gives: 'promise',
});

export const asyncRwlock = defineLibrary({
  package: 'async-rwlock',
  language: 'typescript',
  locks: {
    RWLock: {
      library: 'async-rwlock',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      // A reader goes in beside readers, also when a writer waits.
      readers: 'reader-first',
      queue: 'other',
      ownerChecked: false,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: false,
    },
  },
  apis: {
    'new RWLock': does({ does: 'make', type: 'RWLock' }),
    'RWLock.readLock': enter('shared'),
    'RWLock.writeLock': enter('exclusive'),
    'RWLock.unlock': does({ does: 'release', lock: 'receiver' }),
    'RWLock.getState': nothing,
  },
  stub: asyncRwlockStub,
  checked: { version: '1.1.1', how: 'fixtures/libraries/async-rwlock; run in test/libraryPools.test.ts' },
});
