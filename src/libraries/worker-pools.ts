/** workerpool, piscina, tinypool: work for other threads; a task is sent to one of them, and its result awaited. */
import { defineLibrary, type Api } from './library.ts';
import { does, nothing, outside, same, sameMembers } from './rows.ts';
import { piscinaStub, tinypoolStub, workerpoolStub } from './stubs/worker-pools.ts';

const close: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
  gives: 'promise',
  known: { leavesTurn: true },
};
const made = (type: string, ends: string[], observedBy: string[]): Api => ({
  does: [{ does: 'make', type }],
  known: { resource: { what: 'thread', ends, observedBy } },
});
const task = outside('process', { signal: { argument: 1, option: 'signal' } });

export const workerpool = defineLibrary({
  package: 'workerpool',
  language: 'typescript',
  apis: {
    pool: made('Pool', ['terminate'], []),
    // A function is sent as text: it runs in the other thread.
    'Pool.exec': outside('process'),
    'Pool.proxy': outside('process'),
    'Pool.terminate': close,
    'Pool.stats': nothing,
    // Both give the promise itself, which rejects then.
    'Promise.cancel': does({ does: 'cancel', what: 'receiver', how: 'cancel' }, { does: 'give', what: 'receiver' }),
    'Promise.timeout': does({ does: 'give', what: 'receiver' }),
    ...same(nothing, 'worker', 'workerEmit'),
  },
  stub: workerpoolStub,
  checked: { version: '10.0.3', how: 'fixtures/libraries/workerpool; run in test/libraryPools.test.ts' },
});

export const piscina = defineLibrary({
  package: 'piscina',
  language: 'typescript',
  supertypes: { Piscina: ['node:events#EventEmitterAsyncResource'] },
  apis: {
    ...same(made('Piscina', ['close', 'destroy'], ['on']), 'new Piscina', 'new default'),
    'Piscina.run': task,
    ...sameMembers('Piscina', close, 'close', 'destroy'),
    ...same(nothing, 'move', 'isMovable', 'isTransferable'),
  },
  stub: piscinaStub,
  checked: { version: '5.3.2', how: 'fixtures/libraries/piscina; run in test/libraryPools.test.ts' },
});

export const tinypool = defineLibrary({
  package: 'tinypool',
  language: 'typescript',
  supertypes: { Tinypool: ['node:events#EventEmitterAsyncResource'] },
  apis: {
    ...same(made('Tinypool', ['destroy'], ['on']), 'new Tinypool', 'new default'),
    'Tinypool.run': task,
    'Tinypool.destroy': close,
    'Tinypool.cancelPendingTasks': does({ does: 'cancel', what: 'receiver', how: 'cancel' }),
    'Tinypool.recycleWorkers': { does: [], gives: 'promise', known: { leavesTurn: true } },
    ...same(nothing, 'Tinypool.move', 'isMovable', 'isTransferable', 'markMovable'),
  },
  stub: tinypoolStub,
  checked: { version: '2.2.0', how: 'fixtures/libraries/piscina; run in test/libraryPools.test.ts' },
});
