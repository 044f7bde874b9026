/** The timer functions, global and of `node:timers`. */
import type { Api, Library } from './library.ts';
import { same } from './rows.ts';

/** `setTimeout(callback, delay, ...args)`. */
export const timeout: Api = {
  does: [
    {
      does: 'spawn',
      how: 'timer',
      body: 0,
      runsOn: 'event-loop',
      passes: [{ argument: 2 }, { argument: 3 }, { argument: 4 }],
    },
  ],
  known: {
    neverThrows: true,
    outside: 'timer',
    resource: { what: 'timer', ends: ['clearTimeout', 'unref', 'close'], observedBy: [] },
  },
};
/** `setInterval(callback, delay, ...args)`. */
export const interval: Api = {
  does: [
    {
      does: 'spawn',
      how: 'interval',
      body: 0,
      period: 1,
      runsOn: 'event-loop',
      passes: [{ argument: 2 }, { argument: 3 }, { argument: 4 }],
    },
  ],
  known: {
    neverThrows: true,
    outside: 'timer',
    resource: { what: 'interval', ends: ['clearInterval', 'clearTimeout', 'unref', 'close'], observedBy: [] },
  },
};
/** `clearTimeout(handle)` and its like. */
export const clear: Api = { does: [{ does: 'cancel', what: 0, how: 'clear' }], known: { neverThrows: true } };

/** The promise forms: they reject only when they are aborted. `options`: the argument that may hold a signal. */
export const pause = (options: number): Api => ({
  does: [],
  gives: 'promise',
  known: {
    neverRejects: true,
    neverThrows: true,
    leavesTurn: true,
    outside: 'timer',
    signal: { argument: options, option: 'signal' },
  },
});

/** By the names that both places have. */
export const timerRows: Library['apis'] = {
  setTimeout: timeout,
  setInterval: interval,
  setImmediate: {
    does: [
      { does: 'spawn', how: 'immediate', body: 0, runsOn: 'event-loop', passes: [{ argument: 1 }, { argument: 2 }] },
    ],
    known: { neverThrows: true, resource: { what: 'timer', ends: ['clearImmediate', 'unref'], observedBy: [] } },
  },
  ...same(clear, 'clearTimeout', 'clearInterval', 'clearImmediate'),
};
