/** NestJS: what starts an application, serves with it, and ends it. Its decorators say what the framework calls. */
import { defineLibrary, type Library } from './library.ts';
import { does, nothing, outside, same, sameMembers } from './rows.ts';
import { nestCommonStub, nestCoreStub } from './stubs/nestjs.ts';

const receiver = does({ does: 'give', what: 'receiver' });
const applications = ['INestApplication', 'INestMicroservice', 'INestApplicationContext'];
const made = { what: 'server', ends: ['close'], observedBy: [] as string[] } as const;

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

export const nestCommon = defineLibrary({
  package: '@nestjs/common',
  language: 'typescript',
  supertypes: { INestApplication: ['INestApplicationContext'], INestMicroservice: ['INestApplicationContext'] },
  apis: {
    ...rows,
    ...sameMembers('Logger', nothing, 'log', 'error', 'warn', 'debug', 'verbose', 'fatal'),
    ...same(
      nothing,
      ...['Module', 'Injectable', 'Controller', 'Inject', 'Optional', 'Global', 'Catch', 'Get', 'Post', 'Put', 'Patch'],
      ...['Delete', 'Options', 'Head', 'All', 'Param', 'Query', 'Body', 'Headers', 'Req', 'Res', 'HttpCode', 'Header'],
      ...['Redirect', 'UseGuards', 'UsePipes', 'UseInterceptors', 'UseFilters', 'SetMetadata', 'applyDecorators'],
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
