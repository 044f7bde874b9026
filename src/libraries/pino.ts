/** pino: the logger of fastify and others; writes without waiting. */
import { defineLibrary } from './library.ts';
import { nothing, same } from './rows.ts';
import { pinoStub } from './stubs/servers.ts';

export const pino = defineLibrary({
  package: 'pino',
  language: 'typescript',
  supertypes: {
    Logger: ['BaseLogger', 'LoggerExtras', 'node:events#EventEmitter'],
    LoggerExtras: ['node:events#EventEmitter'],
  },
  apis: same(
    nothing,
    'default',
    'pino',
    'LogFn()',
    'BaseLogger.*',
    'LoggerExtras.*',
    'destination',
    'transport',
    'multistream',
  ),
  stub: pinoStub,
  checked: { version: '10.4.0', how: "names resolved in the package's types" },
});
