/**
 * Signals in hand: which functions have a signal (or cancel token) that they could pass on, and what becomes of it
 * inside of them (ALGORITHMS 6, "Cancellation").
 */
import type { FunctionFacts, FunctionId, Place, StepId, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { type IdleController, idleControllers, type ScopeController, scopeControllers } from './idleControllers.ts';
import { isEndName } from './ownershipClasses.ts';
import { type Program, walkSteps } from '../program.ts';
import { writeIndex, type WriteIndex } from '../writeIndex.ts';
import { isOfInstance } from '../valueParts.ts';

export interface SignalInHand {
  /**
   * `own`: a controller that the function makes and aborts later on, and whose signal nobody gets, or the closure gets
   * that has it.
   */
  from: 'parameter' | 'enclosing' | 'field' | 'own';
  /** The function that has it: for `enclosing` (and `own`, in a closure) the outer one. */
  of: FunctionId;
  /** `parameter`, `enclosing`: which one. */
  index: number;
  /** `own`: the step that makes it. */
  madeBy?: StepId;
  /** From the parameter to the signal; empty: it is the signal. */
  path: readonly string[];
  /** What a person calls it: `signal`, `options.signal`, `this.#stop`. */
  name: string;
  sure: boolean;
}

export interface Signals {
  inHand(fn: FunctionFacts): readonly SignalInHand[];
  /** By its name a signal, and in fact the name of one of the operating system's: `SIGTERM`. */
  isOfProcess(fn: FunctionFacts, index: number): boolean;
  /** The function puts a signal of its own at the path of a parameter, for others to find: that is none of its caller's. */
  putsItself(fn: FunctionFacts, index: number, path: readonly string[]): boolean;
  /** The object keeps a signal of its own. */
  keepsSignal(type: TypeId): boolean;
}

const SIGNAL = /#(?:AbortSignal|AbortController|CancellationToken|CancellationTokenSource|CancelToken)$/;

export const isSignalType = (type: TypeId | null): boolean => type !== null && SIGNAL.test(type);

/** Types from outside that are made to be passed on. */
const OPTIONS = /(?:Init|Options|Config|Context)$/;

/** The member's name at the end of an id or full name: `close` of `Pool.close`, `[Symbol.dispose]`. */
export const memberName = (name: string): string =>
  /\[Symbol\.\w+\]$/.exec(name)?.[0] ?? name.slice(name.lastIndexOf('.') + 1);

export const signals = defineAnalysis<Signals>('signals', (get, program) => new Finder(get, program));

class Finder implements Signals {
  readonly #program: Program;
  readonly #types: TypeHierarchy;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #detached: ReadonlySet<FunctionId>;
  /** Handlers of the signals of the operating system. */
  readonly #ofProcess: ReadonlySet<FunctionId>;
  /** Files in which the signal of a type from outside is looked at, by type. */
  readonly #looked: ReadonlySet<string>;
  readonly #idle: ReadonlyMap<FunctionId, readonly IdleController[]>;
  readonly #scoped: ReadonlyMap<FunctionId, readonly ScopeController[]>;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#types = get(hierarchy);
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#detached = this.#handlers();
    this.#ofProcess = this.#endings();
    this.#looked = this.#reads();
    this.#idle = get(idleControllers);
    this.#scoped = get(scopeControllers);
  }

  inHand(fn: FunctionFacts): SignalInHand[] {
    const own = this.#ofParameters(fn, 'parameter');
    if (own.length > 0) return own;
    const outer = this.#ofEnclosing(fn);
    if (outer.length > 0) return outer;
    const made = this.#made(fn);
    if (made.length > 0) return made;
    const scoped = (this.#scoped.get(fn.id) ?? []).map(({ of, step, name }) => ownOf(of, step, name));
    if (scoped.length > 0) return scoped;
    const kept = this.#ofFields(fn);
    return kept.length > 0 ? kept : this.#ofPassedOn(fn);
  }

  /** Controllers that the function, or the one that it is a part of, makes and gives to nobody. */
  #made(fn: FunctionFacts): SignalInHand[] {
    let at = fn;
    for (let depth = 0; depth < 4; depth += 1) {
      const { id } = at;
      const found = (this.#idle.get(id) ?? []).map(({ step, name }) => ownOf(id, step, name));
      const outer = at.parent === null ? undefined : this.#program.functions.get(at.parent);
      if (found.length > 0 || !outer || this.#detached.has(at.id)) return found;
      at = outer;
    }
    return [];
  }

  #ofParameters(fn: FunctionFacts, from: 'parameter' | 'enclosing'): SignalInHand[] {
    return fn.parameters.flatMap(({ name, type, signal }, index) => {
      if (!signal?.used || this.isOfProcess(fn, index) || this.putsItself(fn, index, signal.path)) return [];
      const isOutside = name !== '' && type !== null && !this.#program.types.has(type) && signal.path.length > 0;
      // Of a request or context of a framework: only where somebody knows of its signal.
      if (isOutside && !OPTIONS.test(type) && !this.#looked.has(`${this.#program.fileOf(fn.id)} ${type}`)) return [];
      const said = [name, ...signal.path].filter(part => part !== '').join('.');
      return [{ from, of: fn.id, index, path: signal.path, name: said, sure: !isOutside || OPTIONS.test(type) }];
    });
  }

  putsItself(fn: FunctionFacts, index: number, path: readonly string[]): boolean {
    if (path.length === 0) return false;
    return [...this.#program.steps(fn.id).values()].some(step => {
      if (step.kind !== 'access' || step.mode !== 'write') return false;
      const { root, path: at } = step.place;
      if (root.kind !== 'parameter' || root.index !== index || at.length !== path.length) return false;
      return at.every((part, depth) => 'field' in part && part.field === path[depth]);
    });
  }

  /** What runs as a part of the outer function, or is made by it for later; not what events, timers and ends run. */
  #ofEnclosing(fn: FunctionFacts): SignalInHand[] {
    let inner = fn;
    for (let depth = 0; depth < 4 && inner.parent !== null; depth += 1) {
      if (this.#detached.has(inner.id)) return [];
      const outer = this.#program.functions.get(inner.parent);
      if (!outer) return [];
      const found = this.#ofParameters(outer, 'enclosing');
      if (found.length > 0) return found;
      inner = outer;
    }
    return [];
  }

  /** Handlers of events, timers and rejections, and what runs at the end. */
  #handlers(): ReadonlySet<FunctionId> {
    const found = new Set<FunctionId>();
    for (const fn of this.#program.functions.values())
      walkSteps(fn.body, step => {
        if (step.kind === 'register' || step.kind === 'spawn')
          for (const id of this.#graph.targets(fn.id, step.id)) found.add(id);
        if (step.kind !== 'chain') return;
        for (const handler of [step.onRejected, step.onFinally]) {
          const value = handler === undefined ? undefined : fn.values[handler];
          if (value?.kind === 'function') found.add(value.id);
        }
      });
    return found;
  }

  #endings(): ReadonlySet<FunctionId> {
    const found = new Set<FunctionId>();
    for (const fn of this.#program.functions.values())
      for (const step of this.#program.steps(fn.id).values())
        if (step.kind === 'register' && step.entry.trigger === 'signal')
          for (const id of this.#graph.targets(fn.id, step.id)) found.add(id);
    return found;
  }

  isOfProcess(fn: FunctionFacts, index: number): boolean {
    const { type, signal } = fn.parameters[index] ?? {};
    if (type != null || !signal || signal.path.length > 0) return false;
    if (index === 0 && this.#ofProcess.has(fn.id)) return true;
    return this.#graph.callers(fn.id).some(({ caller, step }) => {
      const call = this.#program.steps(caller).get(step);
      const arg = call?.kind === 'call' ? call.args[index] : undefined;
      const given = arg === undefined ? undefined : this.#program.functions.get(caller)?.values[arg];
      if (given?.kind === 'constant') return given.text.startsWith('"');
      return given?.kind === 'read' && given.place.path.length === 0 && this.#isInEnding(caller);
    });
  }

  #isInEnding(id: FunctionId): boolean {
    for (let at: FunctionId | null = id; at !== null; at = this.#program.functions.get(at)?.parent ?? null)
      if (this.#ofProcess.has(at)) return true;
    return false;
  }

  #reads(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const fn of this.#program.functions.values())
      for (const value of fn.values) {
        const last = value.kind === 'read' ? value.place.path.at(-1) : undefined;
        if (last && 'field' in last && last.field === 'signal' && last.of !== undefined)
          found.add(`${this.#program.fileOf(fn.id)} ${last.of}`);
      }
    return found;
  }

  keepsSignal(type: TypeId): boolean {
    return this.#fields(type).length > 0;
  }

  #fields(type: TypeId): { owner: TypeId; name: string }[] {
    return this.#types
      .ancestors(type)
      .flatMap(owner =>
        Object.entries(this.#program.types.get(owner)?.fields ?? {}).flatMap(([name, field]) =>
          SIGNAL.test(field.type ?? '') && !field.isStatic ? [{ owner, name }] : [],
        ),
      );
  }

  /** A signal that lives as long as the object: set where it is made, and never again. */
  #ofFields(fn: FunctionFacts): SignalInHand[] {
    let method = fn;
    while (method.owner === null && method.parent !== null) {
      const outer = this.#program.functions.get(method.parent);
      if (!outer || this.#detached.has(method.id)) return [];
      method = outer;
    }
    const type = method.owner === null ? undefined : this.#program.types.get(method.owner);
    if (!type || method.isStatic || type.construct === method.id) return [];
    if (isEndName(memberName(method.name)) || this.#isPartOfEnd(method.id)) return [];
    return this.#fields(type.id)
      .filter(field => this.#isLifelong(field.owner, field.name))
      .map(field => ({
        from: 'field' as const,
        of: method.id,
        index: -1,
        path: [field.name],
        name: `this.${field.name}`,
        sure: false,
      }));
  }

  /**
   * What the function itself passes on as a signal: of something that the object keeps (`this.job.signal`), also behind a
   * getter, or of options without a type.
   */
  #ofPassedOn(fn: FunctionFacts): SignalInHand[] {
    for (const step of this.#program.steps(fn.id).values()) {
      const given = step.kind === 'call' ? step.stopping?.signal : undefined;
      const value = given?.how === 'given' ? given.value : undefined;
      const parameter = value === undefined ? null : optionOf(fn, value);
      if (parameter && !this.putsItself(fn, parameter.index, parameter.path)) return [parameter];
      const place = value === undefined ? null : this.#keptAt(fn, value);
      const [first] = place?.path ?? [];
      if (!place || !first || !('field' in first) || first.of === undefined) continue;
      const path = place.path.flatMap(part => ('field' in part ? [part.field] : []));
      if (path.length < place.path.length || !this.#isLifelong(first.of, first.field)) continue;
      return [{ from: 'field', of: fn.id, index: -1, path, name: `this.${path.join('.')}`, sure: false }];
    }
    return [];
  }

  /** The place in the object that a value is read from, here or by a function without parameters that gives it. */
  #keptAt(fn: FunctionFacts, value: ValueId): Place | null {
    const facts = fn.values[value];
    if (facts?.kind === 'read') return isOfInstance(facts.place.root) ? facts.place : null;
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    const receiver = step?.kind === 'call' && step.receiver !== undefined ? fn.values[step.receiver] : undefined;
    if (!step || receiver?.kind !== 'read' || !isOfInstance(receiver.place.root) || receiver.place.path.length > 0)
      return null;
    const [id, ...others] = this.#graph.targets(fn.id, step.id);
    const callee = id === undefined || others.length > 0 ? undefined : this.#program.functions.get(id);
    if (!callee || callee.parameters.length > 0 || callee.calling !== 'value') return null;
    const [returned, ...more] = this.#writes.returned(callee.id);
    const gives = returned === undefined || more.length > 0 ? undefined : callee.values[returned];
    return gives?.kind === 'read' && isOfInstance(gives.place.root) ? gives.place : null;
  }

  #isLifelong(owner: TypeId, name: string): boolean {
    const facts = this.#program.types.get(owner);
    return this.#writes
      .toField(name)
      .filter(({ place }) => {
        const last = place.path.at(-1);
        return last && 'field' in last && last.of === owner;
      })
      .every(({ fn }) => fn.id === facts?.construct);
  }

  #isPartOfEnd(id: FunctionId): boolean {
    const callers = this.#graph.callers(id);
    return (
      callers.length > 0 &&
      callers.every(({ caller }) => {
        const name = this.#program.functions.get(caller)?.name ?? '';
        return isEndName(memberName(name));
      })
    );
  }
}

/** `options.signal`, of a parameter. */
function optionOf(fn: FunctionFacts, value: ValueId): SignalInHand | null {
  const facts = fn.values[value];
  if (facts?.kind !== 'read' || facts.place.root.kind !== 'parameter') return null;
  const { root, path } = facts.place;
  const [last] = path;
  const { name, signal } = fn.parameters[root.index] ?? {};
  if (!last || !('field' in last) || path.length > 1 || !name || signal) return null;
  const said = `${name}.${last.field}`;
  return { from: 'parameter', of: fn.id, index: root.index, path: [last.field], name: said, sure: false };
}

const ownOf = (of: FunctionId, step: StepId, name: string): SignalInHand => ({
  from: 'own',
  of,
  index: -1,
  madeBy: step,
  path: ['signal'],
  name: `${name}.signal`,
  sure: true,
});
