/** Ambient declarations of Node's globals, for projects whose dependencies are not installed. */
export const globalsStub = `
interface ImportMeta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  resolve(specifier: string): string;
}
interface ErrorConstructor {
  captureStackTrace(target: object, constructor?: Function): void;
  stackTraceLimit: number;
}
declare namespace NodeJS {
  interface ErrnoException extends Error {
    errno?: number;
    code?: string;
    path?: string;
    syscall?: string;
  }
  interface EventEmitter {
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    once(event: string | symbol, listener: (...args: any[]) => void): this;
    addListener(event: string | symbol, listener: (...args: any[]) => void): this;
    prependListener(event: string | symbol, listener: (...args: any[]) => void): this;
    prependOnceListener(event: string | symbol, listener: (...args: any[]) => void): this;
    off(event: string | symbol, listener: (...args: any[]) => void): this;
    removeListener(event: string | symbol, listener: (...args: any[]) => void): this;
    removeAllListeners(event?: string | symbol): this;
    setMaxListeners(count: number): this;
    getMaxListeners(): number;
    emit(event: string | symbol, ...args: any[]): boolean;
    listeners(event: string | symbol): Function[];
    rawListeners(event: string | symbol): Function[];
    listenerCount(event: string | symbol): number;
    eventNames(): (string | symbol)[];
  }
  interface ReadableStream extends EventEmitter {
    readable: boolean;
    read(size?: number): any;
    setEncoding(encoding: BufferEncoding): this;
    pause(): this;
    resume(): this;
    isPaused(): boolean;
    pipe<T extends WritableStream>(destination: T, options?: { end?: boolean }): T;
    unpipe(destination?: WritableStream): this;
    [Symbol.asyncIterator](): AsyncIterableIterator<any>;
  }
  interface WritableStream extends EventEmitter {
    writable: boolean;
    write(chunk: Uint8Array | string, callback?: (error?: Error | null) => void): boolean;
    write(chunk: string, encoding?: BufferEncoding, callback?: (error?: Error | null) => void): boolean;
    end(callback?: () => void): this;
    end(chunk: string | Uint8Array, callback?: () => void): this;
  }
  interface ReadWriteStream extends ReadableStream, WritableStream {}
  interface ReadStream extends ReadableStream {
    isTTY: boolean;
    setRawMode(mode: boolean): this;
  }
  interface WriteStream extends WritableStream {
    isTTY: boolean;
    columns: number;
    rows: number;
    clearLine(direction: number): boolean;
    cursorTo(x: number, y?: number): boolean;
    getColorDepth(): number;
    hasColors(count?: number): boolean;
  }
  interface RefCounted {
    ref(): this;
    unref(): this;
  }
  interface Timeout extends RefCounted {
    hasRef(): boolean;
    refresh(): this;
    close(): this;
    [Symbol.toPrimitive](): number;
  }
  interface Timer extends Timeout {}
  interface Immediate extends RefCounted {
    hasRef(): boolean;
  }
  interface ProcessEnv {
    [name: string]: string | undefined;
  }
  type Platform = 'aix' | 'darwin' | 'freebsd' | 'linux' | 'openbsd' | 'sunos' | 'win32';
  type Signals = 'SIGABRT' | 'SIGHUP' | 'SIGINT' | 'SIGKILL' | 'SIGPIPE' | 'SIGQUIT' | 'SIGTERM' | 'SIGUSR1' | 'SIGUSR2' | 'SIGBREAK' | 'SIGWINCH' | 'SIGCHLD';
  interface MemoryUsage {
    rss: number;
    heapTotal: number;
    heapUsed: number;
    external: number;
    arrayBuffers: number;
  }
  interface MemoryUsageFn {
    (): MemoryUsage;
    rss(): number;
  }
  interface HRTime {
    (time?: [number, number]): [number, number];
    bigint(): bigint;
  }
  interface Process extends EventEmitter {
    stdin: ReadStream & { fd: 0 };
    stdout: WriteStream & { fd: 1 };
    stderr: WriteStream & { fd: 2 };
    argv: string[];
    argv0: string;
    execArgv: string[];
    execPath: string;
    env: ProcessEnv;
    exitCode: number | string | null | undefined;
    title: string;
    version: string;
    versions: { node: string; v8: string; [name: string]: string | undefined };
    pid: number;
    ppid: number;
    arch: string;
    platform: Platform;
    release: { name: string };
    features: { [name: string]: boolean };
    connected: boolean;
    channel?: RefCounted;
    hrtime: HRTime;
    memoryUsage: MemoryUsageFn;
    on(event: 'exit' | 'beforeExit', listener: (code: number) => void): this;
    on(event: Signals, listener: (signal: Signals, code: number) => void): this;
    on(event: 'uncaughtException', listener: (error: Error, origin: string) => void): this;
    on(event: 'unhandledRejection', listener: (reason: unknown, promise: Promise<unknown>) => void): this;
    on(event: 'message', listener: (message: any, handle: unknown) => void): this;
    on(event: 'warning', listener: (warning: Error) => void): this;
    on(event: string | symbol, listener: (...args: any[]) => void): this;
    once(event: Signals, listener: (signal: Signals, code: number) => void): this;
    once(event: string | symbol, listener: (...args: any[]) => void): this;
    exit(code?: number | string | null): never;
    abort(): never;
    kill(pid: number, signal?: string | number): true;
    nextTick(callback: Function, ...args: any[]): void;
    send?(message: any, callback?: (error: Error | null) => void): boolean;
    disconnect(): void;
    cwd(): string;
    chdir(directory: string): void;
    uptime(): number;
    cpuUsage(previous?: { user: number; system: number }): { user: number; system: number };
    resourceUsage(): { maxRSS: number; userCPUTime: number; systemCPUTime: number };
    umask(mask?: number | string): number;
    getuid?(): number;
    getgid?(): number;
    emitWarning(warning: string | Error, type?: string, code?: string): void;
    setUncaughtExceptionCaptureCallback(callback: ((error: Error) => void) | null): void;
  }
  interface Module {
    id: string;
    filename: string;
    loaded: boolean;
    exports: any;
    parent: Module | null | undefined;
    children: Module[];
    paths: string[];
    require(id: string): any;
  }
  interface Require {
    (id: string): any;
    cache: { [file: string]: Module | undefined };
    main: Module | undefined;
    resolve: RequireResolve;
  }
  interface RequireResolve {
    (id: string, options?: { paths?: string[] }): string;
    paths(request: string): string[] | null;
  }
  type TypedArray = Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | BigUint64Array | BigInt64Array | Float32Array | Float64Array;
  type ArrayBufferView = TypedArray | DataView;
}
interface NodeRequire extends NodeJS.Require {}
interface NodeModule extends NodeJS.Module {}
declare var process: NodeJS.Process;
declare var global: typeof globalThis;
declare var require: NodeJS.Require;
declare var module: NodeJS.Module;
declare var exports: any;
declare var __dirname: string;
declare var __filename: string;
declare var gc: (() => void) | undefined;

declare function setTimeout<Args extends any[]>(callback: (...args: Args) => void, delay?: number, ...args: Args): NodeJS.Timeout;
declare namespace setTimeout { const __promisify__: typeof import('node:timers/promises').setTimeout }
declare function setInterval<Args extends any[]>(callback: (...args: Args) => void, delay?: number, ...args: Args): NodeJS.Timeout;
declare function setImmediate<Args extends any[]>(callback: (...args: Args) => void, ...args: Args): NodeJS.Immediate;
declare namespace setImmediate { const __promisify__: typeof import('node:timers/promises').setImmediate }
declare function clearTimeout(timer: NodeJS.Timeout | string | number | null | undefined): void;
declare function clearInterval(timer: NodeJS.Timeout | string | number | null | undefined): void;
declare function clearImmediate(immediate: NodeJS.Immediate | null | undefined): void;

type BufferEncoding = 'ascii' | 'utf8' | 'utf-8' | 'utf16le' | 'utf-16le' | 'ucs2' | 'ucs-2' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'hex';
interface BufferConstructor {
  from(data: string, encoding?: BufferEncoding): Buffer;
  from(data: ArrayBuffer | SharedArrayBuffer, byteOffset?: number, length?: number): Buffer;
  from(data: Uint8Array | readonly number[] | Buffer): Buffer;
  from(data: any, encoding?: any): Buffer;
  alloc(size: number, fill?: string | Uint8Array | number, encoding?: BufferEncoding): Buffer;
  allocUnsafe(size: number): Buffer;
  allocUnsafeSlow(size: number): Buffer;
  isBuffer(value: unknown): value is Buffer;
  isEncoding(encoding: string): encoding is BufferEncoding;
  byteLength(text: string | ArrayBuffer | NodeJS.ArrayBufferView, encoding?: BufferEncoding): number;
  concat(list: readonly Uint8Array[], totalLength?: number): Buffer;
  compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
  poolSize: number;
}
interface Buffer extends Uint8Array {
  write(text: string, offset?: number, length?: number, encoding?: BufferEncoding): number;
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
  toJSON(): { type: 'Buffer'; data: number[] };
  equals(other: Uint8Array): boolean;
  compare(other: Uint8Array): -1 | 0 | 1;
  copy(target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number;
  fill(value: any, offset?: number, end?: number): this;
  readUInt8(offset?: number): number;
  readUInt16LE(offset?: number): number;
  readUInt16BE(offset?: number): number;
  readUInt32LE(offset?: number): number;
  readUInt32BE(offset?: number): number;
  readInt8(offset?: number): number;
  readInt16LE(offset?: number): number;
  readInt16BE(offset?: number): number;
  readInt32LE(offset?: number): number;
  readInt32BE(offset?: number): number;
  readBigUInt64LE(offset?: number): bigint;
  readBigUInt64BE(offset?: number): bigint;
  readBigInt64LE(offset?: number): bigint;
  readBigInt64BE(offset?: number): bigint;
  readFloatLE(offset?: number): number;
  readFloatBE(offset?: number): number;
  readDoubleLE(offset?: number): number;
  readDoubleBE(offset?: number): number;
  readUIntBE(offset: number, byteLength: number): number;
  readUIntLE(offset: number, byteLength: number): number;
  writeUInt8(value: number, offset?: number): number;
  writeUInt16LE(value: number, offset?: number): number;
  writeUInt16BE(value: number, offset?: number): number;
  writeUInt32LE(value: number, offset?: number): number;
  writeUInt32BE(value: number, offset?: number): number;
  writeInt8(value: number, offset?: number): number;
  writeInt16LE(value: number, offset?: number): number;
  writeInt16BE(value: number, offset?: number): number;
  writeInt32LE(value: number, offset?: number): number;
  writeInt32BE(value: number, offset?: number): number;
  writeBigUInt64LE(value: bigint, offset?: number): number;
  writeBigUInt64BE(value: bigint, offset?: number): number;
  writeBigInt64LE(value: bigint, offset?: number): number;
  writeBigInt64BE(value: bigint, offset?: number): number;
  writeFloatLE(value: number, offset?: number): number;
  writeFloatBE(value: number, offset?: number): number;
  writeDoubleLE(value: number, offset?: number): number;
  writeDoubleBE(value: number, offset?: number): number;
  swap16(): this;
  swap32(): this;
}
declare var Buffer: BufferConstructor;
`;
