/** `node:child_process`, `node:worker_threads`, `node:cluster` and `node:process`: other threads and processes. */
import { portRows } from './emitters.ts';
import { LAST_RESORTS } from './lib-node.ts';
import { defineLibrary, type Api } from './library.ts';
import { does, entry, later, nothing, same, sameMembers } from './rows.ts';
import { childProcessStub, clusterStub, processStub, workerThreadsStub } from './stubs/node-process.ts';

const child = (signal: number): NonNullable<Api['known']> => ({
  outside: 'process',
  resource: {
    what: 'process',
    ends: ['kill', 'disconnect'],
    observedBy: ['on', 'once', 'addListener'],
    tellsEnd: true,
  },
  signal: { argument: signal, option: 'signal' },
});
const start = (signal: number): Api => ({
  does: [
    { does: 'spawn', how: 'process', runsOn: 'process' },
    later(-1, ['unknown', 'unknown', 'unknown']),
    { does: 'make', type: 'ChildProcess' },
  ],
  known: child(signal),
});
const blocking: Api = { does: [{ does: 'block', what: 'process' }], known: { outside: 'process' } };
/** `util.promisify(execFile)`: rejects when the process fails. */
const promised = (signal: number): Api => ({
  does: [{ does: 'spawn', how: 'process', runsOn: 'process' }],
  gives: 'promise',
  known: { outside: 'process', leavesTurn: true, signal: { argument: signal, option: 'signal' } },
});

export const childProcess = defineLibrary({
  package: 'node:child_process',
  language: 'typescript',
  aliases: ['child_process'],
  supertypes: {
    ChildProcess: ['node:events#EventEmitter'],
    ChildProcessByStdio: ['ChildProcess'],
    ChildProcessWithoutNullStreams: ['ChildProcess'],
  },
  apis: {
    spawn: start(2),
    fork: start(2),
    exec: start(1),
    execFile: start(2),
    ...same(blocking, 'execSync', 'execFileSync', 'spawnSync'),
    'exec.__promisify__': promised(1),
    'execFile.__promisify__': promised(2),
    __promisify__: promised(2),
    'ChildProcess.kill': { does: [{ does: 'cancel', what: 'receiver', how: 'cancel' }], known: { outside: 'process' } },
    'ChildProcess.disconnect': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'ChildProcess.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }),
    'ChildProcess.ref': nothing,
    'ChildProcess.send': { does: [later(-1, ['unknown'])], known: { outside: 'process' } },
  },
  stub: childProcessStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-process' },
});

const close = does({ does: 'cancel', what: 'receiver', how: 'close' });
export const workerThreads = defineLibrary({
  package: 'node:worker_threads',
  language: 'typescript',
  aliases: ['worker_threads'],
  supertypes: {
    Worker: ['node:events#EventEmitter'],
    MessagePort: ['node:events#EventEmitter'],
    BroadcastChannel: ['lib#EventTarget'],
  },
  apis: {
    ...portRows('Worker'),
    ...portRows('MessagePort'),
    'new Worker': {
      does: [
        { does: 'spawn', how: 'thread', runsOn: 'thread' },
        { does: 'make', type: 'Worker' },
      ],
      known: {
        resource: { what: 'thread', ends: ['terminate'], observedBy: ['on', 'once', 'addListener'], tellsEnd: true },
      },
    },
    'Worker.terminate': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { leavesTurn: true, neverRejects: true },
    },
    'Worker.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }),
    ...sameMembers(
      'Worker',
      { does: [], gives: 'promise', known: { leavesTurn: true } },
      'getHeapSnapshot',
      'getHeapStatistics',
    ),
    ...sameMembers('Worker', nothing, 'postMessage', 'ref'),
    'MessagePort.close': close,
    'MessagePort.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }),
    ...sameMembers('MessagePort', nothing, 'postMessage', 'start', 'ref'),
    'BroadcastChannel.close': close,
    'BroadcastChannel.postMessage': nothing,
    'new MessageChannel': does({ does: 'make', type: 'MessageChannel' }),
    'new BroadcastChannel': {
      does: [{ does: 'make', type: 'BroadcastChannel' }],
      known: { resource: { what: 'connection', ends: ['close'], observedBy: ['onmessage'] } },
    },
    ...same(
      nothing,
      'receiveMessageOnPort',
      'markAsUntransferable',
      'moveMessagePortToContext',
      'setEnvironmentData',
      'getEnvironmentData',
    ),
  },
  stub: workerThreadsStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-process' },
});

export const cluster = defineLibrary({
  package: 'node:cluster',
  language: 'typescript',
  aliases: ['cluster'],
  supertypes: { Cluster: ['node:events#EventEmitter'], Worker: ['node:events#EventEmitter'] },
  apis: {
    'Cluster.fork': {
      does: [
        { does: 'spawn', how: 'process', runsOn: 'process' },
        { does: 'make', type: 'Worker' },
      ],
      known: {
        outside: 'process',
        resource: {
          what: 'process',
          ends: ['kill', 'disconnect', 'destroy'],
          observedBy: ['on', 'once'],
          toldBy: ['exit', 'disconnect'],
          tellsEnd: true,
        },
      },
    },
    ...sameMembers('Cluster', nothing, 'setupPrimary', 'setupMaster'),
    'Cluster.disconnect': does(later(0)),
    ...same(close, 'Worker.kill', 'Worker.disconnect', 'Worker.destroy'),
    ...sameMembers('Worker', nothing, 'send', 'isDead', 'isConnected'),
  },
  stub: clusterStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-process' },
});

/** `import process from 'node:process'` is the global; functions taken from it by name are listed here. */
export const nodeProcess = defineLibrary({
  package: 'node:process',
  language: 'typescript',
  aliases: ['process'],
  apis: {
    exit: { does: [{ does: 'cancel', what: 'receiver', how: 'exit' }], known: { outside: 'process' } },
    nextTick: {
      does: [{ does: 'spawn', how: 'microtask', body: 0, runsOn: 'event-loop' }],
      known: { neverThrows: true },
    },
    ...same(
      does({
        does: 'register',
        handler: 1,
        entry: entry('signal', { instances: 'once', label: 'process event {0}' }),
        quietFor: { at: 0, equals: [...LAST_RESORTS] },
      }),
      'on',
      'once',
    ),
    ...same(nothing, 'cwd', 'chdir', 'hrtime', 'memoryUsage', 'uptime', 'cpuUsage', 'emitWarning'),
    kill: { does: [], known: { outside: 'process' } },
  },
  stub: processStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-process' },
});
