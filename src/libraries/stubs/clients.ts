/** Ambient declarations of network clients and of bcrypt. */
const keyed = (names: string, result: string): string =>
  names
    .split(' ')
    .map(name => `  ${name}(...args: any[]): ${result};`)
    .join('\n');
/** Commands by what they give. */
const commands: readonly (readonly [string, string])[] = [
  [
    'get getrange getset getdel getex hget lindex lpop rpop rpoplpush brpoplpush lmove blmove spop srandmember type info ping eval evalsha select auth',
    'any',
  ],
  ['set setex psetex mset hmset lset ltrim rename restore flushall flushdb watch unwatch quit', "'OK'"],
  [
    'incr incrby decr decrby append strlen exists del unlink setnx msetnx expire pexpire expireat persist ttl pttl hset hdel hlen hincrby hsetnx hexists llen lpush rpush lpushx rpushx linsert lrem sadd srem scard sismember smove zadd zrem zcard zcount zremrangebyscore zremrangebyrank publish dbsize setbit getbit bitcount xlen xack xtrim pfadd pfcount wait setrange',
    'number',
  ],
  ['mget keys hkeys hvals hmget lrange smembers zrange zrevrange zrangebyscore zpopmin zpopmax time', 'any[]'],
  ['hgetall', 'Record<string, string>'],
  ['incrbyfloat hincrbyfloat zincrby zscore zrank', 'any'],
  ['scan hscan sscan zscan', '[string, string[]]'],
  [
    'subscribe psubscribe unsubscribe punsubscribe config script client cluster call xadd xread xreadgroup xrange xrevrange xgroup xpending xclaim xautoclaim blpop brpop bzpopmin bzpopmax getBuffer',
    'any',
  ],
];
export const ioredisStub = `
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
export type RedisKey = string | Buffer;
export type RedisValue = string | Buffer | number;
export interface RedisOptions { port?: number; host?: string; password?: string; username?: string; db?: number; family?: number; tls?: any; lazyConnect?: boolean; maxRetriesPerRequest?: number | null; commandTimeout?: number; connectTimeout?: number; retryStrategy?: (times: number) => number | null | void; enableReadyCheck?: boolean; keyPrefix?: string; [name: string]: any }
export interface ClusterOptions { redisOptions?: RedisOptions; [name: string]: any }
export class RedisCommander extends EventEmitter {
${commands.map(([names, result]) => keyed(names, `Promise<${result}>`)).join('\n')}
}
export interface ChainableCommander {
  length: number;
${commands.map(([names]) => keyed(names, 'ChainableCommander')).join('\n')}
  exec(callback?: (error?: Error | null, results?: any[]) => void): Promise<[error: Error | null, result: any][] | null>;
}
export class Redis extends RedisCommander {
  constructor(port: number, host?: string, options?: RedisOptions);
  constructor(url: string, options?: RedisOptions);
  constructor(options?: RedisOptions);
  static Cluster: typeof Cluster;
  status: string;
  multi(commands?: any, options?: any): ChainableCommander;
  pipeline(commands?: any[]): ChainableCommander;
  readonly options: RedisOptions;
  connect(callback?: () => void): Promise<void>;
  disconnect(reconnect?: boolean): void;
  duplicate(override?: Partial<RedisOptions>): Redis;
  monitor(callback?: (error: Error | null, monitor: Redis) => void): Promise<Redis>;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void;
  scanStream(options?: any): Readable;
  hscanStream(key: string, options?: any): Readable;
  sscanStream(key: string, options?: any): Readable;
  zscanStream(key: string, options?: any): Readable;
}
export class Cluster extends RedisCommander {
  constructor(nodes: any[], options?: ClusterOptions);
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  nodes(role?: string): Redis[];
  multi(commands?: any, options?: any): ChainableCommander;
  pipeline(commands?: any[]): ChainableCommander;
}
export default Redis;
`;

export const axiosStub = `
export interface AxiosRequestConfig<D = any> { url?: string; method?: string; baseURL?: string; headers?: any; params?: any; data?: D; timeout?: number; timeoutErrorMessage?: string; withCredentials?: boolean; auth?: any; responseType?: string; maxContentLength?: number; maxBodyLength?: number; maxRedirects?: number; validateStatus?: ((status: number) => boolean) | null; httpAgent?: any; httpsAgent?: any; proxy?: any; cancelToken?: any; signal?: AbortSignal; transformRequest?: any; transformResponse?: any; [name: string]: any }
export interface AxiosResponse<T = any, D = any> { data: T; status: number; statusText: string; headers: any; config: AxiosRequestConfig<D>; request?: any }
export class AxiosError<T = unknown, D = any> extends Error { code?: string; config?: AxiosRequestConfig<D>; request?: any; response?: AxiosResponse<T, D>; status?: number; isAxiosError: boolean; toJSON(): object }
export interface AxiosInterceptorManager<V> { use(fulfilled?: ((value: V) => V | Promise<V>) | null, rejected?: ((error: any) => any) | null, options?: any): number; eject(id: number): void; clear(): void }
export class Axios {
  constructor(config?: AxiosRequestConfig);
  defaults: any;
  interceptors: { request: AxiosInterceptorManager<any>; response: AxiosInterceptorManager<AxiosResponse> };
  getUri(config?: AxiosRequestConfig): string;
  request<T = any, R = AxiosResponse<T>>(config: AxiosRequestConfig): Promise<R>;
  get<T = any, R = AxiosResponse<T>>(url: string, config?: AxiosRequestConfig): Promise<R>;
  delete<T = any, R = AxiosResponse<T>>(url: string, config?: AxiosRequestConfig): Promise<R>;
  head<T = any, R = AxiosResponse<T>>(url: string, config?: AxiosRequestConfig): Promise<R>;
  options<T = any, R = AxiosResponse<T>>(url: string, config?: AxiosRequestConfig): Promise<R>;
  post<T = any, R = AxiosResponse<T>>(url: string, data?: any, config?: AxiosRequestConfig): Promise<R>;
  put<T = any, R = AxiosResponse<T>>(url: string, data?: any, config?: AxiosRequestConfig): Promise<R>;
  patch<T = any, R = AxiosResponse<T>>(url: string, data?: any, config?: AxiosRequestConfig): Promise<R>;
  postForm<T = any, R = AxiosResponse<T>>(url: string, data?: any, config?: AxiosRequestConfig): Promise<R>;
  putForm<T = any, R = AxiosResponse<T>>(url: string, data?: any, config?: AxiosRequestConfig): Promise<R>;
}
export interface AxiosInstance extends Axios {
  <T = any, R = AxiosResponse<T>>(config: AxiosRequestConfig): Promise<R>;
  <T = any, R = AxiosResponse<T>>(url: string, config?: AxiosRequestConfig): Promise<R>;
  create(config?: AxiosRequestConfig): AxiosInstance;
}
export function isAxiosError<T = any>(value: any): value is AxiosError<T>;
export function isCancel(value: any): boolean;
export function all<T>(values: (T | Promise<T>)[]): Promise<T[]>;
export function spread<T, R>(callback: (...args: T[]) => R): (array: T[]) => R;
export function create(config?: AxiosRequestConfig): AxiosInstance;
export interface AxiosStatic extends AxiosInstance {
  isAxiosError: typeof isAxiosError;
  isCancel: typeof isCancel;
  all: typeof all;
  spread: typeof spread;
  Axios: typeof Axios;
  AxiosError: typeof AxiosError;
  CancelToken: any;
  default: AxiosStatic;
}
export const axios: AxiosStatic;
export default axios;
`;

export const wsStub = `
import { EventEmitter } from 'node:events';
import { IncomingMessage, Server as HttpServer } from 'node:http';
import { Duplex } from 'node:stream';
class WebSocket extends EventEmitter {
  constructor(address: string | URL | null, options?: object);
  constructor(address: string | URL, protocols?: string | string[], options?: object);
  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSING: 2;
  static readonly CLOSED: 3;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  binaryType: string;
  readonly bufferedAmount: number;
  readonly protocol: string;
  readonly readyState: 0 | 1 | 2 | 3;
  readonly url: string;
  onopen: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  send(data: any, callback?: (error?: Error) => void): void;
  send(data: any, options: object, callback?: (error?: Error) => void): void;
  ping(data?: any, mask?: boolean, callback?: (error: Error) => void): void;
  pong(data?: any, mask?: boolean, callback?: (error: Error) => void): void;
  close(code?: number, data?: string | Buffer): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  addEventListener(type: string, listener: (event: any) => void, options?: object): void;
  removeEventListener(type: string, listener: (event: any) => void): void;
}
namespace WebSocket {
  interface ServerOptions { host?: string; port?: number; backlog?: number; server?: HttpServer | null; noServer?: boolean; path?: string; clientTracking?: boolean; maxPayload?: number; perMessageDeflate?: any; verifyClient?: any; handleProtocols?: any }
  type RawData = Buffer | ArrayBuffer | Buffer[];
  class Server extends EventEmitter {
    constructor(options?: ServerOptions, callback?: () => void);
    readonly clients: Set<WebSocket>;
    readonly options: ServerOptions;
    readonly path: string;
    on(event: 'connection', listener: (socket: WebSocket, request: IncomingMessage) => void): this;
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    address(): any;
    close(callback?: (error?: Error) => void): void;
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, callback: (socket: WebSocket, request: IncomingMessage) => void): void;
    shouldHandle(request: IncomingMessage): boolean | Promise<boolean>;
  }
  class WebSocketServer extends Server {}
  function createWebSocketStream(socket: WebSocket, options?: object): Duplex;
  export { ServerOptions, RawData, Server, WebSocketServer, createWebSocketStream, WebSocket, WebSocket as default };
}
export = WebSocket;
`;

export const undiciStub = `
import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
interface Options { method?: string; headers?: any; body?: any; query?: any; signal?: AbortSignal | EventEmitter | null; headersTimeout?: number | null; bodyTimeout?: number | null; dispatcher?: Dispatcher; throwOnError?: boolean; maxRedirections?: number; opaque?: unknown; reset?: boolean; idempotent?: boolean }
interface PoolOptions { connections?: number | null; pipelining?: number; connect?: any; headersTimeout?: number; bodyTimeout?: number; keepAliveTimeout?: number; keepAliveMaxTimeout?: number; [name: string]: any }
export class BodyReadable extends Readable { readonly bodyUsed: boolean; readonly body: any; arrayBuffer(): Promise<ArrayBuffer>; blob(): Promise<any>; bytes(): Promise<Uint8Array>; formData(): Promise<any>; json(): Promise<unknown>; text(): Promise<string>; dump(options?: object): Promise<void> }
export interface ResponseData { statusCode: number; statusText: string; headers: Record<string, string | string[] | undefined>; body: BodyReadable; trailers: Record<string, string>; opaque: any; context: object }
export class Dispatcher extends EventEmitter {
  request(options: Options & { path: string; origin?: string | URL }): Promise<ResponseData>;
  request(options: Options & { path: string; origin?: string | URL }, callback: (error: Error | null, data: ResponseData) => void): void;
  stream(options: Options & { path: string }, factory: (data: any) => Writable): Promise<any>;
  connect(options: any): Promise<any>;
  upgrade(options: any): Promise<any>;
  pipeline(options: any, handler: any): any;
  dispatch(options: any, handler: any): boolean;
  compose(...interceptors: any[]): Dispatcher;
  close(): Promise<void>;
  close(callback: () => void): void;
  destroy(error?: Error | null): Promise<void>;
  readonly closed: boolean;
  readonly destroyed: boolean;
}
export class Agent extends Dispatcher { constructor(options?: PoolOptions) }
export class Pool extends Dispatcher { constructor(url: string | URL, options?: PoolOptions) }
export class Client extends Dispatcher { constructor(url: string | URL, options?: PoolOptions) }
export class BalancedPool extends Dispatcher { constructor(url: string | URL | string[], options?: PoolOptions) }
export class ProxyAgent extends Dispatcher { constructor(options: any) }
export class EnvHttpProxyAgent extends Dispatcher { constructor(options?: any) }
export class RetryAgent extends Dispatcher { constructor(dispatcher: Dispatcher, options?: any) }
export class MockAgent extends Dispatcher { constructor(options?: any); get(origin: any): any; disableNetConnect(): void; enableNetConnect(host?: any): void }
export function request(url: string | URL, options?: Options): Promise<ResponseData>;
export function stream(url: string | URL, options: Options, factory: (data: any) => Writable): Promise<any>;
export function connect(url: string | URL, options?: any): Promise<any>;
export function upgrade(url: string | URL, options?: any): Promise<any>;
export function pipeline(url: string | URL, options: any, handler: any): any;
export function setGlobalDispatcher(dispatcher: Dispatcher): void;
export function getGlobalDispatcher(): Dispatcher;
export function setGlobalOrigin(origin?: string | URL): void;
export function getGlobalOrigin(): URL | undefined;
export interface BodyMixin { readonly body: any; readonly bodyUsed: boolean; arrayBuffer(): Promise<ArrayBuffer>; blob(): Promise<any>; bytes(): Promise<Uint8Array>; formData(): Promise<any>; json(): Promise<unknown>; text(): Promise<string> }
export interface Response extends BodyMixin { readonly headers: any; readonly ok: boolean; readonly status: number; readonly statusText: string; readonly url: string; clone(): Response }
export function fetch(input: any, options?: Options & { redirect?: string }): Promise<Response>;
export class Headers { constructor(init?: any); get(name: string): string | null; set(name: string, value: string): void; has(name: string): boolean; append(name: string, value: string): void; delete(name: string): void }
export class FormData { append(name: string, value: any, fileName?: string): void; get(name: string): any; set(name: string, value: any): void }
`;

export const bcryptStub = `
export function genSalt(rounds?: number, minor?: string): Promise<string>;
export function genSalt(callback: (error: Error | undefined, salt: string) => void): void;
export function genSaltSync(rounds?: number, minor?: string): string;
export function hash(data: string | Buffer, saltOrRounds: string | number): Promise<string>;
export function hash(data: string | Buffer, saltOrRounds: string | number, callback: (error: Error | undefined, encrypted: string) => void): void;
export function hashSync(data: string | Buffer, saltOrRounds: string | number): string;
export function compare(data: string | Buffer, encrypted: string): Promise<boolean>;
export function compare(data: string | Buffer, encrypted: string, callback: (error: Error | undefined, same: boolean) => void): void;
export function compareSync(data: string | Buffer, encrypted: string): boolean;
export function getRounds(encrypted: string): number;
`;
