/** NestJS: what starts an application, serves with it, and ends it. Its decorators say what the framework calls. */
import { defineLibrary, type Api, type Effect, type Library } from './library.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { nestCommonStub, nestCoreStub, nestScheduleStub } from './stubs/nestjs.ts';

const receiver = does({ does: 'give', what: 'receiver' });
const applications = ['INestApplication', 'INestMicroservice', 'INestApplicationContext'];
const made = { what: 'server', ends: ['close'], observedBy: [] as string[] } as const;

/** Handlers of requests: what they are given belongs to one of them. */
const CONFINED = [0, 1, 2, 3, 4, 5, 6, 7];
const awaited = { awaitsHandler: true, rejection: 'reported' } as const;
const route = (method: string): Api =>
  does({
    does: 'register',
    handler: 0,
    entry: entry('route', { ...awaited, label: `${method} {0}`, confined: CONFINED }),
  });
const routes: Library['apis'] = Object.fromEntries(
  ['Get', 'Post', 'Put', 'Patch', 'Delete', 'Options', 'Head', 'All', 'Search', 'Sse'].map(name => [
    `${name}()`,
    route(name.toUpperCase()),
  ]),
);

/** Members that the framework runs once each, when the application starts and when it ends, and waits for. */
const hook = (option: string, event: 'start' | 'end'): Effect => ({
  does: 'register',
  handler: { argument: 0, option },
  entry: entry(event === 'start' ? 'main' : 'hook', { ...awaited, instances: 'once', label: option, event }),
});
/** A provider, controller or module: one object, made by the framework. */
const provider = does(
  hook('onModuleInit', 'start'),
  hook('onApplicationBootstrap', 'start'),
  hook('onModuleDestroy', 'end'),
  hook('beforeApplicationShutdown', 'end'),
  hook('onApplicationShutdown', 'end'),
);

const rows: Library['apis'] = {
  ...sameMembers(
    'INestApplication',
    { does: [], gives: 'promise', known: { serves: true, leavesTurn: true } },
    'listen',
    'startAllMicroservices',
  ),
  'INestMicroservice.listen': { does: [], gives: 'promise', known: { serves: true, leavesTurn: true } },
  ...same(
    {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    ...applications.map(type => `${type}.close`),
  ),
  // SIGTERM and the others then close the application and await the hooks of its providers.
  'INestApplicationContext.enableShutdownHooks': {
    does: [{ does: 'give', what: 'receiver' }],
    known: { drains: 'receiver' },
  },
  ...sameMembers('INestApplicationContext', { does: [], gives: 'promise' }, 'init', 'resolve'),
  ...sameMembers('INestApplicationContext', nothing, 'get', 'select', 'useLogger', 'flushLogs'),
  ...sameMembers('INestApplication', receiver, 'use', 'setGlobalPrefix', 'enableVersioning', 'useWebSocketAdapter'),
  ...sameMembers('INestApplication', receiver, 'useGlobalFilters', 'useGlobalPipes', 'useGlobalInterceptors'),
  ...sameMembers('INestApplication', receiver, 'useGlobalGuards'),
  ...sameMembers('INestApplication', nothing, 'enableCors', 'getHttpServer', 'getHttpAdapter', 'getMicroservices'),
  'INestApplication.getUrl': { does: [], gives: 'promise' },
  'INestApplication.connectMicroservice': does({ does: 'make', type: 'INestMicroservice' }),
};

/** Decorators that tell the framework something, and run nothing: made, and put on. */
const decorators = [
  ...['Inject', 'Optional', 'Global', 'Param', 'Query', 'Body', 'Headers', 'Req', 'Res', 'HttpCode', 'Header'],
  ...['Redirect', 'UseGuards', 'UsePipes', 'UseInterceptors', 'UseFilters', 'SetMetadata'],
];

export const nestCommon = defineLibrary({
  package: '@nestjs/common',
  language: 'typescript',
  supertypes: { INestApplication: ['INestApplicationContext'], INestMicroservice: ['INestApplicationContext'] },
  apis: {
    ...rows,
    ...routes,
    ...same(provider, 'Injectable()', 'Controller()', 'Module()', 'Catch()'),
    ...sameMembers('Logger', nothing, 'log', 'error', 'warn', 'debug', 'verbose', 'fatal'),
    ...same(
      nothing,
      ...decorators.flatMap(name => [name, `${name}()`]),
      ...['Module', 'Injectable', 'Controller', 'Catch', 'Get', 'Post', 'Put', 'Patch', 'Delete', 'Options', 'Head'],
      ...['All', 'Search', 'Sse', 'applyDecorators'],
      ...['forwardRef', 'createParamDecorator', 'new Logger', 'new ValidationPipe'],
    ),
  },
  stub: nestCommonStub,
  checked: { version: '11.2.10', how: 'fixtures/libraries/nestjs' },
});

export const nestCore = defineLibrary({
  package: '@nestjs/core',
  language: 'typescript',
  apis: {
    'NestFactoryStatic.create': {
      does: [{ does: 'make', type: '@nestjs/common#INestApplication' }],
      gives: 'promise',
      known: { resource: { ...made, ends: ['close'] } },
    },
    'NestFactoryStatic.createMicroservice': {
      does: [{ does: 'make', type: '@nestjs/common#INestMicroservice' }],
      gives: 'promise',
      known: { resource: { ...made, ends: ['close'] } },
    },
    'NestFactoryStatic.createApplicationContext': outside('process'),
  },
  stub: nestCoreStub,
  checked: { version: '11.2.10', how: 'fixtures/libraries/nestjs' },
});

/** What it runs it catches: an error is logged. It does not wait for one run before it starts the next. */
const scheduled = (name: string): Api =>
  does({ does: 'register', handler: 0, entry: entry('interval', { ...awaited, label: `${name} {0}` }) });

export const nestSchedule = defineLibrary({
  package: '@nestjs/schedule',
  language: 'typescript',
  apis: {
    'Cron()': scheduled('cron'),
    'Interval()': scheduled('interval'),
    'Timeout()': does({
      does: 'register',
      handler: 0,
      entry: entry('timer', { ...awaited, instances: 'once', label: 'timeout {0}' }),
    }),
    ...same(nothing, 'Cron', 'Interval', 'Timeout', 'ScheduleModule.forRoot', 'ScheduleModule.forRootAsync'),
  },
  stub: nestScheduleStub,
  checked: { version: '6.1.3', how: 'fixtures/libraries/nestjs' },
});
