/** socket.io: listeners are called for each event, and nobody waits for what they return. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, nothing, same, sameMembers } from './rows.ts';
import { socketIoStub } from './stubs/frameworks.ts';

const listening = (once: boolean): Api =>
  does(
    {
      does: 'listen',
      on: 'receiver',
      event: 0,
      callback: 1,
      ...(once ? { once } : {}),
      entry: entry('message', { confined: [0], instances: once ? 'once' : 'many' }),
    },
    { does: 'give', what: 'receiver' },
  );
const outside: Api = { does: [], known: { outside: 'network' } };
const emitters = ['Server', 'Namespace', 'Socket', 'StrictEventEmitter'];
const rows: Library['apis'] = Object.fromEntries(
  emitters
    .flatMap(type => [
      sameMembers(type, listening(false), 'on', 'addListener', 'prependListener'),
      sameMembers(type, listening(true), 'once'),
      sameMembers(
        type,
        does(
          { does: 'listen', on: 'receiver', event: 0, callback: 1, removes: true },
          { does: 'give', what: 'receiver' },
        ),
        'off',
        'removeListener',
      ),
      // Sent to the other side: no listener here is called.
      sameMembers(type, outside, 'emit', 'send', 'write', 'serverSideEmit'),
      sameMembers(
        type,
        { does: [], gives: 'promise', known: { outside: 'network', leavesTurn: true } },
        'emitWithAck',
        'fetchSockets',
      ),
      sameMembers(type, does({ does: 'give', what: 'receiver' }), 'to', 'in', 'except', 'timeout', 'compress', 'of'),
      sameMembers(
        type,
        does({ does: 'register', handler: 0, entry: entry('hook', { label: 'middleware', confined: [0] }) }),
        'use',
      ),
    ])
    .flatMap(each => Object.entries(each)),
);

export const socketIo = defineLibrary({
  package: 'socket.io',
  language: 'typescript',
  apis: {
    ...rows,
    'new Server': {
      does: [{ does: 'make', type: 'Server' }],
      known: { serves: true, resource: { what: 'server', ends: ['close', 'disconnectSockets'], observedBy: ['on'] } },
    },
    'Server.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    ...same(does({ does: 'cancel', what: 'receiver', how: 'close' }), 'Socket.disconnect'),
    ...sameMembers('Socket', nothing, 'join', 'leave'),
    ...sameMembers('Server', does({ does: 'give', what: 'receiver' }), 'listen', 'attach'),
  },
  stub: socketIoStub,
  checked: { version: '4.8', how: 'fixtures/libraries/socket.io' },
});
