/** A table with one API per effect, for a package `x` that is not installed. */
import { defineLibrary } from '../../src/libraries/library.ts';

export const effectTable = defineLibrary({
  package: 'x',
  language: 'typescript',
  locks: {
    Lock: {
      library: 'x',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      ownerChecked: false,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: false,
    },
  },
  apis: {
    'new Lock': { does: [{ does: 'make', type: 'Lock' }] },
    'Lock.take': { does: [{ does: 'acquire', lock: 'receiver', async: true, gives: 'token' }] },
    'Lock.takeNow': { does: [{ does: 'acquire', lock: 'receiver', async: false, gives: 'boolean', wait: 'try' }] },
    'Lock.pair': {
      does: [{ does: 'acquire', lock: 'receiver', mode: 'permit', units: 0, async: true, gives: 'value-and-token' }],
    },
    'Lock.object': {
      does: [
        {
          does: 'acquire',
          lock: 'receiver',
          key: 0,
          keysAre: 'batch',
          async: true,
          gives: 'token',
          releasedBy: ['release'],
        },
      ],
    },
    'Lock.free': { does: [{ does: 'release', lock: 'receiver' }] },
    'Lock.giveBack': { does: [{ does: 'release', token: 0, async: true }], gives: 'promise' },
    'Lock.query': {
      does: [{ does: 'acquire', lock: 'receiver', mode: 'permit', async: true, gives: 'nothing', heldFor: 'call' }],
      gives: 'promise',
    },
    'Lock.run': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          callback: -1,
          mode: {
            default: 'exclusive',
            options: [{ at: { argument: 0, option: 'mode' }, equals: 'shared', mode: 'shared' }],
          },
          wait: {
            default: 'endless',
            options: [
              { at: { argument: 0, option: 'now' }, equals: 'true', wait: 'try' },
              { at: { argument: 0, option: 'timeout' }, wait: 'bounded' },
            ],
          },
          failure: 'runs-with-null',
          passes: ['lock'],
          async: true,
        },
      ],
    },
    'Lock.keyed': {
      does: [
        {
          does: 'run-locked',
          lock: 'receiver',
          key: 0,
          keysAre: 'one-by-one',
          callback: 1,
          passes: ['done'],
          doneWhenDeclared: true,
          async: true,
        },
      ],
    },
    'Lock.runNow': {
      does: [{ does: 'run-locked', lock: 'receiver', callback: 0, passes: [{ argument: 1 }], async: false }],
    },
    'Lock.untilFree': { does: [{ does: 'wait', on: 'receiver', for: 'unlock', async: true }] },
    bounded: { does: [{ does: 'view', of: 0, wait: 'bounded' }] },
    notify: { does: [{ does: 'notify', on: 0, how: 'notify' }] },
    mapAll: {
      does: [
        {
          does: 'invoke',
          callback: 1,
          when: 'now',
          times: 'each',
          awaits: true,
          parallel: true,
          bound: { argument: 2, option: 'concurrency' },
          passes: [{ element: 0 }],
        },
        { does: 'give', what: { promiseOf: 'results' } },
      ],
    },
    later: { does: [{ does: 'invoke', callback: 0, when: 'later', times: 'once', passes: [{ argument: 1 }] }] },
    laterAwaited: { does: [{ does: 'invoke', callback: 0, when: 'later', times: 'once', awaits: true }] },
    again: { does: [{ does: 'invoke', callback: { argument: 0, option: 'pull' }, when: 'later', times: 'many' }] },
    handle: {
      does: [
        {
          does: 'register',
          handler: { from: 1 },
          entry: {
            trigger: 'route',
            label: 'GET {0}',
            instances: 'many',
            evidence: 'framework',
            awaitsHandler: false,
            rejection: 'lost',
            confined: [0],
            runsOn: 'event-loop',
          },
        },
      ],
    },
    read: {
      does: [
        { does: 'touch', store: 'file', key: 0, mode: 'read' },
        { does: 'block', what: 'file' },
      ],
      known: { outside: 'file' },
    },
    keep: { does: [{ does: 'own', promises: [0] }] },
    fresh: {
      does: [
        { does: 'invoke', callback: 0, when: 'now', times: 'once', passes: [{ fresh: 'Socket' }, 'unknown'] },
        { does: 'give', what: 'result' },
      ],
    },
    thread: {
      does: [
        { does: 'make', type: 'Thread' },
        { does: 'spawn', how: 'thread', runsOn: 'thread' },
      ],
    },
  },
});
