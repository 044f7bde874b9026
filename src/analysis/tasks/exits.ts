/** Where the process is ended while something is in flight: work of the same path, or the requests that are being served. */
import type { Call, Cancel, FunctionId, Register, Step } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type ExitPoint, pendingWork } from './pendingWork.ts';
import { type Program, type Site, walkSteps } from '../program.ts';

export interface ProcessExit extends ExitPoint {
  site: Site;
  /** Handlers of termination signals (and of events of the process) reach it. */
  onSignal: boolean;
  /** The handler of requests, messages or jobs that reaches it, and the calls on the way; null: none. */
  request: { entry: Register; in: FunctionId; path: readonly Site[] } | null;
}

export const processExits = defineAnalysis<readonly ProcessExit[]>('process-exits', (get, program) => {
  const requests = reachedByRequests(get, program);
  const signals = reachedBySignals(get, program);
  return get(pendingWork).exits.map(exit => ({
    ...exit,
    site: program.site(exit.fn, exit.step.at),
    onSignal: signals.has(exit.fn),
    request:
      exit.step.kind === 'cancel' && !waitsBefore(program, get(callGraph), exit.fn, exit.step)
        ? (requests.get(exit.fn) ?? null)
        : null,
  }));
});

/**
 * Handlers of requests that answer many at once: one that ends the process ends the others. An event is a request when it
 * comes with something of its own (a connection), unlike that of a file watcher.
 */
const isRequest = ({ entry }: Register): boolean =>
  !entry.test &&
  (entry.trigger === 'route' ||
    entry.trigger === 'job' ||
    (entry.trigger === 'message' && entry.evidence === 'framework') ||
    (entry.trigger === 'event' && entry.evidence === 'framework' && entry.confined.length > 0));

const MANY = 3;

/** Functions that requests, messages and jobs run, with the handler and the calls from there. */
export function reachedByRequests(get: Get, program: Program): Map<FunctionId, NonNullable<ProcessExit['request']>> {
  const graph = get(callGraph);
  const found = new Map<FunctionId, NonNullable<ProcessExit['request']>>();
  const queue: FunctionId[] = [];
  for (const fn of program.functions.values())
    walkSteps(fn.body, step => {
      if (step.kind !== 'register' || !isRequest(step)) return;
      for (const handler of graph.targets(fn.id, step.id)) {
        if (found.has(handler)) continue;
        found.set(handler, { entry: step, in: fn.id, path: [] });
        queue.push(handler);
      }
    });
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const from = found.get(next);
    for (const [step, callee] of callsOf(program, graph, next)) {
      if (!from || found.has(callee)) continue;
      found.set(callee, { ...from, path: [...from.path, program.site(next, step.at)] });
      queue.push(callee);
    }
  }
  return found;
}

/** Calls and reactions: what runs as a part of the same activity. */
function callsOf(program: Program, graph: CallGraph, id: FunctionId): [{ at: Call['at'] }, FunctionId][] {
  const found: [{ at: Call['at'] }, FunctionId][] = [];
  for (const step of program.steps(id).values()) {
    if (step.kind !== 'call' && step.kind !== 'chain' && step.kind !== 'spawn') continue;
    const targets = graph.targets(id, step.id);
    if (targets.length <= MANY) for (const callee of targets) found.push([step, callee]);
  }
  return found;
}

function reachedBySignals(get: Get, program: Program): ReadonlySet<FunctionId> {
  const graph = get(callGraph);
  const found = new Set<FunctionId>();
  for (const fn of program.functions.values())
    walkSteps(fn.body, step => {
      if (step.kind === 'register' && step.entry.trigger === 'signal')
        for (const handler of graph.targets(fn.id, step.id)) found.add(handler);
    });
  for (const id of found) for (const [, callee] of callsOf(program, graph, id)) found.add(callee);
  return found;
}

/** An exit after something was closed and waited for ends a shutdown, whoever asked for it. */
function waitsBefore(program: Program, graph: CallGraph, fn: FunctionId, exit: Cancel): boolean {
  let closing = false;
  for (const step of program.steps(fn).values()) {
    if (step.id >= exit.id) return false;
    if (closes(program, graph, fn, step, 0)) closing = true;
    if (step.kind === 'await' && closing) return true;
  }
  return false;
}

function closes(program: Program, graph: CallGraph, fn: FunctionId, step: Step, depth: number): boolean {
  if (step.kind === 'cancel') return step.how === 'close';
  if (step.kind !== 'call' || depth > 2) return false;
  return graph
    .targets(fn, step.id)
    .some(id => [...program.steps(id).values()].some(inner => closes(program, graph, id, inner, depth + 1)));
}
