/** async-mutex: mutual exclusion and counting semaphores for tasks of one loop. */
import type { LockKind } from '../model/facts.ts';
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, members, nothing } from './rows.ts';
import { asyncMutexStub } from './stubs/locks.ts';

const mutex: LockKind = {
  library: 'async-mutex',
  capacity: { kind: 'exactly', n: 1 },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  // By priority; equal priorities (the default) in order of arrival.
  queue: 'fifo',
  ownerChecked: false,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: false,
};
const semaphore: LockKind = { ...mutex, capacity: { kind: 'unknown' }, capacityArgument: 0, limiter: true };

const cancel = does({ does: 'cancel', what: 'receiver', how: 'cancel' });
const untilFree: Api = { does: [{ does: 'wait', on: 'receiver', for: 'unlock', async: true }], gives: 'promise' };

const mutexMembers: Library['apis'] = {
  acquire: {
    does: [{ does: 'acquire', lock: 'receiver', async: true, failure: 'throws', gives: 'token' }],
    gives: 'promise',
  },
  runExclusive: {
    does: [{ does: 'run-locked', lock: 'receiver', callback: 0, async: true, failure: 'throws' }],
    gives: 'promise',
  },
  release: does({ does: 'release', lock: 'receiver' }),
  waitForUnlock: untilFree,
  cancel,
  isLocked: { does: [], known: { tellsTaken: true } },
};
const semaphoreMembers: Library['apis'] = {
  acquire: {
    does: [
      {
        does: 'acquire',
        lock: 'receiver',
        mode: 'permit',
        units: 0,
        async: true,
        failure: 'throws',
        gives: 'value-and-token',
      },
    ],
    gives: 'promise',
  },
  runExclusive: {
    does: [
      {
        does: 'run-locked',
        lock: 'receiver',
        mode: 'permit',
        units: 1,
        callback: 0,
        passes: ['unknown'],
        async: true,
        failure: 'throws',
      },
    ],
    gives: 'promise',
  },
  release: does({ does: 'release', lock: 'receiver' }),
  waitForUnlock: untilFree,
  cancel,
  isLocked: { does: [], known: { tellsTaken: true } },
  getValue: nothing,
  setValue: nothing,
};

export const asyncMutex = defineLibrary({
  package: 'async-mutex',
  language: 'typescript',
  locks: { Mutex: mutex, MutexInterface: mutex, Semaphore: semaphore, SemaphoreInterface: semaphore },
  supertypes: { Mutex: ['MutexInterface'], Semaphore: ['SemaphoreInterface'] },
  apis: {
    'new Mutex': does({ does: 'make', type: 'Mutex' }),
    'new Semaphore': does({ does: 'make', type: 'Semaphore' }),
    ...members('Mutex', mutexMembers),
    ...members('MutexInterface', mutexMembers),
    ...members('Semaphore', semaphoreMembers),
    ...members('SemaphoreInterface', semaphoreMembers),
    withTimeout: does({ does: 'view', of: 0, wait: 'bounded' }),
    tryAcquire: does({ does: 'view', of: 0, wait: 'try' }),
  },
  stub: asyncMutexStub,
  checked: { version: '0.5.0', how: 'fixtures/libraries/async-mutex; run in test/libraryBehaviour.test.ts' },
});
