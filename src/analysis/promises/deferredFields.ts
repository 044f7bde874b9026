/**
 * Promises that are settled by hand and kept in a field: `closed = deferred()`, whose members `resolve` and `reject`
 * settle it. One whose `reject` nobody in the program reads does not reject.
 */
import type { FunctionFacts, FunctionId, PathStep, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { functionUses, type FunctionUsesOf, keyName } from './consumptionIndex.ts';

export interface DeferredFields {
  /** A call made the value by hand: a promise whose `resolve` and `reject` go with it. */
  isMadeByHand(fn: FunctionFacts, value: ValueId): boolean;
  /** It was made by hand, and is kept in one place only. */
  isDeferred(fn: FunctionFacts, value: ValueId): boolean;
  /** Nobody rejects what is in the field of a class, and nobody gets it who might. */
  isOnlyResolved(owner: TypeId, field: string): boolean;
}

export const deferredFields = defineAnalysis<DeferredFields>('deferred-fields', (get, program) => {
  return new Finder(get, program);
});

const ANY = '*';

class Finder implements DeferredFields {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #uses: FunctionUsesOf;
  readonly #makers = new Map<FunctionId, boolean>();
  /** Fields that the program rejects or hands to somebody else, and those that its tests do this with. */
  #lost: Record<'program' | 'tests', ReadonlySet<string>> | undefined;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#uses = get(functionUses);
  }

  isMadeByHand(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call' || step.newOf !== undefined) return false;
    const makers = this.#graph.targets(fn.id, step.id);
    return makers.length > 0 && makers.every(id => this.#makes(id));
  }

  isDeferred(fn: FunctionFacts, value: ValueId): boolean {
    // Kept under another name as well: that one may reject it.
    const isElsewhere = this.#uses(fn.id)
      .of(value)
      .some(use => use.as !== 'step' || use.role !== 'store');
    return !isElsewhere && this.isMadeByHand(fn, value);
  }

  isOnlyResolved(owner: TypeId, field: string): boolean {
    this.#lost ??= { program: this.#collect(false), tests: this.#collect(true) };
    const { program, tests } = this.#lost;
    // What a test does to objects of the program says nothing of how the program uses them.
    const lost = this.#isTest(owner) ? [program, tests] : [program];
    return lost.every(keys => !keys.has(`${owner} ${field}`) && !keys.has(`${ANY} ${field}`));
  }

  /** The field of a class of the project; of whatever has one of the name, where the class is not known. */
  #keyOf(step: PathStep | undefined): string | undefined {
    if (!step || !('field' in step)) return undefined;
    const isClass = step.of !== undefined && this.#program.types.get(step.of)?.kind === 'class';
    return `${isClass ? step.of : ANY} ${step.field}`;
  }

  /** `const p = new Promise((resolve, reject) => { methods = { resolve, reject } }); return Object.assign(p, methods)`. */
  #makes(id: FunctionId): boolean {
    let known = this.#makers.get(id);
    if (known === undefined) {
      const fn = this.#program.functions.get(id);
      const returned = this.#writes.returned(id);
      known = fn?.calling === 'value' && returned.length > 0 && returned.every(value => this.#isByHand(fn, value));
      this.#makers.set(id, known);
    }
    return known;
  }

  #isByHand(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call' || step.newOf !== 'lib#Promise') return false;
    const ends = this.#uses(fn.id)
      .of(value)
      .flatMap(use => (use.as === 'part' ? this.#uses(fn.id).of(use.value) : []));
    return ends.every(use => {
      if (use.as !== 'step' || use.step.kind !== 'call' || use.role !== 'argument') return false;
      const executors = this.#graph.targets(fn.id, use.step.id);
      return executors.length > 0 && executors.every(executor => this.#onlyKeeps(executor, use.index));
    });
  }

  /** It puts the parameter into an object, and neither calls it nor hands it on. */
  #onlyKeeps(id: FunctionId, index: number): boolean {
    const uses = this.#uses(id);
    return uses.parameter(index).every(read => uses.of(read.value).every(use => use.as === 'held'));
  }

  #isTest(id: string): boolean {
    return this.#program.modules.get(this.#program.fileOf(id))?.test === true;
  }

  #collect(inTests: boolean): ReadonlySet<string> {
    const found = new Set<string>();
    for (const fn of this.#program.functions.values()) {
      if (this.#isTest(fn.id) !== inTests) continue;
      fn.values.forEach((value, id) => {
        if (value.kind !== 'read') return;
        const { path } = value.place;
        const last = path.at(-1);
        const key = this.#keyOf(last);
        const holder = last && 'field' in last && last.field === 'reject' ? this.#keyOf(path.at(-2)) : undefined;
        if (holder !== undefined) found.add(holder);
        if (key !== undefined && !found.has(key) && this.#isHandedOn(fn.id, id)) found.add(key);
      });
      for (const step of this.#program.steps(fn.id).values()) {
        if (step.kind !== 'call' || step.target.kind !== 'method' || step.target.name !== 'reject') continue;
        const receiver = step.receiver === undefined ? undefined : fn.values[step.receiver];
        const holder = receiver?.kind === 'read' ? this.#keyOf(receiver.place.path.at(-1)) : undefined;
        if (holder !== undefined) found.add(holder);
      }
    }
    return found;
  }

  /** To code of the project that is given it, or under another name: whoever has it then may reject it. */
  #isHandedOn(fn: FunctionId, value: ValueId): boolean {
    return this.#uses(fn)
      .of(value)
      .some(
        use =>
          use.as === 'held' ||
          use.as === 'slot' ||
          (use.as === 'part' && keyName(use.keys[0]) === 'reject') ||
          (use.as === 'step' &&
            use.role === 'argument' &&
            use.step.kind === 'call' &&
            this.#graph.targets(fn, use.step.id).length > 0),
      );
  }
}
