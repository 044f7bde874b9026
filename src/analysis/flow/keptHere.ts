/** What an activation makes and puts somewhere, so that the next one finds it there. */
import type { Evaluator } from './evaluator.ts';
import { type Frame, madeOf, type Ref } from '../refs.ts';

/**
 * Whether it is an object made somewhere (or a lock, seen through what bounds the wait for it) that a step of the
 * activation puts into a variable, field or container.
 */
export const isKept = (evaluate: Evaluator, frame: Frame, made: Ref): boolean =>
  madeOf(made) !== null &&
  [...evaluate.program.steps(frame.fn.id).values()].some(
    step =>
      step.kind === 'access' &&
      step.mode !== 'read' &&
      step.value !== undefined &&
      evaluate.evaluate(frame, step.value).includes(made),
  );
