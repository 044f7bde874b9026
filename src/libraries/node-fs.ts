/** `node:fs` and `node:fs/promises`: what blocks, what calls back, which path is read, written or removed. */
import { defineLibrary, type Api, type Effect, type Library } from './library.ts';
import { does, entry, nothing, same } from './rows.ts';
import { fsPromisesStub, fsStub } from './stubs/node-fs.ts';

type Touch = Extract<Effect, { does: 'touch' }>;
const file = (mode: Touch['mode'], key = 0): Touch => ({ does: 'touch', store: 'file', key, mode });

/** What each operation does to the paths that it is given. */
const operations: Record<string, Touch[]> = {
  ...Object.fromEntries(
    ['access', 'stat', 'lstat', 'readFile', 'readdir', 'readlink', 'realpath', 'opendir', 'statfs', 'exists'].map(
      name => [name, [file('read')]],
    ),
  ),
  ...Object.fromEntries(
    ['writeFile', 'truncate', 'chmod', 'chown', 'lchmod', 'lchown', 'utimes', 'lutimes', 'mkdir', 'open'].map(name => [
      name,
      [file('write')],
    ]),
  ),
  appendFile: [file('update')],
  unlink: [file('delete')],
  rm: [file('delete')],
  rmdir: [file('delete')],
  rename: [file('delete'), file('write', 1)],
  copyFile: [file('read'), file('write', 1)],
  cp: [file('read'), file('write', 1)],
  link: [file('read'), file('write', 1)],
  symlink: [file('write', 1)],
  mkdtemp: [],
};
/** Operations on a descriptor that is open already. */
const onDescriptor = [
  'close',
  'read',
  'readv',
  'write',
  'writev',
  'fstat',
  'fsync',
  'fdatasync',
  'ftruncate',
  'futimes',
  'fchmod',
  'fchown',
];

/** Those of node:fs/promises that take an AbortSignal, with the index of the options. */
const signals: Record<string, number> = { readFile: 1, writeFile: 2, watch: 1 };

function rows(row: (name: string, touches: Touch[]) => [string, Api], withDescriptors: boolean): Library['apis'] {
  const all = withDescriptors
    ? { ...operations, ...Object.fromEntries(onDescriptor.map((name): [string, Touch[]] => [name, []])) }
    : operations;
  return Object.fromEntries(Object.entries(all).map(([name, touches]) => row(name, touches)));
}

const promised = rows((name, touches) => {
  const argument = signals[name];
  return [
    name,
    {
      does: touches,
      gives: 'promise',
      known: {
        outside: 'file',
        leavesTurn: true,
        ...(argument === undefined ? {} : { signal: { argument, option: 'signal' } }),
      },
    },
  ];
}, false);
delete promised['exists'];

const calledBack = rows(
  (name, touches) => [
    name,
    {
      does: [
        ...touches,
        { does: 'invoke', callback: -1, when: 'later', times: 'once', passes: ['unknown', 'unknown'] },
      ],
      known: { outside: 'file' },
    },
  ],
  true,
);
const sync = rows(
  (name, touches) => [
    `${name}Sync`,
    { does: [...touches, { does: 'block', what: 'file' }], known: { outside: 'file' } },
  ],
  true,
);

const stream = (ends: string[]): NonNullable<Api['known']> => ({
  outside: 'file',
  signal: { argument: 1, option: 'signal' },
  resource: { what: 'stream', ends, observedBy: ['on', 'once', 'pipe', 'addListener'] },
});
const watching: NonNullable<Api['known']> = {
  outside: 'file',
  resource: { what: 'stream', ends: ['close'], observedBy: ['on'] },
};
const handle: Api = { does: [], gives: 'promise', known: { outside: 'file', leavesTurn: true } };

export const fileSystem = defineLibrary({
  package: 'node:fs',
  language: 'typescript',
  aliases: ['fs'],
  supertypes: {
    ReadStream: ['node:stream#Readable'],
    WriteStream: ['node:stream#Writable'],
    FSWatcher: ['node:events#EventEmitter'],
    StatWatcher: ['node:events#EventEmitter'],
  },
  apis: {
    ...calledBack,
    ...sync,
    createReadStream: {
      does: [file('read'), { does: 'make', type: 'ReadStream' }],
      known: stream(['destroy', 'close']),
    },
    createWriteStream: {
      does: [file('write'), { does: 'make', type: 'WriteStream' }],
      known: stream(['end', 'destroy', 'close']),
    },
    watch: {
      does: [
        { does: 'register', handler: -1, entry: entry('event', { label: 'file watcher {0}' }) },
        { does: 'make', type: 'FSWatcher' },
      ],
      known: watching,
    },
    watchFile: {
      does: [{ does: 'register', handler: -1, entry: entry('event', { label: 'file watcher {0}' }) }],
      known: { outside: 'file' },
    },
    unwatchFile: nothing,
    'FSWatcher.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'Dir.read': handle,
    'Dir.close': handle,
    ...same({ does: [{ does: 'block', what: 'file' }], known: { outside: 'file' } }, 'Dir.readSync', 'Dir.closeSync'),
    ...same(nothing, 'StatsBase.*', 'Stats.*', 'Dirent.*', 'ReadStream.*', 'WriteStream.*'),
  },
  stub: fsStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types; fixtures/libraries/node-fs" },
});

export const fileSystemPromises = defineLibrary({
  package: 'node:fs/promises',
  language: 'typescript',
  aliases: ['fs/promises'],
  apis: {
    ...promised,
    open: { does: [file('write')], gives: 'promise', known: { outside: 'file', leavesTurn: true } },
    watch: { does: [], known: { outside: 'file', signal: { argument: 1, option: 'signal' } } },
    'FileHandle.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { outside: 'file', leavesTurn: true },
    },
    'FileHandle.[Symbol.asyncDispose]': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { outside: 'file', leavesTurn: true },
    },
    ...same(
      nothing,
      'FileHandle.createReadStream',
      'FileHandle.createWriteStream',
      'FileHandle.readableWebStream',
      'FileHandle.readLines',
    ),
    'FileHandle.*': handle,
  },
  stub: fsPromisesStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types; fixtures/libraries/node-fs" },
});
