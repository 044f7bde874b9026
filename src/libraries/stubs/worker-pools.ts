/** Ambient declarations of pools of worker threads. */
export const workerpoolStub = `
export class Promise<T> extends globalThis.Promise<T> { cancel(): this; timeout(delay: number): this }
export class Pool {
  exec(method: string | ((...args: any[]) => any), parameters?: any[] | null, options?: object): Promise<any>;
  proxy(...args: any[]): Promise<any>;
  terminate(force?: boolean, timeout?: number): Promise<any>;
  stats(): any;
}
export function pool(script?: string | object, options?: object): Pool;
export function worker(methods?: Record<string, (...args: any[]) => any>, options?: object): void;
export function workerEmit(payload: any): void;
declare const workerpool: { pool: typeof pool; worker: typeof worker; workerEmit: typeof workerEmit };
export default workerpool;
`.replace('declare const', 'const');

const threads = (name: string, more: string): string => `
import { EventEmitter } from 'node:events';
export class ${name} extends EventEmitter {
  constructor(options?: { filename?: string | URL | null; maxThreads?: number; minThreads?: number; maxQueue?: number | 'auto'; [name: string]: any });
  run(task: any, options?: { signal?: any; name?: string | null; filename?: string | URL | null; [name: string]: any }): Promise<any>;
  destroy(): Promise<void>;
${more}
}
export default ${name};
export function isMovable(value: any): boolean;
export function isTransferable(value: any): boolean;
`;
export const piscinaStub = threads('Piscina', '  close(options?: { force?: boolean }): Promise<void>;');
export const tinypoolStub = threads(
  'Tinypool',
  '  cancelPendingTasks(): void;\n  recycleWorkers(options?: object): Promise<void>;\n  static move(value: any): any;',
);
