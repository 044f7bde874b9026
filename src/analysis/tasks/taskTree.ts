/**
 * The ownership tree (ALGORITHMS 4): everything that runs beside the code that starts it, from where control comes to
 * its start, who owns it and how it ends. Calls that are awaited or returned where they stand are their callers' own.
 */
import type { Call, FunctionId, Spawn, StepId, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { functionUses } from '../promises/consumptionIndex.ts';
import type { Observation } from '../promises/consumption.ts';
import { holderName } from '../promises/consumptionPlaces.ts';
import { isPromiseMade } from '../promises/mayReject.ts';
import type { PromiseFate } from '../promises/promisesFate.ts';
import type { Program, Site } from '../program.ts';
import type { HandleFate } from './ownershipHandles.ts';
import { names, type Names } from './ownershipNames.ts';
import { intakeTasks, listenerTasks } from './taskIntakes.ts';
import { type Origin, Origins } from './taskOrigins.ts';
import { type Task, taskOwnership } from './taskOwnership.ts';
import { type Way, wayOf, type WayOf } from './taskOwners.ts';

export type Owner =
  /** It waits for it, or ends it. */
  | { kind: 'function'; fn: FunctionId }
  /** The function gives it to whoever calls it. */
  | { kind: 'callers'; fn: FunctionId }
  /** A field of the class holds it. */
  | { kind: 'class'; type: TypeId }
  /** A variable of the function, or of the module that the body is of, holds it. */
  | { kind: 'variables'; of: FunctionId }
  /** It lives as long as the program that the module starts. */
  | { kind: 'program'; file: string }
  /** Code that is not in the project has it. */
  | { kind: 'outside' }
  | { kind: 'runtime' }
  | { kind: 'nobody' };

/** What the end was told from. */
export type EndHow =
  | Observation['how']
  | NonNullable<Task['problem']>['kind']
  | Exclude<PromiseFate['fate']['kind'], 'owned' | 'detached' | 'unjoined'>
  /** It fires once; it ends with what it is listened to on; a handler of a termination signal stops it, or none does. */
  | 'once'
  | 'emitter'
  | 'removed'
  | 'stopped'
  | 'unstopped'
  | 'queued'
  | 'declared';

export interface OwnedTask {
  what: Task['what'] | 'server' | 'consumer' | 'listener';
  /** What a person calls it. */
  name: string;
  site: Site;
  startedBy: FunctionId;
  origins: readonly Origin<OwnedTask>[];
  owner: Owner;
  /** The field or variable that holds it, or that holds the container which it is in. */
  kept: { name: string; inside: boolean } | null;
  end: Task['end'];
  how: EndHow;
  /** Where that happens. */
  endedAt: Site | null;
}

export interface TaskTree {
  /** By place. */
  tasks: readonly OwnedTask[];
  /** Promises that are awaited, and that are returned, where they are made. */
  inPlace: { awaited: number; returned: number };
}

type Draft = Omit<OwnedTask, 'origins'>;
type Ending = Pick<Draft, 'end' | 'how' | 'endedAt'>;

export const taskTree = defineAnalysis<TaskTree>('task-tree', (get, program) => {
  const planter = new Planter(get, program);
  const started = new Map<string, OwnedTask>();
  const tasks: OwnedTask[] = [];
  const inPlace = { awaited: 0, returned: 0 };
  const add = (draft: Draft, step: StepId | null): void => {
    const task = { ...draft, origins: [] };
    tasks.push(task);
    if (step !== null) started.set(`${draft.startedBy} ${step}`, task);
  };
  for (const task of get(taskOwnership)) {
    const planted = planter.plant(task);
    if (planted === 'awaited' || planted === 'returned') inPlace[planted] += 1;
    else if (planted) add(planted, stepOf(task));
  }
  for (const task of [...intakeTasks(get), ...listenerTasks(get, program)]) add(task, null);
  const origins = new Origins<OwnedTask>(get, program, (fn, step) => started.get(`${fn} ${step}`));
  for (const task of tasks) task.origins = origins.of(task.startedBy);
  return { tasks: tasks.sort(byPlace), inPlace };
});

const isPromise = (fate: PromiseFate | HandleFate): fate is PromiseFate => 'node' in fate;
const stepOf = ({ fate }: Task): StepId | null =>
  isPromise(fate) ? (fate.node.step?.id ?? null) : fate.step.kind === 'spawn' ? fate.step.id : null;

function byPlace(a: OwnedTask, b: OwnedTask): number {
  if (a.site.file !== b.site.file) return a.site.file < b.site.file ? -1 : 1;
  return a.site.at[0] - b.site.at[0] || a.site.at[1] - b.site.at[1] || (a.what < b.what ? -1 : a.what > b.what ? 1 : 0);
}

class Planter {
  readonly #get: Get;
  readonly #program: Program;
  readonly #names: Names;
  readonly #way: WayOf;
  /** The tasks that promises are, by function and value: reactions and combinations of others too. */
  readonly #promises = new Map<string, Task>();

  constructor(get: Get, program: Program) {
    this.#get = get;
    this.#program = program;
    this.#names = get(names);
    this.#way = get(wayOf);
    for (const task of get(taskOwnership))
      if (isPromise(task.fate)) this.#promises.set(`${task.fate.node.fn} ${task.fate.node.value}`, task);
  }

  /** Null: no task of its own (a reaction to one, a query that is not run yet, a test). */
  plant(task: Task): Draft | 'awaited' | 'returned' | null {
    const { fate } = task;
    if (this.#program.modules.get(task.site.file)?.test) return null;
    if (!isPromise(fate)) return this.#handle(task, fate);
    const { node } = fate;
    if (node.how !== 'call' || node.step?.kind !== 'call' || node.gives === 'builder') return null;
    // Nothing runs in a promise made by hand: what settles it is told for itself.
    if (isPromiseMade(node.step) && !task.problem) return null;
    return this.#usedInPlace(node.fn, node.value, node.step) ?? this.#promise(task, fate);
  }

  #usedInPlace(fn: FunctionId, value: ValueId, call: Call): 'awaited' | 'returned' | null {
    for (const use of this.#get(functionUses)(fn).of(value)) {
      if (use.as !== 'step' || (use.role !== 'await' && use.role !== 'return')) continue;
      const { at } = use.step;
      const isAround = at[0] <= call.at[0] && at[1] >= call.at[1];
      if (isAround) return use.role === 'await' ? 'awaited' : 'returned';
    }
    return null;
  }

  #promise(task: Task, fate: PromiseFate): Draft {
    const { node } = fate;
    const way = this.#way(node.fn, node.value, 'join');
    const base = this.#base(task, way);
    const ended = this.#losing(node.fn, way) ?? this.#lost(task);
    if (ended && (ended.end === 'orphan' || !way.observed)) return { ...base, owner: { kind: 'nobody' }, ...ended };
    if (!way.observed) {
      const how = fate.fate.kind === 'owned' && fate.fate.how === 'queued' ? 'queued' : 'used';
      return { ...base, owner: { kind: 'outside' }, end: 'joined', how, endedAt: null };
    }
    return { ...base, owner: this.#owner(way, way.observed), end: 'joined', ...this.#endOf(way.observed) };
  }

  /** What loses the promise, or one that is derived from it; the worst. */
  #losing(fn: FunctionId, { values }: Way): Ending | null {
    let found: Ending | null = null;
    for (const value of values) {
      const task = this.#promises.get(`${fn} ${value}`);
      const lost = task ? this.#lost(task) : null;
      if (lost && (!found || lost.end === 'orphan')) found = lost;
      if (found?.end === 'orphan') return found;
    }
    return found;
  }

  #lost({ fate: of, problem, end }: Task): Ending | null {
    if (!isPromise(of)) return null;
    const { fate, sites } = of;
    switch (fate.kind) {
      case 'owned':
        return null;
      case 'mistaken':
        return { end: 'by itself', how: 'mistaken', endedAt: null };
      case 'detached':
      case 'unjoined':
        return { end, how: problem?.kind ?? 'declared', endedAt: sites.lost };
      default:
        return { end: 'orphan', how: problem?.kind ?? fate.kind, endedAt: sites.lost };
    }
  }

  #handle(task: Task, { fn, step, what, fate }: HandleFate): Draft | null {
    const value = this.#get(functionUses)(fn).resultOf(step.id);
    const way: Way = value === undefined ? NOWHERE : this.#way(fn, value, 'handle');
    const base = this.#base(task, way);
    const { problem } = task;
    if (fate.kind === 'lost')
      return { ...base, owner: { kind: 'nobody' }, end: 'orphan', how: problem?.kind ?? 'dropped', endedAt: null };
    const observed = way.observed ?? (fate.kind === 'ended' ? fate.by : null);
    if (observed)
      return {
        ...base,
        owner: this.#owner(way, observed),
        end: observed.how === 'cleared' ? 'cancelled' : 'joined',
        ...this.#endOf(observed),
      };
    const once = what !== 'interval' && what !== 'thread' && what !== 'process';
    return { ...base, owner: { kind: 'runtime' }, end: 'by itself', how: once ? 'once' : 'unref', endedAt: null };
  }

  #base(task: Task, { holders }: Way): Omit<Draft, 'owner' | 'end' | 'how' | 'endedAt'> {
    const [first] = holders;
    return {
      what: task.what,
      name: isPromise(task.fate) ? task.name : this.#handleName(task, task.fate),
      site: task.site,
      startedBy: task.startedBy,
      kept: first ? { name: holderName(first.holder), inside: first.inside } : null,
    };
  }

  /** What runs in it says more than what kind of thing it is. */
  #handleName({ name }: Task, { fn, step }: HandleFate): string {
    const body =
      step.kind === 'spawn' ? this.#program.functions.get(fn)?.values[(step satisfies Spawn).body] : undefined;
    const work = body?.kind === 'function' ? this.#program.functions.get(body.id) : undefined;
    return work && !work.name.startsWith('callback of ') ? this.#names.fn(work.id) : name;
  }

  #owner({ holders }: Way, observed: Observation): Owner {
    const field = holders.find(({ holder }) => holder.kind === 'field' && holder.of !== null)?.holder;
    if (field?.kind === 'field' && field.of !== null) return { kind: 'class', type: field.of };
    switch (observed.how) {
      case 'public':
      case 'passed':
      case 'owned':
        return { kind: 'outside' };
      case 'returned':
      case 'yielded':
      case 'thrown':
        return { kind: 'callers', fn: observed.fn };
      default: {
        const shared = holders.find(({ holder }) => holder.kind === 'variable' && holder.owner !== observed.fn)?.holder;
        return shared?.kind === 'variable'
          ? { kind: 'variables', of: shared.owner }
          : { kind: 'function', fn: observed.fn };
      }
    }
  }

  #endOf({ how, fn, step }: Observation): Pick<Draft, 'how' | 'endedAt'> {
    return { how, endedAt: step ? this.#program.site(fn, step.at) : null };
  }
}

const NOWHERE: Way = { observed: null, holders: [], values: [] };
