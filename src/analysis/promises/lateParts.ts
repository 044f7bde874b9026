/**
 * Promises that a call starts and gives as parts of an object: `const { ready, stop } = start()`. Whoever calls takes
 * them up, as nobody else has them.
 */
import type { Call, FunctionFacts, FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import type { Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf, keyName } from './consumptionIndex.ts';
import type { Takers } from './lateWalk.ts';
import { mayFail, type MayReject, mayReject } from './mayReject.ts';
import type { PromiseNode } from './promises.ts';
import type { Program } from '../program.ts';
import { returnedValues } from './promisesReturns.ts';

export interface StartedPart {
  readonly node: PromiseNode & { readonly step: Call };
  readonly field: string;
  readonly takers: Takers;
}

export class StartedParts {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #rejects: MayReject;
  readonly #fields = new Map<FunctionId, readonly string[]>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#rejects = get(mayReject);
  }

  /** The parts that a function takes up in steps of its own, and gives to nobody before. */
  *in(fn: FunctionFacts): Iterable<StartedPart> {
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind !== 'call') continue;
      const [callee, ...others] = this.#graph.targets(fn.id, step.id);
      const value = callee === undefined || others.length > 0 ? undefined : this.#uses(fn.id).resultOf(step.id);
      if (callee === undefined || value === undefined) continue;
      for (const field of this.#startedBy(callee)) {
        const takers = this.#takersOf(fn.id, value, field);
        if (!takers) continue;
        const node = {
          fn: fn.id,
          value,
          at: step.at,
          how: 'call',
          step,
          gives: 'promise',
          confidence: 'high',
        } as const;
        yield { node, field, takers };
      }
    }
  }

  /** Fields of the object that a function gives, which hold promises that it has just made and that may reject. */
  #startedBy(id: FunctionId): readonly string[] {
    const known = this.#fields.get(id);
    if (known) return known;
    const fn = this.#program.functions.get(id);
    const [returned, ...others] = fn?.calling === 'value' && !fn.synthetic ? returnedValues(fn) : [];
    const object = returned && others.length === 0 ? fn?.values[returned.value] : undefined;
    const found =
      fn && returned && object?.kind === 'object' && object.spreads.length === 0
        ? Object.entries(object.fields).flatMap(([field, part]) => (this.#isOnlyHeld(fn, part) ? [field] : []))
        : [];
    this.#fields.set(id, found);
    return found;
  }

  #isOnlyHeld(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const made = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    const isMade = made?.kind === 'chain' || (made?.kind === 'call' && made.newOf === undefined);
    return (
      isMade &&
      this.#uses(fn.id)
        .of(value)
        .every(use => use.as === 'held') &&
      mayFail(this.#rejects.value(fn.id, value))
    );
  }

  /** Null: the part, or the object that has it, goes elsewhere, or nobody takes the part here. */
  #takersOf(fn: FunctionId, object: ValueId, field: string): Takers | null {
    const uses = this.#uses(fn);
    const facts = this.#program.functions.get(fn);
    const steps = new Map<StepId, Step>();
    const joins: number[] = [];
    for (const use of uses.of(object)) {
      if (use.as === 'step' && (use.role === 'base' || use.role === 'receiver')) continue;
      if (use.as !== 'part' || use.keys.length === 0 || use.keys[0] === null) return null;
      if (keyName(use.keys[0]) !== field) continue;
      if (use.keys.length > 1) return null;
      for (const part of uses.of(use.value)) {
        const joined = part.as === 'combined' ? facts?.values[part.value] : undefined;
        if (joined?.kind === 'combined') joins.push(joined.at[1]);
        else if (part.as === 'step' && TAKING.has(part.role)) steps.set(part.step.id, part.step);
        else if (part.as !== 'computed') return null;
      }
    }
    return steps.size + joins.length > 0 ? { steps, joins, oneByOne: new Set() } : null;
  }
}

const TAKING: ReadonlySet<string> = new Set(['await', 'chain', 'return']);
