/** proper-lockfile: a lock per path, across processes; it does not wait unless told to retry. */
import { defineLibrary, type WaitRule } from './library.ts';
import { does, nothing, same } from './rows.ts';
import { properLockfileStub } from './stubs/locks.ts';

const wait: WaitRule = {
  default: 'try',
  options: [
    { at: { argument: 1, option: 'retries' }, equals: '0', wait: 'try' },
    { at: { argument: 1, option: 'retries.forever' }, equals: 'true', wait: 'endless' },
    { at: { argument: 1, option: 'retries' }, wait: 'bounded' },
  ],
};

export const properLockfile = defineLibrary({
  package: 'proper-lockfile',
  language: 'typescript',
  locks: {
    // No type of the package: what a path names.
    Lockfile: {
      // A path is no object of the library: whoever is given one is not given the lock.
      library: '',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'other',
      ownerChecked: false,
      reach: 'machine',
      lease: false,
      keyed: true,
      limiter: false,
    },
  },
  apis: {
    // The path is the lock.
    lock: {
      does: [
        {
          does: 'acquire',
          lock: 0,
          lockIs: 'Lockfile',
          key: 0,
          wait,
          failure: 'throws',
          async: true,
          gives: 'token',
        },
      ],
      gives: 'promise',
      known: { outside: 'file', leavesTurn: true },
    },
    lockSync: {
      does: [
        { does: 'block', what: 'file' },
        {
          does: 'acquire',
          lock: 0,
          lockIs: 'Lockfile',
          key: 0,
          wait: 'try',
          failure: 'throws',
          async: false,
          gives: 'token',
        },
      ],
      known: { outside: 'file' },
    },
    unlock: {
      does: [{ does: 'release', lock: 0, key: 0, async: true }],
      gives: 'promise',
      known: { outside: 'file', leavesTurn: true },
    },
    unlockSync: does({ does: 'block', what: 'file' }, { does: 'release', lock: 0, key: 0 }),
    check: { does: [], gives: 'promise', known: { outside: 'file', leavesTurn: true } },
    ...same(nothing, 'checkSync'),
  },
  stub: properLockfileStub,
  checked: { version: '4.1.2', how: 'fixtures/libraries/proper-lockfile; run in test/libraryBehaviour.test.ts' },
});
