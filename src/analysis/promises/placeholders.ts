/**
 * Functions that stand where another belongs: they do nothing but throw ("not implemented"), until a subclass overrides
 * the method or an assignment replaces the member of the object. Where a call may run one and what replaces it, it is
 * the latter that runs.
 */
import type { FunctionFacts, FunctionId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { onlyThrows } from './failingSteps.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';
import { writeIndex, type WriteIndex } from '../writeIndex.ts';

/** The first function is a placeholder, and the second stands in its place. */
export type IsReplaced = (placeholder: FunctionId, by: FunctionId) => boolean;

export const placeholders = defineAnalysis<IsReplaced>('placeholders', (get, program) => {
  const finder = new Finder(get, program);
  return (placeholder, by) => finder.isReplaced(placeholder, by);
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #hierarchy: TypeHierarchy;
  readonly #writes: WriteIndex;
  /** What is assigned to the members that hold a placeholder in a literal. */
  readonly #assigned = new Map<FunctionId, ReadonlySet<FunctionId>>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#hierarchy = get(hierarchy);
    this.#writes = get(writeIndex);
  }

  isReplaced(placeholder: FunctionId, by: FunctionId): boolean {
    const fn = this.#program.functions.get(placeholder);
    const other = this.#program.functions.get(by);
    if (!fn || !other || fn === other || !onlyThrows(fn.body)) return false;
    return this.#isOverridden(fn, other) || this.#replacing(fn).has(by);
  }

  #isOverridden(fn: FunctionFacts, other: FunctionFacts): boolean {
    if (fn.owner === null || other.owner === null || fn.owner === other.owner) return false;
    return memberOf(fn) === memberOf(other) && this.#hierarchy.ancestors(other.owner).includes(fn.owner);
  }

  #replacing(fn: FunctionFacts): ReadonlySet<FunctionId> {
    let known = this.#assigned.get(fn.id);
    if (!known) this.#assigned.set(fn.id, (known = new Set(this.#assignedInstead(fn))));
    return known;
  }

  #assignedInstead(fn: FunctionFacts): FunctionId[] {
    const member = memberOf(fn);
    const isMember = this.#writes.inLiterals(member).some(one => {
      const held = one.fn.values[one.value];
      return held?.kind === 'function' && held.id === fn.id;
    });
    if (!isMember) return [];
    return this.#writes.toField(member).flatMap(write => [...this.#graph.functionsIn(write.fn.id, write.value)]);
  }
}

const memberOf = ({ name }: FunctionFacts): string => name.slice(name.lastIndexOf('.') + 1);
