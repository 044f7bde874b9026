/** http-graceful-shutdown: on a termination signal it closes the server and waits for its requests. */
import { defineLibrary, type Effect } from './library.ts';
import { entry } from './rows.ts';
import { httpGracefulShutdownStub } from './stubs/shutdown.ts';

const hook = (option: string): Effect => ({
  does: 'register',
  handler: { argument: 1, option },
  entry: entry('signal', { instances: 'once', awaitsHandler: true, rejection: 'reported', label: option }),
});

export const httpGracefulShutdown = defineLibrary({
  package: 'http-graceful-shutdown',
  language: 'typescript',
  apis: {
    default: { does: ['preShutdown', 'onShutdown', 'finally'].map(hook), known: { drains: 0 } },
  },
  stub: httpGracefulShutdownStub,
  checked: { version: '4.0.0', how: 'fixtures/libraries/http-graceful-shutdown' },
});
