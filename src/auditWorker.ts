/** The worker thread's side: does one task, posts its result or why there is none, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type AuditOptions, type AuditResult, auditHere, linkHere, reproHere, whyHere } from './audit.ts';
import type { WhyAnswer } from './model/why.ts';
import { fixHere, type FixResult } from './fix.ts';
import type { DrawnFormat } from './report/drawnGraph.ts';
import { type GraphFormat, printCallGraph } from './report/graph.ts';
import { printLockGraph } from './report/lockGraph.ts';
import { printTaskGraph } from './report/taskGraph.ts';
import type { AskedPlace } from './report/why.ts';
import { UserError } from './util/errors.ts';

type Options = Omit<AuditOptions, 'progress'>;
type Answer = AuditResult | FixResult | WhyAnswer | string;
/** `T` is what the task gives. */
export type Task<T extends Answer = Answer> =
  | (T extends FixResult ? { kind: 'fix'; options: Options } : never)
  | (T extends AuditResult ? { kind: 'audit'; options: Options } : never)
  | (T extends WhyAnswer ? { kind: 'why'; options: Options; place: AskedPlace } : never)
  | (T extends string ? { kind: 'repro'; options: Options; place: AskedPlace; folder: string } : never)
  | (T extends string ? { kind: 'graph-calls'; options: Options; format: GraphFormat } : never)
  | (T extends string ? { kind: 'graph-locks'; options: Options; format: DrawnFormat } : never)
  | (T extends string ? { kind: 'graph-tasks'; options: Options; format: DrawnFormat } : never);
export type Message<T> =
  { kind: 'progress'; text: string } | { kind: 'result'; result: T } | { kind: 'failed'; failure: Failure };
/** An error as plain data; errors lose their class on the way between threads. */
export interface Failure {
  name: string;
  message: string;
  hint?: string;
  stack?: string;
}

const post = (message: Message<Answer>): void => parentPort?.postMessage(message);

async function work(task: Task): Promise<Answer> {
  const options: AuditOptions = { ...task.options, progress: text => post({ kind: 'progress', text }) };
  if (task.kind === 'audit') return auditHere(options);
  if (task.kind === 'why') return whyHere(task.place, options);
  if (task.kind === 'repro') return reproHere(task.place, task.folder, options);
  if (task.kind === 'fix') return fixHere(options);
  const linked = await linkHere(options);
  switch (task.kind) {
    case 'graph-calls':
      return printCallGraph(linked, task.format);
    case 'graph-locks':
      return printLockGraph(linked, task.format);
    case 'graph-tasks':
      return printTaskGraph(linked, task.format);
  }
}

function describe(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  const hint = error instanceof UserError ? error.hint : undefined;
  return { name, message, ...(hint === undefined ? {} : { hint }), ...(stack === undefined ? {} : { stack }) };
}

const isTask = (data: unknown): data is Task => typeof data === 'object' && data !== null && 'kind' in data;

if (parentPort && isTask(workerData)) {
  try {
    post({ kind: 'result', result: await work(workerData) });
  } catch (error) {
    post({ kind: 'failed', failure: describe(error) });
  }
}
