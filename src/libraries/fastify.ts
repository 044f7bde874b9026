/** fastify: routes, hooks and plugins; it awaits handlers and reports their rejections. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, later, nothing, same, sameMembers } from './rows.ts';
import { fastifyStub } from './stubs/servers.ts';

const route = entry('route', { awaitsHandler: true, rejection: 'reported', confined: [0, 1] });
const receiver = { does: 'give', what: 'receiver' } as const;

const routes: Library['apis'] = Object.fromEntries(
  ['get', 'head', 'post', 'put', 'delete', 'options', 'patch', 'all'].map((verb): [string, Api] => [
    `FastifyInstance.${verb}`,
    does(
      { does: 'register', handler: -1, entry: { ...route, label: `${verb.toUpperCase()} {0}` } },
      {
        does: 'register',
        handler: { argument: 1, option: 'handler' },
        entry: { ...route, label: `${verb.toUpperCase()} {0}` },
      },
      ...['onRequest', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse'].map(
        option =>
          ({
            does: 'register',
            handler: { argument: 1, option },
            entry: { ...route, trigger: 'hook', label: option },
          }) as const,
      ),
      receiver,
    ),
  ]),
);
const hook = entry('hook', { awaitsHandler: true, rejection: 'reported', confined: [0, 1] });

export const fastify = defineLibrary({
  package: 'fastify',
  language: 'typescript',
  apis: {
    default: {
      does: [{ does: 'make', type: 'FastifyInstance' }],
      // Thenable (its start-up), and nobody need await it.
      gives: 'safe',
      known: { resource: { what: 'server', ends: ['close'], observedBy: [] } },
    },
    ...same(
      {
        does: [{ does: 'make', type: 'FastifyInstance' }],
        gives: 'safe',
        known: { resource: { what: 'server', ends: ['close'], observedBy: [] } },
      },
      'fastify',
    ),
    ...routes,
    'FastifyInstance.route': does(
      { does: 'register', handler: { argument: 0, option: 'handler' }, entry: { ...route, label: 'route' } },
      ...['onRequest', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse'].map(
        option => ({ does: 'register', handler: { argument: 0, option }, entry: { ...hook, label: option } }) as const,
      ),
      receiver,
    ),
    'FastifyInstance.addHook': does({ does: 'register', handler: 1, entry: { ...hook, label: '{0} hook' } }, receiver),
    ...sameMembers(
      'FastifyInstance',
      does({ does: 'register', handler: -1, entry: { ...route, label: 'error handler' } }, receiver),
      'setErrorHandler',
      'setNotFoundHandler',
    ),
    // A plugin runs once, at start-up, before the server listens; it is awaited.
    'FastifyInstance.register': {
      does: [
        {
          does: 'invoke',
          callback: 0,
          when: 'later',
          times: 'once',
          awaits: true,
          passes: [{ argument: 'receiver' }, { argument: 1 }],
        },
        receiver,
      ],
      gives: 'safe',
    },
    'FastifyRegister()': {
      does: [
        {
          does: 'invoke',
          callback: 0,
          when: 'later',
          times: 'once',
          awaits: true,
          passes: [{ argument: 'receiver' }, { argument: 1 }],
        },
      ],
      gives: 'safe',
    },
    ...sameMembers('FastifyInstance', { does: [later(-1, ['unknown']), receiver], gives: 'safe' }, 'after', 'ready'),
    'FastifyInstance.listen': {
      does: [later(-1, ['unknown', 'unknown'])],
      gives: 'promise',
      known: { serves: true, outside: 'network', leavesTurn: true },
    },
    'FastifyInstance.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }, later(0)],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    'FastifyInstance.inject': {
      does: [later(1, ['unknown', 'unknown'])],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    ...sameMembers(
      'FastifyInstance',
      does(receiver),
      'decorate',
      'decorateRequest',
      'decorateReply',
      'addSchema',
      'setValidatorCompiler',
      'setSerializerCompiler',
      'setSchemaErrorFormatter',
      'setReplySerializer',
      'addContentTypeParser',
      'removeAllContentTypeParsers',
      'withTypeProvider',
      'setGenReqId',
    ),
    ...sameMembers(
      'FastifyInstance',
      nothing,
      'hasDecorator',
      'hasRequestDecorator',
      'hasReplyDecorator',
      'hasPlugin',
      'hasRoute',
      'findRoute',
      'hasContentTypeParser',
      'getSchema',
      'getSchemas',
      'printRoutes',
      'printPlugins',
      'addresses',
      'routing',
      'getDecorator',
    ),
    // Thenables that own their errors: the framework waits for the reply by itself.
    'FastifyReply.send': { does: [receiver], gives: 'safe', known: { outside: 'network' } },
    ...sameMembers(
      'FastifyReply',
      { does: [receiver], gives: 'safe' },
      'code',
      'status',
      'header',
      'headers',
      'type',
      'redirect',
      'hijack',
      'removeHeader',
      'serializer',
      'callNotFound',
      'trailer',
      'removeTrailer',
    ),
    ...sameMembers(
      'FastifyReply',
      nothing,
      'getHeader',
      'getHeaders',
      'hasHeader',
      'hasTrailer',
      'serialize',
      'getResponseTime',
      'getSerializationFunction',
      'compileSerializationSchema',
      'serializeInput',
      'getDecorator',
      'writeEarlyHints',
    ),
    'FastifyReply.then': does({ does: 'chain', of: 'receiver', onFulfilled: 0, onRejected: 1 }),
    ...sameMembers(
      'FastifyRequest',
      nothing,
      'getValidationFunction',
      'compileValidationSchema',
      'validateInput',
      'getDecorator',
      'setDecorator',
    ),
    ...same(nothing, 'FastifyBaseLogger.*'),
  },
  // A plugin that gives a promise is waited for, however it is declared.
  waitedFor: ['FastifyPluginCallback'],
  stub: fastifyStub,
  checked: { version: '5.12.8', how: 'fixtures/libraries/fastify' },
});
