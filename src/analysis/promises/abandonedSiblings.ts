/**
 * Operations that are joined so that the first failure ends the wait: the others go on, and nobody waits for them or
 * gets their results.
 */
import type { Block, Call, FunctionFacts, FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Connections, connections } from './connections.ts';
import { endsProcess, innerBlocks, logs } from '../steps.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { type MayReject, mayReject } from './mayReject.ts';
import { isHandled } from './promisesFate.ts';
import { type OutsideWrites, outsideWrites } from './outsideWrites.ts';
import type { Program, Site } from '../program.ts';

export interface AbandonedSiblings {
  in: FunctionId;
  at: Site;
  /** The operations, as far as they are calls. */
  operations: readonly { step: Call; site: Site }[];
  /**
   * `connection`: they use one connection or transaction; `handled`: they write, and the failure is handled here;
   * `retried`: they write, and a caller tries again; `lost`: the others only lose their owner.
   */
  why: 'connection' | 'handled' | 'retried' | 'lost';
  /** Where the failure is handled, or the call is tried again. */
  where: Site | null;
  confidence: Confidence;
}

export interface SiblingGroups {
  found: readonly AbandonedSiblings[];
  /** Groups of two or more operations that are joined so that the first failure ends the wait. */
  examined: readonly Site[];
}

export const abandonedSiblings = defineAnalysis<SiblingGroups>('abandoned-siblings', (get, program) => {
  const finder = new Finder(get, program);
  for (const fn of program.functions.values()) if (!fn.synthetic) finder.look(fn);
  return finder;
});

interface Part {
  value: ValueId;
  step: Call;
  /** One for each element of something. */
  many: boolean;
}

/** How many callers up a retry is looked for. */
const CALLERS = 3;
/** A call that may run more functions than these says nothing of one of them. */
const FEW = 3;

class Finder implements SiblingGroups {
  readonly found: AbandonedSiblings[] = [];
  readonly examined: Site[] = [];
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #rejects: MayReject;
  readonly #writes: OutsideWrites;
  readonly #connections: Connections;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#rejects = get(mayReject);
    this.#writes = get(outsideWrites);
    this.#connections = get(connections);
  }

  look(fn: FunctionFacts): void {
    fn.values.forEach((value, id) => {
      if (value.kind !== 'combined' || value.until !== 'all') return;
      const parts = value.values.flatMap(part => this.#parts(fn, part, false));
      if (parts.length < 2 && !parts.some(part => part.many)) return;
      this.examined.push(this.#program.site(fn.id, value.at));
      const group = this.#judge(fn, id, parts);
      if (group) this.found.push({ in: fn.id, at: this.#program.site(fn.id, value.at), ...group });
    });
  }

  #judge(fn: FunctionFacts, combined: ValueId, all: readonly Part[]): Omit<AbandonedSiblings, 'in' | 'at'> | null {
    const parts = all.filter(part => this.#writes.reaches(fn.id, part.step));
    if (parts.length < 2 && !parts.some(part => part.many)) return null;
    if (!parts.some(part => !isHandled(this.#rejects.value(fn.id, part.value)))) return null;
    const step = this.#taker(fn, combined);
    const handler = step && this.#handler(fn, step);
    if (handler && this.#stops(fn, handler.body)) return null;
    const writing = parts.filter(part => this.#writes.ofCall(fn.id, part.step));
    const operations = parts.map(part => ({ step: part.step, site: this.#program.site(fn.id, part.step.at) }));
    const group = { operations, where: null, confidence: 'high' as Confidence };
    if (
      this.#connections.shared(
        fn.id,
        parts.map(part => part.step),
        parts.some(part => part.many),
      )
    )
      return { ...group, why: 'connection' };
    if (handler && endsProcess(handler.body)) return null;
    const isMany = writing.length > 1 || writing.some(part => part.many);
    if (isMany && handler && !isPassedOn(fn, handler.body) && !(step && this.#isOnlyTold(fn, step, handler.body)))
      return { ...group, why: 'handled', where: this.#program.site(fn.id, handler.at) };
    const retry = isMany ? this.#retry(fn.id, CALLERS, new Set()) : null;
    if (retry) return { ...group, why: 'retried', where: retry };
    // A test fails as a whole.
    if (this.#program.modules.get(this.#program.fileOf(fn.id))?.test) return null;
    // One operation for each element, all of them reads: only as a whole worth anything.
    if (writing.length === 0 && parts.every(part => part.many)) return null;
    return { ...group, why: 'lost' };
  }

  /** The calls that start what is in a value. */
  #parts(fn: FunctionFacts, value: ValueId, many: boolean, depth = 5): Part[] {
    const facts = depth > 0 ? fn.values[value] : undefined;
    switch (facts?.kind) {
      case 'array':
        return [
          ...facts.values.flatMap((part, at) => this.#parts(fn, part, many || facts.spreads.includes(at), depth - 1)),
          ...this.#put(fn, value).flatMap(part => this.#parts(fn, part, many, depth - 1)),
        ];
      case 'from':
        return facts.how === 'copy' ? facts.values.flatMap(part => this.#parts(fn, part, many, depth - 1)) : [];
      case 'choice':
        return facts.values.slice(0, 1).flatMap(part => this.#parts(fn, part, many, depth - 1));
      case 'read':
        return facts.place.root.kind === 'value' && facts.place.path.length === 0
          ? this.#parts(fn, facts.place.root.of, many, depth - 1)
          : [];
      case 'result': {
        const step = this.#program.steps(fn.id).get(facts.of);
        if (step?.kind === 'chain') return this.#parts(fn, step.of, many, depth - 1).map(part => ({ ...part, value }));
        if (step?.kind !== 'call' || step.newOf !== undefined) return [];
        return [{ value, step, many: many || this.#program.repeatedSteps(fn.id).has(step.id) }];
      }
      default:
        return [];
    }
  }

  /** What is pushed into an array that is made here. */
  #put(fn: FunctionFacts, array: ValueId): ValueId[] {
    return [...this.#program.steps(fn.id).values()].flatMap(step =>
      step.kind === 'access' &&
      step.mode === 'update' &&
      step.value !== undefined &&
      step.place.root.kind === 'value' &&
      step.place.root.of === array
        ? [step.value]
        : [],
    );
  }

  /** The step that takes the combination. */
  #taker(fn: FunctionFacts, combined: ValueId): Step | null {
    const seen = new Set([combined]);
    for (const value of seen)
      for (const use of this.#uses(fn.id).of(value)) {
        if (use.as === 'alias') seen.add(use.value);
        if (use.as === 'step' && (use.role === 'await' || use.role === 'chain' || use.role === 'return'))
          return use.step;
      }
    return null;
  }

  /** What runs when it fails: the handler of the innermost `try` around it, or of the chain, or of one that goes on from it. */
  #handler(fn: FunctionFacts, step: Step, depth = 4): { at: Step['at']; body: Block } | null {
    if (step.kind === 'chain') {
      if (step.onRejected === undefined) {
        const result = this.#uses(fn.id).resultOf(step.id);
        const next = result === undefined ? null : this.#taker(fn, result);
        return next && depth > 0 ? this.#handler(fn, next, depth - 1) : null;
      }
      const [id] = this.#graph.functionsIn(fn.id, step.onRejected);
      return { at: step.at, body: (id === undefined ? undefined : this.#program.functions.get(id)?.body) ?? [] };
    }
    if (step.kind !== 'await') return null;
    const around = triesAround(fn.body, step.id) ?? [];
    const handled = around.findLast(one => one.handlers.length > 0);
    const [handler] = handled?.handlers ?? [];
    return handled && handler ? { at: handled.at, body: handler.body } : null;
  }

  /** Nobody waits for it and nothing comes after it; its failure is logged, and the others go on as they were meant to. */
  #isOnlyTold(fn: FunctionFacts, taker: Step, handler: Block): boolean {
    for (let step: Step | null = taker; step;) {
      if (step.kind !== 'chain' || step.onFulfilled !== undefined) return false;
      const result = this.#uses(fn.id).resultOf(step.id);
      step = result === undefined ? null : this.#taker(fn, result);
    }
    return handler.every(isTelling);
  }

  /** The others are told to stop, or waited for. */
  #stops(fn: FunctionFacts, body: Block): boolean {
    return body.some(
      step =>
        (step.kind === 'cancel' && (step.how === 'abort' || step.how === 'cancel')) ||
        (step.kind === 'await' && (step.until === 'settled' || step.values.some(value => isSettling(fn, value)))) ||
        innerBlocks(step).some(inner => this.#stops(fn, inner)),
    );
  }

  /** A caller that goes round again when it fails. */
  #retry(fn: FunctionId, depth: number, seen: Set<FunctionId>): Site | null {
    if (depth === 0 || seen.has(fn)) return null;
    seen.add(fn);
    for (const { caller, step } of this.#graph.callers(fn)) {
      const facts = this.#program.functions.get(caller);
      const call = this.#program.steps(caller).get(step);
      if (!facts || call?.kind !== 'call') continue;
      if (this.#graph.targets(caller, step).length > FEW && !this.#isGivenTo(fn, facts, call)) continue;
      if (this.#program.modules.get(this.#program.fileOf(caller))?.test) continue;
      const around = triesAround(facts.body, step) ?? [];
      const isAgain = around.some(
        one =>
          one.handlers.length > 0 &&
          this.#program.repeatedSteps(caller).has(one.id) &&
          !this.#isForEach(facts, one, call),
      );
      if (isAgain) return this.#program.site(caller, call.at);
      if (around.some(one => one.handlers.length > 0)) continue;
      const found = this.#retry(caller, depth - 1, seen);
      if (found) return found;
    }
    return null;
  }

  /**
   * The caller calls what it is given, and is given this closure where it is written: `retry(3, () => …)`, however many
   * others it is given elsewhere.
   */
  #isGivenTo(closure: FunctionId, caller: FunctionFacts, { target }: Call): boolean {
    const called = target.kind === 'value' ? caller.values[target.of] : undefined;
    if (called?.kind !== 'read' || called.place.root.kind !== 'parameter' || called.place.path.length > 0) return false;
    const { index } = called.place.root;
    const parent = this.#program.functions.get(closure)?.parent;
    const writer = parent == null ? undefined : this.#program.functions.get(parent);
    return this.#graph.callers(caller.id).some(edge => {
      const call = edge.caller === parent ? this.#program.steps(parent).get(edge.step) : undefined;
      const given = call?.kind === 'call' && call.target.kind === 'functions' ? call.args[index] : undefined;
      const value = given === undefined ? undefined : writer?.values[given];
      return value?.kind === 'function' && value.id === closure;
    });
  }

  /** The loop around the attempt does it for one element after the other: the next round is another operation. */
  #isForEach(fn: FunctionFacts, attempt: Step, call: Call): boolean {
    const loops = [...this.#program.steps(fn.id).values()].filter(
      step => step.kind === 'loop' && step.at[0] <= attempt.at[0] && attempt.at[1] <= step.at[1],
    );
    const over = new Set(loops.flatMap(loop => (loop.kind === 'loop' && loop.over !== undefined ? [loop.over] : [])));
    const used = (value: ValueId | undefined, depth: number): boolean => {
      const facts = value === undefined || depth === 0 ? undefined : fn.values[value];
      if (facts?.kind === 'element') return over.has(facts.of) || used(facts.of, depth - 1);
      if (facts?.kind === 'read') return facts.place.root.kind === 'value' && used(facts.place.root.of, depth - 1);
      if (facts?.kind === 'object') return Object.values(facts.fields).some(field => used(field, depth - 1));
      if (facts?.kind === 'array' || facts?.kind === 'choice' || facts?.kind === 'from')
        return facts.values.some(part => used(part, depth - 1));
      if (facts?.kind !== 'result') return false;
      const step = this.#program.steps(fn.id).get(facts.of);
      return step?.kind === 'call' && [step.receiver, ...step.args].some(part => used(part, depth - 1));
    };
    return [call.receiver, ...call.args].some(value => used(value, 6));
  }
}

const isTelling = (step: Step): boolean =>
  (step.kind === 'access' && step.mode === 'read') || step.kind === 'exit' || step.kind === 'drop' || logs(step);

/** Logged, perhaps, and thrown again as it is or in other words: it is the caller who handles it. */
function isPassedOn(fn: FunctionFacts, handler: Block): boolean {
  const last = handler.at(-1);
  if (last?.kind !== 'exit' || last.how !== 'throw') return false;
  const thrown = last.value === undefined ? undefined : fn.values[last.value];
  return handler.every(step => isTelling(step) || (thrown?.kind === 'result' && thrown.of === step.id));
}

function isSettling(fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  return facts?.kind === 'combined' && facts.until === 'settled';
}

type TryStep = Extract<Step, { kind: 'try' }>;

/** The `try` steps whose bodies hold a step, from the outside in; null: it is not in the block. */
function triesAround(block: Block, id: StepId): TryStep[] | null {
  for (const step of block) {
    if (step.id === id) return [];
    for (const inner of innerBlocks(step)) {
      const found = triesAround(inner, id);
      if (found) return step.kind === 'try' && inner === step.body ? [step, ...found] : found;
    }
  }
  return null;
}
