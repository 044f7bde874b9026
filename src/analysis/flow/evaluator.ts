/**
 * What a value of a function stands for in a given activation (`Frame`): demand-driven, memoised, flow-insensitive inside
 * a function (facts are in SSA form), context-sensitive across calls. Where an activation's bindings are unknown, the
 * callers of its function tell (`resolve`).
 */
import type {
  Call,
  FunctionFacts,
  FunctionId,
  PathStep,
  Place,
  StepId,
  TypeId,
  Value,
  ValueId,
} from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { isKept } from './keptHere.ts';
import { type CallGraph, callGraph } from './callGraph.ts';
import { CalleeFinder } from './callees.ts';
import { CallerValues } from './callerValues.ts';
import { Frames } from './frames.ts';
import { givenTest } from './givenTests.ts';
import { type TypeHierarchy, hierarchy } from '../hierarchy.ts';
import { lockHelpers } from '../locks/lockHelpers.ts';
import { lockMakers } from '../locks/lockMakers.ts';
import { type ElementKind, Objects } from './objects.ts';
import { orderTest } from './orderTest.ts';
import { passedOnBy, type Program } from '../program.ts';
import { type CallSite, type Frame, type Ref, type Refs, RefTable, alternatives, isNothing, restOf } from '../refs.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';

/** A project function that a call runs, in the activation that the call makes. */
export interface Callee {
  frame: Frame;
  /** True when this is one of several possibilities that only names or types told apart. */
  guessed: boolean;
}

const NONE: Refs = [];
/** Values are followed this far in one go (each step takes several stack frames); what lies behind is unknown. */
const EVALUATION_DEPTH = 250;

export class Evaluator {
  readonly refs = new RefTable();
  readonly program: Program;
  readonly graph: CallGraph;
  readonly types: TypeHierarchy;
  readonly writes: WriteIndex;
  readonly #values = new Map<number, (Refs | undefined)[]>();
  readonly #busy = new Set<string>();
  readonly #frames: Frames;
  #depth = 0;
  readonly #returns = new Map<number, Refs>();
  readonly #objects: Objects;
  readonly #callees: CalleeFinder;
  readonly #callers: CallerValues;

  constructor(
    program: Program,
    graph: CallGraph,
    types: TypeHierarchy,
    writes: WriteIndex,
    lockHelpers: ReadonlySet<FunctionId>,
    lockMakers: ReadonlySet<FunctionId>,
  ) {
    this.program = program;
    this.#frames = new Frames(program, this.refs, lockHelpers, lockMakers);
    this.graph = graph;
    this.types = types;
    this.writes = writes;
    this.#objects = new Objects(this);
    this.#callees = new CalleeFinder(this);
    this.#callers = new CallerValues(this);
  }

  /** The activation of which nothing is known. */
  symbolicFrame(fn: FunctionFacts): Frame {
    return this.#frames.symbolic(fn);
  }

  /** An activation with these bindings; a blurred one when there are too many, or they are too deep. */
  frame(
    fn: FunctionFacts,
    self: Refs | null,
    parameters: readonly (Refs | null)[],
    parent: Frame | null,
    from: CallSite | null = null,
  ): Frame {
    return this.#frames.bound(fn, self, parameters, parent, from);
  }

  /** The activation of `owner` that encloses this one; symbolic when it is not in the chain. */
  enclosing(frame: Frame, owner: FunctionId): Frame | undefined {
    for (let at: Frame | null = frame; at; at = at.parent) if (at.fn.id === owner) return at;
    const facts = this.program.functions.get(owner);
    return facts ? this.symbolicFrame(facts) : undefined;
  }

  evaluate(frame: Frame, value: ValueId): Refs {
    let table = this.#values.get(frame.id);
    if (!table) this.#values.set(frame.id, (table = []));
    const known = table[value];
    if (known) return known;
    const busy = `${frame.id}.${value}`;
    if (this.#busy.has(busy)) return NONE;
    if (this.#depth > EVALUATION_DEPTH) return [this.refs.unknown];
    this.#busy.add(busy);
    this.#depth += 1;
    const facts = frame.fn.values[value];
    const found = facts ? this.#compute(frame, facts, value) : NONE;
    this.#depth -= 1;
    this.#busy.delete(busy);
    table[value] = found;
    return found;
  }

  #each(frame: Frame, values: readonly ValueId[]): Refs {
    return alternatives(
      this.refs,
      values.flatMap(value => [...this.evaluate(frame, value)]),
    );
  }

  #compute(frame: Frame, value: Value, id: ValueId): Refs {
    const { refs } = this;
    switch (value.kind) {
      case 'constant':
        return [refs.make({ kind: 'constant', text: value.text })];
      case 'function':
        return [refs.make({ kind: 'function', fn: value.id, frame: this.#closureFrame(frame, value.id) })];
      case 'class':
        return [refs.make({ kind: 'class', type: value.type })];
      case 'read':
        return this.place(frame, value.place);
      case 'result':
        return this.#result(frame, value.of);
      case 'settled':
        return alternatives(
          refs,
          this.evaluate(frame, value.of).flatMap(ref => [...this.settled(ref)]),
        );
      case 'object':
        return [refs.make({ kind: 'made', frame, at: { value: id }, type: value.type, site: `${frame.fn.id}@v${id}` })];
      case 'array':
        return [
          refs.make({ kind: 'made', frame, at: { value: id }, type: 'lib#Array', site: `${frame.fn.id}@v${id}` }),
        ];
      case 'element': {
        const key =
          typeof value.key === 'object' && value.key !== null
            ? this.keyOf(frame, value.key.value)
            : value.key === null
              ? null
              : String(value.key);
        return alternatives(
          refs,
          this.evaluate(frame, value.of).flatMap(base => [...this.element(base, key)]),
        );
      }
      case 'from':
        return this.#copied(frame, value, id);
      case 'template':
        return this.#template(frame, value.parts);
      case 'choice':
        return this.#choice(frame, value);
      case 'ordered':
        return this.evaluate(frame, value.of).map(of =>
          refs.make({
            kind: 'ordered',
            of,
            by: value.key,
            falling: value.falling === true,
            primitive: value.elements !== 'object',
          }),
        );
      case 'view':
        return this.evaluate(frame, value.of).map(of => refs.make({ kind: 'view', of, wait: value.wait }));
      case 'combined':
        return [refs.make({ kind: 'combined', frame, value: id })];
      case 'unknown':
        return [refs.make({ kind: 'opaque', frame, what: `v${id}`, type: null })];
    }
  }

  /** What a value was made from, where it is a copy: for a list the same list, or its rest. */
  #copied(frame: Frame, { how, values, rest }: Value & { kind: 'from' }, id: ValueId): Refs {
    if (how !== 'copy') return [this.refs.make({ kind: 'opaque', frame, what: `v${id}`, type: null })];
    const whole = this.#each(frame, values);
    return rest === undefined ? whole : whole.map(list => restOf(this.refs, list, rest));
  }

  #closureFrame(frame: Frame, id: FunctionId): Frame | null {
    const fn = this.program.functions.get(id);
    return fn?.parent == null ? null : (this.enclosing(frame, fn.parent) ?? null);
  }

  #template(frame: Frame, parts: readonly (string | ValueId)[]): Refs {
    const made: (string | Ref)[] = [];
    for (const part of parts) {
      const last = made[made.length - 1];
      const next = typeof part === 'string' ? part : (this.keyOf(frame, part) ?? this.refs.unknown);
      if (typeof next === 'string' && typeof last === 'string') made[made.length - 1] = last + next;
      else made.push(next);
    }
    if (made.length === 1 && typeof made[0] === 'string')
      return [this.refs.make({ kind: 'constant', text: JSON.stringify(made[0]) })];
    return [this.refs.make({ kind: 'template', parts: made })];
  }

  /** A key: constant strings as such, one reference otherwise; null when it may be several things. */
  keyOf(frame: Frame, value: ValueId): Ref | string | null {
    const found = this.evaluate(frame, value);
    const only = found.length === 1 ? found[0] : undefined;
    if (!only) return null;
    if (only.kind === 'constant') return only.text.startsWith('"') ? (JSON.parse(only.text) as string) : only.text;
    return only;
  }

  #choice(frame: Frame, value: Value & { kind: 'choice' }): Refs {
    const [yes, no] = value.values;
    const given = value.when && givenTest(this, frame, value.when);
    const only = given === null ? undefined : given ? yes : no;
    if (only !== undefined) return this.evaluate(frame, only);
    const test = value.when && orderTest(value.when);
    if (test && yes !== undefined && no !== undefined) {
      const [left, right] = [this.evaluate(frame, test.left), this.evaluate(frame, test.right)];
      const [ifTrue, ifFalse] = [
        this.evaluate(frame, test.negated ? no : yes),
        this.evaluate(frame, test.negated ? yes : no),
      ];
      const parts = [left[0], right[0], ifTrue[0], ifFalse[0]] as const;
      if (
        [left, right, ifTrue, ifFalse].every(refs => refs.length === 1) &&
        parts[0] &&
        parts[1] &&
        parts[2] &&
        parts[3] &&
        mayBeOrdered(parts[2]) &&
        mayBeOrdered(parts[3])
      ) {
        return [this.refs.make({ kind: 'pick', left: parts[0], right: parts[1], yes: parts[2], no: parts[3] })];
      }
    }
    return this.#objects.withoutFirstUse(this.#each(frame, value.values));
  }

  #result(frame: Frame, of: StepId): Refs {
    const step = this.program.steps(frame.fn.id).get(of);
    const { refs } = this;
    switch (step?.kind) {
      case 'call':
        return this.#callResult(frame, step);
      case 'chain':
        return [refs.make({ kind: 'chain', frame, step: of })];
      case 'acquire':
        return [refs.make({ kind: 'token', frame, step: of })];
      default:
        return [refs.make({ kind: 'opaque', frame, what: `s${of}`, type: null })];
    }
  }

  #callResult(frame: Frame, step: Call): Refs {
    const { refs } = this;
    if (step.newOf !== undefined)
      return [
        refs.make({ kind: 'made', frame, at: { step: step.id }, type: step.newOf, site: `${frame.fn.id}@s${step.id}` }),
      ];
    const found: Ref[] = [];
    for (const callee of this.callees(frame, step)) {
      const { calling } = callee.frame.fn;
      if (calling !== 'value') found.push(refs.make({ kind: 'task', frame: callee.frame, from: frame, step: step.id }));
      else if (calling === 'value') found.push(...this.returns(callee.frame));
    }
    if (found.length > 0) return alternatives(refs, found);
    return [refs.make({ kind: 'opaque', frame, what: `s${step.id}`, type: null })];
  }

  callees(frame: Frame, step: Call): readonly Callee[] {
    return this.#callees.find(frame, step);
  }

  /** The activations of a function value called with these arguments. */
  calleesOf(callee: Refs, args: readonly Refs[], self: Refs | null): readonly Callee[] {
    return this.#callees.ofRefs(callee, { known: args, rest: null }, self);
  }

  /** What a call of a decorated method runs; undefined when the method is not decorated. */
  decoratedMethod(type: TypeId, name: string, original: FunctionId, self: Refs | null): readonly Callee[] | undefined {
    return this.#callees.decorated(
      type,
      name,
      original,
      { known: [], rest: null },
      self ?? [this.refs.make({ kind: 'self', fn: original, type })],
    );
  }

  /** What a call of the activation's function returns (for an async one: what its promise settles to or is). */
  returns(frame: Frame): Refs {
    const known = this.#returns.get(frame.id);
    if (known) return known;
    const busy = `r${frame.id}`;
    if (this.#busy.has(busy)) return NONE;
    this.#busy.add(busy);
    const all = this.#each(frame, this.writes.returned(frame.fn.id));
    // `if (known) return known; locks.set(key, fresh); return fresh;`
    const isEntry = all.some(ref => ref.kind === 'element') && all.some(ref => isKept(this, frame, ref));
    const found = isEntry ? this.#objects.withoutFirstUse(all) : all;
    this.#busy.delete(busy);
    this.#returns.set(frame.id, found);
    return found;
  }

  /** What awaiting gives. Anything but a promise is itself. */
  settled(ref: Ref): Refs {
    return ref.kind === 'task' ? alternatives(this.refs, this.#settledIn(ref, new Set())) : this.#settledOther(ref);
  }

  /** `seen`: tasks that return one another give nothing by that. */
  #settledIn(task: Ref & { kind: 'task' }, seen: Set<number>): Ref[] {
    if (seen.has(task.id)) return [];
    seen.add(task.id);
    return this.returns(task.frame).flatMap(inner =>
      inner.kind === 'task' ? this.#settledIn(inner, seen) : [...this.#settledOther(inner)],
    );
  }

  #settledOther(ref: Ref): Refs {
    if (ref.kind !== 'chain') return [ref];
    return [this.refs.make({ kind: 'opaque', frame: ref.frame, what: `settled ${ref.step}`, type: null })];
  }

  place(frame: Frame, place: Place): Refs {
    let found = this.#root(frame, place);
    for (const step of place.path)
      found = alternatives(
        this.refs,
        found.flatMap(base => [...this.#step(frame, base, step)]),
      );
    return found;
  }

  #step(frame: Frame, base: Ref, step: PathStep): Refs {
    if ('field' in step) return this.field(base, step.field, step.of ?? null);
    if ('any' in step) return this.element(base, null);
    return this.element(base, typeof step.key === 'string' ? step.key : this.keyOf(frame, step.key));
  }

  #root(frame: Frame, place: Place): Refs {
    const { root } = place;
    const { refs } = this;
    switch (root.kind) {
      case 'self':
        return frame.self ?? [refs.make({ kind: 'self', fn: frame.fn.id, type: frame.fn.owner })];
      case 'parameter':
        return this.#parameter(frame, root.index);
      case 'captured':
        return this.variable(this.enclosing(frame, root.from), root.from, root.slot);
      case 'module': {
        const body = this.program.functions.get(`${root.file}#`);
        return body
          ? this.variable(this.symbolicFrame(body), body.id, root.name)
          : [refs.make({ kind: 'external', name: `${root.file}#${root.name}` })];
      }
      case 'value':
        return this.evaluate(frame, root.of);
      case 'external':
        return [refs.make({ kind: 'external', name: root.name })];
      case 'store':
      case 'unknown':
        return [refs.unknown];
    }
  }

  #parameter(frame: Frame, index: number): Refs {
    const facts = frame.fn.parameters[index];
    const bound = frame.parameters[index];
    if (bound && bound.length > 0) return bound;
    const symbolic = this.refs.make({ kind: 'parameter', fn: frame.fn.id, index, type: facts?.type ?? null });
    return facts?.initial === undefined
      ? [symbolic]
      : alternatives(this.refs, [symbolic, ...this.evaluate(frame, facts.initial)]);
  }

  /** A variable of an activation: its initialiser and, when it is assigned again, everything assigned to it. */
  variable(frame: Frame | undefined, owner: FunctionId, slot: string): Refs {
    const facts = frame?.fn.slots[slot];
    if (!frame) return [this.refs.unknown];
    if (!facts) return this.#exported(frame, slot);
    const first = facts.value === null ? NONE : this.evaluate(frame, facts.value);
    if (!facts.assignedAgain) return first;
    const busy = `w${frame.id}.${slot}`;
    if (this.#busy.has(busy)) return first;
    this.#busy.add(busy);
    const later = this.writes
      .toVariable(owner, slot)
      .flatMap(write => [...this.evaluate(this.#inside(frame, write.fn), write.value)]);
    this.#busy.delete(busy);
    const useful = [...first, ...later.flatMap(ref => [...this.resolve(ref)])].filter(ref => !isNothing(ref));
    return alternatives(this.refs, useful);
  }

  /** A name of a module that is no variable of it: an export by expression, or a re-export. */
  #exported(frame: Frame, name: string): Refs {
    const module = this.program.modules.get(frame.fn.id.slice(0, -1));
    const own = module && Object.hasOwn(module.exports, name) ? module.exports[name] : undefined;
    const exported = own ?? passedOnBy(this.program, frame.fn.id.slice(0, -1), name);
    if (exported && 'value' in exported) return this.evaluate(frame, exported.value);
    const body = exported && 'file' in exported ? this.program.functions.get(`${exported.file}#`) : undefined;
    if (exported && 'file' in exported && body) return this.variable(this.symbolicFrame(body), body.id, exported.name);
    const whole = module?.exports['export='];
    if (whole && 'value' in whole)
      return name === '*'
        ? this.evaluate(frame, whole.value)
        : alternatives(
            this.refs,
            this.evaluate(frame, whole.value).flatMap(base => [...this.field(base, name, null)]),
          );
    return [this.refs.make({ kind: 'external', name: `${frame.fn.id}${name}` })];
  }

  /** An activation of a closure of which only the enclosing activation is known. */
  #inside(frame: Frame, fn: FunctionFacts): Frame {
    if (fn.id === frame.fn.id) return frame;
    const parent = fn.parent === null ? undefined : this.program.functions.get(fn.parent);
    if (!parent) return this.symbolicFrame(fn);
    const enclosing = this.#inside(frame, parent);
    return this.frame(fn, null, [], enclosing);
  }

  field(base: Ref, name: string, of: TypeId | null): Refs {
    return this.#objects.field(base, name, of);
  }

  element(base: Ref, key: Ref | string | null): Refs {
    return this.#objects.element(base, key);
  }

  /** The values put into a container. */
  elements(base: Ref): Refs {
    return this.#objects.elements(base);
  }

  /** What a container's entries are, seen where one is made on first use. */
  elementKind(base: Ref): ElementKind | undefined {
    return this.#objects.elementKinds.get(base.id);
  }

  /** Looks through a parameter (or a field set from one) to what the callers give; itself when nobody calls. */
  resolve(ref: Ref): Refs {
    return ref.kind === 'field' ? this.#objects.resolveField(ref) : this.#callers.resolve(ref);
  }
}

export const evaluator = defineAnalysis<Evaluator>(
  'evaluator',
  (get, program) =>
    new Evaluator(program, get(callGraph), get(hierarchy), get(writeIndex), get(lockHelpers), get(lockMakers)),
);

/** One of two objects by their order; `size > 50 ? work() : undefined` is a choice like any other, as is one of constants. */
const mayBeOrdered = (ref: Ref): boolean =>
  ref.kind !== 'constant' && ref.kind !== 'task' && ref.kind !== 'chain' && ref.kind !== 'combined';
