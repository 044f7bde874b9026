/**
 * Locks that are handed over: released by code that runs on its own (a task, a timer, a listener, a reaction, code that
 * nobody knows). Who handed one over may be gone by then, and does not wait for itself when it asks for the lock again.
 */
import type { Call, Chain, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { promiseParts } from '../promises/promiseParts.ts';
import type { Frame, Ref, Refs } from '../refs.ts';
import { LockEffects, returnKey, type Walk } from './lockEffects.ts';
import { isHandedOver, type Returned, returnedBy, type Summary } from './lockPairs.ts';
import type { State } from './lockStates.ts';

export abstract class HandedOver extends LockEffects {
  protected readonly tasks = new Map<number, Ref>();

  /** What running an activation to its end does. */
  abstract summary(frame: Frame): Summary;

  #freed(code: Refs): Returned[] {
    return freedLater(this.evaluator, frame => this.summary(frame), code);
  }

  /** What this code releases, it holds from now on. */
  protected handOver(walk: Walk, code: Refs): void {
    for (const one of this.#freed(code)) walk.handed.set(returnKey(one), one);
  }

  /** Functions and releasers that unknown code is given. */
  protected givenAway(walk: Walk, { args }: Call): void {
    const given = args.flatMap(arg => [...this.evaluator.evaluate(walk.frame, arg)]);
    this.handOver(
      walk,
      given.filter(ref => ref.kind === 'token' || ref.kind === 'function'),
    );
  }

  protected reactions(walk: Walk, step: Chain): void {
    walk.chains.add(this.evaluator.refs.make({ kind: 'chain', frame: walk.frame, step: step.id }));
  }

  /** Tasks and reactions that were started, but those that somebody waits for. */
  protected onTheirOwn(walk: Walk, isKept: (id: number) => boolean): Ref[] {
    const tasks = [...walk.births.keys()].flatMap(id => this.tasks.get(id) ?? []);
    return [...tasks, ...walk.chains].filter(ref => !isKept(ref.id));
  }

  /** What the executor of the promise was handed is given back when the promise has settled. */
  protected afterExecutor(state: State, promise: Ref): State {
    if (state.held.length === 0) return state;
    const freed = this.#freed(executorsOf(this.evaluator, promise));
    return freed.length === 0 ? state : { ...state, held: state.held.filter(held => !isHandedOver(held, freed)) };
  }
}

/** Code that is followed in search of releases. */
const LIMIT = 40;

/** What of somebody else's these functions and promises give back once they run, or what they are releases. */
function freedLater(evaluator: Evaluator, summary: (frame: Frame) => Summary, start: Refs): Returned[] {
  const found: Returned[] = [];
  const seen = new Set<Ref>(start);
  const follow = (refs: Refs): void => {
    for (const ref of refs) if (seen.size < LIMIT) seen.add(ref);
  };
  const run = (frame: Frame): void => {
    const { releases, handed } = summary(frame);
    found.push(...releases, ...handed);
    follow(evaluator.returns(frame).filter(ref => ref.kind !== 'token' && ref.kind !== 'function'));
  };
  for (const ref of seen) {
    if (ref.kind === 'token') found.push(returnedBy(ref));
    else if (ref.kind === 'task') run(ref.frame);
    else if (ref.kind === 'function') for (const { frame } of evaluator.calleesOf([ref], [], null)) run(frame);
    else if (ref.kind === 'chain') {
      const chain = evaluator.program.steps(ref.frame.fn.id).get(ref.step);
      if (chain?.kind === 'chain') follow(reactionsOf(evaluator, ref.frame, chain));
    }
    follow(promiseParts(evaluator, ref).map(part => part.ref));
  }
  return found;
}

const reactionsOf = (evaluator: Evaluator, frame: Frame, { onFulfilled, onRejected, onFinally }: Chain): Ref[] =>
  [onFulfilled, onRejected, onFinally].flatMap(handler =>
    handler === undefined ? [] : [...evaluator.evaluate(frame, handler)],
  );

/**
 * The executors of a promise that is settled by hand, `new Promise(executor)`: who has waited for it knows that what they
 * start has come as far as settling it.
 */
function executorsOf(evaluator: Evaluator, promise: Ref): Ref[] {
  if (promise.kind !== 'made' || promise.type !== 'lib#Promise' || !('step' in promise.at)) return [];
  const { frame } = promise;
  const made = promise.at.step;
  const isSettler = (id: ValueId): boolean => {
    const value = frame.fn.values[id];
    const root = value?.kind === 'read' && value.place.root.kind === 'value' ? value.place.root.of : undefined;
    const from = root === undefined ? undefined : frame.fn.values[root];
    return from?.kind === 'result' && from.of === made;
  };
  return [...evaluator.program.steps(frame.fn.id).values()].flatMap(step =>
    step.kind === 'call' && step.target.kind === 'value' && step.args.some(isSettler)
      ? [...evaluator.evaluate(frame, step.target.of)]
      : [],
  );
}
