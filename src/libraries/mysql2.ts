/** mysql2: a pool of connections is a semaphore; queries through the pool take a unit for their own time. */
import type { Knowledge, LockKind } from '../model/facts.ts';
import { defineLibrary, type Api, type Effect } from './library.ts';
import { does, later, nothing, same, sameMembers } from './rows.ts';
import { sendsSql, sqlLockKinds } from './sqlKinds.ts';
import { mysql2PromiseStub, mysql2Stub } from './stubs/mysql.ts';

const database = { outside: 'database', leavesTurn: true } as const;
/** A query lasts as long as the server likes, unless its own options bound it: no option of the client does. */
const noneOfClient: NonNullable<Knowledge['timeouts']> = [];
const query = { ...database, timeouts: [{ argument: 0, option: 'timeout' }], endless: true };

const pool: LockKind = {
  library: 'mysql2',
  // When `connectionLimit` is left out.
  capacity: { kind: 'exactly', n: 10 },
  capacityArgument: { argument: 0, option: 'connectionLimit' },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  queue: 'fifo',
  ownerChecked: true,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: true,
};
const enter: Effect = {
  does: 'acquire',
  lock: 'receiver',
  mode: 'permit',
  async: true,
  failure: 'throws',
  gives: 'token',
  releasedBy: ['release', 'releaseConnection', 'destroy'],
};
const checkOut: Api = {
  does: [enter, later(-1, ['unknown', 'token'])],
  gives: 'promise',
  known: database,
};
const pooledQuery: Api = {
  does: [{ ...enter, gives: 'nothing', heldFor: 'call' }, later(-1, ['unknown', 'unknown', 'unknown'])],
  gives: 'promise',
  known: query,
};
/** Whether it gives a promise, its type says: that of mysql2 itself is told by a callback, or by nobody. */
const request: Api = { does: [later(-1, ['unknown', 'unknown'])], gives: 'declared', known: database };
const sql = sendsSql('mysql2', 'sql', 'pair');
const endTransaction: Effect = { does: 'end-session', session: 'receiver' };
const endConnection: Effect = { ...endTransaction, whole: true };
const end: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }, later(-1, ['unknown'])],
  gives: 'declared',
  known: database,
};
const connection = { what: 'connection', ends: ['end', 'destroy'], observedBy: ['on'] } as const;

export const mysql2 = defineLibrary({
  package: 'mysql2',
  language: 'typescript',
  worksOutside: true,
  locks: {
    Pool: pool,
    // One pool for each node, and the configuration of each comes with `add`.
    PoolCluster: { ...pool, capacity: { kind: 'config' } },
    PoolNamespace: { ...pool, capacity: { kind: 'config' } },
    ...sqlLockKinds('MySQL'),
  },
  supertypes: {
    PoolConnection: ['Connection'],
    Connection: ['node:events#EventEmitter'],
    Pool: ['node:events#EventEmitter'],
    PoolCluster: ['node:events#EventEmitter'],
  },
  apis: {
    createPool: {
      does: [{ does: 'make', type: 'Pool' }],
      known: { timeouts: noneOfClient, resource: { what: 'connection', ends: ['end'], observedBy: ['on'] } },
    },
    createPoolCluster: {
      does: [{ does: 'make', type: 'PoolCluster' }],
      known: { resource: { what: 'connection', ends: ['end'], observedBy: ['on'] } },
    },
    createConnection: {
      does: [{ does: 'make', type: 'Connection' }],
      known: { ...database, resource: { ...connection, ends: [...connection.ends], observedBy: ['on'] } },
    },
    ...same(checkOut, 'Pool.getConnection', 'PoolCluster.getConnection', 'PoolNamespace.getConnection'),
    ...sameMembers('Pool', pooledQuery, 'query', 'execute'),
    ...sameMembers('PoolNamespace', pooledQuery, 'query', 'execute'),
    'Pool.releaseConnection': does({ does: 'release', token: 0 }),
    'PoolConnection.release': does(endTransaction, { does: 'release', token: 'receiver' }),
    // Of a pooled connection it frees its place in the pool.
    'Connection.destroy': does(
      endConnection,
      { does: 'release', token: 'receiver' },
      { does: 'cancel', what: 'receiver', how: 'close' },
    ),
    'PoolCluster.of': does({ does: 'make', type: 'PoolNamespace' }),
    ...sameMembers('PoolCluster', nothing, 'add', 'remove'),
    ...same(end, 'Pool.end', 'PoolCluster.end'),
    'Connection.end': { ...end, does: [endConnection, ...end.does] },
    // The object may be a pool behind a type that both have.
    ...sameMembers(
      'Connection',
      { ...request, does: [sql, ...request.does], known: { ...query, takesUnit: true } },
      'query',
      'execute',
    ),
    ...sameMembers('Connection', { ...request, does: [endTransaction, ...request.does] }, 'commit', 'rollback'),
    ...sameMembers('Connection', request, 'connect', 'ping', 'reset', 'beginTransaction', 'changeUser', 'prepare'),
    ...sameMembers('PreparedStatementInfo', request, 'execute', 'close'),
    ...sameMembers('Connection', nothing, 'unprepare', 'pause', 'resume', 'escape', 'escapeId', 'format'),
    ...sameMembers('Pool', nothing, 'unprepare', 'escape', 'escapeId', 'format'),
    // The same pool or connection, with promises.
    ...same(does({ does: 'give', what: 'receiver' }), 'Pool.promise', 'Connection.promise', 'PoolConnection.promise'),
    ...same(nothing, 'escape', 'escapeId', 'format', 'raw'),
  },
  stub: mysql2Stub,
  checked: { version: '3.24.6', how: 'fixtures/libraries/mysql2; run in test/libraryPools.test.ts' },
});

/** The same names with promises, under a module name of its own. */
export const mysql2Promise = defineLibrary({
  package: 'mysql2/promise',
  language: 'typescript',
  worksOutside: true,
  apis: {},
  stub: mysql2PromiseStub,
});
