/** Ambient declarations of the database clients. */
export const pgStub = `
import { EventEmitter } from 'node:events';
export interface ClientConfig {
  user?: string;
  database?: string;
  password?: string | (() => string | Promise<string>);
  port?: number;
  host?: string;
  connectionString?: string;
  ssl?: boolean | object;
  statement_timeout?: false | number;
  query_timeout?: number;
  lock_timeout?: number;
  idle_in_transaction_session_timeout?: number;
  connectionTimeoutMillis?: number;
  application_name?: string;
  keepAlive?: boolean;
}
export interface PoolConfig extends ClientConfig { max?: number; min?: number; idleTimeoutMillis?: number | null; allowExitOnIdle?: boolean; maxUses?: number }
export interface QueryConfig { name?: string; text: string; values?: any[]; rowMode?: string }
export interface QueryResultRow { [column: string]: any }
export interface QueryResult<R extends QueryResultRow = any> { rows: R[]; rowCount: number | null; command: string; oid: number; fields: { name: string }[] }
export class ClientBase extends EventEmitter {
  constructor(config?: string | ClientConfig);
  connect(): Promise<ClientBase>;
  connect(callback: (error: Error) => void): void;
  query<R extends QueryResultRow = any>(query: string | QueryConfig, values?: any[]): Promise<QueryResult<R>>;
  query<R extends QueryResultRow = any>(query: string | QueryConfig, callback: (error: Error, result: QueryResult<R>) => void): void;
  query<R extends QueryResultRow = any>(query: string, values: any[], callback: (error: Error, result: QueryResult<R>) => void): void;
  escapeIdentifier(text: string): string;
  escapeLiteral(text: string): string;
}
export class Client extends ClientBase {
  connect(): Promise<Client>;
  connect(callback: (error: Error) => void): void;
  end(): Promise<void>;
  end(callback: (error: Error) => void): void;
}
export interface PoolClient extends Client { release(error?: Error | boolean): void }
export class Pool extends EventEmitter {
  constructor(config?: PoolConfig);
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect(): Promise<PoolClient>;
  connect(callback: (error: Error | undefined, client: PoolClient | undefined, done: (release?: any) => void) => void): void;
  query<R extends QueryResultRow = any>(query: string | QueryConfig, values?: any[]): Promise<QueryResult<R>>;
  query<R extends QueryResultRow = any>(query: string | QueryConfig, callback: (error: Error, result: QueryResult<R>) => void): void;
  query<R extends QueryResultRow = any>(query: string, values: any[], callback: (error: Error, result: QueryResult<R>) => void): void;
  end(): Promise<void>;
  end(callback: () => void): void;
}
export class DatabaseError extends Error { code?: string; detail?: string; constraint?: string; table?: string; column?: string }
export function escapeIdentifier(text: string): string;
export function escapeLiteral(text: string): string;
export const types: { setTypeParser(id: number, parse: (text: string) => any): void; getTypeParser(id: number): any };
export const defaults: ClientConfig;
`;

/** Builder methods that give the builder again. */
const chained =
  'select columns column distinct from into where andWhere orWhere whereNot orWhereNot whereIn orWhereIn whereNotIn whereNull orWhereNull whereNotNull whereBetween whereNotBetween whereExists whereNotExists whereRaw orWhereRaw andWhereRaw whereLike whereILike whereJsonPath whereColumn join joinRaw innerJoin leftJoin leftOuterJoin rightJoin fullOuterJoin crossJoin using groupBy groupByRaw having havingRaw havingIn orHaving orderBy orderByRaw limit offset union unionAll intersect with withRecursive as count countDistinct min max sum avg first pluck insert insertGetId update increment decrement del delete truncate returning onConflict ignore merge forUpdate forShare forNoKeyUpdate forKeyShare skipLocked noWait table clone modify clear clearSelect clearWhere clearOrder timeout comment hintComment queryContext'.split(
    ' ',
  );
const schema =
  'createTable createTableIfNotExists createTableLike alterTable table dropTable dropTableIfExists renameTable createSchema createSchemaIfNotExists dropSchema dropSchemaIfExists createView createViewOrReplace dropView dropViewIfExists raw withSchema'.split(
    ' ',
  );
export const knexStub = `
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
namespace knex {
  interface ChainableInterface<T = any> extends Pick<Promise<T>, 'then' | 'catch' | 'finally'> {
    readonly [Symbol.toStringTag]: string;
    toQuery(): string;
    options(options: object): this;
    connection(connection: any): this;
    debug(enabled: boolean): this;
    transacting(trx: Knex.Transaction): this;
    stream(options?: object): PassThrough & AsyncIterable<any>;
    asCallback(callback: Function): Promise<T>;
  }
  interface QueryInterface {
${chained.map(name => `    ${name}(...args: any[]): Knex.QueryBuilder;`).join('\n')}
  }
  interface Knex<Record extends {} = any, Result = any> extends QueryInterface, EventEmitter {
    (table: any, options?: object): Knex.QueryBuilder;
    VERSION: string;
    raw(sql: string, bindings?: any): Knex.Raw;
    transaction<T>(scope: (trx: Knex.Transaction) => Promise<T> | void, config?: object): Promise<T>;
    transaction(config?: object): Promise<Knex.Transaction>;
    transactionProvider(config?: object): () => Promise<Knex.Transaction>;
    batchInsert(table: any, rows: any[], chunkSize?: number): any;
    destroy(): Promise<void>;
    destroy(callback: Function): void;
    initialize(config?: any): void;
    queryBuilder(): Knex.QueryBuilder;
    schema: Knex.SchemaBuilder;
    migrate: Knex.Migrator;
    seed: Knex.Seeder;
    fn: Knex.FunctionHelper;
    ref(column: string): Knex.Raw;
    client: any;
  }
  namespace Knex {
    interface Config { client?: any; connection?: any; pool?: { min?: number; max?: number; acquireTimeoutMillis?: number; [name: string]: any }; acquireConnectionTimeout?: number; searchPath?: any; migrations?: any; seeds?: any; debug?: boolean; useNullAsDefault?: boolean; log?: any; [name: string]: any }
    interface QueryBuilder<Record extends {} = any, Result = any> extends QueryInterface, ChainableInterface<any> { toSQL(): any; and: QueryBuilder; or: QueryBuilder; not: QueryBuilder }
    interface Raw<Result = any> extends ChainableInterface<any> { wrap(before: string, after: string): Raw; toSQL(): any }
    interface Transaction<Record extends {} = any, Result = any> extends Knex<Record, Result> { executionPromise: Promise<any>; isCompleted(): boolean; commit(value?: any): Promise<any>; rollback(error?: any): Promise<any>; savepoint<T = any>(scope: (trx: Transaction) => any): Promise<T> }
    interface SchemaBuilder extends ChainableInterface<any> {
${schema.map(name => `      ${name}(...args: any[]): SchemaBuilder;`).join('\n')}
      hasTable(name: string): Promise<boolean>;
      hasColumn(table: string, column: string): Promise<boolean>;
    }
    interface Migrator { latest(config?: object): Promise<any>; rollback(config?: object, all?: boolean): Promise<any>; up(config?: object): Promise<any>; down(config?: object): Promise<any>; list(config?: object): Promise<any>; status(config?: object): Promise<any>; currentVersion(config?: object): Promise<any>; make(name: string, config?: object): Promise<string> }
    interface Seeder { run(config?: object): Promise<any>; make(name: string, config?: object): Promise<string> }
    interface FunctionHelper { now(precision?: number): Raw; uuid(): Raw }
    type CreateTableBuilder = any;
    export { Config, QueryBuilder, Raw, Transaction, SchemaBuilder, Migrator, Seeder, FunctionHelper, CreateTableBuilder };
  }
  export { Knex, knex, knex as default };
}
function knex(config: knex.Knex.Config | string): knex.Knex;
export = knex;
`;

export const mongodbStub = `
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
export interface Document { [key: string]: any }
export type Filter<T> = any;
export type UpdateFilter<T> = any;
export type WithId<T> = T & { _id: any };
export type OptionalId<T> = any;
export class ObjectId { constructor(id?: any); static isValid(id: any): boolean; static createFromHexString(hex: string): ObjectId; toHexString(): string; toString(encoding?: string): string; equals(other: any): boolean; getTimestamp(): Date }
export class AbstractCursor<T = any> extends EventEmitter {
  readonly closed: boolean;
  [Symbol.asyncIterator](): AsyncGenerator<T, void, void>;
  toArray(): Promise<T[]>;
  next(): Promise<T | null>;
  tryNext(): Promise<T | null>;
  hasNext(): Promise<boolean>;
  forEach(iterator: (document: T) => boolean | void): Promise<void>;
  close(): Promise<void>;
  stream(options?: object): Readable;
  batchSize(size: number): this;
  maxTimeMS(ms: number): this;
  map<R>(transform: (document: T) => R): AbstractCursor<R>;
}
export class FindCursor<T = any> extends AbstractCursor<T> {
  filter(filter: any): this;
  limit(count: number): this;
  skip(count: number): this;
  sort(sort: any, direction?: any): this;
  project(projection: any): FindCursor<any>;
  hint(hint: any): this;
  collation(value: any): this;
  count(options?: object): Promise<number>;
  explain(verbosity?: any): Promise<any>;
}
export class AggregationCursor<T = any> extends AbstractCursor<T> {}
export class ChangeStream<T = any> extends EventEmitter { close(): Promise<void>; next(): Promise<T>; tryNext(): Promise<T | null>; hasNext(): Promise<boolean>; [Symbol.asyncIterator](): AsyncGenerator<T, void, void> }
export class ClientSession extends EventEmitter { startTransaction(options?: object): void; commitTransaction(): Promise<void>; abortTransaction(): Promise<void>; endSession(options?: object): Promise<void>; withTransaction<T>(fn: (session: ClientSession) => Promise<T>, options?: object): Promise<T>; inTransaction(): boolean }
export class Collection<T extends Document = Document> {
  readonly collectionName: string;
  findOne(filter?: any, options?: object): Promise<WithId<T> | null>;
  find(filter?: any, options?: object): FindCursor<WithId<T>>;
  aggregate<R extends Document = Document>(pipeline?: any[], options?: object): AggregationCursor<R>;
  countDocuments(filter?: any, options?: object): Promise<number>;
  estimatedDocumentCount(options?: object): Promise<number>;
  distinct(key: string, filter?: any, options?: object): Promise<any[]>;
  insertOne(document: any, options?: object): Promise<{ acknowledged: boolean; insertedId: any }>;
  insertMany(documents: any[], options?: object): Promise<{ acknowledged: boolean; insertedCount: number; insertedIds: any }>;
  updateOne(filter: any, update: any, options?: object): Promise<{ matchedCount: number; modifiedCount: number; upsertedCount: number; upsertedId: any; acknowledged: boolean }>;
  updateMany(filter: any, update: any, options?: object): Promise<{ matchedCount: number; modifiedCount: number; upsertedCount: number; upsertedId: any; acknowledged: boolean }>;
  replaceOne(filter: any, replacement: any, options?: object): Promise<{ matchedCount: number; modifiedCount: number; upsertedCount: number; upsertedId: any; acknowledged: boolean }>;
  findOneAndUpdate(filter: any, update: any, options?: object): Promise<any>;
  findOneAndReplace(filter: any, replacement: any, options?: object): Promise<any>;
  findOneAndDelete(filter: any, options?: object): Promise<any>;
  deleteOne(filter?: any, options?: object): Promise<{ deletedCount: number; acknowledged: boolean }>;
  deleteMany(filter?: any, options?: object): Promise<{ deletedCount: number; acknowledged: boolean }>;
  bulkWrite(operations: any[], options?: object): Promise<any>;
  createIndex(spec: any, options?: object): Promise<string>;
  createIndexes(specs: any[], options?: object): Promise<string[]>;
  dropIndex(name: string, options?: object): Promise<any>;
  listIndexes(options?: object): AbstractCursor<any>;
  drop(options?: object): Promise<boolean>;
  watch<R extends Document = Document>(pipeline?: any[], options?: object): ChangeStream<R>;
}
export class Db { readonly databaseName: string; collection<T extends Document = Document>(name: string, options?: object): Collection<T>; command(command: any, options?: object): Promise<any>; createCollection<T extends Document = Document>(name: string, options?: object): Promise<Collection<T>>; dropCollection(name: string, options?: object): Promise<boolean>; dropDatabase(options?: object): Promise<boolean>; collections(options?: object): Promise<Collection[]>; listCollections(filter?: any, options?: object): AbstractCursor<any>; aggregate(pipeline?: any[], options?: object): AggregationCursor<any>; stats(options?: object): Promise<any> }
export interface MongoClientOptions { maxPoolSize?: number; minPoolSize?: number; waitQueueTimeoutMS?: number; connectTimeoutMS?: number; serverSelectionTimeoutMS?: number; socketTimeoutMS?: number; timeoutMS?: number; [name: string]: any }
export class MongoClient extends EventEmitter {
  constructor(url: string, options?: MongoClientOptions);
  static connect(url: string, options?: MongoClientOptions): Promise<MongoClient>;
  connect(): Promise<this>;
  close(force?: boolean): Promise<void>;
  db(name?: string, options?: object): Db;
  startSession(options?: object): ClientSession;
  withSession<T>(fn: (session: ClientSession) => Promise<T>): Promise<T>;
  withSession<T>(options: object, fn: (session: ClientSession) => Promise<T>): Promise<T>;
}
`;
