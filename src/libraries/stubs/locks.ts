/** Ambient declarations of the lock, queue and limiter packages. */
export const asyncMutexStub = `
export interface MutexInterface {
  acquire(priority?: number): Promise<MutexInterface.Releaser>;
  runExclusive<T>(callback: MutexInterface.Worker<T>, priority?: number): Promise<T>;
  waitForUnlock(priority?: number): Promise<void>;
  isLocked(): boolean;
  release(): void;
  cancel(): void;
}
export namespace MutexInterface {
  interface Releaser { (): void }
  interface Worker<T> { (): Promise<T> | T }
}
export class Mutex implements MutexInterface {
  constructor(cancelError?: Error);
  acquire(priority?: number): Promise<MutexInterface.Releaser>;
  runExclusive<T>(callback: MutexInterface.Worker<T>, priority?: number): Promise<T>;
  waitForUnlock(priority?: number): Promise<void>;
  isLocked(): boolean;
  release(): void;
  cancel(): void;
}
export interface SemaphoreInterface {
  acquire(weight?: number, priority?: number): Promise<[number, SemaphoreInterface.Releaser]>;
  runExclusive<T>(callback: SemaphoreInterface.Worker<T>, weight?: number, priority?: number): Promise<T>;
  waitForUnlock(weight?: number, priority?: number): Promise<void>;
  isLocked(): boolean;
  getValue(): number;
  setValue(value: number): void;
  release(weight?: number): void;
  cancel(): void;
}
export namespace SemaphoreInterface {
  interface Releaser { (): void }
  interface Worker<T> { (value: number): Promise<T> | T }
}
export class Semaphore implements SemaphoreInterface {
  constructor(value: number, cancelError?: Error);
  acquire(weight?: number, priority?: number): Promise<[number, SemaphoreInterface.Releaser]>;
  runExclusive<T>(callback: SemaphoreInterface.Worker<T>, weight?: number, priority?: number): Promise<T>;
  waitForUnlock(weight?: number, priority?: number): Promise<void>;
  isLocked(): boolean;
  getValue(): number;
  setValue(value: number): void;
  release(weight?: number): void;
  cancel(): void;
}
export function withTimeout(mutex: MutexInterface, timeout: number, timeoutError?: Error): MutexInterface;
export function withTimeout(semaphore: SemaphoreInterface, timeout: number, timeoutError?: Error): SemaphoreInterface;
export function tryAcquire(mutex: MutexInterface, alreadyAcquiredError?: Error): MutexInterface;
export function tryAcquire(semaphore: SemaphoreInterface, alreadyAcquiredError?: Error): SemaphoreInterface;
export const E_TIMEOUT: Error;
export const E_ALREADY_LOCKED: Error;
export const E_CANCELED: Error;
`;

export const asyncLockStub = `
namespace AsyncLock {
  type AsyncLockDoneCallback<T> = (error?: Error | null, result?: T) => void;
  interface AsyncLockOptions {
    timeout?: number;
    maxPending?: number;
    maxOccupationTime?: number;
    maxExecutionTime?: number;
    domainReentrant?: boolean;
    skipQueue?: boolean;
    Promise?: unknown;
  }
}
class AsyncLock {
  constructor(options?: AsyncLock.AsyncLockOptions);
  acquire<T>(
    key: string | string[],
    fn: (() => T | PromiseLike<T>) | ((done: AsyncLock.AsyncLockDoneCallback<T>) => any),
    options?: AsyncLock.AsyncLockOptions,
  ): Promise<T>;
  acquire<T>(
    key: string | string[],
    fn: (done: AsyncLock.AsyncLockDoneCallback<T>) => any,
    callback: AsyncLock.AsyncLockDoneCallback<T>,
    options?: AsyncLock.AsyncLockOptions,
  ): void;
  isBusy(key?: string): boolean;
}
export = AsyncLock;
`;

export const pLimitStub = `
namespace pLimit {
  type LimitFunction = {
    readonly activeCount: number;
    readonly pendingCount: number;
    concurrency: number;
    clearQueue(): void;
    map<Input, Result>(iterable: Iterable<Input>, fn: (input: Input, index: number) => PromiseLike<Result> | Result): Promise<Result[]>;
    <Arguments extends unknown[], Result>(fn: (...args: Arguments) => PromiseLike<Result> | Result, ...args: Arguments): Promise<Result>;
  };
  function limitFunction<Arguments extends unknown[], Result>(
    fn: (...args: Arguments) => PromiseLike<Result> | Result,
    options: { readonly concurrency: number },
  ): (...args: Arguments) => Promise<Result>;
  export { LimitFunction, limitFunction, pLimit as default };
}
function pLimit(concurrency: number | { concurrency: number; rejectOnClear?: boolean }): pLimit.LimitFunction;
export = pLimit;
`;

export const pQueueStub = `
import { EventEmitter } from 'eventemitter3';
interface QueueAddOptions { priority?: number; id?: string; signal?: AbortSignal; timeout?: number; throwOnTimeout?: boolean }
interface Options {
  concurrency?: number;
  autoStart?: boolean;
  queueClass?: new () => unknown;
  intervalCap?: number;
  interval?: number;
  carryoverConcurrencyCount?: boolean;
  timeout?: number;
  throwOnTimeout?: boolean;
}
class PQueue extends EventEmitter {
  constructor(options?: Options);
  timeout?: number;
  concurrency: number;
  readonly size: number;
  readonly pending: number;
  readonly isPaused: boolean;
  add<Result>(fn: (options: { signal?: AbortSignal }) => PromiseLike<Result> | Result, options?: QueueAddOptions): Promise<Result | void>;
  addAll<Result>(fns: readonly ((options: { signal?: AbortSignal }) => PromiseLike<Result> | Result)[], options?: QueueAddOptions): Promise<(Result | void)[]>;
  start(): this;
  pause(): void;
  clear(): void;
  onEmpty(): Promise<void>;
  onIdle(): Promise<void>;
  onSizeLessThan(limit: number): Promise<void>;
  sizeBy(options: Partial<QueueAddOptions>): number;
  setPriority(id: string, priority: number): void;
}
namespace PQueue {
  export { QueueAddOptions, Options, PQueue as default };
}
export = PQueue;
`;

export const eventEmitter3Stub = `
export class EventEmitter {
  on(event: string | symbol, listener: (...args: any[]) => void, context?: any): this;
  once(event: string | symbol, listener: (...args: any[]) => void, context?: any): this;
  addListener(event: string | symbol, listener: (...args: any[]) => void, context?: any): this;
  off(event: string | symbol, listener?: (...args: any[]) => void, context?: any, once?: boolean): this;
  removeListener(event: string | symbol, listener?: (...args: any[]) => void, context?: any, once?: boolean): this;
  removeAllListeners(event?: string | symbol): this;
  emit(event: string | symbol, ...args: any[]): boolean;
  listeners(event: string | symbol): ((...args: any[]) => void)[];
  listenerCount(event: string | symbol): number;
  eventNames(): (string | symbol)[];
}
export default EventEmitter;
`;

export const pMapStub = `
type Input<Element> = AsyncIterable<Element | Promise<Element>> | Iterable<Element | Promise<Element>>;
namespace pMap {
  interface Options { readonly concurrency?: number; readonly stopOnError?: boolean; readonly signal?: AbortSignal }
  const pMapSkip: unique symbol;
  type Mapper<Element, Result> = (element: Element, index: number) => Result | Promise<Result> | typeof pMapSkip;
  function pMapIterable<Element, Result>(input: Input<Element>, mapper: Mapper<Element, Result>, options?: { readonly concurrency?: number; readonly backpressure?: number }): AsyncIterable<Result>;
  export { Options, Mapper, pMapSkip, pMapIterable, pMap as default };
}
function pMap<Element, Result>(input: Input<Element>, mapper: pMap.Mapper<Element, Result>, options?: pMap.Options): Promise<Result[]>;
export = pMap;
`;

export const redlockStub = `
import { EventEmitter } from 'node:events';
export interface Settings { readonly driftFactor: number; readonly retryCount: number; readonly retryDelay: number; readonly retryJitter: number; readonly automaticExtensionThreshold: number }
export interface ExecutionResult { attempts: readonly Promise<unknown>[] }
export class ResourceLockedError extends Error {}
export class ExecutionError extends Error {}
export class Lock {
  readonly redlock: Redlock;
  readonly resources: string[];
  readonly value: string;
  expiration: number;
  release(): Promise<ExecutionResult>;
  extend(duration: number): Promise<Lock>;
}
export type RedlockAbortSignal = AbortSignal & { error?: Error };
export default class Redlock extends EventEmitter {
  constructor(clients: Iterable<unknown>, settings?: Partial<Settings>);
  readonly settings: Settings;
  quit(): Promise<void>;
  acquire(resources: string[], duration: number, settings?: Partial<Settings>): Promise<Lock>;
  release(lock: Lock, settings?: Partial<Settings>): Promise<ExecutionResult>;
  extend(existing: Lock, duration: number, settings?: Partial<Settings>): Promise<Lock>;
  using<T>(resources: string[], duration: number, settings: Partial<Settings>, routine?: (signal: RedlockAbortSignal) => Promise<T>): Promise<T>;
  using<T>(resources: string[], duration: number, routine: (signal: RedlockAbortSignal) => Promise<T>): Promise<T>;
}
`;

export const properLockfileStub = `
export interface LockOptions { stale?: number; update?: number; retries?: number | { retries?: number; factor?: number; minTimeout?: number; maxTimeout?: number; randomize?: boolean; forever?: boolean }; realpath?: boolean; fs?: any; onCompromised?: (error: Error) => any; lockfilePath?: string }
export function lock(file: string, options?: LockOptions): Promise<() => Promise<void>>;
export function unlock(file: string, options?: LockOptions): Promise<void>;
export function check(file: string, options?: LockOptions): Promise<boolean>;
export function lockSync(file: string, options?: LockOptions): () => void;
export function unlockSync(file: string, options?: LockOptions): void;
export function checkSync(file: string, options?: LockOptions): boolean;
`;

export const awaitLockStub = `
export default class AwaitLock {
  get acquired(): boolean;
  acquireAsync(options?: { timeout?: number }): Promise<void>;
  tryAcquire(): boolean;
  release(): void;
}
`;

export const rocicorpLockStub = `
export class Lock {
  lock(): Promise<() => void>;
  withLock<R>(f: () => R | Promise<R>): Promise<R>;
}
export class RWLock {
  read(): Promise<() => void>;
  withRead<R>(f: () => R | Promise<R>): Promise<R>;
  write(): Promise<() => void>;
  withWrite<R>(f: () => R | Promise<R>): Promise<R>;
}
`;

/** Ambient declarations of rwlock. */
export const rwlockStub = `
class ReadWriteGeneric<T> {
  readLock(callback: T, options?: ReadWriteLock.Options): void;
  readLock(key: string, callback: T, options?: ReadWriteLock.Options): void;
  writeLock(callback: T, options?: ReadWriteLock.Options): void;
  writeLock(key: string, callback: T, options?: ReadWriteLock.Options): void;
}
namespace ReadWriteLock {
  type Release = () => void;
  interface Options { scope?: any; timeout?: number; timeoutCallback?(): void }
}
class ReadWriteLock extends ReadWriteGeneric<(release: ReadWriteLock.Release) => void> {
  constructor();
  async: ReadWriteGeneric<(error: any, release: ReadWriteLock.Release) => void>;
}
export = ReadWriteLock;
`;

/** Ambient declarations of @livekit/mutex. */
export const livekitMutexStub = `
export class Mutex {
  isLocked(): boolean;
  lock(): Promise<() => void>;
}
export class MultiMutex {
  constructor(limit: number);
  isLocked(): boolean;
  lock(): Promise<() => void>;
}
`;
