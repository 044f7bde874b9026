/**
 * The classes of the object that a method runs on, where a call tells: of the overrides that a call on `this`, or on an
 * object that was given, may run, those of other classes say nothing.
 */
import type { Call, FunctionFacts, FunctionId, TypeId, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import { type Program, variableAt } from '../program.ts';
import { isOfInstance, valuesBehind } from '../valueParts.ts';

/** An object of more classes than these is any. */
const FEW = 4;

export class SelfClasses {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #types: TypeHierarchy;
  /** Whether a function calls, on its own object, something that has overrides. */
  readonly #dispatching = new Map<FunctionId, boolean>();
  readonly #called = new Map<FunctionId, ReadonlySet<number>>();
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
   * @param known those of the object that the call is on, where the caller knows them
   */
  ofCall(
    caller: FunctionId,
    step: Call,
    callee: FunctionId,
    known: readonly TypeId[] | undefined,
  ): TypeId[] | undefined {
    if (step.receiver === undefined || !this.#dispatches(callee)) return undefined;
    if (known) return [...known];
    const objects = this.#graph.objectsIn(caller, step.receiver);
    const types = new Set(objects.flatMap(({ what, type }) => (what === 'instance' && type !== null ? [type] : [])));
    if (step.target.kind !== 'method')
      return objects.every(({ what, type }) => what === 'instance' && type !== null) ? few(types) : undefined;
    // What is no instance of a class that has the callee does not run it.
    const { name } = step.target;
    return few([...types].filter(type => this.#types.methodOf(type, name)?.id === callee));
  }

  /** Of the functions that a call may run, those that it runs on an object of these classes. */
  of(step: Call, targets: readonly FunctionId[], classes: readonly TypeId[]): readonly FunctionId[] {
    if (step.target.kind !== 'method') return targets;
    const { name } = step.target;
    const methods = new Set(classes.map(type => this.#types.methodOf(type, name)?.id));
    const found = targets.filter(target => methods.has(target));
    return found.length > 0 ? found : targets;
  }

  /** The parameters of a function on which it, or what it hands them to, calls something that has overrides. */
  calledOn(id: FunctionId): ReadonlySet<number> {
    const known = this.#called.get(id);
    if (known) return known;
    const fn = this.#program.functions.get(id);
    const found = new Set<number>();
    // Recursion adds nothing.
    this.#called.set(id, found);
    if (!fn || fn.parameters.length === 0) return found;
    for (const step of this.#program.steps(id).values()) {
      if (step.kind !== 'call') continue;
      const targets = this.#graph.targets(id, step.id);
      const receiver = step.receiver === undefined ? undefined : parameterAt(fn, step.receiver);
      if (receiver !== undefined && step.target.kind === 'method' && targets.length > 1) found.add(receiver);
      step.args.forEach((arg, index) => {
        const handed = parameterAt(fn, arg);
        if (handed !== undefined && targets.some(target => this.calledOn(target).has(index))) found.add(handed);
      });
    }
    return found;
  }

  /** The one or few classes that a value is an object of, by where it is made. */
  madeOf(fn: FunctionFacts, value: ValueId): TypeId[] | undefined {
    const types = valuesBehind(fn, value).map(part => this.#madeAt(fn, part));
    return types.every(type => type !== undefined) ? few(new Set(types)) : undefined;
  }

  #madeAt(fn: FunctionFacts, value: ValueId): TypeId | undefined {
    const facts = fn.values[value];
    if (facts?.kind === 'read' && facts.place.path.length === 0) {
      const variable = variableAt(this.#program, facts.place.root);
      const held = variable?.slot.assignedAgain === false ? variable.slot.value : null;
      return variable && held !== null && variable.owner.values[held]?.kind === 'result'
        ? this.#madeAt(variable.owner, held)
        : undefined;
    }
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return step?.kind === 'call' && step.newOf !== undefined && this.#program.types.has(step.newOf)
      ? step.newOf
      : undefined;
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
        if (step.kind !== 'call' || !isOnSelf(fn, step)) return false;
        const targets = this.#graph.targets(id, step.id);
        return (step.target.kind === 'method' && targets.length > 1) || targets.some(one => this.#dispatches(one));
      }) ||
        (this.#closures.get(id) ?? []).some(one => this.#dispatches(one)));
    this.#dispatching.set(id, found);
    return found;
  }
}

function few(types: Iterable<TypeId>): TypeId[] | undefined {
  const all = [...types].sort();
  return all.length > 0 && all.length <= FEW ? all : undefined;
}

/** A call on `this`, also in a function that stands in the method. */
export function isOnSelf(fn: FunctionFacts, { receiver }: Call): boolean {
  const facts = receiver === undefined ? undefined : fn.values[receiver];
  return facts?.kind === 'read' && facts.place.path.length === 0 && isOfInstance(facts.place.root);
}

/** The parameter that a value is, whole and as it was given. */
export function parameterAt(fn: FunctionFacts | undefined, value: ValueId): number | undefined {
  const facts = fn?.values[value];
  if (facts?.kind !== 'read' || facts.place.path.length > 0 || facts.place.root.kind !== 'parameter') return undefined;
  const { index } = facts.place.root;
  return fn?.parameters[index]?.rest === true ? undefined : index;
}
