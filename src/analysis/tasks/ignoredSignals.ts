/** Functions that take a signal and never look at it, and loops that go on whatever becomes of it. */
import type { Call, FunctionFacts, FunctionId, Loop, Step, TypeId, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUses, type FunctionUsesOf, keyName } from '../promises/consumptionIndex.ts';
import type { Program } from '../program.ts';
import { type Promises, promises } from '../promises/promises.ts';
import { type SignalCall, signalCalls } from './signalFlow.ts';
import { looksAtOthersAlone } from './optionReads.ts';
import { memberName, type Signals, signals } from './signals.ts';
import { calledName, conditionReads, logs } from '../steps.ts';
import { walkPlaces } from '../stepPlaces.ts';
import { fieldRead, flowsInto } from '../valueParts.ts';

export interface IgnoredSignal {
  fn: FunctionFacts;
  /** The parameter's name, with the path: `options.signal`. */
  name: string;
  /** The loop that does not look; null: the whole function. */
  loop: Loop | null;
  confidence: Confidence;
}

export interface IgnoredSignals {
  ignored: readonly IgnoredSignal[];
  /** Functions that take a signal and do something that takes time. */
  takers: readonly FunctionFacts[];
}

export const ignoredSignals = defineAnalysis<IgnoredSignals>('ignored-signals', (get, program) => {
  const finder = new Finder(get, program);
  const takers = [...program.functions.values()].filter(
    fn => !fn.synthetic && fn.parameters.some(one => one.signal !== undefined) && finder.takesTime(fn),
  );
  return { takers, ignored: takers.flatMap(fn => finder.in(fn)) };
});

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #promises: Promises;
  readonly #usesOf: FunctionUsesOf;
  readonly #signals: Signals;
  readonly #dropped: ReadonlyMap<Step, SignalCall>;
  /** Functions that are given away where they are written: what they take is somebody else's contract. */
  readonly #inline = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#promises = get(promises);
    this.#usesOf = get(functionUses);
    this.#signals = get(signals);
    this.#dropped = new Map(
      get(signalCalls).flatMap(call => (call.fate === 'dropped' ? [[call.step, call] as const] : [])),
    );
    for (const fn of program.functions.values()) this.#noteInline(fn);
  }

  #noteInline(fn: FunctionFacts): void {
    const uses = this.#usesOf(fn.id);
    fn.values.forEach((value, id) => {
      if (value.kind !== 'function') return;
      const found = uses.of(id);
      if (found.some(use => use.as === 'held' || (use.as === 'step' && use.role !== 'return' && use.role !== 'store')))
        if (!found.some(use => use.as === 'slot')) this.#inline.add(value.id);
    });
  }

  takesTime(fn: FunctionFacts): boolean {
    return [...this.#program.steps(fn.id).values()].some(
      step =>
        step.kind === 'await' ||
        step.kind === 'chain' ||
        (step.kind === 'loop' && step.awaitsEach) ||
        (step.kind === 'call' && this.#promises.ofCall(fn.id, step) !== null),
    );
  }

  in(fn: FunctionFacts): IgnoredSignal[] {
    const isAsked = fn.parameters.some(({ signal }) => signal?.used && signal.path.length === 0);
    return fn.parameters.flatMap(({ name, type, signal }, index): IgnoredSignal[] => {
      if (!signal || this.#signals.isOfProcess(fn, index) || this.#signals.putsItself(fn, index, signal.path))
        return [];
      // A request that happens to have one, beside the signal that was asked for.
      if (isAsked && signal.path.length > 0 && !this.#isOwnOptions(type)) return [];
      const said = [name, ...signal.path].filter(part => part !== '').join('.');
      if (!signal.used) {
        // Options that may have a signal ask for nothing; a pattern that takes it out of them does, and so do options of
        // which nothing is read at all.
        const own = signal.path.length === 0 ? name : signal.taken;
        const whole = own === undefined && this.#isOwnOptions(type) && !this.#isRequired(fn) ? name : '';
        if ((own ?? whole) === '' || (own ?? whole).startsWith('_') || this.#inline.has(fn.id)) return [];
        return [{ fn, name: said, loop: null, confidence: this.#isRequired(fn) ? 'medium' : ('high' as const) }];
      }
      if (this.#isAskedInVain(fn, index, signal.path[0])) return [{ fn, name: said, loop: null, confidence: 'high' }];
      return this.#loops(fn, index, signal.path[0]).map(loop => ({
        fn,
        name: said,
        loop,
        confidence: loop.awaitsEach || loop.times.kind === 'unbounded' ? ('high' as const) : ('medium' as const),
      }));
    });
  }

  /** A caller passes the signal along with other options, and these alone are read. */
  #isAskedInVain(fn: FunctionFacts, index: number, option: string | undefined): boolean {
    if (option === undefined || this.#inline.has(fn.id)) return false;
    return (
      looksAtOthersAlone(this.#usesOf(fn.id), index, option) &&
      this.#graph.callers(fn.id).some(({ caller, step }) => this.#passes(caller, step, index, option))
    );
  }

  #passes(caller: FunctionId, id: number, index: number, option: string): boolean {
    const call = this.#program.steps(caller).get(id);
    const given = call?.kind === 'call' ? call.args[index] : undefined;
    const facts = given === undefined ? undefined : this.#program.functions.get(caller)?.values[given];
    return facts?.kind === 'object' && Object.hasOwn(facts.fields, option);
  }

  /** What the options are stands in the project, at the parameter or by a name of its own. */
  #isOwnOptions(type: TypeId | null): boolean {
    return type === null || this.#program.types.has(type);
  }

  /** A base class or interface asks for the parameter. */
  #isRequired(fn: FunctionFacts): boolean {
    return fn.owner !== null && (this.#program.types.get(fn.owner)?.supertypes.length ?? 0) > 0;
  }

  #loops(fn: FunctionFacts, index: number, option: string | undefined): Loop[] {
    const touched = new Taint(fn, this.#program, this.#usesOf, this.#graph).from(index, option);
    const found: Loop[] = [];
    walkPlaces(fn.body, (step, around) => {
      if (step.kind !== 'loop' || around.loops.length > 0 || around.cleanup !== null) return;
      if (step.times.kind === 'exactly' || touched.has(step) || !this.#waits(step)) return;
      if (looksAtSome(fn, step) || this.#isOfSignal(fn, step, index)) return;
      found.push(step);
    });
    return found;
  }

  /** It goes over a stream that every caller makes with the signal that it passes along with it. */
  #isOfSignal(fn: FunctionFacts, { awaitsEach, over }: Loop, index: number): boolean {
    const facts = over === undefined ? undefined : fn.values[over];
    const root = facts?.kind === 'read' && facts.place.path.length === 0 ? facts.place.root : undefined;
    if (!awaitsEach || root?.kind !== 'parameter') return false;
    const callers = this.#graph.callers(fn.id);
    return callers.length > 0 && callers.every(({ caller, step }) => this.#passesBoth(caller, step, root.index, index));
  }

  #passesBoth(caller: FunctionId, id: number, stream: number, signal: number): boolean {
    const fn = this.#program.functions.get(caller);
    const call = this.#program.steps(caller).get(id);
    const given = call?.kind === 'call' ? call.args[signal] : undefined;
    const source = call?.kind === 'call' ? call.args[stream] : undefined;
    if (!fn || given === undefined || source === undefined) return false;
    const same = JSON.stringify(fn.values[given]);
    return [...flowsInto(this.#program, fn, source)].some(
      made => made.kind === 'call' && made.args.some(arg => arg === given || JSON.stringify(fn.values[arg]) === same),
    );
  }

  /** It waits for something in every round that is not itself told to pass the signal on. */
  #waits(loop: Loop): boolean {
    const inside: Step[] = [];
    walkPlaces(loop.body, step => inside.push(step));
    const isDropped = inside.some(step => this.#dropped.has(step));
    const waits = inside.filter(step => step.kind === 'await' || (step.kind === 'loop' && step.awaitsEach)).length;
    const dropped = inside.filter(step => this.#dropped.has(step)).length;
    return (waits > 0 || loop.awaitsEach) && !(isDropped && waits <= dropped && !loop.awaitsEach);
  }
}

/** A round asks some signal whether it is aborted: by a way that is not followed, it may be the one that is taken. */
function looksAtSome(fn: FunctionFacts, loop: Loop): boolean {
  let looks = false;
  walkPlaces(loop.body, step => {
    const condition = step.kind === 'branch' || step.kind === 'loop' ? step.condition : undefined;
    if (condition && conditionReads(condition).some(value => fieldRead(fn, value) === 'aborted')) looks = true;
    if (step.kind === 'call' && memberName(calledName(step.target)) === 'throwIfAborted') looks = true;
  });
  return looks;
}

/** Everything in a function that has to do with a signal: what is made with it, and what its listeners touch. */
class Taint {
  readonly #fn: FunctionFacts;
  readonly #program: Program;
  readonly #uses: FunctionUses;
  readonly #usesOf: FunctionUsesOf;
  readonly #graph: CallGraph;
  readonly #values = new Set<ValueId>();
  readonly #slots = new Set<string>();
  readonly #places = new Set<string>();
  readonly #queue: ValueId[] = [];

  constructor(fn: FunctionFacts, program: Program, usesOf: FunctionUsesOf, graph: CallGraph) {
    this.#fn = fn;
    this.#program = program;
    this.#uses = usesOf(fn.id);
    this.#usesOf = usesOf;
    this.#graph = graph;
  }

  /** @returns the loops that have a part in it. */
  from(index: number, option: string | undefined): ReadonlySet<Step> {
    const isIts = (keys: readonly (string | null)[]): boolean =>
      option === undefined || keys.length === 0 || keys[0] === null || keyName(keys[0]) === option;
    const steps = new Set<Step>();
    for (const { value, keys } of this.#uses.parameter(index))
      if (isIts(keys)) this.#add(value, option !== undefined && keys.length === 0 ? option : undefined);
    for (const { step, keys } of this.#uses.parameterSteps(index)) if (isIts(keys)) this.#step(step, steps);
    for (let round = 0; round < 4; round += 1) {
      this.#follow(steps);
      this.#readPlaces();
    }
    return this.#loopsAround(steps);
  }

  readonly #whole = new Map<ValueId, string>();
  #add(value: ValueId, option?: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    if (option !== undefined) this.#whole.set(value, option);
    this.#queue.push(value);
  }

  #follow(steps: Set<Step>): void {
    for (let value = this.#queue.pop(); value !== undefined; value = this.#queue.pop()) {
      const option = this.#whole.get(value);
      for (const use of this.#uses.of(value)) {
        if (use.as === 'slot') this.#slot(use.slot);
        else if (use.as === 'step') this.#step(use.step, steps);
        else if (use.as === 'part' && option !== undefined && keyName(use.keys[0]) !== option) continue;
        else this.#add(use.value, use.as === 'alias' || use.as === 'spread' ? option : undefined);
      }
    }
  }

  #slot(slot: string): void {
    if (this.#slots.has(slot)) return;
    this.#slots.add(slot);
    const held = this.#fn.slots[slot]?.value;
    if (held != null) this.#add(held);
    this.#fn.values.forEach((value, id) => {
      if (value.kind === 'function' && this.#captures(value.id, slot)) this.#add(id);
      if (value.kind === 'read' && value.place.root.kind === 'captured' && value.place.root.slot === slot)
        this.#add(id);
    });
    for (const step of this.#program.steps(this.#fn.id).values())
      if (
        step.kind === 'call' &&
        step.target.kind === 'functions' &&
        step.target.ids.some(id => this.#captures(id, slot))
      )
        this.#settled(step);
  }

  /** `new Promise(reject => signal.addEventListener('abort', reject))`: a function that stands here and sees the signal. */
  #isExecutor({ target }: Call): boolean {
    const callee = target.kind === 'value' ? this.#fn.values[target.of] : undefined;
    return callee?.kind === 'function' && [...this.#slots].some(slot => this.#captures(callee.id, slot));
  }

  /** What a call gives that sees the signal, and the promise that it is given the ends of. */
  #settled(step: Call): void {
    this.#result(step);
    for (const arg of step.args) {
      const facts = this.#fn.values[arg];
      if (facts?.kind === 'read' && facts.place.root.kind === 'value') this.#add(facts.place.root.of);
    }
  }

  #captures(id: FunctionId, slot: string): boolean {
    const facts = this.#program.functions.get(id);
    return facts?.captures.some(one => one.from === this.#fn.id && one.slot === slot) ?? false;
  }

  readonly #called = new Set<Step>();
  #result(step: Step): void {
    this.#called.add(step);
    const value = this.#uses.resultOf(step.id);
    if (value !== undefined) this.#add(value);
  }

  /** A step that the signal has a part in: what it gives and writes has to do with the signal. */
  #step(step: Step, steps: Set<Step>): void {
    if (steps.has(step)) return;
    steps.add(step);
    if (step.kind === 'call' || step.kind === 'chain' || step.kind === 'spawn') this.#result(step);
    if (step.kind === 'call' && step.receiver !== undefined) this.#add(step.receiver);
    if (step.kind === 'call' && this.#isExecutor(step)) this.#settled(step);
    if (step.kind === 'call') for (const arg of step.args) this.#listener(arg);
    if (step.kind === 'register') this.#listener(step.handler);
    if (step.kind === 'access') {
      if (step.value !== undefined) this.#listener(step.value);
      if (step.mode === 'write') this.#places.add(JSON.stringify(step.place));
      if (step.mode === 'update' && step.place.root.kind === 'value') this.#add(step.place.root.of);
    }
  }

  /** What a listener looks at or sets tells the rest of the function. */
  #listener(value: ValueId): void {
    const facts = this.#fn.values[value];
    if (facts?.kind !== 'function') return;
    for (const one of this.#program.functions.get(facts.id)?.captures ?? [])
      if (one.from === this.#fn.id && !this.#isOnlyTold(facts.id, one.slot)) this.#slot(one.slot);
    for (const step of this.#program.steps(facts.id).values())
      if (step.kind === 'access' && step.mode === 'write') this.#places.add(JSON.stringify(step.place));
  }

  /** All that a listener does with a variable is to log it. */
  #isOnlyTold(listener: FunctionId, slot: string): boolean {
    const uses = this.#usesOf(listener);
    const reads = (this.#program.functions.get(listener)?.values ?? []).flatMap((value, id) =>
      value.kind === 'read' && value.place.root.kind === 'captured' && value.place.root.slot === slot ? [id] : [],
    );
    const isTold = (value: ValueId): boolean =>
      uses
        .of(value)
        .every(use =>
          use.as === 'step' ? use.role === 'argument' && logs(use.step) : use.as === 'computed' && isTold(use.value),
        );
    return reads.length > 0 && reads.every(isTold);
  }

  #readPlaces(): void {
    this.#fn.values.forEach((value, id) => {
      if (value.kind === 'read' && this.#places.has(JSON.stringify(value.place))) this.#add(id);
    });
  }

  #loopsAround(steps: Set<Step>): ReadonlySet<Step> {
    const found = new Set<Step>();
    const reached = new Set(steps);
    for (const step of this.#called) reached.add(step);
    walkPlaces(this.#fn.body, (step, around) => {
      const isCondition = step.kind === 'loop' && step.over !== undefined && this.#values.has(step.over);
      const calls = step.kind === 'call' && this.#graph.targets(this.#fn.id, step.id).some(id => this.#looks(id));
      if (isCondition) found.add(step);
      if (reached.has(step) || calls) {
        if (step.kind === 'loop') found.add(step);
        for (const loop of around.loops) found.add(loop);
      }
    });
    return found;
  }

  #looks(id: FunctionId): boolean {
    return [...this.#slots].some(slot => this.#captures(id, slot));
  }
}
