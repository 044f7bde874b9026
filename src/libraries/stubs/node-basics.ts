/** Ambient declarations of `node:events`, `node:timers`, `node:stream` and their promise forms. */
export const eventsStub = `
interface Options { captureRejections?: boolean }
type Listener = (...args: any[]) => void;
class EventEmitter<T = any> {
  constructor(options?: Options);
  static defaultMaxListeners: number;
  static captureRejections: boolean;
  static errorMonitor: symbol;
  on(event: string | symbol, listener: Listener): this;
  once(event: string | symbol, listener: Listener): this;
  addListener(event: string | symbol, listener: Listener): this;
  prependListener(event: string | symbol, listener: Listener): this;
  prependOnceListener(event: string | symbol, listener: Listener): this;
  off(event: string | symbol, listener: Listener): this;
  removeListener(event: string | symbol, listener: Listener): this;
  removeAllListeners(event?: string | symbol): this;
  setMaxListeners(count: number): this;
  getMaxListeners(): number;
  emit(event: string | symbol, ...args: any[]): boolean;
  listeners(event: string | symbol): Function[];
  rawListeners(event: string | symbol): Function[];
  listenerCount(event: string | symbol, listener?: Function): number;
  eventNames(): (string | symbol)[];
}
namespace EventEmitter {
  export { EventEmitter };
  export class EventEmitterAsyncResource extends EventEmitter {}
  export function once(emitter: EventEmitter | EventTarget, event: string | symbol, options?: { signal?: AbortSignal }): Promise<any[]>;
  export function on(emitter: EventEmitter | EventTarget, event: string | symbol, options?: { signal?: AbortSignal; close?: string[] }): AsyncIterableIterator<any[]>;
  export function getEventListeners(emitter: EventEmitter | EventTarget, event: string | symbol): Function[];
  export function listenerCount(emitter: EventEmitter, event: string | symbol): number;
  export function setMaxListeners(count?: number, ...targets: (EventEmitter | EventTarget)[]): void;
  export function getMaxListeners(emitter: EventEmitter | EventTarget): number;
  export function addAbortListener(signal: AbortSignal, resource: (event: Event) => void): { [Symbol.toStringTag]?: string };
}
export = EventEmitter;
`;

export const timersStub = `
import setTimeout = globalThis.setTimeout;
import setInterval = globalThis.setInterval;
import setImmediate = globalThis.setImmediate;
import clearTimeout = globalThis.clearTimeout;
import clearInterval = globalThis.clearInterval;
import clearImmediate = globalThis.clearImmediate;
export { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
`;

export const timersPromisesStub = `
interface TimerOptions { ref?: boolean; signal?: AbortSignal }
export function setTimeout<T = void>(delay?: number, value?: T, options?: TimerOptions): Promise<T>;
export function setImmediate<T = void>(value?: T, options?: TimerOptions): Promise<T>;
export function setInterval<T = void>(delay?: number, value?: T, options?: TimerOptions): AsyncIterableIterator<T>;
export interface Scheduler {
  wait(delay: number, options?: TimerOptions): Promise<void>;
  yield(): Promise<void>;
}
export const scheduler: Scheduler;
`;

export const streamStub = `
import EventEmitter = require('node:events');
type Callback = (error?: Error | null) => void;
interface StreamOptions<T> {
  emitClose?: boolean;
  highWaterMark?: number;
  objectMode?: boolean;
  autoDestroy?: boolean;
  signal?: AbortSignal;
  construct?(this: T, callback: Callback): void;
  destroy?(this: T, error: Error | null, callback: Callback): void;
}
interface ReadableOptions<T = Readable> extends StreamOptions<T> { encoding?: BufferEncoding; read?(this: T, size: number): void }
interface WritableOptions<T = Writable> extends StreamOptions<T> {
  decodeStrings?: boolean;
  defaultEncoding?: BufferEncoding;
  write?(this: T, chunk: any, encoding: BufferEncoding, callback: Callback): void;
  writev?(this: T, chunks: { chunk: any; encoding: BufferEncoding }[], callback: Callback): void;
  final?(this: T, callback: Callback): void;
}
interface DuplexOptions<T = Duplex> extends ReadableOptions<T>, WritableOptions<T> { allowHalfOpen?: boolean; readableObjectMode?: boolean; writableObjectMode?: boolean }
interface TransformOptions extends DuplexOptions<Transform> {
  transform?(this: Transform, chunk: any, encoding: BufferEncoding, callback: (error?: Error | null, data?: any) => void): void;
  flush?(this: Transform, callback: (error?: Error | null, data?: any) => void): void;
}
interface IterationOptions { concurrency?: number; signal?: AbortSignal }
class Stream extends EventEmitter {
  constructor(options?: any);
  pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean }): T;
}
namespace Stream {
  export { Stream, ReadableOptions, WritableOptions, DuplexOptions, TransformOptions };
  export class Readable extends Stream implements NodeJS.ReadableStream, AsyncIterable<any> {
    constructor(options?: ReadableOptions);
    static from(iterable: Iterable<any> | AsyncIterable<any>, options?: ReadableOptions): Readable;
    static fromWeb(stream: any, options?: ReadableOptions): Readable;
    static toWeb(stream: Readable): any;
    readable: boolean;
    readonly readableEnded: boolean;
    readonly readableLength: number;
    readonly readableHighWaterMark: number;
    readonly readableFlowing: boolean | null;
    readonly errored: Error | null;
    readonly closed: boolean;
    destroyed: boolean;
    _read(size: number): void;
    _destroy(error: Error | null, callback: Callback): void;
    read(size?: number): any;
    setEncoding(encoding: BufferEncoding): this;
    pause(): this;
    resume(): this;
    isPaused(): boolean;
    unpipe(destination?: NodeJS.WritableStream): this;
    unshift(chunk: any, encoding?: BufferEncoding): void;
    push(chunk: any, encoding?: BufferEncoding): boolean;
    destroy(error?: Error): this;
    map(fn: (chunk: any, options?: { signal?: AbortSignal }) => any, options?: IterationOptions): Readable;
    filter(fn: (chunk: any) => boolean | Promise<boolean>, options?: IterationOptions): Readable;
    flatMap(fn: (chunk: any) => any, options?: IterationOptions): Readable;
    forEach(fn: (chunk: any) => void | Promise<void>, options?: IterationOptions): Promise<void>;
    some(fn: (chunk: any) => boolean | Promise<boolean>, options?: IterationOptions): Promise<boolean>;
    every(fn: (chunk: any) => boolean | Promise<boolean>, options?: IterationOptions): Promise<boolean>;
    find(fn: (chunk: any) => boolean | Promise<boolean>, options?: IterationOptions): Promise<any>;
    reduce<T = any>(fn: (previous: any, chunk: any) => T, initial?: T, options?: { signal?: AbortSignal }): Promise<T>;
    toArray(options?: { signal?: AbortSignal }): Promise<any[]>;
    take(limit: number): Readable;
    drop(limit: number): Readable;
    iterator(options?: { destroyOnReturn?: boolean }): AsyncIterableIterator<any>;
    compose(stream: any): any;
    [Symbol.asyncIterator](): AsyncIterableIterator<any>;
  }
  export class Writable extends Stream implements NodeJS.WritableStream {
    constructor(options?: WritableOptions);
    writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableHighWaterMark: number;
    readonly writableNeedDrain: boolean;
    readonly errored: Error | null;
    readonly closed: boolean;
    destroyed: boolean;
    _write(chunk: any, encoding: BufferEncoding, callback: Callback): void;
    _final(callback: Callback): void;
    _destroy(error: Error | null, callback: Callback): void;
    write(chunk: any, callback?: Callback): boolean;
    write(chunk: any, encoding: BufferEncoding, callback?: Callback): boolean;
    end(callback?: () => void): this;
    end(chunk: any, callback?: () => void): this;
    end(chunk: any, encoding: BufferEncoding, callback?: () => void): this;
    cork(): void;
    uncork(): void;
    setDefaultEncoding(encoding: BufferEncoding): this;
    destroy(error?: Error): this;
  }
  export class Duplex extends Readable implements NodeJS.ReadWriteStream {
    constructor(options?: DuplexOptions);
    allowHalfOpen: boolean;
    writable: boolean;
    readonly writableEnded: boolean;
    readonly writableFinished: boolean;
    readonly writableLength: number;
    readonly writableNeedDrain: boolean;
    _write(chunk: any, encoding: BufferEncoding, callback: Callback): void;
    _final(callback: Callback): void;
    write(chunk: any, callback?: Callback): boolean;
    write(chunk: any, encoding: BufferEncoding, callback?: Callback): boolean;
    end(callback?: () => void): this;
    end(chunk: any, callback?: () => void): this;
    end(chunk: any, encoding: BufferEncoding, callback?: () => void): this;
    cork(): void;
    uncork(): void;
    setDefaultEncoding(encoding: BufferEncoding): this;
  }
  export class Transform extends Duplex {
    constructor(options?: TransformOptions);
    _transform(chunk: any, encoding: BufferEncoding, callback: (error?: Error | null, data?: any) => void): void;
    _flush(callback: (error?: Error | null, data?: any) => void): void;
  }
  export class PassThrough extends Transform {}
  export function pipeline(...streams: any[]): Writable;
  export function finished(stream: any, options: { error?: boolean; readable?: boolean; writable?: boolean; signal?: AbortSignal }, callback: Callback): () => void;
  export function finished(stream: any, callback: Callback): () => void;
  export function addAbortSignal<T extends Stream>(signal: AbortSignal, stream: T): T;
  export function compose(...streams: any[]): Duplex;
  export const promises: typeof import('node:stream/promises');
}
import Readable = Stream.Readable;
import Writable = Stream.Writable;
import Duplex = Stream.Duplex;
import Transform = Stream.Transform;
export = Stream;
`;

export const streamPromisesStub = `
export function pipeline(...streams: any[]): Promise<void>;
export function finished(stream: any, options?: { error?: boolean; readable?: boolean; writable?: boolean; signal?: AbortSignal; cleanup?: boolean }): Promise<void>;
`;
