/** Whether the promise in a value may reject: what it comes from, and the handlers on the way. */
import type { Call, Chain, FunctionFacts, FunctionId, Place, TypeId, Value, ValueId } from '../../model/facts.ts';
import type { Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf, isLeftThere, type Use } from './consumptionIndex.ts';
import { type DeferredFields, deferredFields } from './deferredFields.ts';
import { type DeferredHolders, deferredHolders } from './deferredHolders.ts';
import { type Program, variableAt } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { fieldSources } from './fieldSources.ts';
import { givesSignal, isOptionGiven } from './givenOptions.ts';
import { type GivenCallees, givenCallees } from './givenCallees.ts';
import { type Settlers, settlers } from './settlers.ts';
import { packageMaker } from './packageValues.ts';
import { hardlyFails } from './unknownWaits.ts';

/**
 * `handler`: only because a rejection handler may itself reject; `check`: only by a check of its own that throws, while
 * nothing that it waits for rejects; `undecided`: only because unknown code runs synchronously; `unseen`: only because it
 * waits for what unknown code gives, or reads a text that may be malformed; `may`: it throws, or awaits something that is known to reject now and then.
 */
export type Failure = 'never' | 'handler' | 'check' | 'undecided' | 'unseen' | 'may';

const RANK: Record<Failure, number> = { never: 0, handler: 1, check: 2, undecided: 3, unseen: 4, may: 5 };
/** It rejects, or waits for something that may. */
export const mayFail = (failure: Failure): failure is 'may' | 'unseen' => RANK[failure] >= RANK.unseen;
export const worse = (a: Failure, b: Failure): Failure => (RANK[a] >= RANK[b] ? a : b);
export const milder = (a: Failure, b: Failure): Failure => (worse(a, b) === a ? b : a);

/** What is known of functions so far. */
export interface FunctionFailures {
  throws(fn: FunctionId): Failure;
  /** It throws, or the promise that a call of it gives rejects. */
  fails(fn: FunctionId): Failure;
  /** How the promises of the functions end that a call may run. */
  rejectionsOf(fn: FunctionId, step: Call): readonly Failure[];
  /** The call is one of a callback parameter, and which function that is is known where this is asked. */
  isKnownCallback(fn: FunctionId, step: Call): boolean;
  /** The alternatives that are left, where this is asked. */
  chosen(fn: FunctionId, choice: Value & { kind: 'choice' }): readonly ValueId[];
  /** It fails when it is used as a handler: logging and unknown functions count as safe there. */
  failsAsHandler(fn: FunctionId): boolean;
}

const PROMISE: TypeId = 'lib#Promise';

/** The values looked at, and whether only what is typed as a promise counts as one. */
interface Lookup {
  values: Set<string>;
  onlyTyped: boolean;
}
const inner = (lookup: Lookup): Lookup => ({ values: lookup.values, onlyTyped: false });

export class Rejections {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #writes: WriteIndex;
  readonly #hierarchy: TypeHierarchy;
  readonly #settlers: Settlers;
  readonly #deferred: DeferredFields;
  readonly #holders: DeferredHolders;
  readonly #given: GivenCallees;
  readonly #summaries: FunctionFailures;

  constructor(get: Get, program: Program, summaries: FunctionFailures) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#writes = get(writeIndex);
    this.#hierarchy = get(hierarchy);
    this.#settlers = get(settlers);
    this.#deferred = get(deferredFields);
    this.#holders = get(deferredHolders);
    this.#given = get(givenCallees);
    this.#summaries = summaries;
  }

  /** The promise in a value rejects. */
  value(fn: FunctionId, value: ValueId): Failure {
    return this.#value(fn, value, { values: new Set(), onlyTyped: false });
  }

  /**
   * What an async function or a reaction returns: a variable or field whose type is not a promise's is taken to be a
   * plain value.
   */
  returned(fn: FunctionFacts, value: ValueId, isReaction: boolean): Failure {
    return this.#value(fn.id, value, { values: new Set(), onlyTyped: isReaction || fn.calling !== 'value' });
  }

  #value(fnId: FunctionId, value: ValueId, seen: Lookup): Failure {
    const key = `${fnId} ${value}`;
    const fn = this.#program.functions.get(fnId);
    const facts = fn?.values[value];
    if (!fn || !facts || seen.values.has(key)) return 'never';
    seen.values.add(key);
    const all = (values: readonly ValueId[]): Failure =>
      values.reduce<Failure>((sum, one) => worse(sum, this.#value(fnId, one, seen)), 'never');
    switch (facts.kind) {
      case 'choice':
        return all(this.#summaries.chosen(fnId, facts));
      case 'array':
        return all(facts.values);
      case 'from':
        return facts.how === 'copy' ? all(facts.values) : 'never';
      case 'view':
      case 'ordered':
      case 'element':
        return this.#value(fnId, facts.of, seen);
      case 'combined':
        return facts.until === 'settled'
          ? 'never'
          : facts.values.reduce<Failure>((sum, one) => worse(sum, this.#value(fnId, one, inner(seen))), 'never');
      case 'result':
        return this.#result(fn, value, facts.of, seen);
      case 'read':
        return this.#read(fnId, facts.place, seen);
      case 'unknown':
        return seen.onlyTyped ? 'never' : 'unseen';
      default:
        return 'never';
    }
  }

  #read(
    fnId: FunctionId,
    place: Extract<FunctionFacts['values'][number], { kind: 'read' }>['place'],
    seen: Lookup,
  ): Failure {
    const { root } = place;
    const type = this.#type(fnId, place);
    if ((type !== null && this.#isPlain(type)) || this.#holders.isOnlyResolved(fnId, place)) return 'never';
    const otherwise: Failure = !seen.onlyTyped || type === PROMISE ? 'unseen' : 'never';
    if (place.path.length > 0) return this.#written(fnId, place, seen) ?? otherwise;
    if (root.kind === 'value') return this.#value(fnId, root.of, seen);
    const variable = variableAt(this.#program, root);
    if (!variable) return otherwise;
    const { owner, name, slot } = variable;
    const writes = slot.assignedAgain ? this.#writes.toVariable(owner.id, name) : [];
    if (writes.length === 0 && (slot.assignedAgain || slot.value === null)) return otherwise;
    const first = slot.value === null ? 'never' : this.#value(owner.id, slot.value, seen);
    return writes.reduce<Failure>((sum, { fn, value }) => worse(sum, this.#value(fn.id, value, seen)), first);
  }

  /** A class of the project that is no thenable. */
  #isPlain(type: TypeId): boolean {
    return (
      this.#program.types.get(type)?.kind === 'class' &&
      this.#hierarchy.methodOf(type, 'then') === undefined &&
      !this.#hierarchy.ancestors(type).includes(PROMISE)
    );
  }

  /** What the program puts into a field of its types, or into a container there; null: that is not known. */
  #written(fn: FunctionId, place: Place, seen: Lookup): Failure | null {
    const last = place.path.at(-1);
    const isPart = last !== undefined && !('field' in last);
    const held = isPart ? { ...place, path: place.path.slice(0, -1) } : place;
    const sources = fieldSources(this.#program, this.#hierarchy, fn, held);
    // Members of interfaces are looked at as far as they are promises.
    if (!sources || (sources.open && !isPart && !this.#isPromise(fn, held))) return null;
    const { field, owners, getters, open } = sources;
    const failures = [
      ...owners.map(owner => this.#writtenTo(owner, field, isPart, seen)),
      ...getters.map(getter => this.#all(getter, this.#writes.returned(getter), seen)),
    ];
    if (failures.includes(null)) return null;
    const literals = open ? this.#writes.inLiterals(field) : [];
    return [
      ...failures,
      ...literals.map(one => this.#value(one.fn.id, one.value, { ...seen, onlyTyped: true })),
    ].reduce<Failure>((sum, failure) => worse(sum, failure ?? 'never'), 'never');
  }

  #isPromise(fn: FunctionId, place: Place): boolean {
    const type = this.#type(fn, place);
    return type !== null && this.#hierarchy.ancestors(type).includes(PROMISE);
  }

  #writtenTo(owner: TypeId, field: string, isPart: boolean, seen: Lookup): Failure | null {
    const all = isPart ? this.#writes.intoContainer(field) : this.#writes.toField(field);
    const lineage = this.#hierarchy.ancestors(owner);
    const writes = all.filter(({ place }) => {
      const at = place.path.at(isPart ? -2 : -1);
      return at === undefined || !('field' in at) || at.of === undefined || lineage.includes(at.of);
    });
    if (writes.length === 0) return null;
    if (!isPart && this.#deferred.isOnlyResolved(owner, field))
      if (writes.every(({ fn, value }) => this.#deferred.isDeferred(fn, value))) return 'never';
    return writes.reduce<Failure>((sum, { fn, value }) => worse(sum, this.#value(fn.id, value, seen)), 'never');
  }

  #all(fn: FunctionId, values: readonly ValueId[], seen: Lookup): Failure | null {
    if (values.length === 0) return null;
    return values.reduce<Failure>((sum, value) => worse(sum, this.#value(fn, value, seen)), 'never');
  }

  #result(fn: FunctionFacts, value: ValueId, stepId: number, seen: Lookup): Failure {
    const step = this.#program.steps(fn.id).get(stepId);
    if (step?.kind === 'chain') return this.#chain(fn, step, seen);
    if (step?.kind === 'wait') return step.wait === 'bounded' ? 'may' : 'never';
    if (step?.kind !== 'call') return 'never';
    if (step.gives === 'value' && !this.#isAsync(fn.id, step)) return 'never';
    if (step.gives === 'safe' || (step.known?.neverRejects && !givesSignal(fn, step)))
      return this.#withWhatIsGiven(fn, step, seen);
    if (isPromiseMade(step)) return this.#executed(fn, value);
    const failures = this.#summaries.rejectionsOf(fn.id, step);
    if (failures.length > 0) {
      if (this.#handsOn(fn.id, step)) return 'unseen';
      const known = failures.reduce(worse);
      // A callback may also be one that nobody here passes.
      const isGiven = this.#given.isGiven(fn, step) && !this.#summaries.isKnownCallback(fn.id, step);
      const failing = failures.filter(mayFail).length;
      // Whichever of the functions that were given it is, it is likely to be one that fails.
      if (mayFail(known) && isGiven && 2 * failing > failures.length) return known;
      return atMost(isGiven ? worse(known, 'undecided') : known, failures.length);
    }
    if (seen.onlyTyped && this.#isTold(fn, step)) return 'never';
    if (hardlyFails(this.#program, this.#uses(fn.id), fn, step, value)) return 'undecided';
    if (step.newOf !== undefined || this.#settlers.isCall(fn.id, step)) return 'never';
    if (!isSeen(this.#program, fn, step)) return 'unseen';
    // `JSON.parse`: any value, and no promise, or the tables would say so.
    return step.gives === 'unknown' && step.target.kind === 'external' && !step.worksOutside ? 'never' : 'may';
  }

  /** It rejects with nothing but an option that says so, or what is given to it. */
  #withWhatIsGiven(fn: FunctionFacts, step: Call, seen: Lookup): Failure {
    const failures = (step.known?.rejectsWith ?? []).map(({ argument, option }): Failure => {
      const value = step.args[argument];
      if (value === undefined) return 'never';
      if (option !== undefined) return isOptionGiven(this.#program, fn, value, option) ? 'may' : 'never';
      return this.#graph
        .functionsIn(fn.id, value)
        .reduce<Failure>(
          (sum, id) => worse(sum, this.#summaries.fails(id)),
          this.#value(fn.id, value, { ...seen, onlyTyped: true }),
        );
    });
    return failures.reduce<Failure>(worse, 'never');
  }

  /** Whatever the type of the callee says (a callback that gives nothing): all that is ever put there is a task. */
  #isAsync(fn: FunctionId, step: Call): boolean {
    const targets = step.target.kind === 'value' ? this.#graph.targets(fn, step.id) : [];
    return targets.length > 0 && targets.every(id => this.#program.functions.get(id)?.calling === 'promise');
  }

  /** `return next()`, where another way calls `next()` and drops what it gives: it is told something, and gives nothing. */
  #isTold(fn: FunctionFacts, step: Call): boolean {
    const callee = calleeVariable(fn, step);
    if (callee === null || step.gives !== 'unknown') return false;
    const steps = [...this.#program.steps(fn.id).values()];
    return steps.some(drop => {
      const dropped = drop.kind === 'drop' && drop.how === 'statement' ? fn.values[drop.value] : undefined;
      const other = dropped?.kind === 'result' ? this.#program.steps(fn.id).get(dropped.of) : undefined;
      return other?.kind === 'call' && other !== step && calleeVariable(fn, other) === callee;
    });
  }

  /** A wrapper that calls the same member of what it wraps, of which the program shows nothing but the wrapper itself. */
  #handsOn(fn: FunctionId, { target, id }: Call): boolean {
    return (
      target.kind === 'method' &&
      this.#program.types.get(target.type ?? '')?.kind === 'interface' &&
      this.#graph.targets(fn, id).every(callee => callee === fn)
    );
  }

  #chain(fn: FunctionFacts, step: Chain, seen: Lookup): Failure {
    if (step.onRejected !== undefined) return this.#handler(fn, step.onRejected) === 'may' ? 'handler' : 'never';
    const base = this.#value(fn.id, step.of, inner(seen));
    return [step.onFulfilled, step.onFinally].reduce<Failure>(
      (sum, handler) => (handler === undefined ? sum : worse(sum, this.#handler(fn, handler))),
      base,
    );
  }

  /** The declared type of what is at a place. */
  #type(fnId: FunctionId, { root, path, type }: Place): TypeId | null {
    const last = path.at(-1);
    if (last)
      return 'field' in last && last.of !== undefined
        ? (this.#program.types.get(last.of)?.fields[last.field]?.type ?? null)
        : null;
    const fn = this.#program.functions.get(fnId);
    return type ?? (root.kind === 'parameter' ? (fn?.parameters[root.index]?.type ?? null) : null);
  }

  /** A handler fails only when it is known to: logging and unknown functions count as safe. */
  #handler(fn: FunctionFacts, handler: ValueId): Failure {
    return this.#graph.functionsIn(fn.id, handler).some(id => this.#summaries.failsAsHandler(id)) ? 'may' : 'never';
  }

  /** `new Promise(executor)`: its second parameter is used, it throws, or its first is given a promise that rejects. */
  #executed(fn: FunctionFacts, promise: ValueId): Failure {
    let known = false;
    let failure: Failure = 'never';
    const uses = this.#uses(fn.id);
    for (const part of uses.of(promise)) {
      if (part.as === 'step' && part.step.kind === 'settle') {
        known = true;
        if (part.step.how === 'reject') failure = 'may';
      }
      if (part.as !== 'part' || part.keys.length !== 1) continue;
      for (const use of uses.of(part.value)) {
        if (use.as !== 'step' || use.role !== 'argument' || use.step.kind !== 'call') {
          // `const { promise, resolve } = Promise.withResolvers()`: whoever has its `reject` may call it.
          if (part.keys[0] !== 'resolve' && !(use.as === 'held' && isLeftThere(uses, use))) return 'may';
          known = true;
          failure = worse(failure, this.#givenTo(fn.id, use));
          continue;
        }
        const targets = this.#graph.targets(fn.id, use.step.id);
        // Code that nobody sees has it.
        if (targets.length === 0 && part.keys[0] !== 'resolve') return 'unseen';
        for (const id of targets) {
          known = true;
          failure = worse(
            failure,
            part.keys[0] === 'reject' ? this.#usesParameter(id, use.index) : this.#resolvesWith(id, use.index),
          );
          // What an async executor throws rejects a promise of its own.
          const isTask = this.#program.functions.get(id)?.calling !== 'value';
          if (!isTask) failure = worse(failure, onlyFailing(this.#summaries.throws(id)));
        }
      }
    }
    return known ? failure : 'unseen';
  }

  #usesParameter(id: FunctionId, index: number): Failure {
    const uses = this.#uses(id);
    return uses.parameter(index).some(read => uses.of(read.value).length > 0) ? 'may' : 'never';
  }

  #resolvesWith(id: FunctionId, index: number): Failure {
    const uses = this.#uses(id);
    return uses
      .parameter(index)
      .flatMap(read => [...uses.of(read.value)])
      .reduce<Failure>((sum, use) => worse(sum, this.#givenTo(id, use)), 'never');
  }

  /** How the promise ends that a call of `resolve` is given. */
  #givenTo(id: FunctionId, use: Use): Failure {
    const given = use.as === 'step' && use.role === 'callee' && use.step.kind === 'call' ? use.step.args[0] : undefined;
    const made = given === undefined ? undefined : this.#program.functions.get(id)?.values[given];
    const isPromise = given !== undefined && made?.kind === 'result' && this.#givesPromise(id, made.of);
    return isPromise ? this.value(id, given) : 'never';
  }

  /** A promise that is made here, or that a call gives. */
  isPromise(fn: FunctionFacts, value: ValueId | undefined): boolean {
    return (value === undefined ? [] : valuesBehind(fn, value)).some(one => {
      const facts = fn.values[one];
      if (facts?.kind === 'read' && facts.place.path.length === 0 && facts.place.root.kind === 'captured') {
        const { root } = facts.place;
        const held = root.from === fn.id ? fn.slots[root.slot]?.value : undefined;
        return held != null && held !== one && this.isPromise(fn, held);
      }
      const made = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
      return (
        made !== undefined && ((made.kind === 'call' && isPromiseMade(made)) || this.#givesPromise(fn.id, made.id))
      );
    });
  }

  #givesPromise(fn: FunctionId, stepId: number): boolean {
    const step = this.#program.steps(fn).get(stepId);
    if (step?.kind === 'chain') return true;
    return (
      step?.kind === 'call' &&
      (step.gives === 'promise' ||
        this.#graph.targets(fn, stepId).some(id => this.#program.functions.get(id)?.calling === 'promise'))
    );
  }
}

/** The parameter, the variable or the result of a call that is called, by its name; null: something else is. */
function calleeVariable(fn: FunctionFacts, { target }: Call): string | null {
  const callee = target.kind === 'value' ? fn.values[target.of] : undefined;
  if (callee?.kind === 'result') return `r${callee.of}`;
  if (callee?.kind !== 'read' || callee.place.path.length > 0) return null;
  const { root } = callee.place;
  return root.kind === 'parameter' ? `p${root.index}` : root.kind === 'captured' ? `${root.from} ${root.slot}` : null;
}

/** So many callees are a guess: which of them runs is not known. */
const MANY = 12;
export const atMost = (failure: Failure, targets: number): Failure =>
  mayFail(failure) && targets > MANY ? 'undecided' : failure;

const onlyFailing = (failure: Failure): Failure => (mayFail(failure) ? failure : 'never');

/** The platform's own, and what the project declares. */
const NO_PACKAGE = /^(?:lib#|node:|project#)/;

/**
 * What the call gives is known to work outside of the process, or no package's own. What stands behind a value without a
 * type is somebody's work; what is given under a type that says no more than that it gives a promise may be anything.
 */
function isSeen(program: Program, fn: FunctionFacts, { known, target, gives, worksOutside }: Call): boolean {
  if (known !== undefined || worksOutside || gives === 'lazy') return known?.rarelyRejects !== true;
  if (target.kind === 'external') return NO_PACKAGE.test(target.name);
  if (target.kind !== 'value') return true;
  const maker = packageMaker(program, fn, target.of);
  if (maker) return isSeen(program, fn, maker);
  if (gives !== 'promise') return true;
  const called = fn.values[target.of];
  return called?.kind === 'read' && called.place.root.kind === 'module';
}

/** `new Promise(…)`: a promise that is settled by hand. */
export const isPromiseMade = (step: Call): boolean => step.newOf === PROMISE;
