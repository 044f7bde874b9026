/** What the walk through one function keeps, where it looks for what fails in it. */
import type { FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Failure } from './mayRejectValues.ts';

export const isTask = ({ calling }: FunctionFacts): boolean => calling === 'promise' || calling === 'coroutine';

/** A `throw` here is a check: it stands in an arm, or some way has left before. */
export const isChecking = (state: Walk): boolean => (state.inArm || state.passed) && !state.inHandler;

export interface Walk {
  fn: FunctionFacts;
  returned: Failure;
  /** In an arm of a branch: a `throw` there is a check. In a handler, it passes on what it was given. */
  inArm: boolean;
  /** Some way has left the function before: a `throw` that follows is a check, too. */
  passed: boolean;
  inHandler: boolean;
  /** The handler that it stands in tells somebody of the error. */
  isTold: boolean;
  /** All that fails here is handled by this function. */
  isCaught: boolean;
  /** It is given what a promise has settled to. */
  isReaction: boolean;
  /** What the bodies of the handlers' `try` fail with, by the variable that has the error. */
  caught: Map<ValueId, Failure>;
}

export const walkOf = (fn: FunctionFacts): Walk => ({
  fn,
  returned: 'never',
  inArm: false,
  passed: false,
  inHandler: false,
  isTold: false,
  isCaught: false,
  isReaction: false,
  caught: new Map(),
});
