/** redlock: locks in Redis, held for a time. */
import { defineLibrary, type Effect, type WaitRule } from './library.ts';
import { does } from './rows.ts';
import { redlockStub } from './stubs/locks.ts';

/** Ten tries unless told otherwise; -1 tries for ever. */
const wait: WaitRule = {
  default: 'bounded',
  options: [
    { at: { argument: 2, option: 'retryCount' }, equals: '-1', wait: 'endless' },
    { at: { argument: 2, option: 'retryCount' }, equals: '0', wait: 'try' },
  ],
};
// All keys are taken by one script, at once.
const taking = { lock: 'receiver', key: 0, keysAre: 'batch', wait, failure: 'throws' } as const;
const using: Effect = { does: 'run-locked', ...taking, callback: -1, passes: ['signal'], freesEarly: 1, async: true };

export const redlock = defineLibrary({
  package: 'redlock',
  language: 'typescript',
  locks: {
    Redlock: {
      library: 'redlock',
      capacity: { kind: 'exactly', n: 1 },
      endlessWhen: { argument: 1, option: 'retryCount', equals: '-1' },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'other',
      ownerChecked: true,
      reach: 'store',
      lease: true,
      keyed: true,
      limiter: false,
    },
  },
  supertypes: { Redlock: ['node:events#EventEmitter'] },
  apis: {
    'new Redlock': does({ does: 'make', type: 'Redlock' }),
    'Redlock.using': { does: [using], gives: 'promise', known: { outside: 'network', leavesTurn: true } },
    'Redlock.acquire': {
      does: [{ does: 'acquire', ...taking, async: true, gives: 'token', releasedBy: ['release'] }],
      gives: 'promise',
      known: { outside: 'network', leavesTurn: true },
    },
    'Redlock.release': {
      does: [{ does: 'release', token: 0, async: true }],
      gives: 'promise',
      known: { outside: 'network', leavesTurn: true },
    },
    'Lock.release': {
      does: [{ does: 'release', token: 'receiver', async: true }],
      gives: 'promise',
      known: { outside: 'network', leavesTurn: true },
    },
    'Redlock.extend': { does: [], gives: 'promise', known: { outside: 'network', leavesTurn: true } },
    'Lock.extend': { does: [], gives: 'promise', known: { outside: 'network', leavesTurn: true } },
    'Redlock.quit': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { outside: 'network', leavesTurn: true },
    },
  },
  stub: redlockStub,
  checked: { version: '5.0.0-beta.2', how: 'fixtures/libraries/redlock (types only: it needs a server)' },
});
