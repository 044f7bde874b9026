/** `node:stream` and `node:stream/promises`. */
import { defineLibrary, type Api, type Effect } from './library.ts';
import { callbackLast, does, each, nothing, same, sameMembers } from './rows.ts';
import { streamPromisesStub, streamStub } from './stubs/node-basics.ts';

const destroy = does({ does: 'cancel', what: 'receiver', how: 'close' }, { does: 'give', what: 'receiver' });
const helper = (callback: Effect, promise: boolean): Api => ({
  does: [callback],
  ...(promise ? { gives: 'promise' as const } : {}),
  known: { leavesTurn: promise, signal: { argument: 1, option: 'signal' } },
});
const perChunk: Extract<Effect, { does: 'invoke' }> = each(0, [{ element: 'receiver' }]);
const implemented = ['read', 'write', 'writev', 'final', 'transform', 'flush', 'destroy', 'construct'];
const implementation = (option: string): Effect => ({
  does: 'invoke',
  callback: { argument: 0, option },
  when: 'later',
  times: 'many',
  passes: ['unknown', 'unknown', 'unknown'],
});
/** `new Writable({ write(chunk, encoding, callback) { … } })`: the stream calls them, one at a time. */
const construct = (type: string): Api => ({
  does: [...implemented.map(implementation), { does: 'make', type }],
});

export const stream = defineLibrary({
  package: 'node:stream',
  language: 'typescript',
  aliases: ['stream'],
  supertypes: {
    Stream: ['node:events#EventEmitter'],
    internal: ['node:events#EventEmitter'],
    ReadableBase: ['Stream'],
    WritableBase: ['Stream'],
    Readable: ['ReadableBase', 'Stream'],
    Writable: ['WritableBase', 'Stream'],
    DuplexBase: ['Readable', 'Writable'],
    Duplex: ['Readable', 'Writable'],
    Transform: ['Duplex'],
    PassThrough: ['Transform'],
  },
  apis: {
    pipeline: callbackLast(),
    finished: does({ does: 'invoke', callback: -1, when: 'later', times: 'once', passes: ['unknown'] }),
    ...same(
      nothing,
      'addAbortSignal',
      'isErrored',
      'isReadable',
      'isDisturbed',
      'getDefaultHighWaterMark',
      'setDefaultHighWaterMark',
      'duplexPair',
    ),
    'Readable.from': nothing,
    // Called up by subclasses; what they do is the stream's own.
    ...sameMembers('Readable', nothing, '_read', '_destroy', '_construct'),
    ...sameMembers('Writable', nothing, '_write', '_writev', '_final', '_destroy', '_construct'),
    ...sameMembers('Transform', nothing, '_transform', '_flush'),
    'Readable.pipe': does({ does: 'give', what: { argument: 0 } }),
    'Stream.pipe': does({ does: 'give', what: { argument: 0 } }),
    ...sameMembers('Readable', destroy, 'destroy'),
    ...sameMembers('Writable', destroy, 'destroy'),
    'Writable.end': does(
      { does: 'cancel', what: 'receiver', how: 'close' },
      { does: 'invoke', callback: -1, when: 'later', times: 'once' },
      { does: 'give', what: 'receiver' },
    ),
    'Writable.write': does({ does: 'invoke', callback: -1, when: 'later', times: 'once', passes: ['unknown'] }),
    ...sameMembers(
      'Readable',
      does({ does: 'give', what: 'receiver' }),
      'pause',
      'resume',
      'setEncoding',
      'unpipe',
      'wrap',
    ),
    ...sameMembers(
      'Readable',
      nothing,
      'read',
      'push',
      'unshift',
      'isPaused',
      'iterator',
      'toWeb',
      'fromWeb',
      'isDisturbed',
    ),
    ...sameMembers('Writable', nothing, 'cork', 'uncork', 'setDefaultEncoding', 'toWeb', 'fromWeb'),
    ...sameMembers('Readable', helper(perChunk, false), 'map', 'filter', 'flatMap'),
    ...sameMembers('Readable', helper({ ...perChunk, awaits: true }, true), 'forEach', 'some', 'every', 'find'),
    'Readable.reduce': helper({ ...each(0, ['accumulator', { element: 'receiver' }]), awaits: true }, true),
    'Readable.toArray': {
      does: [],
      gives: 'promise',
      known: { leavesTurn: true, signal: { argument: 0, option: 'signal' } },
    },
    ...sameMembers('Readable', nothing, 'take', 'drop', 'asIndexedPairs', 'compose'),
    'new Readable': construct('Readable'),
    'new Writable': construct('Writable'),
    'new Duplex': construct('Duplex'),
    'new Transform': construct('Transform'),
    'new PassThrough': does({ does: 'make', type: 'PassThrough' }),
  },
  stub: streamStub,
  checked: {
    version: '@types/node 20.19',
    how: "names resolved in the package's types; fixtures/libraries/node-stream",
  },
});

const streaming: Api = {
  does: [],
  gives: 'promise',
  known: { leavesTurn: true, settledByReader: true, signal: { argument: 1, option: 'signal' } },
};
export const streamPromises = defineLibrary({
  package: 'node:stream/promises',
  language: 'typescript',
  aliases: ['stream/promises'],
  apis: {
    pipeline: {
      ...streaming,
      known: { leavesTurn: true, settledByReader: true, signal: { argument: -1, option: 'signal' } },
    },
    finished: streaming,
  },
  stub: streamPromisesStub,
  checked: {
    version: '@types/node 20.19',
    how: "names resolved in the package's types; fixtures/libraries/node-stream",
  },
});
