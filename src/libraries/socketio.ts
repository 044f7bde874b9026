/** socket.io: listeners are called for each event, and nobody waits for what they return. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, same, sameMembers } from './rows.ts';
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
/** Sent to the other side: no listener here is called. */
const sent: Api = { does: [], known: { outside: 'network' } };
const answered: Api = { does: [], gives: 'promise', known: { outside: 'network', leavesTurn: true } };
const middleware = does({
  does: 'register',
  handler: 0,
  entry: entry('hook', { label: 'middleware', confined: [0] }),
});
const removal = does(
  { does: 'listen', on: 'receiver', event: 0, callback: 1, removes: true },
  { does: 'give', what: 'receiver' },
);

const emitters = ['Server', 'Namespace', 'Socket', 'StrictEventEmitter'];
const listeners = (type: string): Library['apis'] => ({
  ...sameMembers(type, listening(false), 'on', 'addListener', 'prependListener'),
  ...sameMembers(type, listening(true), 'once'),
  ...sameMembers(type, removal, 'off', 'removeListener'),
  ...sameMembers(type, sent, 'emit'),
});
/** Those who choose whom to send to. */
const senders = ['Server', 'Namespace', 'Socket', 'BroadcastOperator'];
const choosing = (type: string): Library['apis'] =>
  sameMembers(type, does({ does: 'give', what: 'receiver' }), 'to', 'in', 'except', 'timeout', 'compress');
const all = (types: readonly string[], rowsOf: (type: string) => Library['apis']): Library['apis'] =>
  Object.fromEntries(types.flatMap(type => Object.entries(rowsOf(type))));

export const socketIo = defineLibrary({
  package: 'socket.io',
  language: 'typescript',
  apis: {
    ...all(emitters, listeners),
    ...all(senders, choosing),
    ...all(['Server', 'Namespace', 'Socket'], type => ({
      ...sameMembers(type, sent, 'send', 'write'),
      ...sameMembers(type, middleware, 'use'),
    })),
    ...all(['Server', 'Namespace'], type => ({
      ...sameMembers(type, sent, 'serverSideEmit'),
      ...sameMembers(type, answered, 'serverSideEmitWithAck', 'fetchSockets'),
    })),
    'BroadcastOperator.emit': sent,
    ...same(answered, 'Socket.emitWithAck', 'BroadcastOperator.emitWithAck', 'BroadcastOperator.fetchSockets'),
    'Server.of': does({ does: 'give', what: 'receiver' }),
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
    // An adapter may give a promise; those of socket.io, of Redis, MongoDB and Postgres join and leave at once.
    ...sameMembers('Socket', { does: [], known: { neverRejects: true } }, 'join', 'leave'),
    ...sameMembers('Server', does({ does: 'give', what: 'receiver' }), 'listen', 'attach'),
  },
  stub: socketIoStub,
  checked: { version: '4.8', how: 'fixtures/libraries/socket.io' },
});
