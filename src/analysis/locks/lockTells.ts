/** Steps by which tasks wait for each other without a lock, and by which they wake each other up. */
import type { Call, Loop, Place, WaitFor } from '../../model/facts.ts';
import { holderOf, keptCallee, settledBy, settledByMember } from './deferreds.ts';
import { type Walk, needsOf } from './lockEffects.ts';
import { LockJoins } from './lockJoins.ts';
import type { Trace } from './lockPairs.ts';
import { eventOf, mayEndWait } from './lockRelevance.ts';
import type { State } from './lockStates.ts';
import type { Refs } from '../refs.ts';
import { lastField } from '../valueParts.ts';

export abstract class LockTells extends LockJoins {
  /** Emissions of other events end no wait. */
  readonly #waitedEvents: ReadonlySet<string>;

  constructor(waited: ReadonlySet<string>, ...rest: ConstructorParameters<typeof LockJoins>) {
    super(...rest);
    this.#waitedEvents = waited;
  }

  #here(walk: Walk, at: Call['at']): Trace {
    const site = this.evaluator.program.site(walk.frame.fn.id, at);
    return { site, calls: null, through: false, waited: null, next: null };
  }

  /** `lock.waitForUnlock()`, `queue.onIdle()`, `once(emitter, 'x')`. */
  protected waits(walk: Walk, step: WaitFor, state: State): void {
    if (step.wait !== 'endless') return;
    const trace = this.#here(walk, step.at);
    if (step.for === 'unlock' || step.for === 'idle') {
      for (const { lock, wait } of this.locks.uses(walk.frame, step.on, undefined, step.wait)) {
        if (wait !== 'endless') continue;
        walk.waits.wait({
          kind: step.for,
          on: null,
          holder: '',
          lock,
          held: state.held,
          without: state.returned,
          trace,
          guessed: false,
        });
      }
    }
    if (step.for !== 'event' || typeof step.on === 'number') return;
    const event = lastField(step.on);
    if (event === null) return;
    for (const on of this.#emitters(walk, step.on))
      walk.waits.wait({
        kind: 'event',
        on,
        holder: event,
        lock: null,
        held: state.held,
        without: state.returned,
        trace,
        guessed: false,
      });
  }

  /** A loop over the listeners of an event is an emission. */
  protected emits(walk: Walk, step: Loop, state: State): void {
    const event = eventOf(walk.frame.fn, step.over);
    const value = step.over === undefined ? undefined : walk.frame.fn.values[step.over];
    if (!mayEndWait(event, this.#waitedEvents) || value?.kind !== 'read') return;
    const trace = this.#here(walk, step.at);
    for (const of of this.#emitters(walk, value.place))
      walk.waits.settle({ kind: 'event', of, holder: event, needs: needsOf(state, []), trace });
  }

  #emitters(walk: Walk, place: Place): Refs {
    return this.evaluator.place(walk.frame, { ...place, path: place.path.slice(0, -1) });
  }

  /** A call of a `resolve` that somebody keeps. */
  protected settles(walk: Walk, step: Call, state: State): void {
    if (!this.deferreds.settling.has(walk.frame.fn.id)) return;
    const member = settledByMember(this.evaluator, walk.frame, step);
    for (const of of member) {
      const holder = step.receiver === undefined ? '' : holderOf(this.evaluator, walk.frame, step.receiver);
      walk.waits.settle({ kind: 'deferred', of, holder, needs: needsOf(state, []), trace: this.#here(walk, step.at) });
    }
    const called = keptCallee(this.evaluator, walk.frame, step);
    if (!called) return;
    const holder = holderOf(this.evaluator, walk.frame, called.by);
    const trace = this.#here(walk, step.at);
    for (const of of settledBy(this.evaluator, called.refs))
      walk.waits.settle({ kind: 'deferred', of, holder, needs: needsOf(state, []), trace });
  }
}
