/** rwlock: readers together, a writer alone, by key; the callback is given the function that releases. */
import { defineLibrary, type Api } from './library.ts';
import { does } from './rows.ts';
import { rwlockStub } from './stubs/locks.ts';

/** It gives nothing: nobody can wait for the callback, which runs once it is its turn. */
const enter = (mode: 'shared' | 'exclusive'): Api => ({
  does: [
    {
      does: 'run-locked',
      lock: 'receiver',
      key: 0,
      mode,
      callback: { from: 0 },
      passes: ['done'],
      // One of two parameters is that of `lock.async`, an error first.
      doneWhenDeclared: 'alone',
      wait: {
        default: 'endless',
        options: [
          { at: { argument: 1, option: 'timeout' }, wait: 'bounded' },
          { at: { argument: 2, option: 'timeout' }, wait: 'bounded' },
        ],
      },
      async: true,
    },
  ],
  gives: 'safe',
});
const rows = (type: string): Record<string, Api> => ({
  [`${type}.readLock`]: enter('shared'),
  [`${type}.writeLock`]: enter('exclusive'),
});

export const rwlock = defineLibrary({
  package: 'rwlock',
  language: 'typescript',
  locks: {
    ReadWriteLock: {
      library: 'rwlock',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      // A reader waits behind a writer that waits.
      readers: 'fair',
      queue: 'fifo',
      // Its release function frees its own turn, once.
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: true,
      limiter: false,
    },
  },
  supertypes: { ReadWriteLock: ['ReadWriteGeneric'] },
  apis: {
    'new ReadWriteLock': does({ does: 'make', type: 'ReadWriteLock' }),
    'new default': does({ does: 'make', type: 'ReadWriteLock' }),
    ...rows('ReadWriteGeneric'),
  },
  stub: rwlockStub,
  checked: { version: '5.0.0', how: 'fixtures/libraries/rwlock; run in test/libraryLocks.test.ts' },
});
