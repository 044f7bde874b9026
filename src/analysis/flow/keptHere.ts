/** What an activation makes and puts somewhere, so that the next one finds it there. */
import type { Evaluator } from './evaluator.ts';
import type { Frame, Ref } from '../refs.ts';

/** Whether a step of the activation itself puts the object into a variable, field or container. */
export const isKept = (evaluate: Evaluator, frame: Frame, made: Ref): boolean =>
  [...evaluate.program.steps(frame.fn.id).values()].some(
    step =>
      step.kind === 'access' &&
      step.mode !== 'read' &&
      step.value !== undefined &&
      evaluate.evaluate(frame, step.value).includes(made),
  );
