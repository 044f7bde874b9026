/**
 * What becomes of every promise: owned, lost, or detached on purpose. The answer for one expression is one of these, so
 * that the two rules about lost promises and orphaned tasks never speak of the same one.
 */
import type { Call, Drop, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Consumption, consumption } from './consumption.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { type LostAt, PathWalker } from './consumptionPaths.ts';
import { type Holder, holderName } from './consumptionPlaces.ts';
import { type Failure, isPromiseMade, type MayReject, mayReject } from './mayReject.ts';
import { handledInside } from './handledInside.ts';
import { type LifeCycles, lifeCycles } from '../tasks/ownershipClasses.ts';
import { type LocalUses, localUses } from './promisesLocal.ts';
import { type PromiseNode, promises } from './promises.ts';
import { type Settlers, settlers } from './settlers.ts';
import { valuesBehind } from '../valueParts.ts';
import { type Program, type Site, takesPermit } from '../program.ts';

export type Fate =
  /** Somebody sees it settle. `how` says who, in the words of `Observation`. */
  | { kind: 'owned'; how: string }
  /** Only tested or computed with: it is mistaken for a value, which is another rule's subject. */
  | { kind: 'mistaken' }
  /** `list`: all that is awaited is a list that it is in, which waits for nothing. */
  | { kind: 'dropped'; how: Drop['how'] | 'list'; step: Step }
  /** Used on some path, and on this one not. */
  | { kind: 'some-path'; lostAt: LostAt }
  /** Kept where nobody ever looks for it; `holder` null: in a local collection. */
  | { kind: 'kept'; holder: string | null; step: Step; startedByClass: boolean }
  /** Given to a function that does nothing with it. */
  | { kind: 'ignored'; step: Call }
  /** Let go on purpose: `void`, its errors caught and nothing more, or an async closure run on the spot. */
  | { kind: 'detached'; how: 'void' | 'caught' | 'closure' }
  /** Kept by the class that starts it, its errors caught, and no member waits for it. */
  | { kind: 'unjoined'; holder: string; step: Step };

export interface PromiseFate {
  node: PromiseNode;
  fate: Fate;
  /** How the promise may reject, handlers on it included. */
  rejection: Failure;
  /** Where it is made; where the path or the store is that loses it. */
  sites: { made: Site; lost: Site | null };
  /** The functions whose bodies the promise is the end of. */
  work: readonly FunctionId[];
}

export const promiseFates = defineAnalysis<readonly PromiseFate[]>('promise-fates', (get, program) => {
  const decider = new Decider(get, program);
  return withoutRepeats(get(promises).all.map(node => decider.decide(node)));
});

/** It does not reject, or only by what is there to find mistakes: a handler that fails, a check that throws. */
export const isHandled = (rejection: Failure): boolean =>
  rejection === 'never' || rejection === 'handler' || rejection === 'check';

const owned = (how: string): Fate => ({ kind: 'owned', how });

class Decider {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #rejects: MayReject;
  readonly #consumption: Consumption;
  readonly #cycles: LifeCycles;
  readonly #local: (fn: FunctionId, value: ValueId) => LocalUses;
  readonly #handlesInside: (fn: FunctionId) => boolean;
  readonly #settlers: Settlers;
  readonly #walkers = new Map<FunctionId, PathWalker>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#rejects = get(mayReject);
    this.#consumption = get(consumption);
    this.#cycles = get(lifeCycles);
    this.#local = get(localUses);
    this.#handlesInside = get(handledInside);
    this.#settlers = get(settlers);
  }

  decide(node: PromiseNode): PromiseFate {
    const rejection = this.#rejects.value(node.fn, node.value);
    const fate = node.gives === 'builder' ? this.#builderFate(node) : this.#fate(node, rejection);
    const lost =
      fate.kind === 'some-path'
        ? fate.lostAt.kind === 'end'
          ? null
          : fate.lostAt.step
        : fate.kind === 'kept' || fate.kind === 'ignored'
          ? fate.step
          : null;
    return {
      node,
      fate,
      sites: { made: this.#program.site(node.fn, node.at), lost: lost && this.#program.site(node.fn, lost.at) },
      rejection,
      work: node.step?.kind === 'call' ? this.#graph.targets(node.fn, node.step.id) : [],
    };
  }

  #fate(node: PromiseNode, rejection: Failure): Fate {
    const uses = this.#local(node.fn, node.value);
    if (uses.elsewhere) return owned(uses.elsewhere.how);
    if (this.#isHandledByMaker(node)) return owned('handled by its maker');
    if (uses.ends.length === 0) return this.#unused(node, uses, rejection);
    const unjoined = this.#unjoined(uses, node);
    if (unjoined) return unjoined;
    const how = uses.ends[0]?.how ?? 'used';
    const isByHand = node.step?.kind === 'call' && isPromiseMade(node.step);
    if (uses.throughContainer || isHandled(rejection) || node.step === null || isByHand) return owned(how);
    const again = uses.drops.find(one => one.how === 'overwritten' && one.value === node.value);
    if (again) return { kind: 'dropped', how: again.how, step: again };
    if (uses.ends.some(end => end.step === null)) return owned(how);
    const steps = new Set(uses.ends.flatMap(end => (end.step ? [end.step.id] : [])));
    const lostAt = this.#walker(node.fn).lost(node.step.id, steps, uses.aliases);
    if (!lostAt) return owned(how);
    // The last promise of a chain built in a loop, thrown away after it.
    const [drop] = uses.drops;
    return drop ? this.#dropped(node, drop, rejection) : { kind: 'some-path', lostAt };
  }

  /** Every function that may have made it has put a rejection handler on it. */
  #isHandledByMaker({ fn, step }: PromiseNode): boolean {
    const makers = step?.kind === 'call' ? this.#graph.targets(fn, step.id) : [];
    return makers.length > 0 && makers.every(id => this.#handlesInside(id));
  }

  /** Nobody observes it. */
  #unused(node: PromiseNode, uses: LocalUses, rejection: Failure): Fate {
    const [kept] = uses.stored;
    if (kept)
      return {
        kind: 'kept',
        holder: nameOf(kept.holders),
        step: kept.step,
        startedByClass: this.#isLifeCycle(node.fn, kept.direct),
      };
    const [ignored] = uses.ignored;
    if (ignored) return { kind: 'ignored', step: ignored };
    const drop = uses.drops.find(one => node.gives !== 'promises' || !this.#isPart(node.fn, one.value));
    if (drop) return this.#dropped(node, drop, rejection);
    if (node.step?.kind === 'call' && isPromiseMade(node.step) && this.#isOnlySettled(node))
      return this.#rejects.value(node.fn, node.value) === 'never'
        ? { kind: 'mistaken' }
        : { kind: 'dropped', how: 'statement', step: node.step };
    const [list] = uses.listAwaits;
    if (list) return { kind: 'dropped', how: 'list', step: list };
    const [put] = uses.put;
    if (put) return { kind: 'kept', holder: null, step: put, startedByClass: false };
    return uses.tests.length > 0 || !uses.captured
      ? { kind: 'mistaken' }
      : { kind: 'dropped', how: 'unused', step: node.step ?? uses.captured };
  }

  #dropped(node: PromiseNode, drop: Drop, rejection: Failure): Fate {
    if (drop.how === 'void') {
      if (this.#isJoined(node)) return owned('used');
      return this.#isOwnedByQueue(node) && isHandled(rejection) ? owned('queued') : { kind: 'detached', how: 'void' };
    }
    if (rejection !== 'never') return { kind: 'dropped', how: drop.how, step: drop };
    if (this.#settlesAnother(node)) return owned('passed');
    if (this.#isCaught(node))
      return this.#isJoined(node) || this.#isOwnedByQueue(node) ? owned('used') : { kind: 'detached', how: 'caught' };
    return this.#isClosureRun(node)
      ? { kind: 'detached', how: 'closure' }
      : { kind: 'dropped', how: drop.how, step: drop };
  }

  /** `p.then(resolve, reject)`: whoever waits for the promise that is made by hand waits for this one. */
  #settlesAnother({ fn, step }: PromiseNode): boolean {
    if (step?.kind !== 'chain') return false;
    return [step.onFulfilled, step.onRejected].every(
      handler => handler !== undefined && this.#settlers.isSettler(fn, handler),
    );
  }

  /** `new Promise(…)` as a statement: nothing but its own resolve and reject is taken from it. */
  #isOnlySettled(node: PromiseNode): boolean {
    return this.#uses(node.fn)
      .of(node.value)
      .every(use => use.as === 'part');
  }

  /** What `splice` or `filter` gave: not the array that it was called on. */
  #isPart(fn: FunctionId, value: ValueId): boolean {
    return this.#program.functions.get(fn)?.values[value]?.kind === 'from';
  }

  /** A call of a builder runs nothing: what matters is whether the builder is awaited in the end. */
  #builderFate(node: PromiseNode): Fate {
    let { value } = node;
    for (let receiver = this.#receiver(node.fn, value); receiver !== null; receiver = this.#receiver(node.fn, value))
      value = receiver;
    const step = this.#stepOf(node.fn, value);
    const receiver =
      step?.kind === 'call' && step.gives === 'thenable' && step.receiver !== undefined
        ? this.#program.functions.get(node.fn)?.values[step.receiver]
        : undefined;
    // A thenable made on something that came from elsewhere: maybe that builder again, run by whoever made it.
    if (receiver?.kind === 'read')
      return receiver.place.root.kind === 'module'
        ? this.#fate(node, this.#rejects.value(node.fn, node.value))
        : owned('used');
    const observed = this.#consumption.observed({ kind: 'value', fn: node.fn, value, inside: [] }, 'error');
    if (observed) return owned(observed.how);
    // The last call of a chain speaks for all.
    const drop = this.#local(node.fn, node.value).drops.find(one =>
      this.#origins(node.fn, one.value).includes(node.value),
    );
    return drop ? { kind: 'dropped', how: drop.how, step: drop } : owned('used');
  }

  /** The builder, made here by a call, that a builder call was made on. */
  #receiver(fn: FunctionId, value: ValueId): ValueId | null {
    const step = this.#stepOf(fn, value);
    if (step?.kind !== 'call' || step.gives === undefined || step.receiver === undefined) return null;
    return (
      this.#origins(fn, step.receiver).find(origin => origin < value && this.#stepOf(fn, origin)?.kind === 'call') ??
      null
    );
  }

  /** A handler stands somewhere on the chain, or the one handler is at the end. */
  #isCaught({ fn, value }: PromiseNode): boolean {
    return this.#chain(fn, value).some(one => {
      const step = this.#stepOf(fn, one);
      return step?.kind === 'chain' && step.onRejected !== undefined;
    });
  }

  /** The promise at the root of a chain has an owner of its own, or was not made here. */
  #isJoined(node: PromiseNode): boolean {
    return this.#roots(node.fn, node.value).some(root => {
      const step = this.#stepOf(node.fn, root);
      const facts = this.#program.functions.get(node.fn)?.values[root];
      if (step?.kind !== 'call' && facts?.kind !== 'combined') return true;
      return this.#consumption.observed({ kind: 'value', fn: node.fn, value: root, inside: [] }, 'join') !== null;
    });
  }

  /** The queue runs the work in its turn and is waited for as a whole. */
  #isOwnedByQueue(node: PromiseNode): boolean {
    return this.#roots(node.fn, node.value).some(root => {
      const step = this.#stepOf(node.fn, root);
      return step?.kind === 'call' && this.#graph.targets(node.fn, step.id).some(id => takesPermit(this.#program, id));
    });
  }

  /** An async closure that is called where it is written. */
  #isClosureRun({ fn, step }: PromiseNode): boolean {
    if (step?.kind !== 'call' || step.target.kind !== 'functions') return false;
    const [id, ...others] = step.target.ids;
    const callee = id === undefined ? undefined : this.#program.functions.get(id);
    return others.length === 0 && callee?.parent === fn && callee.at[0] >= step.at[0] && callee.at[1] <= step.at[1];
  }

  #isLifeCycle(fn: FunctionId, direct: boolean): boolean {
    return direct && this.#cycles.isStart(fn);
  }

  /** Kept in a field by a starting member, its rejection handled, and its end waited for by nobody. */
  #unjoined(uses: LocalUses, node: PromiseNode): Fate | null {
    const kept = uses.observedStores.find(store => store.direct);
    if (!kept || node.step?.kind !== 'call' || !this.#isLifeCycle(node.fn, true)) return null;
    if (!this.#cycles.isLoop(this.#graph.targets(node.fn, node.step.id)) || this.#isJoined(node)) return null;
    return { kind: 'unjoined', holder: nameOf(kept.holders), step: kept.step };
  }

  /** The promises that a chain begins with. */
  #roots(fn: FunctionId, value: ValueId): ValueId[] {
    return this.#chain(fn, value).filter(one => this.#stepOf(fn, one)?.kind !== 'chain');
  }

  /** A promise and all that it is derived from; a chain built in a loop comes back to itself. */
  #chain(fn: FunctionId, value: ValueId): ValueId[] {
    const found = new Set([value]);
    for (const one of found) {
      const step = this.#stepOf(fn, one);
      if (step?.kind === 'chain') for (const origin of this.#origins(fn, step.of)) found.add(origin);
    }
    return [...found];
  }

  #origins(fn: FunctionId, value: ValueId): ValueId[] {
    const facts = this.#program.functions.get(fn);
    return facts ? valuesBehind(facts, value) : [value];
  }

  #stepOf(fn: FunctionId, value: ValueId): Step | undefined {
    const facts = this.#program.functions.get(fn)?.values[value];
    return facts?.kind === 'result' ? this.#program.steps(fn).get(facts.of) : undefined;
  }

  #walker(id: FunctionId): PathWalker {
    let walker = this.#walkers.get(id);
    const fn = this.#program.functions.get(id);
    if (!walker && fn) {
      walker = new PathWalker(fn);
      this.#walkers.set(id, walker);
    }
    if (!walker) throw new Error(`no function ${id}`);
    return walker;
  }
}

const nameOf = (holders: readonly Holder[]): string => {
  const field = holders.find(holder => holder.kind === 'field') ?? holders[0];
  return field ? holderName(field) : 'a local container';
};

/** `cond ? a() : b()` as one statement is one defect: the promise that may reject speaks for the others. */
function withoutRepeats(fates: readonly PromiseFate[]): PromiseFate[] {
  const first = new Map<Step, PromiseFate>();
  const isWorse = (a: PromiseFate, b: PromiseFate): boolean => b.rejection === 'never' && a.rejection !== 'never';
  for (const one of fates) {
    if (one.fate.kind !== 'dropped') continue;
    const known = first.get(one.fate.step);
    if (!known || isWorse(one, known)) first.set(one.fate.step, one);
  }
  return fates.map(one =>
    one.fate.kind === 'dropped' && first.get(one.fate.step) !== one ? { ...one, fate: owned('with another') } : one,
  );
}
