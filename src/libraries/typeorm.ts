/** typeorm: a data source is a pool of connections; query runners and transactions hold one. */
import {
  defineLibrary,
  type Api,
  type Arg,
  type Effect,
  type Library,
  type RowMode,
  type SessionRule,
  type StatementPart,
} from './library.ts';
import { does, nothing, outside, same, sameMembers } from './rows.ts';
import { sqlLockKinds } from './sqlKinds.ts';
import { typeormStub } from './stubs/typeorm.ts';

const database = outside('database');
const receiver: Api = does({ does: 'give', what: 'receiver' });
const dataSource: Arg = { argument: 'receiver', option: 'connection' };
const locked = { lock: 'receiver', mode: 'permit', async: true, failure: 'throws' } as const;

/** How rows are locked, by the names of the modes; the database refuses them outside of a transaction. */
const modes: Record<string, RowMode> = {
  ...{ pessimistic_write: 'exclusive', for_no_key_update: 'exclusive', pessimistic_write_or_fail: 'try' },
  ...{ pessimistic_read: 'shared', for_key_share: 'shared' },
};
/** The manager that a transaction gives, or that of a query runner; any other may be one of the pool. */
const inTransactionOnly = { givenOrOf: ['QueryRunner'] };
/** `lock` of the options of a search. */
const found = (options: number): StatementPart => ({
  where: [{ argument: options, option: 'where' }],
  lock: { at: [{ argument: options, option: 'lock.mode' }], modes },
  skips: { argument: options, option: 'lock.onLocked' },
});
/** A repository is in the transaction of the manager that gives it. */
const ofManager: Record<string, StatementPart> = {
  'EntityManager.getRepository': { table: 0, session: 'receiver' },
  'EntityManager.withRepository': { table: 0, session: 'receiver' },
};
const locks = (parts: Record<string, StatementPart>, more: { sent?: 'here'; session?: Arg }): Effect => ({
  does: 'lock-rows',
  parts,
  ...more,
  sessionIf: inTransactionOnly,
  locks: 'typeorm',
});
const managerLocks = locks({ '*': { table: 0, ...found(1) } }, { session: 'receiver' });
const repositoryLocks = locks({ ...ofManager, '*': { table: 'receiver', ...found(0) } }, { sent: 'here' });
const builderLocks = locks(
  {
    ...ofManager,
    'EntityManager.createQueryBuilder': { table: 0, session: 'receiver' },
    'Repository.createQueryBuilder': { table: 'receiver' },
    from: { table: 0 },
    where: { where: [0, 1] },
    andWhere: { where: [0, 1] },
    ...Object.fromEntries(['orWhere', 'whereInIds', 'andWhereInIds', 'having'].map(name => [name, { others: true }])),
    setLock: { lock: { at: [0], modes } },
    setOnLocked: { skips: true },
  },
  { sent: 'here' },
);
/** Searches that may lock. */
const searches = ['find', 'findAndCount', 'findOne', 'findOneOrFail'];

/** Members of repositories and entity managers that ask the database. */
const operations = [
  ...['find', 'findBy', 'findAndCount', 'findAndCountBy', 'findByIds', 'findOne', 'findOneBy', 'findOneById'],
  ...['findOneOrFail', 'findOneByOrFail', 'exists', 'existsBy', 'count', 'countBy', 'sum', 'average', 'minimum'],
  ...['maximum', 'save', 'remove', 'insert', 'update', 'updateAll', 'upsert', 'delete', 'deleteAll', 'softDelete'],
  ...['softRemove', 'restore', 'recover', 'increment', 'decrement', 'preload', 'clear', 'query', 'sql'],
];
const sql = (session: Arg, sessionIf?: SessionRule): Effect => ({
  does: 'query',
  text: [0],
  values: [1],
  session,
  ...(sessionIf ? { sessionIf } : {}),
  answer: 'list',
  locks: 'typeorm',
});
/** On a connection of the data source that the repository is of; one of a manager in a transaction has none. */
const operation: Api = {
  does: [{ ...locked, does: 'acquire', lock: dataSource, lockIs: 'DataSource', gives: 'nothing', heldFor: 'call' }],
  gives: 'promise',
  known: { outside: 'database', leavesTurn: true },
};
const repository = does({ does: 'make', type: 'Repository', members: { connection: 'receiver' } });
const entityRows: Library['apis'] = {
  ...sameMembers('Repository', operation, ...operations, 'exist'),
  ...sameMembers('EntityManager', database, ...operations, 'release'),
  ...sameMembers('Repository', { ...operation, does: [repositoryLocks, ...operation.does] }, ...searches),
  ...sameMembers('EntityManager', { ...database, does: [managerLocks] }, ...searches),
  'EntityManager.query': { ...database, does: [sql('receiver', inTransactionOnly)] },
  ...sameMembers('MongoRepository', database, 'aggregate', 'updateOne', 'updateMany', 'deleteOne', 'deleteMany'),
  ...sameMembers('BaseEntity', database, ...['save', 'remove', 'softRemove', 'recover', 'reload']),
  ...sameMembers(
    'BaseEntity',
    database,
    ...operations.filter(
      name => !/^(?:sql|updateAll|deleteAll|softDelete|restore|increment|decrement|recover)$/.test(name),
    ),
  ),
  ...sameMembers('TreeRepository', database, 'findTrees', 'findRoots', 'findDescendants', 'findAncestors'),
  ...sameMembers('Repository', nothing, 'create', 'merge', 'getId', 'hasId', 'createQueryBuilder', 'extend'),
  ...sameMembers('EntityManager', nothing, 'create', 'merge', 'getId', 'hasId', 'createQueryBuilder', 'getRepository'),
  ...sameMembers('EntityManager', nothing, 'getTreeRepository', 'getMongoRepository', 'withRepository'),
  ...sameMembers('BaseEntity', nothing, 'create', 'merge', 'getId', 'hasId', 'createQueryBuilder', 'useDataSource'),
};

/** They give the builder again; what asks the database is named. */
const builders = ['QueryBuilder', 'SelectQueryBuilder', 'InsertQueryBuilder', 'UpdateQueryBuilder'];
const builderRows: Library['apis'] = {
  ...Object.fromEntries([...builders, 'DeleteQueryBuilder'].map(type => [`${type}.*`, receiver])),
  ...same(
    nothing,
    ...builders.flatMap(type => [`${type}.getQuery`, `${type}.getSql`, `${type}.getParameters`]).filter(isDeclared),
    'QueryBuilder.getQueryAndParameters',
    'QueryBuilder.escape',
  ),
  ...sameMembers('QueryBuilder', database, 'execute'),
  ...sameMembers('SelectQueryBuilder', database, 'getCount', 'getExists', 'stream'),
  ...sameMembers(
    'SelectQueryBuilder',
    { ...database, does: [builderLocks] },
    ...['getMany', 'getManyAndCount', 'getOne', 'getOneOrFail', 'getRawMany', 'getRawOne', 'getRawAndEntities'],
  ),
  ...same(database, 'InsertQueryBuilder.execute', 'UpdateQueryBuilder.execute', 'DeleteQueryBuilder.execute'),
};
function isDeclared(key: string): boolean {
  return key.startsWith('QueryBuilder.') || key.endsWith('.getQuery');
}

/** The manager of a query runner sends over the runner's connection. */
const runnerSession: Arg = { argument: 'receiver', option: 'manager' };
/** The query runner takes its connection from the data source that made it, and gives it back. */
const runnerRows: Library['apis'] = {
  'DataSource.createQueryRunner': does({ does: 'make', type: 'QueryRunner', members: { connection: 'receiver' } }),
  'QueryRunner.connect': {
    does: [{ ...locked, does: 'acquire', lock: dataSource, lockIs: 'DataSource', gives: 'nothing' }],
    gives: 'promise',
    known: { outside: 'database', leavesTurn: true },
  },
  'QueryRunner.release': {
    does: [
      { does: 'end-session', session: runnerSession, whole: true },
      { does: 'release', lock: dataSource, async: true },
    ],
    gives: 'promise',
    // The connection goes back to the pool of this process: nothing is sent.
    known: { neverRejects: true },
  },
  'QueryRunner.*': database,
  'QueryRunner.query': { ...database, does: [sql(runnerSession)] },
  ...sameMembers(
    'QueryRunner',
    { ...database, does: [{ does: 'end-session', session: runnerSession }] },
    'commitTransaction',
    'rollbackTransaction',
  ),
  ...sameMembers('QueryRunner', nothing, 'getMemorySql', 'enableSqlMemory', 'disableSqlMemory', 'clearSqlMemory'),
};

const inTransaction: Effect = {
  does: 'run-locked',
  ...locked,
  callback: -1,
  passes: [{ fresh: 'EntityManager' }],
  endsSession: true,
};

export const typeorm = defineLibrary({
  package: 'typeorm',
  language: 'typescript',
  worksOutside: true,
  locks: {
    DataSource: {
      library: 'typeorm',
      // That of the driver when `poolSize` is left out.
      capacity: { kind: 'config' },
      capacityArgument: { argument: 0, option: 'poolSize' },
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
    SelectQueryBuilder: ['QueryBuilder'],
    InsertQueryBuilder: ['QueryBuilder'],
    UpdateQueryBuilder: ['QueryBuilder'],
    DeleteQueryBuilder: ['QueryBuilder'],
    TreeRepository: ['Repository'],
    MongoRepository: ['Repository'],
    MongoEntityManager: ['EntityManager'],
  },
  apis: {
    'new DataSource': {
      does: [{ does: 'make', type: 'DataSource' }],
      known: { resource: { what: 'connection', ends: ['destroy', 'close'], observedBy: [] } },
    },
    // Both give the data source itself.
    ...sameMembers('DataSource', database, 'initialize', 'connect'),
    ...sameMembers(
      'DataSource',
      {
        does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
        gives: 'promise',
        known: { outside: 'database', leavesTurn: true },
      },
      'destroy',
      'close',
    ),
    ...sameMembers(
      'DataSource',
      database,
      'synchronize',
      'dropDatabase',
      'runMigrations',
      'undoLastMigration',
      'showMigrations',
    ),
    'DataSource.transaction': {
      does: [inTransaction],
      gives: 'promise',
      known: { outside: 'database', leavesTurn: true },
    },
    // Of a manager that is in a transaction already it is a savepoint.
    'EntityManager.transaction': {
      does: [
        {
          does: 'invoke',
          callback: -1,
          when: 'now',
          times: 'once',
          awaits: true,
          passes: [{ fresh: 'EntityManager' }],
          endsSession: true,
        },
      ],
      gives: 'promise',
      known: { outside: 'database', leavesTurn: true },
    },
    // On a query runner that it is given it waits for nobody.
    'DataSource.query': {
      does: [
        {
          ...locked,
          does: 'acquire',
          wait: { default: 'endless', options: [{ at: 2, wait: 'try' }] },
          gives: 'nothing',
          heldFor: 'call',
        },
      ],
      gives: 'promise',
      known: { outside: 'database', leavesTurn: true },
    },
    'DataSource.sql': database,
    ...sameMembers('DataSource', nothing, 'hasMetadata', 'getMetadata', 'getTreeRepository'),
    'DataSource.getRepository': repository,
    ...sameMembers('DataSource', nothing, 'getMongoRepository', 'createQueryBuilder', 'createEntityManager'),
    ...sameMembers('DataSource', receiver, 'setOptions'),
    ...runnerRows,
    ...entityRows,
    ...builderRows,
    // Decorators, and operators of conditions.
    ...same(
      nothing,
      ...['Entity', 'ViewEntity', 'ChildEntity', 'TableInheritance', 'Tree', 'Column', 'PrimaryColumn', 'ViewColumn'],
      ...['PrimaryGeneratedColumn', 'CreateDateColumn', 'UpdateDateColumn', 'DeleteDateColumn', 'VersionColumn'],
      ...['ObjectIdColumn', 'VirtualColumn', 'Generated', 'Index', 'Unique', 'Check', 'Exclusion', 'JoinColumn'],
      ...['JoinTable', 'OneToOne', 'OneToMany', 'ManyToOne', 'ManyToMany', 'RelationId', 'TreeChildren', 'TreeParent'],
      ...['EventSubscriber', 'AfterLoad', 'AfterInsert', 'AfterUpdate', 'AfterRemove', 'BeforeInsert', 'BeforeUpdate'],
      ...['BeforeRemove', 'EntityRepository', 'In', 'Not', 'Like', 'ILike', 'LessThan', 'LessThanOrEqual', 'MoreThan'],
      ...['MoreThanOrEqual', 'Equal', 'Between', 'IsNull', 'Any', 'Raw', 'And', 'Or', 'ArrayContains'],
    ),
  },
  stub: typeormStub,
  checked: { version: '0.3.31', how: 'fixtures/libraries/typeorm against its types' },
});
