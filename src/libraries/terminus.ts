/** @godaddy/terminus: on a termination signal it closes the server, waits for its requests and runs the hooks. */
import { defineLibrary, type Effect } from './library.ts';
import { entry } from './rows.ts';
import { terminusStub } from './stubs/shutdown.ts';

const hook = (option: string): Effect => ({
  does: 'register',
  handler: { argument: 1, option },
  entry: entry('signal', { instances: 'once', awaitsHandler: true, rejection: 'reported', label: option }),
});

export const terminus = defineLibrary({
  package: '@godaddy/terminus',
  language: 'typescript',
  apis: {
    createTerminus: {
      does: [...['beforeShutdown', 'onSignal', 'onShutdown'].map(hook), { does: 'give', what: { argument: 0 } }],
      known: { drains: 0 },
    },
  },
  stub: terminusStub,
  checked: { version: '4.12.1', how: 'fixtures/libraries/terminus (declarations by hand)' },
});
