/** @rocicorp/lock: a lock, and a read-write lock that lets nobody pass a writer that waits. */
import type { LockKind } from '../model/facts.ts';
import { defineLibrary, type Api, type Effect, type Library } from './library.ts';
import { does, members } from './rows.ts';
import { rocicorpLockStub } from './stubs/locks.ts';

type Mode = Extract<Extract<Effect, { does: 'acquire' }>['mode'], string>;

const lock: LockKind = {
  library: '@rocicorp/lock',
  capacity: { kind: 'exactly', n: 1 },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  queue: 'fifo',
  ownerChecked: true,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: false,
};

const take = (mode: Mode): Api => ({
  does: [{ does: 'acquire', lock: 'receiver', mode, async: true, gives: 'token' }],
  gives: 'promise',
});
const within = (mode: Mode): Api => ({
  does: [{ does: 'run-locked', lock: 'receiver', mode, callback: 0, async: true }],
  gives: 'promise',
});

const lockMembers: Library['apis'] = { lock: take('exclusive'), withLock: within('exclusive') };
const readWriteMembers: Library['apis'] = {
  read: take('shared'),
  withRead: within('shared'),
  write: take('exclusive'),
  withWrite: within('exclusive'),
};

export const rocicorpLock = defineLibrary({
  package: '@rocicorp/lock',
  language: 'typescript',
  locks: { Lock: lock, RWLock: { ...lock, readers: 'fair' } },
  apis: {
    'new Lock': does({ does: 'make', type: 'Lock' }),
    ...members('Lock', lockMembers),
    'new RWLock': does({ does: 'make', type: 'RWLock' }),
    ...members('RWLock', readWriteMembers),
  },
  stub: rocicorpLockStub,
  checked: { version: '1.0.4', how: 'fixtures/libraries/rocicorp-lock; run in test/libraryLocks.test.ts' },
});
