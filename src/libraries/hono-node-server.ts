/** @hono/node-server: serves a fetch handler with a server of Node. */
import { defineLibrary } from './library.ts';
import { does, later } from './rows.ts';
import { honoNodeServerStub } from './stubs/servers.ts';

export const honoNodeServer = defineLibrary({
  package: '@hono/node-server',
  language: 'typescript',
  apis: {
    serve: {
      does: [later(1, ['unknown']), { does: 'make', type: 'node:http#Server' }],
      known: {
        serves: true,
        outside: 'network',
        resource: { what: 'server', ends: ['close'], observedBy: ['on', 'once'] },
      },
    },
    createAdaptorServer: does({ does: 'make', type: 'node:http#Server' }),
  },
  stub: honoNodeServerStub,
  checked: { version: '1.19', how: 'fixtures/libraries/hono-node-server' },
});
