/** What browsers and Node share of the web platform: events, cancellation, fetch, streams, sockets, Web Locks. */
import { defineLibrary, type Api } from './library.ts';
import { targetRows } from './emitters.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { webStub } from './stubs/web.ts';

const fetching = outside('network', {
  signal: { argument: 1, option: 'signal' },
  timeouts: [{ argument: 1, option: 'dispatcher' }],
  endless: true,
});
const reading: Api = outside('network');
const connection = (ends: string[]): NonNullable<Api['known']> => ({
  outside: 'network',
  resource: { what: 'connection', ends, observedBy: ['onerror', 'addEventListener'] },
});
const toSignal: Api = { does: [], known: { neverThrows: true } };

/** A promise that rejects on misuse alone. */
const steady: Api = { does: [], gives: 'promise', known: { rarelyRejects: true } };

export const web = defineLibrary({
  package: 'lib',
  language: 'typescript',
  locks: {
    // One per origin: tabs and workers of it share the names. Waiters are served in order, shared ones too.
    LockManager: {
      library: 'Web Locks',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      readers: 'fair',
      queue: 'fifo',
      ownerChecked: true,
      reach: 'machine',
      lease: false,
      keyed: true,
      limiter: false,
    },
  },
  supertypes: {
    AbortSignal: ['EventTarget'],
    WebSocket: ['EventTarget'],
    Worker: ['EventTarget'],
    SharedWorker: ['EventTarget'],
    MessagePort: ['EventTarget'],
    BroadcastChannel: ['EventTarget'],
    EventSource: ['EventTarget'],
    XMLHttpRequest: ['EventTarget'],
    Performance: ['EventTarget'],
    Response: ['Body'],
    Request: ['Body'],
    File: ['Blob'],
  },
  apis: {
    ...targetRows('EventTarget'),
    ...same(
      does({
        does: 'listen',
        on: 'receiver',
        event: 0,
        callback: 1,
        entry: entry('event', { evidence: 'inferred', confined: [0] }),
      }),
      'addEventListener',
    ),
    ...same(nothing, 'removeEventListener', 'dispatchEvent'),
    ...same(nothing, 'new DOMException', 'DOMException.*'),
    'new EventTarget': does({ does: 'make', type: 'EventTarget' }),
    ...same(nothing, 'new Event', 'new CustomEvent', 'new MessageEvent', 'Event.*', 'CustomEvent.*'),

    'new AbortController': does({ does: 'make', type: 'AbortController' }),
    'AbortController.abort': does({ does: 'cancel', what: 'receiver', how: 'abort' }),
    'AbortSignal.timeout': {
      does: [{ does: 'make', type: 'AbortSignal' }],
      known: { neverThrows: true, outside: 'timer' },
    },
    'AbortSignal.any': { does: [{ does: 'make', type: 'AbortSignal', holds: 0 }], known: { neverThrows: true } },
    'AbortSignal.abort': { does: [{ does: 'make', type: 'AbortSignal' }], known: { neverThrows: true } },
    'AbortSignal.throwIfAborted': nothing,

    fetch: fetching,
    'WindowOrWorkerGlobalScope.fetch': fetching,
    ...sameMembers('Body', reading, 'arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'),
    ...sameMembers('Response', nothing, 'clone', 'json', 'redirect', 'error'),
    ...sameMembers('Request', nothing, 'clone'),
    // In memory, or a local file: it may be gone, and ends by itself.
    ...sameMembers('Blob', outside('file'), 'arrayBuffer', 'bytes', 'text'),
    ...sameMembers('Blob', nothing, 'slice', 'stream'),
    ...same(
      nothing,
      'new Response',
      'new Request',
      'new Headers',
      'new FormData',
      'new Blob',
      'new File',
      'new URLSearchParams',
    ),
    'new URL': { does: [], known: { raises: true } },
    ...same(
      nothing,
      'Headers.*',
      'FormData.*',
      'URL.*',
      'URLSearchParams.*',
      'new TextEncoder',
      'new TextDecoder',
      'TextEncoder.*',
      'TextDecoder.*',
    ),
    ...same(
      does({ does: 'invoke', callback: 0, when: 'now', times: 'each', passes: ['unknown', 'unknown'] }),
      'Headers.forEach',
      'FormData.forEach',
      'URLSearchParams.forEach',
    ),

    'LockManager.request': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          key: 0,
          callback: -1,
          mode: {
            default: 'exclusive',
            options: [{ at: { argument: 1, option: 'mode' }, equals: 'shared', mode: 'shared' }],
          },
          wait: {
            default: 'endless',
            options: [
              { at: { argument: 1, option: 'ifAvailable' }, equals: 'true', wait: 'try' },
              // Taken from whoever holds it.
              { at: { argument: 1, option: 'steal' }, equals: 'true', wait: 'try' },
              { at: { argument: 1, option: 'signal' }, wait: 'bounded' },
            ],
          },
          failure: 'runs-with-null',
          passes: ['lock'],
          async: true,
        },
      ],
      gives: 'promise',
      known: { signal: { argument: 1, option: 'signal' } },
    },
    'LockManager.query': { does: [], gives: 'promise' },

    'new WebSocket': { does: [{ does: 'make', type: 'WebSocket' }], known: connection(['close']) },
    'WebSocket.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'WebSocket.send': { does: [], known: { outside: 'network' } },
    'new EventSource': { does: [{ does: 'make', type: 'EventSource' }], known: connection(['close']) },
    'EventSource.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'new BroadcastChannel': { does: [{ does: 'make', type: 'BroadcastChannel' }], known: connection(['close']) },
    'new MessageChannel': does({ does: 'make', type: 'MessageChannel' }),
    ...same(does({ does: 'cancel', what: 'receiver', how: 'close' }), 'BroadcastChannel.close', 'MessagePort.close'),
    ...same(
      nothing,
      'BroadcastChannel.postMessage',
      'MessagePort.postMessage',
      'MessagePort.start',
      'Worker.postMessage',
      'postMessage',
    ),
    'new Worker': {
      does: [
        { does: 'make', type: 'Worker' },
        { does: 'spawn', how: 'thread', runsOn: 'thread' },
      ],
      known: { resource: { what: 'thread', ends: ['terminate'], observedBy: ['onerror', 'addEventListener'] } },
    },
    'Worker.terminate': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'new XMLHttpRequest': does({ does: 'make', type: 'XMLHttpRequest' }),
    'XMLHttpRequest.send': { does: [], known: { outside: 'network' } },
    'XMLHttpRequest.abort': does({ does: 'cancel', what: 'receiver', how: 'abort' }),
    'XMLHttpRequest.*': nothing,

    // Web streams: reads wait for whoever fills the stream.
    ...same(
      { does: [{ does: 'wait', on: 'receiver', for: 'message', async: true }], gives: 'promise' },
      'ReadableStreamDefaultReader.read',
      'ReadableStreamBYOBReader.read',
    ),
    ...same(
      { does: [], gives: 'promise', known: { leavesTurn: true, settledByReader: true } },
      'WritableStreamDefaultWriter.write',
      'WritableStreamDefaultWriter.close',
      'WritableStreamDefaultWriter.abort',
    ),
    'ReadableStream.pipeTo': {
      does: [],
      gives: 'promise',
      known: { leavesTurn: true, settledByReader: true, signal: { argument: 1, option: 'signal' } },
    },
    ...sameMembers('ReadableStream', nothing, 'getReader', 'tee', 'pipeThrough'),
    ...same(
      steady,
      'ReadableStream.cancel',
      'ReadableStreamDefaultReader.cancel',
      'WritableStream.close',
      'WritableStream.abort',
    ),
    'WritableStream.getWriter': nothing,
    ...same(nothing, 'ReadableStreamDefaultReader.releaseLock', 'WritableStreamDefaultWriter.releaseLock'),
    ...same(
      nothing,
      'ReadableStreamDefaultController.*',
      'TransformStreamDefaultController.*',
      'ReadableByteStreamController.*',
      'WritableStreamDefaultController.*',
      'ReadableStreamBYOBRequest.*',
      'new TransformStream',
    ),
    'new ReadableStream': {
      does: [
        { does: 'invoke', callback: { argument: 0, option: 'start' }, when: 'now', times: 'once', passes: ['unknown'] },
        {
          does: 'invoke',
          callback: { argument: 0, option: 'pull' },
          when: 'later',
          times: 'many',
          awaits: true,
          passes: ['unknown'],
        },
        {
          does: 'invoke',
          callback: { argument: 0, option: 'cancel' },
          when: 'later',
          times: 'once',
          awaits: true,
          passes: ['unknown'],
        },
        { does: 'make', type: 'ReadableStream' },
      ],
    },
    'new WritableStream': {
      does: [
        { does: 'invoke', callback: { argument: 0, option: 'start' }, when: 'now', times: 'once', passes: ['unknown'] },
        {
          does: 'invoke',
          callback: { argument: 0, option: 'write' },
          when: 'later',
          times: 'many',
          awaits: true,
          passes: ['unknown', 'unknown'],
        },
        { does: 'invoke', callback: { argument: 0, option: 'close' }, when: 'later', times: 'once', awaits: true },
        { does: 'make', type: 'WritableStream' },
      ],
    },

    'Performance.now': toSignal,
    ...same(nothing, 'Performance.*', 'Crypto.*', 'Storage.*'),
    // With a key and parameters that fit; what reads foreign data (`decrypt`, `importKey`, `verify`) is another matter.
    ...sameMembers('SubtleCrypto', steady, 'encrypt', 'sign', 'digest', 'generateKey', 'exportKey'),
    'SubtleCrypto.*': { does: [], gives: 'promise' },
  },
  stub: webStub,
  checked: {
    version: 'typescript 6.0',
    how: "names resolved in the compiler's DOM library; Web Locks by their specification",
  },
});
