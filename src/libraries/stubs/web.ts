/** Ambient declarations of the web platform that Node has too, for projects without the DOM library and without types. */
export const webStub = `
interface Console {
  assert(condition?: unknown, ...data: any[]): void;
  clear(): void;
  count(label?: string): void;
  countReset(label?: string): void;
  debug(...data: any[]): void;
  dir(item?: any, options?: any): void;
  dirxml(...data: any[]): void;
  error(...data: any[]): void;
  group(...data: any[]): void;
  groupCollapsed(...data: any[]): void;
  groupEnd(): void;
  info(...data: any[]): void;
  log(...data: any[]): void;
  table(data?: any, properties?: readonly string[]): void;
  time(label?: string): void;
  timeEnd(label?: string): void;
  timeLog(label?: string, ...data: any[]): void;
  trace(...data: any[]): void;
  warn(...data: any[]): void;
}
declare var console: Console;

interface EventInit { bubbles?: boolean; cancelable?: boolean; composed?: boolean }
interface Event {
  readonly type: string;
  readonly target: EventTarget | null;
  readonly currentTarget: EventTarget | null;
  readonly defaultPrevented: boolean;
  readonly timeStamp: number;
  preventDefault(): void;
  stopPropagation(): void;
  stopImmediatePropagation(): void;
}
declare var Event: { prototype: Event; new (type: string, init?: EventInit): Event };
interface CustomEvent<T = any> extends Event { readonly detail: T }
declare var CustomEvent: { prototype: CustomEvent; new <T>(type: string, init?: EventInit & { detail?: T }): CustomEvent<T> };
interface MessageEvent<T = any> extends Event { readonly data: T }
declare var MessageEvent: { prototype: MessageEvent; new <T>(type: string, init?: EventInit & { data?: T }): MessageEvent<T> };
interface AddEventListenerOptions { once?: boolean; passive?: boolean; signal?: AbortSignal; capture?: boolean }
interface EventListenerObject { handleEvent(event: Event): void }
interface EventTarget {
  addEventListener(type: string, listener: ((event: any) => void) | EventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
  removeEventListener(type: string, listener: ((event: any) => void) | EventListenerObject | null, options?: { capture?: boolean } | boolean): void;
  dispatchEvent(event: Event): boolean;
}
declare var EventTarget: { prototype: EventTarget; new (): EventTarget };

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((this: AbortSignal, event: Event) => any) | null;
  throwIfAborted(): void;
}
declare var AbortSignal: {
  prototype: AbortSignal;
  new (): AbortSignal;
  abort(reason?: any): AbortSignal;
  timeout(milliseconds: number): AbortSignal;
  any(signals: Iterable<AbortSignal>): AbortSignal;
};
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: any): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };
interface DOMException extends Error { readonly code: number }
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string): DOMException };

interface URLSearchParams extends Iterable<[string, string]> {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(callback: (value: string, key: string, parent: URLSearchParams) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  toString(): string;
}
declare var URLSearchParams: { prototype: URLSearchParams; new (init?: string[][] | Record<string, string> | string | URLSearchParams | Iterable<[string, string]>): URLSearchParams };
interface URL {
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toJSON(): string;
  toString(): string;
}
declare var URL: {
  prototype: URL;
  new (url: string | URL, base?: string | URL): URL;
  canParse(url: string | URL, base?: string | URL): boolean;
  createObjectURL(object: any): string;
  revokeObjectURL(url: string): void;
};
interface TextEncoder { readonly encoding: string; encode(input?: string): Uint8Array<ArrayBuffer>; encodeInto(input: string, target: Uint8Array): { read: number; written: number } }
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder { readonly encoding: string; decode(input?: ArrayBuffer | ArrayBufferView | null, options?: { stream?: boolean }): string }
declare var TextDecoder: { prototype: TextDecoder; new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number, type?: string): Blob;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
}
declare var Blob: { prototype: Blob; new (parts?: any[], options?: { type?: string }): Blob };
interface File extends Blob { readonly name: string; readonly lastModified: number }
declare var File: { prototype: File; new (parts: any[], name: string, options?: { type?: string }): File };
interface FormData extends Iterable<[string, File | string]> {
  append(name: string, value: string | Blob, fileName?: string): void;
  delete(name: string): void;
  get(name: string): File | string | null;
  getAll(name: string): (File | string)[];
  has(name: string): boolean;
  set(name: string, value: string | Blob, fileName?: string): void;
  forEach(callback: (value: File | string, key: string, parent: FormData) => void): void;
}
declare var FormData: { prototype: FormData; new (): FormData };
interface Headers extends Iterable<[string, string]> {
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(callback: (value: string, key: string, parent: Headers) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
}
type HeadersInit = [string, string][] | Record<string, string> | Headers;
declare var Headers: { prototype: Headers; new (init?: HeadersInit): Headers };
interface Body {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  formData(): Promise<FormData>;
  json(): Promise<any>;
  text(): Promise<string>;
}
interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: any;
  signal?: AbortSignal | null;
  redirect?: string;
  cache?: string;
  credentials?: string;
  mode?: string;
  keepalive?: boolean;
  duplex?: string;
  dispatcher?: unknown;
}
interface Request extends Body { readonly method: string; readonly url: string; readonly headers: Headers; readonly signal: AbortSignal; clone(): Request }
declare var Request: { prototype: Request; new (input: string | URL | Request, init?: RequestInit): Request };
interface Response extends Body {
  readonly headers: Headers;
  readonly ok: boolean;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly type: string;
  readonly url: string;
  clone(): Response;
}
declare var Response: {
  prototype: Response;
  new (body?: any, init?: { status?: number; statusText?: string; headers?: HeadersInit }): Response;
  error(): Response;
  json(data: any, init?: { status?: number; headers?: HeadersInit }): Response;
  redirect(url: string | URL, status?: number): Response;
};
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

interface ReadableStreamDefaultReader<R = any> {
  readonly closed: Promise<void>;
  read(): Promise<{ done: false; value: R } | { done: true; value?: R }>;
  cancel(reason?: any): Promise<void>;
  releaseLock(): void;
}
interface ReadableStreamDefaultController<R = any> { readonly desiredSize: number | null; close(): void; enqueue(chunk?: R): void; error(reason?: any): void }
interface ReadableStream<R = any> {
  readonly locked: boolean;
  cancel(reason?: any): Promise<void>;
  getReader(): ReadableStreamDefaultReader<R>;
  pipeThrough<T>(transform: { readable: ReadableStream<T>; writable: WritableStream<R> }, options?: { signal?: AbortSignal }): ReadableStream<T>;
  pipeTo(destination: WritableStream<R>, options?: { signal?: AbortSignal; preventClose?: boolean }): Promise<void>;
  tee(): [ReadableStream<R>, ReadableStream<R>];
  [Symbol.asyncIterator](): AsyncIterableIterator<R>;
}
interface UnderlyingSource<R = any> {
  start?(controller: ReadableStreamDefaultController<R>): any;
  pull?(controller: ReadableStreamDefaultController<R>): void | PromiseLike<void>;
  cancel?(reason?: any): void | PromiseLike<void>;
  type?: string;
}
declare var ReadableStream: { prototype: ReadableStream; new <R = any>(source?: UnderlyingSource<R>, strategy?: { highWaterMark?: number }): ReadableStream<R>; from<R>(iterable: AsyncIterable<R> | Iterable<R>): ReadableStream<R> };
interface WritableStreamDefaultWriter<W = any> {
  readonly closed: Promise<void>;
  readonly ready: Promise<void>;
  readonly desiredSize: number | null;
  write(chunk?: W): Promise<void>;
  close(): Promise<void>;
  abort(reason?: any): Promise<void>;
  releaseLock(): void;
}
interface WritableStream<W = any> { readonly locked: boolean; abort(reason?: any): Promise<void>; close(): Promise<void>; getWriter(): WritableStreamDefaultWriter<W> }
interface UnderlyingSink<W = any> {
  start?(controller: any): any;
  write?(chunk: W, controller: any): void | PromiseLike<void>;
  close?(): void | PromiseLike<void>;
  abort?(reason?: any): void | PromiseLike<void>;
}
declare var WritableStream: { prototype: WritableStream; new <W = any>(sink?: UnderlyingSink<W>, strategy?: { highWaterMark?: number }): WritableStream<W> };
interface TransformStreamDefaultController<O = any> { enqueue(chunk?: O): void; error(reason?: any): void; terminate(): void }
interface TransformStream<I = any, O = any> { readonly readable: ReadableStream<O>; readonly writable: WritableStream<I> }
declare var TransformStream: {
  prototype: TransformStream;
  new <I = any, O = any>(transformer?: {
    start?(controller: TransformStreamDefaultController<O>): any;
    transform?(chunk: I, controller: TransformStreamDefaultController<O>): void | PromiseLike<void>;
    flush?(controller: TransformStreamDefaultController<O>): void | PromiseLike<void>;
  }): TransformStream<I, O>;
};

interface MessagePort extends EventTarget { onmessage: ((event: MessageEvent) => any) | null; close(): void; postMessage(message: any, transfer?: any[]): void; start(): void }
interface MessageChannel { readonly port1: MessagePort; readonly port2: MessagePort }
declare var MessageChannel: { prototype: MessageChannel; new (): MessageChannel };
interface BroadcastChannel extends EventTarget { readonly name: string; onmessage: ((event: MessageEvent) => any) | null; close(): void; postMessage(message: any): void }
declare var BroadcastChannel: { prototype: BroadcastChannel; new (name: string): BroadcastChannel };
interface WebSocket extends EventTarget {
  readonly readyState: number;
  readonly url: string;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: Event) => any) | null;
  onmessage: ((event: MessageEvent) => any) | null;
  onerror: ((event: Event) => any) | null;
  onclose: ((event: any) => any) | null;
  close(code?: number, reason?: string): void;
  send(data: string | ArrayBuffer | Blob | ArrayBufferView): void;
}
declare var WebSocket: { prototype: WebSocket; new (url: string | URL, protocols?: string | string[]): WebSocket; readonly CONNECTING: 0; readonly OPEN: 1; readonly CLOSING: 2; readonly CLOSED: 3 };

interface Lock { readonly mode: 'exclusive' | 'shared'; readonly name: string }
interface LockOptions { ifAvailable?: boolean; mode?: 'exclusive' | 'shared'; signal?: AbortSignal; steal?: boolean }
interface LockManager {
  query(): Promise<{ held?: { mode: string; name: string }[]; pending?: { mode: string; name: string }[] }>;
  request<T>(name: string, callback: (lock: Lock | null) => T): Promise<Awaited<T>>;
  request<T>(name: string, options: LockOptions, callback: (lock: Lock | null) => T): Promise<Awaited<T>>;
}
interface Navigator { readonly locks: LockManager; readonly hardwareConcurrency: number; readonly userAgent: string; readonly language: string }
declare var navigator: Navigator;

interface Performance extends EventTarget {
  readonly timeOrigin: number;
  now(): number;
  mark(name: string, options?: any): any;
  measure(name: string, start?: any, end?: any): any;
  clearMarks(name?: string): void;
  clearMeasures(name?: string): void;
  getEntriesByName(name: string, type?: string): any[];
  toJSON(): any;
}
declare var performance: Performance;
interface SubtleCrypto {
  digest(algorithm: any, data: any): Promise<ArrayBuffer>;
  encrypt(algorithm: any, key: any, data: any): Promise<ArrayBuffer>;
  decrypt(algorithm: any, key: any, data: any): Promise<ArrayBuffer>;
  sign(algorithm: any, key: any, data: any): Promise<ArrayBuffer>;
  verify(algorithm: any, key: any, signature: any, data: any): Promise<boolean>;
  deriveBits(algorithm: any, key: any, length?: number | null): Promise<ArrayBuffer>;
  deriveKey(algorithm: any, key: any, derived: any, extractable: boolean, usages: any): Promise<any>;
  importKey(format: any, data: any, algorithm: any, extractable: boolean, usages: any): Promise<any>;
  exportKey(format: any, key: any): Promise<any>;
  generateKey(algorithm: any, extractable: boolean, usages: any): Promise<any>;
}
interface Crypto { readonly subtle: SubtleCrypto; getRandomValues<T>(array: T): T; randomUUID(): string }
declare var crypto: Crypto;
declare function structuredClone<T = any>(value: T, options?: { transfer?: any[] }): T;
declare function queueMicrotask(callback: () => void): void;
declare function atob(data: string): string;
declare function btoa(data: string): string;
`;
