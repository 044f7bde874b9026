/**
 * The classes of the object that a method runs on, where a call tells: of the overrides that a call on `this` may run,
 * those of other classes say nothing.
 */
import type { Call, FunctionFacts, FunctionId, TypeId, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';
import { isOfInstance } from '../valueParts.ts';

/** An object of more classes than these is any. */
const FEW = 4;

export class SelfClasses {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #types: TypeHierarchy;
  /** Whether a function calls, on its own object, something that has overrides. */
  readonly #dispatching = new Map<FunctionId, boolean>();
  readonly #closures = new Map<FunctionId, FunctionId[]>();

  constructor(program: Program, graph: CallGraph, types: TypeHierarchy) {
    this.#program = program;
    this.#graph = graph;
    this.#types = types;
    for (const { id, parent } of program.functions.values()) {
      if (parent === null) continue;
      const known = this.#closures.get(parent);
      if (known) known.push(id);
      else this.#closures.set(parent, [id]);
    }
  }

  /**
   * The classes that the callee's own object may be of; undefined: any, or it makes no difference to the callee.
   * @param own those of the caller's own object
   */
  ofCall(caller: FunctionId, step: Call, callee: FunctionId, own: readonly TypeId[] | undefined): TypeId[] | undefined {
    if (step.receiver === undefined || !this.#dispatches(callee)) return undefined;
    const fn = this.#program.functions.get(caller);
    if (own && fn && isSelf(fn, step.receiver)) return [...own];
    const objects = this.#graph.objectsIn(caller, step.receiver);
    const types = new Set(objects.flatMap(({ what, type }) => (what === 'instance' && type !== null ? [type] : [])));
    if (step.target.kind !== 'method')
      return objects.every(({ what, type }) => what === 'instance' && type !== null) ? few(types) : undefined;
    // What is no instance of a class that has the callee does not run it.
    const { name } = step.target;
    return few([...types].filter(type => this.#types.methodOf(type, name)?.id === callee));
  }

  /** Of the functions that a call may run, those that it runs on an object of these classes. */
  of(caller: FunctionId, step: Call, targets: readonly FunctionId[], own: readonly TypeId[]): readonly FunctionId[] {
    const fn = this.#program.functions.get(caller);
    if (!fn || !this.#isOnSelf(fn, step) || step.target.kind !== 'method') return targets;
    const { name } = step.target;
    const methods = new Set(own.map(type => this.#types.methodOf(type, name)?.id));
    const found = targets.filter(target => methods.has(target));
    return found.length > 0 ? found : targets;
  }

  #dispatches(id: FunctionId): boolean {
    const known = this.#dispatching.get(id);
    if (known !== undefined) return known;
    // Recursion adds nothing.
    this.#dispatching.set(id, false);
    const fn = this.#program.functions.get(id);
    const found =
      fn !== undefined &&
      ([...this.#program.steps(id).values()].some(step => {
        if (step.kind !== 'call' || !this.#isOnSelf(fn, step)) return false;
        const targets = this.#graph.targets(id, step.id);
        return (step.target.kind === 'method' && targets.length > 1) || targets.some(one => this.#dispatches(one));
      }) ||
        (this.#closures.get(id) ?? []).some(one => this.#dispatches(one)));
    this.#dispatching.set(id, found);
    return found;
  }

  #isOnSelf(fn: FunctionFacts, { receiver }: Call): boolean {
    return receiver !== undefined && isSelf(fn, receiver);
  }
}

function few(types: Iterable<TypeId>): TypeId[] | undefined {
  const all = [...types].sort();
  return all.length > 0 && all.length <= FEW ? all : undefined;
}

/** `this`, also in a function that stands in the method. */
function isSelf(fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  return facts?.kind === 'read' && facts.place.path.length === 0 && isOfInstance(facts.place.root);
}
