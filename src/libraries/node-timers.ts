/** `node:timers` and `node:timers/promises`. */
import { defineLibrary } from './library.ts';
import { timersPromisesStub, timersStub } from './stubs/node-basics.ts';
import { pause, timerRows } from './timers.ts';

export const timers = defineLibrary({
  package: 'node:timers',
  language: 'typescript',
  aliases: ['timers'],
  apis: timerRows,
  stub: timersStub,
  checked: {
    version: '@types/node 20.19',
    how: "names resolved in the package's types; fixtures/libraries/node-timers",
  },
});

export const timersPromises = defineLibrary({
  package: 'node:timers/promises',
  language: 'typescript',
  aliases: ['timers/promises'],
  apis: {
    setTimeout: pause(2),
    setImmediate: pause(1),
    setInterval: { does: [], known: { leavesTurn: true, outside: 'timer', signal: { argument: 2, option: 'signal' } } },
    'Scheduler.wait': pause(1),
    'Scheduler.yield': {
      does: [],
      gives: 'promise',
      known: { neverRejects: true, leavesTurn: true, outside: 'timer' },
    },
  },
  stub: timersPromisesStub,
  checked: {
    version: '@types/node 20.19',
    how: "names resolved in the package's types; fixtures/libraries/node-timers; run in test/libraryBehaviour.test.ts",
  },
});
