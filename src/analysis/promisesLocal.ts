/** What a function itself does with a promise: everything that happens to it, its copies and the local containers it is in. */
import type { Access, Call, Drop, FunctionId, Step, ValueId } from '../model/facts.ts';
import { defineAnalysis } from './analysis.ts';
import { type Consumption, consumption, type Followed, type Observation } from './consumption.ts';
import type { Holder } from './consumptionPlaces.ts';

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
  /** Values that are the promise itself. */
  aliases: ReadonlySet<ValueId>;
}

export const localUses = defineAnalysis<(fn: FunctionId, value: ValueId) => LocalUses>('local-uses', (get, program) => {
  const follow = get(consumption);
  const someStep = (fn: FunctionId): Step | null => program.steps(fn).values().next().value ?? null;
  return (fn, value) => gather(follow, fn, value, someStep);
});

function gather(
  follow: Consumption,
  fn: FunctionId,
  value: ValueId,
  someStep: (fn: FunctionId) => Step | null,
): LocalUses {
  const aliases = new Set<ValueId>();
  const uses: LocalUses = {
    ends: [],
    drops: [],
    tests: [],
    stored: [],
    observedStores: [],
    ignored: [],
    put: [],
    elsewhere: null,
    captured: null,
    throughContainer: false,
    aliases,
  };
  const queue: Followed[] = [{ kind: 'value', fn, value, inside: [] }];
  const seen = new Set<string>();
  for (let at = queue.pop(); at; at = queue.pop()) {
    if (at.kind !== 'value') continue;
    const key = `${at.value} ${at.inside.join(',')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (at.inside.length === 0) aliases.add(at.value);
    const found = follow.expand(at, 'error');
    for (const { how, step, into } of found.ends) {
      const joins = into === undefined ? [] : gather(follow, fn, into, someStep).ends;
      uses.ends.push(...(joins.length > 0 ? joins : [{ how, step }]));
    }
    uses.drops.push(...found.drops);
    if (at.inside.length === 0) uses.tests.push(...found.tests);
    queue.push(...found.next);
    for (const { step, to } of found.given) {
      if (to.some(one => follow.observed(one, 'error'))) uses.ends.push({ how: 'passed', step });
      else if (isLookedAt(follow, to)) uses.tests.push(step);
      else uses.ignored.push(step);
    }
    for (const { step, to } of found.stored) store(follow, uses, queue, step, to, at.inside.length);
    for (const slot of found.captured) {
      uses.elsewhere ??= follow.observed(slot, 'error');
      uses.captured ??= someStep(fn);
    }
  }
  return uses;
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

function store(
  follow: Consumption,
  uses: LocalUses,
  queue: Followed[],
  step: Access,
  to: readonly Followed[],
  depth: number,
): void {
  const holders = to.flatMap(one => (one.kind === 'holder' ? [one] : []));
  const containers = to.filter(one => one.kind === 'value');
  if (containers.length > 0) {
    uses.throughContainer = true;
    uses.put.push(step);
    queue.push(...containers);
  }
  if (holders.length === 0) return;
  const kept: Stored = {
    step,
    holders: holders.map(one => one.holder),
    direct: depth === 0 && step.place.root.kind === 'self' && step.place.path.length === 1,
  };
  if (holders.some(one => follow.observed(one, 'error'))) {
    uses.ends.push({ how: 'stored', step });
    uses.observedStores.push(kept);
  } else if (containers.length === 0) uses.stored.push(kept);
}
