/** What a function itself does with a promise: everything that happens to it, its copies and the local containers it is in. */
import type { Access, Await, Call, Drop, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Consumption, consumption, type Followed, type Observation } from './consumption.ts';
import type { Holder } from './consumptionPlaces.ts';
import type { Program } from '../program.ts';

export interface Stored {
  step: Access;
  holders: Holder[];
  /** In a field of the instance itself, not in a container. */
  direct: boolean;
}

export interface LocalUses {
  /** Steps that observe it; calls and writes count when what they lead to observes it. `step` null: not by a step. */
  ends: { how: Observation['how'] | 'stored'; step: Step | null }[];
  drops: Drop[];
  tests: Step[];
  /** `await` of a list that it is in. */
  listAwaits: Await[];
  /** Written to a place that nobody observes. */
  stored: Stored[];
  observedStores: Stored[];
  /** Given to parameters that nobody observes. */
  ignored: Call[];
  /** An inner function reads the variable and observes it. */
  elsewhere: Observation | null;
  /** An inner function reads the variable; a step, to point at. */
  captured: Step | null;
  /** Writes that put it into a local container. */
  put: Access[];
  /** It was put into a local container, so that which steps follow is not decided by the variable alone. */
  throughContainer: boolean;
  /** Values that are the promise itself, or a local container that it is in. */
  aliases: ReadonlySet<ValueId>;
}

export const localUses = defineAnalysis<(fn: FunctionId, value: ValueId) => LocalUses>('local-uses', (get, program) => {
  const gatherer = new Gatherer(get(consumption), program);
  return (fn, value) => gatherer.gather(fn, value);
});

/** `joined`: no longer the promise itself but a combination that it is part of, whose own fate is told apart. */
interface Pending {
  at: Followed;
  joined: boolean;
}

class Gatherer {
  readonly #follow: Consumption;
  readonly #program: Program;

  constructor(follow: Consumption, program: Program) {
    this.#follow = follow;
    this.#program = program;
  }

  gather(fn: FunctionId, value: ValueId): LocalUses {
    const aliases = new Set<ValueId>();
    const uses: LocalUses = {
      ends: [],
      drops: [],
      tests: [],
      listAwaits: [],
      stored: [],
      observedStores: [],
      ignored: [],
      put: [],
      elsewhere: null,
      captured: null,
      throughContainer: false,
      aliases,
    };
    const queue: Pending[] = [{ at: { kind: 'value', fn, value, inside: [] }, joined: false }];
    const seen = new Set<string>();
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { at, joined } = next;
      if (at.kind !== 'value') continue;
      const key = `${joined} ${at.value} ${at.inside.join(',')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!joined) aliases.add(at.value);
      this.#look(at, joined, uses, queue);
    }
    return uses;
  }

  #look(at: Extract<Followed, { kind: 'value' }>, joined: boolean, uses: LocalUses, queue: Pending[]): void {
    const found = this.#follow.expand(at, 'error');
    for (const { how, step, into } of found.ends) {
      // The steps that take the combination are where this promise is taken too.
      if (into !== undefined) queue.push({ at: { kind: 'value', fn: at.fn, value: into, inside: [] }, joined: true });
      if (into === undefined || !this.#isTaken(at.fn, into)) uses.ends.push({ how, step });
    }
    queue.push(...found.next.map(one => ({ at: one, joined })));
    for (const { step, to } of found.given) this.#give(step, to, joined, uses);
    for (const { step, to } of found.stored) this.#store(step, to, at.inside.length, joined, uses, queue);
    if (joined) return;
    uses.listAwaits.push(...found.listAwaits);
    // What `splice` or `filter` gave is dropped, not the collection.
    uses.drops.push(...found.drops.filter(drop => at.inside.length === 0 || !this.#isCopy(at.fn, drop.value)));
    if (at.inside.length === 0) uses.tests.push(...found.tests);
    for (const slot of found.captured) {
      uses.elsewhere ??= this.#follow.observed(slot, 'error');
      uses.captured ??= this.#program.steps(at.fn).values().next().value ?? null;
    }
  }

  /** Some step of the function takes the combination, so that the paths to it can be told. */
  #isTaken(fn: FunctionId, value: ValueId): boolean {
    const seen = new Set([value]);
    for (const one of seen) {
      const { ends, next } = this.#follow.expand({ kind: 'value', fn, value: one, inside: [] }, 'error');
      if (ends.some(end => end.step !== null)) return true;
      for (const { value: into } of ends.flatMap(end => (end.into === undefined ? [] : [{ value: end.into }])))
        seen.add(into);
      for (const alias of next) if (alias.kind === 'value' && alias.inside.length === 0) seen.add(alias.value);
    }
    return false;
  }

  #give(step: Call, to: readonly Followed[], joined: boolean, uses: LocalUses): void {
    if (to.some(one => this.#follow.observed(one, 'error'))) uses.ends.push({ how: 'passed', step });
    else if (joined) return;
    else if (isLookedAt(this.#follow, to)) uses.tests.push(step);
    else uses.ignored.push(step);
  }

  #store(
    step: Access,
    to: readonly Followed[],
    depth: number,
    joined: boolean,
    uses: LocalUses,
    queue: Pending[],
  ): void {
    const holders = to.flatMap(one => (one.kind === 'holder' ? [one] : []));
    const containers = to.filter(one => one.kind === 'value');
    if (containers.length > 0) {
      uses.throughContainer = true;
      if (!joined) uses.put.push(step);
      queue.push(...containers.map(at => ({ at, joined })));
    }
    if (holders.length === 0) return;
    const kept: Stored = {
      step,
      holders: holders.map(one => one.holder),
      direct: depth === 0 && step.place.root.kind === 'self' && step.place.path.length === 1,
    };
    if (holders.some(one => this.#follow.observed(one, 'error'))) {
      uses.ends.push({ how: 'stored', step });
      if (!joined) uses.observedStores.push(kept);
    } else if (containers.length === 0 && !joined) uses.stored.push(kept);
  }

  #isCopy(fn: FunctionId, value: ValueId): boolean {
    return this.#program.functions.get(fn)?.values[value]?.kind === 'from';
  }
}

/** `isPromise(p)`: the callee only looks at what it is. */
function isLookedAt(follow: Consumption, from: readonly Followed[]): boolean {
  const seen = new Set<string>();
  const queue = [...from];
  for (let at = queue.pop(); at; at = queue.pop()) {
    const key = JSON.stringify(at);
    if (seen.has(key)) continue;
    seen.add(key);
    const { tests, lookedAt, next, captured, given } = follow.expand(at, 'error');
    if (tests.length > 0 || lookedAt) return true;
    queue.push(...next, ...captured, ...given.flatMap(one => one.to));
  }
  return false;
}
