/**
 * What becomes of a promise or handle: followed forward through variables, containers, fields, arguments and closures
 * until somebody observes it. Two obligations are told apart (ALGORITHMS 4): its error is seen, its end is joined.
 * Flow-insensitive and over-approximate: any use that might observe it counts, so that silence is the safe answer.
 */
import type { Access, Call, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf, type Key, type Use } from './consumptionIndex.ts';
import {
  type Expansion,
  type Followed,
  isOfHandle,
  type Observation,
  takePart,
  type Want,
} from './consumptionFollowed.ts';
import { callsMember, cancelled, isTalk, named, watchedPart, watchesEnd } from './consumptionHandles.ts';
import { type Places, places } from './consumptionPlaces.ts';
import { placesWritten } from './consumptionStores.ts';
import type { Program } from '../program.ts';
import { type Settlers, settlers } from './settlers.ts';

export type { Expansion, Followed, Observation, Want } from './consumptionFollowed.ts';

export interface Consumption {
  expand(at: Followed, want: Want): Expansion;
  /** Who observes it, anywhere in the program; null: nobody. */
  observed(from: Followed, want: Want): Observation | null;
}

export const consumption = defineAnalysis<Consumption>('consumption', (get, program) => new Follower(get, program));

/** How deep containers in containers are followed; deeper counts as observed. */
const DEPTH = 4;

const empty = (): Expansion => ({
  ends: [],
  next: [],
  given: [],
  stored: [],
  captured: [],
  drops: [],
  tests: [],
  listAwaits: [],
  lookedAt: false,
});

class Follower implements Consumption {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #places: Places;
  readonly #settlers: Settlers;
  readonly #known = new Map<string, Observation | null>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#places = get(places);
    this.#settlers = get(settlers);
  }

  observed(from: Followed, want: Want): Observation | null {
    const start = keyOf(from, want);
    const known = this.#known.get(start);
    if (known !== undefined) return known;
    const seen = new Set<string>([start]);
    const queue: Followed[] = [from];
    for (let at = queue.pop(); at; at = queue.pop()) {
      const found = this.#nextOf(at, want, seen, queue);
      if (found) {
        this.#known.set(start, found);
        return found;
      }
    }
    // Everything reachable was looked at: none of it is observed.
    for (const key of seen) this.#known.set(key, null);
    return null;
  }

  /** Queues what is not looked at yet; gives the observation when there is one. */
  #nextOf(at: Followed, want: Want, seen: Set<string>, queue: Followed[]): Observation | null {
    const { ends, next, given, stored, captured } = this.expand(at, want);
    const end = ends.find(
      one =>
        (want !== 'unref' || one.how === 'unref') &&
        (want !== 'end' ||
          !isTalk(this.#program, this.#graph, (id, value) => this.#settlers.isSettler(id, value), one)),
    );
    if (end) return end;
    for (const one of [...next, ...captured, ...given.flatMap(each => each.to), ...stored.flatMap(each => each.to)]) {
      const key = keyOf(one, want);
      const known = this.#known.get(key);
      if (known) return known;
      if (known === null || seen.has(key)) continue;
      seen.add(key);
      queue.push(one);
    }
    return null;
  }

  expand(at: Followed, want: Want): Expansion {
    const result = empty();
    if (at.kind === 'value') {
      if (at.inside.length > DEPTH) result.ends.push({ how: 'passed', fn: at.fn, step: null });
      else for (const use of this.#uses(at.fn).of(at.value)) this.#use(at, use, want, result);
    } else if (at.kind === 'parameter') {
      for (const read of this.#uses(at.fn).parameter(at.index)) {
        const inside = takePart(at.inside, read.keys);
        if (inside) result.next.push({ kind: 'value', fn: at.fn, value: read.value, inside });
      }
      for (const { step, keys } of this.#uses(at.fn).parameterSteps(at.index))
        named(step, at.fn, at.inside, keys, want, result);
    } else this.#holder(at, want, result);
    return result;
  }

  #holder(at: Extract<Followed, { kind: 'holder' }>, want: Want, result: Expansion): void {
    const declared = this.#places.heldBy(at.holder);
    if (this.#places.isPublic(at.holder)) result.ends.push({ how: 'public', fn: declared?.fn ?? '', step: null });
    if (declared && !at.fromItself) result.next.push({ kind: 'value', ...declared, inside: at.inside });
    for (const reader of this.#places.readersOf(at.holder)) {
      if ('value' in reader.what) {
        const inside = takePart(at.inside, reader.keys);
        if (inside) result.next.push({ kind: 'value', fn: reader.fn, value: reader.what.value, inside });
        continue;
      }
      named(reader.what.step, reader.fn, at.inside, reader.keys, want, result);
    }
  }

  #use(at: Extract<Followed, { kind: 'value' }>, use: Use, want: Want, result: Expansion): void {
    const { fn, inside } = at;
    const next = (value: ValueId, within: readonly Key[]): void =>
      void result.next.push({ kind: 'value', fn, value, inside: within });
    switch (use.as) {
      case 'alias':
        return next(use.value, inside);
      case 'spread':
        if (inside.length > 0) next(use.value, [...inside.slice(0, -1), null]);
        return;
      case 'held':
        return next(use.value, [...inside, use.key]);
      case 'part': {
        const taken = this.#isNoElement(at, use.keys[0]) ? null : takePart(inside, use.keys);
        if (taken) next(use.value, taken);
        else if (isOfHandle(want) && inside.length === 0)
          result.ends.push(...watchedPart(this.#uses(fn), fn, use.value));
        if (inside.length === 0) result.lookedAt = true;
        return;
      }
      case 'combined':
        if (want === 'error') result.ends.push({ how: 'combined', fn, step: null, into: use.value });
        else next(use.value, []);
        return;
      case 'slot':
        result.captured.push({
          kind: 'holder',
          holder: { kind: 'variable', owner: fn, slot: use.slot },
          inside,
          fromItself: true,
        });
        return;
      case 'computed':
        // What awaiting a list gives is the list.
        if (this.#isAwaitedList(at, use.value)) return next(use.value, inside);
        result.lookedAt = true;
        return;
      case 'step':
        return this.#step(at, use, want, result);
    }
  }

  /** `length` of an array, `size` of a set made here: no element. */
  #isNoElement({ fn, value, inside }: Extract<Followed, { kind: 'value' }>, key: Key | undefined): boolean {
    return typeof key === 'string' && inside.at(-1) === null && !/^\d+$/.test(key) && this.#isCollection(fn, value, 4);
  }

  /** It lies in an array or set made here, which is what the value is. */
  #isList({ fn, value, inside }: Extract<Followed, { kind: 'value' }>): boolean {
    return inside.length > 0 && this.#isCollection(fn, value, 4);
  }

  #isAwaitedList(at: Extract<Followed, { kind: 'value' }>, settled: ValueId): boolean {
    return this.#program.functions.get(at.fn)?.values[settled]?.kind === 'settled' && this.#isList(at);
  }

  #isCollection(fn: FunctionId, value: ValueId, depth: number): boolean {
    const facts = depth > 0 ? this.#program.functions.get(fn)?.values[value] : undefined;
    if (facts?.kind === 'array') return true;
    if (facts?.kind === 'choice' || (facts?.kind === 'from' && facts.how === 'copy'))
      return facts.values.every(part => this.#isCollection(fn, part, depth - 1));
    const step = facts?.kind === 'result' ? this.#program.steps(fn).get(facts.of) : undefined;
    return step?.kind === 'call' && step.newOf !== undefined && !this.#program.types.has(step.newOf);
  }

  #step(
    at: Extract<Followed, { kind: 'value' }>,
    use: Extract<Use, { as: 'step' }>,
    want: Want,
    result: Expansion,
  ): void {
    const { fn, inside } = at;
    const { step } = use;
    const end = (how: Observation['how']): void => void result.ends.push({ how, fn, step });
    switch (use.role) {
      case 'await':
        if (step.kind === 'await' && this.#isList(at)) return void result.listAwaits.push(step);
        return end('awaited');
      case 'chain':
        if (want === 'error') return end('chained');
        return this.#resultOf(fn, step, result);
      case 'return':
        return end('returned');
      case 'throw':
        return end('thrown');
      case 'yield':
        return end('yielded');
      case 'handler':
      case 'other':
        return end('passed');
      case 'argument':
        return step.kind === 'call' ? this.#argument(at, step, use.index, result) : end('passed');
      case 'receiver':
        return step.kind === 'call' ? this.#receiver(at, step, want, result) : undefined;
      case 'callee':
        return step.kind === 'settle' ? end('used') : undefined;
      case 'store':
        return step.kind === 'access' ? this.#store(at, step, result) : undefined;
      case 'base':
        if (
          isOfHandle(want) &&
          inside.length === 0 &&
          step.kind === 'access' &&
          watchesEnd(step, step.place.path.length)
        )
          end('watched');
        return;
      case 'cancel':
        return step.kind === 'cancel' ? cancelled(step, fn, want, result) : undefined;
      case 'drop':
        if (step.kind === 'drop') result.drops.push(step);
        return;
      case 'condition':
        result.tests.push(step);
        return;
      case 'over':
        return;
    }
  }

  #resultOf(fn: FunctionId, step: Step, result: Expansion): void {
    const value = this.#uses(fn).resultOf(step.id);
    if (value !== undefined) result.next.push({ kind: 'value', fn, value, inside: [] });
  }

  #argument(at: Extract<Followed, { kind: 'value' }>, step: Call, index: number, result: Expansion): void {
    const { fn, inside } = at;
    if (step.known?.owns?.includes(index)) return void result.ends.push({ how: 'owned', fn, step });
    const targets = step.target.kind === 'functions' && !step.spreads?.length ? this.#graph.targets(fn, step.id) : [];
    const to: Followed[] = [];
    for (const id of targets) {
      const parameters = this.#program.functions.get(id)?.parameters ?? [];
      const rest = parameters.findIndex(parameter => parameter.rest);
      if (rest >= 0 && index >= rest) to.push({ kind: 'parameter', fn: id, index: rest, inside: [...inside, null] });
      else if (index < parameters.length) to.push({ kind: 'parameter', fn: id, index, inside });
    }
    // Unknown code, or `arguments`: whoever gets it takes it over.
    if (to.length < targets.length || targets.length === 0) result.ends.push({ how: 'passed', fn, step });
    else result.given.push({ step, to });
  }

  #receiver(at: Extract<Followed, { kind: 'value' }>, step: Call, want: Want, result: Expansion): void {
    const { fn, inside } = at;
    // `map.keys()` gives nothing of what is held.
    if (inside.length > 0 && step.known?.onlyKeys === true) return;
    if (inside.length > 0) return void result.ends.push({ how: 'passed', fn, step });
    if (isOfHandle(want)) {
      if (callsMember(step)) result.ends.push({ how: 'watched', fn, step });
      return;
    }
    if (step.known?.builder || step.gives === 'lazy' || step.gives === 'thenable') this.#resultOf(fn, step, result);
    else result.ends.push({ how: 'used', fn, step });
  }

  #store(at: Extract<Followed, { kind: 'value' }>, step: Access, result: Expansion): void {
    const to = placesWritten(this.#program, at.fn, step.place, at.inside);
    if (to === null) result.ends.push({ how: 'passed', fn: at.fn, step });
    else result.stored.push({ step, to });
  }
}

function keyOf(at: Followed, want: Want): string {
  const inside = at.inside.map(key => (key === null ? '*' : JSON.stringify(key))).join(',');
  switch (at.kind) {
    case 'value':
      return `${want} v ${at.fn} ${at.value} ${inside}`;
    case 'parameter':
      return `${want} p ${at.fn} ${at.index} ${inside}`;
    case 'holder':
      return at.holder.kind === 'variable'
        ? `${want} s ${at.holder.owner} ${at.holder.slot} ${at.fromItself ? 1 : 0} ${inside}`
        : `${want} f ${at.holder.name} ${at.holder.of ?? ''} ${inside}`;
  }
}
