/** `node:events`. */
import { emitterRows } from './emitters.ts';
import { defineLibrary, type Api } from './library.ts';
import { does, nothing, same } from './rows.ts';
import { eventsStub } from './stubs/node-basics.ts';

/** Functions of the module, which are statics of the class at once. */
const statics: Record<string, Api> = {
  // Rejects when an `error` event comes first, or the signal is aborted: the only thing that its options can bring.
  once: {
    does: [
      {
        does: 'wait',
        on: 0,
        for: 'event',
        event: 1,
        wait: { default: 'endless', options: [{ at: 2, wait: 'bounded' }] },
        async: true,
      },
    ],
    gives: 'promise',
    known: { leavesTurn: true, signal: { argument: 2, option: 'signal' }, endless: true },
  },
  on: { does: [], known: { signal: { argument: 2, option: 'signal' } } },
  addAbortListener: does({ does: 'invoke', callback: 1, when: 'later', times: 'once', passes: ['unknown'] }),
  getEventListeners: nothing,
  setMaxListeners: nothing,
  getMaxListeners: nothing,
  listenerCount: nothing,
};

export const events = defineLibrary({
  package: 'node:events',
  language: 'typescript',
  aliases: ['events'],
  // @types/node declares the members once more in a global interface.
  supertypes: { EventEmitter: ['lib#EventEmitter'], EventEmitterAsyncResource: ['EventEmitter'] },
  apis: {
    ...emitterRows('EventEmitter'),
    ...same(
      {
        does: [{ does: 'make', type: 'EventEmitter' }],
        known: { listensToRejections: { argument: 0, option: 'captureRejections' } },
      },
      'new EventEmitter',
      'new default',
    ),
    ...same(
      { does: [], known: { listensToRejections: { argument: 0 } } },
      'set captureRejections',
      'set EventEmitter.captureRejections',
    ),
    ...statics,
    ...Object.fromEntries(Object.entries(statics).map(([name, api]) => [`static EventEmitter.${name}`, api])),
  },
  stub: eventsStub,
  checked: {
    version: '@types/node 20.19',
    how: "names resolved in the package's types; fixtures/libraries/node-events",
  },
});
