/**
 * Whoever has waited looks for what was waited for, and leaves with it: `if (this.opening) await this.opening;
 * if (this.file) return this.file; this.opening = open()`. Nobody who waited sets anything then.
 */
import type { Access, Block, Exit, FunctionFacts, Place, ValueId } from '../../model/facts.ts';
import { conditionReads } from '../steps.ts';
import { type FunctionIndex, type Placed, placeKey } from './handMadeIndex.ts';
import { type ModuleIndex, stepsIn } from './handMadeModule.ts';
import { endsThere, lastStep } from './handMadeSteps.ts';

/** What a value is made of: shared places that are read, and parameters by their names. */
interface Sources {
  readonly shared: Set<string>;
  readonly given: Set<string>;
}

/** Calls in calls that still belong to the work. */
const CALLS = 3;

export class SecondLooks {
  readonly #index: FunctionIndex;
  readonly #module: ModuleIndex;

  constructor(index: FunctionIndex, module: ModuleIndex) {
    this.#index = index;
    this.#module = module;
  }

  /**
   * Between the wait and the set, with no suspension up to that, a test of what the work leaves behind leads away. What
   * it is compared with is the same for all who waited: the key of the entry, or nothing.
   */
  leavesWithIt(after: number, write: Placed & { step: Access }): boolean {
    const keys = this.#sources(
      write.step.place.path.flatMap(part => ('key' in part && typeof part.key === 'number' ? [part.key] : [])),
      -1,
    );
    return this.#index.list.some(({ step, around }) => {
      if (step.kind !== 'branch' || step.id <= after || step.id > write.step.id) return false;
      if (!around.every(one => write.around.includes(one)) || write.around.includes(step)) return false;
      if (this.#index.suspendsBetween(lastStep(step), write.step.id)) return false;
      const leaving = step.arms.find(({ body }) => endsThere(body));
      const looked = this.#sources(conditionReads(step.condition), after);
      if (!leaving || ![...looked.given].every(name => keys.given.has(name))) return false;
      const taken = this.#sources(returned(leaving.body), after).shared;
      return [...looked.shared].some(place => taken.has(place) || this.#isWritten(this.#index, place, CALLS));
    });
  }

  #isWritten(index: FunctionIndex, place: string, depth: number): boolean {
    return this.#module.within(index.fn).some(
      inner =>
        inner.accesses().some(({ step }) => step.mode !== 'read' && heldBy(inner.fn, step.place) === place) ||
        (depth > 0 &&
          inner.calls().some(({ step }) => {
            const called = this.#module.called(inner, step);
            return called !== undefined && called !== index && this.#isWritten(called, place, depth - 1);
          })),
    );
  }

  /** Of the shared places, those that are read after the step. */
  #sources(values: readonly ValueId[], after: number): Sources {
    const found: Sources = { shared: new Set(), given: new Set() };
    const seen = new Set<ValueId>();
    for (const value of values) this.#gather(value, after, found, seen);
    return found;
  }

  #gather(value: ValueId, after: number, found: Sources, seen: Set<ValueId>): void {
    if (seen.has(value)) return;
    seen.add(value);
    const on = (...parts: readonly (ValueId | undefined)[]): void => {
      for (const part of parts) if (part !== undefined) this.#gather(part, after, found, seen);
    };
    const facts = this.#index.value(value);
    const step = this.#index.resultOf(value);
    if (step?.kind === 'call') on(step.receiver, ...step.args);
    else if (facts?.kind === 'choice' || facts?.kind === 'from') on(...facts.values);
    else if (facts?.kind === 'element' || facts?.kind === 'settled') on(facts.of);
    else if (facts?.kind === 'read') {
      const { root, path } = facts.place;
      const { fn } = this.#index;
      if (root.kind === 'value') on(root.of);
      else if (root.kind === 'captured' && root.from === fn.id && root.slot !== 'this')
        this.#ownVariable(root.slot, after, found, on);
      else if (root.kind === 'parameter') found.given.add(fn.parameters[root.index]?.name ?? '');
      else if (!this.#isReadBefore(value, after)) addShared(fn, facts.place, found);
      on(...path.flatMap(part => ('key' in part && typeof part.key === 'number' ? [part.key] : [])));
    }
  }

  #isReadBefore(value: ValueId, after: number): boolean {
    return this.#index.accesses().some(({ step }) => step.id <= after && step.mode === 'read' && step.value === value);
  }

  /** A parameter that closures use, or what they have put into a variable of the function. */
  #ownVariable(slot: string, after: number, found: Sources, on: (...parts: readonly ValueId[]) => void): void {
    const { fn } = this.#index;
    if (isParameter(fn, slot)) {
      found.given.add(slot);
      return;
    }
    for (const { step } of this.#index.calls()) {
      const target = step.target.kind === 'value' ? this.#index.value(step.target.of) : undefined;
      const inner = target?.kind === 'function' ? this.#module.of(target.id) : undefined;
      if (step.id <= after || !inner?.accesses().some(access => isWriteOf(access.step, fn, slot))) continue;
      on(...step.args);
      for (const facts of inner.fn.values) if (facts.kind === 'read') this.#readInside(inner.fn, facts.place, found);
    }
  }

  #readInside(inner: FunctionFacts, place: Place, found: Sources): void {
    const { root } = place;
    const { fn } = this.#index;
    if (root.kind === 'parameter' || root.kind === 'value') return;
    if (root.kind !== 'captured' || root.from !== fn.id || root.slot === 'this') addShared(inner, place, found);
    else if (isParameter(fn, root.slot)) found.given.add(root.slot);
  }
}

const isParameter = (fn: FunctionFacts, slot: string): boolean => fn.parameters.some(({ name }) => name === slot);

const isWriteOf = ({ mode, place: { root } }: Access, fn: FunctionFacts, slot: string): boolean =>
  mode === 'write' && root.kind === 'captured' && root.from === fn.id && root.slot === slot;

/** The place that a value is kept in, be it one of the entries there. */
const heldBy = (fn: FunctionFacts, place: Place): string | null =>
  placeKey(fn, place)?.replace(/\[[^\]]*\]$/, '') ?? null;

function addShared(fn: FunctionFacts, place: Place, found: Sources): void {
  const key = heldBy(fn, place);
  if (key !== null) found.shared.add(key);
}

const returned = (body: Block): ValueId[] =>
  stepsIn(body)
    .filter((step): step is Exit => step.kind === 'exit' && step.how === 'return')
    .flatMap(({ value }) => (value === undefined ? [] : [value]));
