/** knex: query builders are thenables that run nothing before they are awaited; transactions hold a connection. */
import { defineLibrary, type Api, type Effect, type StatementPart } from './library.ts';
import { nothing, same, sameMembers } from './rows.ts';
import { sqlLockKinds } from './sqlKinds.ts';
import { knexStub } from './stubs/databases.ts';

const database = { outside: 'database', leavesTurn: true } as const;
const chain: Api = {
  does: [{ does: 'give', what: 'receiver' }],
  gives: 'lazy',
  known: { builder: 'chain', outside: 'database' },
};
const start: Api = { does: [], gives: 'lazy', known: { builder: 'chain', outside: 'database' } };
const sql: Effect = {
  does: 'query',
  text: [0],
  values: [1],
  session: 'receiver',
  sessionIf: { is: ['Transaction'] },
  locks: 'knex',
};
const others = (...names: string[]): Record<string, StatementPart> =>
  Object.fromEntries(names.map(name => [name, { others: true }]));
/** What the calls of a chain tell of the rows that its statement locks. */
const parts: Record<string, StatementPart> = {
  ...Object.fromEntries(['()', 'from', 'table', 'into'].map(name => [name, { table: 0 }])),
  ...Object.fromEntries(['where', 'andWhere'].map(name => [name, { where: [0, 1, 2] }])),
  ...others(
    'orWhere',
    'whereIn',
    'whereNotIn',
    'whereRaw',
    'whereBetween',
    'whereExists',
    'whereNot',
    'having',
    'union',
  ),
  ...Object.fromEntries(['forUpdate', 'forNoKeyUpdate'].map(name => [name, { lock: 'exclusive' }])),
  ...Object.fromEntries(['forShare', 'forKeyShare'].map(name => [name, { lock: 'shared' }])),
  skipLocked: { skips: true },
  noWait: { lock: 'try' },
  transacting: { session: 0 },
};
const rows: Effect = {
  does: 'lock-rows',
  parts,
  sent: 'at-end',
  session: 'receiver',
  sessionIf: { is: ['Transaction'] },
  locks: 'knex',
};
const chained: Api = { ...chain, does: [...chain.does, rows] };
/** Started from the instance: awaiting it takes a connection of the pool. */
const query: Api = { ...start, known: { ...start.known, takesUnit: true } };
const end: Api = {
  does: [
    { does: 'end-session', session: 'receiver', whole: true },
    { does: 'release', token: 'receiver', async: true },
  ],
  gives: 'promise',
  known: { ...database, builder: 'run' },
};
const begin: Api = {
  does: [
    {
      does: 'run-locked',
      lock: 'receiver',
      mode: 'permit',
      callback: 0,
      passes: [{ fresh: 'Transaction' }],
      endsSession: true,
      withoutCallback: { releasedBy: ['commit', 'rollback'] },
      async: true,
    },
  ],
  gives: 'promise',
  known: database,
};

export const knex = defineLibrary({
  package: 'knex',
  language: 'typescript',
  worksOutside: true,
  locks: {
    // Its pool of connections; the size is in `pool.max`, 10 when left out.
    Knex: {
      library: 'knex',
      capacity: { kind: 'config' },
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
    ...sqlLockKinds('the database'),
  },
  supertypes: {
    Knex: ['QueryInterface', 'node:events#EventEmitter'],
    Transaction: ['Knex'],
    QueryBuilder: ['QueryInterface', 'ChainableInterface'],
    Raw: ['ChainableInterface'],
    SchemaBuilder: ['ChainableInterface'],
  },
  apis: {
    ...same(
      {
        does: [{ does: 'make', type: 'Knex' }],
        known: { resource: { what: 'connection', ends: ['destroy'], observedBy: ['on'] } },
      },
      'default',
      'knex',
    ),
    ...same(query, 'Knex()', 'Knex.queryBuilder'),
    'Knex.raw': { ...query, does: [sql] },
    ...same(start, 'Transaction()', 'Transaction.queryBuilder', 'RawBuilder()', 'RefBuilder()'),
    'QueryInterface.*': chained,
    'QueryBuilder.*': chained,
    'SchemaBuilder.*': chain,
    ...sameMembers('ChainableInterface', chain, 'debug', 'options'),
    ...sameMembers(
      'ChainableInterface',
      { ...chained, known: { ...chain.known, usesGiven: true } },
      'transacting',
      'connection',
    ),
    ...sameMembers('ChainableInterface', nothing, 'toQuery', 'generateDdlCommands'),
    'ChainableInterface.stream': {
      does: [{ does: 'make', type: 'node:stream#PassThrough' }],
      known: { outside: 'database' },
    },
    ...sameMembers('QueryBuilder', nothing, 'toSQL'),
    // With a callback it commits or rolls back by itself; without, the transaction is the caller's to end.
    'Knex.transaction': begin,
    'Transaction.savepoint': {
      ...begin,
      does: [
        { does: 'invoke', callback: 0, when: 'now', times: 'once', awaits: true, passes: [{ fresh: 'Transaction' }] },
      ],
    },
    ...sameMembers('Transaction', end, 'commit', 'rollback'),
    'Transaction.isCompleted': nothing,
    'Knex.batchInsert': { does: [], gives: 'lazy', known: database },
    'Knex.destroy': { does: [{ does: 'cancel', what: 'receiver', how: 'close' }], gives: 'promise', known: database },
    'Knex.initialize': nothing,
    ...sameMembers(
      'Migrator',
      { does: [], gives: 'promise', known: database },
      'latest',
      'rollback',
      'up',
      'down',
      'list',
      'status',
      'currentVersion',
      'make',
    ),
    ...sameMembers('Seeder', { does: [], gives: 'promise', known: database }, 'run', 'make'),
    'FunctionHelper.*': nothing,
  },
  stub: knexStub,
  checked: { version: '3.3.0', how: 'fixtures/libraries/knex (types only: it needs a database)' },
});
