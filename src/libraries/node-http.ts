/** `node:http`, `node:https` and `node:http2`: servers whose handlers run many at once, and outgoing requests. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, later, nothing, same, sameMembers } from './rows.ts';
import { http2Stub, httpStub, httpsStub } from './stubs/node-network.ts';

const handled = entry('route', { label: 'request handler', confined: [0, 1] });
const server: NonNullable<Api['known']> = {
  resource: { what: 'server', ends: ['close', 'closeAllConnections'], observedBy: ['on', 'once'] },
};
const serve = (type: string): Api => ({
  does: [
    { does: 'register', handler: -1, entry: handled },
    { does: 'make', type },
  ],
  known: server,
});
const request = (type: string): Api => ({
  does: [later(-1, [{ fresh: 'node:http#IncomingMessage' }]), { does: 'make', type }],
  known: {
    outside: 'network',
    signal: { argument: 0, option: 'signal' },
    timeouts: [{ argument: 0, option: 'timeout' }],
    endless: true,
    resource: { what: 'connection', ends: ['destroy', 'abort', 'end'], observedBy: ['on', 'once'] },
  },
});
const closing = does({ does: 'cancel', what: 'receiver', how: 'close' }, later(-1, ['unknown']), {
  does: 'give',
  what: 'receiver',
});

const rows = (prefix: string): Library['apis'] => ({
  createServer: serve(`${prefix}Server`),
  'new Server': serve(`${prefix}Server`),
  request: request('node:http#ClientRequest'),
  get: request('node:http#ClientRequest'),
  'new Agent': does({ does: 'make', type: 'Agent' }),
  'Agent.destroy': does({ does: 'cancel', what: 'receiver', how: 'close' }),
  'Agent.*': nothing,
});

export const http = defineLibrary({
  package: 'node:http',
  language: 'typescript',
  aliases: ['http'],
  supertypes: {
    Server: ['node:net#Server'],
    IncomingMessage: ['node:stream#Readable'],
    OutgoingMessage: ['node:stream#Writable'],
    ServerResponse: ['OutgoingMessage'],
    ClientRequest: ['OutgoingMessage'],
    Agent: ['node:events#EventEmitter'],
  },
  apis: {
    ...rows(''),
    'Server.close': closing,
    'Server.closeAllConnections': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    ...sameMembers('Server', nothing, 'closeIdleConnections', 'setTimeout'),
    ...sameMembers(
      'OutgoingMessage',
      does({ does: 'give', what: 'receiver' }),
      'setHeader',
      'appendHeader',
      'setHeaders',
      'setTimeout',
    ),
    ...sameMembers(
      'OutgoingMessage',
      nothing,
      'getHeader',
      'getHeaders',
      'getHeaderNames',
      'hasHeader',
      'removeHeader',
      'flushHeaders',
      'addTrailers',
    ),
    'ServerResponse.writeHead': does({ does: 'give', what: 'receiver' }),
    ...sameMembers(
      'ServerResponse',
      nothing,
      'writeContinue',
      'writeEarlyHints',
      'writeProcessing',
      'assignSocket',
      'detachSocket',
    ),
    'ClientRequest.abort': does({ does: 'cancel', what: 'receiver', how: 'abort' }),
    'ClientRequest.setTimeout': does(later(1), { does: 'give', what: 'receiver' }),
    ...sameMembers('ClientRequest', nothing, 'setNoDelay', 'setSocketKeepAlive', 'onSocket', 'getRawHeaderNames'),
    'IncomingMessage.setTimeout': does(later(1), { does: 'give', what: 'receiver' }),
    'IncomingMessage.destroy': does(
      { does: 'cancel', what: 'receiver', how: 'close' },
      { does: 'give', what: 'receiver' },
    ),
    ...same(nothing, 'validateHeaderName', 'validateHeaderValue', 'setMaxIdleHTTPParsers'),
  },
  stub: httpStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-http' },
});

export const https = defineLibrary({
  package: 'node:https',
  language: 'typescript',
  aliases: ['https'],
  supertypes: { Server: ['node:http#Server'], Agent: ['node:http#Agent'] },
  apis: rows(''),
  stub: httpsStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-http' },
});

export const http2 = defineLibrary({
  package: 'node:http2',
  language: 'typescript',
  aliases: ['http2'],
  supertypes: {
    Http2Server: ['node:net#Server'],
    Http2SecureServer: ['node:net#Server'],
    ClientHttp2Session: ['Http2Session'],
    ServerHttp2Session: ['Http2Session'],
    Http2Session: ['node:events#EventEmitter'],
    ServerHttp2Stream: ['Http2Stream'],
    ClientHttp2Stream: ['Http2Stream'],
    Http2Stream: ['node:stream#Duplex'],
    Http2ServerRequest: ['node:stream#Readable'],
    Http2ServerResponse: ['node:stream#Writable'],
  },
  apis: {
    createServer: serve('Http2Server'),
    createSecureServer: serve('Http2SecureServer'),
    connect: {
      does: [later(-1, ['unknown']), { does: 'make', type: 'ClientHttp2Session' }],
      known: { outside: 'network', resource: { what: 'connection', ends: ['close', 'destroy'], observedBy: ['on'] } },
    },
    'ClientHttp2Session.request': {
      does: [{ does: 'make', type: 'ClientHttp2Stream' }],
      known: { outside: 'network', signal: { argument: 1, option: 'signal' } },
    },
    'Http2Session.close': closing,
    ...sameMembers('Http2Session', nothing, 'ref', 'unref', 'settings', 'goaway', 'setTimeout'),
    'Http2Session.ping': { does: [later(-1, ['unknown', 'unknown'])], known: { outside: 'network' } },
    'Http2Stream.close': closing,
    'Http2Session.destroy': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    ...sameMembers(
      'ServerHttp2Stream',
      { does: [], known: { outside: 'network' } },
      'respond',
      'respondWithFile',
      'pushStream',
      'additionalHeaders',
    ),
    'Http2ServerResponse.*': nothing,
    'Http2ServerRequest.*': nothing,
  },
  stub: http2Stub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});
