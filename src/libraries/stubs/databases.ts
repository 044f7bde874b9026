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
