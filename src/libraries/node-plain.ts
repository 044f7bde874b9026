/** Modules of Node that are plain computation or tell about the machine: known, so that their calls are no gaps. */
import { defineLibrary, type Library } from './library.ts';
import { does, later, nothing, once, outside, same } from './rows.ts';
import { plainStubs } from './stubs/node-plain.ts';

const checked = { version: '@types/node 20.19', how: 'fixtures/libraries/node-data' };
const table = (name: string, apis: Library['apis'], supertypes: Record<string, string[]> = {}): Library =>
  defineLibrary({ package: `node:${name}`, language: 'typescript', aliases: [name], apis, supertypes, stub: plainStubs[name] ?? '', checked });

const asserts = ['ok', 'equal', 'notEqual', 'strictEqual', 'notStrictEqual', 'deepEqual', 'notDeepEqual', 'deepStrictEqual', 'notDeepStrictEqual', 'match', 'doesNotMatch', 'fail', 'ifError', 'partialDeepStrictEqual'];
const assertRows: Library['apis'] = {
  ...same(nothing, 'default', 'assert', ...asserts),
  ...same(does(once(0)), 'throws', 'doesNotThrow'),
  // A function is called and what it gives awaited; a promise is taken over.
  ...same({ does: [{ ...later(0), awaits: true }], gives: 'promise' }, 'rejects', 'doesNotReject'),
  ...same(nothing, 'new AssertionError', 'AssertionError.*'),
};
const paths = ['join', 'resolve', 'dirname', 'basename', 'extname', 'relative', 'normalize', 'isAbsolute', 'parse', 'format', 'toNamespacedPath', 'matchesGlob'];

export const plainModules: readonly Library[] = [
  table('assert', assertRows),
  table('assert/strict', assertRows),
  table('buffer', same(nothing, 'Buffer.*', 'new Buffer', 'atob', 'btoa', 'isUtf8', 'isAscii', 'transcode', 'resolveObjectURL', 'new Blob', 'new File'), {
    Blob: ['lib#Blob'],
    File: ['lib#File'],
  }),
  table('console', same(nothing, 'new Console', 'Console.*')),
  table('diagnostics_channel', {
    ...same(nothing, 'channel', 'hasSubscribers', 'unsubscribe', 'tracingChannel', 'Channel.publish', 'Channel.unsubscribe'),
    subscribe: does({ does: 'listen', on: 0, event: 0, callback: 1 }),
    'Channel.subscribe': does({ does: 'listen', on: 'receiver', event: { name: 'message' }, callback: 0 }),
    'Channel.runStores': does(once(1)),
  }),
  table('module', same(nothing, 'createRequire', 'isBuiltin', 'register', 'syncBuiltinESMExports', 'findSourceMap', 'enableCompileCache', 'registerHooks', 'stripTypeScriptTypes')),
  table('os', same(nothing, 'cpus', 'totalmem', 'freemem', 'loadavg', 'uptime', 'hostname', 'homedir', 'tmpdir', 'platform', 'arch', 'type', 'release', 'version', 'machine', 'userInfo', 'networkInterfaces', 'endianness', 'availableParallelism', 'getPriority', 'setPriority')),
  table('path', { ...same(nothing, ...paths, ...paths.map(name => `PlatformPath.${name}`)) }),
  table('path/posix', same(nothing, ...paths)),
  table('path/win32', same(nothing, ...paths)),
  table('perf_hooks', {
    ...same(nothing, 'Performance.*', 'performance', 'createHistogram', 'monitorEventLoopDelay', 'PerformanceEntry.*', 'PerformanceObserver.*', 'IntervalHistogram.*', 'RecordableHistogram.*', 'Histogram.*', 'PerformanceObserverEntryList.*'),
    'new PerformanceObserver': does(
      { does: 'register', handler: 0, entry: { trigger: 'event', instances: 'many', evidence: 'framework', awaitsHandler: false, rejection: 'crashes', confined: [0], runsOn: 'event-loop' } },
      { does: 'make', type: 'PerformanceObserver' },
    ),
  }),
  table('punycode', same(nothing, 'encode', 'decode', 'toASCII', 'toUnicode')),
  table('querystring', same(nothing, 'parse', 'stringify', 'escape', 'unescape', 'encode', 'decode')),
  table('string_decoder', same(nothing, 'new StringDecoder', 'StringDecoder.*')),
  table('tty', same(nothing, 'isatty', 'ReadStream.*', 'WriteStream.*'), { ReadStream: ['node:net#Socket'], WriteStream: ['node:net#Socket'] }),
  table('url', same(nothing, 'parse', 'format', 'resolve', 'fileURLToPath', 'pathToFileURL', 'domainToASCII', 'domainToUnicode', 'urlToHttpOptions', 'new URL', 'new URLSearchParams', 'URL.*', 'URLSearchParams.*')),
  table('v8', { ...same(nothing, 'serialize', 'deserialize', 'getHeapStatistics', 'setFlagsFromString', 'getHeapSpaceStatistics', 'getHeapSnapshot'), writeHeapSnapshot: { does: [{ does: 'block', what: 'file' }], known: { outside: 'file' } } }),
  // Code run by its text is not followed.
  table('vm', { ...same(nothing, 'createContext', 'isContext', 'new Script', 'Script.*', 'runInContext', 'runInNewContext', 'runInThisContext', 'compileFunction') }),
  table('stream/web', {}, { ReadableStream: ['lib#ReadableStream'], WritableStream: ['lib#WritableStream'], TransformStream: ['lib#TransformStream'] }),
  table('stream/consumers', same(outside('file'), 'text', 'json', 'buffer', 'arrayBuffer', 'blob')),
];
