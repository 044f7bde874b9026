/**
 * Stores that belong to a task (async-local storage): which of them hold something while code runs, and which locks are
 * asked for only where one holds nothing (`store.getStore() ?? pool` outside of a transaction).
 */
import type { Block, Call, Condition, Step, Value, ValueId } from '../../model/facts.ts';
import type { Callee, Evaluator } from '../flow/evaluator.ts';
import { truthOfText } from '../flow/givenTests.ts';
import type { Summary } from './lockPairs.ts';
import { joinedWith } from '../promises/promiseReach.ts';
import type { Program } from '../program.ts';
import { type Frame, type Ref, type Refs, isNothing } from '../refs.ts';

/** Values are followed through this many calls and copies. */
const DEPTH = 6;

const known = new WeakMap<Program, boolean>();

/** Whether the program asks for what a store of the task holds. */
function usesStores(program: Program): boolean {
  let uses = known.get(program);
  if (uses === undefined) {
    const reads = (step: Step): boolean => step.kind === 'call' && step.known?.readsContext === true;
    uses = [...program.functions.keys()].some(id => [...program.steps(id).values()].some(reads));
    known.set(program, uses);
  }
  return uses;
}

/** The store, or the part of what it holds, that a value is. */
function storeIn(evaluator: Evaluator, frame: Frame, id: ValueId, depth = 0): Ref | null {
  const value = frame.fn.values[id];
  if (!value || depth > DEPTH) return null;
  if (value.kind === 'read') {
    const { root, path } = value.place;
    const [only] = path;
    const base = root.kind === 'value' ? storeIn(evaluator, frame, root.of, depth + 1) : null;
    if (!base || path.length === 0) return base;
    return path.length === 1 && only && 'field' in only ? partOf(evaluator, base, only.field) : null;
  }
  const step = value.kind === 'result' ? evaluator.program.steps(frame.fn.id).get(value.of) : undefined;
  if (step?.kind !== 'call') return null;
  if (step.known?.readsContext === true)
    return step.receiver === undefined ? null : (evaluator.evaluate(frame, step.receiver)[0] ?? null);
  const [callee, ...others] = evaluator.callees(frame, step);
  const [returned, ...more] = callee ? evaluator.writes.returned(callee.frame.fn.id) : [];
  if (!callee || others.length > 0 || returned === undefined || more.length > 0) return null;
  return storeIn(evaluator, callee.frame, returned, depth + 1);
}

/** What the store holds has a part of this name. */
const partOf = (evaluator: Evaluator, store: Ref, name: string): Ref =>
  evaluator.refs.make({ kind: 'field', base: store, name, of: null, type: null });

/** The stores that hold nothing when the condition does (or does not) hold. */
export function emptyWhen(evaluator: Evaluator, frame: Frame, condition: Condition, holds: boolean): Ref[] {
  if (!usesStores(evaluator.program)) return [];
  const store = (value: ValueId): Ref[] => {
    const found = storeIn(evaluator, frame, value);
    return found ? [found] : [];
  };
  switch (condition.kind) {
    case 'not':
      return emptyWhen(evaluator, frame, condition.of, !holds);
    case 'and':
    case 'or':
      return holds === (condition.kind === 'and')
        ? condition.of.flatMap(part => emptyWhen(evaluator, frame, part, holds))
        : [];
    case 'truthy':
      return holds ? [] : store(condition.value);
    case 'nullish':
      return holds ? store(condition.value) : [];
    case 'equal': {
      const sides = [condition.left, condition.right];
      const stores = sides.flatMap(store);
      const others = sides.map(side => frame.fn.values[side]).filter(value => value?.kind === 'constant');
      const decides = (value: Value): boolean =>
        value.kind === 'constant' && (holds ? isNothing(value) : value.text === 'true');
      return others.some(value => value && decides(value)) ? stores : [];
    }
    default:
      return [];
  }
}

/** The stores that hold something while code runs, and those that hold nothing then, whatever they held before. */
interface Stores {
  readonly filled: readonly Ref[];
  readonly emptied: readonly Ref[];
}

/** The stores that a call sets for its callee; null: none. */
function storesOf(evaluator: Evaluator, frame: Frame, { within }: Call): Stores | null {
  const [store] = within ? evaluator.evaluate(frame, within.store) : [];
  if (!within || !store) return null;
  if (within.value === undefined) return { filled: [], emptied: [store] };
  const held = evaluator.evaluate(frame, within.value);
  const parts = held.flatMap(ref => fieldsOf(ref).filter(name => isSomething(evaluator.field(ref, name, null))));
  return {
    filled: isSomething(held) ? [store, ...parts.map(name => partOf(evaluator, store, name))] : [],
    emptied: [],
  };
}

function fieldsOf(ref: Ref): string[] {
  const value = ref.kind === 'made' && 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
  return value?.kind === 'object' ? Object.keys(value.fields) : [];
}

const isSomething = (refs: Refs): boolean =>
  refs.length > 0 && !refs.some(ref => ref.kind === 'constant' && !truthOfText(ref.text));

/** The value may be the lock, itself or as what the callers gave. */
const gives = (evaluator: Evaluator, frame: Frame, value: ValueId, lock: Ref): boolean =>
  evaluator.evaluate(frame, value).some(ref => ref === lock || evaluator.resolve(ref).includes(lock));

/** The stores that must hold nothing for a value to be this lock. */
export function emptyFor(evaluator: Evaluator, frame: Frame, id: ValueId, lock: Ref, depth = 0): Ref[] {
  const value = frame.fn.values[id];
  if (!value || depth > DEPTH || !usesStores(evaluator.program)) return [];
  switch (value.kind) {
    case 'choice': {
      const { when, values } = value;
      const ways = values.flatMap((part, index) =>
        gives(evaluator, frame, part, lock)
          ? [
              [
                ...(when ? emptyWhen(evaluator, frame, when, index === 0) : []),
                ...emptyFor(evaluator, frame, part, lock, depth + 1),
              ],
            ]
          : [],
      );
      return common(ways);
    }
    case 'settled':
      return emptyFor(evaluator, frame, value.of, lock, depth + 1);
    case 'result': {
      const step = evaluator.program.steps(frame.fn.id).get(value.of);
      return step?.kind === 'call'
        ? common(evaluator.callees(frame, step).flatMap(callee => returning(evaluator, callee.frame, lock, depth + 1)))
        : [];
    }
    default:
      return [];
  }
}

/** For each return that may give the lock: the stores that hold nothing there. */
function returning(evaluator: Evaluator, frame: Frame, lock: Ref, depth: number): Ref[][] {
  return returnsIn(frame.fn.body, []).flatMap(({ value, tests }) =>
    gives(evaluator, frame, value, lock)
      ? [
          [
            ...tests.flatMap(({ condition, holds }) => emptyWhen(evaluator, frame, condition, holds)),
            ...emptyFor(evaluator, frame, value, lock, depth),
          ],
        ]
      : [],
  );
}

interface Test {
  condition: Condition;
  holds: boolean;
}

/** What a block returns, and the tests that have been passed there. */
function returnsIn(block: Block, before: readonly Test[]): { value: ValueId; tests: readonly Test[] }[] {
  const found: { value: ValueId; tests: readonly Test[] }[] = [];
  let tests = before;
  for (const step of block) {
    if (step.kind === 'exit' && step.how === 'return' && step.value !== undefined)
      found.push({ value: step.value, tests });
    else if (step.kind === 'branch') {
      const { condition, arms } = step;
      for (const { when, body } of arms) {
        const holds = when === 'true' ? true : when === 'false' ? false : null;
        found.push(...returnsIn(body, holds === null ? tests : [...tests, { condition, holds }]));
      }
      const [only] = arms;
      if (arms.length === 1 && only?.when === 'true' && only.body.at(-1)?.kind === 'exit')
        tests = [...tests, { condition, holds: false }];
    } else if (step.kind === 'loop') found.push(...returnsIn(step.body, tests));
    else if (step.kind === 'try') {
      const blocks = [step.body, ...step.handlers.map(({ body }) => body), step.orElse, step.finally];
      for (const body of blocks) found.push(...returnsIn(body, tests));
    }
  }
  return found;
}

/** What all of the lists have. */
function common(ways: readonly Ref[][]): Ref[] {
  const [first = [], ...others] = ways;
  return first.filter(ref => others.every(other => other.includes(ref)));
}

/**
 * What a callee does, as seen from the call: locks that it gets from there are asked for only where the call gives them,
 * and what it asks for only where a store is empty it does not ask for where the call fills that store.
 */
export function withStores(evaluator: Evaluator, summary: Summary, from: Frame, call: Call, callee: Frame): Summary {
  const stores = storesOf(evaluator, from, call);
  const given = callee.fn.synthetic && usesStores(evaluator.program) ? call.args : [];
  if (given.length === 0) return stores ? whileHeld(summary, stores) : summary;
  const needed = (lock: Ref): Ref[] => {
    const arg = given.find(value => gives(evaluator, from, value, lock));
    return arg === undefined ? [] : emptyFor(evaluator, from, arg, lock);
  };
  const asked = {
    ...summary,
    pairs: summary.pairs.map(pair => ({
      ...pair,
      empty: [...new Set([...pair.empty, ...needed(pair.acquires.ref)])],
    })),
  };
  return stores ? whileHeld(asked, stores) : asked;
}

/** What code does that runs while the stores hold that. */
function whileHeld(summary: Summary, { filled, emptied }: Stores): Summary {
  if (summary.pairs.every(pair => pair.empty.length === 0)) return summary;
  return {
    ...summary,
    pairs: summary.pairs.map(pair => {
      const empty = pair.empty.filter(store => !emptied.some(one => isWithin(store, one)));
      return { ...pair, empty, never: pair.never || empty.some(store => filled.includes(store)) };
    }),
  };
}

/** The store, or a part of what it holds. */
const isWithin = (part: Ref, store: Ref): boolean =>
  part === store || (part.kind === 'field' && isWithin(part.base, store));

/** Of tasks, and reactions, that a plain callback starts and returns: what their stores hold, from the innermost call outwards. */
export class StoresOfTasks {
  readonly #of = new Map<number, Map<string, Stores>>();

  note(evaluator: Evaluator, frame: Frame, call: Call, callees: readonly Callee[]): void {
    const stores = storesOf(evaluator, frame, call);
    if (!stores) return;
    for (const { frame: inner } of callees)
      for (const returned of inner.fn.calling === 'value' ? evaluator.returns(inner) : [])
        for (const { id } of joinedWith(evaluator, returned)) {
          const known = this.#of.get(id) ?? new Map<string, Stores>();
          this.#of.set(id, known.set(`${frame.id}.${call.id}`, stores));
        }
  }

  /** What the task, or the reaction, does. */
  seen({ id }: Ref, summary: Summary): Summary {
    return [...(this.#of.get(id)?.values() ?? [])].reduce(whileHeld, summary);
  }
}
