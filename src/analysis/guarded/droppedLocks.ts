/** Locks taken out of their container after use while others may wait for them: whoever comes next makes another one. */
import type { Access, FunctionFacts, FunctionId, Place, Step } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { FunctionIndex, placeKey } from '../handmade/handMadeIndex.ts';
import { type LockActivity, lockActivities } from '../locks/lockActivities.ts';
import { type Pair, traceEnd } from '../locks/lockPairs.ts';
import { lockTypes, type Program, type Site } from '../program.ts';
import { type Frame, type Ref, type Refs, viewed } from '../refs.ts';
import { excludes } from './guardedState.ts';

export interface DroppedLock {
  /** Where the lock is taken out. */
  readonly at: Site;
  readonly lock: string;
  /** Where it is taken. */
  readonly used: Site;
  /** Where a new one is made, and where it is put in. */
  readonly created: Site;
  readonly made: Site;
  readonly confidence: Confidence;
}

export const droppedLocks = defineAnalysis<readonly DroppedLock[]>('dropped-locks', (get, program) =>
  new Finder(get, program).run(),
);

interface Use {
  by: LockActivity;
  pair: Pair;
}

class Finder {
  readonly #program: Program;
  readonly #eval: Evaluator;
  /** By the function that takes them. */
  readonly #uses = new Map<FunctionId, Use[]>();
  /** By the container that new locks are put into. */
  readonly #made = new Map<string, Pick<DroppedLock, 'created' | 'made'>>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#eval = get(evaluator);
    for (const by of get(lockActivities).list)
      for (const pair of by.pairs) {
        if (by.activity.instances !== 'many' || pair.wait === 'try' || !excludes(pair.acquires)) continue;
        const { in: end } = traceEnd(pair.trace);
        const fn = this.#program.functions.get(end)?.synthetic ? end.slice(0, end.lastIndexOf('/')) : end;
        const list = this.#uses.get(fn);
        if (list) list.push({ by, pair });
        else this.#uses.set(fn, [{ by, pair }]);
      }
  }

  run(): DroppedLock[] {
    const types = lockTypes(this.#program);
    if (types.size === 0 || this.#uses.size === 0) return [];
    for (const fn of this.#program.functions.values()) this.#stores(fn, types);
    if (this.#made.size === 0) return [];
    return [...this.#uses].flatMap(([id, uses]) => {
      const fn = this.#program.functions.get(id);
      return fn ? this.#dropped(fn, uses) : [];
    });
  }

  /** New locks that are put into containers. */
  #stores(fn: FunctionFacts, types: ReadonlySet<string>): void {
    let index: FunctionIndex | undefined;
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind !== 'access' || step.value === undefined || step.mode === 'read') continue;
      const key = containerKey(fn, step.place);
      if (key === null || this.#made.has(key)) continue;
      index ??= new FunctionIndex(fn);
      const parts = index.alternatives(step.value);
      const [created] = parts
        .flatMap(part => this.#eval.evaluate(this.#eval.symbolicFrame(fn), part))
        .map(viewed)
        .flatMap(ref => (ref.kind === 'made' && ref.type !== null && types.has(ref.type) ? this.#madeAt(ref) : []));
      if (created) this.#made.set(key, { created, made: this.#program.site(fn.id, step.at) });
    }
  }

  #madeAt({ frame, at }: Ref & { kind: 'made' }): Site[] {
    const step = 'step' in at ? this.#program.steps(frame.fn.id).get(at.step) : undefined;
    return step ? [this.#program.site(frame.fn.id, step.at)] : [];
  }

  #dropped(fn: FunctionFacts, uses: readonly Use[]): DroppedLock[] {
    const index = new FunctionIndex(fn);
    return index.accesses().flatMap(({ step, around }) => {
      if (step.mode !== 'delete' || around.some(one => one.kind === 'branch') || leavesBefore(index, step)) return [];
      const key = containerKey(fn, step.place);
      const made = key === null ? undefined : this.#made.get(key);
      const taken = made && index.list.find(placed => this.#takes(fn, placed.step, step));
      const use = taken && uses.find(({ pair }) => traceEnd(pair.trace).at[0] === taken.step.at[0]);
      if (!made || !use) return [];
      const exported = uses.every(({ by }) => by.activity.evidence === 'exported');
      return [
        {
          at: this.#program.site(fn.id, step.at),
          lock: use.pair.acquires.name,
          used: traceEnd(use.pair.trace),
          ...made,
          confidence: exported ? 'medium' : 'high',
        },
      ];
    });
  }

  /** The lock that is taken here is the entry that goes. */
  #takes(fn: FunctionFacts, step: Step, drop: Access): boolean {
    if (step.id > drop.id) return false;
    const frame = this.#eval.symbolicFrame(fn);
    const entries = new Set<Ref>(this.#eval.place(frame, drop.place).filter(ref => ref.kind === 'element' && ref.of));
    return this.#locksOf(frame, step).some(ref => entries.has(viewed(ref)));
  }

  /** What a step takes, by itself or by a library's section (`lock.runExclusive(…)`). */
  #locksOf(frame: Frame, step: Step): Refs {
    if (step.kind === 'acquire') {
      if (step.key !== undefined) return [];
      return typeof step.lock === 'number' ? this.#eval.evaluate(frame, step.lock) : this.#eval.place(frame, step.lock);
    }
    if (step.kind !== 'call' || step.target.kind !== 'functions') return [];
    return this.#eval
      .callees(frame, step)
      .filter(callee => callee.frame.fn.synthetic)
      .flatMap(({ frame: inner }) =>
        [...this.#program.steps(inner.fn.id).values()].flatMap(one =>
          one.kind === 'acquire' ? this.#locksOf(inner, one) : [],
        ),
      );
  }
}

/** A way out before it may have tested that nobody waits. */
function leavesBefore(index: FunctionIndex, step: Access): boolean {
  return index.list.some(
    ({ step: one, around }) =>
      one.kind === 'exit' && one.how !== 'throw' && one.id < step.id && around.some(outer => outer.kind === 'branch'),
  );
}

/** The container of an entry; null: not an entry, or nobody knows of what. */
function containerKey(fn: FunctionFacts, { root, type, path }: Place): string | null {
  const last = path[path.length - 1];
  if (!last || 'field' in last) return null;
  return placeKey(fn, { root, type, path: path.slice(0, -1) });
}
