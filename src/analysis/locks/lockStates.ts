/** What is known at a point of an activation, and where paths meet. */
import type { OrderFact } from './lockOrderEvidence.ts';
import { type Held, type Returned, isSameReturn } from './lockPairs.ts';
import type { Lock } from './locks.ts';
import type { Ref } from '../refs.ts';

export interface State {
  held: readonly Held[];
  /** A task-local store was asked whether the task is inside already ("reentrancy guard"): the store. */
  context: Ref | null;
  /** The program may be called from outside by now. */
  serving: boolean;
  facts: readonly OrderFact[];
  /** Locks that were taken on every way here, released or not. */
  passed: readonly Lock[];
  /** What of the callers' was given back on every way here. */
  returned: readonly Returned[];
}

export const EMPTY_STATE: State = { held: [], facts: [], context: null, serving: false, passed: [], returned: [] };

/** What may be held on any of the paths; facts that hold on all. */
export function union(states: readonly State[]): State {
  const [first, ...others] = states;
  if (!first) return EMPTY_STATE;
  if (others.length === 0) return first;
  const held: Held[] = [];
  for (const state of states) {
    for (const one of state.held) {
      if (held.some(known => known.token === one.token)) continue;
      const everywhere = states.every(other => other.held.some(known => known.token === one.token && !known.maybe));
      held.push(everywhere ? one : { ...one, maybe: true });
    }
  }
  return {
    held,
    context: states.find(state => state.context !== null)?.context ?? null,
    serving: states.some(state => state.serving),
    passed: first.passed.filter(lock => others.every(other => other.passed.some(known => known.key === lock.key))),
    returned: first.returned.filter(one =>
      others.every(other => other.returned.some(known => isSameReturn(known, one))),
    ),
    facts: first.facts.filter(fact =>
      others.every(other =>
        other.facts.some(known => known.kind === fact.kind && known.left === fact.left && known.right === fact.right),
      ),
    ),
  };
}
