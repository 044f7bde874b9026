/** `node:util`, `node:async_hooks`, `node:domain`, `node:readline` and `node:test`. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, later, nothing, once, same, sameMembers } from './rows.ts';
import {
  asyncHooksStub,
  domainStub,
  readlinePromisesStub,
  readlineStub,
  utilStub,
  utilTypesStub,
} from './stubs/node-util.ts';

const typeTests = [
  'isPromise',
  'isAsyncFunction',
  'isGeneratorFunction',
  'isGeneratorObject',
  'isProxy',
  'isMap',
  'isSet',
  'isNativeError',
  'isTypedArray',
  'isUint8Array',
  'isAnyArrayBuffer',
  'isArrayBufferView',
  'isSharedArrayBuffer',
  'isBoxedPrimitive',
  'isArrayBuffer',
  'isDataView',
  'isDate',
  'isRegExp',
  'isWeakMap',
  'isWeakSet',
  'isMapIterator',
  'isSetIterator',
  'isModuleNamespaceObject',
  'isKeyObject',
  'isCryptoKey',
];
/** Declared in a module of their own. */
export const utilTypes = defineLibrary({
  package: 'node:util/types',
  language: 'typescript',
  aliases: ['util/types'],
  apis: same(nothing, ...typeTests),
  stub: utilTypesStub,
  checked: { version: '@types/node 20.19', how: "names resolved in the package's types" },
});

export const util = defineLibrary({
  package: 'node:util',
  language: 'typescript',
  aliases: ['util'],
  apis: {
    // The function given back calls the same one, and its call gives a promise; what that is, its type says.
    ...same(nothing, ...typeTests.map(name => `types.${name}`), 'DebugLogger()', 'debuglog()'),
    promisify: does({ does: 'give', what: { argument: 0 } }),
    callbackify: does({ does: 'give', what: { argument: 0 } }),
    deprecate: does({ does: 'give', what: { argument: 0 } }),
    aborted: {
      does: [{ does: 'wait', on: 0, for: 'event', async: true }],
      gives: 'promise',
      known: { neverRejects: true, leavesTurn: true },
    },
    ...same(
      nothing,
      'inspect',
      'format',
      'formatWithOptions',
      'inherits',
      'isDeepStrictEqual',
      'debuglog',
      'debug',
      'styleText',
      'stripVTControlCharacters',
      'toUSVString',
    ),
    ...same(
      nothing,
      'parseArgs',
      'parseEnv',
      'getSystemErrorName',
      'isArray',
      'isString',
      'isFunction',
      'isRegExp',
      'isDate',
      'isError',
      'transferableAbortController',
    ),
    ...same(nothing, 'new TextEncoder', 'new TextDecoder', 'TextEncoder.*', 'TextDecoder.*', 'new MIMEType'),
  },
  stub: utilStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-util' },
});

const inside: Api = does(
  { ...once(1, [{ argument: 2 }, { argument: 3 }]), within: { store: 'receiver', value: 0 } },
  { does: 'give', what: 'result' },
);
const apart: Api = does(
  { ...once(0, [{ argument: 1 }, { argument: 2 }]), within: { store: 'receiver' } },
  { does: 'give', what: 'result' },
);
export const asyncHooks = defineLibrary({
  package: 'node:async_hooks',
  language: 'typescript',
  aliases: ['async_hooks'],
  apis: {
    'new AsyncLocalStorage': does({ does: 'make', type: 'AsyncLocalStorage' }),
    'AsyncLocalStorage.run': inside,
    'AsyncLocalStorage.exit': apart,
    // Whether the task is inside already: what reentrancy guards ask.
    'AsyncLocalStorage.getStore': { does: [], known: { readsContext: true } },
    ...sameMembers('AsyncLocalStorage', nothing, 'enterWith', 'disable', 'snapshot'),
    'AsyncLocalStorage.bind': does({ does: 'give', what: { argument: 0 } }),
    'new AsyncResource': does({ does: 'make', type: 'AsyncResource' }),
    'AsyncResource.runInAsyncScope': does(once(0, [{ argument: 2 }, { argument: 3 }]), {
      does: 'give',
      what: 'result',
    }),
    'AsyncResource.bind': does({ does: 'give', what: { argument: 0 } }),
    ...sameMembers('AsyncResource', nothing, 'emitDestroy', 'asyncId', 'triggerAsyncId'),
    ...same(nothing, 'executionAsyncId', 'triggerAsyncId', 'executionAsyncResource', 'createHook', 'AsyncHook.*'),
  },
  stub: asyncHooksStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-util' },
});

export const domain = defineLibrary({
  package: 'node:domain',
  language: 'typescript',
  aliases: ['domain'],
  supertypes: { Domain: ['node:events#EventEmitter'] },
  apis: {
    create: does({ does: 'make', type: 'Domain' }),
    'Domain.run': does(once(0, [{ argument: 1 }, { argument: 2 }]), { does: 'give', what: 'result' }),
    ...sameMembers('Domain', does({ does: 'give', what: { argument: 0 } }), 'bind', 'intercept'),
    ...sameMembers('Domain', nothing, 'add', 'remove', 'enter', 'exit'),
  },
  stub: domainStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-util' },
});

const readlineRows = (question: Api): Library['apis'] => ({
  createInterface: {
    does: [{ does: 'make', type: 'Interface' }],
    known: { outside: 'user', resource: { what: 'stream', ends: ['close'], observedBy: ['on', 'once'] } },
  },
  'Interface.question': question,
  'Interface.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
  ...sameMembers('Interface', nothing, 'setPrompt', 'getPrompt', 'prompt', 'write', 'getCursorPos'),
  ...sameMembers('Interface', does({ does: 'give', what: 'receiver' }), 'pause', 'resume'),
});
export const readline = defineLibrary({
  package: 'node:readline',
  language: 'typescript',
  aliases: ['readline'],
  supertypes: { Interface: ['node:events#EventEmitter'] },
  apis: {
    ...readlineRows({
      does: [later(-1, ['unknown'])],
      known: { outside: 'user', signal: { argument: 1, option: 'signal' } },
    }),
    ...same(nothing, 'clearLine', 'clearScreenDown', 'cursorTo', 'moveCursor', 'emitKeypressEvents'),
  },
  stub: readlineStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-util' },
});
export const readlinePromises = defineLibrary({
  package: 'node:readline/promises',
  language: 'typescript',
  aliases: ['readline/promises'],
  supertypes: { Interface: ['node:readline#Interface'] },
  apis: readlineRows({
    does: [],
    gives: 'promise',
    known: { outside: 'user', leavesTurn: true, signal: { argument: 1, option: 'signal' } },
  }),
  stub: readlinePromisesStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-util' },
});
