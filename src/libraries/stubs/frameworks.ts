/** Ambient declarations of frameworks, message queues and sockets. */
export const koaStub = `
import { EventEmitter } from 'node:events';
import { IncomingMessage, Server, ServerResponse } from 'node:http';
class Application extends EventEmitter {
  constructor(options?: any);
  use(middleware: (context: any, next: () => Promise<any>) => any): this;
  listen(port?: number, ...rest: any[]): Server;
  callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  onerror(error: Error): void;
}
export default Application;
`;

export const honoStub = `
export interface HonoRequest { param(name: string): string; query(name: string): string | undefined; header(name: string): string | undefined; json<T = any>(): Promise<T>; text(): Promise<string> }
export interface Context { req: HonoRequest; env: any; json(value: unknown, status?: number): any; text(text: string, status?: number): any; html(text: string): any; body(data: any): any; redirect(to: string): any; header(name: string, value: string): void; status(code: number): void; set(key: string, value: unknown): void; get(key: string): any }
export type Handler = (context: Context, next: () => Promise<void>) => any;
export class Hono<E = any> {
  constructor(options?: any);
  get(path: string, ...handlers: Handler[]): this;
  post(path: string, ...handlers: Handler[]): this;
  put(path: string, ...handlers: Handler[]): this;
  delete(path: string, ...handlers: Handler[]): this;
  patch(path: string, ...handlers: Handler[]): this;
  options(path: string, ...handlers: Handler[]): this;
  all(path: string, ...handlers: Handler[]): this;
  use(...handlers: (string | Handler)[]): this;
  route(path: string, app: Hono): this;
  basePath(path: string): this;
  mount(path: string, app: any, options?: any): this;
  onError(handler: (error: Error, context: Context) => any): this;
  notFound(handler: (context: Context) => any): this;
  fetch(request: any, env?: any, context?: any): any;
  request(input: any, init?: any, env?: any, context?: any): any;
  fire(): void;
}
`;

export const socketIoStub = `
import { EventEmitter } from 'node:events';
export class BroadcastOperator {
  to(room: string | string[]): BroadcastOperator;
  in(room: string | string[]): BroadcastOperator;
  except(room: string | string[]): BroadcastOperator;
  timeout(ms: number): BroadcastOperator;
  compress(compress: boolean): BroadcastOperator;
  emit(event: string, ...args: any[]): boolean;
  emitWithAck(event: string, ...args: any[]): Promise<any>;
  fetchSockets(): Promise<any[]>;
}
export class StrictEventEmitter extends EventEmitter {
  on(event: string, listener: (...args: any[]) => void): this;
  once(event: string, listener: (...args: any[]) => void): this;
  emit(event: string, ...args: any[]): boolean;
}
export class Socket extends StrictEventEmitter {
  id: string; data: any; handshake: any;
  join(room: string | string[]): Promise<void> | void;
  leave(room: string): Promise<void> | void;
  disconnect(close?: boolean): this;
  send(...args: any[]): this;
  emitWithAck(event: string, ...args: any[]): Promise<any>;
  to(room: string | string[]): BroadcastOperator;
  in(room: string | string[]): BroadcastOperator;
  except(room: string | string[]): BroadcastOperator;
  timeout(ms: number): this;
  use(middleware: (event: any[], next: (error?: Error) => void) => void): this;
}
export class Namespace extends StrictEventEmitter {
  send(...args: any[]): this;
  serverSideEmit(event: string, ...args: any[]): boolean;
  to(room: string | string[]): BroadcastOperator;
  in(room: string | string[]): BroadcastOperator;
  except(room: string | string[]): BroadcastOperator;
  timeout(ms: number): BroadcastOperator;
  fetchSockets(): Promise<any[]>;
  use(middleware: (socket: Socket, next: (error?: Error) => void) => void): this;
}
export class Server extends StrictEventEmitter {
  constructor(server?: any, options?: any);
  of(name: string): Namespace;
  send(...args: any[]): this;
  serverSideEmit(event: string, ...args: any[]): boolean;
  to(room: string | string[]): BroadcastOperator;
  in(room: string | string[]): BroadcastOperator;
  except(room: string | string[]): BroadcastOperator;
  timeout(ms: number): BroadcastOperator;
  fetchSockets(): Promise<any[]>;
  use(middleware: (socket: Socket, next: (error?: Error) => void) => void): this;
  listen(server: any, options?: any): this;
  attach(server: any, options?: any): this;
  close(callback?: (error?: Error) => void): Promise<void>;
}
`;

export const bullmqStub = `
import { EventEmitter } from 'node:events';
export class Job<D = any, R = any> { id?: string; name: string; data: D; updateProgress(progress: any): Promise<void>; updateData(data: D): Promise<void>; log(text: string): Promise<number>; remove(): Promise<void>; waitUntilFinished(events: QueueEvents, ttl?: number): Promise<R> }
export class Queue<D = any> extends EventEmitter { constructor(name: string, options?: any); add(name: string, data: D, options?: any): Promise<Job<D>>; addBulk(jobs: any[]): Promise<Job<D>[]>; getJob(id: string): Promise<Job<D> | undefined>; pause(): Promise<void>; resume(): Promise<void>; drain(): Promise<void>; obliterate(options?: any): Promise<void>; close(): Promise<void> }
export class Worker<D = any> extends EventEmitter { constructor(name: string, processor?: string | ((job: Job<D>, token?: string) => Promise<any>) | null, options?: any); pause(): Promise<void>; waitUntilReady(): Promise<any>; close(force?: boolean): Promise<void> }
export class QueueEvents extends EventEmitter { constructor(name: string, options?: any); close(): Promise<void> }
`;

export const kafkajsStub = `
export interface EachMessagePayload { topic: string; partition: number; message: { key: Buffer | null; value: Buffer | null; offset: string; headers?: any }; heartbeat(): Promise<void>; pause(): () => void }
export interface Consumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(options: { topic?: string; topics?: string[]; fromBeginning?: boolean }): Promise<void>;
  run(options?: { eachMessage?: (payload: EachMessagePayload) => Promise<void>; eachBatch?: (payload: any) => Promise<void>; partitionsConsumedConcurrently?: number; [name: string]: any }): Promise<void>;
  stop(): Promise<void>;
  commitOffsets(offsets: any[]): Promise<void>;
  pause(topics: any[]): void;
  resume(topics: any[]): void;
  seek(position: any): void;
}
export interface Producer { connect(): Promise<void>; disconnect(): Promise<void>; send(record: any): Promise<any[]>; sendBatch(batch: any): Promise<any[]>; transaction(): Promise<Transaction> }
export interface Transaction { send(record: any): Promise<any[]>; sendBatch(batch: any): Promise<any[]>; commit(): Promise<void>; abort(): Promise<void> }
export class Kafka { constructor(options: any); consumer(options: { groupId: string; [name: string]: any }): Consumer; producer(options?: any): Producer; admin(options?: any): any }
`;
