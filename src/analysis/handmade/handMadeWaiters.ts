/** Hand-made locks with a queue of waiters, serial queues of jobs, and spin locks on shared memory, by their shape. */
import type { Access, Branch, Call, FunctionFacts, FunctionId, Place, Step, ValueId } from '../../model/facts.ts';
import { FREE, type FunctionIndex, isCount, type Placed, placeKey, readsPlace, type Shape } from './handMadeIndex.ts';
import {
  accessesTo,
  branchAround,
  frees,
  hasCallingSibling,
  type ModuleIndex,
  type PlacedAccess,
  stepsIn,
  testsPlace,
} from './handMadeModule.ts';
import { conditionReads } from '../steps.ts';
import { asOwn, takingIn, ticketIn } from './handMadeTaking.ts';
import { isMember } from './handMadeShapes.ts';

/** Functions that take a lock whole: the caller holds it when their promise resolves. */
export interface WaitersShape extends Shape {
  kind: 'waiters';
  /** Functions that let the next one in. */
  releases: FunctionId[];
  /** Where those stand who wait. */
  queue: string;
}

/** `acquire()` that queues a resolver while something says "taken", and what wakes the next one. */
export function waitersIn(module: ModuleIndex, index: FunctionIndex): WaitersShape | null {
  const { fn } = index;
  if (fn.synthetic || fn.id.endsWith('#') || fn.id.endsWith('.constructor')) return null;
  const inside = module.within(fn);
  const pushed = inside.flatMap(inner => pushes(module, fn, inner))[0];
  if (pushed === undefined || !givesPromise(index)) return null;
  const { queue } = pushed;
  // What takes other locks besides does more than take this one; what lets the next one in itself keeps nothing.
  if (inside.some(inner => takesALock(module, inner)) || leaver(module, index, queue)) return null;
  const wakers = module.all().filter(other => wakes(other, queue));
  if (inside.some(inner => runsAndLeaves(module, fn, inner, wakers))) return null;
  const leaving = (makers: readonly FunctionIndex[]): FunctionIndex[] =>
    wakers.filter(other => !inside.includes(other) || makers.some(maker => isCallback(other, maker.fn)));
  // By a key it may be anything that is answered later; a number that is compared tells whose turn it is.
  const own = pushed.keyed ? ticketIn(inside, wakers) : takingIn(module, inside);
  const helpers = own || pushed.keyed || pushed.withGiven ? [] : helpersOf(module, inside);
  const taking = own ?? (helpers.length > 0 ? takingIn(module, inside, helpers) : null);
  const releases = leaving([index, ...helpers]).map(other => other.fn.id);
  if (!taking || releases.length === 0) return null;
  const place = helpers.length > 0 ? asOwn(taking.place) : taking.place;
  const capacity = taking.mode === 'permit' ? null : 1;
  return {
    kind: 'waiters',
    fn: fn.id,
    place,
    key: taking.key,
    at: fn.nameAt,
    mode: taking.mode,
    capacity,
    releases,
    queue,
  };
}

/** A limiter: it runs what the caller gave, and lets the next one in when that has ended. Whoever calls it holds nothing. */
function runsAndLeaves(
  module: ModuleIndex,
  fn: FunctionFacts,
  inner: FunctionIndex,
  wakers: readonly FunctionIndex[],
): boolean {
  const runs = inner
    .calls()
    .some(({ step }) => step.target.kind === 'value' && parameterIn(module, fn, inner, step.target.of, 1) !== null);
  const isWaker = (value: ValueId | undefined): boolean =>
    functionsBehind(module, inner, value, 3).some(one => wakers.includes(one));
  return (
    runs &&
    inner.list.some(
      ({ step }) =>
        (step.kind === 'chain' && (isWaker(step.onFinally) || isWaker(step.onFulfilled))) ||
        (step.kind === 'call' && wakers.includes(module.called(inner, step) ?? inner) && !wakers.includes(inner)),
    )
  );
}

/** The functions that a value is: written there, or in a variable that is captured. */
const functionsBehind = (
  module: ModuleIndex,
  index: FunctionIndex,
  value: ValueId | undefined,
  depth: number,
): FunctionIndex[] =>
  index.alternatives(value).flatMap(id => {
    const facts = index.value(id);
    if (facts?.kind === 'function') return module.of(facts.id) ?? [];
    if (facts?.kind !== 'read' || facts.place.root.kind !== 'captured' || facts.place.path.length > 0) return [];
    const owner = module.of(facts.place.root.from);
    const held = owner?.fn.slots[facts.place.root.slot]?.value;
    return owner && held != null && depth > 0 ? functionsBehind(module, owner, held, depth - 1) : [];
  });

/** Functions of the same object that it calls on the way, which wait for nothing themselves. */
const helpersOf = (module: ModuleIndex, inside: readonly FunctionIndex[]): FunctionIndex[] =>
  inside.flatMap(inner =>
    inner.calls().flatMap(({ step }) => {
      const helper = module.called(inner, step);
      return helper?.fn.calling === 'value' && !inside.includes(helper) ? [helper] : [];
    }),
  );

const isCallback = (other: FunctionIndex, fn: FunctionFacts): boolean =>
  other.fn.parent === fn.id && other.fn.id !== fn.id;

/** A function that counts itself in and out, with the queue of those that wait for it. */
export interface CountedSection {
  readonly key: string;
  /** Counts itself in. */
  readonly set: Access;
  /** From here on it is inside, whether it counted itself in or was let in by the one before it. */
  readonly after: Step;
  /** What it waits in when it has to. */
  readonly wait?: Step;
  readonly queue: string;
}

/**
 * `if (active >= max) await new Promise(wait => queue.push(wait)); active += 1; …; active -= 1; queue.shift()?.()`: the
 * function counts itself in and out, and wakes the next one at its end. Or it counts itself in only where it need not
 * wait, and out only where nobody waits: `if (free > 0) free -= 1; else await …`. A helper may do what its end does. A
 * flag is a counter of one, when it is cleared only where nobody waits.
 */
export function countedSectionIn(module: ModuleIndex, index: FunctionIndex): CountedSection | null {
  const { fn } = index;
  if (fn.synthetic || fn.id.endsWith('#') || !givesPromise(index)) return null;
  const inside = module.within(fn);
  const pushed = inside.flatMap(inner => pushes(module, fn, inner))[0];
  if (!pushed || pushed.keyed) return null;
  const { queue } = pushed;
  const helper = leaver(module, index, queue);
  if (!helper && !inside.some(inner => wakes(inner, queue))) return null;
  const accesses = accessesOf(index);
  for (const placed of accesses) {
    const { step } = placed;
    const key = placeKey(fn, step.place);
    if (key === null) continue;
    const leaves = [...accesses.filter(other => other.step.id > step.id), ...(helper ? accessesOf(helper) : [])];
    if (!leaves.some(other => placeKey(other.home.fn, other.step.place) === key && undoes(placed, other))) continue;
    const waits = branchAround(placed, arm => stepsIn(arm).some(one => one.kind === 'await'));
    const before = index.list.find(({ step: one }) => one.id < step.id && waitsOnly(index, one, key))?.step;
    if (testsPlace(index, key))
      return { key, set: step, after: waits ?? step, queue, ...(before ? { wait: before } : {}) };
  }
  return null;
}

const accessesOf = (index: FunctionIndex): PlacedAccess[] =>
  index.accesses().map(placed => ({ ...placed, home: index }));

/** One counts in and the other one out; or it sets the flag, and the other one clears it where nobody waits. */
function undoes({ home, step }: PlacedAccess, out: PlacedAccess): boolean {
  if (isCount(home, step)) return isCount(out.home, out.step);
  return isFlagSet(home, step) && out.home.isConstant(out.step.value, FREE) && hasCallingSibling(out);
}

/** The helper that lets the next one in, which the function calls on its way out, whatever comes. */
const leaver = (module: ModuleIndex, index: FunctionIndex, queue: string): FunctionIndex | undefined =>
  index
    .calls()
    .filter(({ around }) => !around.some(one => one.kind === 'branch'))
    .map(({ step }) => module.called(index, step))
    .find(helper => helper !== undefined && helper !== index && wakes(helper, queue));

/** `if (taken) await new Promise(…)`. */
const waitsOnly = (index: FunctionIndex, step: Step, key: string): boolean =>
  step.kind === 'branch' &&
  conditionReads(step.condition).some(value => readsPlace(index, value, key)) &&
  stepsIn([step]).some(one => one.kind === 'await');

const isFlagSet = (index: FunctionIndex, { mode, value }: Access): boolean =>
  mode === 'write' && index.isConstant(value, ['true']);

/** `if (next) next(); else free += 1`: the unit is given up either way, to the next one or back. */
export const handsOnOrBack = (index: FunctionIndex, placed: Placed, queue: string): Branch | undefined =>
  branchAround(placed, arm =>
    stepsIn(arm).some(
      one => one.kind === 'call' && one.target.kind === 'value' && isElement(index, one.target.of, queue, 4),
    ),
  );

/** A lock of a library, by itself or in the part that stands for its call. */
const takesALock = (module: ModuleIndex, index: FunctionIndex): boolean =>
  index.list.some(({ step }) => {
    if (step.kind === 'acquire') return true;
    const parts = step.kind === 'call' && step.target.kind === 'functions' ? step.target.ids : [];
    return parts.some(id => {
      const part = module.of(id);
      return part?.fn.synthetic === true && part.list.some(one => one.step.kind === 'acquire');
    });
  });

/** A container that a resolver is put into. */
interface Pushed {
  readonly queue: string;
  /** By a key: `waiting.set(ticket, resolve)`. */
  readonly keyed: boolean;
  /** With what the caller gave: a job that is to be run, for one. */
  readonly withGiven: boolean;
}

/** Containers that a resolver (or what resolves later) is put into. */
function pushes(module: ModuleIndex, fn: FunctionFacts, inner: FunctionIndex): Pushed[] {
  return inner.accesses().flatMap(({ step }) => {
    const last = step.place.path[step.place.path.length - 1];
    if (step.mode !== 'update' || !last || 'field' in last) return [];
    if (!isResolver(module, inner, step.value, 3)) return [];
    const queue = placeKey(fn, { ...step.place, path: step.place.path.slice(0, -1) });
    const withGiven = parameterIn(module, fn, inner, step.value, 3) !== null;
    return queue === null ? [] : [{ queue, keyed: 'key' in last, withGiven }];
  });
}

/** A parameter of an executor, a member `resolve`, a closure, or an object that holds one. */
function isResolver(module: ModuleIndex, index: FunctionIndex, value: ValueId | undefined, depth: number): boolean {
  return index.alternatives(value).some(id => {
    const facts = index.value(id);
    if (facts?.kind === 'object')
      return depth > 0 && Object.values(facts.fields).some(part => isResolver(module, index, part, depth - 1));
    if (facts?.kind === 'function') return /[/]Promise:\d+/.test(index.fn.id) || index.fn.id.includes('/Promise:');
    if (facts?.kind !== 'read') return false;
    const { root, path } = facts.place;
    if (path.length > 0) return isMember(facts.place, 'resolve');
    if (root.kind === 'parameter') return index.fn.id.includes('/Promise:');
    if (root.kind !== 'captured') return false;
    const owner = module.of(root.from);
    const held = owner?.fn.slots[root.slot]?.value;
    return depth > 0 && owner !== undefined && held != null && isResolver(module, owner, held, depth - 1);
  });
}

function givesPromise(index: FunctionIndex): boolean {
  const isFresh = (value: ValueId | undefined): boolean =>
    index.alternatives(value).some(id => {
      const step = index.resultOf(id);
      return (step?.kind === 'call' && step.newOf === 'lib#Promise') || index.value(id)?.kind === 'read';
    });
  return index.list.some(
    ({ step }) =>
      (step.kind === 'exit' && step.how === 'return' && isFresh(step.value)) ||
      (step.kind === 'await' && step.values.some(isFresh)),
  );
}

/** Takes one out of the queue and calls it (or a member of it). */
function wakes(index: FunctionIndex, queue: string): boolean {
  const takes = index
    .accesses()
    .some(({ step }) => step.mode === 'delete' && containerKey(index.fn, step.place) === queue);
  return takes && wakingCalls(index, queue).length > 0;
}

/** Calls of one of those who wait in the queue. */
export const wakingCalls = (index: FunctionIndex, queue: string): Call[] =>
  index
    .calls()
    .flatMap(({ step }) => (step.target.kind === 'value' && isElement(index, step.target.of, queue, 4) ? [step] : []));

const containerKey = (fn: FunctionFacts, place: Place): string | null =>
  placeKey(fn, { ...place, path: place.path.slice(0, -1) });

function isElement(index: FunctionIndex, value: ValueId, queue: string, depth: number): boolean {
  return index.alternatives(value).some(id => {
    const facts = index.value(id);
    if (!facts || depth === 0) return false;
    if (facts.kind === 'element') {
      const of = index.alternatives(facts.of).some(one => {
        const base = index.value(one);
        return base?.kind === 'read' && placeKey(index.fn, base.place) === queue;
      });
      return of || isElement(index, facts.of, queue, depth - 1);
    }
    if (facts.kind !== 'read') return false;
    if (facts.place.root.kind === 'value') return isElement(index, facts.place.root.of, queue, depth - 1);
    const text = placeKey(index.fn, facts.place);
    return text !== null && text.startsWith(`${queue}[`);
  });
}

/** Falsy writes to the flag happen only where no waiter is there to take over. */
export function isHandedOn(module: ModuleIndex, key: string): boolean {
  const found = frees(module, key);
  return found.length > 0 && found.every(hasCallingSibling);
}

/** A flag that is set for good, by one function or another, keeps nobody waiting: it tells that something has been done. */
export function isSetForGood(module: ModuleIndex, key: string): boolean {
  const sets = accessesTo(module, key).filter(({ step }) => step.mode === 'write');
  return sets.length > 0 && frees(module, key).length === 0;
}

export interface SpinShape {
  fn: FunctionId;
  loop: Step;
  call: Call;
}

/** `while (Atomics.compareExchange(view, i, 0, 1) !== 0) …`. */
export function spinIn(index: FunctionIndex): SpinShape | null {
  for (const { step, around } of index.calls()) {
    if (step.target.kind !== 'external' || step.target.name !== 'lib#Atomics.compareExchange') continue;
    const loop = around.find(one => one.kind === 'loop');
    if (loop && index.isConstant(step.args[2], ['0']) && !index.isConstant(step.args[3], ['0']))
      return { fn: index.fn.id, loop, call: step };
  }
  return null;
}

/** `Atomics.store(view, i, 0)` of the same view. */
export function spinReleases(index: FunctionIndex, key: string): Call[] {
  return index.calls().flatMap(({ step }) => {
    if (step.target.kind !== 'external') return [];
    const stores = step.target.name === 'lib#Atomics.store' || step.target.name === 'lib#Atomics.exchange';
    const swaps = step.target.name === 'lib#Atomics.compareExchange';
    const cell = cellKey(index, step);
    if (cell !== key) return [];
    if (stores && index.isConstant(step.args[2], ['0'])) return [step];
    return swaps && index.isConstant(step.args[3], ['0']) ? [step] : [];
  });
}

export function cellKey(index: FunctionIndex, { args }: Call): string | null {
  const view = index.value(args[0]);
  return view?.kind === 'read' ? placeKey(index.fn, view.place) : null;
}

/** `jobs.push({ job, resolve })` here, and one drainer that runs the jobs one after another. */
export function serialIn(
  module: ModuleIndex,
  index: FunctionIndex,
): { queue: string; work: number; place: Place } | null {
  const { fn } = index;
  if (fn.synthetic || fn.parameters.length === 0) return null;
  for (const inner of module.within(fn)) {
    for (const { step } of inner.accesses()) {
      const last = step.place.path[step.place.path.length - 1];
      if (step.mode !== 'update' || !last || !('any' in last)) continue;
      const work = parameterIn(module, fn, inner, step.value, 3);
      const place = { ...step.place, path: step.place.path.slice(0, -1) };
      const queue = placeKey(inner.fn, place);
      if (work === null || queue === null || !givesPromise(index)) continue;
      if (module.all().some(other => drains(other, queue))) return { queue, work, place };
    }
  }
  return null;
}

/** The parameter of `fn` that a value holds or is, or that a closure in it calls. */
function parameterIn(
  module: ModuleIndex,
  fn: FunctionFacts,
  index: FunctionIndex,
  value: ValueId | undefined,
  depth: number,
): number | null {
  for (const id of index.alternatives(value)) {
    const facts = index.value(id);
    if (!facts || depth === 0) continue;
    if (facts.kind === 'object') {
      for (const part of Object.values(facts.fields)) {
        const found = parameterIn(module, fn, index, part, depth - 1);
        if (found !== null) return found;
      }
    }
    if (facts.kind === 'function') {
      const inner = module.of(facts.id);
      for (const { step } of inner?.calls() ?? []) {
        const found =
          inner && step.target.kind === 'value' ? parameterIn(module, fn, inner, step.target.of, depth - 1) : null;
        if (found !== null) return found;
      }
    }
    if (facts.kind !== 'read' || facts.place.path.length > 0) continue;
    const { root } = facts.place;
    if (root.kind === 'parameter' && index.fn.id === fn.id) return root.index;
    if (root.kind !== 'captured' || root.from !== fn.id) continue;
    const held = fn.slots[root.slot]?.value;
    const source = held == null ? undefined : fn.values[held];
    if (source?.kind === 'read' && source.place.root.kind === 'parameter' && source.place.path.length === 0)
      return source.place.root.index;
  }
  return null;
}

/** A loop that takes jobs out of the queue, calls and awaits each, behind a claim flag. */
function drains(index: FunctionIndex, queue: string): boolean {
  const hasClaim = index.accesses().some(({ step }) => step.mode === 'write' && index.isConstant(step.value, ['true']));
  if (!hasClaim) return false;
  return index.calls().some(({ step, around }) => {
    if (step.target.kind !== 'value' || !around.some(one => one.kind === 'loop')) return false;
    if (!isElement(index, step.target.of, queue, 5)) return false;
    return index.list.some(
      other => other.step.kind === 'await' && other.step.values.some(value => index.resultOf(value) === step),
    );
  });
}
