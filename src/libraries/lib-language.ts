/** Functions as values, reflection, atomics, and the many built-ins that do nothing that matters to concurrency. */
import { defineLibrary } from './library.ts';
import { copying, does, nothing, same, sameMembers } from './rows.ts';

/** Values and namespaces whose members are plain computation. */
const harmless = [
  'Math',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'Date',
  'RegExp',
  'Error',
  'JSON',
  'DataView',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'String',
];
const intl = [
  'NumberFormat',
  'DateTimeFormat',
  'Collator',
  'PluralRules',
  'RelativeTimeFormat',
  'ListFormat',
  'Segmenter',
  'DisplayNames',
  'Locale',
  'DurationFormat',
];
const errors = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'SuppressedError',
];

export const language = defineLibrary({
  package: 'lib',
  language: 'typescript',
  supertypes: Object.fromEntries(errors.slice(1).map(name => [name, ['Error']])),
  apis: {
    'Function.bind': does({ does: 'bind', callee: 'receiver', self: 0, from: 1 }),
    'Function.call': does({ does: 'call', callee: 'receiver', self: 0, from: 1 }),
    'Function.apply': does({ does: 'call', callee: 'receiver', self: 0, from: 1, spread: true }),
    ...same(nothing, 'Function.toString', 'new Function', 'Function'),
    'Reflect.apply': does({ does: 'call', callee: 0, self: 1, from: 2, spread: true }),
    ...sameMembers('Reflect', nothing, 'get', 'set', 'has', 'ownKeys', 'deleteProperty', 'getPrototypeOf'),
    'Reflect.setPrototypeOf': copying({ into: 0, from: 1, inherits: true }),
    'Reflect.defineProperty': copying({ into: 0, member: { name: 1, descriptor: 2 } }),
    ...sameMembers('Reflect', nothing, 'getOwnPropertyDescriptor', 'isExtensible', 'preventExtensions'),

    'Atomics.wait': { does: [{ does: 'block', what: 'wait' }] },
    'Atomics.waitAsync': nothing,
    'Atomics.notify': nothing,
    ...sameMembers(
      'Atomics',
      nothing,
      'add',
      'and',
      'compareExchange',
      'exchange',
      'isLockFree',
      'load',
      'or',
      'store',
      'sub',
      'xor',
      'pause',
    ),

    'String.replace': does({ does: 'invoke', callback: 1, when: 'now', times: 'many', passes: ['unknown'] }),
    'String.replaceAll': does({ does: 'invoke', callback: 1, when: 'now', times: 'many', passes: ['unknown'] }),
    'Math.min': does({ does: 'give', what: 'least' }),
    'Math.max': does({ does: 'give', what: 'greatest' }),
    'JSON.parse': {
      does: [{ does: 'invoke', callback: 1, when: 'now', times: 'many', passes: ['unknown', 'unknown'] }],
      known: { raises: true },
    },
    'JSON.stringify': does({ does: 'invoke', callback: 1, when: 'now', times: 'many', passes: ['unknown', 'unknown'] }),
    ...same(nothing, ...harmless.map(type => `${type}.*`)),
    ...same(
      nothing,
      ...harmless.filter(type => type !== 'Math' && type !== 'JSON').flatMap(type => [type, `new ${type}`]),
    ),
    ...same(nothing, ...errors.flatMap(name => [name, `new ${name}`])),
    ...same(nothing, ...intl.flatMap(name => [`new ${name}`, `${name}.*`])),
    ...same(nothing, 'Intl.getCanonicalLocales', 'Intl.supportedValuesOf'),
    ...same({ does: [], known: { raises: true } }, 'decodeURIComponent', 'decodeURI'),
    ...same(nothing, 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'eval'),
    ...same(nothing, 'encodeURIComponent', 'encodeURI', 'escape', 'unescape', 'atob', 'btoa'),

    // Explicit resource management: what is registered is called when the stack is disposed.
    'new DisposableStack': does({ does: 'make', type: 'DisposableStack' }),
    'new AsyncDisposableStack': does({ does: 'make', type: 'AsyncDisposableStack' }),
    'DisposableStack.use': does({ does: 'put', into: 'receiver', value: 0 }, { does: 'give', what: { argument: 0 } }),
    'DisposableStack.adopt': does(
      { does: 'invoke', callback: 1, when: 'later', times: 'once', passes: [{ argument: 0 }] },
      { does: 'give', what: { argument: 0 } },
    ),
    'DisposableStack.defer': does({ does: 'invoke', callback: 0, when: 'later', times: 'once' }),
    'DisposableStack.move': does({ does: 'give', what: 'receiver' }),
    ...sameMembers('DisposableStack', nothing, 'dispose', '[Symbol.dispose]'),
    'AsyncDisposableStack.use': does(
      { does: 'put', into: 'receiver', value: 0 },
      { does: 'give', what: { argument: 0 } },
    ),
    'AsyncDisposableStack.adopt': does(
      { does: 'invoke', callback: 1, when: 'later', times: 'once', returns: 'taken', passes: [{ argument: 0 }] },
      { does: 'give', what: { argument: 0 } },
    ),
    // Awaited by whoever disposes of the stack, the last one first.
    'AsyncDisposableStack.defer': does({ does: 'invoke', callback: 0, when: 'later', times: 'once', returns: 'taken' }),
    'AsyncDisposableStack.move': does({ does: 'give', what: 'receiver' }),
    ...sameMembers('AsyncDisposableStack', { does: [], gives: 'promise' }, 'disposeAsync', '[Symbol.asyncDispose]'),
    // Loads a module: it may fail, and takes its time.
    import: { does: [], gives: 'promise', known: { outside: 'file', leavesTurn: true } },
    'Reflect.construct': nothing,
    'new Proxy': does({ does: 'give', what: { argument: 0 } }),
    ...same(nothing, 'Console.*'),
  },
  checked: { version: 'typescript 6.0', how: "names resolved in the compiler's lib files" },
});
