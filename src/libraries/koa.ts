/** koa: middleware is awaited, and its rejections end in the application's `error` event. */
import { emitterRows } from './emitters.ts';
import { defineLibrary } from './library.ts';
import { does, entry, later, nothing, same } from './rows.ts';
import { koaStub } from './stubs/frameworks.ts';

const middleware = entry('route', { label: 'middleware', awaitsHandler: true, rejection: 'reported', confined: [0] });

export const koa = defineLibrary({
  package: 'koa',
  language: 'typescript',
  apis: {
    ...emitterRows('Application'),
    ...same(does({ does: 'make', type: 'Application' }), 'new Application', 'new default'),
    'Application.use': does({ does: 'register', handler: 0, entry: middleware }, { does: 'give', what: 'receiver' }),
    'Application.listen': {
      does: [later({ from: 1 }), { does: 'make', type: 'node:http#Server' }],
      known: {
        serves: true,
        outside: 'network',
        resource: { what: 'server', ends: ['close'], observedBy: ['on', 'once'] },
      },
    },
    ...same(
      nothing,
      'ContextDelegatedResponse.*',
      'ContextDelegatedRequest.*',
      'Application.callback',
      'Application.toJSON',
      'Application.inspect',
      'Application.onerror',
    ),
  },
  stub: koaStub,
  checked: { version: '@types/koa 3.0', how: 'fixtures/libraries/koa' },
});
