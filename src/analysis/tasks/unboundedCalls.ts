/**
 * Calls of something outside that last as long as the other side likes: no signal, no timeout at the call, at the client
 * that it is made on, or around it (ALGORITHMS 6, "Timeouts").
 */
import type { Call, FunctionFacts, FunctionId, Loop, Place, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { reachedByRequests } from './exits.ts';
import { optionUses, type OptionUses } from '../flow/optionUses.ts';
import { makerOf, type Program, type Site } from '../program.ts';
import { programs } from './programs.ts';
import { races } from './races.ts';
import type { Ref } from '../refs.ts';
import { endsOf } from './serviceLoops.ts';
import { signalCalls } from './signalFlow.ts';
import { flowsInto } from '../valueParts.ts';

export interface OutsideCall {
  fn: FunctionFacts;
  step: Call;
  site: Site;
  bounded: boolean;
  /** What it is made on, when that is made in the project: where, and the key of its identity. */
  client: { site: Site; key: string } | null;
  /** The handler of a long-lived program that comes here; null: none. */
  served: string | null;
}

export interface UnboundedCalls {
  calls: readonly OutsideCall[];
  /** Loops that wait and that nothing ends: no way out, no signal in the function. */
  endlessLoops: readonly { fn: FunctionFacts; loop: Loop }[];
}

export const unboundedCalls = defineAnalysis<UnboundedCalls>('unbounded-calls', (get, program) => {
  const finder = new Finder(get, program);
  const functions = [...program.functions.values()].filter(fn => !fn.synthetic);
  return { calls: functions.flatMap(fn => finder.in(fn)), endlessLoops: functions.flatMap(fn => finder.loops(fn)) };
});

/** Events that a resource of the own process sends for sure. */
const OWN_EVENTS = /^on:(?:listening|close|exit|finish|end|drain|spawn|beforeExit|disconnect)$/;
const HELPER = /time_?out|deadline|timeLimit|timeBox|withLimit/i;
const DEPTH = 3;

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #uses: OptionUses;
  readonly #served: ReadonlyMap<FunctionId, string>;
  /** Calls whose promise is raced against a timer, and functions that race what they are given. */
  readonly #raced = new Set<Step>();
  readonly #racers = new Set<FunctionId>();
  readonly #propagates: ReadonlySet<Step>;
  readonly #wrapped = new Map<FunctionId, boolean>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#uses = get(optionUses);
    this.#served = servedFunctions(get, program);
    for (const race of get(races)) {
      const fn = program.functions.get(race.fn);
      if (!fn || race.timers.length === 0) continue;
      this.#racers.add(fn.id);
      for (const step of flowsInto(program, fn, race.value)) this.#raced.add(step);
    }
    this.#propagates = new Set(
      get(signalCalls).flatMap(call =>
        call.fate === 'dropped' && call.confidence === 'high' && !call.short ? [call.step] : [],
      ),
    );
  }

  in(fn: FunctionFacts): OutsideCall[] {
    return [...this.#program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'call' || !step.stopping?.endless || this.#propagates.has(step)) return [];
      if (this.#isOfOwn(fn, step)) return [];
      const made = this.#madeBy(fn, step);
      const bounded = this.#isGiven(fn, step) || this.#isClientBounded(fn, step, made) || this.#isWrapped(fn, step);
      return [
        {
          fn,
          step,
          site: this.#program.site(fn.id, step.at),
          bounded: bounded || this.#isTimedLater(fn, step),
          client: made && { site: this.#program.site(made.fn, made.step.at), key: `${made.fn}@s${made.step.id}` },
          served: this.#served.get(fn.id) ?? null,
        },
      ];
    });
  }

  loops(fn: FunctionFacts): { fn: FunctionFacts; loop: Loop }[] {
    if (fn.calling === 'async-generator' || fn.calling === 'generator' || fn.parameters.some(one => one.signal))
      return [];
    if (fn.id === `${this.#program.fileOf(fn.id)}#`) return [];
    return [...this.#program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'loop' || step.times.kind !== 'unbounded' || step.over !== undefined || step.condition)
        return [];
      const waits = step.body.some(inner => inner.kind === 'await') && endsOf(step).length === 0;
      return waits ? [{ fn, loop: step }] : [];
    });
  }

  #isGiven(fn: FunctionFacts, { stopping }: Call): boolean {
    const uses = [...(stopping?.signal ? [stopping.signal] : []), ...(stopping?.timeouts ?? [])];
    return uses.some(use => this.#uses.resolved(fn, use) !== 'absent');
  }

  /** A wait for an event of the own process, or of a request that is told about by itself. */
  #isOfOwn(fn: FunctionFacts, step: Call): boolean {
    const [synthetic] = step.target.kind === 'functions' ? step.target.ids : [];
    const wait = synthetic === undefined ? undefined : this.#program.functions.get(synthetic)?.body[0];
    if (wait?.kind !== 'wait') return false;
    const event = typeof wait.on === 'number' ? undefined : wait.on.path.at(-1);
    if (event && 'field' in event && OWN_EVENTS.test(event.field)) return true;
    const [on] = step.args;
    return on !== undefined && this.#refs(fn, on).some(ref => this.#makerOf(ref)?.step.stopping?.endless === true);
  }

  #refs(fn: FunctionFacts, value: ValueId): readonly Ref[] {
    return this.#eval.evaluate(this.#eval.symbolicFrame(fn), value).flatMap(ref => [...this.#eval.resolve(ref)]);
  }

  #makerOf(ref: Ref): { fn: FunctionId; step: Call } | null {
    const maker = makerOf(this.#program, ref);
    return maker && { fn: maker.frame.fn.id, step: maker.step };
  }

  #madeBy(fn: FunctionFacts, step: Call): { fn: FunctionId; step: Call } | null {
    const on = step.stopping?.on;
    if (on === undefined) return null;
    for (const ref of this.#refs(fn, on)) {
      const maker = this.#makerOf(ref);
      if (maker) return this.#madeFrom(maker) ?? maker;
      // A function that a client has: `client.get(…)` of an instance that is a function itself.
      const holder = this.#makerOf(holderOf(ref));
      if (holder?.step.stopping?.timeouts) return holder;
    }
    return null;
  }

  /** `client.pipeline()` is the client's own. */
  #madeFrom({ fn, step }: { fn: FunctionId; step: Call }): { fn: FunctionId; step: Call } | null {
    const maker = this.#program.functions.get(fn);
    if (!maker || step.receiver === undefined || step.stopping !== undefined) return null;
    for (const ref of this.#refs(maker, step.receiver)) {
      const client = this.#makerOf(ref);
      if (client?.step.stopping?.timeouts) return client;
    }
    return null;
  }

  /**
   * The client has a timeout of its own, or that of the client that it was derived from (`base.extend(…)`); or nobody
   * knows how it was made.
   */
  #isClientBounded(
    fn: FunctionFacts,
    step: Call,
    made: { fn: FunctionId; step: Call } | null,
    depth: number = DEPTH,
  ): boolean {
    const on = step.stopping?.on;
    if (on === undefined || depth < 0) return false;
    if (!made)
      return !this.#refs(fn, on).every(ref => holderOf(ref).kind === 'external') || this.#hasDefaults(fn, null);
    const maker = this.#program.functions.get(made.fn);
    if (!maker || !made.step.stopping?.timeouts) return made.step.stopping === undefined && made.step.args.length > 0;
    if (this.#isGiven(maker, made.step) || this.#hasDefaults(maker, made.step)) return true;
    return this.#isClientBounded(maker, made.step, this.#madeBy(maker, made.step), depth - 1);
  }

  /** `client.defaults.timeout = …`, or a hook that sets a timeout or signal, in the file that makes the client. */
  #hasDefaults(fn: FunctionFacts, client: Call | null): boolean {
    const file = this.#program.fileOf(fn.id);
    return ['timeout', 'signal'].some(name =>
      this.#eval.writes
        .toField(name)
        .some(
          write =>
            this.#program.fileOf(write.fn.id) === file &&
            write.place.root.kind !== 'self' &&
            !this.#isOfOther(write.fn, write.place, client),
        ),
    );
  }

  /** Another client is written to than the one that is meant. */
  #isOfOther(fn: FunctionFacts, place: Place, client: Call | null): boolean {
    const refs = this.#eval.place(this.#eval.symbolicFrame(fn), { ...place, path: [] });
    const makers = refs.flatMap(ref => this.#eval.resolve(ref).map(one => this.#makerOf(one)?.step));
    return makers.length > 0 && makers.every(made => made !== undefined && made !== client);
  }

  /** `request.setTimeout(ms, () => request.destroy())`, a timer that ends it, or a listener of its own for that. */
  #isTimedLater(fn: FunctionFacts, step: Call): boolean {
    if (step.newOf === undefined) return false;
    return [...this.#program.steps(fn.id).values()].some(other => {
      if (other.kind === 'spawn') return this.#graph.targets(fn.id, other.id).some(id => this.#ends(id, fn.id, step));
      if (other.kind !== 'access' || other.place.root.kind !== 'value') return false;
      const last = other.place.path.at(-1);
      const isTimeout = last !== undefined && 'field' in last && last.field === 'on:timeout';
      return isTimeout && flowsInto(this.#program, fn, other.place.root.of).has(step);
    });
  }

  /** A function ends what a step of another has made. */
  #ends(id: FunctionId, maker: FunctionId, made: Call): boolean {
    const fn = this.#program.functions.get(id);
    if (!fn) return false;
    return [...this.#program.steps(id).values()].some(
      step =>
        step.kind === 'cancel' &&
        typeof step.what === 'number' &&
        this.#refs(fn, step.what).some(ref => {
          const found = this.#makerOf(ref);
          return found?.fn === maker && found.step === made;
        }),
    );
  }

  /** Its promise is raced against a timer, here or by whoever calls. */
  #isWrapped(fn: FunctionFacts, step: Step): boolean {
    return this.#isRaced(fn, step) || this.#isFunctionWrapped(fn, DEPTH);
  }

  #isRaced(fn: FunctionFacts, step: Step): boolean {
    if (this.#raced.has(step)) return true;
    return [...this.#program.steps(fn.id).values()].some(
      other =>
        other.kind === 'call' &&
        other !== step &&
        this.#isHelper(fn, other) &&
        other.args.some(arg => flowsInto(this.#program, fn, arg).has(step)),
    );
  }

  #isHelper(fn: FunctionFacts, call: Call): boolean {
    const targets = this.#graph.targets(fn.id, call.id);
    if (targets.length > 0) return targets.every(id => this.#racers.has(id));
    const { target } = call;
    const name = target.kind === 'external' ? target.name : target.kind === 'unresolved' ? target.text : '';
    return HELPER.test(name) && !/#(?:\w+\.)?(?:set|clear)Timeout$/.test(name);
  }

  /** It is given to a helper that races what it gives, or everybody who calls it bounds the call. */
  #isFunctionWrapped(fn: FunctionFacts, depth: number): boolean {
    const known = this.#wrapped.get(fn.id);
    if (known !== undefined) return known;
    this.#wrapped.set(fn.id, false);
    const found = depth > 0 && (this.#isGivenToHelper(fn) || this.#isCalledBounded(fn, depth));
    this.#wrapped.set(fn.id, found);
    return found;
  }

  #isGivenToHelper(fn: FunctionFacts): boolean {
    const outer = fn.parent === null ? undefined : this.#program.functions.get(fn.parent);
    if (!outer) return false;
    return [...this.#program.steps(outer.id).values()].some(
      step =>
        step.kind === 'call' &&
        step.args.some(arg => {
          const value = outer.values[arg];
          return value?.kind === 'function' && value.id === fn.id;
        }) &&
        this.#isHelper(outer, step),
    );
  }

  #isCalledBounded(fn: FunctionFacts, depth: number): boolean {
    const callers = this.#graph.callers(fn.id);
    return (
      callers.length > 0 &&
      callers.every(({ caller, step }) => {
        const from = this.#program.functions.get(caller);
        const call = this.#program.steps(caller).get(step);
        return from && call && (this.#isRaced(from, call) || this.#isFunctionWrapped(from, depth - 1));
      })
    );
  }
}

/** What a member is a member of, at any depth. */
function holderOf(ref: Ref): Ref {
  let holder = ref;
  while (holder.kind === 'field') holder = holder.base;
  return holder;
}

/** What handlers and service loops of long-lived programs run, by what a person calls the handler. */
function servedFunctions(get: Get, program: Program): ReadonlyMap<FunctionId, string> {
  const graph = get(callGraph);
  const found = new Map<FunctionId, string>();
  for (const [fn, { entry }] of reachedByRequests(get, program)) found.set(fn, entry.entry.label);
  const queue: FunctionId[] = [];
  const reach = (fn: FunctionId, label: string): void => {
    if (found.has(fn)) return;
    found.set(fn, label);
    queue.push(fn);
  };
  for (const one of get(programs)) {
    if (one.intakes.length === 0) continue;
    for (const intake of one.intakes) if (intake.loop) reach(intake.fn, 'a loop that goes on for ever');
    for (const fn of one.startUp)
      for (const step of program.steps(fn).values()) {
        const isLater =
          (step.kind === 'register' && step.entry.trigger === 'event') ||
          (step.kind === 'spawn' && step.how === 'interval');
        if (!isLater) continue;
        const label = step.kind === 'register' ? step.entry.label : 'an interval';
        for (const handler of graph.targets(fn, step.id)) reach(handler, label);
      }
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const label = found.get(next) ?? '';
    for (const step of program.steps(next).values()) {
      if (step.kind === 'register' && step.entry.trigger !== 'event') continue;
      const targets = graph.targets(next, step.id);
      if (targets.length <= 3) for (const callee of targets) reach(callee, label);
    }
  }
  return found;
}
