/** Life cycles of classes: which members start something, which end it, and whether an end reaches what was started. */
import type { FunctionFacts, FunctionId, TypeId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { type Program, walkSteps } from '../program.ts';
import { isOfInstance } from '../valueParts.ts';
import { serviceLoop } from './serviceLoops.ts';

const START =
  /^(start|restart|connect|reconnect|open|run|init|initialize|initialise|listen|launch|begin|boot|bootstrap|resume|watch|subscribe|mount|setup|enable|schedule|poll|onModuleInit|onApplicationBootstrap|connectedCallback|componentDidMount|__aenter__|__enter__)(?![a-z])/;
/** Members that end what they are called on. */
export const END =
  /^(close|stop|dispose|destroy|end|shutdown|terminate|disconnect|teardown|tearDown|quit|kill|abort|cancel|unmount|cleanup|cleanUp|disable|pause|free|finish|drain|detach|reset|release|unsubscribe|unwatch|clear|deinit|onModuleDestroy|onApplicationShutdown|beforeApplicationShutdown|componentWillUnmount|disconnectedCallback|ngOnDestroy|aclose|__exit__|__aexit__|\[Symbol\.dispose\]|\[Symbol\.asyncDispose\])/;
/** Only these say "it is over"; the others may be everyday methods of one thing in the class. */
const STRICT_END =
  /^(close|stop|dispose|destroy|end$|shutdown|terminate|disconnect|teardown|tearDown|quit$|kill$|unmount|onModuleDestroy|onApplicationShutdown|beforeApplicationShutdown|componentWillUnmount|disconnectedCallback|ngOnDestroy|aclose|__exit__|__aexit__|\[Symbol\.dispose\]|\[Symbol\.asyncDispose\])/;

/** A member that ends the object it is called on, or gives it back. */
export const isEndName = (name: string): boolean =>
  STRICT_END.test(plain(name)) || /^(release|rollback|\[?Symbol\.(async)?[dD]ispose)/.test(plain(name));

const plain = (name: string): string => name.replace(/^[#_]+/, '');

export interface LifeCycles {
  /** A constructor, or a member like `start`, `connect`, `open`. */
  isStart(fn: FunctionId): boolean;
  /** The member that ends an instance of the class (`close`, `dispose` …), its own or an inherited one. */
  endOf(type: TypeId): { name: string; id: FunctionId } | null;
  /** An end-like member cancels something, or writes a field that the work reads: the work is told to stop. */
  tellsToStop(type: TypeId, work: readonly FunctionId[]): boolean;
  /** The work, or a method of the class that it calls, reads the field of its own instance. */
  looksAt(type: TypeId, work: readonly FunctionId[], field: string): boolean;
  /** The body goes round in a loop that waits and does not end by itself. */
  isLoop(work: readonly FunctionId[]): boolean;
}

export const lifeCycles = defineAnalysis<LifeCycles>('life-cycles', (get, program) => new Cycles(get, program));

class Cycles implements LifeCycles {
  readonly #program: Program;
  readonly #types: TypeHierarchy;
  readonly #graph: CallGraph;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#types = get(hierarchy);
    this.#graph = get(callGraph);
  }

  isStart(fn: FunctionId): boolean {
    const facts = this.#program.functions.get(fn);
    if (!facts || facts.owner === null) return false;
    const type = this.#program.types.get(facts.owner);
    return (
      type?.construct === fn ||
      this.#members(facts.owner).some(member => member.id === fn && START.test(plain(member.name)))
    );
  }

  endOf(type: TypeId): { name: string; id: FunctionId } | null {
    return this.#members(type).find(member => STRICT_END.test(plain(member.name))) ?? null;
  }

  tellsToStop(type: TypeId, work: readonly FunctionId[]): boolean {
    const read = new Set<string>();
    for (const id of this.#reach(work, type)) for (const name of this.#fieldsRead(id)) read.add(name);
    const ends = this.#members(type).filter(member => END.test(plain(member.name)));
    return [
      ...this.#reach(
        ends.map(member => member.id),
        type,
      ),
    ].some(id => this.#endsWork(id, read));
  }

  looksAt(type: TypeId, work: readonly FunctionId[], field: string): boolean {
    return [...this.#reach(work, type)].some(id => this.#fieldsRead(id).includes(field));
  }

  isLoop(work: readonly FunctionId[]): boolean {
    return work.some(id => {
      const fn = this.#program.functions.get(id);
      return fn && [...this.#program.steps(id).values()].some(step => step.kind === 'loop' && serviceLoop(fn, step));
    });
  }

  #members(type: TypeId): { name: string; id: FunctionId }[] {
    const found = new Map<string, FunctionId>();
    for (const id of this.#types.ancestors(type)) {
      for (const [name, method] of Object.entries(this.#program.types.get(id)?.methods ?? {}))
        if (!found.has(name)) found.set(name, method);
    }
    return [...found].map(([name, id]) => ({ name, id })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The functions, their closures and the methods of the same class that they call. */
  #reach(from: readonly FunctionId[], type: TypeId): Set<FunctionId> {
    const found = new Set(from);
    const family = new Set(this.#types.ancestors(type));
    for (const id of found) {
      for (const { callee } of this.#graph.callees(id)) {
        const owner = this.#program.functions.get(callee)?.owner ?? null;
        if (owner !== null && family.has(owner)) found.add(callee);
      }
    }
    return found;
  }

  #fieldsRead(id: FunctionId): string[] {
    const facts = this.#program.functions.get(id);
    return (facts?.values ?? []).flatMap(value => {
      const step = value.kind === 'read' && isOfInstance(value.place.root) ? value.place.path[0] : undefined;
      return step && 'field' in step ? [step.field] : [];
    });
  }

  #endsWork(id: FunctionId, read: ReadonlySet<string>): boolean {
    const facts: FunctionFacts | undefined = this.#program.functions.get(id);
    let ends = false;
    if (facts) {
      walkSteps(facts.body, step => {
        if (step.kind === 'cancel' && (step.how === 'abort' || step.how === 'cancel' || step.how === 'clear'))
          ends = true;
        if (step.kind !== 'access' || step.mode === 'read' || step.mode === 'iterate') return;
        const first = isOfInstance(step.place.root) ? step.place.path[0] : undefined;
        if (first && 'field' in first && read.has(first.field)) ends = true;
      });
    }
    return ends;
  }
}
