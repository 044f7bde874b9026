/** Locks made where every call makes its own, and locks put in the place of one that may be held. */
import type { Access, Branch, Call, FunctionFacts, Place, Step, TypeId, ValueId } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { FunctionIndex } from '../handmade/handMadeIndex.ts';
import { looksAt } from './placeTests.ts';
import { containerOf } from './entryOrNew.ts';
import { handsItselfOut } from './selfGiven.ts';
import { livesOn } from './locations.ts';
import { type LockActivity, lockActivities } from '../locks/lockActivities.ts';
import { type Pair, traceEnd } from '../locks/lockPairs.ts';
import { MADE_BY } from '../locks/locks.ts';
import { excludes } from './guardedState.ts';
import { lockTypes, type Program, type Site, variableAt } from '../program.ts';
import { type Frame, type Ref, viewed } from '../refs.ts';
import { writeIndex, type WriteIndex } from '../writeIndex.ts';

export interface LockCreation {
  readonly how: 'per-call' | 'per-render' | 'replaced';
  readonly at: Site;
  readonly lock: string;
  /** What the lock is put into, when it replaces another. */
  readonly place: string | null;
  /** Where it is taken. */
  readonly used: readonly Site[];
  readonly confidence: Confidence;
}

/** Every place where a lock is made, and the wrong ones. */
export interface LockCreations {
  readonly found: readonly LockCreation[];
  readonly looked: readonly Site[];
  readonly right: readonly RightCreation[];
}

/**
 * Why a lock that is made here does exclude. `made-once`: the code runs once in the life of what it guards;
 * `not-replaced`: it is put where none was; `shared`: all who need it are given this one; `same-task`: no two calls of
 * the code run side by side; `not-taken`: nobody takes it.
 */
export interface RightCreation {
  readonly at: Site;
  readonly type: string;
  readonly because: 'made-once' | 'not-replaced' | 'shared' | 'same-task' | 'not-taken';
}

export const lockCreations = defineAnalysis<LockCreations>('lock-creations', (get, program) =>
  new Finder(get, program).run(),
);

type MadeRef = Ref & { kind: 'made' };
interface Use {
  by: LockActivity;
  pair: Pair;
}
/** Where a value is looked for: what holds it in an activation of a function. */
interface Holding {
  holding: ReadonlySet<ValueId>;
  fn: FunctionFacts;
  frame: Frame;
  ref: Ref;
}
const FOLLOWED = 4;

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  /** By the site that makes the lock. */
  readonly #uses = new Map<string, Use[]>();
  readonly #found: LockCreation[] = [];
  readonly #looked: Site[] = [];
  /** Of locks. */
  readonly #types: ReadonlySet<TypeId>;
  readonly #right: RightCreation[] = [];

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#types = lockTypes(program);
    for (const by of get(lockActivities).list)
      for (const pair of by.pairs) {
        const { site } = pair.acquires;
        const [whole = ''] = site.split(MADE_BY);
        const [base = ''] = whole.split('[');
        const list = this.#uses.get(base);
        if (list) list.push({ by, pair });
        else this.#uses.set(base, [{ by, pair }]);
      }
  }

  run(): LockCreations {
    if (this.#types.size > 0)
      for (const fn of this.#program.functions.values()) {
        for (const step of this.#program.steps(fn.id).values()) {
          if (step.kind !== 'call' || step.newOf === undefined || !this.#types.has(step.newOf)) continue;
          this.#looked.push(this.#program.site(fn.id, step.at));
          const because = this.#creation(fn, step);
          if (because !== null) this.#right.push({ at: this.#program.site(fn.id, step.at), type: step.newOf, because });
        }
      }
    return { found: this.#found, looked: this.#looked, right: this.#right };
  }

  /** Reports it, or says why it is right. */
  #creation(fn: FunctionFacts, step: Call): RightCreation['because'] | null {
    const symbolic = this.#eval.symbolicFrame(fn);
    if (this.#isOfOneRun(fn, step))
      return this.#add('per-call', fn, step, this.#uses.get(`${fn.id}@s${step.id}`) ?? [], null, 'medium');
    if (fn.synthetic || livesOn(this.#eval, symbolic)) return 'made-once';
    const index = new FunctionIndex(fn);
    const stores = this.#storesOf(index, symbolic, step);
    const replaced = stores.find(store => this.#replaces(index, symbolic, store, step));
    if (replaced)
      return this.#add('replaced', fn, step, this.#usesAt(symbolic, replaced, step), placeText(replaced.place));
    if (stores.length > 0) return 'not-replaced';
    const uses = this.#uses.get(`${fn.id}@s${step.id}`) ?? this.#usesOfEntry(index, symbolic, step);
    const [first] = uses;
    if (!first || !excludes(first.pair.acquires) || !isMade(first.pair.acquires.ref)) return 'not-taken';
    const { ref } = first.pair.acquires.entry === null ? first.pair.acquires : { ref: this.#madeAt(symbolic, step) };
    if (!ref || !isMade(ref)) return 'not-taken';
    const rendered = this.#isRendered(fn, ref);
    if (rendered) return this.#add('per-render', fn, step, uses, null);
    if (uses.some(use => this.#isShared(use, fn, ref)) || this.#escapes(ref, fn, ref.frame, FOLLOWED)) return 'shared';
    if (uses.some(use => this.#isSharedByCaller(use, fn, ref))) return 'shared';
    if (uses.every(({ by }) => by.activity.instances !== 'many')) return 'same-task';
    return this.#add('per-call', fn, step, uses, null);
  }

  #add(
    how: LockCreation['how'],
    fn: FunctionFacts,
    step: Call,
    uses: readonly Use[],
    place: string | null,
    atMost: Confidence = 'high',
  ): null {
    const exported = uses.length === 0 || uses.every(({ by }) => by.activity.evidence === 'exported');
    this.#found.push({
      how,
      at: this.#program.site(fn.id, step.at),
      lock: uses[0]?.pair.acquires.name ?? place ?? 'the lock',
      place,
      used: distinct(uses.map(({ pair }) => traceEnd(pair.trace))).slice(0, 6),
      confidence: how !== 'per-render' && exported ? 'medium' : atMost,
    });
    return null;
  }

  /** A field of an object that each request or call makes for itself, uses and forgets. */
  #isOfOneRun(fn: FunctionFacts, step: Call): boolean {
    const type = fn.owner;
    const uses = this.#uses.get(`${fn.id}@s${step.id}`) ?? [];
    if (
      uses.length === 0 ||
      type === null ||
      !this.#eval.types.isConstructor(fn.id) ||
      handsItselfOut(this.#eval, type)
    )
      return false;
    return uses.every(use => {
      const { owner } = use.pair.acquires;
      if (!excludes(use.pair.acquires) || use.by.activity.instances !== 'many') return false;
      if (owner?.kind !== 'made' || owner.type !== type || !('step' in owner.at)) return false;
      const { fn: maker } = owner.frame;
      if (livesOn(this.#eval, this.#eval.symbolicFrame(maker)) || this.#eval.types.isConstructor(maker.id))
        return false;
      return !this.#isShared(use, maker, owner) && !this.#escapes(owner, maker, owner.frame, FOLLOWED);
    });
  }

  /** Taken by branches that run side by side, or by something that was started and goes on by itself. */
  #isShared({ by, pair }: Use, fn: FunctionFacts, ref: MadeRef): boolean {
    const inside = (id: string): boolean => id === fn.id || id.startsWith(`${fn.id}/`);
    const forked = pair.forks.some(({ id }) => {
      const frame = Number(id.slice(0, id.indexOf('.')));
      return frame === ref.frame.id || this.#frameIn(frame, by, inside);
    });
    if (forked) return true;
    const home = by.activity.frame.fn.id;
    return home !== fn.id && inside(home);
  }

  #frameIn(frame: number, by: LockActivity, inside: (id: string) => boolean): boolean {
    for (let at: Frame | null = by.activity.frame; at; at = at.parent) if (at.id === frame) return inside(at.fn.id);
    return false;
  }

  /** Handed out: returned, stored, registered, or given to code that keeps it or that nobody knows. */
  #escapes(ref: Ref, fn: FunctionFacts, frame: Frame, depth: number): boolean {
    if (depth === 0) return true;
    const holding = new Set<ValueId>();
    fn.values.forEach((value, id) => {
      const holds =
        value.kind === 'function'
          ? this.#capturesIt(value.id, fn, frame, ref)
          : value.kind !== 'constant' && value.kind !== 'unknown' && this.#holds(this.#eval.evaluate(frame, id), ref);
      if (holds) holding.add(id);
    });
    fn.values.forEach((value, id) => {
      if (value.kind === 'object' && Object.values(value.fields).some(part => holding.has(part))) holding.add(id);
      if (value.kind === 'array' && value.values.some(part => holding.has(part))) holding.add(id);
    });
    return [...this.#program.steps(fn.id).values()].some(step =>
      this.#stepHandsOut(step, { holding, fn, frame, ref }, depth),
    );
  }

  #holds(refs: readonly Ref[], ref: Ref): boolean {
    return refs.some(one => one === ref || (one.kind === 'view' && one.of === ref));
  }

  #capturesIt(closure: string, fn: FunctionFacts, frame: Frame, ref: Ref): boolean {
    const facts = this.#program.functions.get(closure);
    if (!facts || (facts.parent !== fn.id && !facts.id.startsWith(`${fn.id}/`))) return false;
    return facts.captures.some(({ from, slot }) => {
      const owner = this.#eval.enclosing(frame, from);
      return this.#holds(this.#eval.variable(owner, from, slot), ref);
    });
  }

  #stepHandsOut(step: Step, { holding, fn, frame, ref }: Holding, depth: number): boolean {
    const has = (value: ValueId | undefined): boolean => value !== undefined && holding.has(value);
    switch (step.kind) {
      case 'exit':
        return step.how === 'return' && has(step.value) && this.#isGivenOut(ref, fn, depth);
      case 'yield':
        return has(step.value);
      case 'access': {
        if (!has(step.value) || step.mode === 'read') return false;
        const { root, path } = step.place;
        return !(root.kind === 'captured' && root.from === fn.id && path.length === 0);
      }
      case 'register':
        return has(step.handler);
      case 'spawn':
        return has(step.body) || step.args.some(has);
      case 'call':
        return step.args.some(arg => has(arg) && this.#isKept(step, arg, frame, depth));
      default:
        return false;
    }
  }

  /** A fresh lock that a helper returns, or a closure over it, is kept by one of the callers, or by nobody knows whom. */
  #isGivenOut(ref: Ref, fn: FunctionFacts, depth: number): boolean {
    const isFresh = ref.kind === 'made' && ref.frame.fn === fn && ref.type !== null && this.#types.has(ref.type);
    const callers = this.#graph.callers(fn.id);
    if (!isFresh || callers.length === 0 || this.#graph.escapes(fn.id)) return true;
    return callers.some(({ caller, step }) => {
      const facts = this.#program.functions.get(caller);
      const frame = facts && this.#eval.symbolicFrame(facts);
      if (!frame || facts.synthetic || livesOn(this.#eval, frame)) return true;
      const result = facts.values.findIndex(value => value.kind === 'result' && value.of === step);
      const given = this.#eval
        .evaluate(frame, result)
        .map(viewed)
        .find(one => (isMade(one) ? one.site === ref.site : isClosureOf(one, fn)));
      return given === undefined || this.#escapes(given, facts, frame, depth - 1);
    });
  }

  /** Branches of a caller that was given the lock take it side by side. */
  #isSharedByCaller({ by, pair }: Use, fn: FunctionFacts, ref: MadeRef): boolean {
    const returned = this.#eval.returns(ref.frame).map(viewed);
    if (!returned.includes(ref) && !returned.some(one => isClosureOf(one, fn))) return false;
    const home = by.activity.frame.fn.id;
    return pair.forks.length > 0 || this.#graph.callers(fn.id).some(({ caller }) => home.startsWith(`${caller}/`));
  }

  /** Whether the callee keeps an argument. */
  #isKept(step: Call, arg: ValueId, frame: Frame, depth: number): boolean {
    const callees = this.#eval.callees(frame, step);
    if (callees.length === 0) return true;
    return callees.some(({ frame: callee }) => {
      if (callee.fn.synthetic) return false;
      if (step.newOf !== undefined) return true;
      const given = this.#eval.evaluate(frame, arg);
      return given.some(ref => this.#escapes(viewed(ref), callee.fn, callee, depth - 1));
    });
  }

  /** A component makes it, and only the handlers of what it renders take it. */
  #isRendered(fn: FunctionFacts, ref: MadeRef): boolean {
    const handlers = [...this.#program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'register' || step.entry.trigger !== 'input') return [];
      return this.#eval.evaluate(ref.frame, step.handler);
    });
    if (handlers.length === 0) return false;
    const returned = this.#eval.returns(ref.frame);
    const isShown = returned.some(one => {
      const value = one.kind === 'made' && 'value' in one.at ? one.frame.fn.values[one.at.value] : undefined;
      return value?.kind === 'object' && value.type === null;
    });
    return (
      isShown &&
      handlers.some(one => one.kind === 'function' && this.#capturesIt(one.fn, fn, ref.frame, ref)) &&
      ![...this.#program.steps(fn.id).values()].some(
        step => step.kind === 'call' && step.args.some(arg => this.#holds(this.#eval.evaluate(ref.frame, arg), ref)),
      )
    );
  }

  /** Where the new lock is put, other than in a variable of the function itself. */
  #storesOf(index: FunctionIndex, frame: Frame, step: Call): Access[] {
    const site = `${frame.fn.id}@s${step.id}`;
    return index.accesses().flatMap(({ step: access }) => {
      if (access.mode === 'read' || access.value === undefined) return [];
      const { root, path } = access.place;
      if (root.kind === 'captured' && root.from === frame.fn.id && path.length === 0) return [];
      const made = this.#eval.evaluate(frame, access.value).map(viewed);
      return made.some(ref => isMade(ref) && ref.site === site) ? [access] : [];
    });
  }

  #madeAt(frame: Frame, step: Call): Ref | undefined {
    const value = frame.fn.values.findIndex(one => one.kind === 'result' && one.of === step.id);
    return value < 0 ? undefined : this.#eval.evaluate(frame, value)[0];
  }

  /** `locks.get(key) ?? new Mutex()`, kept nowhere: whoever takes an entry takes the new one where there is none. */
  #usesOfEntry(index: FunctionIndex, frame: Frame, step: Call): readonly Use[] {
    const container = containerOf(this.#eval, index, frame, step);
    return container ? (this.#uses.get(container.site) ?? []) : [];
  }

  /** The place has a lock already, and nothing shows that it is free or missing. */
  #replaces(index: FunctionIndex, frame: Frame, store: Access, step: Call): boolean {
    const value = store.value === undefined ? undefined : frame.fn.values[store.value];
    if (value?.kind === 'choice') return false;
    const around = index.at(store.id)?.around ?? [];
    const container = { ...store.place, path: store.place.path.slice(0, -1) };
    if (around.some(one => one.kind === 'branch' && looksAt(this.#program, frame, one, store.place, container)))
      return false;
    if (
      index.list.some(
        ({ step: one }) =>
          one.kind === 'branch' &&
          one.id < store.id &&
          leaves(one) &&
          looksAt(this.#program, frame, one, store.place, container),
      )
    )
      return false;
    const last = store.place.path[store.place.path.length - 1];
    if (last && !('field' in last)) return this.#takesFromContainer(frame, container, step);
    return this.#hasInitialLock(store, step) && !this.#onlyAtStart(frame.fn);
  }

  /** `locks.set(k, new Mutex())`, and then `locks.get(k)` is taken: every call takes its own. */
  #takesFromContainer(frame: Frame, container: Place, step: Call): boolean {
    const bases = this.#eval.place(frame, container);
    return [...this.#program.steps(frame.fn.id).values()].some(
      one =>
        one.kind === 'call' &&
        one.id > step.id &&
        one.args.some(arg =>
          this.#eval.evaluate(frame, arg).some(ref => ref.kind === 'element' && bases.includes(ref.base)),
        ) &&
        this.#eval.callees(frame, one).some(callee => callee.frame.fn.synthetic),
    );
  }

  #hasInitialLock(store: Access, step: Call): boolean {
    const { root, path } = store.place;
    const last = path[path.length - 1];
    const isLock = (fn: FunctionFacts, value: ValueId): boolean =>
      this.#eval
        .evaluate(this.#eval.symbolicFrame(fn), value)
        .map(viewed)
        .some(ref => isMade(ref) && 'step' in ref.at && ref.type === step.newOf);
    if (last && 'field' in last) {
      const literal = this.#literalLock(store, last.field, step);
      return (
        literal ||
        this.#writes
          .toField(last.field)
          .some(
            write =>
              livesOn(this.#eval, this.#eval.symbolicFrame(write.fn)) &&
              sameField(write.place, store.place) &&
              isLock(write.fn, write.value),
          )
      );
    }
    const { owner, slot } = variableAt(this.#program, root) ?? {};
    return owner !== undefined && slot?.value != null && isLock(owner, slot.value);
  }

  /** `const state = { lock: new Mutex() }`. */
  #literalLock(store: Access, field: string, step: Call): boolean {
    const base = { ...store.place, path: store.place.path.slice(0, -1) };
    if (base.root.kind !== 'module') return false;
    const body = this.#program.functions.get(`${base.root.file}#`);
    if (!body) return false;
    return this.#eval.place(this.#eval.symbolicFrame(body), base).some(ref => {
      const value = ref.kind === 'made' && 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
      const part = value?.kind === 'object' ? value.fields[field] : undefined;
      return (
        ref.kind === 'made' &&
        part !== undefined &&
        this.#eval.evaluate(ref.frame, part).some(one => one.kind === 'made' && one.type === step.newOf)
      );
    });
  }

  /** Called by constructors and module bodies only. */
  #onlyAtStart(fn: FunctionFacts): boolean {
    const callers = this.#graph.callers(fn.id);
    return (
      callers.length > 0 &&
      callers.every(({ caller }) => {
        const facts = this.#program.functions.get(caller);
        return facts !== undefined && livesOn(this.#eval, this.#eval.symbolicFrame(facts));
      })
    );
  }

  #usesAt(frame: Frame, store: Access, step: Call): Use[] {
    const own = this.#uses.get(`${frame.fn.id}@s${step.id}`) ?? [];
    const last = store.place.path[store.place.path.length - 1];
    const others = [...this.#uses.values()]
      .flat()
      .filter(({ pair }) => (last && 'field' in last ? pair.acquires.name.endsWith(`.${last.field}`) : false));
    return [...own, ...others];
  }
}

const isMade = (ref: Ref): ref is MadeRef => ref.kind === 'made';
/** A function that an activation of the other one made, and that is called instead of it. */
const isClosureOf = (ref: Ref, fn: FunctionFacts): boolean => ref.kind === 'function' && ref.frame?.fn === fn;
const leaves = (branch: Branch): boolean => branch.arms.some(arm => arm.body[arm.body.length - 1]?.kind === 'exit');
const sameField = (a: Place, b: Place): boolean => {
  const [x, y] = [a.path[a.path.length - 1], b.path[b.path.length - 1]];
  return x !== undefined && y !== undefined && 'field' in x && 'field' in y && x.field === y.field && x.of === y.of;
};
const placeText = ({ root, path }: Place): string => {
  const fields = path.map(step => ('field' in step ? `.${step.field}` : '[…]')).join('');
  return (
    (root.kind === 'module' ? root.name : root.kind === 'captured' && root.slot !== 'this' ? root.slot : 'this') +
    fields
  );
};

function distinct(sites: readonly Site[]): Site[] {
  const seen = new Set<string>();
  return sites.filter(({ file, at }) => !seen.has(`${file}:${at[0]}`) && seen.add(`${file}:${at[0]}`));
}
