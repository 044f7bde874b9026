/** The language's promises, micro-tasks and global timers (timers as Node and browsers have them). */
import { defineLibrary, type Api } from './library.ts';
import { later, nothing, once, same } from './rows.ts';
import { clear, interval, timeout, timerRows } from './timers.ts';

const onReceiver = (how: 'clear' | 'unref'): Api => ({
  does: [
    { does: 'cancel', what: 'receiver', how },
    { does: 'give', what: 'receiver' },
  ],
  known: { neverThrows: true },
});

export const promises = defineLibrary({
  package: 'lib',
  language: 'typescript',
  supertypes: { PromiseLike: ['Promise'], Immediate: ['Timeout'], Timer: ['Timeout'], RefCounted: ['Timeout'] },
  apis: {
    'new Promise': { does: [{ does: 'executor', callback: 0 }], gives: 'promise' },
    'Promise.then': { does: [{ does: 'chain', of: 'receiver', onFulfilled: 0, onRejected: 1 }], gives: 'promise' },
    'Promise.catch': { does: [{ does: 'chain', of: 'receiver', onRejected: 0 }], gives: 'promise' },
    'Promise.finally': { does: [{ does: 'chain', of: 'receiver', onFinally: 0 }], gives: 'promise' },
    'Promise.all': { does: [{ does: 'combine', values: 0, until: 'all' }], gives: 'promise' },
    'Promise.allSettled': {
      does: [{ does: 'combine', values: 0, until: 'settled' }],
      gives: 'promise',
      known: { neverRejects: true },
    },
    'Promise.race': { does: [{ does: 'combine', values: 0, until: 'first' }], gives: 'promise' },
    'Promise.any': { does: [{ does: 'combine', values: 0, until: 'any' }], gives: 'promise' },
    'Promise.resolve': { does: [{ does: 'settled-promise', value: 0, how: 'resolve' }], gives: 'promise' },
    'Promise.reject': { does: [{ does: 'settled-promise', value: 0, how: 'reject' }], gives: 'promise' },
    'Promise.withResolvers': { does: [{ does: 'with-resolvers' }] },
    'Promise.try': {
      does: [once(0, [{ argument: 1 }, { argument: 2 }]), { does: 'give', what: { promiseOf: 'result' } }],
      gives: 'promise',
    },
    // Node: not standard, gives the promise of an array filled from an (async) iterable.
    'Array.fromAsync': { does: [], gives: 'promise' },

    ...timerRows,
    queueMicrotask: {
      does: [{ does: 'spawn', how: 'microtask', body: 0, runsOn: 'event-loop' }],
      known: { neverThrows: true },
    },
    requestAnimationFrame: {
      does: [{ does: 'spawn', how: 'timer', body: 0, runsOn: 'event-loop', passes: ['unknown'] }],
      known: {
        neverThrows: true,
        outside: 'timer',
        resource: { what: 'timer', ends: ['cancelAnimationFrame'], observedBy: [] },
      },
    },
    requestIdleCallback: {
      does: [{ does: 'spawn', how: 'timer', body: 0, runsOn: 'event-loop', passes: ['unknown'] }],
      known: {
        neverThrows: true,
        outside: 'timer',
        resource: { what: 'timer', ends: ['cancelIdleCallback'], observedBy: [] },
      },
    },
    ...same(clear, 'cancelAnimationFrame', 'cancelIdleCallback'),
    'Timeout.[Symbol.dispose]': onReceiver('clear'),
    'Immediate.[Symbol.dispose]': onReceiver('clear'),
    'Timeout.unref': onReceiver('unref'),
    'Timeout.close': onReceiver('clear'),
    'Timeout.ref': { does: [{ does: 'give', what: 'receiver' }] },
    'Timeout.refresh': { does: [{ does: 'give', what: 'receiver' }] },
    ...same(nothing, 'Timeout.hasRef', 'Timeout.*'),
    // `window.setTimeout`: declared in the scope that windows and workers share.
    'WindowOrWorkerGlobalScope.setTimeout': timeout,
    'WindowOrWorkerGlobalScope.setInterval': interval,
    ...same(clear, 'WindowOrWorkerGlobalScope.clearTimeout', 'WindowOrWorkerGlobalScope.clearInterval'),
    reportError: nothing,
    'FinalizationRegistry.register': nothing,
    'FinalizationRegistry.unregister': nothing,
    'new FinalizationRegistry': { does: [later(0, ['unknown']), { does: 'make', type: 'FinalizationRegistry' }] },
  },
  checked: {
    version: 'typescript 6.0',
    how: "names resolved in the compiler's lib files; behaviour of promises and timers in test/libraryBehaviour.test.ts",
  },
});
