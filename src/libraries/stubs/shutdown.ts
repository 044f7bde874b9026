/** Ambient declarations of helpers for the end of a process. */
export const closeWithGraceStub = `
namespace closeWithGrace {
  export interface CloseWithGraceOptions { delay?: number | null; logger?: unknown }
  export interface CloseWithGraceCallbackArgs { err?: Error; signal?: string; manual?: boolean }
  export type CloseWithGraceCallback = (args: CloseWithGraceCallbackArgs, callback: (error?: Error) => void) => Promise<void> | void;
  export interface CloseWithGraceInstance { close(): void; uninstall(): void }
}
function closeWithGrace(fn: closeWithGrace.CloseWithGraceCallback): closeWithGrace.CloseWithGraceInstance;
function closeWithGrace(options: closeWithGrace.CloseWithGraceOptions, fn: closeWithGrace.CloseWithGraceCallback): closeWithGrace.CloseWithGraceInstance;
export = closeWithGrace;
`;

export const terminusStub = `
import { Server } from 'node:http';
export interface TerminusOptions {
  healthChecks?: Record<string, unknown>;
  signal?: string;
  signals?: string[];
  timeout?: number;
  onSignal?: () => Promise<unknown>;
  onSendFailureDuringShutdown?: () => Promise<unknown>;
  onShutdown?: () => Promise<unknown>;
  beforeShutdown?: () => Promise<unknown>;
}
export function createTerminus<T extends Server>(server: T, options?: TerminusOptions): T;
`;

export const httpGracefulShutdownStub = `
import { Server } from 'node:http';
interface Options {
  signals?: string;
  timeout?: number;
  forceExit?: boolean;
  preShutdown?: (signal?: string) => Promise<void>;
  onShutdown?: (signal?: string) => Promise<void>;
  finally?: (signal?: string) => void | Promise<void>;
}
function gracefulShutdown(server: Server, options?: Options): () => Promise<void>;
export = gracefulShutdown;
`;
