/** Ambient declarations of `node:util`, `node:async_hooks`, `node:domain` and `node:readline`. */
export const utilStub = `
type Callback<T> = (error: any, result: T) => void;
export function promisify<F extends Function & { __promisify__: any }>(fn: F): F['__promisify__'];
export function promisify<A extends any[], T>(fn: (...args: [...A, callback: Callback<T>]) => void): (...args: A) => Promise<T>;
export function promisify(fn: Function): (...args: any[]) => Promise<any>;
export namespace promisify { const custom: unique symbol }
export function callbackify<A extends any[], T>(fn: (...args: A) => Promise<T>): (...args: [...A, callback: (error: NodeJS.ErrnoException, result: T) => void]) => void;
export function deprecate<F extends Function>(fn: F, message: string, code?: string): F;
export function inherits(constructor: unknown, parent: unknown): void;
export function inspect(value: any, options?: any, depth?: number | null, color?: boolean): string;
export namespace inspect { const custom: unique symbol; let defaultOptions: any; let colors: any }
export function format(format?: any, ...values: any[]): string;
export function formatWithOptions(options: object, format?: any, ...values: any[]): string;
export function isDeepStrictEqual(a: unknown, b: unknown): boolean;
export interface DebugLogger { (message: string, ...values: unknown[]): void; enabled: boolean }
export function debuglog(section: string): DebugLogger;
export function styleText(format: any, text: string): string;
export function stripVTControlCharacters(text: string): string;
export function toUSVString(text: string): string;
export function aborted(signal: AbortSignal, resource: any): Promise<void>;
export function parseArgs(config?: any): { values: any; positionals: string[]; tokens?: any };
export function parseEnv(content: string): { [name: string]: string };
export function isArray(value: unknown): value is unknown[];
export function getSystemErrorName(code: number): string;
export * as types from 'node:util/types';
export class TextEncoder { readonly encoding: string; encode(input?: string): Uint8Array; encodeInto(input: string, target: Uint8Array): { read: number; written: number } }
export class TextDecoder { constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }); readonly encoding: string; decode(input?: ArrayBuffer | NodeJS.ArrayBufferView | null, options?: { stream?: boolean }): string }
export class MIMEType { constructor(text: string); type: string; subtype: string; readonly essence: string }
`;

export const asyncHooksStub = `
export class AsyncLocalStorage<T> {
  constructor(options?: object);
  static bind<F extends (...args: any[]) => any>(fn: F): F;
  static snapshot(): <R, A extends any[]>(fn: (...args: A) => R, ...args: A) => R;
  disable(): void;
  getStore(): T | undefined;
  run<R>(store: T, callback: () => R): R;
  run<R, A extends any[]>(store: T, callback: (...args: A) => R, ...args: A): R;
  exit<R, A extends any[]>(callback: (...args: A) => R, ...args: A): R;
  enterWith(store: T): void;
}
export class AsyncResource {
  constructor(type: string, options?: object | number);
  static bind<F extends (...args: any[]) => any>(fn: F, type?: string): F;
  bind<F extends (...args: any[]) => any>(fn: F): F;
  runInAsyncScope<R>(fn: (...args: any[]) => R, self?: any, ...args: any[]): R;
  emitDestroy(): this;
  asyncId(): number;
  triggerAsyncId(): number;
}
export interface AsyncHook { enable(): this; disable(): this }
export function createHook(callbacks: object): AsyncHook;
export function executionAsyncId(): number;
export function executionAsyncResource(): object;
export function triggerAsyncId(): number;
`;

export const domainStub = `
import { EventEmitter } from 'node:events';
export class Domain extends EventEmitter {
  members: any[];
  enter(): void;
  exit(): void;
  run<T>(fn: (...args: any[]) => T, ...args: any[]): T;
  add(emitter: any): void;
  remove(emitter: any): void;
  bind<T extends Function>(callback: T): T;
  intercept<T extends Function>(callback: T): T;
}
export function create(): Domain;
`;

const face = `
  readonly terminal: boolean;
  readonly line: string;
  readonly cursor: number;
  setPrompt(prompt: string): void;
  getPrompt(): string;
  prompt(preserveCursor?: boolean): void;
  pause(): this;
  resume(): this;
  close(): void;
  write(data: any, key?: any): void;
  getCursorPos(): { rows: number; cols: number };
  [Symbol.asyncIterator](): AsyncIterableIterator<string>;
`;
const options = `
interface ReadLineOptions { input: NodeJS.ReadableStream; output?: NodeJS.WritableStream; terminal?: boolean; prompt?: string; crlfDelay?: number; historySize?: number; signal?: AbortSignal; completer?: any }
`;
export const readlineStub = `
import { EventEmitter } from 'node:events';
${options}
export class Interface extends EventEmitter {
${face}
  question(query: string, callback: (answer: string) => void): void;
  question(query: string, options: { signal?: AbortSignal }, callback: (answer: string) => void): void;
}
export function createInterface(input: NodeJS.ReadableStream, output?: NodeJS.WritableStream): Interface;
export function createInterface(options: ReadLineOptions): Interface;
export function clearLine(stream: NodeJS.WritableStream, direction: number, callback?: () => void): boolean;
export function clearScreenDown(stream: NodeJS.WritableStream, callback?: () => void): boolean;
export function cursorTo(stream: NodeJS.WritableStream, x: number, y?: number, callback?: () => void): boolean;
export function moveCursor(stream: NodeJS.WritableStream, dx: number, dy: number, callback?: () => void): boolean;
export function emitKeypressEvents(stream: NodeJS.ReadableStream, readline?: Interface): void;
export * as promises from 'node:readline/promises';
`;
export const readlinePromisesStub = `
import { EventEmitter } from 'node:events';
${options}
export class Interface extends EventEmitter {
${face}
  question(query: string, options?: { signal?: AbortSignal }): Promise<string>;
}
export function createInterface(input: NodeJS.ReadableStream, output?: NodeJS.WritableStream): Interface;
export function createInterface(options: ReadLineOptions): Interface;
`;

export const utilTypesStub = `
export function isPromise(value: unknown): value is Promise<unknown>;
export function isAsyncFunction(value: unknown): boolean;
export function isGeneratorFunction(value: unknown): boolean;
export function isGeneratorObject(value: unknown): boolean;
export function isProxy(value: unknown): boolean;
export function isDate(value: unknown): value is Date;
export function isRegExp(value: unknown): value is RegExp;
export function isMap(value: unknown): boolean;
export function isSet(value: unknown): boolean;
export function isNativeError(value: unknown): value is Error;
export function isTypedArray(value: unknown): value is NodeJS.TypedArray;
export function isUint8Array(value: unknown): value is Uint8Array;
export function isAnyArrayBuffer(value: unknown): value is ArrayBuffer;
export function isArrayBufferView(value: unknown): value is NodeJS.ArrayBufferView;
export function isArrayBuffer(value: unknown): value is ArrayBuffer;
export function isDataView(value: unknown): value is DataView;
export function isWeakMap(value: unknown): boolean;
export function isWeakSet(value: unknown): boolean;
export function isMapIterator(value: unknown): boolean;
export function isSetIterator(value: unknown): boolean;
export function isModuleNamespaceObject(value: unknown): boolean;
export function isKeyObject(value: unknown): boolean;
export function isCryptoKey(value: unknown): boolean;
export function isSharedArrayBuffer(value: unknown): boolean;
export function isBoxedPrimitive(value: unknown): boolean;
`;
