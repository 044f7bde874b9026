/** How `for await` ends that iterates over something: known of outside streams, generators and iterators of the project. */
import type { Call, FunctionFacts, FunctionId, Place, TypeId, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import { type Program, variableAt } from '../program.ts';
import type { WriteIndex } from '../writeIndex.ts';
import { type Failure, worse } from './mayRejectValues.ts';

/** What is known of functions and values so far. */
export interface KnownFailures {
  /** It throws, or the promise that a call of it gives rejects. */
  fails(fn: FunctionId): Failure;
  throws(fn: FunctionId): Failure;
  value(fn: FunctionId, value: ValueId): Failure;
}

const ITERATOR = '[Symbol.asyncIterator]';
/** They say how something is walked through, and nothing of what it is. */
const ANY_ITERABLE = /^lib#(?:Async)?(?:Iterable|Iterator|IterableIterator|Generator|IteratorObject)$|^lib#Array$/;
const HOPS = 6;

export class Iterations {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #types: TypeHierarchy;
  readonly #writes: WriteIndex;
  readonly #known: KnownFailures;

  constructor(program: Program, graph: CallGraph, types: TypeHierarchy, writes: WriteIndex, known: KnownFailures) {
    this.#program = program;
    this.#graph = graph;
    this.#types = types;
    this.#writes = writes;
    this.#known = known;
  }

  /** `undecided`: nobody knows what is iterated over. */
  over(fn: FunctionFacts, value: ValueId | undefined, hops = HOPS): Failure {
    const facts = value === undefined ? undefined : fn.values[value];
    if (value === undefined || !facts || hops === 0) return 'undecided';
    switch (facts.kind) {
      case 'choice':
        return this.#worst(facts.values.map(one => this.over(fn, one, hops - 1)));
      case 'settled':
        return this.over(fn, facts.of, hops - 1);
      case 'array':
        return this.#known.value(fn.id, value);
      case 'read':
        return this.#read(fn, facts.place, hops - 1);
      case 'result': {
        const step = this.#program.steps(fn.id).get(facts.of);
        return step?.kind === 'call' ? this.#given(fn, step, hops - 1) : 'undecided';
      }
      default:
        return 'undecided';
    }
  }

  #given(fn: FunctionFacts, step: Call, hops: number): Failure {
    if (step.newOf !== undefined && this.#program.types.has(step.newOf)) return this.#ofType(step.newOf, hops);
    const targets = this.#graph.targets(fn.id, step.id);
    if (targets.length === 0) return step.target.kind === 'external' ? 'unseen' : 'undecided';
    const isIterator = step.target.kind === 'method' && step.target.name === ITERATOR;
    return this.#worst(targets.map(id => this.#givenBy(id, isIterator, hops)));
  }

  /** `isIterator`: it gives what goes from one to the next, not what one walks through. */
  #givenBy(id: FunctionId, isIterator: boolean, hops: number): Failure {
    const fn = this.#program.functions.get(id);
    if (!fn) return 'undecided';
    if (fn.calling === 'async-generator' || fn.calling === 'generator') return this.#known.throws(id);
    const returned = this.#writes.returned(id);
    if (returned.length === 0 || hops === 0) return 'undecided';
    return this.#worst(returned.map(one => (isIterator ? this.#iterator(fn, one, hops) : this.over(fn, one, hops))));
  }

  /** What the `next` of an iterator does. */
  #iterator(fn: FunctionFacts, value: ValueId, hops: number): Failure {
    const facts = fn.values[value];
    if (facts?.kind === 'object') {
      const next = facts.fields['next'];
      const found = next === undefined ? [] : this.#graph.functionsIn(fn.id, next);
      return found.length === 0 ? 'undecided' : this.#worst(found.map(id => this.#known.fails(id)));
    }
    if (facts?.kind === 'read' && facts.place.root.kind === 'self' && facts.place.path.length === 0)
      return facts.place.type === null ? 'undecided' : this.#nextOf(facts.place.type);
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    if (step?.kind !== 'call') return 'undecided';
    return step.newOf !== undefined && this.#program.types.has(step.newOf)
      ? this.#nextOf(step.newOf)
      : this.#given(fn, step, hops - 1);
  }

  #nextOf(type: TypeId): Failure {
    const next = this.#types.methodOf(type, 'next');
    return next ? this.#known.fails(next.id) : 'undecided';
  }

  /** A stream of a library or of the language's runtime may break off at any time. */
  #ofType(type: TypeId, hops: number): Failure {
    if (!this.#program.types.has(type)) return ANY_ITERABLE.test(type) ? 'undecided' : 'unseen';
    const method = this.#types.methodOf(type, ITERATOR);
    return method ? this.#givenBy(method.id, true, hops) : 'undecided';
  }

  #read(fn: FunctionFacts, place: Place, hops: number): Failure {
    const { root, path, type } = place;
    const last = path.at(-1);
    if (last) {
      if (!('field' in last) || last.of === undefined) return root.kind === 'external' ? 'unseen' : 'undecided';
      // A field of something outside is outside, too.
      if (!this.#program.types.has(last.of)) return 'unseen';
      const declared = this.#program.types.get(last.of)?.fields[last.field]?.type;
      return declared == null ? 'undecided' : this.#ofType(declared, hops);
    }
    if (root.kind === 'external') return 'unseen';
    if (root.kind === 'value') return this.over(fn, root.of, hops);
    const declared = type ?? (root.kind === 'parameter' ? (fn.parameters[root.index]?.type ?? null) : null);
    if (declared !== null) return this.#ofType(declared, hops);
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return 'undecided';
    return this.over(variable.owner, variable.slot.value, hops);
  }

  #worst(failures: readonly Failure[]): Failure {
    return failures.reduce<Failure>(worse, 'never');
  }
}
