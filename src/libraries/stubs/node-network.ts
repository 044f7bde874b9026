/** Ambient declarations of `node:http(s)`, `node:http2`, `node:net`, `node:tls`, `node:dgram` and `node:dns`. */
export const netStub = `
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
export interface AddressInfo { address: string; family: string; port: number }
export interface ListenOptions { port?: number; host?: string; path?: string; backlog?: number; exclusive?: boolean; signal?: AbortSignal }
export interface NetConnectOpts { port?: number; host?: string; path?: string; timeout?: number; signal?: AbortSignal; localAddress?: string }
export class Socket extends Duplex {
  constructor(options?: object);
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly connecting: boolean;
  readonly readyState: string;
  connect(options: NetConnectOpts, listener?: () => void): this;
  connect(port: number, host: string, listener?: () => void): this;
  connect(port: number, listener?: () => void): this;
  connect(path: string, listener?: () => void): this;
  end(callback?: () => void): this;
  end(chunk: any, callback?: () => void): this;
  end(chunk: any, encoding?: BufferEncoding, callback?: () => void): this;
  write(chunk: any, callback?: (error?: Error | null) => void): boolean;
  write(chunk: any, encoding?: BufferEncoding, callback?: (error?: Error | null) => void): boolean;
  setEncoding(encoding?: BufferEncoding): this;
  pause(): this;
  resume(): this;
  setTimeout(timeout: number, callback?: () => void): this;
  setNoDelay(noDelay?: boolean): this;
  setKeepAlive(enable?: boolean, delay?: number): this;
  address(): AddressInfo | {};
  destroySoon(): void;
  resetAndDestroy(): this;
  ref(): this;
  unref(): this;
}
export class Server extends EventEmitter {
  constructor(listener?: (socket: Socket) => void);
  constructor(options: object, listener?: (socket: Socket) => void);
  readonly listening: boolean;
  maxConnections: number;
  listen(port?: number, host?: string, backlog?: number, listener?: () => void): this;
  listen(port?: number, host?: string, listener?: () => void): this;
  listen(port?: number, listener?: () => void): this;
  listen(path: string, listener?: () => void): this;
  listen(options: ListenOptions, listener?: () => void): this;
  close(callback?: (error?: Error) => void): this;
  address(): AddressInfo | string | null;
  getConnections(callback: (error: Error | null, count: number) => void): this;
  ref(): this;
  unref(): this;
}
export function createServer(listener?: (socket: Socket) => void): Server;
export function createServer(options: { allowHalfOpen?: boolean; pauseOnConnect?: boolean; noDelay?: boolean }, listener?: (socket: Socket) => void): Server;
export function connect(options: NetConnectOpts, listener?: () => void): Socket;
export function connect(port: number, host?: string, listener?: () => void): Socket;
export function connect(path: string, listener?: () => void): Socket;
export function createConnection(options: NetConnectOpts, listener?: () => void): Socket;
export function createConnection(port: number, host?: string, listener?: () => void): Socket;
export function createConnection(path: string, listener?: () => void): Socket;
export function isIP(text: string): number;
export function isIPv4(text: string): boolean;
export function isIPv6(text: string): boolean;
export class BlockList { addAddress(address: string, type?: string): void; addRange(start: string, end: string, type?: string): void; addSubnet(net: string, prefix: number, type?: string): void; check(address: string, type?: string): boolean }
`;

export const httpStub = `
import { Readable, Writable } from 'node:stream';
import { EventEmitter } from 'node:events';
import { Server as NetServer, Socket } from 'node:net';
export interface IncomingHttpHeaders { authorization?: string; accept?: string; host?: string; cookie?: string; 'content-type'?: string; 'content-length'?: string; 'set-cookie'?: string[]; 'user-agent'?: string; [name: string]: string | string[] | undefined }
export interface OutgoingHttpHeaders { [name: string]: number | string | string[] | undefined }
export interface RequestOptions {
  agent?: Agent | boolean;
  auth?: string | null;
  headers?: OutgoingHttpHeaders | readonly string[];
  host?: string | null;
  hostname?: string | null;
  method?: string;
  path?: string | null;
  port?: number | string | null;
  protocol?: string | null;
  signal?: AbortSignal;
  timeout?: number;
  socketPath?: string;
  family?: number;
  localAddress?: string;
  rejectUnauthorized?: boolean;
  [name: string]: unknown;
}
export interface ServerOptions { keepAliveTimeout?: number; requestTimeout?: number; headersTimeout?: number; maxHeaderSize?: number; connectionsCheckingInterval?: number; insecureHTTPParser?: boolean }
export class IncomingMessage extends Readable {
  constructor(socket: Socket);
  aborted: boolean;
  complete: boolean;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  trailers: { [name: string]: string | undefined };
  httpVersion: string;
  method?: string;
  url?: string;
  statusCode?: number;
  statusMessage?: string;
  socket: Socket;
  connection: Socket;
  setTimeout(timeout: number, callback?: () => void): this;
  destroy(error?: Error): this;
}
export class OutgoingMessage extends Writable {
  readonly req: IncomingMessage;
  readonly headersSent: boolean;
  readonly socket: Socket | null;
  chunkedEncoding: boolean;
  finished: boolean;
  sendDate: boolean;
  setTimeout(timeout: number, callback?: () => void): this;
  setHeader(name: string, value: number | string | readonly string[]): this;
  setHeaders(headers: any): this;
  appendHeader(name: string, value: string | readonly string[]): this;
  getHeader(name: string): number | string | string[] | undefined;
  getHeaders(): OutgoingHttpHeaders;
  getHeaderNames(): string[];
  hasHeader(name: string): boolean;
  removeHeader(name: string): void;
  addTrailers(headers: OutgoingHttpHeaders): void;
  flushHeaders(): void;
}
export class ServerResponse extends OutgoingMessage {
  constructor(request: IncomingMessage);
  statusCode: number;
  statusMessage: string;
  writeHead(status: number, message?: string, headers?: OutgoingHttpHeaders | any[]): this;
  writeHead(status: number, headers?: OutgoingHttpHeaders | any[]): this;
  writeContinue(callback?: () => void): void;
  writeEarlyHints(hints: Record<string, string | string[]>, callback?: () => void): void;
  writeProcessing(): void;
}
export class ClientRequest extends OutgoingMessage {
  aborted: boolean;
  host: string;
  protocol: string;
  reusedSocket: boolean;
  method: string;
  path: string;
  abort(): void;
  setTimeout(timeout: number, callback?: () => void): this;
  setNoDelay(noDelay?: boolean): void;
  setSocketKeepAlive(enable?: boolean, delay?: number): void;
}
export interface AgentOptions { keepAlive?: boolean; keepAliveMsecs?: number; maxSockets?: number; maxTotalSockets?: number; maxFreeSockets?: number; timeout?: number }
export class Agent extends EventEmitter {
  constructor(options?: AgentOptions);
  maxSockets: number;
  maxFreeSockets: number;
  readonly sockets: Record<string, Socket[] | undefined>;
  destroy(): void;
}
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;
export class Server extends NetServer {
  constructor(listener?: RequestListener);
  constructor(options: ServerOptions, listener?: RequestListener);
  timeout: number;
  headersTimeout: number;
  keepAliveTimeout: number;
  requestTimeout: number;
  maxRequestsPerSocket: number | null;
  setTimeout(timeout?: number, callback?: (socket: Socket) => void): this;
  closeAllConnections(): void;
  closeIdleConnections(): void;
}
export function createServer(listener?: RequestListener): Server;
export function createServer(options: ServerOptions, listener?: RequestListener): Server;
export function request(options: RequestOptions | string | URL, callback?: (response: IncomingMessage) => void): ClientRequest;
export function request(url: string | URL, options: RequestOptions, callback?: (response: IncomingMessage) => void): ClientRequest;
export function get(options: RequestOptions | string | URL, callback?: (response: IncomingMessage) => void): ClientRequest;
export function get(url: string | URL, options: RequestOptions, callback?: (response: IncomingMessage) => void): ClientRequest;
export let globalAgent: Agent;
export const METHODS: string[];
export const STATUS_CODES: { [code: number]: string | undefined; [code: string]: string | undefined };
export const maxHeaderSize: number;
export function validateHeaderName(name: string): void;
export function validateHeaderValue(name: string, value: string): void;
`;

export const httpsStub = `
import * as http from 'node:http';
export interface ServerOptions extends http.ServerOptions { key?: any; cert?: any; ca?: any; pfx?: any; passphrase?: string; requestCert?: boolean; rejectUnauthorized?: boolean }
export interface RequestOptions extends http.RequestOptions {}
export interface AgentOptions extends http.AgentOptions { rejectUnauthorized?: boolean }
export class Agent extends http.Agent { constructor(options?: AgentOptions) }
export class Server extends http.Server {}
export function createServer(listener?: http.RequestListener): Server;
export function createServer(options: ServerOptions, listener?: http.RequestListener): Server;
export function request(options: RequestOptions | string | URL, callback?: (response: http.IncomingMessage) => void): http.ClientRequest;
export function request(url: string | URL, options: RequestOptions, callback?: (response: http.IncomingMessage) => void): http.ClientRequest;
export function get(options: RequestOptions | string | URL, callback?: (response: http.IncomingMessage) => void): http.ClientRequest;
export function get(url: string | URL, options: RequestOptions, callback?: (response: http.IncomingMessage) => void): http.ClientRequest;
export let globalAgent: Agent;
`;

export const http2Stub = `
import { EventEmitter } from 'node:events';
import { Duplex, Readable, Writable } from 'node:stream';
import { Server } from 'node:net';
type Headers = Record<string, number | string | string[] | undefined>;
export class Http2Stream extends Duplex { readonly id?: number; readonly session?: Http2Session; close(code?: number, callback?: () => void): void }
export class ClientHttp2Stream extends Http2Stream {}
export class ServerHttp2Stream extends Http2Stream { respond(headers?: Headers, options?: object): void; respondWithFile(path: string, headers?: Headers, options?: object): void; pushStream(headers: Headers, callback?: (error: Error | null, stream: ServerHttp2Stream, headers: Headers) => void): void; additionalHeaders(headers: Headers): void }
export class Http2Session extends EventEmitter { readonly closed: boolean; readonly destroyed: boolean; close(callback?: () => void): void; destroy(error?: Error, code?: number): void; ping(callback: (error: Error | null, duration: number) => void): boolean; ref(): void; unref(): void }
export class ClientHttp2Session extends Http2Session { request(headers?: Headers, options?: { signal?: AbortSignal; endStream?: boolean }): ClientHttp2Stream }
export class ServerHttp2Session extends Http2Session {}
export class Http2ServerRequest extends Readable { headers: Headers; method: string; url: string; stream: ServerHttp2Stream }
export class Http2ServerResponse extends Writable { statusCode: number; setHeader(name: string, value: number | string | readonly string[]): void; getHeader(name: string): string; writeHead(status: number, headers?: Headers): this; stream: ServerHttp2Stream }
export interface Http2Server extends Server {}
export interface Http2SecureServer extends Server {}
export function createServer(listener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void): Http2Server;
export function createServer(options: object, listener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void): Http2Server;
export function createSecureServer(options: object, listener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void): Http2SecureServer;
export function connect(authority: string | URL, listener?: (session: ClientHttp2Session) => void): ClientHttp2Session;
export function connect(authority: string | URL, options: object, listener?: (session: ClientHttp2Session) => void): ClientHttp2Session;
export const constants: { readonly [name: string]: any };
`;

export const tlsStub = `
import { NetConnectOpts, Server as NetServer, Socket } from 'node:net';
export interface SecureContext { context: any }
export interface ConnectionOptions { port?: number; host?: string; path?: string; timeout?: number; ca?: any; cert?: any; key?: any; rejectUnauthorized?: boolean; servername?: string; socket?: any }
export class TLSSocket extends Socket { authorized: boolean; authorizationError: Error; encrypted: true; getPeerCertificate(detailed?: boolean): any; getCipher(): any }
export class Server extends NetServer { setSecureContext(options: object): void }
export function createServer(listener?: (socket: TLSSocket) => void): Server;
export function createServer(options: object, listener?: (socket: TLSSocket) => void): Server;
export function connect(options: ConnectionOptions, listener?: () => void): TLSSocket;
export function connect(port: number, host?: string, options?: ConnectionOptions, listener?: () => void): TLSSocket;
export function createSecureContext(options?: object): SecureContext;
export function checkServerIdentity(host: string, certificate: any): Error | undefined;
export function getCiphers(): string[];
`;

export const dgramStub = `
import { EventEmitter } from 'node:events';
import { AddressInfo } from 'node:net';
export interface RemoteInfo { address: string; family: string; port: number; size: number }
export class Socket extends EventEmitter {
  bind(port?: number, address?: string, callback?: () => void): this;
  bind(port?: number, callback?: () => void): this;
  bind(callback?: () => void): this;
  connect(port: number, address?: string, callback?: () => void): void;
  disconnect(): void;
  send(message: any, port?: number, address?: string, callback?: (error: Error | null, bytes: number) => void): void;
  send(message: any, port?: number, callback?: (error: Error | null, bytes: number) => void): void;
  send(message: any, offset: number, length: number, port?: number, address?: string, callback?: (error: Error | null, bytes: number) => void): void;
  close(callback?: () => void): this;
  address(): AddressInfo;
  setBroadcast(flag: boolean): void;
  setTTL(ttl: number): number;
  setMulticastTTL(ttl: number): number;
  addMembership(address: string, network?: string): void;
  dropMembership(address: string, network?: string): void;
  ref(): this;
  unref(): this;
}
export function createSocket(type: 'udp4' | 'udp6' | { type: 'udp4' | 'udp6'; reuseAddr?: boolean; signal?: AbortSignal }, callback?: (message: Buffer, remote: RemoteInfo) => void): Socket;
`;

const lookups: readonly (readonly [string, string, string])[] = [
  [
    'lookup',
    'host: string, options: { all: true; family?: number; hints?: number }',
    '{ address: string; family: number }[]',
  ],
  ['lookup', 'host: string, options?: any', '{ address: string; family: number }'],
  ['resolve', 'host: string, type?: string', 'any'],
  ['resolve4', 'host: string', 'string[]'],
  ['resolve6', 'host: string', 'string[]'],
  ['resolveMx', 'host: string', '{ exchange: string; priority: number }[]'],
  ['resolveTxt', 'host: string', 'string[][]'],
  ['resolveSrv', 'host: string', '{ name: string; port: number; priority: number; weight: number }[]'],
  ['resolveNs', 'host: string', 'string[]'],
  ['resolveCname', 'host: string', 'string[]'],
  ['resolveAny', 'host: string', 'any[]'],
  ['resolvePtr', 'host: string', 'string[]'],
  ['resolveSoa', 'host: string', 'any'],
  ['resolveNaptr', 'host: string', 'any[]'],
  ['resolveCaa', 'host: string', 'any[]'],
  ['reverse', 'address: string', 'string[]'],
  ['lookupService', 'address: string, port: number', '{ hostname: string; service: string }'],
];
const settings = `
export function setServers(servers: readonly string[]): void;
export function getServers(): string[];
export function setDefaultResultOrder(order: 'ipv4first' | 'verbatim'): void;
`;
export const dnsStub = `
export * as promises from 'node:dns/promises';
export function lookup(host: string, callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void): void;
export function lookup(host: string, options: any, callback: (error: NodeJS.ErrnoException | null, address: any, family: number) => void): void;
${lookups
  .filter(([name]) => name !== 'lookup')
  .map(
    ([name, parameters, result]) =>
      `export function ${name}(${parameters.replace('?:', ':')}, callback: (error: NodeJS.ErrnoException | null, result: ${result}) => void): void;`,
  )
  .join('\n')}
export function resolve(host: string, callback: (error: NodeJS.ErrnoException | null, addresses: string[]) => void): void;
${settings}`;
export const dnsPromisesStub = `${lookups.map(([name, parameters, result]) => `export function ${name}(${parameters}): Promise<${result}>;`).join('\n')}
${settings}`;
