/** p-queue: a queue of functions with a bound on how many run. */
import { emitterRows } from './emitters.ts';
import { defineLibrary, type Api } from './library.ts';
import { does, nothing, same, sameMembers } from './rows.ts';
import { eventEmitter3Stub, pQueueStub } from './stubs/locks.ts';

const idle: Api = {
  does: [{ does: 'wait', on: 'receiver', for: 'idle', async: true }],
  gives: 'promise',
  known: { neverRejects: true },
};

export const pQueue = defineLibrary({
  package: 'p-queue',
  language: 'typescript',
  locks: {
    PQueue: {
      library: 'p-queue',
      // No bound unless told: every task starts at once.
      capacity: { kind: 'unbounded' },
      capacityArgument: { argument: 0, option: 'concurrency' },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      // By priority; equal priorities (the default) in order of arrival.
      queue: 'fifo',
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: true,
    },
  },
  supertypes: { PQueue: ['eventemitter3#EventEmitter'] },
  apis: {
    'new PQueue': does({ does: 'make', type: 'PQueue' }),
    'PQueue.add': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          mode: 'permit',
          callback: 0,
          passes: ['signal'],
          freesEarly: { argument: 1, option: 'timeout' },
          async: true,
        },
      ],
      gives: 'promise',
      known: { signal: { argument: 1, option: 'signal' } },
    },
    ...sameMembers('PQueue', idle, 'onIdle', 'onEmpty', 'onSizeLessThan'),
    ...same(does({ does: 'give', what: 'receiver' }), 'PQueue.start'),
    // Those that wait are forgotten: their promises never settle.
    ...sameMembers('PQueue', nothing, 'pause', 'clear', 'sizeBy', 'setPriority'),
  },
  stub: pQueueStub,
  checked: { version: '8.1.1', how: 'fixtures/libraries/p-queue; run in test/libraryBehaviour.test.ts' },
});

export const eventEmitter3 = defineLibrary({
  package: 'eventemitter3',
  language: 'typescript',
  apis: {
    ...emitterRows('EventEmitter', [
      'prependListener',
      'prependOnceListener',
      'setMaxListeners',
      'getMaxListeners',
      'rawListeners',
    ]),
    'new EventEmitter': does({ does: 'make', type: 'EventEmitter' }),
  },
  stub: eventEmitter3Stub,
});
