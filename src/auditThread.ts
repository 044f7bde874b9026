/** Runs audits in a worker thread with a large stack: deeply nested code overflows the default one. */
import process from 'node:process';
import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { AuditOptions, AuditResult } from './audit.ts';
import type { Failure, Message, Task } from './auditWorker.ts';
import type { WhyAnswer } from './model/why.ts';
import type { FixResult } from './fix.ts';
import type { DrawnFormat } from './report/drawnGraph.ts';
import type { GraphFormat } from './report/graph.ts';
import type { AskedPlace } from './report/why.ts';
import { UserError } from './util/errors.ts';

const STACK_MB = 256;

/**
 * Optimising compilation pays off late in runs of a few seconds: with eight times the default budget before a function
 * is optimised, code bases of 130 to 180 files take 15 % less CPU, and one of 570 files no more than before. The flag
 * is that of V8 11 (Node 20); other versions keep their defaults.
 */
const OPTIMISE_LATE = '--interrupt-budget=500000';

/** Audits and gives the report, with how long it took. Throws `UserError` for what the user has to mend. */
export async function audit(options: AuditOptions = {}): Promise<AuditResult> {
  const { progress, ...rest } = options;
  return inWorker<AuditResult>({ kind: 'audit', options: rest }, progress);
}

/** What is to be said of one place. */
export async function why(place: AskedPlace, options: AuditOptions): Promise<WhyAnswer> {
  const { progress, ...rest } = options;
  return inWorker<WhyAnswer>({ kind: 'why', options: rest, place }, progress);
}

/** A test that runs into the deadlock at a place, for a folder relative to the audit root. */
export async function reproText(place: AskedPlace, folder: string, options: AuditOptions): Promise<string> {
  const { progress, ...rest } = options;
  return inWorker<string>({ kind: 'repro', options: rest, place, folder }, progress);
}

/** What fixes would change, each judged by another audit; nothing is written. */
export async function findFixes(options: AuditOptions): Promise<FixResult> {
  const { progress, ...rest } = options;
  return inWorker<FixResult>({ kind: 'fix', options: rest }, progress);
}

/** The call graph as text in one of the formats of `graph calls`. */
export async function callGraphText(options: AuditOptions, format: GraphFormat): Promise<string> {
  const { progress, ...rest } = options;
  return inWorker<string>({ kind: 'graph-calls', options: rest, format }, progress);
}

/** The hierarchy of locks as text in one of the formats of `graph locks`. */
export async function lockGraphText(options: AuditOptions, format: DrawnFormat): Promise<string> {
  const { progress, ...rest } = options;
  return inWorker<string>({ kind: 'graph-locks', options: rest, format }, progress);
}

/** The ownership tree as text in one of the formats of `graph tasks`. */
export async function taskGraphText(options: AuditOptions, format: DrawnFormat): Promise<string> {
  const { progress, ...rest } = options;
  return inWorker<string>({ kind: 'graph-tasks', options: rest, format }, progress);
}

function inWorker<T extends AuditResult | FixResult | WhyAnswer | string>(
  task: Task<T>,
  progress: ((text: string) => void) | undefined,
): Promise<T> {
  if (process.versions.v8.startsWith('11.')) v8.setFlagsFromString(OPTIMISE_LATE);
  const heapMb = Math.floor(v8.getHeapStatistics().heap_size_limit / 2 ** 20);
  const worker = new Worker(new URL('./auditWorker.js', import.meta.url), {
    workerData: task,
    // flags of the host (`--input-type`, loaders, inspectors) are not meant for it
    execArgv: [],
    resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: heapMb },
  });
  return new Promise<T>((resolve, reject) => {
    worker.on('message', (message: Message<T>) => {
      if (message.kind === 'progress') progress?.(message.text);
      else if (message.kind === 'result') resolve(message.result);
      else reject(revive(message.failure));
    });
    worker.on('error', error => {
      reject(isOutOfMemory(error) ? outOfMemory(heapMb) : error);
    });
    worker.on('exit', code => {
      reject(new Error(`the audit thread ended early, with code ${code}`));
    });
  });
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const outOfMemory = (heapMb: number): UserError =>
  new UserError(
    `The audit needs more than ${heapMb} MB of memory`,
    `Give it more: NODE_OPTIONS=--max-old-space-size=${heapMb * 2}, or audit a part of the code.`,
  );

function revive({ name, message, hint, stack }: Failure): Error {
  if (name === 'UserError') return new UserError(message, hint);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
