/** Ambient declarations of mysql2: one module with callbacks, one with promises. */
const options = `
export interface ConnectionOptions { host?: string; port?: number; user?: string; password?: string; database?: string; uri?: string; connectTimeout?: number; multipleStatements?: boolean; namedPlaceholders?: boolean; timezone?: string; [name: string]: any }
export interface PoolOptions extends ConnectionOptions { connectionLimit?: number; waitForConnections?: boolean; maxIdle?: number; idleTimeout?: number; queueLimit?: number }
export interface QueryOptions { sql: string; values?: any; timeout?: number; [name: string]: any }
export interface RowDataPacket { [column: string]: any }
export interface ResultSetHeader { affectedRows: number; insertId: number; changedRows?: number; warningStatus: number }
export interface OkPacket { affectedRows: number; insertId: number }
export interface FieldPacket { name: string; [name: string]: any }
export interface QueryError extends Error { code: string; errno?: number; sqlState?: string; fatal: boolean }
export function escape(value: any): string;
export function escapeId(value: any): string;
export function format(sql: string, values?: any): string;
export function raw(sql: string): any;
`;
const plain = `
  escape(value: any): string;
  escapeId(value: any): string;
  format(sql: string, values?: any): string;
  unprepare(sql: any): any;
`;
/** `name(…, callback): void`. */
const calledBack = (name: string, ...before: string[]): string =>
  `  ${name}(${[...before, 'callback?: (error: any, ...results: any[]) => any'].join(', ')}): any;`;
const sql = ['sql: string | QueryOptions'];
const queries = ['query', 'execute'].flatMap(name => [
  calledBack(name, ...sql),
  calledBack(name, ...sql, 'values: any'),
]);
const requests = ['connect', 'ping', 'reset', 'beginTransaction', 'commit', 'rollback', 'end'];

export const mysql2Stub = `
import { EventEmitter } from 'node:events';
import { Connection as WithPromises, Pool as PoolWithPromises, PoolConnection as PooledWithPromises } from 'mysql2/promise';
${options}
export class Connection extends EventEmitter {
  threadId: number;
${[...queries, ...requests.map(name => calledBack(name)), calledBack('changeUser', 'options: ConnectionOptions'), calledBack('prepare', ...sql)].join('\n')}
  destroy(): void;
  pause(): void;
  resume(): void;${plain}
  promise(): WithPromises;
}
export class PoolConnection extends Connection { release(): void; promise(): PooledWithPromises }
export interface Pool extends EventEmitter {
${[...queries, calledBack('end')].join('\n')}
  getConnection(callback: (error: any, connection: PoolConnection) => any): void;
  releaseConnection(connection: PoolConnection): void;${plain}
  promise(): PoolWithPromises;
}
export interface PoolNamespace extends EventEmitter {
${queries.join('\n')}
  getConnection(callback: (error: any, connection: PoolConnection) => any): void;
}
export interface PoolCluster extends EventEmitter {
  add(...args: any[]): void;
  remove(pattern: string): void;
  end(callback?: (error: any) => void): void;
  of(pattern: string, selector?: string): PoolNamespace;
  getConnection(callback: (error: any, connection: PoolConnection) => any): void;
  getConnection(group: string, callback: (error: any, connection: PoolConnection) => any): void;
}
export function createConnection(config: string | ConnectionOptions): Connection;
export function createPool(config: string | PoolOptions): Pool;
export function createPoolCluster(config?: any): PoolCluster;
`;

const promised = ['query', 'execute'].map(
  name => `  ${name}<T = any>(sql: string | QueryOptions, values?: any): Promise<[T, FieldPacket[]]>;`,
);
export const mysql2PromiseStub = `
import { EventEmitter } from 'node:events';
${options}
export interface PreparedStatementInfo { execute(values?: any): Promise<any>; close(): Promise<void> }
export class Connection extends EventEmitter {
  threadId: number;
${[...promised, ...requests.map(name => `  ${name}(): Promise<void>;`)].join('\n')}
  changeUser(options: ConnectionOptions): Promise<void>;
  prepare(sql: string | QueryOptions): Promise<PreparedStatementInfo>;
  destroy(): void;
  pause(): void;
  resume(): void;${plain}}
export class PoolConnection extends Connection { release(): void }
export interface Pool extends Connection {
${promised.join('\n')}
  getConnection(): Promise<PoolConnection>;
  releaseConnection(connection: PoolConnection): void;
  end(): Promise<void>;
}
export interface PoolNamespace extends EventEmitter {
${promised.join('\n')}
  getConnection(): Promise<PoolConnection>;
}
export interface PoolCluster extends EventEmitter {
  add(...args: any[]): void;
  end(): Promise<void>;
  of(pattern: string, selector?: string): PoolNamespace;
  getConnection(group?: string, selector?: string): Promise<PoolConnection>;
}
export function createConnection(config: string | ConnectionOptions): Promise<Connection>;
export function createPool(config: string | PoolOptions): Pool;
export function createPoolCluster(config?: any): PoolCluster;
`;
