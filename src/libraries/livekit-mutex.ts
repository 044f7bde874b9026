/** @livekit/mutex: a mutex, and one that lets so many in at once. */
import type { LockKind } from '../model/facts.ts';
import { defineLibrary, type Effect, type Library } from './library.ts';
import { does, members, nothing } from './rows.ts';
import { livekitMutexStub } from './stubs/locks.ts';

type Mode = Extract<Extract<Effect, { does: 'acquire' }>['mode'], string>;

const mutex: LockKind = {
  library: '@livekit/mutex',
  capacity: { kind: 'exactly', n: 1 },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  queue: 'fifo',
  // Its release function frees its own turn; there is no other way to free it.
  ownerChecked: true,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: false,
};
const multiMutex: LockKind = {
  ...mutex,
  capacity: { kind: 'unknown' },
  capacityArgument: 0,
  // Releasing twice lets two in.
  ownerChecked: false,
  limiter: true,
};

/** Nothing bounds the wait, and nothing can turn who waits away. */
const rows = (mode: Mode): Library['apis'] => ({
  lock: { does: [{ does: 'acquire', lock: 'receiver', mode, async: true, gives: 'token' }], gives: 'promise' },
  isLocked: { ...nothing, known: { tellsTaken: true } },
});

export const livekitMutex = defineLibrary({
  package: '@livekit/mutex',
  language: 'typescript',
  locks: { Mutex: mutex, MultiMutex: multiMutex },
  apis: {
    'new Mutex': does({ does: 'make', type: 'Mutex' }),
    ...members('Mutex', rows('exclusive')),
    'new MultiMutex': does({ does: 'make', type: 'MultiMutex' }),
    ...members('MultiMutex', rows('permit')),
  },
  stub: livekitMutexStub,
  checked: { version: '1.1.1', how: 'fixtures/libraries/livekit-mutex; run in test/libraryLocks.test.ts' },
});
