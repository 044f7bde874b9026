/** express 4 and 5: routes and middleware. Version 5 awaits handlers and reports their rejections, 4 does neither. */
import { defineLibrary, type Api, type Arg, type Library } from './library.ts';
import { does, entry, later, nothing, same, sameMembers } from './rows.ts';
import { expressStub } from './stubs/servers.ts';

const verbs = ['get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'all'];
/** (req, res, next): request and response belong to one activation. */
const route = (label: string, from: number): Api[] => {
  const handler: Arg = { from };
  const trigger = entry('route', { label, confined: [0, 1] });
  return [
    {
      does: [
        { does: 'register', handler, entry: { ...trigger, awaitsHandler: true, rejection: 'reported' } },
        { does: 'give', what: 'receiver' },
      ],
      versions: '>=5',
    },
    {
      does: [
        { does: 'register', handler, entry: trigger },
        { does: 'give', what: 'receiver' },
      ],
      versions: '<5',
    },
  ];
};

const routing: Library['apis'] = {};
for (const type of ['Application', 'IRouter', 'Router', 'Express']) {
  for (const verb of verbs) routing[`${type}.${verb}`] = route(`${verb.toUpperCase()} {0}`, 1);
  routing[`${type}.use`] = route('middleware {0}', 0);
  routing[`${type}.param`] = route('parameter {0}', 1);
}
for (const verb of verbs) routing[`IRoute.${verb}`] = route(verb.toUpperCase(), 0);

const rows: Library['apis'] = {
  ...routing,
  'IRouterMatcher()': route('route {0}', 1),
  'IRouterHandler()': route('route', 0),
  'Application.listen': {
    does: [later({ from: 0 }), { does: 'make', type: 'node:http#Server' }],
    known: {
      serves: true,
      outside: 'network',
      resource: { what: 'server', ends: ['close', 'closeAllConnections'], observedBy: ['on', 'once'] },
    },
  },
  ...same(nothing, 'IRouter.route', 'Router.route', 'Application.route'),
  ...sameMembers(
    'Application',
    nothing,
    'set',
    'enable',
    'disable',
    'enabled',
    'disabled',
    'engine',
    'path',
    'init',
    'defaultConfiguration',
  ),
  'Application.render': does({
    does: 'invoke',
    callback: -1,
    when: 'later',
    times: 'once',
    passes: ['unknown', 'unknown'],
  }),
  ...sameMembers(
    'Response',
    { does: [], known: { outside: 'network' } },
    'send',
    'json',
    'jsonp',
    'sendStatus',
    'redirect',
    'render',
  ),
  ...sameMembers(
    'Response',
    { does: [later({ from: 1 }, ['unknown'])], known: { outside: 'network' } },
    'sendFile',
    'download',
  ),
  ...sameMembers(
    'Response',
    does({ does: 'give', what: 'receiver' }),
    'status',
    'set',
    'header',
    'type',
    'contentType',
    'cookie',
    'clearCookie',
    'location',
    'links',
    'vary',
    'append',
    'attachment',
  ),
  ...sameMembers('Response', nothing, 'get', 'format'),
  ...sameMembers(
    'Request',
    nothing,
    'get',
    'header',
    'accepts',
    'acceptsCharsets',
    'acceptsEncodings',
    'acceptsLanguages',
    'is',
    'range',
    'param',
  ),
  // Hands the request on to the next handler, which was registered by itself.
  'NextFunction()': nothing,
};

export const express = defineLibrary({
  package: 'express',
  language: 'typescript',
  supertypes: {
    Express: ['Application'],
    Router: ['IRouter'],
    Application: ['IRouter', 'node:events#EventEmitter'],
    Response: ['node:http#ServerResponse'],
    Request: ['node:http#IncomingMessage'],
  },
  apis: {
    ...rows,
    default: does({ does: 'make', type: 'Application' }),
    Router: does({ does: 'make', type: 'Router' }),
    ...same(nothing, 'json', 'urlencoded', 'raw', 'text', 'static'),
  },
  stub: expressStub,
  checked: { version: '5.3.0', how: 'fixtures/libraries/express' },
});

/** Where @types/express declares the types; its versions go with those of express. */
export const expressCore = defineLibrary({
  package: 'express-serve-static-core',
  language: 'typescript',
  versionsOf: 'express',
  supertypes: {
    Express: ['Application'],
    Router: ['IRouter'],
    Application: ['IRouter', 'node:events#EventEmitter'],
    Response: ['node:http#ServerResponse'],
    Request: ['node:http#IncomingMessage'],
  },
  apis: rows,
});
