/** pg: a pool of connections is a semaphore; queries through the pool take a unit for their own time. */
import { defineLibrary, type Api } from './library.ts';
import { does, later, nothing, same } from './rows.ts';
import { sendsSql, sqlLockKinds } from './sqlKinds.ts';
import { pgStub } from './stubs/databases.ts';

/** What bounds every query of a pool or client. */
const limits = [
  { argument: 0, option: 'query_timeout' },
  { argument: 0, option: 'statement_timeout' },
];
const database = { outside: 'database', leavesTurn: true } as const;
const sql = sendsSql('pg', 'text', 'rows');
// The object may be a pool behind a type that both have (`Pick<PoolClient, 'query'>`).
const query: Api = {
  does: [sql, later(-1, ['unknown', 'unknown'])],
  gives: 'promise',
  known: { ...database, takesUnit: true, timeouts: [{ argument: 0, option: 'query_timeout' }], endless: true },
};
const end: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }, later(0)],
  gives: 'promise',
  known: database,
};
/** Its promise is resolved when the connection has ended, however it does. */
const ended: Api = {
  ...end,
  known: { ...database, neverRejects: true },
  does: [{ does: 'end-session', session: 'receiver', whole: true }, ...end.does],
};

export const pg = defineLibrary({
  package: 'pg',
  language: 'typescript',
  worksOutside: true,
  aliases: ['pg-pool'],
  locks: {
    Pool: {
      library: 'pg',
      // When `max` is left out.
      capacity: { kind: 'exactly', n: 10 },
      capacityArgument: { argument: 0, option: 'max' },
      timeoutArgument: { argument: 0, option: 'connectionTimeoutMillis' },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      ownerChecked: true,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: true,
    },
    ...sqlLockKinds('PostgreSQL'),
  },
  supertypes: {
    Pool: ['node:events#EventEmitter'],
    ClientBase: ['node:events#EventEmitter'],
    Client: ['ClientBase'],
    PoolClient: ['Client'],
    Query: ['node:events#EventEmitter'],
  },
  apis: {
    'new Pool': {
      does: [{ does: 'make', type: 'Pool' }],
      known: { timeouts: limits, resource: { what: 'connection', ends: ['end'], observedBy: ['on'] } },
    },
    'new Client': {
      does: [{ does: 'make', type: 'Client' }],
      known: { timeouts: limits, resource: { what: 'connection', ends: ['end'], observedBy: ['on'] } },
    },
    'Pool.connect': {
      does: [
        {
          does: 'acquire',
          lock: 'receiver',
          mode: 'permit',
          async: true,
          failure: 'throws',
          gives: 'token',
          releasedBy: ['release'],
        },
        { does: 'invoke', callback: 0, when: 'later', times: 'once', passes: ['unknown', 'token', 'token'] },
      ],
      gives: 'promise',
      known: database,
    },
    'Pool.query': {
      does: [
        {
          does: 'acquire',
          lock: 'receiver',
          mode: 'permit',
          async: true,
          failure: 'throws',
          gives: 'nothing',
          heldFor: 'call',
        },
        later(-1, ['unknown', 'unknown']),
      ],
      gives: 'promise',
      known: { ...database, timeouts: [{ argument: 0, option: 'query_timeout' }], endless: true },
    },
    'Pool.end': end,
    // With an error, or true, the connection is closed and not used again.
    'PoolClient.release': does(
      { does: 'end-session', session: 'receiver', whole: 0 },
      { does: 'release', token: 'receiver' },
    ),
    'ClientBase.query': query,
    'ClientBase.connect': { does: [later(0, ['unknown'])], gives: 'promise', known: database },
    'Client.connect': { does: [later(0, ['unknown'])], gives: 'promise', known: database },
    'Client.end': ended,
    // Text from text.
    ...same(
      { does: [], known: { neverThrows: true } },
      'ClientBase.escapeIdentifier',
      'ClientBase.escapeLiteral',
      'escapeIdentifier',
      'escapeLiteral',
    ),
    ...same(
      nothing,
      'ClientBase.setTypeParser',
      'ClientBase.getTypeParser',
      'ClientBase.pauseDrain',
      'ClientBase.resumeDrain',
    ),
    'new Query': nothing,
    ...same({ does: [], known: { outside: 'database' } }, 'ClientBase.copyFrom', 'ClientBase.copyTo'),
  },
  stub: pgStub,
  checked: { version: '8.23.1', how: 'fixtures/libraries/pg (types only: it needs a server)' },
});
