/** Fields and elements of symbolic objects: literals, class instances (through their constructors), containers. */
import type { FunctionFacts, FunctionId, Place, TypeId, Wait } from '../../model/facts.ts';
import type { Evaluator } from './evaluator.ts';
import { withLaterCallbacks } from './laterCallbacks.ts';
import {
  type Frame,
  LATER,
  type Ref,
  type Refs,
  alternatives,
  elementOfRest,
  isNothing,
  madeOf,
  typeOf,
  wholeList,
} from '../refs.ts';
import type { Write } from '../writeIndex.ts';

const NONE: Refs = [];
/** Callers are followed this far up, and so many of them. */
const CALLER_DEPTH = 3;
const CALLERS = 16;
/** What may be an object, or the name of one. */
const THINGS: ReadonlySet<Ref['kind']> = new Set(['made', 'self', 'parameter', 'field', 'element']);

/** What the elements of a container are; locks may be seen through what bounds the wait for them. */
export interface ElementKind {
  readonly type: TypeId;
  readonly wait?: Wait;
}

export class Objects {
  readonly #eval: Evaluator;
  readonly #fields = new Map<string, Refs>();
  readonly #elements = new Map<number, Refs>();
  readonly #resolvedFields = new Map<number, Refs>();
  readonly #activationsOf = new Map<FunctionId, Frame[]>();
  readonly #busy = new Set<string>();
  /** Of containers, seen where an element is made on first use. */
  readonly elementKinds = new Map<number, ElementKind>();

  constructor(evaluator: Evaluator) {
    this.#eval = evaluator;
  }

  field(base: Ref, name: string, of: TypeId | null): Refs {
    if (base.kind === 'view') return this.field(base.of, name, of);
    const key = `${base.id}.${name}.${of ?? ''}`;
    const known = this.#fields.get(key);
    if (known) return known;
    if (this.#busy.has(key)) return NONE;
    this.#busy.add(key);
    const found = this.#field(base, name, of);
    this.#busy.delete(key);
    this.#fields.set(key, found);
    return found;
  }

  #field(base: Ref, name: string, of: TypeId | null): Refs {
    const { refs, types } = this.#eval;
    if (base.kind === 'unknown') return [base.made ? refs.unknown : base];
    if (base.kind === 'made' && 'value' in base.at) {
      const part = this.#literalField(base, name);
      if (part) return part;
    }
    if (base.kind === 'task' || base.kind === 'combined') return [refs.unknown];
    const type = typeOf(base) ?? of;
    const inherited = type === null || (of !== null && name.startsWith('#')) ? undefined : types.declaring(type, name);
    const declaring = inherited ?? of ?? undefined;
    const facts = declaring === undefined ? undefined : this.#eval.program.types.get(declaring);
    if (declaring !== undefined && facts?.kind === 'class') {
      const found = this.#classField(base, declaring, name);
      if (found.length > 0) return found;
    }
    if (type !== null) {
      const method = types.methodOf(type, name, base.kind === 'class');
      if (method) return [refs.make({ kind: 'function', fn: method.id, frame: null })];
    }
    if (base.kind === 'made') {
      const written = this.#writtenFields(base, name);
      if (written.length > 0) return written;
    }
    return [this.#open(base, name, declaring)];
  }

  /** The field, whatever it holds. */
  #open(base: Ref, name: string, of: TypeId | undefined): Ref {
    const facts = of === undefined ? undefined : this.#eval.program.types.get(of);
    const type = facts?.fields[name]?.type ?? null;
    return this.#eval.refs.make({ kind: 'field', base, name, of: of ?? null, type });
  }

  #literalField(base: Ref & { kind: 'made' }, name: string): Refs | undefined {
    const value = 'value' in base.at ? base.frame.fn.values[base.at.value] : undefined;
    if (value?.kind !== 'object') return undefined;
    const part = Object.hasOwn(value.fields, name) ? value.fields[name] : undefined;
    if (part !== undefined) return this.#eval.evaluate(base.frame, part);
    for (const spread of [...value.spreads].reverse()) {
      for (const source of this.#eval.evaluate(base.frame, spread)) {
        const found = this.field(source, name, null);
        if (found.length > 0 && !(found.length === 1 && found[0]?.kind === 'field')) return found;
      }
    }
    return undefined;
  }

  /** What the constructor, then everybody else, writes to the field of this instance. */
  #classField(base: Ref, declaring: TypeId, name: string): Refs {
    const evaluator = this.#eval;
    const construct = evaluator.program.types.get(declaring)?.construct ?? undefined;
    const found: Ref[] = [];
    for (const write of evaluator.writes.toField(name)) {
      if (!matches(write.place, declaring, evaluator)) continue;
      if (write.fn.id === construct && write.place.root.kind === 'self') {
        const frame = this.#constructorFrame(base, write.fn);
        for (const ref of evaluator.evaluate(frame, write.value)) if (!isNothing(ref)) found.push(ref);
      }
    }
    const direct = found.filter(ref => !(ref.kind === 'parameter' && ref.fn === construct));
    if (direct.length > 0)
      return withLaterCallbacks(evaluator, direct, () =>
        base.kind === 'made' ? this.#writtenFields(base, name) : evaluator.resolve(this.#open(base, name, declaring)),
      );
    if (base.kind !== 'made') return NONE;
    const written = this.#writtenFields(base, name);
    if (written.length > 0 || found.length === 0 || !this.#isGivenFewer(base)) return written;
    return [evaluator.refs.make({ kind: 'constant', text: 'undefined' })];
  }

  /** The `new` that made the object leaves parameters of its constructor out. */
  #isGivenFewer({ at, frame, type }: Ref & { kind: 'made' }): boolean {
    const { types, program } = this.#eval;
    const made = 'step' in at ? program.steps(frame.fn.id).get(at.step) : undefined;
    const construct = type === null ? undefined : types.constructorOf(type);
    const takes = construct === undefined ? 0 : (program.functions.get(construct)?.parameters.length ?? 0);
    return made?.kind === 'call' && made.spreads === undefined && made.args.length < takes;
  }

  /** Values written to a field of an object that was made somewhere known, by anybody but its constructor. */
  #writtenFields(base: Ref & { kind: 'made' }, name: string): Refs {
    const evaluator = this.#eval;
    const writes = evaluator.writes.toField(name).filter(write => !isByConstructor(write, base, evaluator));
    if (writes.length > 30) return NONE;
    const found: Ref[] = [];
    for (const write of writes)
      for (const frame of this.#framesReaching(write, base))
        for (const ref of evaluator.evaluate(frame, write.value)) if (!isNothing(ref)) found.push(ref);
    return alternatives(
      evaluator.refs,
      found.flatMap(ref => [...evaluator.resolve(ref)]),
    );
  }

  /** The constructor's activation that made the instance; through the chain of super calls for an inherited one. */
  #constructorFrame(base: Ref, construct: FunctionFacts): Frame {
    const evaluator = this.#eval;
    if (base.kind !== 'made' || !('step' in base.at) || base.type === null)
      return evaluator.frame(construct, [base], [], null);
    const step = evaluator.program.steps(base.frame.fn.id).get(base.at.step);
    const args = step?.kind === 'call' ? step.args.map(arg => evaluator.evaluate(base.frame, arg)) : [];
    const first = evaluator.types.constructorOf(base.type);
    let at = first === undefined ? undefined : evaluator.program.functions.get(first);
    let frame = at && evaluator.frame(at, [base], args, null);
    for (let hops = 0; at && frame && at.id !== construct.id && hops < 6; hops += 1) {
      const next = superCall(at, this.#eval);
      const target = next && evaluator.program.functions.get(next.id);
      if (!next || !target) return evaluator.frame(construct, [base], [], null);
      const from: Frame = frame;
      frame = evaluator.frame(
        target,
        [base],
        next.args.map(arg => evaluator.evaluate(from, arg)),
        null,
      );
      at = target;
    }
    return frame && at?.id === construct.id ? frame : evaluator.frame(construct, [base], [], null);
  }

  /** Activations of the writing function in which the object written to is `base`, or, when none is, may be. */
  #framesReaching(write: Write, base: Ref): Frame[] {
    const evaluator = this.#eval;
    const target: Place = { ...write.place, path: write.place.path.slice(0, -1) };
    const all = this.#activations(write.fn, CALLER_DEPTH).map(frame => ({
      frame,
      written: evaluator.place(frame, target),
    }));
    const exact = all.filter(({ written }) => written.includes(base));
    return (exact.length > 0 ? exact : all.filter(({ written }) => written.some(ref => mayBe(ref, base)))).map(
      ({ frame }) => frame,
    );
  }

  /** The activations of a function that its callers make, seen through callers of callers; the symbolic one without any. */
  #activations(fn: FunctionFacts, depth: number): Frame[] {
    const evaluator = this.#eval;
    const known = this.#activationsOf.get(fn.id);
    if (known) return known;
    const symbolic = [evaluator.symbolicFrame(fn)];
    if (depth === 0 || this.#busy.has(`a${fn.id}`)) return symbolic;
    this.#busy.add(`a${fn.id}`);
    const found = new Set<Frame>();
    for (const edge of evaluator.graph.callers(fn.id).slice(0, CALLERS)) {
      const caller = evaluator.program.functions.get(edge.caller);
      const step = evaluator.program.steps(edge.caller).get(edge.step);
      if (!caller || step?.kind !== 'call') continue;
      for (const from of this.#activations(caller, depth - 1)) {
        for (const callee of evaluator.callees(from, step))
          if (callee.frame.fn.id === fn.id && found.size < CALLERS) found.add(callee.frame);
      }
    }
    this.#busy.delete(`a${fn.id}`);
    const result = found.size > 0 ? [...found] : symbolic;
    if (depth === CALLER_DEPTH) this.#activationsOf.set(fn.id, result);
    return result;
  }

  /** A field of an instance of unknown origin: what any constructor call or writer gives. */
  resolveField(ref: Ref & { kind: 'field' }): Refs {
    const known = this.#resolvedFields.get(ref.id);
    if (known) return known;
    const key = `f${ref.id}`;
    if (this.#busy.has(key) || ref.of === null) return [ref];
    this.#busy.add(key);
    const evaluator = this.#eval;
    const found: Ref[] = [];
    const writes = evaluator.writes
      .toField(ref.name)
      .filter(
        write => matches(write.place, ref.of as TypeId, evaluator) && !isByConstructor(write, ref.base, evaluator),
      );
    if (writes.length <= 12) {
      for (const write of writes) {
        for (const value of evaluator.evaluate(evaluator.symbolicFrame(write.fn), write.value))
          if (!isNothing(value) && value !== ref) found.push(...evaluator.resolve(value));
      }
    }
    this.#busy.delete(key);
    const useful = found.filter(value => value.kind !== 'parameter');
    const result = useful.length === 0 ? [ref] : alternatives(evaluator.refs, useful);
    this.#resolvedFields.set(ref.id, result);
    return result;
  }

  element(base: Ref, key: Ref | string | null): Refs {
    const { refs } = this.#eval;
    if (base.kind === 'unknown') return [base.made ? refs.unknown : base];
    if (base.kind === 'pick') {
      const [yes, no] = [this.element(base.yes, key), this.element(base.no, key)];
      const [ifTrue, ifFalse] = [yes[0], no[0]];
      if (yes.length === 1 && no.length === 1 && ifTrue && ifFalse)
        return [refs.make({ kind: 'pick', left: base.left, right: base.right, yes: ifTrue, no: ifFalse })];
      return alternatives(refs, [...yes, ...no]);
    }
    // `[key, value]` pairs of a map or object are its elements: the value of a pair is the element itself.
    if (
      key === '1' &&
      (base.kind === 'function' || (base.kind === 'element' && base.of === null && typeOf(base.base) === 'lib#Map'))
    )
      return [base];
    // The slot of an event's listeners holds the listeners themselves.
    if (key === null && base.kind === 'function') return [base];
    if (base.kind === 'rest') return this.element(base.of, typeof key === 'string' ? elementOfRest(base, key) : key);
    if (base.kind === 'combined') return this.#combinedElement(base, key);
    if (base.kind === 'made') {
      const part = this.#literalElement(base, key);
      if (part) return part;
    }
    return [refs.make({ kind: 'element', base, of: key, other: false })];
  }

  #combinedElement(base: Ref & { kind: 'combined' }, key: Ref | string | null): Refs {
    const evaluator = this.#eval;
    const value = base.frame.fn.values[base.value];
    if (value?.kind !== 'combined') return [evaluator.refs.unknown];
    const sources = value.values.flatMap(part => [...evaluator.evaluate(base.frame, part)]);
    return alternatives(
      evaluator.refs,
      sources.flatMap(source => this.element(source, key)).flatMap(ref => [...evaluator.settled(ref)]),
    );
  }

  #literalElement(base: Ref & { kind: 'made' }, key: Ref | string | null, all = false): Refs | undefined {
    const evaluator = this.#eval;
    const value = 'value' in base.at ? base.frame.fn.values[base.at.value] : undefined;
    if (value?.kind === 'object') {
      if (typeof key === 'string') return this.#literalField(base, key);
      // `{}` is a container like a map; what is written out is a table to choose from.
      if (Object.keys(value.fields).length === 0 && value.spreads.length === 0) return undefined;
      return alternatives(
        evaluator.refs,
        Object.values(value.fields).flatMap(part => [...evaluator.evaluate(base.frame, part)]),
      );
    }
    if (value?.kind !== 'array') return undefined;
    if (value.values.some(part => this.#isRepeated(base.frame, part))) {
      const [first] = value.values.flatMap(part => [...evaluator.evaluate(base.frame, part)]);
      const type = first ? typeOf(first) : null;
      if (type !== null) this.elementKinds.set(base.id, { type });
      return undefined;
    }
    const index = typeof key === 'string' ? Number(key) : NaN;
    const exact =
      Number.isInteger(index) && value.spreads.every(spread => spread > index) ? value.values[index] : undefined;
    if (exact !== undefined) return evaluator.evaluate(base.frame, exact);
    if (value.values.length === 0 || (key !== null && value.spreads.length > 0)) return undefined;
    // Behind the end of what is written out: something put in later, if anything.
    if (key === LATER || (Number.isInteger(index) && index >= value.values.length)) return [evaluator.refs.unknown];
    // `all = [...all, one]`: an array that is spread into itself has the elements of its other parts.
    const busy = `s${base.id}`;
    if (this.#busy.has(busy)) return NONE;
    this.#busy.add(busy);
    const parts = value.values.flatMap((part, at) => {
      const found = evaluator.evaluate(base.frame, part);
      return value.spreads.includes(at) ? found.flatMap(source => [...this.element(source, null)]) : [...found];
    });
    this.#busy.delete(busy);
    // Which of several objects it is, nobody knows: an element, not each of them. Of functions, any may be called.
    const [first] = parts;
    if (parts.length > 1 && parts.some(part => THINGS.has(part.kind))) {
      if (first && typeOf(first) !== null) this.elementKinds.set(base.id, { type: typeOf(first) as TypeId });
      return all ? alternatives(evaluator.refs, parts) : undefined;
    }
    return alternatives(evaluator.refs, parts);
  }

  /** `xs.map(f)`, `Array.from({ length }, f)`: one value that stands for many. */
  #isRepeated(frame: Frame, part: number): boolean {
    const value = frame.fn.values[part];
    return value?.kind === 'result' && this.#eval.program.repeatedSteps(frame.fn.id).has(value.of);
  }

  /** Everything put into the container, by anybody who may hold it. */
  elements(list: Ref): Refs {
    const base = wholeList(list);
    const known = this.#elements.get(base.id);
    if (known) return known;
    const key = `e${base.id}`;
    if (this.#busy.has(key)) return NONE;
    this.#busy.add(key);
    const evaluator = this.#eval;
    const own = base.kind === 'made' ? (this.#literalElement(base, null, true) ?? NONE) : NONE;
    const found: Ref[] = own.flatMap(ref =>
      ref.kind === 'element' && ref.base !== base ? [...this.elements(ref.base)] : [ref],
    );
    const names = this.#namesOf(base);
    for (const name of names) {
      const all = evaluator.writes.intoContainer(name);
      // A container without a name is written where it is made, or in closures there.
      const writes = name === '' && base.kind === 'made' ? all.filter(write => isInside(write.fn, base.frame.fn)) : all;
      if (writes.length > 40) continue;
      for (const write of writes)
        for (const frame of this.#framesReaching(write, base))
          for (const ref of evaluator.evaluate(frame, write.value)) found.push(...evaluator.resolve(ref));
    }
    this.#busy.delete(key);
    const result = alternatives(evaluator.refs, found);
    this.#elements.set(base.id, result);
    return result;
  }

  /** Names by which code reaches the container: the field or variable that holds it. */
  #namesOf(base: Ref): string[] {
    if (base.kind === 'field') return [base.name];
    if (base.kind !== 'made') return [];
    const { fn } = base.frame;
    const names = new Set<string>(['']);
    for (const [slot, { value }] of Object.entries(fn.slots))
      if (value !== null && this.#eval.evaluate(base.frame, value).includes(base)) names.add(slot);
    for (const step of this.#eval.program.steps(fn.id).values()) {
      if (step.kind !== 'access' || step.value === undefined) continue;
      const last = step.place.path[step.place.path.length - 1];
      if (last && 'field' in last && this.#eval.evaluate(base.frame, step.value).includes(base)) names.add(last.field);
    }
    for (const value of fn.values) {
      if (value.kind !== 'object') continue;
      for (const [field, part] of Object.entries(value.fields))
        if (this.#eval.evaluate(base.frame, part).includes(base)) names.add(field);
    }
    return [...names];
  }

  /** `locks.get(k) ?? put(new Mutex())`: the entry, whoever makes it first. */
  withoutFirstUse(all: Refs): Refs {
    const entries = all.filter(ref => ref.kind === 'element');
    if (entries.length === 0 || entries.length === all.length) return all;
    for (const entry of entries) {
      const fresh = all.find(ref => madeOf(ref)?.type != null);
      const type = fresh && madeOf(fresh)?.type;
      if (!type || entry.kind !== 'element') continue;
      this.elementKinds.set(entry.base.id, fresh.kind === 'view' ? { type, wait: fresh.wait } : { type });
    }
    return alternatives(
      this.#eval.refs,
      all.filter(ref => madeOf(ref) === null),
    );
  }
}

const isInside = (fn: FunctionFacts, outer: FunctionFacts): boolean =>
  fn.id === outer.id || fn.id.startsWith(outer.id.endsWith('#') ? outer.id : `${outer.id}/`);

/** Whether a write is to the field as this type declares it. */
export function matches(place: Place, declaring: TypeId, evaluator: Evaluator): boolean {
  const last = place.path[place.path.length - 1];
  if (!last || !('field' in last)) return false;
  if (last.of !== undefined) {
    if (last.field.startsWith('#')) return last.of === declaring;
    return (
      (evaluator.types.declaring(last.of, last.field) ?? last.of) === declaring ||
      (evaluator.program.types.get(last.of)?.kind === 'interface' && evaluator.types.fits(declaring, last.of))
    );
  }
  return place.type === null || evaluator.types.related(place.type, declaring);
}

/** Whether two references may stand for one object. */
export function mayBe(a: Ref, b: Ref): boolean {
  if (a === b) return true;
  if (a.kind === 'made' && b.kind === 'made') return a.site === b.site && mayBeFrame(a.frame, b.frame);
  if (a.kind === 'field' && b.kind === 'field') return a.name === b.name && mayBe(a.base, b.base);
  const isOpen = (ref: Ref): boolean =>
    ref.kind === 'parameter' || ref.kind === 'self' || ref.kind === 'element' || ref.kind === 'field';
  if (a.kind === 'made' || b.kind === 'made') {
    const [made, other] = a.kind === 'made' ? [a, b] : [b, a];
    return isOpen(other) && typeOf(made) !== null && typeOf(made) === typeOf(other);
  }
  return isOpen(a) && isOpen(b) && (typeOf(a) === null || typeOf(b) === null || typeOf(a) === typeOf(b));
}

function mayBeFrame(a: Frame, b: Frame): boolean {
  if (a === b || isSymbolic(a) || isSymbolic(b)) return true;
  const [selfA, selfB] = [a.self?.[0], b.self?.[0]];
  return selfA !== undefined && selfB !== undefined && mayBe(selfA, selfB);
}

function isSymbolic(frame: Frame): boolean {
  return frame.self === null && frame.parameters.every(parameter => parameter === null);
}

function superCall(fn: FunctionFacts, evaluator: Evaluator): { id: FunctionId; args: readonly number[] } | undefined {
  const bases = fn.owner === null ? [] : evaluator.types.ancestors(fn.owner).slice(1);
  const constructors = new Set(bases.map(base => evaluator.program.types.get(base)?.construct));
  for (const step of evaluator.program.steps(fn.id).values()) {
    if (step.kind !== 'call' || step.target.kind !== 'functions') continue;
    const id = step.target.ids.find(target => constructors.has(target));
    if (id !== undefined) return { id, args: step.args };
  }
  return undefined;
}

/** Of an instance whose `new` is known, the constructor's activation tells: what it was not given others were. */
const isByConstructor = ({ fn, place }: Write, base: Ref, { types }: Evaluator): boolean =>
  base.kind === 'made' && 'step' in base.at && place.root.kind === 'self' && types.isConstructor(fn.id);
