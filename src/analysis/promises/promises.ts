/** Every expression that makes a promise: calls, chain steps, combinators, promises made by hand (ALGORITHMS 4). */
import type { At, Call, Chain, FunctionFacts, FunctionId, Place, TypeId, Value, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { isOptionGiven } from './givenOptions.ts';
import { isPromiseMade } from './mayReject.ts';
import type { Program, Site } from '../program.ts';
import { isNothing } from '../refs.ts';
import { valuesBehind } from '../valueParts.ts';
import { reaches, type ReturnedValue, returnedValues } from './promisesReturns.ts';
import { writeIndex, type WriteIndex } from '../writeIndex.ts';

export interface PromiseNode {
  fn: FunctionId;
  value: ValueId;
  at: At;
  how: 'call' | 'chain' | 'combined';
  /** The call or chain step; null for combinators. */
  step: Call | Chain | null;
  /** `builder`: a query builder that is not run before it is awaited. */
  gives: 'promise' | 'maybe-promise' | 'promises' | 'thenable' | 'builder';
  /** How sure it is that the expression gives a promise. */
  confidence: Confidence;
}

export interface Promises {
  all: readonly PromiseNode[];
  /** What a call of the function gives, by its body; null: no promise. */
  returns(fn: FunctionId): 'promise' | 'promises' | null;
  /** The function gives only promises that exist already and are kept somewhere: whoever has them there looks after them. */
  givesKept(fn: FunctionId): boolean;
  /** What the call gives; null: no promise, or nobody knows. */
  ofCall(fn: FunctionId, step: Call): Pick<PromiseNode, 'gives' | 'confidence'> | null;
}

export const promises = defineAnalysis<Promises>('promises', (get, program) => new Finder(get, program));

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter(one => !isFirst(one))];
}

type Given = 'promise' | 'promises' | null;
const strongest = (kinds: readonly Given[]): Given =>
  kinds.includes('promise') ? 'promise' : kinds.includes('promises') ? 'promises' : null;

class Finder implements Promises {
  readonly all: PromiseNode[] = [];
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #writes: WriteIndex;
  readonly #types: TypeHierarchy;
  readonly #returnedValues = new Map<FunctionId, readonly ReturnedValue[]>();
  /** By callee and the returns that a call can reach. */
  readonly #reached = new Map<string, Given>();
  readonly #returns = new Map<FunctionId, Given>();
  /** Callees whose returns are being looked at. */
  readonly #lookedInto = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#writes = get(writeIndex);
    this.#types = get(hierarchy);
    for (const fn of program.functions.values()) if (!fn.synthetic || fn.owner !== null) this.#find(fn);
  }

  returns(fn: FunctionId): Given {
    const known = this.#returns.get(fn);
    if (known !== undefined) return known;
    const facts = this.#program.functions.get(fn);
    if (!facts || facts.calling !== 'value') {
      const gives = facts?.calling === 'promise' || facts?.calling === 'coroutine' ? 'promise' : null;
      this.#returns.set(fn, gives);
      return gives;
    }
    this.#returns.set(fn, null);
    const gives = strongest(this.#returned(facts).map(({ value }) => this.#valueGives(facts, value, new Set())));
    this.#returns.set(fn, gives);
    return gives;
  }

  givesKept(fn: FunctionId): boolean {
    const facts = this.#program.functions.get(fn);
    const returned = facts?.calling === 'value' ? this.#returned(facts) : [];
    return returned.length > 0 && returned.every(({ value }) => this.#isKept(facts, value));
  }

  #returned(fn: FunctionFacts): readonly ReturnedValue[] {
    let found = this.#returnedValues.get(fn.id);
    if (!found) {
      found = returnedValues(fn);
      this.#returnedValues.set(fn.id, found);
    }
    return found;
  }

  /** What a call gives by the bodies that it may run, as far as its arguments let it reach their returns. */
  #givenBy(caller: FunctionId, step: Call, callee: FunctionId): Given {
    const gives = this.returns(callee);
    const facts = this.#program.functions.get(callee);
    const from = this.#program.functions.get(caller);
    if (gives === null || facts?.calling !== 'value' || !from || step.spreads?.length) return gives;
    const returned = this.#returned(facts);
    const reached = returned.filter(one => reaches(from, step, one));
    if (reached.length === returned.length) return gives;
    const key = `${callee} ${reached.map(({ value }) => value).join(' ')}`;
    const known = this.#reached.get(key);
    if (known !== undefined) return known;
    // Recursion adds nothing to what the other returns give.
    this.#reached.set(key, null);
    const given = strongest(reached.map(({ value }) => this.#valueGives(facts, value, new Set())));
    this.#reached.set(key, given);
    return given;
  }

  /** Every promise that the callees return is for callers without the callback that this call passes. */
  #takesCallbackInstead(fn: FunctionId, step: Call): boolean {
    const targets = this.#graph.targets(fn, step.id);
    if (targets.length > 0)
      return targets.some(id => this.returns(id) !== null) && targets.every(id => this.#givenBy(fn, step, id) === null);
    // Of the tables' callback-or-promise APIs; those that run a callback as work are functions of their own.
    const last = step.args.at(-1);
    const given = last === undefined ? undefined : this.#program.functions.get(fn)?.values[last];
    return (
      step.target.kind === 'external' &&
      step.known !== undefined &&
      (given?.kind === 'function' || (given?.kind === 'unknown' && given.text === 'callback'))
    );
  }

  ofCall(fn: FunctionId, step: Call): Pick<PromiseNode, 'gives' | 'confidence'> | null {
    if (isPromiseMade(step)) return { gives: 'promise', confidence: 'high' };
    if (step.newOf !== undefined && step.gives === undefined) return null;
    const { gives } = step;
    if (gives !== 'lazy' && gives !== 'safe' && (this.#takesCallbackInstead(fn, step) || this.#givesExisting(fn, step)))
      return null;
    switch (gives) {
      case 'safe':
        return this.#failsWithGiven(fn, step) ? { gives: 'promise', confidence: 'high' } : null;
      case 'value':
        return null;
      case 'promise':
      case 'promises':
      case 'maybe-promise':
        return this.#ownsErrors(fn, step) ? null : { gives, confidence: 'high' };
      case 'lazy':
        return { gives: 'builder', confidence: 'high' };
      case 'thenable':
        if (this.#givesSelf(fn, step)) return null;
        return {
          gives: step.receiver === undefined && !step.known?.builder ? 'thenable' : 'builder',
          confidence: 'medium',
        };
      default:
        return this.#byCallees(fn, step);
    }
  }

  /** All that it runs hands on what owns its errors: `refetch: () => mutate()`. */
  #ownsErrors(fn: FunctionId, step: Call): boolean {
    const targets = this.#graph.targets(fn, step.id);
    return targets.length > 0 && targets.every(id => this.#handsOnSafe(id));
  }

  #handsOnSafe(id: FunctionId): boolean {
    const fn = this.#program.functions.get(id);
    const returned = fn?.calling === 'value' ? this.#returned(fn) : [];
    return (
      returned.length > 0 &&
      returned.every(({ value }) => {
        const given = fn?.values[value];
        const step = given?.kind === 'result' ? this.#program.steps(id).get(given.of) : undefined;
        return step?.kind === 'call' && step.gives === 'safe' && !this.#failsWithGiven(id, step);
      })
    );
  }

  /** What owns its errors is given an option to pass them on, or a promise or task that it passes on itself. */
  #failsWithGiven(id: FunctionId, { known, args }: Call): boolean {
    const fn = this.#program.functions.get(id);
    return (known?.rejectsWith ?? []).some(({ argument, option }) => {
      const value = args[argument];
      if (!fn || value === undefined) return false;
      if (option !== undefined) return isOptionGiven(this.#program, fn, value, option);
      return (
        this.#valueGives(fn, value, new Set()) !== null ||
        this.#graph.functionsIn(id, value).some(one => this.returns(one) !== null)
      );
    });
  }

  /** Untyped code: by what the callees that flow here give. */
  #byCallees(fn: FunctionId, step: Call): Pick<PromiseNode, 'gives' | 'confidence'> | null {
    // A callee known only by its name says nothing of what an `any` gives.
    if (step.target.kind === 'unresolved' || this.#isByName(fn, step) || this.#isCallback(fn, step)) return null;
    const targets = this.#graph.targets(fn, step.id);
    const kinds = targets.map(id => this.#givenBy(fn, step, id));
    if (kinds.length === 0 || kinds.includes(null) || this.#mayBeInherited(fn, step)) return null;
    if (targets.some(id => this.#mayGiveOther(fn, step, id))) return null;
    const gives = kinds.every(kind => kind === 'promises') ? 'promises' : 'promise';
    return { gives, confidence: step.target.kind === 'functions' ? 'high' : 'medium' };
  }

  /**
   * What the callee returns is a promise on some ways only, and this call may take another: it passes a callback where
   * the callee also gives nothing, or an object of its own where the callee also gives back what it was given.
   */
  #mayGiveOther(caller: FunctionId, step: Call, callee: FunctionId): boolean {
    const facts = this.#program.functions.get(callee);
    const from = this.#program.functions.get(caller);
    if (facts?.calling !== 'value' || !from || step.spreads?.length) return false;
    // A call of itself that it returns adds nothing to what its other returns give.
    if (this.#lookedInto.has(callee)) return false;
    this.#lookedInto.add(callee);
    const found = this.#returnsOther(facts, from, step);
    this.#lookedInto.delete(callee);
    return found;
  }

  #returnsOther(facts: FunctionFacts, from: FunctionFacts, step: Call): boolean {
    return this.#returned(facts).some(({ value }) => {
      const parts = valuesBehind(facts, value);
      if (!parts.some(part => this.#valueGives(facts, part, new Set()) !== null)) return false;
      return parts.some(part => {
        const place = placeIn(facts, part);
        if (place?.root.kind === 'parameter' && place.path.length === 0)
          return isNamedObject(from.values[step.args[place.root.index] ?? -1]);
        const nothing = facts.values[part];
        return nothing !== undefined && isNothing(nothing) && this.#mayBeCallback(from, step.args.at(-1));
      });
    });
  }

  /** A function, one that a wrapper made of it, or what the caller itself was given. */
  #mayBeCallback(fn: FunctionFacts, value: ValueId | undefined): boolean {
    const given = fn.values[value ?? -1];
    if (value === undefined || !given) return false;
    if (given.kind === 'read') return given.place.root.kind === 'parameter' && given.place.path.length === 0;
    if (given.kind === 'result') {
      const step = this.#program.steps(fn.id).get(given.of);
      return step?.kind === 'call' && step.args.some(arg => fn.values[arg]?.kind === 'function');
    }
    return (
      given.kind === 'function' ||
      (given.kind === 'unknown' && given.text === 'callback') ||
      this.#graph.functionsIn(fn.id, value).length > 0
    );
  }

  /** A member of something that nothing is known of: its callees are all members of that name. */
  #isByName(fn: FunctionId, { id, target, receiver }: Call): boolean {
    if (target.kind !== 'value') return false;
    if (this.#graph.isByName(fn, id)) return true;
    return placesIn(this.#program.functions.get(fn), target.of).some(({ root, path }) => {
      const last = path.at(-1);
      if (!last || ('field' in last && last.of !== undefined)) return false;
      if (receiver === undefined) return root.kind === 'external' || root.kind === 'unknown';
      return this.#graph.objectsIn(fn, receiver).length === 0;
    });
  }

  /**
   * A member that an object in the receiver has only from a class of somebody else (`class Cache extends Map`): what that
   * gives is not seen, and others of the name say nothing of it. A class beside or above those that have it has none.
   */
  #mayBeInherited(fn: FunctionId, { id, target, receiver }: Call): boolean {
    if (target.kind !== 'value' || receiver === undefined) return false;
    const [place, ...others] = placesIn(this.#program.functions.get(fn), target.of);
    const last = place?.path.at(-1);
    if (others.length > 0 || !last || !('field' in last)) return false;
    const { field } = last;
    const isOwn = (type: TypeId): boolean =>
      this.#types.methodOf(type, field) !== undefined || this.#types.declaring(type, field) !== undefined;
    const owners = this.#graph.targets(fn, id).flatMap(callee => this.#program.functions.get(callee)?.owner ?? []);
    const family = new Set(owners.flatMap(owner => this.#types.ancestors(owner)));
    return this.#graph.objectsIn(fn, receiver).some(({ what, type }) => {
      if (what !== 'instance' || type === null || isOwn(type)) return false;
      const [mine, foreign] = parted(this.#types.ancestors(type), one => this.#program.types.has(one));
      return mine.length > 0 && foreign.length > 0 && !mine.some(one => family.has(one));
    });
  }

  /** A callback that the caller was given: its contract says nothing of a promise. */
  #isCallback(fn: FunctionId, { target }: Call): boolean {
    const place = target.kind === 'value' ? placeIn(this.#program.functions.get(fn), target.of) : null;
    if (place?.root.kind === 'parameter') return true;
    if (place?.root.kind !== 'captured') return false;
    const owner = this.#program.functions.get(place.root.from);
    const held = owner?.slots[place.root.slot]?.value;
    return held != null && placeIn(owner, held)?.root.kind === 'parameter';
  }

  /** It gives a promise that exists already and is kept somewhere: nothing is made by calling it. */
  #givesExisting(fn: FunctionId, step: Call): boolean {
    const targets = this.#graph.targets(fn, step.id);
    return (
      targets.length > 0 &&
      targets.every(id => {
        const facts = this.#program.functions.get(id);
        const returned = facts?.calling === 'value' ? this.#returned(facts) : [];
        return (
          returned.length > 0 &&
          returned.every(({ value }) => this.#isKept(facts, value) || this.#isGivenBack(fn, step, facts, value))
        );
      })
    );
  }

  /**
   * The callee gives back what it was given, or a part of it as it stands, and that was not made for it: somebody else
   * has it, too, and can look at the promise there.
   */
  #isGivenBack(caller: FunctionId, step: Call, callee: FunctionFacts | undefined, value: ValueId): boolean {
    const place = placeIn(callee, value);
    if (!callee || place?.root.kind !== 'parameter') return false;
    const given = step.args[place.root.index];
    if (given === undefined) return false;
    if (placeIn(this.#program.functions.get(caller), given) !== null)
      return place.path.length === 0 || !this.#writesTo(callee, place);
    return place.path.length > 0 && this.#uses(caller).of(given).length > 1 && !this.#writesTo(callee, place);
  }

  #writesTo(fn: FunctionFacts, place: Place): boolean {
    const text = JSON.stringify(place);
    return [...this.#program.steps(fn.id).values()].some(
      step => step.kind === 'access' && step.mode === 'write' && JSON.stringify(step.place) === text,
    );
  }

  /**
   * A variable of an enclosing scope or a field of the object as it stands, not one that the function fills itself;
   * `Promise.resolve` of one is the same promise.
   */
  #isKept(fn: FunctionFacts | undefined, value: ValueId): boolean {
    const facts = fn?.values[value];
    if (facts?.kind === 'from' && facts.how === 'copy') return facts.values.every(part => this.#isKept(fn, part));
    const place = placeIn(fn, value);
    if (!fn || !place) return false;
    const isOutside = place.root.kind === 'captured' || place.root.kind === 'module';
    if (!isOutside && !(place.root.kind === 'self' && place.path.length > 0)) return false;
    return !this.#writesTo(fn, place);
  }

  /** A fluent method of a thenable of the project: it gives its own receiver again. */
  #givesSelf(fn: FunctionId, step: Call): boolean {
    const targets = this.#graph.targets(fn, step.id);
    return (
      targets.length > 0 &&
      targets.every(id => {
        const values = this.#writes.returned(id);
        const facts = this.#program.functions.get(id)?.values;
        return (
          values.length > 0 &&
          values.every(value => {
            const made = facts?.[value];
            return made?.kind === 'read' && made.place.root.kind === 'self' && made.place.path.length === 0;
          })
        );
      })
    );
  }

  #valueGives(fn: FunctionFacts, value: ValueId, seen: Set<ValueId>): Given {
    const facts = fn.values[value];
    if (!facts || seen.has(value)) return null;
    seen.add(value);
    const first = (values: readonly ValueId[]): 'promise' | 'promises' | null => {
      for (const one of values) {
        const gives = this.#valueGives(fn, one, seen);
        if (gives) return gives;
      }
      return null;
    };
    switch (facts.kind) {
      case 'combined':
        return 'promise';
      case 'choice':
        return first(facts.values);
      case 'from':
        return facts.how === 'copy' ? first(facts.values) : null;
      case 'array':
        return facts.values.length > 0 && facts.values.every(part => this.#valueGives(fn, part, seen))
          ? 'promises'
          : null;
      case 'result': {
        const step = this.#program.steps(fn.id).get(facts.of);
        if (step?.kind === 'chain') return 'promise';
        const gives = step?.kind === 'call' ? this.ofCall(fn.id, step)?.gives : undefined;
        return gives === undefined ? null : gives === 'promises' ? 'promises' : 'promise';
      }
      default:
        return null;
    }
  }

  #find(fn: FunctionFacts): void {
    const steps = this.#program.steps(fn.id);
    fn.values.forEach((value, id) => {
      if (value.kind === 'combined') {
        this.all.push({
          fn: fn.id,
          value: id,
          at: value.at,
          how: 'combined',
          step: null,
          gives: 'promise',
          confidence: 'high',
        });
        return;
      }
      if (value.kind !== 'result' || this.#uses(fn.id).resultOf(value.of) !== id) return;
      const step = steps.get(value.of);
      if (step?.kind === 'chain') {
        this.all.push({ fn: fn.id, value: id, at: step.at, how: 'chain', step, gives: 'promise', confidence: 'high' });
      } else if (step?.kind === 'call') {
        const given = this.ofCall(fn.id, step);
        if (given) this.all.push({ fn: fn.id, value: id, at: step.at, how: 'call', step, ...given });
      }
    });
  }
}

/** An object that has a name or was made elsewhere, not a literal that is written at the call. */
const isNamedObject = (given: Value | undefined): boolean =>
  given?.kind === 'read' || given?.kind === 'result' || given?.kind === 'choice';

function placeIn(fn: FunctionFacts | undefined, value: ValueId): Place | null {
  const facts = fn?.values[value];
  return facts?.kind === 'read' ? facts.place : null;
}

/** The places that a value may be read from: `flag ? describe : describe.skip`. */
function placesIn(fn: FunctionFacts | undefined, value: ValueId): Place[] {
  return fn ? valuesBehind(fn, value).flatMap(one => placeIn(fn, one) ?? []) : [];
}

/** Every place where a promise is made or a call is awaited, for the score. */
export const promiseSites = defineAnalysis<readonly Site[]>('promise-sites', (get, program) => {
  const sites = get(promises).all.map(node => program.site(node.fn, node.at));
  for (const fn of program.functions.values()) {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'await') continue;
      for (const value of step.values) {
        const made = fn.values[value];
        const call = made?.kind === 'result' ? program.steps(fn.id).get(made.of) : undefined;
        if (call?.kind === 'call' && !fn.synthetic) sites.push(program.site(fn.id, call.at));
      }
    }
  }
  return sites;
});
