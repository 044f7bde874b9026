/** hono: handlers and middleware are awaited, and their rejections are answered by the application. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, nothing, same } from './rows.ts';
import { honoStub } from './stubs/frameworks.ts';

const route = (label: string): Api =>
  does(
    {
      does: 'register',
      handler: { from: 0 },
      entry: entry('route', { label, awaitsHandler: true, rejection: 'reported', confined: [0] }),
    },
    { does: 'give', what: 'receiver' },
  );
const verbs = ['get', 'post', 'put', 'delete', 'options', 'patch', 'all', 'on', 'use'];
const routes: Library['apis'] = Object.fromEntries(
  verbs.map(verb => [`Hono.${verb}`, route(`${verb.toUpperCase()} {0}`)]),
);

export const hono = defineLibrary({
  package: 'hono',
  language: 'typescript',
  aliases: ['hono/tiny', 'hono/quick'],
  apis: {
    ...routes,
    'new Hono': does({ does: 'make', type: 'Hono' }),
    // The verbs are fields of these function types.
    ...same(route('route {0}'), 'HandlerInterface()', 'OnHandlerInterface()'),
    'MiddlewareHandlerInterface()': route('middleware {0}'),
    ...same(route('error handler'), 'Hono.onError', 'Hono.notFound'),
    ...same(does({ does: 'give', what: 'receiver' }), 'Hono.route', 'Hono.basePath', 'Hono.mount'),
    ...same(nothing, 'Hono.fire', 'Hono.fetch', 'Hono.request'),
    ...same(nothing, 'Context.json', 'Context.text', 'Context.html', 'Context.body', 'Context.redirect'),
    ...same(nothing, 'Context.header', 'Context.status', 'Context.set', 'Context.get', 'HonoRequest.*'),
  },
  stub: honoStub,
  checked: { version: '4', how: 'fixtures/libraries/hono' },
});
