/** Calls that take a signal, made by functions that have one: passed on, dropped, or replaced by another. */
import type { Call, Condition, FunctionFacts, FunctionId, OptionUse, Step } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf } from '../promises/consumptionIndex.ts';
import { conditionReads, missingWhere } from '../steps.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { optionUses, type OptionUses } from '../flow/optionUses.ts';
import { isEndedByListener } from './endedByListener.ts';
import { type LifeCycles, lifeCycles } from './ownershipClasses.ts';
import { makerOf, type Program, type Site, takesPermit } from '../program.ts';
import { looksAtOthersAlone } from './optionReads.ts';
import { type Promises, promises } from '../promises/promises.ts';
import type { Ref } from '../refs.ts';
import { isRacedWithAbort } from './racedWithAbort.ts';
import { isSignalType, type SignalInHand, type Signals, signals } from './signals.ts';
import { isBoundTo } from './signalsBound.ts';
import { carriesHand, isBoundInto, isHandedWithCallback } from './signalsHandedOn.ts';
import { type Around, walkPlaces } from '../stepPlaces.ts';
import { fieldRead, flowsInto, lastField } from '../valueParts.ts';

export interface SignalCall {
  fn: FunctionFacts;
  step: Call;
  site: Site;
  hand: SignalInHand;
  /** Where the call takes it. */
  use: Pick<OptionUse, 'argument' | 'option'>;
  fate: 'passed' | 'dropped' | 'replaced';
  /** Work so short that it need not be ended. */
  short: boolean;
  confidence: Confidence;
}

/** Every call that takes a signal, of every function that has one; cleanup and detached work left out. */
export const signalCalls = defineAnalysis<readonly SignalCall[]>('signal-calls', (get, program) => {
  const follower = new Follower(get, program);
  return [...program.functions.values()].flatMap(fn => (fn.synthetic ? [] : follower.of(fn)));
});

/** A pause that is over before anybody notices, in milliseconds. */
const SHORT_PAUSE = 100;

class Follower {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #promises: Promises;
  readonly #signals: Signals;
  readonly #uses: OptionUses;
  readonly #usesOf: FunctionUsesOf;
  readonly #cycles: LifeCycles;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#promises = get(promises);
    this.#signals = get(signals);
    this.#uses = get(optionUses);
    this.#usesOf = get(functionUses);
    this.#cycles = get(lifeCycles);
  }

  of(fn: FunctionFacts): SignalCall[] {
    const [hand] = this.#signals.inHand(fn);
    if (!hand) return [];
    const dropped = new Set<number>();
    for (const step of this.#program.steps(fn.id).values())
      if (step.kind === 'drop' && step.how === 'void') dropped.add(step.value);
    const found: SignalCall[] = [];
    walkPlaces(fn.body, (step, around) => {
      if (step.kind !== 'call' || !this.#isWork(fn, step)) return;
      const use = this.#uses.signal(fn, step);
      if (!use || use.how === 'unknown') return;
      if (this.#isCleanup(fn, step, around) || this.#isDetached(fn, step, dropped)) return;
      if (this.#isWithout(fn, hand, around)) return;
      // It was not made yet.
      if (hand.of === fn.id && hand.madeBy !== undefined && step.id < hand.madeBy) return;
      const how = this.#uses.resolved(fn, use);
      const isReplaced = how === 'given' && use.value !== undefined && this.#replaces(fn, hand, use.value);
      if (how === 'absent' && this.#isOfNoUse(fn, step)) return;
      if (how === 'absent' && (this.#hasItself(fn, hand, step) || this.#isHandedOn(fn, hand, step, use))) return;
      if (how === 'absent' && step.newOf !== undefined && this.#isListenedTo(hand)) return;
      if (how === 'absent' && isEndedByListener(this.#program, this.#graph, hand.of, fn, step)) return;
      if (how === 'absent' && this.#isLookedAtInTurn(fn, hand, step)) return;
      if (how === 'absent' && hand.from === 'field' && this.#isBookkeeping(fn.id, step)) return;
      if (how === 'absent' && (this.#isRaced(fn, hand, step) || this.#waitsForAbort(fn, step))) return;
      found.push({
        fn,
        step,
        site: this.#program.site(fn.id, step.at),
        hand,
        use,
        fate: how === 'absent' ? 'dropped' : isReplaced ? 'replaced' : 'passed',
        short: this.#isShort(fn, step),
        confidence: hand.sure && use.how !== 'carried' ? 'high' : 'medium',
      });
    });
    return found;
  }

  /** Whoever is called takes options in which a signal may be, and never looks for it. */
  #isOfNoUse(fn: FunctionFacts, step: Call): boolean {
    const targets = this.#graph.targets(fn.id, step.id).map(id => this.#program.functions.get(id));
    return (
      targets.length > 0 &&
      targets.every(target => {
        const index = target?.parameters.findIndex(({ signal }) => signal !== undefined) ?? -1;
        const signal = target?.parameters[index]?.signal;
        const [option] = signal?.path ?? [];
        if (!target || target.synthetic || !signal || option === undefined) return false;
        return !signal.used || looksAtOthersAlone(this.#usesOf(target.id), index, option);
      })
    );
  }

  /** Something that goes on after the call has returned. */
  #isWork(fn: FunctionFacts, step: Call): boolean {
    const outside = step.stopping?.outside ?? step.known?.outside;
    if (step.newOf !== undefined) return outside === 'network' || outside === 'process';
    if (step.known && step.stopping?.signal === undefined && !step.known.signal && step.target.kind === 'external')
      return false;
    const targets = this.#graph.targets(fn.id, step.id);
    return (
      this.#promises.ofCall(fn.id, step) !== null ||
      outside === 'network' ||
      this.#isAwaited(fn, step) ||
      targets.some(id => this.#program.functions.get(id)?.calling === 'async-generator')
    );
  }

  /** The signal of an object's life ends what waits for the outside; bookkeeping among the project's objects ends by itself. */
  #isBookkeeping(fn: FunctionId, step: Call): boolean {
    const isOwn = this.#graph.targets(fn, step.id).some(id => this.#program.functions.get(id)?.synthetic !== true);
    return isOwn && !this.#goesOutside(fn, step);
  }

  #goesOutside(fn: FunctionId, step: Call, seen: Set<FunctionId> = new Set()): boolean {
    if ((step.stopping?.outside ?? step.known?.outside) !== undefined) return true;
    return this.#graph.targets(fn, step.id).some(id => {
      if (seen.has(id)) return false;
      seen.add(id);
      return [...this.#program.steps(id).values()].some(
        inner => inner.kind === 'spawn' || (inner.kind === 'call' && this.#goesOutside(id, inner, seen)),
      );
    });
  }

  #isAwaited(fn: FunctionFacts, step: Call): boolean {
    const uses = this.#usesOf(fn.id);
    const value = uses.resultOf(step.id);
    return (
      value !== undefined &&
      uses
        .of(value)
        .some(use => use.as === 'combined' || (use.as === 'step' && (use.role === 'await' || use.role === 'chain')))
    );
  }

  /** What must be done also when the signal is aborted. A pause before the next attempt is no cleanup. */
  #isCleanup(fn: FunctionFacts, step: Call, { cleanup, when, loops }: Around): boolean {
    if (cleanup === 'finally') return true;
    const isPause = (step.stopping?.outside ?? step.known?.outside) === 'timer';
    if (cleanup === 'catch' && !(isPause && loops.length > 0)) return true;
    return when.some(({ condition, holds }) => isAborted(fn, condition, holds));
  }

  /** Where the call stands, the signal or what holds it is known not to be there. */
  #isWithout(fn: FunctionFacts, hand: SignalInHand, { when }: Around): boolean {
    if (hand.from !== 'parameter') return false;
    return when.some(({ condition, holds }) => isMissing(fn, hand, condition, holds));
  }

  /** The signal goes along with something that the call is given, or with what is called. */
  #isHandedOn(fn: FunctionFacts, hand: SignalInHand, step: Call, use: OptionUse): boolean {
    return (
      carriesHand(this.#program, this.#graph, fn, hand, use) ||
      isBoundInto(this.#program, this.#graph, hand, fn.id, step) ||
      isBoundTo(this.#eval, this.#program, hand, fn, step)
    );
  }

  /** `once(signal, 'abort')`: what the call waits for is that a signal is aborted. */
  #waitsForAbort(fn: FunctionFacts, { args: [first] }: Call): boolean {
    if (first === undefined) return false;
    return this.#eval.evaluate(this.#eval.symbolicFrame(fn), first).some(ref => {
      if (ref.kind !== 'field') return ref.kind === 'parameter' && isSignalType(ref.type);
      return isSignalType(ref.type) || (ref.base.kind === 'made' && isSignalType(ref.base.type));
    });
  }

  /** What only waits in this process ends with the race. */
  #isRaced(fn: FunctionFacts, hand: SignalInHand, step: Call): boolean {
    if (this.#goesOutside(fn.id, step)) return false;
    return isRacedWithAbort(this.#program, fn, step, (at, call) => {
      const use = this.#uses.signal(at, call);
      if (use && (use.how === 'given' || use.how === 'carried')) return true;
      const frame = this.#eval.symbolicFrame(at);
      return call.args.some(arg => this.#eval.evaluate(frame, arg).some(ref => this.#comesFrom(ref, hand)));
    });
  }

  #isDetached(fn: FunctionFacts, step: Call, dropped: ReadonlySet<number>): boolean {
    return [...dropped].some(value => {
      const facts = fn.values[value];
      if (facts?.kind !== 'result') return false;
      const made = this.#program.steps(fn.id).get(facts.of);
      return made === step || (made?.kind === 'chain' && isResultOf(fn, made.of, step));
    });
  }

  /** The object that is called keeps a signal, or was made with one. */
  #hasItself(fn: FunctionFacts, hand: SignalInHand, step: Call): boolean {
    for (const id of this.#graph.targets(fn.id, step.id)) {
      const owner = this.#program.functions.get(id)?.owner ?? null;
      if (owner !== null && this.#signals.keepsSignal(owner)) return true;
    }
    if (step.receiver === undefined) return false;
    if (this.#isPartOfGiven(fn, step.receiver)) return true;
    return this.#eval
      .evaluate(this.#eval.symbolicFrame(fn), step.receiver)
      .some(ref => this.#madeWithSignal(ref, hand));
  }

  /**
   * The queue of an object runs what it is given in its turn, and that looks at the object's signal: once it is aborted,
   * what waits in the queue ends as soon as it starts. (A signal that is a parameter: `isBoundInto`.)
   */
  #isLookedAtInTurn(fn: FunctionFacts, hand: SignalInHand, step: Call): boolean {
    const [field] = hand.path;
    const owner = this.#program.functions.get(hand.of)?.owner ?? null;
    if (hand.from !== 'field' || field === undefined || owner === null) return false;
    if (!this.#graph.targets(fn.id, step.id).some(id => takesPermit(this.#program, id))) return false;
    const work = step.args.flatMap(arg => [...this.#graph.functionsIn(fn.id, arg)]);
    return work.length > 0 && this.#cycles.looksAt(owner, work, field);
  }

  /** `response.body.pipeTo(…)`: a part of what a call has given that was made with a signal ends with it. */
  #isPartOfGiven(fn: FunctionFacts, value: number): boolean {
    const facts = fn.values[value];
    if (facts?.kind !== 'read' || facts.place.root.kind !== 'value' || facts.place.path.length === 0) return false;
    return [...flowsInto(this.#program, fn, facts.place.root.of)].some(made => {
      const use = made.kind === 'call' ? this.#uses.signal(fn, made) : undefined;
      return use !== undefined && (use.how === 'given' || use.how === 'carried');
    });
  }

  #madeWithSignal(ref: Ref, hand: SignalInHand): boolean {
    const maker = makerOf(this.#program, ref);
    if (!maker) return false;
    return maker.step.args.some(arg =>
      this.#eval
        .evaluate(maker.frame, arg)
        .some(
          one =>
            this.#comesFrom(one, hand) ||
            (one.kind === 'made' && this.#fieldsOf(one).some(inner => this.#comesFrom(inner, hand))),
        ),
    );
  }

  #fieldsOf(ref: Ref & { kind: 'made' }): readonly Ref[] {
    const literal = 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
    if (literal?.kind !== 'object') return [];
    return Object.values(literal.fields).flatMap(value => [...this.#eval.evaluate(ref.frame, value)]);
  }

  #comesFrom(ref: Ref, { of, index }: SignalInHand): boolean {
    if (ref.kind === 'field') return this.#comesFrom(ref.base, { of, index } as SignalInHand);
    return ref.kind === 'parameter' && ref.fn === of && ref.index === index;
  }

  /** Another signal is given, made here, that has nothing to do with the one in hand. */
  #replaces(fn: FunctionFacts, hand: SignalInHand, value: number): boolean {
    if (hand.from === 'field' || hand.from === 'own' || !hand.sure) return false;
    const refs = this.#eval.evaluate(this.#eval.symbolicFrame(fn), value);
    if (refs.length === 0 || this.#isListenedTo(hand)) return false;
    return refs.every(ref => {
      const made = ref.kind === 'field' && ref.base.kind === 'made' ? ref.base : ref;
      if (made.kind !== 'made' || made.frame.fn.id !== fn.id) return false;
      return this.#eval.elements(made).length === 0;
    });
  }

  /** A listener on it may end whatever is used instead, or what was started and is held in hand: a process, a socket. */
  #isListenedTo({ of, path, index }: SignalInHand): boolean {
    const isIts = (step: Step, from: string): boolean => {
      if (step.kind !== 'access' || step.mode === 'delete') return false;
      const { root, path: steps } = step.place;
      const last = steps.at(-1);
      if (!last || !('field' in last) || last.field !== 'on:abort') return false;
      const fn = this.#program.functions.get(from);
      if (!fn) return false;
      const at = root.kind === 'value' ? fn.values[root.of] : undefined;
      const base = at?.kind === 'read' ? at.place.root : root;
      return base.kind === 'captured' || (base.kind === 'parameter' && base.index === index && from === of);
    };
    for (const fn of this.#program.functions.values())
      if (fn.id === of || fn.id.startsWith(`${of}/`))
        for (const step of this.#program.steps(fn.id).values())
          if (isIts(step, fn.id) || (fn.id === of && isHandedWithCallback(fn, step, index, path))) return true;
    return false;
  }

  /** `once(server, 'listening')`: a server listens, or fails to, in the next turns. */
  #waitsToListen(id: FunctionId): boolean {
    return [...this.#program.steps(id).values()].some(
      step => step.kind === 'wait' && typeof step.on === 'object' && lastField(step.on) === 'on:listening',
    );
  }

  #isShort(fn: FunctionFacts, step: Call): boolean {
    const outside = step.stopping?.outside ?? step.known?.outside;
    if (outside === 'file') return true;
    if (this.#graph.targets(fn.id, step.id).some(id => this.#waitsToListen(id))) return true;
    const [first] = step.args;
    const pause = outside !== 'timer' || first === undefined ? undefined : fn.values[first];
    return pause?.kind === 'constant' && Number(pause.text) < SHORT_PAUSE;
  }
}

function isResultOf(fn: FunctionFacts, value: number, step: Step): boolean {
  const facts = fn.values[value];
  return facts?.kind === 'result' && facts.of === step.id;
}

/** A condition that says that a signal is aborted. */
function isAborted(fn: FunctionFacts, condition: Condition, holds: boolean): boolean {
  if (condition.kind === 'not') return isAborted(fn, condition.of, !holds);
  if (condition.kind === 'and') return holds && condition.of.some(part => isAborted(fn, part, holds));
  return (
    holds && condition.kind === 'truthy' && conditionReads(condition).some(value => fieldRead(fn, value) === 'aborted')
  );
}

/** The condition says that the signal, or the options that it would be in, are not given. */
const isMissing = (fn: FunctionFacts, hand: SignalInHand, condition: Condition, holds: boolean): boolean =>
  missingWhere(fn, condition, holds).some(value => {
    const facts = fn.values[value];
    if (facts?.kind !== 'read' || facts.place.root.kind !== 'parameter') return false;
    const { root, path } = facts.place;
    return root.index === hand.index && path.every((part, at) => 'field' in part && part.field === hand.path[at]);
  });
