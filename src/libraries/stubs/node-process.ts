/** Ambient declarations of `node:child_process`, `node:worker_threads`, `node:cluster` and `node:process`. */
export const childProcessStub = `
import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
interface CommonOptions {
  cwd?: string | URL;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  shell?: boolean | string;
  timeout?: number;
  killSignal?: NodeJS.Signals | number;
  maxBuffer?: number;
  windowsHide?: boolean;
  signal?: AbortSignal;
}
type Stdio = string | number | null | undefined | Readable | Writable;
interface SpawnOptions extends CommonOptions { stdio?: string | Stdio[]; detached?: boolean; argv0?: string; serialization?: string }
interface ForkOptions extends SpawnOptions { execArgv?: string[]; execPath?: string; silent?: boolean }
interface ExecOptions extends CommonOptions { encoding?: string | null }
interface SyncOptions extends CommonOptions { input?: string | NodeJS.ArrayBufferView; stdio?: string | Stdio[]; encoding?: string | null }
export class ChildProcess extends EventEmitter {
  stdin: Writable | null;
  stdout: Readable | null;
  stderr: Readable | null;
  readonly killed: boolean;
  readonly pid?: number;
  readonly connected: boolean;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  readonly spawnargs: string[];
  readonly spawnfile: string;
  kill(signal?: NodeJS.Signals | number): boolean;
  send(message: any, callback?: (error: Error | null) => void): boolean;
  disconnect(): void;
  ref(): void;
  unref(): void;
}
export interface ChildProcessWithoutNullStreams extends ChildProcess { stdin: Writable; stdout: Readable; stderr: Readable }
export interface ExecException extends Error { cmd?: string; killed?: boolean; code?: number; signal?: NodeJS.Signals; stdout?: string; stderr?: string }
type Done = (error: ExecException | null, stdout: string, stderr: string) => void;
export function spawn(command: string, args?: readonly string[]): ChildProcessWithoutNullStreams;
export function spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
export function spawn(command: string, options: SpawnOptions): ChildProcess;
export function fork(modulePath: string | URL, args?: readonly string[], options?: ForkOptions): ChildProcess;
export function fork(modulePath: string | URL, options?: ForkOptions): ChildProcess;
export function exec(command: string, callback?: Done): ChildProcess;
export function exec(command: string, options: ExecOptions, callback?: Done): ChildProcess;
export namespace exec { function __promisify__(command: string, options?: ExecOptions): Promise<{ stdout: string; stderr: string }> }
export function execFile(file: string, callback?: Done): ChildProcess;
export function execFile(file: string, args: readonly string[] | null | undefined, callback?: Done): ChildProcess;
export function execFile(file: string, args: readonly string[] | null | undefined, options: ExecOptions, callback?: Done): ChildProcess;
export namespace execFile { function __promisify__(file: string, args?: readonly string[], options?: ExecOptions): Promise<{ stdout: string; stderr: string }> }
export function execSync(command: string, options: SyncOptions & { encoding: string }): string;
export function execSync(command: string, options?: SyncOptions): Buffer;
export function execFileSync(file: string, args: readonly string[], options: SyncOptions & { encoding: string }): string;
export function execFileSync(file: string, args?: readonly string[], options?: SyncOptions): Buffer;
export interface SpawnSyncReturns<T> { pid: number; output: (T | null)[]; stdout: T; stderr: T; status: number | null; signal: NodeJS.Signals | null; error?: Error }
export function spawnSync(command: string, args: readonly string[], options: SyncOptions & { encoding: string }): SpawnSyncReturns<string>;
export function spawnSync(command: string, args?: readonly string[], options?: SyncOptions): SpawnSyncReturns<Buffer>;
`;

/** Declared by the port itself, as in Node's own types: its events are messages. */
const listening = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener']
  .map(name => `  ${name}(event: string | symbol, listener: (...values: any[]) => void): this;`)
  .join('\n');
export const workerThreadsStub = `
import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
type Transferable = any;
export interface WorkerOptions {
  argv?: any[];
  env?: any;
  eval?: boolean;
  workerData?: any;
  stdin?: boolean;
  stdout?: boolean;
  stderr?: boolean;
  execArgv?: string[];
  resourceLimits?: object;
  transferList?: Transferable[];
  name?: string;
  type?: string;
}
export class MessagePort extends EventEmitter {
${listening}
  postMessage(message: any, transfer?: readonly Transferable[]): void; start(): void; close(): void; ref(): void; unref(): void }
export class MessageChannel { readonly port1: MessagePort; readonly port2: MessagePort }
export class BroadcastChannel { constructor(name: string); readonly name: string; onmessage: (event: any) => void; onmessageerror: (event: any) => void; postMessage(message: any): void; close(): void; ref(): this; unref(): this }
export class Worker extends EventEmitter {
${listening}
  constructor(file: string | URL, options?: WorkerOptions);
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly threadId: number;
  postMessage(message: any, transfer?: readonly Transferable[]): void;
  terminate(): Promise<number>;
  getHeapSnapshot(): Promise<Readable>;
  ref(): void;
  unref(): void;
}
export const isMainThread: boolean;
export const parentPort: MessagePort | null;
export const threadId: number;
export const workerData: any;
export const resourceLimits: object;
export const SHARE_ENV: unique symbol;
export function receiveMessageOnPort(port: MessagePort | BroadcastChannel): { message: any } | undefined;
export function markAsUntransferable(object: object): void;
export function setEnvironmentData(key: any, value: any): void;
export function getEnvironmentData(key: any): any;
`;

export const clusterStub = `
import { EventEmitter } from 'node:events';
import { ChildProcess } from 'node:child_process';
interface Settings { exec?: string; args?: string[]; execArgv?: string[]; silent?: boolean; cwd?: string }
export interface Worker extends EventEmitter { id: number; process: ChildProcess; exitedAfterDisconnect: boolean; send(message: any, callback?: (error: Error | null) => void): boolean; kill(signal?: string): void; destroy(signal?: string): void; disconnect(): this; isConnected(): boolean; isDead(): boolean }
export interface Cluster extends EventEmitter {
  readonly isPrimary: boolean;
  readonly isMaster: boolean;
  readonly isWorker: boolean;
  readonly workers?: { [id: string]: Worker | undefined };
  readonly worker?: Worker;
  readonly settings: Settings;
  schedulingPolicy: number;
  fork(env?: any): Worker;
  disconnect(callback?: () => void): void;
  setupPrimary(settings?: Settings): void;
  setupMaster(settings?: Settings): void;
}
const cluster: Cluster;
export default cluster;
`;

export const processStub = `
export = process;
`;
