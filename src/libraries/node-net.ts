/** `node:net`, `node:tls`, `node:dgram` and `node:dns`. */
import { defineLibrary, type Api } from './library.ts';
import { callbackLast, does, entry, later, nothing, outside, same, sameMembers } from './rows.ts';
import { dgramStub, dnsPromisesStub, dnsStub, netStub, tlsStub } from './stubs/node-network.ts';

const connection: NonNullable<Api['known']> = {
  outside: 'network',
  resource: { what: 'connection', ends: ['end', 'destroy', 'close'], observedBy: ['on', 'once'] },
};
const handled = entry('event', { label: 'connection handler', confined: [0] });
const server: NonNullable<Api['known']> = { resource: { what: 'server', ends: ['close'], observedBy: ['on', 'once'] } };
const closing = does({ does: 'cancel', what: 'receiver', how: 'close' }, later(-1, ['unknown']), {
  does: 'give',
  what: 'receiver',
});

export const net = defineLibrary({
  package: 'node:net',
  language: 'typescript',
  aliases: ['net'],
  supertypes: { Server: ['node:events#EventEmitter'], Socket: ['node:stream#Duplex'] },
  apis: {
    createServer: {
      does: [
        { does: 'register', handler: -1, entry: handled },
        { does: 'make', type: 'Server' },
      ],
      known: server,
    },
    'new Server': {
      does: [
        { does: 'register', handler: -1, entry: handled },
        { does: 'make', type: 'Server' },
      ],
      known: server,
    },
    ...same(
      { does: [later(-1), { does: 'make', type: 'Socket' }], known: connection },
      'connect',
      'createConnection',
      'new Socket',
    ),
    'Server.listen': {
      does: [later(-1), { does: 'give', what: 'receiver' }],
      known: { serves: true, outside: 'network' },
    },
    'Server.close': closing,
    'Server.[Symbol.asyncDispose]': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    'Server.getConnections': callbackLast(),
    ...sameMembers('Server', nothing, 'address'),
    'Server.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }, { does: 'give', what: 'receiver' }),
    'Server.ref': does({ does: 'give', what: 'receiver' }),
    'Socket.connect': { does: [later(-1), { does: 'give', what: 'receiver' }], known: { outside: 'network' } },
    'Socket.write': { does: [later(-1, ['unknown'])], known: { outside: 'network' } },
    'Socket.end': does({ does: 'cancel', what: 'receiver', how: 'close' }, later(-1), {
      does: 'give',
      what: 'receiver',
    }),
    ...sameMembers(
      'Socket',
      does({ does: 'cancel', what: 'receiver', how: 'close' }),
      'destroySoon',
      'resetAndDestroy',
    ),
    'Socket.setTimeout': does(later(1), { does: 'give', what: 'receiver' }),
    'Socket.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }, { does: 'give', what: 'receiver' }),
    ...sameMembers(
      'Socket',
      does({ does: 'give', what: 'receiver' }),
      'setNoDelay',
      'setKeepAlive',
      'ref',
      'setEncoding',
      'pause',
      'resume',
    ),
    ...sameMembers('Socket', nothing, 'address'),
    ...same(nothing, 'isIP', 'isIPv4', 'isIPv6', 'BlockList.*', 'new BlockList'),
  },
  stub: netStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-http' },
});

export const tls = defineLibrary({
  package: 'node:tls',
  language: 'typescript',
  aliases: ['tls'],
  supertypes: { Server: ['node:net#Server'], TLSSocket: ['node:net#Socket'] },
  apis: {
    createServer: {
      does: [
        { does: 'register', handler: -1, entry: handled },
        { does: 'make', type: 'Server' },
      ],
      known: server,
    },
    connect: { does: [later(-1), { does: 'make', type: 'TLSSocket' }], known: connection },
    ...same(nothing, 'createSecureContext', 'checkServerIdentity', 'TLSSocket.*', 'getCiphers'),
  },
  stub: tlsStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});

export const dgram = defineLibrary({
  package: 'node:dgram',
  language: 'typescript',
  aliases: ['dgram'],
  supertypes: { Socket: ['node:events#EventEmitter'] },
  apis: {
    createSocket: {
      does: [
        { does: 'register', handler: 1, entry: entry('message', { label: 'datagram handler', confined: [0, 1] }) },
        { does: 'make', type: 'Socket' },
      ],
      known: {
        outside: 'network',
        signal: { argument: 0, option: 'signal' },
        resource: { what: 'connection', ends: ['close'], observedBy: ['on'] },
      },
    },
    'Socket.send': callbackLast('network'),
    'Socket.bind': does(later(-1), { does: 'give', what: 'receiver' }),
    'Socket.connect': does(later(-1)),
    'Socket.close': closing,
    ...sameMembers(
      'Socket',
      nothing,
      'address',
      'setBroadcast',
      'addMembership',
      'dropMembership',
      'setMulticastTTL',
      'setTTL',
      'disconnect',
      'ref',
      'unref',
    ),
  },
  stub: dgramStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});

const lookups = [
  'lookup',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveMx',
  'resolveTxt',
  'resolveSrv',
  'resolveNs',
  'resolveCname',
  'resolveAny',
  'resolvePtr',
  'resolveSoa',
  'resolveNaptr',
  'resolveCaa',
  'reverse',
  'lookupService',
];
export const dns = defineLibrary({
  package: 'node:dns',
  language: 'typescript',
  aliases: ['dns'],
  apis: {
    ...same(callbackLast('network'), ...lookups),
    ...same(nothing, 'setServers', 'getServers', 'setDefaultResultOrder'),
  },
  stub: dnsStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});
export const dnsPromises = defineLibrary({
  package: 'node:dns/promises',
  language: 'typescript',
  aliases: ['dns/promises'],
  apis: {
    ...same(outside('network'), ...lookups),
    ...same(nothing, 'setServers', 'getServers', 'setDefaultResultOrder'),
  },
  stub: dnsPromisesStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});
