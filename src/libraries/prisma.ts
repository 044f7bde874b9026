/**
 * Prisma: the client is generated for each project, and every query of it is a promise that runs nothing before it is
 * awaited. What the client's models are called, only the project knows: their queries are known by their type.
 */
import { defineLibrary, type Api, type Effect } from './library.ts';
import { does, nothing, outside, sameMembers } from './rows.ts';
import { sqlLockKinds } from './sqlKinds.ts';
import { prismaStub } from './stubs/prisma.ts';

const database = outside('database');
const query: Api = { does: [], gives: 'lazy', known: { outside: 'database', builder: 'chain' } };

const raw = ['$queryRaw', '$queryRawUnsafe', '$executeRaw', '$executeRawUnsafe'];
/** Outside of a transaction each statement is sent over any connection of the pool, and locks nothing for longer. */
const sql: Effect = {
  does: 'query',
  text: [0],
  values: [{ from: 1 }],
  session: 'receiver',
  sessionIf: { isNot: ['PrismaClient'], givenOrOf: [] },
  answer: 'list',
  locks: '@prisma/client',
};

export const prisma = defineLibrary({
  package: '@prisma/client',
  language: 'typescript',
  worksOutside: true,
  aliases: ['.prisma/client', '@prisma/client/runtime/client', '@prisma/client/runtime/library'],
  locks: sqlLockKinds('the database'),
  lazy: ['PrismaPromise'],
  apis: {
    'new PrismaClient': {
      does: [{ does: 'make', type: 'PrismaClient' }],
      known: { resource: { what: 'connection', ends: ['$disconnect'], observedBy: ['$on'] } },
    },
    'PrismaClient.$connect': database,
    'PrismaClient.$disconnect': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: { outside: 'database', leavesTurn: true },
    },
    // Queries in an array, which it runs; or a function with a client of its own, which is awaited.
    'PrismaClient.$transaction': {
      does: [
        { does: 'own', promises: [0] },
        {
          does: 'invoke',
          callback: 0,
          when: 'now',
          times: 'once',
          awaits: true,
          passes: [{ fresh: 'PrismaClient' }],
          endsSession: true,
        },
      ],
      gives: 'promise',
      known: { outside: 'database', leavesTurn: true },
    },
    'PrismaClient.$on': does({ does: 'listen', on: 'receiver', event: 0, callback: 1 }),
    'PrismaClient.$extends': does({ does: 'give', what: 'receiver' }),
    ...sameMembers('PrismaClient', { ...query, does: [sql] }, ...raw),
    'ModelDelegate.*': query,
    'PrismaClient.$use': nothing,
  },
  stub: prismaStub,
  checked: { version: '7.10.0', how: 'fixtures/libraries/prisma (the types of its runtime: a client is generated)' },
});
