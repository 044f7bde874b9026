/** Node's globals: `process`, `Buffer`, module functions. */
import { emitterRows } from './emitters.ts';
import { defineLibrary, type Api } from './library.ts';
import { does, entry, nothing, same, sameMembers } from './rows.ts';
import { globalsStub } from './stubs/globals.ts';

/** Events that tell of a failure which nobody handled. */
export const LAST_RESORTS = ['unhandledRejection', 'uncaughtException', 'uncaughtExceptionMonitor'] as const;

/** `process.on('SIGTERM', f)`: the system calls it, at any time, nobody awaits it. */
const onProcess: Api = does(
  {
    does: 'register',
    handler: 1,
    entry: entry('signal', { instances: 'once', label: 'process event {0}' }),
    quietFor: { at: 0, equals: [...LAST_RESORTS] },
  },
  { does: 'give', what: 'receiver' },
);

export const nodeGlobals = defineLibrary({
  package: 'lib',
  language: 'typescript',
  supertypes: {
    Process: ['EventEmitter'],
    ReadStream: ['EventEmitter'],
    WriteStream: ['EventEmitter'],
    ReadableStream: ['EventEmitter'],
    WritableStream: ['EventEmitter'],
    ReadWriteStream: ['EventEmitter'],
    Socket: ['EventEmitter'],
  },
  apis: {
    // @types/node declares the members of every emitter in a global interface.
    ...emitterRows('EventEmitter'),
    ...same(onProcess, 'Process.on', 'Process.once', 'Process.addListener', 'Process.prependListener'),
    'Process.exit': { does: [{ does: 'cancel', what: 'receiver', how: 'exit' }], known: { outside: 'process' } },
    'Process.abort': { does: [{ does: 'cancel', what: 'receiver', how: 'exit' }], known: { outside: 'process' } },
    'Process.kill': { does: [], known: { outside: 'process' } },
    'Process.nextTick': {
      does: [
        { does: 'spawn', how: 'microtask', body: 0, runsOn: 'event-loop', passes: [{ argument: 1 }, { argument: 2 }] },
      ],
      known: { neverThrows: true },
    },
    'Process.send': { does: [], known: { outside: 'process' } },
    ...sameMembers(
      'Process',
      nothing,
      '*',
      'cwd',
      'chdir',
      'uptime',
      'hrtime',
      'memoryUsage',
      'cpuUsage',
      'emitWarning',
      'getuid',
      'umask',
      'disconnect',
    ),
    ...same(nothing, 'HRTime()', 'HRTime.bigint', 'MemoryUsageFn()', 'MemoryUsageFn.rss'),
    ...same(nothing, 'Buffer.*', 'Buffer', 'new Buffer'),
    ...same(
      nothing,
      'require',
      'Require()',
      'Require.*',
      'NodeRequire.*',
      'RequireResolve()',
      'ImportMeta.resolve',
      'gc',
    ),
    ...same({ does: [], known: { outside: 'user' } }, 'WritableStream.write', 'WritableStream.end'),
  },
  stub: globalsStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});
