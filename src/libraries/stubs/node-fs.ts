/** Ambient declarations of `node:fs` and `node:fs/promises`. */
const shared = `
type PathLike = string | Buffer | URL;
type FileLike = PathLike | number;
type Mode = number | string;
type Data = string | NodeJS.ArrayBufferView;
type CopyFilter = (source: string, target: string) => boolean | Promise<boolean>;
`;
/** [name, parameters, result]: the three styles are made of one list. */
const operations: readonly (readonly [string, string, string])[] = [
  ['access', 'path: PathLike, mode?: number', 'void'],
  ['appendFile', 'path: FileLike, data: Data, options?: WriteFileOptions', 'void'],
  ['chmod', 'path: PathLike, mode: Mode', 'void'],
  ['chown', 'path: PathLike, uid: number, gid: number', 'void'],
  ['copyFile', 'source: PathLike, target: PathLike, mode?: number', 'void'],
  [
    'cp',
    'source: string | URL, target: string | URL, options?: { recursive?: boolean; force?: boolean; errorOnExist?: boolean; filter?: CopyFilter }',
    'void',
  ],
  ['lchown', 'path: PathLike, uid: number, gid: number', 'void'],
  ['link', 'existing: PathLike, path: PathLike', 'void'],
  ['lstat', 'path: PathLike, options?: { bigint?: boolean }', 'Stats'],
  ['lutimes', 'path: PathLike, atime: string | number | Date, mtime: string | number | Date', 'void'],
  ['mkdir', 'path: PathLike, options?: Mode | { recursive?: boolean; mode?: Mode } | null', 'string | undefined'],
  ['mkdtemp', 'prefix: string, options?: BufferEncoding | { encoding?: BufferEncoding }', 'string'],
  ['readFile', 'path: FileLike, options: BufferEncoding | (ReadFileOptions & { encoding: BufferEncoding })', 'string'],
  ['readFile', 'path: FileLike, options?: ReadFileOptions | null', 'Buffer'],
  [
    'readdir',
    'path: PathLike, options: { withFileTypes: true; recursive?: boolean; encoding?: BufferEncoding | null }',
    'Dirent[]',
  ],
  [
    'readdir',
    'path: PathLike, options?: { withFileTypes?: false; recursive?: boolean; encoding?: BufferEncoding | null } | BufferEncoding | null',
    'string[]',
  ],
  ['readlink', 'path: PathLike', 'string'],
  ['realpath', 'path: PathLike', 'string'],
  ['rename', 'from: PathLike, to: PathLike', 'void'],
  [
    'rm',
    'path: PathLike, options?: { force?: boolean; recursive?: boolean; maxRetries?: number; retryDelay?: number }',
    'void',
  ],
  ['rmdir', 'path: PathLike, options?: { recursive?: boolean }', 'void'],
  ['stat', 'path: PathLike, options?: { bigint?: boolean }', 'Stats'],
  ['statfs', 'path: PathLike', 'StatsFs'],
  ['symlink', 'target: PathLike, path: PathLike, type?: string | null', 'void'],
  ['truncate', 'path: PathLike, length?: number', 'void'],
  ['unlink', 'path: PathLike', 'void'],
  ['utimes', 'path: PathLike, atime: string | number | Date, mtime: string | number | Date', 'void'],
  ['writeFile', 'path: FileLike, data: Data, options?: WriteFileOptions', 'void'],
  ['opendir', 'path: PathLike', 'Dir'],
];
const descriptorOperations: readonly (readonly [string, string, string])[] = [
  ['open', 'path: PathLike, flags?: string | number, mode?: Mode', 'number'],
  ['close', 'fd: number', 'void'],
  [
    'read',
    'fd: number, buffer: NodeJS.ArrayBufferView, offset?: number | null, length?: number | null, position?: number | bigint | null',
    'number',
  ],
  [
    'write',
    'fd: number, data: Data, offset?: number | null, length?: number | string | null, position?: number | null',
    'number',
  ],
  ['writev', 'fd: number, buffers: readonly NodeJS.ArrayBufferView[], position?: number', 'number'],
  ['readv', 'fd: number, buffers: readonly NodeJS.ArrayBufferView[], position?: number', 'number'],
  ['fstat', 'fd: number', 'Stats'],
  ['fsync', 'fd: number', 'void'],
  ['fdatasync', 'fd: number', 'void'],
  ['ftruncate', 'fd: number, length?: number', 'void'],
  ['futimes', 'fd: number, atime: string | number | Date, mtime: string | number | Date', 'void'],
  ['fchmod', 'fd: number, mode: Mode', 'void'],
  ['fchown', 'fd: number, uid: number, gid: number', 'void'],
];

/** `a: A, b?: B` as it may stand before a callback: every optional parameter may be left out from the end. */
function beforeCallback(parameters: string): string[] {
  const parts = parameters.split(/, (?=\w+\??: )/);
  const required = parts.filter(part => !/^\w+\?:/.test(part)).length;
  return Array.from({ length: parts.length - required + 1 }, (_, more) =>
    parts
      .slice(0, required + more)
      .map(part => part.replace(/^(\w+)\?:/, '$1:'))
      .join(', '),
  );
}
const calledBack = [...operations, ...descriptorOperations]
  .flatMap(([name, parameters, result]) =>
    beforeCallback(parameters).map(
      before =>
        `export function ${name}(${before}, callback: (error: NodeJS.ErrnoException | null${result === 'void' ? '' : `, result: ${result}`}) => void): void;`,
    ),
  )
  .join('\n');
const sync = [...operations, ...descriptorOperations]
  .map(([name, parameters, result]) => `export function ${name}Sync(${parameters}): ${result};`)
  .join('\n');
const promised = operations
  .map(([name, parameters, result]) => `export function ${name}(${parameters}): Promise<${result}>;`)
  .join('\n');

/** The body of \`node:fs\`. */
export const fsStub = `
import { Readable, Writable } from 'node:stream';
import { EventEmitter } from 'node:events';
import * as promises from 'node:fs/promises';
${shared}
export { promises, PathLike, Mode };
export interface ReadFileOptions { encoding?: BufferEncoding | null; flag?: string; signal?: AbortSignal }
export type WriteFileOptions = BufferEncoding | { encoding?: BufferEncoding | null; mode?: Mode; flag?: string; flush?: boolean; signal?: AbortSignal } | null;
export interface StatsBase {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}
export interface Stats extends StatsBase { dev: number; ino: number; mode: number; nlink: number; uid: number; gid: number; size: number; blocks: number; blksize: number; atimeMs: number; mtimeMs: number; ctimeMs: number; birthtimeMs: number; atime: Date; mtime: Date; ctime: Date; birthtime: Date }
export interface StatsFs { type: number; bsize: number; blocks: number; bfree: number; bavail: number; files: number; ffree: number }
export class Dirent { name: string; parentPath: string; path: string; isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean; isFIFO(): boolean; isSocket(): boolean; isBlockDevice(): boolean; isCharacterDevice(): boolean }
export class Dir implements AsyncIterable<Dirent> { readonly path: string; read(): Promise<Dirent | null>; readSync(): Dirent | null; close(): Promise<void>; closeSync(): void; [Symbol.asyncIterator](): AsyncIterableIterator<Dirent> }
export interface FSWatcher extends EventEmitter { close(): void; ref(): this; unref(): this }
export interface StatWatcher extends EventEmitter { ref(): this; unref(): this }
export class ReadStream extends Readable { close(callback?: (error?: NodeJS.ErrnoException | null) => void): void; bytesRead: number; path: string | Buffer; pending: boolean }
export class WriteStream extends Writable { close(callback?: (error?: NodeJS.ErrnoException | null) => void): void; bytesWritten: number; path: string | Buffer; pending: boolean }
interface StreamOptions { flags?: string; encoding?: BufferEncoding; fd?: number; mode?: number; autoClose?: boolean; emitClose?: boolean; start?: number; end?: number; highWaterMark?: number; signal?: AbortSignal | null }
export function createReadStream(path: PathLike, options?: BufferEncoding | StreamOptions): ReadStream;
export function createWriteStream(path: PathLike, options?: BufferEncoding | StreamOptions): WriteStream;
export function watch(path: PathLike, options: { persistent?: boolean; recursive?: boolean; encoding?: string; signal?: AbortSignal }, listener?: (event: 'rename' | 'change', file: string | null) => void): FSWatcher;
export function watch(path: PathLike, listener?: (event: 'rename' | 'change', file: string | null) => void): FSWatcher;
export function watchFile(path: PathLike, options: { persistent?: boolean; interval?: number }, listener: (current: Stats, previous: Stats) => void): StatWatcher;
export function watchFile(path: PathLike, listener: (current: Stats, previous: Stats) => void): StatWatcher;
export function unwatchFile(path: PathLike, listener?: (current: Stats, previous: Stats) => void): void;
export function exists(path: PathLike, callback: (exists: boolean) => void): void;
export function existsSync(path: PathLike): boolean;
export function statSync(path: PathLike, options: { throwIfNoEntry: false }): Stats | undefined;
export function lstatSync(path: PathLike, options: { throwIfNoEntry: false }): Stats | undefined;
export const constants: { readonly [name: string]: number };
${calledBack}
${sync}
`;

/** The body of \`node:fs/promises\`. */
export const fsPromisesStub = `
import { Dir, Dirent, ReadStream, Stats, StatsFs, WriteStream } from 'node:fs';
${shared}
export interface ReadFileOptions { encoding?: BufferEncoding | null; flag?: string; signal?: AbortSignal }
export type WriteFileOptions = BufferEncoding | { encoding?: BufferEncoding | null; mode?: Mode; flag?: string; flush?: boolean; signal?: AbortSignal } | null;
export interface FileHandle {
  readonly fd: number;
  appendFile(data: Data, options?: WriteFileOptions): Promise<void>;
  chmod(mode: Mode): Promise<void>;
  close(): Promise<void>;
  createReadStream(options?: object): ReadStream;
  createWriteStream(options?: object): WriteStream;
  datasync(): Promise<void>;
  read<T extends NodeJS.ArrayBufferView>(buffer: T, offset?: number | null, length?: number | null, position?: number | null): Promise<{ bytesRead: number; buffer: T }>;
  readFile(options: BufferEncoding | { encoding: BufferEncoding }): Promise<string>;
  readFile(options?: ReadFileOptions | null): Promise<Buffer>;
  readLines(options?: object): AsyncIterable<string>;
  stat(): Promise<Stats>;
  sync(): Promise<void>;
  truncate(length?: number): Promise<void>;
  utimes(atime: string | number | Date, mtime: string | number | Date): Promise<void>;
  write(data: Data, offset?: number | null, length?: number | BufferEncoding | null, position?: number | null): Promise<{ bytesWritten: number }>;
  writeFile(data: Data, options?: WriteFileOptions): Promise<void>;
  writev(buffers: readonly NodeJS.ArrayBufferView[], position?: number): Promise<{ bytesWritten: number }>;
}
export function open(path: PathLike, flags?: string | number, mode?: Mode): Promise<FileHandle>;
export function watch(path: PathLike, options?: { persistent?: boolean; recursive?: boolean; encoding?: BufferEncoding; signal?: AbortSignal } | BufferEncoding): AsyncIterable<{ eventType: string; filename: string | null }>;
export const constants: { readonly [name: string]: number };
${promised}
`;
