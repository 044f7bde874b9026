/** Waiting for promises: what their bodies and handlers take and give back happens to whoever waits. */
import type { Await, Chain, StepId, ValueId } from '../../model/facts.ts';
import { DutyCalls } from './dutyCalls.ts';
import type { DutyWalk, Thrown } from './dutyEffects.ts';
import { distinct, distinctFailures, type Path, type Reach, withFact } from './dutyPaths.ts';
import { objectKey } from './dutyCarriers.ts';
import { promiseParts } from '../promises/promiseParts.ts';
import { type Frame, type Ref, type Refs, alternatives } from '../refs.ts';

/** How a promise can end, from one path. */
interface Joined {
  readonly normal: readonly Path[];
  readonly thrown: readonly Thrown[];
}
const DEPTH = 6;

export abstract class DutyJoins extends DutyCalls {
  protected awaits(walk: DutyWalk, step: Await, path: Path): readonly Path[] {
    let paths: readonly Path[] = [path];
    for (const value of step.values) {
      paths = paths.flatMap(one => {
        const joined = this.#value(walk, walk.frame, value, one, step.at, step.until === 'settled');
        walk.thrown.push(...joined.thrown);
        // The value of a chain is not followed further: whoever has it now may release.
        return joined.normal.map(after => this.#dropReturned(after, one));
      });
    }
    return paths;
  }

  /** A chain whose handlers release what is held here is a promise under way. */
  protected chained(walk: DutyWalk, step: number, path: Path): Path {
    const ref = this.evaluator.refs.make({ kind: 'chain', frame: walk.frame, step });
    if (ref.kind !== 'chain' || !this.matters(ref, path, 0)) return path;
    const chain = this.chainOf(ref);
    if (!chain) return path;
    this.promises.set(ref.id, ref);
    const of = new Set(this.evaluator.evaluate(walk.frame, chain.of).map(one => one.id));
    const handlers = this.#handlersOf(chain).flatMap(handler => [...this.evaluator.evaluate(walk.frame, handler)]);
    const isUnderWay =
      [...path.pending].some(id => of.has(id)) ||
      handlers.some(
        one => this.carriers.reach(one).tokens.size > 0 || path.held.some(hold => this.carriers.leadsTo(one, hold)),
      );
    if (!isUnderWay) return this.withLater(path, path, handlers);
    walk.underWay.add(ref.id);
    return { ...path, pending: new Set([...[...path.pending].filter(id => !of.has(id)), ref.id]) };
  }

  #dropReturned(path: Path, before: Path): Path {
    const isNew = (id: string): boolean => !before.held.some(hold => hold.duty.id === id);
    if (!path.held.some(hold => hold.returned && isNew(hold.duty.id))) return path;
    return { ...path, held: path.held.filter(hold => !(hold.returned && isNew(hold.duty.id))) };
  }

  #value(
    walk: DutyWalk,
    frame: Frame,
    value: ValueId,
    path: Path,
    at: readonly [number, number],
    neverThrows: boolean,
  ): Joined {
    const refs = this.evaluator.evaluate(frame, value);
    const matters = refs.filter(ref => this.matters(ref, path, 0));
    if (matters.length === 0) {
      const throws = neverThrows ? 'never' : this.tools.throws.value(frame.fn, value);
      const cause = { certain: true, site: this.site(walk, at), text: 'what is awaited may reject' };
      return { normal: [path], thrown: throws === 'never' ? [] : [{ path, cause }] };
    }
    const parts = matters.map(ref => this.join(walk, ref, path, at, 0));
    const normal = parts.flatMap(part => [...part.normal]);
    const others = matters.length < refs.length ? [path] : [];
    return { normal: [...normal, ...others], thrown: neverThrows ? [] : parts.flatMap(part => [...part.thrown]) };
  }

  /** Waiting for the promise can take or give back something. */
  protected matters(ref: Ref, path: Path, depth: number): boolean {
    if (depth > DEPTH) return false;
    if (path.pending.has(ref.id)) return true;
    if (ref.kind === 'task') return this.isWalked(ref.frame, path, ref.from);
    if (ref.kind === 'combined')
      return promiseParts(this.evaluator, ref).some(part => this.matters(part.ref, path, depth + 1));
    if (ref.kind !== 'chain') return false;
    const chain = this.chainOf(ref);
    if (!chain) return false;
    if (this.evaluator.evaluate(ref.frame, chain.of).some(of => this.matters(of, path, depth + 1))) return true;
    return this.#handlersOf(chain).some(handler =>
      this.evaluator
        .evaluate(ref.frame, handler)
        .some(
          one =>
            one.kind === 'token' ||
            (one.kind === 'function' && this.relevant.has(one.fn)) ||
            this.carriers.reach(one).tokens.size > 0 ||
            path.held.some(hold => this.carriers.leadsTo(one, hold)),
        ),
    );
  }

  #handlersOf(chain: Chain): ValueId[] {
    return [chain.onFulfilled, chain.onRejected, chain.onFinally].filter(handler => handler !== undefined);
  }

  protected chainOf(ref: Ref & { kind: 'chain' }): Chain | undefined {
    const step = this.evaluator.program.steps(ref.frame.fn.id).get(ref.step);
    return step?.kind === 'chain' ? step : undefined;
  }

  /** The promise, or what it goes on from: that one's grant is an affair of whoever waits for it. */
  protected isWaitedFor(ref: Ref, waited: ReadonlySet<number>): boolean {
    if (waited.has(ref.id)) return true;
    const chain = ref.kind === 'chain' ? this.chainOf(ref) : undefined;
    const from = chain && ref.kind === 'chain' ? this.evaluator.evaluate(ref.frame, chain.of) : [];
    return from.length > 0 && from.every(one => this.isWaitedFor(one, waited));
  }

  protected join(walk: DutyWalk, ref: Ref, path: Path, at: readonly [number, number], depth: number): Joined {
    if (depth > DEPTH) return { normal: [path], thrown: [] };
    if (path.facts.get(`j${ref.id}`) === true) return { normal: [path], thrown: [] };
    const pending = new Set([...path.pending].filter(id => id !== ref.id));
    const start = withFact({ ...path, pending }, `j${ref.id}`, true);
    walk.joined.add(ref.id);
    if (ref.kind === 'task') return this.#joinTask(walk, ref, start, at);
    if (ref.kind === 'chain') return this.#bounded(walk, this.#joinChain(walk, ref, start, at, depth));
    if (ref.kind === 'combined') return this.#bounded(walk, this.#joinAll(walk, ref, start, at, depth));
    return { normal: [start], thrown: [] };
  }

  /** Paths without repeats; too many to be told apart make the walk coarse. */
  protected settle(walk: DutyWalk, paths: readonly Path[]): readonly Path[] {
    const merged = distinct(paths);
    if (merged.overflow) walk.overflow = true;
    return merged.paths;
  }

  /** Each link of a chain multiplies the ways of the one before: they are brought together after every link. */
  #bounded(walk: DutyWalk, { normal, thrown }: Joined): Joined {
    return { normal: this.settle(walk, normal), thrown: distinctFailures(thrown) };
  }

  #joinTask(walk: DutyWalk, ref: Ref & { kind: 'task' }, path: Path, at: readonly [number, number]): Joined {
    const born = ref.from === walk.frame ? this.evaluator.program.steps(ref.from.fn.id).get(ref.step) : undefined;
    const outside = this.thrownIn(walk, () =>
      this.endings(
        walk,
        this.outcomes(ref.frame),
        path,
        this.site(walk, born?.at ?? at),
        ref.from === walk.frame ? ref.step : null,
        'what is awaited may reject',
      ),
    );
    return outside;
  }

  /** Runs a part and takes what it throws. */
  protected thrownIn(walk: DutyWalk, run: () => readonly Path[]): Joined {
    const outer = walk.thrown;
    walk.thrown = [];
    const normal = run();
    const { thrown } = walk;
    walk.thrown = outer;
    return this.#bounded(walk, { normal, thrown });
  }

  #joinChain(
    walk: DutyWalk,
    ref: Ref & { kind: 'chain' },
    path: Path,
    at: readonly [number, number],
    depth: number,
  ): Joined {
    const chain = this.chainOf(ref);
    if (!chain) return { normal: [path], thrown: [] };
    const of = this.evaluator.evaluate(ref.frame, chain.of);
    const inner = this.#joinOf(walk, ref.frame, chain, of, path, at, depth);
    let normal = inner.normal.map(after => this.#passedOn(after, path, chain));
    let { thrown } = inner;
    const given = alternatives(
      this.evaluator.refs,
      of.flatMap(one => [...this.settledOf(one, 0)]),
    );
    if (chain.onFulfilled !== undefined) {
      const handled = normal.map(one => this.#handler(walk, ref.frame, chain.onFulfilled as ValueId, [given], one, at));
      normal = handled.flatMap(one => [...one.normal]);
      thrown = [...(chain.onRejected === undefined ? thrown : []), ...handled.flatMap(one => [...one.thrown])];
      if (chain.onRejected !== undefined) {
        const caught = inner.thrown.map(one =>
          this.#handler(walk, ref.frame, chain.onRejected as ValueId, [], one.path, at),
        );
        normal = [...normal, ...caught.flatMap(one => [...one.normal])];
        thrown = [...thrown, ...caught.flatMap(one => [...one.thrown])];
      }
    } else if (chain.onRejected !== undefined) {
      const caught = thrown.map(one => this.#handler(walk, ref.frame, chain.onRejected as ValueId, [], one.path, at));
      normal = [...normal, ...caught.flatMap(one => [...one.normal])];
      thrown = caught.flatMap(one => [...one.thrown]);
    }
    return chain.onFinally === undefined
      ? { normal, thrown }
      : this.#finally(walk, ref.frame, chain, normal, thrown, at);
  }

  #finally(
    walk: DutyWalk,
    frame: Frame,
    chain: Chain,
    normal: readonly Path[],
    thrown: readonly Thrown[],
    at: readonly [number, number],
  ): Joined {
    const handler = chain.onFinally as ValueId;
    walk.lenient += 1;
    const after = normal.map(one => this.#handler(walk, frame, handler, [], one, at));
    const rethrown = thrown.flatMap(({ path, cause }) => {
      const ended = this.#handler(walk, frame, handler, [], path, at);
      return [...ended.normal.map(one => ({ path: one, cause })), ...ended.thrown];
    });
    walk.lenient -= 1;
    return {
      normal: after.flatMap(one => [...one.normal]),
      thrown: [...rethrown, ...after.flatMap(one => [...one.thrown])],
    };
  }

  /** What the chain waits for first. */
  #joinOf(
    walk: DutyWalk,
    frame: Frame,
    chain: Chain,
    of: Refs,
    path: Path,
    at: readonly [number, number],
    depth: number,
  ): Joined {
    const matters = of.filter(one => this.matters(one, path, 0));
    if (matters.length > 0) {
      const parts = matters.map(one => this.join(walk, one, path, frame === walk.frame ? chain.at : at, depth + 1));
      return { normal: parts.flatMap(part => [...part.normal]), thrown: parts.flatMap(part => [...part.thrown]) };
    }
    const rejects = this.tools.throws.value(frame.fn, chain.of) !== 'never';
    const cause = { certain: true, site: this.site(walk, at), text: 'what is waited for may reject' };
    return { normal: [path], thrown: rejects ? [{ path, cause }] : [] };
  }

  /** Without a handler for it, the value goes through the chain. */
  #passedOn(after: Path, before: Path, chain: Chain): Path {
    if (chain.onFulfilled !== undefined) return after;
    const held = after.held.map(hold =>
      before.held.some(known => known.duty.id === hold.duty.id) ? hold : { ...hold, returned: true },
    );
    return { ...after, held };
  }

  #handler(
    walk: DutyWalk,
    frame: Frame,
    handler: ValueId,
    args: readonly Refs[],
    path: Path,
    at: readonly [number, number],
  ): Joined {
    const refs = this.evaluator.evaluate(frame, handler);
    const site = this.site(walk, at);
    const released = this.releaseToken(refs, site, path);
    if (released !== path) return { normal: [released], thrown: [] };
    const callees = this.evaluator.calleesOf(refs, args, null);
    if (callees.length === 0) {
      const cause = { certain: true, site, text: 'a handler may fail' };
      const after = this.handOver(path, args.flat());
      return { normal: [after], thrown: walk.lenient > 0 ? [] : [{ path: after, cause }] };
    }
    const parts = callees.slice(0, 3).map(callee =>
      this.thrownIn(walk, () => {
        const paths = this.endings(walk, this.outcomes(callee.frame), path, site, null, 'a handler may fail');
        if (callee.frame.fn.calling !== 'value') return this.#asReturned(paths, path, callee.frame);
        return paths.flatMap(one => {
          const joined = this.#returnedBy(walk, callee.frame, one, at);
          walk.thrown.push(...joined.thrown);
          return this.#asReturned(joined.normal, path, callee.frame);
        });
      }),
    );
    return { normal: parts.flatMap(part => [...part.normal]), thrown: parts.flatMap(part => [...part.thrown]) };
  }

  /** What a handler gives back goes on as the value of the chain. */
  #asReturned(paths: readonly Path[], before: Path, frame: Frame): readonly Path[] {
    const returned = alternatives(
      this.evaluator.refs,
      this.evaluator.returns(frame).flatMap(ref => [...this.settledOf(ref, 0)]),
    );
    return paths.map(path => ({
      ...path,
      held: path.held.map(hold =>
        this.carriers.anyLeadsTo(returned, hold)
          ? { ...hold, returned: true }
          : before.held.some(known => known.duty.id === hold.duty.id)
            ? hold
            : { ...hold, returned: false },
      ),
    }));
  }

  #returnedBy(walk: DutyWalk, frame: Frame, path: Path, at: readonly [number, number]): Joined {
    const refs = this.evaluator.returns(frame).filter(ref => this.matters(ref, path, 0));
    if (refs.length === 0) {
      const rejects = this.tools.evaluator.writes
        .returned(frame.fn.id)
        .some(value => this.tools.throws.value(frame.fn, value) !== 'never');
      const cause = { certain: true, site: this.site(walk, at), text: 'what a handler returns may reject' };
      return { normal: [path], thrown: rejects ? [{ path, cause }] : [] };
    }
    const parts = refs.map(ref => this.join(walk, ref, path, at, 1));
    return { normal: parts.flatMap(part => [...part.normal]), thrown: parts.flatMap(part => [...part.thrown]) };
  }

  /** What the promise settles to, through chains too. */
  protected settledOf(ref: Ref, depth: number): Refs {
    if (ref.kind !== 'chain') return this.evaluator.settled(ref);
    const chain = depth > DEPTH ? undefined : this.chainOf(ref);
    if (!chain) return [];
    const of = this.evaluator.evaluate(ref.frame, chain.of).flatMap(one => [...this.settledOf(one, depth + 1)]);
    if (chain.onFulfilled === undefined) return of;
    return this.evaluator
      .calleesOf(this.evaluator.evaluate(ref.frame, chain.onFulfilled), [of], null)
      .flatMap(({ frame }) => this.evaluator.returns(frame).flatMap(one => [...this.settledOf(one, depth + 1)]));
  }

  /** All of them: when one fails, what the others were granted is held by nobody. Of a race, another rule speaks. */
  #joinAll(
    walk: DutyWalk,
    ref: Ref & { kind: 'combined' },
    path: Path,
    at: readonly [number, number],
    depth: number,
  ): Joined {
    const value = ref.frame.fn.values[ref.value];
    if (value?.kind !== 'combined' || value.until === 'first' || value.until === 'any')
      return this.#race(walk, ref, path, at, depth);
    const parts = promiseParts(this.evaluator, ref).filter(part => this.matters(part.ref, path, 0));
    let paths: readonly Path[] = [path];
    const failures: { index: number; thrown: readonly Thrown[] }[] = [];
    parts.forEach((part, index) => {
      const joined = paths.map(one => this.join(walk, part.ref, one, at, depth + 1));
      const alone = this.join(walk, part.ref, path, at, depth + 1);
      failures.push({ index, thrown: alone.thrown });
      paths = joined.flatMap(one => [...one.normal]);
    });
    const batch = `${ref.frame.id}.v${ref.value}`;
    const thrown =
      value.until === 'settled' ? [] : failures.flatMap(one => this.#withOthers(walk, one, parts, at, depth));
    const sources = value.values.flatMap(part => [...this.evaluator.evaluate(ref.frame, part)]);
    const holders: [string, Reach][] = [ref, ...sources].map(one => [objectKey(one), 'own']);
    return {
      normal: paths.map(one => this.#batched(one, path, batch, parts.length > 1 || isMany(parts), holders)),
      thrown,
    };
  }

  #withOthers(
    walk: DutyWalk,
    failed: { index: number; thrown: readonly Thrown[] },
    parts: readonly { ref: Ref; many: boolean }[],
    at: readonly [number, number],
    depth: number,
  ): Thrown[] {
    const others = parts.filter((part, index) => index !== failed.index || part.many);
    return failed.thrown.flatMap(({ path, cause }) => {
      let paths: readonly Path[] = [path];
      for (const { ref } of others) {
        paths = paths.flatMap(one => {
          const facts = new Map([...one.facts].filter(([key]) => key !== `j${ref.id}`));
          return [...this.join(walk, ref, { ...one, facts }, at, depth + 1).normal];
        });
      }
      return paths.map(one => ({ path: one, cause }));
    });
  }

  #batched(path: Path, before: Path, batch: string, several: boolean, holders: readonly [string, Reach][]): Path {
    const held = path.held.map(hold =>
      before.held.some(known => known.duty.id === hold.duty.id)
        ? hold
        : {
            ...hold,
            duty: { ...hold.duty, batch, repeated: hold.duty.repeated || several },
            carriers: new Map([...hold.carriers, ...holders]),
          },
    );
    return { ...path, held };
  }

  /** What the runners take may be held afterwards or not: another rule speaks of the race. */
  #race(
    walk: DutyWalk,
    ref: Ref & { kind: 'combined' },
    path: Path,
    at: readonly [number, number],
    depth: number,
  ): Joined {
    const parts = promiseParts(this.evaluator, ref).map(part => part.ref);
    const cause = {
      certain: true,
      site: this.evaluator.program.site(ref.frame.fn.id, ref.frame.fn.at),
      text: 'the race may be lost',
    };
    const ids = new Set(parts.map(part => part.id));
    const matter = parts.filter(part => this.matters(part, path, 0));
    const after = {
      ...path,
      pending: new Set([...path.pending].filter(id => !ids.has(id))),
      raced: new Set([...path.raced, ...this.#grantedBy(walk, matter, path, at, depth)]),
    };
    return { normal: [after], thrown: [{ path: after, cause }] };
  }

  /** Keys of the locks that waiting for one of the promises would take. */
  #grantedBy(walk: DutyWalk, refs: Refs, path: Path, at: readonly [number, number], depth: number): string[] {
    return refs
      .flatMap(ref => [...this.join(walk, ref, path, at, depth + 1).normal])
      .flatMap(one => one.held.filter(hold => !path.taken.has(hold.duty.id)))
      .flatMap(hold => [...hold.duty.keys]);
  }

  protected mayHold(walk: DutyWalk, refs: Refs, path: Path, at: readonly [number, number]): Path {
    const isJoined = ({ id }: Ref): boolean => path.facts.get(`j${id}`) === true;
    const started = refs.filter(ref => ref.kind === 'task' && !isJoined(ref) && this.matters(ref, path, 0));
    if (started.length === 0) return path;
    return { ...path, raced: new Set([...path.raced, ...this.#grantedBy(walk, started, path, at, 0)]) };
  }

  protected stepAt(frame: Frame, step: StepId): readonly [number, number] {
    return this.evaluator.program.steps(frame.fn.id).get(step)?.at ?? frame.fn.at;
  }
}

const isMany = (parts: readonly { many: boolean }[]): boolean => parts.some(part => part.many);
