/** Ambient declarations of the modules of `node-plain.ts`, by name without `node:`. */
const asserts = `
  function ok(value: unknown, message?: string | Error): asserts value;
  function equal(actual: unknown, expected: unknown, message?: string | Error): void;
  function notEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function strictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function notStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function deepEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function deepStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function notDeepStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  function match(text: string, pattern: RegExp, message?: string | Error): void;
  function doesNotMatch(text: string, pattern: RegExp, message?: string | Error): void;
  function fail(message?: string | Error): never;
  function ifError(value: unknown): void;
  function throws(block: () => unknown, expected?: any, message?: string | Error): void;
  function doesNotThrow(block: () => unknown, expected?: any, message?: string | Error): void;
  function rejects(block: (() => Promise<unknown>) | Promise<unknown>, expected?: any, message?: string | Error): Promise<void>;
  function doesNotReject(block: (() => Promise<unknown>) | Promise<unknown>, expected?: any, message?: string | Error): Promise<void>;
  class AssertionError extends Error { constructor(options?: object); actual: unknown; expected: unknown; operator: string; code: string }
`;
const assert = (strict: string): string => `
function assert(value: unknown, message?: string | Error): asserts value;
namespace assert {
${asserts}
  ${strict}
}
export = assert;
`;
const paths = `
export interface ParsedPath { root: string; dir: string; base: string; ext: string; name: string }
export interface PlatformPath {
  join(...parts: string[]): string;
  resolve(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string, suffix?: string): string;
  extname(path: string): string;
  relative(from: string, to: string): string;
  normalize(path: string): string;
  isAbsolute(path: string): boolean;
  parse(path: string): ParsedPath;
  format(path: Partial<ParsedPath>): string;
  toNamespacedPath(path: string): string;
  matchesGlob(path: string, pattern: string): boolean;
  readonly sep: '/' | '\\\\';
  readonly delimiter: ';' | ':';
  readonly posix: PlatformPath;
  readonly win32: PlatformPath;
}
`;
const path = `
namespace path {
${paths.replaceAll('export ', '')}
  export { ParsedPath, PlatformPath };
}
const path: path.PlatformPath;
export = path;
`;

/** The bodies; every module of the table has one. */
export const plainStubs: Readonly<Record<string, string>> = {
  assert: assert('const strict: typeof assert;'),
  'assert/strict': assert(''),
  repl: `
import { Interface } from 'node:readline';
export class REPLServer extends Interface {
  readonly context: any;
  defineCommand(keyword: string, command: unknown): void;
  displayPrompt(preserveCursor?: boolean): void;
  setupHistory(path: string, callback: (error: Error | null, repl: REPLServer) => void): void;
}
export function start(options?: string | object): REPLServer;
`,
  buffer: `
export import Buffer = globalThis.Buffer;
export import Blob = globalThis.Blob;
export import File = globalThis.File;
export import atob = globalThis.atob;
export import btoa = globalThis.btoa;
export function isUtf8(input: Uint8Array | ArrayBuffer): boolean;
export function isAscii(input: Uint8Array | ArrayBuffer): boolean;
export function transcode(source: Uint8Array, from: string, to: string): Buffer;
export function resolveObjectURL(id: string): Blob | undefined;
export const constants: { MAX_LENGTH: number; MAX_STRING_LENGTH: number };
export const kMaxLength: number;
`,
  console: `
export const Console: { new (stdout: NodeJS.WritableStream, stderr?: NodeJS.WritableStream): Console; new (options: object): Console };
export default console;
`,
  diagnostics_channel: `
type Listener = (message: unknown, name: string | symbol) => void;
export class Channel { readonly name: string | symbol; readonly hasSubscribers: boolean; publish(message: unknown): void; subscribe(listener: Listener): void; unsubscribe(listener: Listener): boolean; runStores<T>(context: unknown, fn: (...args: any[]) => T, self?: any, ...args: any[]): T }
export function channel(name: string | symbol): Channel;
export function hasSubscribers(name: string | symbol): boolean;
export function subscribe(name: string | symbol, listener: Listener): void;
export function unsubscribe(name: string | symbol, listener: Listener): boolean;
export function tracingChannel(name: string): any;
`,
  module: `
class Module { constructor(id: string, parent?: Module) }
namespace Module {
  function createRequire(path: string | URL): NodeJS.Require;
  function isBuiltin(name: string): boolean;
  function register(specifier: string | URL, parent?: string | URL, options?: object): void;
  function registerHooks(hooks: object): { deregister(): void };
  function syncBuiltinESMExports(): void;
  function findSourceMap(path: string): any;
  function enableCompileCache(folder?: string): any;
  function stripTypeScriptTypes(code: string, options?: object): string;
  const builtinModules: string[];
  export { Module };
}
export = Module;
`,
  os: `
export interface CpuInfo { model: string; speed: number; times: { user: number; nice: number; sys: number; idle: number; irq: number } }
export interface NetworkInterfaceInfo { address: string; netmask: string; family: string; mac: string; internal: boolean; cidr: string | null }
export function cpus(): CpuInfo[];
export function totalmem(): number;
export function freemem(): number;
export function loadavg(): number[];
export function uptime(): number;
export function hostname(): string;
export function homedir(): string;
export function tmpdir(): string;
export function platform(): NodeJS.Platform;
export function arch(): string;
export function type(): string;
export function release(): string;
export function version(): string;
export function machine(): string;
export function userInfo(options?: object): { username: string; uid: number; gid: number; shell: string | null; homedir: string };
export function networkInterfaces(): { [name: string]: NetworkInterfaceInfo[] | undefined };
export function endianness(): 'BE' | 'LE';
export function availableParallelism(): number;
export function getPriority(pid?: number): number;
export function setPriority(pid: number, priority?: number): void;
export const EOL: string;
export const devNull: string;
export const constants: any;
`,
  path,
  'path/posix': path,
  'path/win32': path,
  perf_hooks: `
export const performance: Performance & { timerify<T extends (...args: any[]) => any>(fn: T): T; eventLoopUtilization(a?: any, b?: any): { idle: number; active: number; utilization: number } };
export interface PerformanceEntry { readonly name: string; readonly entryType: string; readonly startTime: number; readonly duration: number }
export interface PerformanceObserverEntryList { getEntries(): PerformanceEntry[]; getEntriesByName(name: string, type?: string): PerformanceEntry[]; getEntriesByType(type: string): PerformanceEntry[] }
export class PerformanceObserver { constructor(callback: (list: PerformanceObserverEntryList, observer: PerformanceObserver) => void); observe(options: object): void; disconnect(): void }
export interface Histogram { readonly min: number; readonly max: number; readonly mean: number; readonly stddev: number; readonly count: number; percentile(percentile: number): number; reset(): void }
export interface IntervalHistogram extends Histogram { enable(): boolean; disable(): boolean }
export interface RecordableHistogram extends Histogram { record(value: number | bigint): void; recordDelta(): void }
export function createHistogram(options?: object): RecordableHistogram;
export function monitorEventLoopDelay(options?: { resolution?: number }): IntervalHistogram;
export const constants: any;
`,
  punycode: `
export function encode(text: string): string;
export function decode(text: string): string;
export function toASCII(domain: string): string;
export function toUnicode(domain: string): string;
`,
  querystring: `
export function parse(text: string, separator?: string, equals?: string, options?: object): { [name: string]: string | string[] | undefined };
export function stringify(values?: object, separator?: string, equals?: string, options?: object): string;
export function escape(text: string): string;
export function unescape(text: string): string;
export const encode: typeof stringify;
export const decode: typeof parse;
`,
  string_decoder: `
export class StringDecoder { constructor(encoding?: BufferEncoding); write(data: string | NodeJS.ArrayBufferView): string; end(data?: string | NodeJS.ArrayBufferView): string }
`,
  tty: `
import { Socket } from 'node:net';
export class ReadStream extends Socket { isRaw: boolean; isTTY: boolean; setRawMode(mode: boolean): this }
export class WriteStream extends Socket { columns: number; rows: number; isTTY: boolean; getColorDepth(): number; hasColors(count?: number): boolean; getWindowSize(): [number, number]; clearLine(direction: number, callback?: () => void): boolean; cursorTo(x: number, y?: number, callback?: () => void): boolean }
export function isatty(fd: number): boolean;
`,
  url: `
export import URL = globalThis.URL;
export import URLSearchParams = globalThis.URLSearchParams;
export interface Url { auth: string | null; hash: string | null; host: string | null; hostname: string | null; href: string; path: string | null; pathname: string | null; protocol: string | null; search: string | null; slashes: boolean | null; port: string | null; query: any }
export type UrlWithStringQuery = Url;
export function parse(url: string, parseQuery?: boolean, slashes?: boolean): Url;
export function format(url: URL | string | object, options?: object): string;
export function resolve(from: string, to: string): string;
export function fileURLToPath(url: string | URL, options?: object): string;
export function pathToFileURL(path: string, options?: object): URL;
export function domainToASCII(domain: string): string;
export function domainToUnicode(domain: string): string;
export function urlToHttpOptions(url: URL): any;
`,
  v8: `
export function serialize(value: any): Buffer;
export function deserialize(data: NodeJS.ArrayBufferView): any;
export function getHeapStatistics(): { total_heap_size: number; used_heap_size: number; heap_size_limit: number; [name: string]: number };
export function getHeapSpaceStatistics(): any[];
export function getHeapSnapshot(options?: object): NodeJS.ReadableStream;
export function writeHeapSnapshot(file?: string, options?: object): string;
export function setFlagsFromString(flags: string): void;
`,
  vm: `
export interface Context { [name: string]: any }
export class Script { constructor(code: string, options?: any); runInContext(context: Context, options?: object): any; runInNewContext(context?: Context, options?: object): any; runInThisContext(options?: object): any; createCachedData(): Buffer }
export function createContext(sandbox?: Context, options?: object): Context;
export function isContext(sandbox: object): boolean;
export function runInContext(code: string, context: Context, options?: any): any;
export function runInNewContext(code: string, context?: Context, options?: any): any;
export function runInThisContext(code: string, options?: any): any;
export function compileFunction(code: string, parameters?: readonly string[], options?: object): Function;
`,
  'stream/web': `
export import ReadableStream = globalThis.ReadableStream;
export import WritableStream = globalThis.WritableStream;
export import TransformStream = globalThis.TransformStream;
`,
  'stream/consumers': `
type Source = NodeJS.ReadableStream | AsyncIterable<any> | ReadableStream;
export function text(stream: Source): Promise<string>;
export function json(stream: Source): Promise<unknown>;
export function buffer(stream: Source): Promise<Buffer>;
export function arrayBuffer(stream: Source): Promise<ArrayBuffer>;
export function blob(stream: Source): Promise<Blob>;
`,
};
