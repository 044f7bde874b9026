/** undici: requests and connection pools; its fetch is Node's. */
import type { Knowledge } from '../model/facts.ts';
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, later, nothing, outside, same, sameMembers } from './rows.ts';
import { undiciStub } from './stubs/clients.ts';

/** Each bounds a phase of a request; given on purpose, they bound it. */
const phases = (argument: number, ...more: string[]): NonNullable<Knowledge['timeouts']> =>
  ['headersTimeout', 'bodyTimeout', ...more].map(option => ({ argument, option }));
const request = (options: number): Api => ({
  does: [later(-1, ['unknown', 'unknown'])],
  gives: 'promise',
  known: {
    outside: 'network',
    leavesTurn: true,
    signal: { argument: options, option: 'signal' },
    timeouts: phases(options, 'dispatcher'),
    endless: true,
  },
});
const pool = (type: string): Api => ({
  does: [{ does: 'make', type }],
  known: {
    timeouts: phases(1),
    resource: { what: 'connection', ends: ['close', 'destroy'], observedBy: ['on'] },
  },
});
const end: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }, later(-1)],
  gives: 'promise',
  known: { leavesTurn: true },
};
const body = outside('network');
const bodies = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'];

export const undici = defineLibrary({
  package: 'undici',
  language: 'typescript',
  worksOutside: true,
  supertypes: {
    ...Object.fromEntries(
      ['Agent', 'Pool', 'Client', 'BalancedPool', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent', 'MockAgent'].map(
        type => [type, ['Dispatcher']],
      ),
    ),
    Dispatcher: ['node:events#EventEmitter'],
    BodyReadable: ['node:stream#Readable'],
    Response: ['BodyMixin'],
    Request: ['BodyMixin'],
  },
  apis: {
    ...same(request(1), 'request', 'stream', 'connect', 'upgrade', 'fetch'),
    ...sameMembers('Dispatcher', request(0), 'request', 'stream', 'connect', 'upgrade'),
    ...sameMembers('Dispatcher', end, 'close', 'destroy'),
    ...sameMembers('Dispatcher', nothing, 'dispatch', 'compose', 'pipeline'),
    ...Object.fromEntries(
      ['Agent', 'Pool', 'Client', 'BalancedPool', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent', 'MockAgent'].map(
        type => [`new ${type}`, pool(type)],
      ),
    ),
    ...sameMembers('BodyReadable', body, ...bodies),
    'BodyReadable.dump': { does: [], gives: 'promise', known: { leavesTurn: true } },
    ...sameMembers('BodyMixin', body, ...bodies),
    ...same(nothing, 'setGlobalDispatcher', 'getGlobalDispatcher', 'setGlobalOrigin', 'getGlobalOrigin'),
    'Response.clone': nothing,
    ...same(nothing, 'new Headers', 'Headers.*', 'new FormData', 'FormData.*', 'new Request', 'new Response'),
  },
  stub: undiciStub,
  checked: { version: '7.30.2', how: 'fixtures/libraries/undici (types only: it needs a network)' },
});

const webSocketRows: Library['apis'] = {
  'new WebSocket': {
    does: [{ does: 'make', type: 'WebSocket' }],
    known: {
      outside: 'network',
      resource: { what: 'connection', ends: ['close'], observedBy: ['onerror', 'addEventListener'] },
    },
  },
  'WebSocket.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
  'WebSocket.send': { does: [], known: { outside: 'network' } },
};

/** Where @types/node takes the types of the global fetch from. */
export const undiciTypes = defineLibrary({
  package: 'undici-types',
  language: 'typescript',
  worksOutside: true,
  supertypes: { Response: ['BodyMixin'], Request: ['BodyMixin'], WebSocket: ['lib#EventTarget'] },
  apis: {
    ...sameMembers('BodyMixin', body, ...bodies),
    fetch: request(1),
    ...webSocketRows,
    ...same(
      nothing,
      'Response.clone',
      'static Response.json',
      'Response.error',
      'Response.redirect',
      'Request.clone',
      'new Headers',
      'Headers.*',
      'new FormData',
      'FormData.*',
      'new Request',
      'new Response',
    ),
    'Headers.forEach': does({
      does: 'invoke',
      callback: 0,
      when: 'now',
      times: 'each',
      passes: ['unknown', 'unknown'],
    }),
  },
});
