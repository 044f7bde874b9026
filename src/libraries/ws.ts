/** ws: web sockets for Node. */
import { defineLibrary, type Api } from './library.ts';
import { does, later, nothing, same, sameMembers } from './rows.ts';
import { wsStub } from './stubs/clients.ts';

const socket: Api = {
  does: [{ does: 'make', type: 'WebSocket' }],
  known: {
    outside: 'network',
    resource: {
      what: 'connection',
      ends: ['close', 'terminate'],
      observedBy: ['on', 'once', 'addEventListener', 'onerror'],
    },
  },
};
const server: Api = {
  does: [later({ from: 1 }), { does: 'make', type: 'WebSocketServer' }],
  known: {
    servesWith: { argument: 0, option: 'port' },
    resource: { what: 'server', ends: ['close'], observedBy: ['on', 'once'] },
  },
};

export const ws = defineLibrary({
  package: 'ws',
  language: 'typescript',
  supertypes: {
    WebSocket: ['node:events#EventEmitter', 'lib#EventTarget'],
    Server: ['node:events#EventEmitter'],
    WebSocketServer: ['Server'],
  },
  apis: {
    ...same(socket, 'new WebSocket'),
    ...same(server, 'new WebSocketServer', 'new Server'),
    'WebSocket.send': { does: [later(-1, ['unknown'])], known: { outside: 'network' } },
    ...sameMembers('WebSocket', { does: [later(-1)], known: { outside: 'network' } }, 'ping', 'pong'),
    ...sameMembers('WebSocket', does({ does: 'cancel', what: 'receiver', how: 'close' }), 'close', 'terminate'),
    ...sameMembers('WebSocket', nothing, 'pause', 'resume'),
    'Server.close': does({ does: 'cancel', what: 'receiver', how: 'close' }, later(0, ['unknown'])),
    'Server.handleUpgrade': does({
      does: 'invoke',
      callback: 3,
      when: 'later',
      times: 'once',
      passes: [{ fresh: 'WebSocket' }, { argument: 0 }],
    }),
    ...sameMembers('Server', nothing, 'shouldHandle', 'address'),
    createWebSocketStream: does({ does: 'make', type: 'node:stream#Duplex' }),
  },
  stub: wsStub,
  checked: { version: '8.23.0', how: 'fixtures/libraries/ws' },
});
