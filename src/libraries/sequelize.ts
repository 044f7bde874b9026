/** sequelize: an instance is a pool of connections; transactions hold one, and queries take one for their time. */
import { defineLibrary, type Api, type Effect, type Library, type RowMode, type StatementPart } from './library.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { sqlLockKinds } from './sqlKinds.ts';
import { sequelizeStub } from './stubs/sequelize.ts';

const known = { outside: 'database', leavesTurn: true } as const;
const database = outside('database');
const pooled = { lock: 'receiver', mode: 'permit', async: true, failure: 'throws' } as const;

/** Awaited before or after the operation, which fails with it; some take a name before the function. */
const hook: Api = does({
  does: 'register',
  handler: -1,
  entry: entry('hook', { awaitsHandler: true, rejection: 'reported', confined: [0] }),
});
const hooks = ['Create', 'Destroy', 'Update', 'Save', 'Find', 'BulkCreate', 'BulkDestroy', 'BulkUpdate', 'Sync'];
const hookRows: Library['apis'] = same(
  hook,
  ...['Model', 'Sequelize'].flatMap(type => hooks.flatMap(name => [`${type}.before${name}`, `${type}.after${name}`])),
);
/** With `lock` its rows are locked for the transaction that it is given. */
const locks = (options: number, part: StatementPart): Effect => ({
  does: 'lock-rows',
  parts: {
    '*': {
      table: 'receiver',
      ...part,
      lock: {
        at: [
          { argument: options, option: 'lock' },
          { argument: options, option: 'lock.level' },
        ],
        modes,
      },
      skips: { argument: options, option: 'skipLocked' },
    },
  },
  session: { argument: options, option: 'transaction' },
  locks: 'sequelize',
});
const modes: Record<string, RowMode> = {
  ...{ true: 'exclusive', UPDATE: 'exclusive', 'NO KEY UPDATE': 'exclusive', NO_KEY_UPDATE: 'exclusive' },
  ...{ SHARE: 'shared', 'KEY SHARE': 'shared', KEY_SHARE: 'shared' },
};
/** On a connection of the pool of its sequelize, unless it is given the transaction to run in. */
const operation = (options: number, before: Effect[] = []): Api => ({
  does: [
    ...before,
    {
      does: 'acquire',
      lock: { argument: 'receiver', option: 'sequelize' },
      lockIs: 'Sequelize',
      mode: 'permit',
      async: true,
      failure: 'throws',
      wait: {
        default: 'endless',
        options: [{ at: { argument: options, option: 'transaction' }, wait: 'try', likely: true }],
      },
      gives: 'nothing',
      heldFor: 'call',
    },
  ],
  gives: 'promise',
  known,
});
const found = locks(0, { where: [{ argument: 0, option: 'where' }] });
const models: Library['apis'] = {
  ...sameMembers('Model', operation(0, [found]), 'findAll', 'findAndCountAll', 'findOne', 'findOrCreate'),
  ...sameMembers('Model', operation(0), 'findOrBuild', 'findCreateFind', 'count', 'truncate'),
  'Model.findByPk': operation(1, [locks(1, { key: 0 })]),
  'Model.reload': { ...database, does: [locks(0, { key: { argument: 'receiver', option: 'id' } })] },
  ...sameMembers('Model', operation(1), 'max', 'min', 'sum', 'create', 'bulkCreate', 'upsert'),
  ...sameMembers('Model', database, 'aggregate', 'drop', 'sync', 'describe'),
  // Of the class, and of an object of it.
  ...sameMembers('Model', database, 'update', 'destroy', 'restore', 'increment', 'decrement', 'save'),
  'Model.validate': { does: [], gives: 'promise' },
  ...sameMembers('Model', nothing, 'build', 'bulkBuild', 'init', 'schema', 'scope', 'unscoped', 'addScope'),
  ...sameMembers('Model', nothing, 'belongsTo', 'belongsToMany', 'hasMany', 'hasOne', 'getAttributes', 'getTableName'),
  ...sameMembers('Model', nothing, 'get', 'set', 'getDataValue', 'setDataValue', 'setAttributes', 'changed'),
  ...sameMembers('Model', nothing, 'previous', 'equals', 'equalsOneOf', 'isSoftDeleted', 'toJSON', 'where'),
};

export const sequelize = defineLibrary({
  package: 'sequelize',
  language: 'typescript',
  worksOutside: true,
  locks: {
    Sequelize: {
      library: 'sequelize',
      // `pool.max`, 5 when left out.
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
  apis: {
    'new Sequelize': {
      does: [{ does: 'make', type: 'Sequelize' }],
      known: { resource: { what: 'connection', ends: ['close'], observedBy: [] } },
    },
    // With a callback it commits or rolls back by itself; without, the transaction is the caller's to end.
    'Sequelize.transaction': {
      does: [
        {
          ...pooled,
          does: 'run-locked',
          callback: -1,
          passes: [{ fresh: 'Transaction' }],
          endsSession: true,
          withoutCallback: { releasedBy: ['commit', 'rollback'] },
        },
      ],
      gives: 'promise',
      known,
    },
    ...sameMembers(
      'Transaction',
      {
        does: [
          { does: 'end-session', session: 'receiver', whole: true },
          { does: 'release', token: 'receiver', async: true },
        ],
        gives: 'promise',
        known,
      },
      'commit',
      'rollback',
    ),
    'Transaction.afterCommit': does({
      does: 'register',
      handler: 0,
      entry: entry('hook', { awaitsHandler: true, rejection: 'reported', instances: 'once' }),
    }),
    // On the connection of a transaction that it is given it waits for nobody.
    'Sequelize.query': {
      does: [
        {
          does: 'query',
          text: [0],
          values: [
            { argument: 1, option: 'bind' },
            { argument: 1, option: 'replacements' },
          ],
          session: { argument: 1, option: 'transaction' },
          sessionIf: { is: ['Transaction'] },
          locks: 'sequelize',
        },
        {
          ...pooled,
          does: 'acquire',
          wait: { default: 'endless', options: [{ at: { argument: 1, option: 'transaction' }, wait: 'try' }] },
          gives: 'nothing',
          heldFor: 'call',
        },
      ],
      gives: 'promise',
      known,
    },
    'Sequelize.close': { does: [{ does: 'cancel', what: 'receiver', how: 'close' }], gives: 'promise', known },
    ...sameMembers('Sequelize', database, 'authenticate', 'sync', 'drop', 'truncate', 'databaseVersion'),
    ...sameMembers('Sequelize', database, 'createSchema', 'dropSchema', 'showAllSchemas', 'dropAllSchemas'),
    'Sequelize.define': does({ does: 'make', type: 'Model', members: { sequelize: 'receiver' } }),
    ...sameMembers('Sequelize', nothing, 'model', 'isDefined', 'getDialect', 'getDatabaseName', 'escape'),
    ...sameMembers('Sequelize', nothing, 'getQueryInterface', 'random', 'useCLS'),
    'QueryInterface.*': database,
    ...sameMembers('QueryInterface', nothing, 'quoteIdentifier', 'quoteTable', 'quoteIdentifiers'),
    ...models,
    ...hookRows,
    ...same(nothing, 'new Model', 'new default', 'col', 'fn', 'literal', 'where', 'cast', 'json', 'and', 'or'),
  },
  stub: sequelizeStub,
  checked: { version: '6.37.8', how: 'fixtures/libraries/sequelize against its types' },
});
