/** What is kept running by who listens: servers, consumers of queues, and listeners of events. */
import type { FunctionId, Place, Register, Step } from '../../model/facts.ts';
import type { Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program, Site } from '../program.ts';
import { names } from './ownershipNames.ts';
import { shutdowns } from './shutdown.ts';
import type { OwnedTask } from './taskTree.ts';

type Draft = Omit<OwnedTask, 'origins'>;

/** Servers and consumers of every program; what one program does not stop is not stopped. Loops are promises. */
export function intakeTasks(get: Get): Draft[] {
  const found = new Map<string, Draft>();
  for (const { program: running, unstopped } of get(shutdowns))
    for (const intake of running.intakes) {
      const { what, fn, step, site } = intake;
      if (what === 'loop') continue;
      const key = `${site.file} ${site.at[0]} ${site.at[1]}`;
      const isStopped = !unstopped.includes(intake);
      if (found.has(key) && isStopped) continue;
      const called = step.kind === 'call' ? get(names).callee(fn, step) : null;
      found.set(key, {
        what,
        name: step.kind === 'register' ? step.entry.label : (called ?? what),
        site,
        startedBy: fn,
        owner: { kind: 'program', file: running.file },
        kept: null,
        end: isStopped ? 'cancelled' : 'orphan',
        how: isStopped ? 'stopped' : 'unstopped',
        endedAt: null,
      });
    }
  return [...found.values()];
}

const LISTENS = new Set(['event', 'input', 'message', 'signal']);

/** Listeners, outside of tests: removed by somebody, called once, or as long-lived as what they listen to. */
export function listenerTasks(get: Get, program: Program): Draft[] {
  const graph = get(callGraph);
  const removals = findRemovals(program, graph);
  const found: Draft[] = [];
  for (const fn of program.functions.values()) {
    if (fn.synthetic || program.modules.get(program.fileOf(fn.id))?.test) continue;
    const steps = [...program.steps(fn.id).values()];
    for (const step of steps) {
      if (step.kind !== 'register' || !LISTENS.has(step.entry.trigger) || isIntake(step)) continue;
      const slot = steps.map(one => (samePlace(one, step) ? slotOf(one) : null)).find(one => one != null) ?? null;
      const handlers = graph.targets(fn.id, step.id);
      const removed =
        slot === null ? undefined : removals.find(one => one.slot === slot && meet(one.handlers, handlers));
      found.push({
        what: 'listener',
        name: step.entry.event ?? step.entry.label,
        site: program.site(fn.id, step.at),
        startedBy: fn.id,
        kept: null,
        ...endOf(step, removed),
      });
    }
  }
  return found;
}

function endOf({ entry }: Register, removed: Removal | undefined): Pick<Draft, 'owner' | 'end' | 'how' | 'endedAt'> {
  if (removed)
    return { owner: { kind: 'function', fn: removed.fn }, end: 'cancelled', how: 'removed', endedAt: removed.site };
  const how = entry.instances === 'once' && entry.trigger !== 'signal' ? 'once' : 'emitter';
  return { owner: { kind: 'runtime' }, end: 'by itself', how, endedAt: null };
}

interface Removal {
  fn: FunctionId;
  slot: string;
  handlers: readonly FunctionId[];
  site: Site;
}

function findRemovals(program: Program, graph: CallGraph): Removal[] {
  const found: Removal[] = [];
  for (const fn of program.functions.keys())
    for (const step of program.steps(fn).values()) {
      if (step.kind !== 'access' || step.mode !== 'delete' || step.value === undefined) continue;
      const slot = slotName(step.place);
      if (slot === null) continue;
      found.push({ fn, slot, handlers: graph.functionsIn(fn, step.value), site: program.site(fn, step.at) });
    }
  return found;
}

/** `on:data`, for a step that adds a listener. */
const slotOf = (step: Step): string | null =>
  step.kind === 'access' && step.mode === 'update' ? slotName(step.place) : null;

function slotName({ path }: Place): string | null {
  const last = path.at(-1);
  return last && 'field' in last && last.field.startsWith('on:') ? last.field : null;
}

const samePlace = (a: Step, b: Step): boolean => a.at[0] === b.at[0] && a.at[1] === b.at[1];
const meet = (a: readonly FunctionId[], b: readonly FunctionId[]): boolean => a.some(one => b.includes(one));

/** It takes in messages of a queue: told as a consumer. */
const isIntake = ({ entry }: Register): boolean => entry.trigger === 'message' && entry.evidence === 'framework';
