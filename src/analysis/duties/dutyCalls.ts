/** What calls do to release duties: through the outcomes of the bodies that they run, or by handing releasers on. */
import type { Call, FunctionId, Spawn, StepId } from '../../model/facts.ts';
import { calledValues } from '../flow/calledValues.ts';
import { DutyEffects, type DutyWalk } from './dutyEffects.ts';
import { objectKey } from './dutyCarriers.ts';
import {
  type Exit,
  type Freed,
  type Hold,
  type Path,
  type Reach,
  START,
  siteKey,
  withFreed,
  without,
} from './dutyPaths.ts';
import { isForgottenByRounds } from './dutyVariables.ts';
import type { Callee } from '../flow/evaluator.ts';
import type { Site } from '../program.ts';
import { isEndKey } from '../sessions.ts';
import type { Frame, Ref, Refs } from '../refs.ts';

/** More possible bodies than this are as good as unknown. */
const BODIES = 6;
/** Ends of other bodies that one walk follows: beyond, whatever it holds is taken to be given back. */
const ENDINGS = 300;

export abstract class DutyCalls extends DutyEffects {
  /** How running an activation can end. */
  abstract outcomes(frame: Frame): readonly Exit[];
  /** The same; null while the activation is being walked, or when it is not walked at all. */
  protected abstract settledOutcomes(frame: Frame): readonly Exit[] | null;
  /** Functions that can take or release something, or call one that can. */
  protected abstract readonly relevant: ReadonlySet<string>;

  protected calls(walk: DutyWalk, step: Call, path: Path): Path[] {
    const site = this.site(walk, step.at);
    const target = calledValues(this.evaluator, walk.frame, step);
    if (target.length > 0) {
      const named = step.target.kind === 'value' ? { fn: walk.frame.fn, value: step.target.of } : undefined;
      const after = this.releaseToken(target, site, path, named);
      const isRelease = after.held.length < path.held.length || target.every(ref => ref.kind === 'token');
      if (isRelease || after.freed.some(freed => freed.token !== null && !path.freed.includes(freed))) return [after];
      return this.#run(walk, step, after);
    }
    return this.#run(walk, step, path);
  }

  #run(walk: DutyWalk, step: Call, before: Path): Path[] {
    const callees = this.evaluator.callees(walk.frame, step);
    const args = step.args.flatMap(arg => [...this.evaluator.evaluate(walk.frame, arg)]);
    const path = this.mayHold(walk, args, before, step.at);
    if (callees.length === 0 || callees.length > BODIES) {
      const after = this.handOver(path, this.#isContainer(step) ? [] : [...args, ...this.#holder(walk, step, path)]);
      this.throwing(walk, this.tools.throws.call(walk.frame.fn, step, walk.lenient > 0), step.at, textOf(step), [
        after,
      ]);
      return [after];
    }
    return this.#known(walk, step, path, callees, args);
  }

  /** Acquisitions under way that are handed to a call: what that makes of them, and when, is its own affair. */
  protected abstract mayHold(walk: DutyWalk, refs: Refs, path: Path, at: readonly [number, number]): Path;

  /** What it is called on, when a releaser was put into that: `stack.dispose()` calls what the stack has. */
  #holder(walk: DutyWalk, { receiver }: Call, { held }: Path): Refs {
    const refs = receiver === undefined ? [] : this.evaluator.evaluate(walk.frame, receiver);
    return refs.filter(ref => held.some(({ carriers }) => carriers.has(objectKey(ref))));
  }

  /** `Set.has(x)` and the like look at what they are given, and keep nothing. */
  #isContainer(step: Call): boolean {
    return step.target.kind === 'external' && /^lib#(?:Array|Set|Map|Boolean|console)\b/.test(step.target.name);
  }

  #known(walk: DutyWalk, step: Call, path: Path, callees: readonly Callee[], args: Refs): Path[] {
    let start = path;
    const walked: Frame[] = [];
    for (const { frame } of callees) {
      start = this.handOver(start, this.#unbound(frame, step, args));
      const { calling } = frame.fn;
      if (calling === 'value') {
        if (this.isWalked(frame, start, walk.frame)) walked.push(frame);
        continue;
      }
      const task = this.evaluator.refs.make({ kind: 'task', frame, from: walk.frame, step: step.id });
      if (calling.endsWith('generator')) start = this.handOver(start, args);
      else if (this.binds(frame, start, walk.frame) && this.#givesBack(frame))
        start = { ...start, pending: new Set([...start.pending, task.id]) };
      this.promises.set(task.id, task);
    }
    if (walked.length === 0) {
      this.throwing(walk, this.tools.throws.call(walk.frame.fn, step, walk.lenient > 0), step.at, textOf(step), [
        start,
      ]);
      return [start];
    }
    const exits = this.#merged(walked.map(frame => this.outcomes(frame)));
    return this.endings(walk, exits, start, this.site(walk, step.at), step.id, textOf(step));
  }

  /** A task that gives nothing back and hands nothing on need not be seen to its end. */
  #givesBack(frame: Frame): boolean {
    return this.settledOutcomes(frame)?.some(({ path }) => !isEmpty(path)) ?? true;
  }

  /** Promises by number, for those under way. */
  protected readonly promises = new Map<number, Ref>();

  /** Of several possible bodies, what one gives back counts as given back: which one runs, nobody knows. */
  #merged(all: readonly (readonly Exit[])[]): readonly Exit[] {
    if (all.length === 1) return all[0] ?? [];
    const normal = all.flat().filter(exit => exit.how === 'normal');
    const freed = normal.flatMap(exit => [...exit.path.freed]);
    const lost = new Set(normal.flatMap(exit => [...exit.path.lost]));
    return all.flat().map(exit => ({ ...exit, path: { ...exit.path, freed, lost } }));
  }

  /** Arguments that the callee does not see as what they are: spread, or too many activations. */
  #unbound(frame: Frame, step: Call, args: Refs): Refs {
    if (args.every(ref => this.carriers.reach(ref).tokens.size === 0 && ref.kind !== 'made')) return [];
    const bound = new Set(frame.parameters.flatMap(refs => [...(refs ?? [])]));
    const hasRest = frame.fn.parameters.some(parameter => parameter.rest) || (step.spreads?.length ?? 0) > 0;
    const usesArguments = step.args.length > frame.fn.parameters.length && hasRest;
    const { unknown, object } = this.evaluator.refs;
    return hasRest || usesArguments || bound.has(unknown) || bound.has(object)
      ? args.filter(ref => !bound.has(ref))
      : [];
  }

  /** What a call of the activation can do matters here. */
  protected isWalked(frame: Frame, path: Path, from: Frame): boolean {
    return (this.relevant.has(frame.fn.id) && this.#tells(frame)) || this.binds(frame, path, from);
  }

  readonly #telling = new Map<FunctionId, boolean>();
  /**
   * Whether a caller can notice what the activation does: a function that gives back all that it takes is not walked
   * again for each of its callers, unless they hand it something to call.
   */
  #tells(frame: Frame): boolean {
    const { fn } = frame;
    if (frame.parameters.some(refs => refs?.some(ref => ref.kind === 'function' && this.relevant.has(ref.fn))))
      return true;
    const known = this.#telling.get(fn.id);
    if (known !== undefined) return known;
    const exits = this.settledOutcomes(this.evaluator.symbolicFrame(fn));
    if (exits === null) return true;
    const tells = exits.some(({ path }) => !isEmpty(path));
    this.#telling.set(fn.id, tells);
    return tells;
  }

  /**
   * A callback that is run once, when what was asked for is done (`readFile(path, callback)`): where it releases on some
   * path, it is the one to release. Null: it may do so or not, whenever that is.
   */
  protected calledBack(walk: DutyWalk, step: Spawn, path: Path): Path[] | null {
    const isOnce = step.how === 'immediate' && step.times.kind === 'exactly' && step.times.n === 1;
    if (!isOnce) return null;
    const args = step.args.map(arg => this.evaluator.evaluate(walk.frame, arg));
    const [callee, ...others] = this.evaluator.calleesOf(this.evaluator.evaluate(walk.frame, step.body), args, null);
    if (!callee || others.length > 0 || callee.guessed || callee.frame.fn.calling !== 'value') return null;
    const exits = this.outcomes(callee.frame).filter(exit => exit.how === 'normal');
    const paths = this.endings(walk, exits, path, this.site(walk, step.at), null, '');
    const releases = paths.some(
      one =>
        one.held.length < path.held.length ||
        one.freed.some(freed => freed.token !== null && !path.freed.includes(freed)),
    );
    return releases ? paths : null;
  }

  /**
   * The activation was given something that leads to a releaser, or is a closure over one; or it was handed an object
   * that came from outside, of which only the outside knows.
   */
  protected binds(frame: Frame, path: Path, from: Frame): boolean {
    const bound = [...(frame.self ?? []), ...frame.parameters.flatMap(refs => [...(refs ?? [])])];
    if (frame.fn.captures.length > 0)
      bound.push(this.evaluator.refs.make({ kind: 'function', fn: frame.fn.id, frame: frame.parent }));
    const given = new Set([...(from.self ?? []), ...from.parameters.flatMap(refs => [...(refs ?? [])])]);
    return bound.some(
      ref =>
        (ref.kind === 'made' && given.has(ref)) ||
        this.carriers.reach(ref).tokens.size > 0 ||
        path.held.some(hold => this.carriers.leadsTo(ref, hold)),
    );
  }

  /** The ways on after a body was run to its end; its exceptions are thrown here. */
  protected endings(
    walk: DutyWalk,
    exits: readonly Exit[],
    path: Path,
    site: Site,
    step: StepId | null,
    text: string,
  ): Path[] {
    walk.work += exits.length;
    if (walk.work > ENDINGS) {
      walk.overflow = true;
      return [without(path, () => true)];
    }
    const paths: Path[] = [];
    for (const exit of exits) {
      const after = this.ended(walk, exit, path, site);
      if (exit.how === 'throw') {
        const certain = exit.cause?.certain ?? false;
        if (certain || walk.lenient === 0) walk.thrown.push({ path: after, cause: { certain, site, text } });
      } else
        paths.push(
          exit.returns === null || step === null
            ? after
            : this.conditions.returned(walk.frame, after, step, exit.returns),
        );
    }
    return paths;
  }

  /** What a caller can see of how a body ended: the rest is its own affair, and would only tell equal ends apart. */
  protected outward(frame: Frame, exit: Exit): Exit {
    const { held, freed: all, lost, stored, pending, raced } = exit.path;
    const freed = all.filter(
      one =>
        one.token !== null ||
        one.locks.length + one.parts.length > 0 ||
        one.keys.some(isEndKey) ||
        this.#mayHaveSet(frame, one.keys),
    );
    const kept = held.filter(hold => (exit.how === 'normal' || this.#isKept(hold)) && this.#passes(hold, exit));
    return { ...exit, path: { ...START, held: kept, freed, lost, stored, pending, raced } };
  }

  /** The caller may be who set the flag: it is near the flag, or it gave the function that sets it back. */
  #mayHaveSet(frame: Frame, flags: readonly string[]): boolean {
    if (this.tools.nearFlags.has(frame.fn.id)) return true;
    const resets = (refs: Refs): boolean =>
      refs.some(ref => ref.kind === 'function' && flags.some(flag => this.tools.releasers.of(ref.fn).has(flag)));
    for (let at: Frame | null = frame; at; at = at.parent)
      for (const [index, given] of at.parameters.entries())
        if (resets(given ?? this.#givenBySomebody(at, index))) return true;
    return false;
  }

  /** What the callers of a function give, where the activation leaves it open. */
  #givenBySomebody({ fn }: Frame, index: number): Refs {
    const { refs } = this.evaluator;
    const type = fn.parameters[index]?.type ?? null;
    return this.evaluator.resolve(refs.make({ kind: 'parameter', fn: fn.id, index, type }));
  }

  /** The path after a body ended in this way. */
  protected ended(walk: DutyWalk, exit: Exit, path: Path, site: Site): Path {
    const { path: inner } = exit;
    if (isEmpty(inner)) return path;
    let after: Path = {
      ...path,
      held: path.held
        .filter(hold => !inner.lost.has(hold.duty.id))
        .map(hold => this.#withHolders(walk, hold, inner.stored.get(hold.duty.id))),
      pending: new Set([...path.pending, ...inner.pending]),
      raced: new Set([...path.raced, ...inner.raced]),
    };
    for (const freed of inner.freed) after = this.#freedBy(walk, freed, after, site);
    const lost = [...inner.lost].filter(token => !path.taken.has(token));
    const passed = inner.held.flatMap(hold => this.#oneMore(walk, hold, after));
    return {
      ...after,
      held: [...after.held, ...passed.map(hold => this.#received(walk, hold, site))],
      // What the body took and gave back is its own affair: else every caller would drag along all that is below it.
      taken: new Set([...after.taken, ...passed.map(({ duty }) => duty.id)]),
      done: new Set([...after.done].filter(key => !passed.some(({ duty }) => duty.keys.includes(key)))),
      stored: this.#storedOn(walk, inner, path),
      lost: lost.length === 0 ? after.lost : new Set([...after.lost, ...lost]),
    };
  }

  /** What the body leaves held, if it is not held yet: another round of a loop takes the same again. */
  #oneMore(walk: DutyWalk, hold: Hold, { held }: Path): Hold[] {
    const known = held.find(({ duty }) => duty.id === hold.duty.id);
    if (!known) return [hold];
    const more = { ...hold, duty: { ...hold.duty, id: `${hold.duty.id} before`, forgotten: true } };
    if (known.carriers.size > 0 || held.some(({ duty }) => duty.id === more.duty.id)) return [];
    const isForgotten = isForgottenByRounds(
      this.evaluator,
      walk.frame,
      known,
      refs => this.carriers.anyLeadsTo(refs, known),
      refs => this.carriers.releases(refs, known),
    );
    return isForgotten ? [more] : [];
  }

  #withHolders(walk: DutyWalk, hold: Hold, holders: ReadonlyMap<string, Reach> | undefined): Hold {
    if (!holders) return hold;
    const seen = [...holders].map(([key, reach]): [string, Reach] => [key, this.#isOwn(walk, key) ? 'own' : reach]);
    return { ...hold, carriers: new Map([...hold.carriers, ...seen]) };
  }

  /** What was stored of tokens that are not of this activation either. */
  #storedOn(walk: DutyWalk, inner: Path, path: Path): Path['stored'] {
    const foreign = [...inner.stored].filter(([token]) => !path.taken.has(token));
    if (foreign.length === 0) return path.stored;
    const all = new Map(path.stored);
    for (const [token, holders] of foreign) {
      const seen = [...holders].map(([key, reach]): [string, Reach] => [key, this.#isOwn(walk, key) ? 'own' : reach]);
      all.set(token, new Map([...(all.get(token) ?? []), ...seen]));
    }
    return all;
  }

  protected releasedLater(refs: Refs): readonly Freed[] {
    const functions = refs.filter(ref => ref.kind === 'function' && this.tools.releasers.of(ref.fn).size > 0);
    return this.evaluator
      .calleesOf(functions, [], null)
      .flatMap(({ frame }) => this.settledOutcomes(frame) ?? [])
      .flatMap(({ path }) => path.freed.filter(freed => freed.token === null && freed.parts.length === 0));
  }

  /** A closure that was handed on below here releases it in the end. */
  #freedLater(freed: Freed, path: Path): Path {
    const isLock = freed.locks.length > 0;
    const mine =
      path.held.findLast(({ duty }) => duty.keys.some(key => freed.keys.includes(key))) ??
      path.held.findLast(({ duty }) => isLock && duty.kind === 'lock' && this.mayBeOne(duty, freed.locks));
    if (!mine) return withFreed(path, freed);
    this.tools.events.owned.add(siteKey(freed.origin));
    this.tools.events.given.add(mine.duty.id);
    return { ...path, held: path.held.filter(hold => hold !== mine) };
  }

  #freedBy(walk: DutyWalk, freed: Freed, path: Path, site: Site): Path {
    if (freed.later) return this.#freedLater(freed, path);
    if (freed.parts.length > 0) return this.releaseToken(freed.parts, freed.origin, path);
    const at = { ...freed, site };
    if (freed.keys.some(isEndKey)) return this.endSession(at, path);
    if (freed.token === null) {
      const flag = freed.locks.length === 0;
      if (!flag) return this.releaseLocks(walk, at, path);
      const mine = path.held.find(({ duty }) => duty.keys.some(key => freed.keys.includes(key)));
      const done = new Set([...path.done, ...freed.keys]);
      if (mine) {
        this.tools.events.owned.add(siteKey(freed.origin));
        return { ...path, held: path.held.filter(hold => hold !== mine), done };
      }
      return withFreed(path, at);
    }
    const mine = path.held.find(({ duty }) => duty.id === freed.token);
    if (mine) {
      this.noteOrder(path, mine, site, freed.origin);
      return { ...path, held: path.held.filter(hold => hold !== mine) };
    }
    if (path.taken.has(freed.token)) return path;
    return withFreed(path, at);
  }

  /** On an exception the callee's own duty is its own fault, unless this activation holds the releaser in an object. */
  #isKept(hold: Hold): boolean {
    return [...hold.carriers.values()].includes('outer');
  }

  /** The caller can end the duty: by what is returned, by an object it knows, by the lock itself. */
  #passes(hold: Hold, exit: Exit): boolean {
    if (hold.duty.kind === 'flag') return false;
    if (hold.returned || [...hold.carriers.values()].includes('outer')) return true;
    return exit.how === 'normal' && this.passesByLock(hold, exit);
  }

  /** The function takes a lock for its caller, who releases it by the lock. */
  protected abstract passesByLock(hold: Hold, exit: Exit): boolean;

  #received(walk: DutyWalk, hold: Hold, site: Site): Hold {
    const carriers = new Map<string, Reach>();
    for (const [key, reach] of hold.carriers)
      carriers.set(key, reach === 'own' || this.#isOwn(walk, key) ? 'own' : 'outer');
    const duty = { ...hold.duty, site };
    this.tools.events.take(duty);
    return { duty, carriers, returned: false };
  }

  /** The object was made by this activation, or is a variable of it. */
  #isOwn(walk: DutyWalk, key: string): boolean {
    if (key.startsWith('v')) return key.startsWith(`v${walk.frame.fn.id}:`);
    const made = this.#made(walk);
    return made.has(key);
  }

  readonly #madeBy = new Map<number, ReadonlySet<string>>();
  /** Objects that the activation itself makes. */
  #made(walk: DutyWalk): ReadonlySet<string> {
    const { frame } = walk;
    let known = this.#madeBy.get(frame.id);
    if (!known) {
      const found = new Set<string>();
      frame.fn.values.forEach((value, id) => {
        if (value.kind !== 'object' && value.kind !== 'array' && value.kind !== 'result') return;
        for (const ref of this.evaluator.evaluate(frame, id))
          if (ref.kind === 'made' && ref.frame === frame) found.add(objectKey(ref));
      });
      this.#madeBy.set(frame.id, (known = found));
    }
    return known;
  }
}

const isEmpty = ({ held, freed, lost, stored, pending, raced }: Path): boolean =>
  held.length + freed.length + lost.size + stored.size + pending.size + raced.size === 0;

function textOf(step: Call): string {
  return step.target.kind === 'external'
    ? `\`${step.target.name.split('#').pop() ?? ''}\` may throw`
    : 'the call may throw';
}
