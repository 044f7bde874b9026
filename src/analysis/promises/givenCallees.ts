/** Whether a call runs a function that is known by its name, or a value that others may give. */
import type { Call, FunctionFacts, FunctionId, Place, StepId, TypeId, Value, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { type Program, variableAt } from '../program.ts';
import { isOfInstance } from '../valueParts.ts';
import { type Write, type WriteIndex, writeIndex } from '../writeIndex.ts';

export interface GivenCallees {
  /** The callee is a value, and another than the functions that the program shows may stand there. */
  isGiven(fn: FunctionFacts, step: Call): boolean;
}

export const givenCallees = defineAnalysis<GivenCallees>('given-callees', (get, program) => new Finder(get, program));

const isFunction = (value: Value | undefined): boolean => value?.kind === 'function';

/** Constants that stand for other constants are followed this far. */
const NAME_HOPS = 6;

class Finder implements GivenCallees {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #hierarchy: TypeHierarchy;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#hierarchy = get(hierarchy);
  }

  /** The callee is a value that others may give, not a method or a function of the project that is known by its name. */
  isGiven(fn: FunctionFacts, step: Call): boolean {
    const { target } = step;
    return target.kind === 'value' && !this.#isMethod(fn.id, step) && !this.#isNamed(fn, target.of, NAME_HOPS);
  }

  /** A function that stands there, a field of the own class that holds nothing else, or a constant that names one. */
  #isNamed(fn: FunctionFacts, value: ValueId, hops: number): boolean {
    const callee = fn.values[value];
    if (callee?.kind === 'function') return true;
    if (callee?.kind === 'result' && hops > 0) return this.#isMadeFunction(fn, callee.of, hops - 1);
    if (callee?.kind !== 'read' || hops === 0) return false;
    const { root, path } = callee.place;
    if (this.#isMember(path.at(-1))) return true;
    if (isOfInstance(root)) return this.#isOwnMember(fn.owner, path);
    if (root.kind === 'value') return this.#isNamedIn(fn, root.of, path, hops - 1);
    const variable = variableAt(this.#program, root);
    // What a module of the project exports, whole or by its name.
    if (!variable) return root.kind === 'module' && path.every(step => 'field' in step);
    const { owner, slot } = variable;
    return !slot.assignedAgain && slot.value !== null && this.#isNamedIn(owner, slot.value, path, hops - 1);
  }

  /** A function of the project gives back functions that stand there: `const onSwitch = (on) => async () => …`. */
  #isMadeFunction(fn: FunctionFacts, step: StepId, hops: number): boolean {
    const makers = this.#graph.targets(fn.id, step).map(id => this.#program.functions.get(id));
    return (
      makers.length > 0 &&
      makers.every(maker => {
        const given = maker && maker.calling === 'value' ? this.#writes.returned(maker.id) : [];
        return given.length > 0 && given.every(value => maker !== undefined && this.#isNamed(maker, value, hops));
      })
    );
  }

  /** The value itself, or the member of it that the path names, where it is one member. */
  #isNamedIn(fn: FunctionFacts, value: ValueId, [member, ...deeper]: Place['path'], hops: number): boolean {
    if (member === undefined) return this.#isNamed(fn, value, hops);
    return 'field' in member && deeper.length === 0 && this.#isOfMade(fn, value, member.field, hops);
  }

  /** `open = async () => …`: a function that a class of the project has as a method has it, and that nobody replaces. */
  #isMember(step: Place['path'][number] | undefined): boolean {
    if (!step || !('field' in step) || this.#program.types.get(step.of ?? '')?.kind !== 'class') return false;
    const writes = this.#writes.toField(step.field).filter(({ place }) => {
      const last = place.path.at(-1);
      return !last || !('field' in last) || last.of === undefined || this.#isKin(last.of, step.of ?? '');
    });
    return writes.length > 0 && writes.every(({ fn, value }) => isFunction(fn.values[value]));
  }

  #isKin(one: TypeId, other: TypeId): boolean {
    return this.#hierarchy.ancestors(one).includes(other) || this.#hierarchy.ancestors(other).includes(one);
  }

  /**
   * A function that stands in the object which a function of the project makes: `const manager = createManager()`; also
   * by way of another one that it calls (`return useMemo(() => ({ … }))`).
   */
  #isOfMade(fn: FunctionFacts, value: ValueId, member: string, hops: number): boolean {
    const facts = fn.values[value];
    if (facts?.kind === 'object') {
      const at = facts.fields[member];
      return at !== undefined && this.#isNamed(fn, at, hops) && this.#isWritten(member, isFunction);
    }
    const makers = facts?.kind === 'result' ? this.#graph.targets(fn.id, facts.of) : [];
    return (
      makers.length > 0 &&
      makers.every(id => {
        const maker = this.#program.functions.get(id);
        const made = this.#writes.returned(id);
        return maker && hops > 0 && made.length > 0 && made.every(one => this.#isOfMade(maker, one, member, hops - 1));
      })
    );
  }

  #isOwnMember(owner: TypeId | null, [own, member, ...deeper]: Place['path']): boolean {
    if (!own || !('field' in own) || deeper.length > 0) return false;
    if (member === undefined) return this.#isWritten(own.field, value => value?.kind === 'function');
    return 'field' in member ? this.#isOfLiteral(own.field, member.field) : this.#isQueued(owner, own.field);
  }

  /** Only functions that stand there are put into the list of its class: `this.#jobs.push(async () => …)`. */
  #isQueued(owner: TypeId | null, field: string): boolean {
    const isHere = ({ fn, place }: Write, back: number): boolean => {
      const at = place.path.at(back);
      if (!at || !('field' in at)) return false;
      return (at.of ?? (isOfInstance(place.root) ? fn.owner : null) ?? owner) === owner;
    };
    const put = this.#writes.intoContainer(field).filter(one => isHere(one, -2));
    const lists = this.#writes.toField(field).filter(one => isHere(one, -1));
    const isList = (made: Value | undefined): boolean => made?.kind === 'array' && made.values.length === 0;
    return (
      put.length > 0 &&
      put.every(({ fn, value }) => fn.values[value]?.kind === 'function') &&
      lists.every(({ fn, value }) => isList(fn.values[value]))
    );
  }

  /** Everything that the program puts there is of this kind. */
  #isWritten(field: string, is: (value: Value | undefined, fn: FunctionFacts) => boolean): boolean {
    return this.#writes.toField(field).every(({ fn, value }) => is(fn.values[value], fn));
  }

  /** A function that stands in the object literal which the field holds: `readonly #api = { load: async () => … }`. */
  #isOfLiteral(field: string, member: string): boolean {
    return (
      this.#writes.toField(field).length > 0 &&
      this.#isWritten(member, isFunction) &&
      this.#isWritten(field, (value, fn) => {
        const at = value?.kind === 'object' ? value.fields[member] : undefined;
        return at !== undefined && isFunction(fn.values[at]);
      })
    );
  }

  /** In untyped code: a method of the classes that the receiver's objects are made of. */
  #isMethod(fn: FunctionId, { id, receiver }: Call): boolean {
    if (receiver === undefined || this.#graph.isByName(fn, id)) return false;
    return this.#graph.targets(fn, id).every(callee => this.#program.functions.get(callee)?.owner != null);
  }
}
