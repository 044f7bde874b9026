/**
 * Acquisitions that are raced: when something else settles first, the lock is granted later, to nobody. The race may
 * stand in a helper that is handed the promise, or a function that gives it; or it is a promise made by hand that the
 * grant and a timer or listener settle.
 */
import type { Await, Chain, FunctionFacts, FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Duty } from './dutyPaths.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { type LockDuties, lockDuties } from './lockDuties.ts';
import { lockRelevance } from '../locks/lockRelevance.ts';
import type { Program, Site } from '../program.ts';
import { elementParts, promiseParts } from '../promises/promiseParts.ts';
import { type Settlers, settlers } from '../promises/settlers.ts';
import type { Frame, Ref, Refs } from '../refs.ts';

export interface AbandonedAcquire {
  readonly duty: Duty;
  /** What must change: the race, or the call that hands the acquisition to it. */
  readonly at: Site;
  readonly race: Site;
  readonly asked: Site;
  readonly until: 'first' | 'any';
  /** Rests on a guess of what a call runs. */
  readonly guessed: boolean;
}

/** Helpers of helpers are followed this far. */
const DEPTH = 3;

export const abandonedAcquires = defineAnalysis<{
  readonly list: readonly AbandonedAcquire[];
  /** Races that were looked at. */
  readonly races: readonly Site[];
}>('abandoned-acquires', (get, program) => {
  const finder = new Finder(get, program);
  const races: Site[] = [];
  if (get(lockRelevance).size === 0) return { list: [], races };
  for (const fn of program.functions.values()) {
    fn.values.forEach((value, id) => {
      if (value.kind !== 'combined' || (value.until !== 'first' && value.until !== 'any')) return;
      const race = program.site(fn.id, value.at);
      races.push(race);
      finder.race(fn, id, race, value.until);
    });
    races.push(...finder.madeByHand(fn));
  }
  return { list: finder.list(), races };
});

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #graph: CallGraph;
  readonly #duties: LockDuties;
  readonly #settlers: Settlers;
  readonly #found = new Map<string, AbandonedAcquire>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    this.#graph = get(callGraph);
    this.#duties = get(lockDuties);
    this.#settlers = get(settlers);
  }

  list(): readonly AbandonedAcquire[] {
    return [...this.#found.values()];
  }

  race(fn: FunctionFacts, value: ValueId, race: Site, until: 'first' | 'any'): void {
    const frame = this.#eval.symbolicFrame(fn);
    const combined = this.#eval.refs.make({ kind: 'combined', frame, value });
    const parts = [...promiseParts(this.#eval, combined).map(part => part.ref), ...this.#plainParts(frame, value)];
    if (parts.length < 2 && !promiseParts(this.#eval, combined).some(part => part.many)) return;
    for (const ref of parts)
      if (!this.#isRacedAgain(frame, ref, value)) this.#part(fn, frame, ref, { race, until, at: race }, 0);
  }

  /** One promise in several races: whoever has lost the first still has it in hand, and asks it again. */
  #isRacedAgain(frame: Frame, ref: Ref, value: ValueId): boolean {
    if (ref.kind !== 'task' && ref.kind !== 'chain') return false;
    return frame.fn.values.some((other, id) => {
      if (id === value || other.kind !== 'combined') return false;
      const group = this.#eval.refs.make({ kind: 'combined', frame, value: id });
      return promiseParts(this.#eval, group).some(part => part.ref === ref);
    });
  }

  /**
   * `new Promise((resolve, reject) => { onAbort(() => reject(…)); lock.acquire().then(resolve) })`: the grant goes to a
   * promise that something else may have settled by then. Gives the hand-overs that were looked at.
   */
  madeByHand(fn: FunctionFacts): Site[] {
    const frame = this.#eval.symbolicFrame(fn);
    const handed = [...this.#program.steps(fn.id).values()].filter(
      (step): step is Chain => step.kind === 'chain' && this.#handsOn(fn, step),
    );
    if (handed.length === 0) return [];
    const other = this.#settledBesides(fn);
    for (const step of handed) {
      if (!other) continue;
      for (const ref of this.#eval.evaluate(frame, step.of)) {
        const at = this.#program.site(fn.id, step.at);
        for (const duty of this.#duties.grantedBy(ref))
          this.#report({ duty, at, race: other, asked: duty.origin, until: 'first', guessed: false });
        // `within(lock.acquire(), 500)`: the callers give the promise.
        const taker = ref.kind === 'parameter' ? this.#program.functions.get(ref.fn) : undefined;
        if (ref.kind === 'parameter' && taker) this.#handedIn(taker, ref.index, { at, race: other, until: 'first' }, 0);
      }
    }
    return handed.map(step => this.#program.site(fn.id, step.at));
  }

  /** What is granted goes to a promise made by hand, and nobody but that gets it. */
  #handsOn(fn: FunctionFacts, { id, onFulfilled }: Chain): boolean {
    if (onFulfilled === undefined) return false;
    if (this.#settlers.isSettler(fn.id, onFulfilled)) return true;
    const value = fn.values[onFulfilled];
    const handler = value?.kind === 'function' ? this.#program.functions.get(value.id) : undefined;
    if (!handler || handler.slots[handler.parameters[0]?.name ?? ''] !== undefined) return false;
    const frame = this.#eval.symbolicFrame(handler);
    // What is granted, or a part of it: `[value, release]`.
    const isOfGrant = (ref: Ref): boolean =>
      ref.kind === 'element' || ref.kind === 'field'
        ? isOfGrant(ref.base)
        : ref.kind === 'parameter' && ref.fn === handler.id && ref.index === 0;
    const isGrant = (one: ValueId | undefined): boolean =>
      one !== undefined && this.#eval.evaluate(frame, one).some(isOfGrant);
    const steps = [...this.#program.steps(handler.id).values()];
    const users = steps.filter(
      step => uses(step, isGrant) || (step.kind === 'call' && step.target.kind === 'value' && isGrant(step.target.of)),
    );
    if (users.length > 0) return users.every(step => this.#settlers.isCall(handler.id, step));
    // The lock itself is what gives it back, and nothing here does.
    const mayGiveBack = (step: Step): boolean =>
      step.kind === 'release' || (step.kind === 'call' && this.#graph.targets(handler.id, step.id).length > 0);
    if (steps.some(mayGiveBack)) return false;
    const chain = this.#eval.refs.make({ kind: 'chain', frame: this.#eval.symbolicFrame(fn), step: id });
    return steps.some(step => this.#settlers.isCall(handler.id, step)) && this.#duties.grantedBy(chain).length > 0;
  }

  /** A timer or listener that settles such a promise, too. */
  #settledBesides(fn: FunctionFacts): Site | undefined {
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind !== 'register' && step.kind !== 'spawn') continue;
      const value = fn.values[step.kind === 'spawn' ? step.body : step.handler];
      const inner = value?.kind === 'function' ? this.#program.functions.get(value.id) : undefined;
      const settles =
        inner && [...this.#program.steps(inner.id).values()].some(one => this.#settlers.isCall(inner.id, one));
      if (settles) return this.#program.site(fn.id, step.at);
    }
    return undefined;
  }

  /** Parts that are no promises made here: parameters, and what a function that was handed in gives. */
  #plainParts(frame: Frame, value: ValueId): Refs {
    const facts = frame.fn.values[value];
    if (facts?.kind !== 'combined') return [];
    return facts.values.flatMap(part => {
      const array = frame.fn.values[part];
      const elements = array?.kind === 'array' ? array.values : [];
      return elements.flatMap(one => this.#eval.evaluate(frame, one).filter(ref => ref.kind === 'parameter'));
    });
  }

  #part(
    fn: FunctionFacts,
    frame: Frame,
    ref: Ref,
    found: Pick<AbandonedAcquire, 'race' | 'until' | 'at'>,
    depth: number,
    handing: StepId | null = null,
  ): void {
    if (this.#isUsedOtherwise(fn, ref, handing) || this.#goesOnFromUsed(fn, ref)) return;
    if (ref.kind === 'parameter' && ref.fn === fn.id) return this.#handedIn(fn, ref.index, found, depth);
    if (ref.kind === 'chain') {
      const chain = this.#program.steps(ref.frame.fn.id).get(ref.step);
      const of = chain?.kind === 'chain' ? this.#eval.evaluate(ref.frame, chain.of) : [];
      const given = of.find(one => one.kind === 'parameter' && one.fn === fn.id);
      if (chain?.kind === 'chain' && chain.onFulfilled === undefined && given)
        return this.#part(fn, frame, given, found, depth);
    }
    const born = ref.kind === 'task' && ref.from.fn.id === fn.id ? this.#program.steps(fn.id).get(ref.step) : undefined;
    const through = born?.kind === 'call' ? this.#calledParameter(frame, born) : undefined;
    if (through !== undefined) return this.#handedIn(fn, through, found, depth);
    for (const duty of this.#duties.grantedBy(ref)) {
      const asked = born ? this.#program.site(fn.id, born.at) : duty.site;
      this.#report({ duty, asked, ...found, guessed: false });
    }
  }

  /** The call is of a function that the parameter gives: `race([work(), timer])`. */
  #calledParameter(frame: Frame, step: Step): number | undefined {
    if (step.kind !== 'call' || step.target.kind !== 'value') return undefined;
    const refs = this.#eval.evaluate(frame, step.target.of);
    const given = refs.find(ref => ref.kind === 'parameter' && ref.fn === frame.fn.id);
    return given?.kind === 'parameter' ? given.index : undefined;
  }

  /** What callers hand in: a promise that acquires, or a function that gives one. */
  #handedIn(
    fn: FunctionFacts,
    index: number,
    found: Pick<AbandonedAcquire, 'race' | 'until' | 'at'>,
    depth: number,
  ): void {
    if (depth >= DEPTH) return;
    for (const { caller, step: id } of this.#graph.callers(fn.id)) {
      const facts = this.#program.functions.get(caller);
      const step = this.#program.steps(caller).get(id);
      const arg = step?.kind === 'call' ? step.args[index] : undefined;
      if (!facts || step?.kind !== 'call' || arg === undefined || step.spreads !== undefined) continue;
      const frame = this.#eval.symbolicFrame(facts);
      const at = this.#program.site(caller, step.at);
      for (const ref of this.#eval.evaluate(frame, arg)) {
        if (ref.kind !== 'function') this.#part(facts, frame, ref, { ...found, at }, depth + 1, id);
        else this.#given(ref, { ...found, at });
      }
    }
  }

  #given(ref: Ref & { kind: 'function' }, found: Pick<AbandonedAcquire, 'race' | 'until' | 'at'>): void {
    for (const { frame, guessed } of this.#eval.calleesOf([ref], [], null)) {
      const task = this.#eval.refs.make({ kind: 'task', frame, from: frame, step: 0 });
      const promises = frame.fn.calling === 'value' ? this.#eval.returns(frame) : [task];
      for (const promise of promises)
        for (const duty of this.#duties.grantedBy(promise))
          this.#report({ duty, asked: duty.origin, ...found, guessed });
    }
  }

  #report(one: AbandonedAcquire): void {
    const key = `${one.at.in} ${one.at.at[0]} ${one.duty.name}`;
    if (!this.#found.has(key)) this.#found.set(key, one);
  }

  /** Somebody else waits for the promise too, or gets it: the late grant has an owner. */
  #isUsedOtherwise(fn: FunctionFacts, ref: Ref, handing: StepId | null): boolean {
    if (ref.kind !== 'task' && ref.kind !== 'chain' && ref.kind !== 'parameter') return false;
    for (const [id, facts] of this.#around(fn)) {
      const frame = this.#eval.symbolicFrame(facts);
      const leads = (value: ValueId | undefined): boolean =>
        value !== undefined &&
        this.#eval
          .evaluate(frame, value)
          .some(one => one === ref || elementParts(this.#eval, one).includes(ref) || this.#isOneOfAll(one, ref));
      for (const step of this.#program.steps(id).values())
        if ((id !== fn.id || step.id !== handing) && uses(step, leads)) return true;
    }
    return false;
  }

  /** Whoever waits for all of a group waits for each. */
  #isOneOfAll(group: Ref, ref: Ref): boolean {
    const value = group.kind === 'combined' ? group.frame.fn.values[group.value] : undefined;
    const isWhole = value?.kind === 'combined' && (value.until === 'all' || value.until === 'settled');
    return isWhole && promiseParts(this.#eval, group).some(part => part.ref === ref);
  }

  /** `race([grant.then(…), timer])`, where somebody waits for `grant` itself as well. */
  #goesOnFromUsed(fn: FunctionFacts, ref: Ref, depth = 0): boolean {
    if (ref.kind !== 'chain' || ref.frame.fn.id !== fn.id || depth > DEPTH) return false;
    const chain = this.#program.steps(fn.id).get(ref.step);
    const from = chain?.kind === 'chain' ? this.#eval.evaluate(ref.frame, chain.of) : [];
    return (
      from.length > 0 &&
      from.every(one => this.#isUsedOtherwise(fn, one, ref.step) || this.#goesOnFromUsed(fn, one, depth + 1))
    );
  }

  /** The function, and the closures in it. */
  #around(fn: FunctionFacts): [FunctionId, FunctionFacts][] {
    const found: [FunctionId, FunctionFacts][] = [[fn.id, fn]];
    for (const [, facts] of found)
      for (const value of facts.values) {
        const inner = value.kind === 'function' ? this.#program.functions.get(value.id) : undefined;
        if (inner && inner.parent === facts.id && found.length < 30) found.push([inner.id, inner]);
      }
    return found;
  }
}

function uses(step: Step, leads: (value: ValueId | undefined) => boolean): boolean {
  switch (step.kind) {
    case 'await':
      return (step satisfies Await).values.some(leads);
    case 'chain':
      // Looking at failures, or at the end, says nothing of a grant.
      return (step satisfies Chain).onFulfilled !== undefined && leads(step.of);
    case 'call':
      return step.args.some(leads);
    case 'exit':
      return step.how === 'return' && leads(step.value);
    case 'access':
      return step.mode !== 'read' && leads(step.value);
    default:
      return false;
  }
}
