/** Timers, threads and child processes: does anybody end or watch what their handle stands for? */
import type { Call, FunctionId, Spawn, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Consumption, consumption, type Observation } from '../promises/consumption.ts';
import { functionUses, type FunctionUsesOf } from '../promises/consumptionIndex.ts';
import { holderName } from '../promises/consumptionPlaces.ts';
import { type LifeCycles, lifeCycles } from './ownershipClasses.ts';
import { type ProcessScopes, processScopes } from './ownershipScopes.ts';
import { functionsAround, type Program } from '../program.ts';
import { watchedMakers } from './watchedMakers.ts';

export interface HandleFate {
  fn: FunctionId;
  step: Call | Spawn;
  what: 'timer' | 'interval' | 'immediate' | 'microtask' | 'thread' | 'process';
  fate:
    | { kind: 'ended'; by: Observation }
    /** It ends by itself (a timer that fires once), or with the process as it says (`unref`). */
    | { kind: 'by-itself' }
    | { kind: 'lost'; holder: string | null; ending: { type: TypeId; name: string } | null; isEndless: boolean };
}

export const handleFates = defineAnalysis<readonly HandleFate[]>('handle-fates', (get, program) =>
  new Handles(get, program).all(),
);

class Handles {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #consumption: Consumption;
  readonly #cycles: LifeCycles;
  readonly #scopes: ProcessScopes;
  readonly #isTold: (fn: FunctionId, call: Call) => boolean;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#consumption = get(consumption);
    this.#cycles = get(lifeCycles);
    this.#scopes = get(processScopes);
    this.#isTold = get(watchedMakers);
  }

  all(): HandleFate[] {
    const found: HandleFate[] = [];
    for (const id of this.#program.functions.keys()) {
      for (const step of this.#program.steps(id).values()) {
        const what = step.kind === 'spawn' || step.kind === 'call' ? kindOf(step) : null;
        if (step.kind === 'spawn' && (what === 'thread' || what === 'process') && this.#callAt(id, step)) continue;
        if (what !== null && (step.kind === 'spawn' || step.kind === 'call'))
          found.push({ fn: id, step, what, fate: this.#fate(id, step, what) });
      }
    }
    return found;
  }

  #fate(fn: FunctionId, step: Call | Spawn, what: HandleFate['what']): HandleFate['fate'] {
    if (what !== 'interval' && what !== 'thread' && what !== 'process') return { kind: 'by-itself' };
    const value = this.#uses(fn).resultOf(step.id);
    const tellsEnd = step.kind === 'call' && step.known?.resource?.tellsEnd === true;
    const observed = this.#observed(fn, step, value, tellsEnd ? 'end' : 'handle');
    if (observed) return { kind: 'ended', by: observed };
    const runsOnce = this.#scopes.isProcessScope(fn);
    const unref = this.#observed(fn, step, value, 'unref');
    const owner = this.#ownerOf(fn);
    const end = owner === null ? null : this.#cycles.endOf(owner);
    // A child process may outlive its parent on purpose. A thread cannot, and its failure is the program's. An interval
    // that nothing could end but the process is to go on until then, and says that it does not hold the process.
    if (unref && (what === 'process' || runsOnce || (what === 'interval' && !end))) return { kind: 'by-itself' };
    return {
      kind: 'lost',
      holder: value === undefined ? null : this.#holder(fn, value),
      ending: owner !== null && end ? { type: owner, name: end.name } : null,
      isEndless: runsOnce || (owner !== null && !end),
    };
  }

  #observed(
    fn: FunctionId,
    step: Call | Spawn,
    value: ValueId | undefined,
    want: 'handle' | 'end' | 'unref',
  ): Observation | null {
    const found =
      value === undefined ? null : this.#consumption.observed({ kind: 'value', fn, value, inside: [] }, want);
    if (found || want === 'unref') return found;
    if (step.kind === 'spawn' && this.#graph.targets(fn, step.id).some(id => this.#endsItself(id)))
      return { how: 'cleared', fn, step };
    if (step.kind === 'call' && this.#isTold(fn, step)) return { how: 'watched', fn, step };
    // `exec(command, callback)`: the callback is told how it ended.
    const callback =
      step.kind === 'call' &&
      [...this.#program.steps(fn).values()].some(
        one => one.kind === 'spawn' && one.how === 'immediate' && one.at[0] === step.at[0] && one.at[1] === step.at[1],
      );
    return callback ? { how: 'watched', fn, step } : null;
  }

  /** The call that gives the handle (or a promise of the end) of a thread or process started in the same expression. */
  #callAt(fn: FunctionId, { at }: Spawn): boolean {
    return [...this.#program.steps(fn).values()].some(
      step => step.kind === 'call' && step.at[0] === at[0] && step.at[1] === at[1],
    );
  }

  /** `setInterval(function () { clearInterval(this) })`. */
  #endsItself(body: FunctionId): boolean {
    const facts = this.#program.functions.get(body);
    return [...this.#program.steps(body).values()].some(step => {
      if (step.kind !== 'cancel') return false;
      const value = typeof step.what === 'number' ? facts?.values[step.what] : undefined;
      const place = typeof step.what === 'number' ? (value?.kind === 'read' ? value.place : undefined) : step.what;
      return place?.root.kind === 'self' && place.path.length === 0;
    });
  }

  #holder(fn: FunctionId, value: ValueId): string | null {
    const seen = new Set<ValueId>();
    const queue = [value];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const found = this.#consumption.expand({ kind: 'value', fn, value: at, inside: [] }, 'handle');
      for (const { to } of found.stored) {
        const holder =
          to.find(one => one.kind === 'holder' && one.holder.kind === 'field') ?? to.find(one => one.kind === 'holder');
        if (holder?.kind === 'holder') return holderName(holder.holder);
      }
      for (const next of found.next) if (next.kind === 'value' && next.inside.length === 0) queue.push(next.value);
    }
    return null;
  }

  /** The class whose member the code stands in, closures included. */
  #ownerOf(fn: FunctionId): TypeId | null {
    for (const { owner, isStatic } of functionsAround(this.#program, this.#program.functions.get(fn)))
      if (owner !== null) return isStatic ? null : owner;
    return null;
  }
}

function kindOf(step: Call | Spawn): HandleFate['what'] | null {
  if (step.kind === 'spawn') return step.how === 'task' ? null : step.how;
  const what = step.known?.resource?.what;
  return what === 'thread' || what === 'process' ? what : null;
}
