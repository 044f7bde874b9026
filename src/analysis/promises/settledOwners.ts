/**
 * Who else answers for what is waited for whatever it ends with: promises that somebody put down for others to wait for
 * and gives to its own caller too, and the ends of things that are closed with one another.
 */
import type { FunctionFacts, FunctionId, Place, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { END, isEndName } from '../tasks/ownershipClasses.ts';
import { names, type Names } from '../tasks/ownershipNames.ts';
import { memberName } from '../tasks/signals.ts';
import { valuesBehind } from '../valueParts.ts';
import { type Write, writeIndex, type WriteIndex } from '../writeIndex.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { type MayReject, mayReject } from './mayReject.ts';
import { isHandled } from './promisesFate.ts';

export interface SettledOwners {
  /** All were put where they are found by somebody who also returns or awaits them: this only waits. */
  onlyWaits(fn: FunctionFacts, values: readonly ValueId[]): boolean;
  /** The end of something ends its parts, and goes on whatever becomes of one of them. */
  closesParts(fn: FunctionFacts, values: readonly ValueId[]): boolean;
}

export const settledOwners = defineAnalysis<SettledOwners>(
  'settled-owners',
  (get, program) => new Owners(get, program),
);

/** One promise among those that are waited for. */
interface Element {
  fn: FunctionFacts;
  value: ValueId;
}

const DEPTH = 6;

class Owners implements SettledOwners {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #writes: WriteIndex;
  readonly #rejects: MayReject;
  readonly #names: Names;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#writes = get(writeIndex);
    this.#rejects = get(mayReject);
    this.#names = get(names);
  }

  onlyWaits(fn: FunctionFacts, values: readonly ValueId[]): boolean {
    const elements = this.#elements(fn, values, DEPTH);
    return elements.length > 0 && elements.every(one => this.#isKeptByMaker(one));
  }

  closesParts(fn: FunctionFacts, values: readonly ValueId[]): boolean {
    if (!isEndName(memberName(fn.name))) return false;
    const elements = this.#elements(fn, values, DEPTH).filter(
      one => !isHandled(this.#rejects.value(one.fn.id, one.value)),
    );
    const closing = elements.filter(one => this.#isClosing(one));
    // What is not made here is there already, and the end only waits for it.
    return closing.length > 0 && elements.every(one => closing.includes(one) || this.#isFound(one));
  }

  /** The promises themselves: out of lists, of combinations, of what the callback of a list makes of each. */
  #elements(fn: FunctionFacts, values: readonly ValueId[], depth: number): Element[] {
    return values
      .flatMap(value => valuesBehind(fn, value))
      .flatMap(value => {
        const facts = fn.values[value];
        if (facts?.kind === 'constant') return [];
        if (depth > 0 && (facts?.kind === 'array' || facts?.kind === 'combined'))
          return this.#elements(fn, facts.values, depth - 1);
        const made = depth > 0 && facts?.kind === 'result' ? this.#madeInList(fn, facts.of) : null;
        return made
          ? made.flatMap(one => this.#elements(one, this.#writes.returned(one.id), depth - 1))
          : [{ fn, value }];
      });
  }

  /** `list.map(one => one.request)`: the callbacks, where all of them give what is at hand or at once. */
  #madeInList({ id }: FunctionFacts, of: number): FunctionFacts[] | null {
    for (const step of this.#program.steps(id).values()) {
      if (step.kind !== 'loop' || step.over === undefined || !step.body.some(inner => inner.id === of)) continue;
      const callbacks = this.#graph.targets(id, of).flatMap(target => this.#program.functions.get(target) ?? []);
      const isAtHand = callbacks.every(one => one.calling === 'value' && this.#writes.returned(one.id).length > 0);
      return callbacks.length > 0 && isAtHand ? callbacks : null;
    }
    return null;
  }

  #isFound({ fn, value }: Element): boolean {
    return fn.values[value]?.kind === 'read';
  }

  #isClosing({ fn, value }: Element): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind === 'chain') return this.#isClosing({ fn, value: step.of });
    const name = step?.kind === 'call' ? this.#names.callee(fn.id, step) : null;
    return name !== null && END.test(memberName(name).replace(/^.*#/, ''));
  }

  /** Everybody who writes such a promise there has another use for it. */
  #isKeptByMaker({ fn, value }: Element): boolean {
    const facts = fn.values[value];
    const writes = facts?.kind === 'read' ? this.#writesTo(facts.place) : [];
    return (
      writes.length > 0 &&
      writes.every(one => valuesBehind(one.fn, one.value).every(put => this.#isWaitedFor(one.fn, put, DEPTH)))
    );
  }

  #writesTo({ path, root }: Place): Pick<Write, 'fn' | 'value'>[] {
    const last = path.at(-1);
    if (last && 'field' in last) {
      // A list that is waited for as a whole has its elements from those who put them into it.
      const put = this.#writes.intoContainer(last.field);
      return put.length > 0
        ? [...put]
        : [
            ...this.#writes.toField(last.field),
            ...this.#writes.inLiterals(last.field).filter(({ type }) => type === null || type === (last.of ?? type)),
          ];
    }
    const name = root.kind === 'module' ? root.name : root.kind === 'captured' ? root.slot : undefined;
    return path.length > 0 || name === undefined ? [] : [...this.#writes.intoContainer(name)];
  }

  /** It is returned or awaited by the one who has made it, itself or what is chained to it. */
  #isWaitedFor(fn: FunctionFacts, value: ValueId, depth: number): boolean {
    if (depth === 0) return false;
    return this.#uses(fn.id)
      .of(value)
      .some(use => {
        if (use.as === 'alias') return this.#isWaitedFor(fn, use.value, depth - 1);
        if (use.as !== 'step') return false;
        if (use.role === 'return' || use.role === 'await') return true;
        const next = use.role === 'chain' ? this.#resultOf(fn.id, use.step) : undefined;
        return next !== undefined && this.#isWaitedFor(fn, next, depth - 1);
      });
  }

  #resultOf(fn: FunctionId, step: Step): ValueId | undefined {
    return this.#uses(fn).resultOf(step.id);
  }
}
