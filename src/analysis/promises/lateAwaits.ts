/**
 * Promises that are started, left alone over a suspension, and only then awaited: a rejection in between is handled by
 * nobody (ALGORITHMS 4, "late handler").
 */
import type { FunctionFacts, FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { handledInside } from './handledInside.ts';
import { StartedParts } from './lateParts.ts';
import { type Late, LateWalk, type Takers } from './lateWalk.ts';
import { platforms, type Platforms } from '../flow/platforms.ts';
import { mayFail } from './mayReject.ts';
import { type LocalUses, localUses } from './promisesLocal.ts';
import type { PromiseNode } from './promises.ts';
import { returnedValues } from './promisesReturns.ts';
import { promiseFates } from './promisesFate.ts';
import type { Program, Site } from '../program.ts';
import { rejectedHere } from './rejectedHere.ts';
import { StepHomes } from './stepHomes.ts';
import { type Suspension, suspension } from './suspension.ts';
import { valuesBehind } from '../valueParts.ts';

export interface LateAwait {
  node: PromiseNode;
  /** It is a part of the object that the call gives: the name of the part. */
  part: string | null;
  made: Site;
  /** Where other arms of a branch start one instead, which then meets the same. */
  instead: readonly Site[];
  /** What the function waits for in the meantime. */
  suspends: Site;
  /** Where the promise is taken at last. */
  taken: Site | null;
  /** It is one of several that are awaited one by one. */
  inLoop: boolean;
  /** An unhandled rejection is only logged there. */
  harmless: boolean;
  confidence: Confidence;
}

export interface LateAwaits {
  found: readonly LateAwait[];
  /** Promises that are kept in a variable and taken later in the same function. */
  examined: readonly Site[];
}

export const lateAwaits = defineAnalysis<LateAwaits>('late-awaits', (get, program) =>
  new Finder(get, program).run(get),
);

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #local: (fn: FunctionId, value: ValueId) => LocalUses;
  readonly #suspension: Suspension;
  readonly #platforms: Platforms;
  readonly #rejectedHere: (fn: FunctionId, value: ValueId) => readonly StepId[] | null;
  readonly #handledInside: (fn: FunctionId) => boolean;
  readonly #walks = new Map<FunctionId, LateWalk>();
  readonly #found: (LateAwait & { start: StepId; instead: Site[] })[] = [];
  readonly #examined: Site[] = [];

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#local = get(localUses);
    this.#suspension = get(suspension);
    this.#platforms = get(platforms);
    this.#rejectedHere = get(rejectedHere);
    this.#handledInside = get(handledInside);
  }

  run(get: Get): LateAwaits {
    for (const { node, fate, rejection } of get(promiseFates)) {
      if (fate.kind !== 'owned' || node.gives === 'builder' || node.gives === 'maybe-promise') continue;
      const fn = this.#program.functions.get(node.fn);
      if (!fn || fn.synthetic) continue;
      const uses = this.#local(node.fn, node.value);
      if (uses.elsewhere) continue;
      if (this.#isKept(node, uses)) this.#examined.push(this.#program.site(node.fn, node.at));
      if (mayFail(rejection) && !this.#isRemembered(node)) this.#look(fn, node, uses);
    }
    const parts = new StartedParts(get, this.#program);
    for (const fn of this.#program.functions.values())
      for (const { node, field, takers } of fn.synthetic ? [] : parts.in(fn)) {
        this.#examined.push(this.#program.site(fn.id, node.at));
        this.#add(fn, node, field, node.step.id, this.#walk(fn).find(node.step.id, takers));
      }
    return { found: this.#found, examined: this.#examined };
  }

  /** It has a life of its own: it is not awaited or handed on in the expression that makes it. */
  #isKept(node: PromiseNode, uses: LocalUses): boolean {
    return uses.throughContainer || uses.ends.some(end => end.step === null || end.step.at[0] > node.at[1]);
  }

  #look(fn: FunctionFacts, node: PromiseNode, uses: LocalUses): void {
    const takers = this.#takersOf(fn, node, uses);
    if (!takers) return;
    // One that is made by hand does not reject before somebody rejects it.
    const starts = this.#rejectedHere(fn.id, node.value) ?? [this.#startOf(fn, node)];
    for (const start of starts) {
      const way = start === null ? null : this.#walk(fn).find(start, takers);
      if (start !== null && way) return this.#add(fn, node, null, start, way);
    }
  }

  #add(fn: FunctionFacts, node: PromiseNode, part: string | null, start: StepId, late: Late | null): void {
    if (!late) return;
    const made = this.#program.site(fn.id, node.at);
    const suspends = this.#program.site(fn.id, late.suspends.at);
    const known = this.#found.find(
      one =>
        one.node.fn === fn.id &&
        one.suspends.at[0] === suspends.at[0] &&
        one.taken?.at[0] === late.taken?.at[0] &&
        new StepHomes(fn.body).areAlternatives(one.start, start),
    );
    if (known) return void known.instead.push(made);
    this.#found.push({
      node,
      part,
      start,
      made,
      instead: [],
      suspends,
      taken: late.taken && this.#program.site(fn.id, late.taken.at),
      inLoop: late.inLoop,
      harmless: this.#platforms.onlyLogs(this.#program.fileOf(fn.id)),
      confidence: node.confidence === 'high' && !late.inLoop ? 'high' : 'medium',
    });
  }

  /** Null: somebody takes it in a way that is not a step. */
  #takersOf(fn: FunctionFacts, node: PromiseNode, uses: LocalUses): Takers | null {
    const steps = new Map<StepId, Step>();
    for (const { how, step } of uses.ends) {
      if (step) steps.set(step.id, step);
      else if (how !== 'combined') return null;
    }
    const joins: number[] = [];
    const oneByOne = new Set<StepId>();
    for (const value of uses.aliases) {
      const isElement = fn.values[value]?.kind === 'element' && this.#isOneOfMany(fn, node);
      for (const use of this.#uses(fn.id).of(value)) {
        const joined = use.as === 'combined' ? fn.values[use.value] : undefined;
        if (joined?.kind === 'combined') joins.push(joined.at[1]);
        if (isElement && use.as === 'step' && use.role === 'await') oneByOne.add(use.step.id);
      }
    }
    return { steps, joins, oneByOne };
  }

  /** It is made again and again, or stands beside others in an array. */
  #isOneOfMany(fn: FunctionFacts, node: PromiseNode): boolean {
    if (node.step && this.#program.repeatedSteps(fn.id).has(node.step.id)) return true;
    return this.#uses(fn.id)
      .of(node.value)
      .some(use => {
        const held = use.as === 'held' ? fn.values[use.value] : undefined;
        return held?.kind === 'array' && held.values.length > 1;
      });
  }

  #walk(fn: FunctionFacts): LateWalk {
    let walk = this.#walks.get(fn.id);
    if (!walk) {
      walk = new LateWalk(fn, step => this.#suspension.ofStep(fn.id, step));
      this.#walks.set(fn.id, walk);
    }
    return walk;
  }

  /** The callee keeps what it gives, for others to await, or has put a rejection handler on it. */
  #isRemembered({ fn, step }: PromiseNode): boolean {
    if (step?.kind !== 'call') return false;
    const targets = this.#graph.targets(fn, step.id);
    if (targets.length > 0 && targets.every(this.#handledInside)) return true;
    return targets.some(id => {
      const facts = this.#program.functions.get(id);
      return facts?.calling === 'value' && returnedValues(facts).some(({ value }) => this.#isKeptBy(facts, value));
    });
  }

  /** Also `let known = cache.get(key); if (!known) { known = load(key); cache.set(key, known) } return known`. */
  #isKeptBy(fn: FunctionFacts, value: ValueId): boolean {
    const parts = valuesBehind(fn, value);
    const isKept = (part: ValueId): boolean => {
      const { observedStores, stored } = this.#local(fn.id, part);
      return observedStores.length > 0 || stored.length > 0;
    };
    return parts.some(isKept) && parts.every(part => isKept(part) || fn.values[part]?.kind !== 'result');
  }

  /** The step that makes it; for a combinator, the last step that stands in it. */
  #startOf(fn: FunctionFacts, node: PromiseNode): StepId | null {
    if (node.step) return node.step.id;
    let last: Step | null = null;
    for (const step of this.#program.steps(fn.id).values())
      if (step.at[0] >= node.at[0] && step.at[1] <= node.at[1] && (!last || step.id > last.id)) last = step;
    return last ? last.id : null;
  }
}
