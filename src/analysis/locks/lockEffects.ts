/** What acquisitions, releases and calls do to the set of locks held, and the critical pairs that come of it. */
import type { Acquire, Release, StepId, Wait } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { type OrderFact, areApart, orderOf } from './lockOrderEvidence.ts';
import { LockNotes } from './lockNotes.ts';
import {
  type Fork,
  type Held,
  type Pair,
  type PairSet,
  type Returned,
  type Summary,
  type Trace,
  isOlder,
  isReturned,
  isSameReturn,
  returnedBy,
} from './lockPairs.ts';
import type { State } from './lockStates.ts';
import { type Rounds, inRounds, tokenIn } from './lockRounds.ts';
import type { WaitSet } from './lockWaits.ts';
import type { Lock, LockTable, LockUse } from './locks.ts';
import type { Site } from '../program.ts';
import { type Frame, type Ref, tokenId, tokensIn } from '../refs.ts';
import { endKeys, endsOf, isEndKey } from '../sessions.ts';
import { afterTurn, isToldFree } from './lockTests.ts';
import { emptyFor } from './taskStores.ts';

/** What is collected while one activation is walked. */
export interface Walk {
  frame: Frame;
  /** A promise that the function returns is waited for as part of it. */
  joinsReturned: boolean;
  pairs: PairSet;
  /** States at normal exits, and the duties of enclosing loops and tries. */
  exits: State[];
  throws: State[];
  breaks: { label: string | undefined; kind: 'break' | 'continue'; state: State }[];
  releases: Map<string, Returned>;
  /** What code gives back that is not waited for. */
  handed: Map<string, Returned>;
  yields: Map<string, Held>;
  /** Locks held when a task was started, by task. */
  births: Map<number, ReadonlyMap<string, Held>>;
  /** Reactions that were hung on promises here, or by plain functions that were called. */
  chains: Set<Ref>;
  joined: Set<number>;
  /** Tasks started here that were waited for: they have ended, until they are started again. */
  ended: Set<number>;
  /** Chains and combinations that are being joined. */
  joining: Set<number>;
  suspended: boolean;
  /** Waits besides locks; `holder` names what the promise being joined was read from; `soft`: something else may end the wait. */
  waits: WaitSet;
  holder: string;
  soft: boolean;
  serves: boolean;
  /** Loops over lists that are written out, and the rounds that they are in. */
  rounds: Rounds;
}

export interface ApplyOptions {
  /** Tokens taken after the task was started: a fair lock serves its first request before them. */
  except?: ReadonlySet<string>;
  forks?: readonly Fork[];
  stored?: boolean;
  /** The task whose summary it is. */
  task?: number;
  batch?: string | null;
}

export abstract class LockEffects {
  protected readonly evaluator: Evaluator;
  protected readonly locks: LockTable;
  readonly notes = new LockNotes();

  constructor(evaluator: Evaluator, locks: LockTable) {
    this.evaluator = evaluator;
    this.locks = locks;
  }

  protected token(walk: Walk, step: StepId): string {
    return `${walk.frame.id}.${step}`;
  }

  protected acquire(walk: Walk, step: Acquire, state: State): State {
    const site = this.evaluator.program.site(walk.frame.fn.id, step.at);
    return this.take(walk, step, this.locks.acquired(walk.frame, step), site, state);
  }

  /** Asks for each of the locks, one after the other; for one of them where they are alternatives. */
  protected take(
    walk: Walk,
    step: Acquire,
    found: readonly LockUse[],
    site: Site,
    state: State,
    frame = walk.frame,
  ): State {
    const units = step.units.kind === 'exactly' ? step.units.n : null;
    const trace: Trace = { site, calls: null, through: false, waited: null, next: null };
    const uses = found.slice(0, 4).map(use => this.#asked(walk, use, state));
    let held = state.held;
    const batch = step.keysAre === 'batch' && uses.length > 1 ? this.token(walk, step.id) : null;
    const isOneOf = step.keysAre === undefined;
    // Objects that one variable may hold: none of them is asked for while another is held.
    const isEither = isOneOf && uses.every(({ lock }) => lock.entry === null);
    for (const { lock, wait } of uses) {
      const pair: Pair = {
        held: [],
        without: [],
        acquires: lock,
        mode: step.mode,
        units,
        wait,
        trace,
        forks: [],
        prefix: !walk.suspended,
        batch,
        startup: true,
        guessed: uses.length > 1 && isOneOf,
        stored: false,
        task: null,
        context: state.context,
        empty: typeof step.lock === 'number' ? emptyFor(this.evaluator, frame, step.lock, lock.ref) : [],
        never: false,
      };
      this.emit(walk, pair, { ...state, held: batch || isEither ? state.held : held });
      const token: Held = {
        lock,
        mode: step.mode,
        units,
        token: tokenIn(this.token(walk, step.id), walk.rounds),
        place: `${walk.frame.fn.id}.${step.id}`,
        trace,
        depth: 0,
        maybe: wait !== 'endless' && step.failure === 'falsy',
        order: null,
        differs: false,
        context: state.context,
        ends: step.session === undefined ? [] : endsOf(lock.kind, this.evaluator.evaluate(frame, step.session)),
      };
      held = [...held, token];
    }
    walk.suspended = true;
    const sure = uses.length === 1 && uses[0]?.wait === 'endless' ? [uses[0].lock] : [];
    return { ...state, facts: afterTurn(state.facts), held, passed: [...state.passed, ...sure] };
  }

  #asked(walk: Walk, { lock, wait }: LockUse, { facts }: State): LockUse {
    return { lock: this.inRounds(walk, lock), wait: isToldFree(facts, lock) ? 'try' : wait };
  }

  protected inRounds({ rounds }: Walk, lock: Lock): Lock {
    return rounds.size === 0 ? lock : inRounds(this.evaluator, this.locks, lock, rounds);
  }

  #pairInRounds(walk: Walk, pair: Pair): Pair {
    if (walk.rounds.size === 0) return pair;
    const held = pair.held.map(one => ({ ...one, lock: this.inRounds(walk, one.lock) }));
    return { ...pair, held, acquires: this.inRounds(walk, pair.acquires) };
  }

  /** Adds the pair, with everything held around it. */
  protected emit(walk: Walk, pair: Pair, state: State, except?: ReadonlySet<string>): void {
    const outer: Held[] = [];
    for (const held of state.held) {
      if (except?.has(held.token) && held.lock.key === pair.acquires.key) continue;
      if (pair.held.some(inner => inner.token === held.token) || isReturned(held, pair.without)) continue;
      outer.push(this.related(held, pair, state.facts));
    }
    const inner = state.facts.length === 0 ? pair.held : pair.held.map(held => this.related(held, pair, state.facts));
    const guard = (held: Held): Held =>
      held.context === null && state.context !== null ? { ...held, context: state.context } : held;
    walk.pairs.add({
      ...pair,
      empty: withEmpty(pair.empty, state.facts),
      context: pair.context ?? state.context,
      held: [...outer, ...inner.map(guard)],
      without: withReturned(pair.without, state.returned),
      startup: pair.startup && !state.serving,
    });
  }

  /** A held lock as seen from the acquisition: in order before it, known to be another one. */
  protected related(held: Held, pair: Pair, facts: readonly OrderFact[]): Held {
    if (held.lock.site !== pair.acquires.site) return held;
    const order = held.order ?? orderOf(this.evaluator, held.lock, pair.acquires, facts);
    return { ...held, order, differs: held.differs || areApart(this.evaluator, held.lock, pair.acquires, facts) };
  }

  protected release(walk: Walk, step: Release, state: State): State {
    const refs = step.token === undefined ? [] : this.evaluator.evaluate(walk.frame, step.token);
    const tokens = tokensIn(refs);
    if (tokens.length > 0) return this.drop(walk, state, tokens);
    if (step.session !== undefined) {
      const ended = endKeys(step.session.whole, this.evaluator.evaluate(walk.frame, step.session.of));
      return ended.reduce((after, lock) => this.#giveBack(walk, after, { token: null, lock }), state);
    }
    if (step.lock === undefined) return state;
    const locks = this.locks
      .uses(walk.frame, step.lock, step.key, 'endless')
      .map(use => this.inRounds(walk, use.lock).key);
    let after = state;
    for (const key of locks) {
      const last = after.held.findLast(held => held.lock.key === key);
      if (last) after = { ...after, held: after.held.filter(held => held !== last) };
      else after = this.#giveBack(walk, after, { token: null, lock: key });
    }
    return after;
  }

  protected drop(walk: Walk, state: State, tokens: readonly (Ref & { kind: 'token' })[]): State {
    let after = state;
    for (const token of tokens) {
      const gone = takenBy(after.held, tokenId(token));
      after = gone
        ? { ...after, held: after.held.filter(held => held.token !== gone.token) }
        : this.#giveBack(walk, after, returnedBy(token));
    }
    return after;
  }

  /** Something that is not held here, or not only: it is the caller's. */
  #giveBack(walk: Walk, state: State, returned: Returned): State {
    walk.releases.set(returnKey(returned), returned);
    const held = state.held.filter(({ ends }) => returned.lock === null || !ends.includes(returned.lock));
    return { ...state, held, returned: withReturned(state.returned, [returned]) };
  }

  /** Whatever else wins the race ends the wait; what was found free in this turn is not waited for. */
  #waitFor({ soft }: Walk, { wait, prefix, acquires }: Pair, { facts }: State): Wait {
    if (prefix && isToldFree(facts, acquires)) return 'try';
    return soft && wait === 'endless' ? 'bounded' : wait;
  }

  protected apply(walk: Walk, summary: Summary, state: State, maybe: boolean, options: ApplyOptions = {}): State {
    const { except, forks = [], stored = false, batch = null, task } = options;
    for (const known of summary.pairs) {
      if (known.task && walk.ended.has(known.task.id)) continue;
      const begun = startedHere(walk, this.#pairInRounds(walk, known), task);
      const { pair } = begun;
      const inner =
        forks.length === 0
          ? pair
          : {
              ...pair,
              forks: [...forks, ...pair.forks],
              held: pair.held.map(held => ({ ...held, depth: held.depth + forks.length })),
            };
      this.emit(
        walk,
        {
          ...inner,
          wait: this.#waitFor(walk, pair, state),
          prefix: pair.prefix && !walk.suspended,
          stored: pair.stored || stored,
          task:
            pair.task ??
            (stored && except === undefined && task !== undefined ? { id: task, queued: pair.prefix } : null),
          batch: pair.batch ?? (pair.prefix ? batch : null),
        },
        state,
        // Only what is asked for before the first suspension stands in the queue before them.
        pair.prefix ? except : begun.queuedBefore(state),
      );
    }
    this.applyWaits(walk, summary, state, except);
    for (const one of summary.handed) walk.handed.set(returnKey(one), one);
    let held = state.held;
    for (const released of summary.releases) {
      const gone = freedOf(held, released);
      held = maybe
        ? held.map(one => (gone.includes(one) ? { ...one, maybe: true } : one))
        : held.filter(one => !gone.includes(one));
      if (gone.length === 0 || isEnd(released)) walk.releases.set(returnKey(released), released);
    }
    const net = summary.net
      .map(one => ({ ...one, token: tokenIn(one.token, walk.rounds), lock: this.inRounds(walk, one.lock) }))
      .filter(one => !held.some(known => known.token === one.token));
    return {
      ...state,
      serving: state.serving || summary.serves,
      passed: maybe ? state.passed : [...state.passed, ...summary.passed],
      returned: maybe ? state.returned : withReturned(state.returned, passedOn(summary.returned, state.held)),
      held: [...held, ...net.map(one => (maybe ? { ...one, maybe: true } : one))],
    };
  }

  /** What the callee waits for, it waits for under what is held here; what it settles needs what was taken before. */
  protected applyWaits(walk: Walk, { waits, settles }: Summary, state: State, except?: ReadonlySet<string>): void {
    for (const one of waits) {
      if (walk.soft) continue;
      const outer = state.held.filter(
        held =>
          !one.held.some(inner => inner.token === held.token) &&
          !except?.has(held.token) &&
          !isReturned(held, one.without),
      );
      const without = withReturned(one.without, state.returned);
      walk.waits.wait({ ...one, held: [...outer, ...one.held], without });
    }
    for (const one of settles) walk.waits.settle({ ...one, needs: needsOf(state, one.needs) });
  }
}

/**
 * A pair of a task that was waited for further below, where this activation started that task: what the task asked for at
 * once stands in the queue before all that was taken since.
 */
function startedHere(
  walk: Walk,
  pair: Pair,
  by: number | undefined,
): { pair: Pair; queuedBefore(state: State): ReadonlySet<string> | undefined } {
  const { task } = pair;
  const born = task && walk.births.get(task.id);
  if (!task || !born) return { pair, queuedBefore: () => undefined };
  const isSince = ({ token }: Held): boolean => !born.has(token);
  const order = [...walk.births.keys()];
  // Who waits for it was started before it.
  const isLater = by !== undefined && walk.births.has(by) && order.indexOf(by) < order.indexOf(task.id);
  const isQueued = task.queued && !isLater;
  const held = pair.held.filter(one => !isQueued || !isSince(one) || one.lock.key !== pair.acquires.key);
  return {
    pair: { ...pair, held, stored: pair.held.some(isSince), task: null },
    queuedBefore: state => (isQueued ? new Set(state.held.filter(isSince).map(({ token }) => token)) : undefined),
  };
}

const withEmpty = (known: readonly Ref[], facts: readonly OrderFact[]): readonly Ref[] => {
  const tested = facts.filter(({ kind, left }) => kind === 'empty' && !known.includes(left)).map(({ left }) => left);
  return tested.length === 0 ? known : [...known, ...tested];
};

/** What a variable has in a later round of a loop is what an earlier round took. */
const takenBy = (held: readonly Held[], token: string): Held | undefined =>
  held.find(one => isOlder(one, token)) ?? held.find(one => one.token === token);

export const returnKey = ({ token, lock }: Returned): string => (token === null ? `l${lock}` : `t${token}`);

/** What of it is given back: one that was taken, or all that the end of a session frees. */
function freedOf(held: readonly Held[], { token, lock }: Returned): readonly Held[] {
  const one = token === null ? held.findLast(known => known.lock.key === lock) : takenBy(held, token);
  return one ? [one] : held.filter(({ ends }) => lock !== null && ends.includes(lock));
}

const withReturned = (known: readonly Returned[], more: readonly Returned[]): readonly Returned[] => {
  const added = more.filter(one => !known.some(other => isSameReturn(other, one)));
  return added.length === 0 ? known : [...known, ...added];
};

/** What a callee gave back of the callers of this activation, not of itself. */
const passedOn = (returned: readonly Returned[], held: readonly Held[]): readonly Returned[] =>
  returned.filter(one => isEnd(one) || !held.some(mine => isReturned(mine, [one])));

/** The end of a session: callers may hold more by it. */
const isEnd = ({ lock }: Returned): boolean => lock !== null && isEndKey(lock);

/** Locks without which the task would not have got here. */
export function needsOf(state: State, inner: readonly Lock[]): Lock[] {
  const surely = state.held.filter(held => !held.maybe).map(held => held.lock);
  return [...new Map([...surely, ...state.passed, ...inner].map(lock => [lock.key, lock])).values()];
}
