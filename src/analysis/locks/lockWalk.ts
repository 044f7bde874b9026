/**
 * The interpreter of structured control flow for locks: walks an activation with the set of locks held, and gives its
 * summary (critical pairs, locks left held, locks released for the caller).
 */
import type { Block, Branch, Condition, Loop, Step, Try } from '../../model/facts.ts';
import { givenTest } from '../flow/givenTests.ts';
import type { Walk } from './lockEffects.ts';
import { LockTells } from './lockTells.ts';
import { EMPTY, PairSet, type Summary, isHandedOver, isTakenBy } from './lockPairs.ts';
import { LockPoints } from './lockPoints.ts';
import { fromEarlierRound, writtenList } from './lockRounds.ts';
import { WaitSet } from './lockWaits.ts';
import { EMPTY_STATE, type State, union } from './lockStates.ts';
import { heldByCallers } from './declaredHolds.ts';
import { contextOf, factsOf, missingTokens } from './lockTests.ts';
import type { Frame } from '../refs.ts';

type Outcome = State | null;

/** A loop is gone through twice, and more often only while each round gives something back. */
const ROUNDS = 4;

export class LockWalk extends LockTells {
  readonly points = new LockPoints();
  readonly #done = new Map<number, Summary>();
  readonly #running = new Map<number, { summary: Summary; hit: boolean }>();
  /** Frames whose result rests on one still being walked. */
  #provisional = 0;
  /** Results that rest on activations still being walked, good for as long as what is known of those does not change. */
  readonly #assumed = new Map<number, { summary: Summary; version: number }>();
  #version = 0;

  /** The summary of an activation; recursion is iterated to a fixpoint of at most four rounds. */
  summary(frame: Frame): Summary {
    if (!this.relevant.has(frame.fn.id)) return EMPTY;
    const done = this.#done.get(frame.id);
    if (done) return done;
    const running = this.#running.get(frame.id);
    if (running) {
      running.hit = true;
      this.#provisional += 1;
      return running.summary;
    }
    const assumed = this.#assumed.get(frame.id);
    if (assumed?.version === this.#version) {
      this.#provisional += 1;
      return assumed.summary;
    }
    if (this.#running.size > 200) return EMPTY;
    const entry = { summary: EMPTY, hit: false };
    this.#running.set(frame.id, entry);
    const before = this.#provisional;
    let wasHit = false;
    for (let round = 0; round < 4; round += 1) {
      entry.hit = false;
      const next = this.#walk(frame);
      const same = next.pairs.length === entry.summary.pairs.length && next.net.length === entry.summary.net.length;
      entry.summary = next;
      wasHit ||= entry.hit;
      if (!entry.hit || same) break;
      this.#version += 1;
    }
    this.#running.delete(frame.id);
    if (wasHit) this.#version += 1;
    // A result that rests on an outer activation still running is not final, unless that is this one.
    if (this.#running.size === 0 || this.#provisional === before || entry.hit) {
      this.#done.set(frame.id, entry.summary);
      if (entry.hit) this.#provisional = before;
    } else this.#assumed.set(frame.id, { summary: entry.summary, version: this.#version });
    return entry.summary;
  }

  /** The summary of an activity: whoever started it from outside waits for the promise that it returns, or may do so. */
  activitySummary(frame: Frame, isCalledFromOutside = false): Summary {
    if (!this.relevant.has(frame.fn.id)) return EMPTY;
    const held = isCalledFromOutside ? heldByCallers(this.evaluator, this.locks, frame) : [];
    if (held.length > 0) return this.#walk(frame, true, { ...EMPTY_STATE, held });
    return frame.fn.calling === 'value' ? this.#walk(frame, true) : this.summary(frame);
  }

  #walk(
    frame: Frame,
    joinsReturned = frame.fn.calling === 'promise' || frame.fn.calling === 'coroutine',
    start = EMPTY_STATE,
  ): Summary {
    const walk: Walk = {
      joinsReturned,
      frame,
      pairs: new PairSet(),
      exits: [],
      throws: [],
      breaks: [],
      releases: new Map(),
      handed: new Map(),
      chains: new Set(),
      yields: new Map(),
      births: new Map(),
      joined: new Set(),
      ended: new Set(),
      joining: new Set(),
      suspended: false,
      waits: new WaitSet(),
      holder: '',
      soft: false,
      serves: false,
      rounds: new Map(),
    };
    this.points.begin(frame);
    const end = this.#block(walk, frame.fn.body, start);
    if (end) walk.exits.push(end);
    this.detach(walk);
    const { held, returned, passed } = walk.exits.length === 0 ? EMPTY_STATE : union(walk.exits);
    const handed = [...walk.handed.values()];
    const serves = walk.serves || walk.exits.some(exit => exit.serving);
    return {
      pairs: walk.pairs.list(),
      net: handed.length === 0 ? held : held.filter(one => !isHandedOver(one, handed)),
      releases: [...walk.releases.values()],
      returned,
      handed,
      yields: [...walk.yields.values()],
      serves,
      waits: walk.waits.waits,
      settles: walk.waits.settles,
      passed,
    };
  }

  #block(walk: Walk, block: Block, start: State): Outcome {
    let state: Outcome = start;
    for (const step of block) {
      if (!state) return null;
      state = this.#step(walk, step, state);
    }
    return state;
  }

  #step(walk: Walk, step: Step, state: State): Outcome {
    this.points.note(walk.frame, step.id, state.held);
    switch (step.kind) {
      case 'acquire': {
        const after = this.acquire(walk, step, state);
        if (after.held.length === state.held.length) this.points.noteUnknown(walk.frame);
        return after;
      }
      case 'release':
        return this.release(walk, step, state);
      case 'call':
        this.settles(walk, step, state);
        return this.calls(walk, step, state);
      case 'await':
        return this.awaits(walk, step, state);
      case 'branch':
        return this.#branch(walk, step, state);
      case 'loop':
        this.emits(walk, step, state);
        return this.#loop(walk, step, state);
      case 'try':
        return this.#try(walk, step, state);
      case 'exit': {
        if (step.how === 'return') {
          const after = step.value === undefined ? state : this.returned(walk, step.value, step.id, state);
          walk.exits.push(after);
        } else if (step.how === 'throw') walk.throws.push(state);
        else walk.breaks.push({ label: step.label, kind: step.how, state });
        return null;
      }
      case 'yield':
        for (const held of state.held) walk.yields.set(held.token, held);
        return state;
      case 'spawn':
      case 'register': {
        const code = this.evaluator.evaluate(walk.frame, step.kind === 'spawn' ? step.body : step.handler);
        this.activities.addHandler(walk.frame, step, code);
        this.handOver(walk, code);
        return state;
      }
      case 'chain':
        this.reactions(walk, step);
        return state;
      case 'wait':
        this.waits(walk, step, state);
        return state;
      default:
        return state;
    }
  }

  #branch(walk: Walk, step: Branch, state: State): Outcome {
    const outcomes: State[] = [];
    let into: Outcome = null;
    const context = contextOf(this.evaluator, walk.frame, step.condition) ?? state.context;
    const given = givenTest(this.evaluator, walk.frame, step.condition);
    const hasDefault = given === true || step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
    for (const arm of step.arms) {
      if (given !== null && arm.when === String(!given)) continue;
      const isTold = arm.when === 'true' || arm.when === 'false';
      const told: State = {
        ...(isTold ? this.#told(walk, step.condition, arm.when === 'true', state) : state),
        context,
      };
      const end = this.#block(walk, arm.body, into ? union([into, told]) : told);
      into = arm.fallsThrough ? end : null;
      if (end && !arm.fallsThrough) outcomes.push(end);
    }
    if (into) outcomes.push(into);
    if (!hasDefault) {
      const [only] = step.arms;
      const isTold = only?.when === 'true' && step.arms.length === 1;
      outcomes.push({ ...(isTold ? this.#told(walk, step.condition, false, state) : state), context });
    }
    return outcomes.length === 0 ? null : union(outcomes);
  }

  /** The state where the condition holds, or does not. */
  #told(walk: Walk, condition: Condition, holds: boolean, state: State): State {
    const { held } = state;
    const missing = held.length === 0 ? [] : missingTokens(this.evaluator, walk.frame, condition, holds);
    return {
      ...state,
      held: missing.length === 0 ? held : held.filter(one => !missing.some(token => isTakenBy(one, token))),
      facts: [...state.facts, ...factsOf(this.evaluator, walk.frame, condition, holds)],
    };
  }

  /**
   * Twice round: what the first round keeps is held in the second, of another element. Over a few values that are written
   * out: once for each.
   */
  #loop(walk: Walk, step: Loop, state: State): Outcome {
    const outer = walk.breaks;
    walk.breaks = [];
    const drawn = this.#drawn(walk, step, state);
    const taken = new Set(drawn.held.filter(held => !state.held.includes(held)).map(held => held.token));
    const written = writtenList(
      this.evaluator,
      step.over === undefined ? [] : this.evaluator.evaluate(walk.frame, step.over),
    );
    let leaving: State[] = step.test === 'none' || written ? [] : [state];
    let start: State = drawn;
    const outerRounds = walk.rounds;
    for (let round = 0; round < (written?.count ?? ROUNDS); round += 1) {
      if (written) walk.rounds = new Map([...outerRounds, [written.list, { at: round, count: written.count }]]);
      const end = this.#block(walk, step.body, start);
      const again = walk.breaks
        .filter(jump => jump.kind === 'continue' && targets(jump.label, step))
        .map(jump => jump.state);
      const ends = [...(end ? [end] : []), ...again];
      if (step.test !== 'none') leaving = written ? ends : [...leaving, ...ends];
      if (ends.length === 0) break;
      const next = union(ends);
      if (written) {
        start = next;
        continue;
      }
      // What gives back one of several each time goes on for as long as there are some.
      if (next.held.length === start.held.length || (round > 0 && next.held.length > start.held.length)) break;
      start = {
        ...next,
        held: next.held.map(held => (state.held.includes(held) ? held : fromEarlierRound(this.evaluator, held))),
      };
    }
    walk.rounds = outerRounds;
    leaving.push(
      ...walk.breaks.filter(jump => jump.kind === 'break' && targets(jump.label, step)).map(jump => jump.state),
    );
    walk.breaks = [...outer, ...walk.breaks.filter(jump => !targets(jump.label, step))];
    if (leaving.length === 0) return null;
    const left = union(leaving);
    return this.#block(walk, step.orElse, { ...left, held: left.held.filter(held => !taken.has(held.token)) });
  }

  /** A loop over a generator: the generator runs in between, and what it holds at its yields is held by the body. */
  #drawn(walk: Walk, step: Loop, state: State): State {
    if (step.over === undefined) return state;
    let after = state;
    for (const ref of this.evaluator.evaluate(walk.frame, step.over)) {
      if (ref.kind !== 'task' || !ref.frame.fn.calling.endsWith('generator')) continue;
      walk.joined.add(ref.id);
      const born = this.evaluator.program.steps(ref.from.fn.id).get(ref.step);
      const summary = this.started(walk, ref, born, { frame: ref.frame, guessed: false }, step.at);
      after = this.apply(walk, { ...summary, net: [] }, after, true);
      after = {
        ...after,
        held: [...after.held, ...summary.yields.filter(held => !after.held.some(known => known.token === held.token))],
      };
    }
    return after;
  }

  #try(walk: Walk, step: Try, state: State): Outcome {
    const [exits, throws, breaks] = [walk.exits, walk.throws, walk.breaks];
    walk.exits = [];
    walk.throws = [];
    walk.breaks = [];
    const body = this.#block(walk, step.body, state);
    const normal: State[] = [];
    const afterElse = body && this.#block(walk, step.orElse, body);
    if (afterElse) normal.push(afterElse);
    if (step.handlers.length > 0) {
      // Anything in the body may throw: before its first acquisition or after its last.
      const thrown = union([state, ...(body ? [body] : []), ...walk.throws, ...walk.exits]);
      walk.throws = [];
      for (const handler of step.handlers) {
        const end = this.#block(walk, handler.body, { ...state, held: thrown.held });
        if (end) normal.push(end);
      }
    }
    const inner = { exits: walk.exits, throws: walk.throws, breaks: walk.breaks };
    walk.exits = exits;
    walk.throws = throws;
    walk.breaks = breaks;
    return this.#finally(walk, step, state, normal, inner);
  }

  #finally(
    walk: Walk,
    step: Try,
    state: State,
    normal: State[],
    inner: Pick<Walk, 'exits' | 'throws' | 'breaks'>,
  ): Outcome {
    if (step.finally.length === 0) {
      walk.exits.push(...inner.exits);
      walk.throws.push(...inner.throws);
      walk.breaks.push(...inner.breaks);
      return normal.length === 0 ? null : union(normal);
    }
    const all = [...normal, ...inner.exits, ...inner.throws, ...inner.breaks.map(jump => jump.state)];
    const before = union(all.length > 0 ? all : [state]);
    const after = this.#block(walk, step.finally, before);
    if (!after) return null;
    const kept = new Map(after.held.map(held => [held.token, held]));
    const surely = new Set(before.held.filter(held => !held.maybe).map(held => held.token));
    const gained = after.held.filter(held => !before.held.some(known => known.token === held.token));
    const through = (one: State): State => ({
      ...one,
      // What one way through the clean-up gives back and another keeps may be held.
      held: [
        ...one.held.flatMap(held => {
          const still = kept.get(held.token);
          return still ? [still.maybe && surely.has(held.token) ? still : held] : [];
        }),
        ...gained,
      ],
    });
    walk.exits.push(...inner.exits.map(through));
    walk.throws.push(...inner.throws.map(through));
    walk.breaks.push(...inner.breaks.map(jump => ({ ...jump, state: through(jump.state) })));
    return normal.length === 0 ? null : union(normal.map(through));
  }
}

const targets = (label: string | undefined, loop: Loop): boolean => label === undefined || label === loop.label;
