/**
 * Promises that somebody else settles: their `resolve` is kept (in a field, a list, a variable) and called by other
 * code. Found where promises are made; which functions wait for one or settle one is what the lock walk must see.
 */
import type { Call, FunctionFacts, FunctionId, Place, Step, TypeId, Value, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { underLocks } from './underLocks.ts';
import type { Program } from '../program.ts';
import type { Frame, Ref, Refs } from '../refs.ts';

export interface Deferreds {
  /** Sites (`Ref` of kind `made`) of the promises. */
  readonly sites: ReadonlySet<string>;
  /** Those whose `resolve` goes where nobody sees it called: to a timer, a library, an unknown function. */
  readonly open: ReadonlySet<string>;
  /** Functions that call a kept `resolve`, by the site of the promise. */
  readonly settlers: ReadonlyMap<string, ReadonlySet<FunctionId>>;
  /** Functions that wait for one of the promises while a lock may be held. */
  readonly waiters: ReadonlySet<FunctionId>;
  readonly settling: ReadonlySet<FunctionId>;
}

const PROMISE = 'lib#Promise';
const SETTLERS = new Set(['resolve', 'reject']);

export const deferreds = defineAnalysis<Deferreds>('deferreds', (get, program) => {
  const none = {
    sites: new Set<string>(),
    open: new Set<string>(),
    settlers: new Map(),
    waiters: new Set<string>(),
    settling: new Set<string>(),
  };
  const under = get(underLocks).functions;
  return under.size > 0 ? new Search(program, get(evaluator), under).run() : none;
});

/** Containers in objects in containers. */
const KEPT_DEPTH = 4;

/**
 * What a reference may stand for: of an element of a container whatever was put there, of a part of one the parts of
 * that, of a parameter what callers give. Which element it is, is not told any more.
 */
export function keptIn(evaluate: Evaluator, ref: Ref, depth = 0): Refs {
  if (depth > KEPT_DEPTH) return [ref];
  if (ref.kind === 'element') {
    const put = keptIn(evaluate, ref.base, depth + 1).flatMap(base => [...evaluate.elements(base)]);
    const others = put.filter(one => one !== ref);
    return others.length > 0 ? [...new Set(others)] : [ref];
  }
  if (ref.kind === 'parameter') {
    const given = evaluate.resolve(ref).filter(one => one !== ref);
    return given.length > 0 ? given.flatMap(one => [...keptIn(evaluate, one, depth + 1)]) : [ref];
  }
  if (ref.kind !== 'field') return evaluate.resolve(ref);
  const owners = keptIn(evaluate, ref.base, depth + 1).filter(owner => owner !== ref.base);
  if (owners.length === 0) return evaluate.resolve(ref);
  return [...new Set(owners.flatMap(owner => [...evaluate.field(owner, ref.name, ref.of)]))];
}

/** The promise whose settling function a reference is. */
export function settledBy(evaluate: Evaluator, refs: Refs): (Ref & { kind: 'made' })[] {
  return refs
    .flatMap(ref => [...evaluate.resolve(ref)])
    .flatMap(ref =>
      ref.kind === 'field' && SETTLERS.has(ref.name) && ref.base.kind === 'made' && ref.base.type === PROMISE
        ? [ref.base]
        : [],
    );
}

/** The promise that a call of a library's own `resolve` member settles (`Promise.withResolvers()`). */
export function settledByMember(evaluate: Evaluator, frame: Frame, step: Step): (Ref & { kind: 'made' })[] {
  if (step.kind !== 'call' || step.target.kind !== 'external' || step.receiver === undefined) return [];
  const member = step.target.name.split('.').pop() ?? '';
  if (!SETTLERS.has(member)) return [];
  return evaluate.evaluate(frame, step.receiver).flatMap(ref => settledBy(evaluate, evaluate.field(ref, member, null)));
}

/** What a call calls that somebody may keep, a value or a member of an object, and the value that it is reached by. */
export function keptCallee(evaluate: Evaluator, frame: Frame, step: Call): { refs: Refs; by: ValueId } | undefined {
  const { target, receiver } = step;
  if (target.kind === 'value') {
    const refs = evaluate.evaluate(frame, target.of).flatMap(ref => [...keptIn(evaluate, ref)]);
    return { refs, by: target.of };
  }
  if (target.kind !== 'method' || receiver === undefined) return undefined;
  const owners = evaluate.evaluate(frame, receiver).flatMap(ref => [...keptIn(evaluate, ref)]);
  const refs = owners.flatMap(ref => [...evaluate.field(ref, target.name, null)]);
  return { refs, by: receiver };
}

class Search {
  readonly #program: Program;
  readonly #eval: Evaluator;
  /** Executors, and the promise that each one makes. */
  readonly #executors = new Map<FunctionId, string>();
  readonly #sites = new Set<string>();
  readonly #open = new Set<string>();
  /** Fields, variables and captured parameters that hold a `resolve`. */
  readonly #names = new Set<string>();
  readonly #settlers = new Map<string, Set<FunctionId>>();

  /** Functions that may run while a lock is held. */
  readonly #under: ReadonlySet<FunctionId>;

  constructor(program: Program, evaluate: Evaluator, under: ReadonlySet<FunctionId>) {
    this.#program = program;
    this.#eval = evaluate;
    this.#under = under;
  }

  run(): Deferreds {
    for (const fn of this.#program.functions.values()) this.#makers(fn);
    for (const [id, site] of this.#executors) this.#executor(id, site);
    const waiters = new Set<FunctionId>();
    if (this.#sites.size > 0)
      for (const fn of this.#program.functions.values())
        if (this.#under.has(fn.id) && this.#waits(fn)) waiters.add(fn.id);
    // Who settles a promise that nobody waits for under a lock is nobody's concern.
    if (waiters.size > 0) {
      for (const fn of this.#program.functions.values()) this.#members(fn);
      for (const fn of this.#program.functions.values()) this.#uses(fn);
    }
    const settling = new Set([...this.#settlers.values()].flatMap(set => [...set]));
    return { sites: this.#sites, open: this.#open, settlers: this.#settlers, waiters, settling };
  }

  #makers(fn: FunctionFacts): void {
    const made = new Map<number, string>();
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind !== 'call') continue;
      if (step.newOf === PROMISE) made.set(step.id, `${fn.id}@s${step.id}`);
      const site = step.args.map(arg => this.#promiseOf(fn, arg, made)).find(found => found !== undefined);
      if (site === undefined || step.target.kind !== 'value') continue;
      for (const ref of this.#eval.evaluate(this.#eval.symbolicFrame(fn), step.target.of))
        if (ref.kind === 'function') this.#executors.set(ref.fn, site);
    }
    for (const value of fn.values) {
      if (value.kind !== 'object') continue;
      for (const [name, part] of Object.entries(value.fields)) {
        const site = this.#promiseOf(fn, part, made);
        if (site === undefined || !SETTLERS.has(name)) continue;
        this.#sites.add(site);
        this.#names.add(name);
      }
    }
  }

  /** `{ opened, open }`: a member of an object that is a kept `resolve`. */
  #members(fn: FunctionFacts): void {
    for (const value of fn.values) {
      if (value.kind !== 'object') continue;
      for (const [name, part] of Object.entries(value.fields)) {
        const held = fn.values[part];
        if (held?.kind === 'read' && namesOf(held.place).some(one => this.#names.has(one))) this.#names.add(name);
      }
    }
  }

  /** The site of the promise whose `resolve` or `reject` a value reads. */
  #promiseOf(fn: FunctionFacts, id: ValueId, made: ReadonlyMap<number, string>): string | undefined {
    const value = fn.values[id];
    if (value?.kind !== 'read' || value.place.root.kind !== 'value') return undefined;
    const [last] = value.place.path;
    const root = fn.values[value.place.root.of];
    const isSettler = value.place.path.length === 1 && last && 'field' in last && SETTLERS.has(last.field);
    return isSettler && root?.kind === 'result' ? made.get(root.of) : undefined;
  }

  /** What an executor does with the functions it is given. */
  #executor(id: FunctionId, site: string): void {
    const fn = this.#program.functions.get(id);
    if (!fn) return;
    for (const step of this.#program.steps(id).values()) {
      if (step.kind === 'access' && step.value !== undefined && step.mode !== 'read') {
        const kept = fn.values[step.value];
        const parts = kept?.kind === 'object' ? Object.entries(kept.fields) : [['', step.value] as const];
        const settling = parts.filter(([, part]) => isParameter(fn, part) || this.#isClosure(fn, part));
        if (settling.length === 0) continue;
        this.#sites.add(site);
        for (const name of [...namesOf(step.place), ...settling.map(([part]) => part)]) this.#names.add(name);
      }
      if (this.#handsAway(fn, step)) this.#open.add(site);
    }
    for (const [slot, { value }] of Object.entries(fn.slots))
      if (value !== null && isParameter(fn, value)) this.#names.add(slot);
  }

  /** A closure of the executor: it may call what the executor was given. */
  #isClosure(fn: FunctionFacts, id: ValueId): boolean {
    const value = fn.values[id];
    return value?.kind === 'function' && this.#program.functions.get(value.id)?.parent === fn.id;
  }

  #handsAway(fn: FunctionFacts, step: Step): boolean {
    const given = givenAway(step, id => this.#eval.graph.targets(fn.id, id).length > 0);
    return given.some(value => isParameter(fn, value) || this.#isClosure(fn, value));
  }

  /** Calls of a kept `resolve`, and places where one is handed to code that nobody sees. */
  #uses(fn: FunctionFacts): void {
    const frame = this.#eval.symbolicFrame(fn);
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind === 'call' && this.#mayCallKept(fn, step)) {
        for (const promise of settledBy(this.#eval, keptCallee(this.#eval, frame, step)?.refs ?? [])) {
          const set = this.#settlers.get(promise.site) ?? new Set();
          this.#settlers.set(promise.site, set.add(fn.id));
        }
      }
      for (const promise of settledByMember(this.#eval, frame, step)) {
        const set = this.#settlers.get(promise.site) ?? new Set();
        this.#settlers.set(promise.site, set.add(fn.id));
      }
      if (this.#executors.has(fn.id)) continue;
      for (const value of givenAway(step, id => this.#eval.graph.targets(fn.id, id).length > 0)) {
        if (!this.#mayBeKept(fn, value)) continue;
        const given = this.#eval.evaluate(frame, value);
        const found = this.#isNamed(fn, value) ? given.flatMap(ref => [...keptIn(this.#eval, ref)]) : given;
        for (const promise of settledBy(this.#eval, found)) this.#open.add(promise.site);
      }
    }
  }

  #mayCallKept(fn: FunctionFacts, { target }: Call): boolean {
    return target.kind === 'value'
      ? this.#mayBeKept(fn, target.of)
      : target.kind === 'method' && this.#names.has(target.name);
  }

  /** Read under a name that a `resolve` is kept by. */
  #isNamed(fn: FunctionFacts, id: ValueId): boolean {
    const value = fn.values[id];
    return value?.kind === 'read' && namesOf(value.place).some(name => this.#names.has(name));
  }

  #mayBeKept(fn: FunctionFacts, id: ValueId): boolean {
    const value = fn.values[id];
    if (value?.kind === 'element' || value?.kind === 'result' || value?.kind === 'choice') return true;
    if (value?.kind !== 'read') return false;
    const { root, path } = value.place;
    if (root.kind === 'parameter') return true;
    if (root.kind === 'captured' && path.length === 0) {
      const owner = this.#program.functions.get(root.from);
      const held = owner?.slots[root.slot]?.value ?? null;
      if (owner && held !== null && this.#mayBeKept(owner, held)) return true;
    }
    return path.some(step => !('field' in step)) || namesOf(value.place).some(name => this.#names.has(name));
  }

  #waits(fn: FunctionFacts): boolean {
    const frame = this.#eval.symbolicFrame(fn);
    const isDeferred = (value: ValueId): boolean =>
      this.#eval
        .evaluate(frame, value)
        .flatMap(ref => (ref.kind === 'field' ? [...keptIn(this.#eval, ref)] : [ref]))
        .some(ref => ref.kind === 'made' && this.#sites.has(ref.site));
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind === 'await' && step.values.some(isDeferred)) return true;
      if (step.kind === 'exit' && step.value !== undefined && isDeferred(step.value)) return true;
    }
    return false;
  }
}

function isParameter(fn: FunctionFacts, id: ValueId): boolean {
  const value = fn.values[id];
  return value?.kind === 'read' && value.place.root.kind === 'parameter' && value.place.path.length === 0;
}

/** Values given to code that is not the project's: timers, handlers, reactions, calls without a known body. */
function givenAway(step: Step, isOurs: (step: number) => boolean): ValueId[] {
  switch (step.kind) {
    case 'spawn':
      return [step.body, ...step.args];
    case 'register':
      return [step.handler];
    case 'chain':
      return [step.onFulfilled, step.onRejected, step.onFinally].filter(value => value !== undefined);
    case 'call':
      return isOurs(step.id) ? [] : [...step.args];
    default:
      return [];
  }
}

function namesOf({ root, path }: Place): string[] {
  const fields = path.flatMap(step => ('field' in step ? [step.field] : []));
  if (root.kind === 'captured') return [...fields, root.slot];
  return root.kind === 'module' ? [...fields, root.name] : fields;
}

/**
 * The field or variable that holds what a value is read from (`Gate.ready` of `this.ready.promise`): it tells the
 * deferreds of one factory apart. '' when the value is made on the spot.
 */
export function holderOf(evaluate: Evaluator, frame: Frame, id: ValueId, depth = 0): string {
  const value: Value | undefined = frame.fn.values[id];
  if (!value || depth > 4) return '';
  switch (value.kind) {
    case 'read':
      return holderOfPlace(evaluate, frame, value.place, depth);
    case 'settled':
    case 'element':
      return holderOf(evaluate, frame, value.of, depth + 1);
    case 'from': {
      const [only] = value.how === 'copy' ? value.values : [];
      return only === undefined ? '' : holderOf(evaluate, frame, only, depth + 1);
    }
    case 'result':
      return holderOfResult(evaluate, frame, value.of, depth);
    default:
      return '';
  }
}

function holderOfPlace(evaluate: Evaluator, frame: Frame, { root, path }: Place, depth: number): string {
  const outer = root.kind === 'value' ? holderOf(evaluate, frame, root.of, depth + 1) : '';
  if (outer !== '') return outer;
  // A part of an interface is one of any object that looks like it.
  const isOfClass = (type: TypeId | undefined): boolean =>
    type !== undefined && evaluate.program.types.get(type)?.kind === 'class';
  const field = path.find(step => 'field' in step && isOfClass(step.of));
  if (field && 'field' in field) return `${field.of ?? ''}.${field.field}`;
  return root.kind === 'module' ? `${root.file}#${root.name}` : '';
}

function holderOfResult(evaluate: Evaluator, frame: Frame, step: number, depth: number): string {
  const call = evaluate.program.steps(frame.fn.id).get(step);
  if (call?.kind !== 'call') return '';
  for (const { frame: inner } of evaluate.callees(frame, call))
    for (const returned of evaluate.writes.returned(inner.fn.id)) {
      const found = holderOf(evaluate, inner, returned, depth + 1);
      if (found !== '') return found;
    }
  return '';
}
