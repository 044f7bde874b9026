/**
 * Structured control flow for release duties: every path of an activation, normal and exceptional, with what it still
 * holds at its end.
 */
import type { Block, Branch, Exit as ExitStep, Loop, Step, Try } from '../../model/facts.ts';
import { truthOfText } from '../flow/givenTests.ts';
import { withoutAsked } from './dutyAnswers.ts';
import type { DutyTools, DutyWalk, Jump, Thrown } from './dutyEffects.ts';
import { DutyJoins } from './dutyJoins.ts';
import { type Duty, type Exit, type Hold, type Path, START, byFlag, distinctExits, siteKey } from './dutyPaths.ts';
import { releasedByState } from './ownStates.ts';
import { type Frame, type Ref, type Refs, typeOf } from '../refs.ts';

type Paths = readonly Path[];
const NONE: Paths = [];
export class DutyInterpreter extends DutyJoins {
  protected readonly relevant: ReadonlySet<string>;
  readonly #done = new Map<number, readonly Exit[]>();
  readonly #running = new Set<number>();
  /** Classes of locks that somebody releases without having taken them. */
  readonly #releasedElsewhere: ReadonlySet<string>;

  constructor(tools: DutyTools, relevant: ReadonlySet<string>, releasedElsewhere: ReadonlySet<string>) {
    super(tools);
    this.relevant = relevant;
    this.#releasedElsewhere = releasedElsewhere;
  }

  outcomes(frame: Frame): readonly Exit[] {
    return this.settledOutcomes(frame) ?? this.#unseen(frame);
  }

  protected settledOutcomes(frame: Frame): readonly Exit[] | null {
    const known = this.#done.get(frame.id);
    if (known) return known;
    if (this.#running.has(frame.id) || this.#running.size > 60 || this.#done.size > BODIES) return null;
    this.#running.add(frame.id);
    const { exits } = this.#run(frame, false);
    this.#running.delete(frame.id);
    const found = distinctExits(exits.map(exit => this.outward(frame, exit)));
    this.#done.set(frame.id, found);
    return found;
  }

  /** A body that is not run: it takes and gives back nothing, and may fail. */
  #unseen(frame: Frame): readonly Exit[] {
    const site = this.evaluator.program.site(frame.fn.id, frame.fn.at);
    const normal: Exit = { how: 'normal', path: START, returns: null, cause: null, site };
    const throws = this.tools.throws.body(frame.fn);
    if (throws === 'never') return [normal];
    return [normal, { ...normal, how: 'throw', cause: { certain: throws === 'certain', site, text: 'it may fail' } }];
  }

  /** Every way a function ends when nothing is known of its callers. */
  root(frame: Frame): { exits: readonly Exit[]; overflow: boolean } {
    this.#running.add(frame.id);
    const walk = this.#run(frame, true);
    this.#detached(walk);
    const exits = walk.exits.flatMap(exit => this.#seenToTheEnd(walk, exit));
    this.#running.delete(frame.id);
    return { exits, overflow: walk.overflow };
  }

  /**
   * What is held when the promise settles and goes to whoever gets its value. A handler in between that releases on some
   * path knows what it does.
   */
  grantedBy(promise: Ref): readonly Duty[] {
    const frame = promise.kind === 'task' || promise.kind === 'chain' ? promise.frame : null;
    if (!frame || !this.matters(promise, START, 0)) return [];
    const walk = this.#walkOf(promise.kind === 'task' ? promise.from : frame, true);
    const { normal } = this.join(walk, promise, START, frame.fn.at, 0);
    const [first] = normal;
    const holds = normal.flatMap(path => path.held.filter(hold => hold.duty.kind === 'lock'));
    if (!first || normal.some(path => path.held.length === 0 && path.taken.size > 0)) return [];
    return [...new Map(holds.map(hold => [hold.duty.id, hold.duty])).values()];
  }

  #walkOf(frame: Frame, root: boolean): DutyWalk {
    return {
      frame,
      root,
      exits: [],
      thrown: [],
      jumps: [],
      wrong: [],
      lenient: 0,
      joined: new Set(),
      underWay: new Set(),
      overflow: false,
      work: 0,
    };
  }

  #run(frame: Frame, root: boolean): DutyWalk {
    const walk = this.#walkOf(frame, root);
    const site = this.evaluator.program.site(frame.fn.id, frame.fn.at);
    for (const path of this.#block(walk, frame.fn.body, [START]))
      walk.exits.push({ how: 'normal', path, returns: frame.fn.synthetic ? null : false, cause: null, site });
    for (const { path, cause } of walk.thrown)
      walk.exits.push({ how: 'throw', path, returns: null, cause, site: cause.site });
    this.tellWrong(walk);
    return walk;
  }

  /** Promises that are under way at the end go on and give back what they were given. */
  #seenToTheEnd(walk: DutyWalk, exit: Exit): Exit[] {
    const [next] = exit.path.pending;
    const ref = next === undefined ? undefined : this.promises.get(next);
    if (!ref || exit.path.held.length === 0) return [exit];
    const joined = this.join(walk, ref, exit.path, walk.frame.fn.at, 0);
    return [
      ...joined.normal.map(path => ({ ...exit, path })),
      ...joined.thrown.map(({ path, cause }): Exit => ({ ...exit, how: 'throw', path, cause, site: cause.site })),
    ].flatMap(one => (one.path.pending.has(ref.id) ? [one] : this.#seenToTheEnd(walk, one)));
  }

  /** Chains that nobody waits for, and that no path will see to their end: each runs on its own. */
  #detached(walk: DutyWalk): void {
    const { fn } = walk.frame;
    const inner = new Set<number>();
    const chains = [...this.evaluator.program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'chain') return [];
      for (const ref of this.evaluator.evaluate(walk.frame, step.of)) inner.add(ref.id);
      return [this.evaluator.refs.make({ kind: 'chain', frame: walk.frame, step: step.id })];
    });
    const waited = new Set(walk.joined);
    for (const ref of chains) {
      if (
        inner.has(ref.id) ||
        walk.underWay.has(ref.id) ||
        this.isWaitedFor(ref, waited) ||
        !this.matters(ref, START, 0)
      )
        continue;
      const at = ref.kind === 'chain' ? this.stepAt(walk.frame, ref.step) : fn.at;
      const joined = this.join(walk, ref, START, at, 0);
      const site = this.site(walk, at);
      for (const path of joined.normal) walk.exits.push({ how: 'normal', path, returns: null, cause: null, site });
      for (const { path, cause } of joined.thrown)
        walk.exits.push({ how: 'throw', path, returns: null, cause, site: cause.site });
    }
  }

  #block(walk: DutyWalk, block: Block, start: Paths): Paths {
    let paths = start;
    for (const step of block) {
      if (paths.length === 0) return NONE;
      const after = this.#step(walk, step, paths);
      paths = after.length > paths.length ? this.settle(walk, after) : after;
    }
    return paths;
  }

  #step(walk: DutyWalk, step: Step, paths: Paths): Paths {
    switch (step.kind) {
      case 'branch':
        return paths.flatMap(path => [...this.#branch(walk, step, this.#goesOn(walk, step, path, paths), path)]);
      case 'loop':
        return this.#loop(walk, step, paths);
      case 'try':
        return this.#try(walk, step, paths);
      case 'exit':
        for (const path of paths) this.#exit(walk, step, path);
        return NONE;
      default:
        return paths.flatMap(path => [...this.#simple(walk, step, path)]);
    }
  }

  #simple(walk: DutyWalk, step: Step, path: Path): Paths {
    switch (step.kind) {
      case 'acquire':
        return this.acquire(walk, step, path);
      case 'release':
        return [this.release(walk, step, path)];
      case 'call':
        return this.calls(walk, step, path).map(after => this.conditions.made(walk.frame, after, step.id));
      case 'await':
        return this.awaits(walk, step, path);
      case 'access':
        return [this.access(walk, step, path)];
      case 'spawn':
        return this.calledBack(walk, step, path) ?? [this.started(walk, step, path)];
      case 'register':
        return [this.started(walk, step, path)];
      case 'chain':
        return [this.chained(walk, step.id, path)];
      case 'drop':
        return this.#dropped(walk, this.evaluator.evaluate(walk.frame, step.value), step.at, path);
      case 'yield': {
        const handed = step.value === undefined ? NONE_REFS : this.evaluator.evaluate(walk.frame, step.value);
        const after = this.handOver(path, handed);
        this.throwing(walk, 'certain', step.at, 'the consumer may stop here', [after]);
        return [after];
      }
      default:
        this.throwing(walk, this.tools.throws.step(step), step.at, 'it may fail', [path]);
        return [path];
    }
  }

  /** An acquisition that nobody waits for is granted all the same. */
  #dropped(walk: DutyWalk, refs: Refs, at: readonly [number, number], path: Path): Paths {
    const tasks = refs.filter(
      ref =>
        ref.kind === 'task' &&
        ref.from === walk.frame &&
        !path.pending.has(ref.id) &&
        this.relevant.has(ref.frame.fn.id),
    );
    const [task] = tasks;
    if (!task || tasks.length > 1 || refs.length > 1) return [path];
    const joined = this.thrownIn(walk, () => this.join(walk, task, path, at, 0).normal);
    return joined.normal.length > 0 ? joined.normal : [path];
  }

  #exit(walk: DutyWalk, step: ExitStep, path: Path): void {
    if (step.how === 'break' || step.how === 'continue') {
      walk.jumps.push({ how: step.how, label: step.label, path });
      return;
    }
    const site = this.site(walk, step.at);
    if (step.how === 'throw') {
      const refs = step.value === undefined ? NONE_REFS : this.evaluator.evaluate(walk.frame, step.value);
      walk.thrown.push({ path: this.handOver(path, refs), cause: { certain: true, site, text: 'it throws here' } });
      return;
    }
    const refs = step.value === undefined ? NONE_REFS : this.evaluator.evaluate(walk.frame, step.value);
    const returns = step.value === undefined ? false : this.#truthOf(walk.frame, path, step.value, refs);
    const joins = walk.root || walk.frame.fn.calling === 'promise' || walk.frame.fn.calling === 'coroutine';
    const settled = refs.flatMap(ref => [...this.settledOf(ref, 0)]);
    const paths = joins ? this.#joinedAtEnd(walk, refs, path, step.at) : [path];
    for (const after of paths)
      walk.exits.push({
        how: 'normal',
        path: this.#returned(after, [...refs, ...settled]),
        returns,
        cause: null,
        site,
      });
  }

  /** The caller waits for what is returned: one of the references; so many that it is as good as unknown say nothing. */
  #joinedAtEnd(walk: DutyWalk, refs: Refs, path: Path, at: readonly [number, number]): Paths {
    const waited = refs.filter(ref => this.matters(ref, path, 0));
    if (waited.length === 0 || waited.length > RETURNED) return [path];
    const all = waited.map(ref => this.join(walk, ref, path, at, 0));
    for (const { thrown } of all) walk.thrown.push(...thrown);
    return this.settle(
      walk,
      all.flatMap(({ normal }) => [...normal]),
    );
  }

  #returned(path: Path, refs: Refs): Path {
    if (!path.held.some(hold => this.carriers.anyLeadsTo(refs, hold))) return path;
    return {
      ...path,
      held: path.held.map(hold => (this.carriers.anyLeadsTo(refs, hold) ? { ...hold, returned: true } : hold)),
    };
  }

  #truthOf(frame: Frame, path: Path, value: number, refs: Refs): boolean | null {
    const known = this.conditions.truth(frame, path, value);
    if (known !== null) return known;
    const truths = refs.map(ref =>
      ref.kind === 'constant'
        ? truthOfText(ref.text)
        : ref.kind === 'token' || ref.kind === 'made' || ref.kind === 'function'
          ? true
          : null,
    );
    const [first] = truths;
    return first !== undefined && truths.every(truth => truth === first) ? first : null;
  }

  /**
   * `if (!got) return;` with a flag of the function, where some paths hold the lock and others do not: that is what the
   * flag tells. Whether the path is one that goes on; null where nothing tells.
   */
  #goesOn({ frame }: DutyWalk, step: Branch, path: Path, all: Paths): boolean | null {
    const [yes, no] = (['true', 'false'] as const).map(when => leaves(step.arms.find(arm => arm.when === when)?.body));
    if (all.length === 1 || yes === no || !this.conditions.isFlag(frame, step.condition, true)) return null;
    const isTold = (one: Path): boolean => one.held.some(({ duty }) => duty.kind === 'lock');
    if (all.every(isTold) || !all.some(isTold)) return null;
    return isTold(path) === (no ?? false);
  }

  #branch(walk: DutyWalk, step: Branch, told: boolean | null, before: Path): Paths {
    const { frame } = walk;
    const decided = this.conditions.holds(frame, before, step.condition) ?? told;
    const known = decided ?? releasedByState(this.evaluator, this.conditions, frame, step, before);
    const path = known === null ? withoutAsked(this.evaluator.program, frame.fn, step.condition, before) : before;
    const isTwoWay = step.arms.every(arm => arm.when === 'true' || arm.when === 'false');
    if (!isTwoWay) return this.#cases(walk, step, path);
    const way = (holds: boolean): Paths | null => {
      if (known !== null && known !== holds) return null;
      const from = known === null ? this.conditions.assume(frame, path, step.condition, holds) : path;
      const arm = step.arms.find(one => one.when === (holds ? 'true' : 'false'));
      return arm ? this.#block(walk, arm.body, [from]) : [from];
    };
    const start = seenBy(walk);
    const yes = way(true);
    const between = seenBy(walk);
    const no = way(false);
    if (yes === null || no === null) return yes ?? no ?? NONE;
    const isPlain = start.exits === walk.exits.length && start.jumps === walk.jumps.length;
    if (!isPlain || !this.conditions.isFlag(frame, step.condition)) return [...yes, ...no];
    const isTwice = { yes: between.wrong > start.wrong, no: walk.wrong.length > between.wrong };
    const chosen = byFlag(path, yes, no, isTwice);
    if (chosen === no) {
      walk.thrown.splice(start.thrown, between.thrown - start.thrown);
      walk.wrong.splice(start.wrong, between.wrong - start.wrong);
    } else if (chosen === yes) walk.wrong.splice(between.wrong);
    return chosen ?? [...yes, ...no];
  }

  #cases(walk: DutyWalk, step: Branch, path: Path): Paths {
    const ends: Path[] = [];
    let into: Paths = NONE;
    for (const arm of step.arms) {
      const end = this.#block(walk, arm.body, this.settle(walk, [path, ...into]));
      into = arm.fallsThrough ? end : NONE;
      if (!arm.fallsThrough) ends.push(...end);
    }
    ends.push(...into);
    if (!step.arms.some(arm => arm.when === 'default' || arm.when === 'false')) ends.push(path);
    return ends;
  }

  /** Twice round. What only some rounds give back of a collection is given back: there are as many rounds as elements. */
  #loop(walk: DutyWalk, step: Loop, paths: Paths): Paths {
    const outer = walk.jumps;
    if (step.awaitsEach) this.throwing(walk, 'certain', step.at, 'the iteration may fail', paths);
    let start = paths;
    const leaving: Path[] = step.test === 'none' ? [] : [...paths];
    for (let round = 0; round < 2; round += 1) {
      walk.jumps = [];
      const end = this.#block(walk, step.body, start);
      const again = walk.jumps.filter(jump => jump.how === 'continue' && targets(jump, step)).map(jump => jump.path);
      const left = walk.jumps.filter(jump => jump.how === 'break' && targets(jump, step)).map(jump => jump.path);
      outer.push(...walk.jumps.filter(jump => !targets(jump, step)));
      const ends = [...end, ...again].map(path => afterRound(path, paths));
      leaving.push(...left.map(path => afterRound(path, paths)));
      if (step.test !== 'none') leaving.push(...ends);
      if (ends.length === 0) break;
      start = this.settle(walk, ends);
    }
    walk.jumps = outer;
    const emptied = new Set(
      paths
        .flatMap(path => path.held)
        .filter(({ duty, carriers }) => duty.repeated || carriers.size > 0)
        .filter(({ duty }) => leaving.some(path => path.taken.has(duty.id) && !isHeld(path, duty.id)))
        .map(({ duty }) => duty.id),
    );
    const left = this.settle(
      walk,
      leaving.map(path => ({ ...path, held: path.held.filter(hold => !emptied.has(hold.duty.id)) })),
    );
    return this.#block(walk, step.orElse, left);
  }

  #try(walk: DutyWalk, step: Try, paths: Paths): Paths {
    const [exits, thrown, jumps] = [walk.exits.length, walk.thrown, walk.jumps];
    walk.thrown = [];
    walk.jumps = [];
    const body = this.#block(walk, step.body, paths);
    const normal: Path[] = [...this.#block(walk, step.orElse, body)];
    if (step.handlers.length > 0) {
      const caught = walk.thrown;
      walk.thrown = [];
      walk.lenient += 1;
      for (const handler of step.handlers)
        normal.push(
          ...this.#block(
            walk,
            handler.body,
            this.settle(
              walk,
              caught.map(one => one.path),
            ),
          ),
        );
      walk.lenient -= 1;
    }
    const inner = { exits: walk.exits.splice(exits), thrown: walk.thrown, jumps: walk.jumps };
    walk.thrown = thrown;
    walk.jumps = jumps;
    if (step.finally.length === 0) {
      walk.exits.push(...inner.exits);
      walk.thrown.push(...inner.thrown);
      walk.jumps.push(...inner.jumps);
      return normal;
    }
    return this.#finally(walk, step, normal, inner);
  }

  #finally(walk: DutyWalk, step: Try, normal: Paths, inner: { exits: Exit[]; thrown: Thrown[]; jumps: Jump[] }): Paths {
    walk.lenient += 1;
    for (const exit of inner.exits)
      for (const path of this.#block(walk, step.finally, [exit.path])) walk.exits.push({ ...exit, path });
    const seen = new Set<string>();
    for (const one of inner.thrown) {
      const key = `${siteKey(one.cause.site)} ${one.path.held.map(hold => hold.duty.id).join(' ')} ${[...one.path.taken].join(' ')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const path of this.#block(walk, step.finally, [one.path])) walk.thrown.push({ ...one, path });
    }
    for (const jump of inner.jumps)
      for (const path of this.#block(walk, step.finally, [jump.path])) walk.jumps.push({ ...jump, path });
    const after = this.#block(walk, step.finally, this.settle(walk, normal));
    walk.lenient -= 1;
    return after;
  }

  protected passesByLock(hold: Hold, exit: Exit): boolean {
    const fn = this.evaluator.program.functions.get(exit.site.in);
    if (fn?.synthetic === true) return !fn.body.some(step => step.kind === 'call' || step.kind === 'try');
    return hold.duty.given || this.isReleasedElsewhere(hold);
  }

  /** Some function releases the lock (a method: its own object) without having taken it: it ends another one's turn. */
  isReleasedElsewhere(hold: Hold): boolean {
    return hold.duty.locks.some(
      ({ site, ref }) => this.#releasedElsewhere.has(site) || this.#releasedElsewhere.has(typeOf(ref) ?? ''),
    );
  }
}

/** More promises than these that a function may return are as good as unknown. */
const RETURNED = 6;
/** Bodies that are run as parts of others in all: beyond, calls are taken to do nothing. */
const BODIES = 5_000;
const NONE_REFS: Refs = [];
const isHeld = (path: Path, id: string): boolean => path.held.some(hold => hold.duty.id === id);

/** What was learnt of values of a round says nothing of the next, nor of what comes after. */
function afterRound(path: Path, before: Paths): Path {
  const [first] = before;
  const facts = new Map([...path.facts].filter(([key, holds]) => first?.facts.get(key) === holds));
  return { ...path, facts };
}

/** How much a walk has come upon so far. */
const seenBy = ({ thrown, exits, jumps, wrong }: DutyWalk): Record<'thrown' | 'exits' | 'jumps' | 'wrong', number> => ({
  thrown: thrown.length,
  exits: exits.length,
  jumps: jumps.length,
  wrong: wrong.length,
});

/** The code behind the block is not reached through it. */
const leaves = (block: Block = []): boolean => block.at(-1)?.kind === 'exit';

const targets = (jump: Jump, loop: Loop): boolean => jump.label === undefined || jump.label === loop.label;
