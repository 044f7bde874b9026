/** generic-pool: a pool of anything is a semaphore; what it gives out is given back to it. */
import { defineLibrary, type Effect } from './library.ts';
import { entry, nothing, same, sameMembers } from './rows.ts';
import { genericPoolStub } from './stubs/pools.ts';

/** The pool awaits its factory, and tells failures by events. */
const factory = (option: string): Effect => ({
  does: 'register',
  handler: { argument: 0, option },
  entry: entry('hook', { label: `${option} of a pool`, awaitsHandler: true, rejection: 'reported', confined: [0] }),
});

export const genericPool = defineLibrary({
  package: 'generic-pool',
  language: 'typescript',
  locks: {
    Pool: {
      library: 'generic-pool',
      // When `max` is left out.
      capacity: { kind: 'exactly', n: 1 },
      capacityArgument: { argument: 1, option: 'max' },
      timeoutArgument: { argument: 1, option: 'acquireTimeoutMillis' },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      // Those of one priority in order of arrival.
      queue: 'fifo',
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: true,
    },
  },
  supertypes: { Pool: ['node:events#EventEmitter'] },
  apis: {
    createPool: {
      does: [{ does: 'make', type: 'Pool' }, factory('create'), factory('destroy'), factory('validate')],
      known: { resource: { what: 'connection', ends: ['drain', 'clear'], observedBy: ['on'] } },
    },
    'Pool.acquire': {
      does: [{ does: 'acquire', lock: 'receiver', mode: 'permit', async: true, failure: 'throws', gives: 'token' }],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    ...sameMembers(
      'Pool',
      {
        does: [{ does: 'release', lock: 'receiver', token: 0, async: true }],
        gives: 'promise',
        known: { leavesTurn: true },
      },
      'release',
      'destroy',
    ),
    'Pool.use': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          mode: 'permit',
          callback: 0,
          passes: ['unknown'],
          async: true,
          failure: 'throws',
        },
      ],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    'Pool.drain': {
      does: [
        { does: 'cancel', what: 'receiver', how: 'close' },
        { does: 'wait', on: 'receiver', for: 'idle', async: true },
      ],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    ...sameMembers('Pool', { does: [], gives: 'promise', known: { leavesTurn: true } }, 'clear', 'ready'),
    ...same(nothing, 'Pool.start', 'Pool.isBorrowedResource'),
  },
  stub: genericPoolStub,
  checked: { version: '3.9.0', how: 'fixtures/libraries/generic-pool; run in test/libraryPools.test.ts' },
});
