/** Ambient declarations of packages that pool things, and of read-write locks. */
export const genericPoolStub = `
import { EventEmitter } from 'node:events';
export interface Factory<T> { create(): Promise<T>; destroy(client: T): Promise<void>; validate?(client: T): Promise<boolean> }
export interface Options { max?: number; min?: number; maxWaitingClients?: number; testOnBorrow?: boolean; testOnReturn?: boolean; acquireTimeoutMillis?: number; fifo?: boolean; priorityRange?: number; autostart?: boolean; evictionRunIntervalMillis?: number; idleTimeoutMillis?: number }
export class Pool<T> extends EventEmitter {
  size: number;
  available: number;
  borrowed: number;
  pending: number;
  max: number;
  min: number;
  start(): void;
  acquire(priority?: number): Promise<T>;
  release(resource: T): Promise<void>;
  destroy(resource: T): Promise<void>;
  drain(): Promise<void>;
  clear(): Promise<void>;
  ready(): Promise<void>;
  use<U>(callback: (resource: T) => U | Promise<U>): Promise<U>;
  isBorrowedResource(resource: T): boolean;
}
export function createPool<T>(factory: Factory<T>, options?: Options): Pool<T>;
`;

export const asyncRwlockStub = `
export enum State { Idle = 0, Reading = 1, Writing = 2 }
export class RWLock {
  getState(): State;
  readLock(timeout?: number): Promise<void>;
  writeLock(timeout?: number): Promise<void>;
  unlock(): void;
}
`;
