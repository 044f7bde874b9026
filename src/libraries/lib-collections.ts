/** Arrays, maps, sets, weak ones, typed arrays, iterators and the object functions that walk them. */
import { type Api, defineLibrary, type Effect, type Library, type Passed } from './library.ts';
import { copying, does, each, members, nothing, same, sameMembers } from './rows.ts';

type Rows = Library['apis'];

/** What array callbacks are given: element, index, the array. */
const item: Passed[] = [{ element: 'receiver' }, 'unknown', { argument: 'receiver' }];
const compared: Passed[] = [{ element: 'receiver' }, { element: 'receiver' }];
const walk = each(0, item);
/** The callback's answer is taken as it is: a promise always holds. */
const test: Effect = { ...walk, returns: 'value' };
/** Nobody looks at what the callback returns. */
const visit: Effect = { ...walk, returns: 'ignored' };
const visits = does(visit, { does: 'give', what: 'nothing' });
const elements: Effect = { does: 'give', what: 'elements' };
const entries: Effect = { does: 'give', what: 'entries' };
const receiver: Effect = { does: 'give', what: 'receiver' };
const takeAny: Effect = { does: 'take', from: 'receiver' };
const reduce = does(each(0, ['accumulator', { element: 'receiver' }, 'unknown', { argument: 'receiver' }]), {
  does: 'give',
  what: 'result',
});
const compare: Effect = { does: 'invoke', callback: 0, when: 'now', times: 'many', passes: compared, returns: 'value' };
const pushAll = does({ does: 'put', into: 'receiver', value: { from: 0 } });

/** Whoever asks for the keys or looks for a place sees none of the elements. */
const keys: Api = { does: [], known: { onlyKeys: true } };

const arrays: Rows = {
  'Array.forEach': visits,
  ...sameMembers('Array', does(test), 'some', 'every', 'findIndex', 'findLastIndex'),
  ...sameMembers('Array', does(walk, { does: 'give', what: 'results' }), 'map', 'flatMap'),
  ...sameMembers('Array', does(test, elements), 'filter'),
  ...sameMembers('Array', does(test, { does: 'give', what: 'element' }), 'find', 'findLast'),
  ...sameMembers('Array', reduce, 'reduce', 'reduceRight'),
  ...sameMembers('Array', pushAll, 'push', 'unshift'),
  ...members('Array', {
    pop: does({ does: 'take', from: 'receiver', removes: true }),
    shift: does({ does: 'take', from: 'receiver', removes: true }),
    at: does({ does: 'take', from: 'receiver', key: 0 }),
    splice: does({ does: 'remove', from: 'receiver' }, { does: 'put', into: 'receiver', value: { from: 2 } }, elements),
    sort: does(compare, { does: 'order', of: 'receiver', comparator: 0, inPlace: true }),
    toSorted: does(compare, { does: 'order', of: 'receiver', comparator: 0 }),
    fill: does({ does: 'put', into: 'receiver', value: 0 }, receiver),
    // Joined or copied: the result holds the elements of the receiver (those of the arguments are not followed).
    concat: does(elements),
    reverse: does(receiver),
    copyWithin: does(receiver),
  }),
  'Array.slice': does({ does: 'give', what: 'rest' }),
  ...sameMembers('Array', does(elements), 'values', 'flat', 'toReversed', 'toSpliced', 'with'),
  'Array.entries': does(entries),
  ...sameMembers('Array', keys, 'keys', 'includes', 'indexOf', 'lastIndexOf'),
  ...sameMembers('Array', nothing, 'join', 'toString', 'toLocaleString'),
  ...same(does(each(1, [{ element: 0 }, 'unknown']), { does: 'give', what: 'results' }), 'Array.from'),
  ...same(nothing, 'Array.isArray', 'new Array', 'Array'),
  'Array.[Symbol.iterator]': does(receiver),
  'Array.of': does({ does: 'give', what: 'unknown' }),
};

const maps: Rows = {
  'new Map': does({ does: 'make', type: 'Map', holds: 0 }),
  'new WeakMap': does({ does: 'make', type: 'WeakMap', holds: 0 }),
  'new Set': does({ does: 'make', type: 'Set', holds: 0 }),
  'new WeakSet': does({ does: 'make', type: 'WeakSet', holds: 0 }),
  'Map.get': does({ does: 'take', from: 'receiver', key: 0 }),
  'Map.has': does({ does: 'take', from: 'receiver', key: 0, presence: true }),
  'Map.set': does({ does: 'put', into: 'receiver', value: 1, key: 0 }, receiver),
  'Map.delete': does({ does: 'remove', from: 'receiver', key: 0 }),
  'Map.getOrInsert': does(
    { does: 'put', into: 'receiver', value: 1, key: 0 },
    { does: 'take', from: 'receiver', key: 0 },
  ),
  'Set.add': does({ does: 'put', into: 'receiver', value: 0, key: 0 }, receiver),
  'Set.has': does({ does: 'take', from: 'receiver', key: 0, presence: true }),
  'Set.delete': does({ does: 'remove', from: 'receiver', key: 0 }),
  ...sameMembers('Map', does({ does: 'remove', from: 'receiver' }), 'clear'),
  ...sameMembers('Set', does({ does: 'remove', from: 'receiver' }), 'clear'),
  ...sameMembers('Map', visits, 'forEach'),
  ...sameMembers('Set', visits, 'forEach'),
  'Map.entries': does(entries),
  'Map.keys': keys,
  ...same(does(receiver), 'Map.[Symbol.iterator]', 'Set.[Symbol.iterator]'),
  ...same(does(elements), 'Map.values', 'Set.values', 'Set.keys'),
  ...sameMembers('Set', does(elements), 'union', 'intersection', 'difference', 'symmetricDifference'),
  ...sameMembers('Set', nothing, 'entries', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'),
  'Map.groupBy': does(each(1, [{ element: 0 }, 'unknown'])),
  'new WeakRef': does({ does: 'make', type: 'WeakRef' }, { does: 'put', into: 'receiver', value: 0 }),
  'WeakRef.deref': does(takeAny),
};

const iterators: Rows = {
  ...sameMembers('Iterator', does(takeAny, { does: 'give', what: 'step' }), 'next'),
  ...sameMembers('Iterator', nothing, 'return', 'throw', 'from'),
  ...sameMembers('AsyncIterator', { does: [takeAny], gives: 'promise' }, 'next'),
  ...sameMembers('AsyncIterator', { does: [], gives: 'promise' }, 'throw'),
  // Ends what is walked; what a `finally` in there does is its own affair.
  ...sameMembers('AsyncIterator', { does: [], gives: 'promise', known: { neverRejects: true } }, 'return'),
  // Iterator helpers run the callback while somebody walks the result; counted where they are made.
  ...sameMembers('IteratorObject', does(walk, { does: 'give', what: 'results' }), 'map', 'flatMap'),
  ...sameMembers('IteratorObject', does(test, elements), 'filter'),
  'IteratorObject.forEach': visits,
  ...sameMembers('IteratorObject', does(test), 'some', 'every'),
  ...sameMembers('IteratorObject', does(test, { does: 'give', what: 'element' }), 'find'),
  ...sameMembers('IteratorObject', reduce, 'reduce'),
  ...sameMembers('IteratorObject', does(elements), 'take', 'drop', 'toArray'),
};

const typedArrays = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];
const numbers: Rows = {};
for (const type of typedArrays) {
  Object.assign(
    numbers,
    sameMembers(
      type,
      does(walk),
      'forEach',
      'some',
      'every',
      'findIndex',
      'findLastIndex',
      'filter',
      'find',
      'findLast',
      'map',
    ),
  );
  Object.assign(numbers, sameMembers(type, reduce, 'reduce', 'reduceRight'));
  Object.assign(numbers, sameMembers(type, does(compare, receiver), 'sort', 'toSorted'));
  Object.assign(numbers, same(nothing, `new ${type}`, `${type}.*`));
}

export const collections = defineLibrary({
  package: 'lib',
  language: 'typescript',
  supertypes: {
    ConcatArray: ['Array'],
    WeakMap: ['Map'],
    ReadonlySetLike: ['Set'],
    WeakSet: ['Set'],
    IteratorObject: ['Iterator'],
    IterableIterator: ['IteratorObject'],
    ArrayIterator: ['IteratorObject'],
    MapIterator: ['IteratorObject'],
    SetIterator: ['IteratorObject'],
    StringIterator: ['IteratorObject'],
    RegExpStringIterator: ['IteratorObject'],
    Generator: ['IteratorObject'],
    AsyncIteratorObject: ['AsyncIterator'],
    AsyncIterableIterator: ['AsyncIterator'],
    AsyncGenerator: ['AsyncIterator'],
  },
  apis: {
    ...arrays,
    ...maps,
    ...iterators,
    ...numbers,
    'Object.values': does({ does: 'give', what: 'elements' }),
    'Object.assign': copying({ into: 0, from: 1, rest: true }),
    'Object.create': { does: [], known: { copies: { into: 'result', from: 0, descriptors: 1 } } },
    'Object.defineProperty': copying({ into: 0, member: { name: 1, descriptor: 2 } }),
    'Object.defineProperties': copying({ into: 0, descriptors: 1 }),
    'Object.setPrototypeOf': copying({ into: 0, from: 1, inherits: true }),
    'Object.fromEntries': nothing,
    ...same(does({ does: 'give', what: { argument: 0 } }), 'Object.freeze', 'Object.seal', 'Object.preventExtensions'),
    'Object.groupBy': does(each(1, [{ element: 0 }, 'unknown'])),
    'Object.entries': does(entries),
    ...sameMembers('Object', nothing, 'keys', 'is', 'isFrozen', 'isSealed', 'isExtensible', 'getPrototypeOf'),
    ...sameMembers(
      'Object',
      nothing,
      'getOwnPropertyDescriptor',
      'getOwnPropertyDescriptors',
      'getOwnPropertyNames',
      'getOwnPropertySymbols',
      'hasOwn',
    ),
    ...sameMembers(
      'Object',
      nothing,
      'hasOwnProperty',
      'isPrototypeOf',
      'propertyIsEnumerable',
      'toString',
      'toLocaleString',
      'valueOf',
    ),
    ...same(nothing, 'Object', 'new Object'),
    structuredClone: nothing,
  },
  checked: {
    version: 'typescript 6.0',
    how: "names resolved in the compiler's lib files; a call of each callback API in fixtures/libraries/lib",
  },
});
