/** close-with-grace: awaits one handler on termination signals and uncaught errors, then exits. */
import { defineLibrary } from './library.ts';
import { does, entry } from './rows.ts';
import { closeWithGraceStub } from './stubs/shutdown.ts';

export const closeWithGrace = defineLibrary({
  package: 'close-with-grace',
  language: 'typescript',
  apis: {
    default: does({
      does: 'register',
      handler: -1,
      entry: entry('signal', {
        instances: 'once',
        awaitsHandler: true,
        rejection: 'reported',
        label: 'termination signals',
      }),
    }),
  },
  stub: closeWithGraceStub,
  checked: { version: '2.5.0', how: 'fixtures/libraries/close-with-grace' },
});
