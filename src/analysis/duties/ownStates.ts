/**
 * `if (!session.isReleased) await session.release()`: code that nobody sees keeps account of what it has given, and is
 * asked for it before that is given back. Where it is held, the answer is known.
 */
import type { Block, Branch } from '../../model/facts.ts';
import type { DutyConditions } from './dutyConditions.ts';
import type { Path } from './dutyPaths.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { walkSteps } from '../program.ts';
import { type Frame, type Refs, typeOf } from '../refs.ts';
import { conditionReads, simpleParts } from '../steps.ts';

/**
 * The arm (`when` is `true`) that gives back what the path holds, of a branch that asks nothing but the own state of an
 * object of a library, and what the path knows; null for any other branch.
 */
export function releasedByState(
  evaluator: Evaluator,
  conditions: DutyConditions,
  frame: Frame,
  { condition, arms }: Branch,
  path: Path,
): boolean | null {
  if (!path.held.some(({ duty }) => duty.kind === 'lock')) return null;
  const asked = simpleParts(condition).filter(part => conditions.holds(frame, path, part) === null);
  const objects = asked.map(part => conditionReads(part).flatMap(value => askedObject(evaluator, frame, value)));
  if (objects.length === 0 || objects.some(refs => refs.length === 0)) return null;
  const [only, ...others] = arms.filter(({ body }) => givesBack(evaluator, frame, body, objects.flat()));
  return others.length === 0 && (only?.when === 'true' || only?.when === 'false') ? only.when === 'true' : null;
}

/** The object of which a value is a field, where that is one of a library; or that is asked whether it is there at all. */
function askedObject(evaluator: Evaluator, frame: Frame, value: number): Refs {
  const facts = frame.fn.values[value];
  const isField = facts?.kind === 'read' && facts.place.path.length > 0;
  const refs = isField
    ? evaluator.place(frame, { ...facts.place, path: facts.place.path.slice(0, -1) })
    : evaluator.evaluate(frame, value);
  const isForeign = refs.some(ref => {
    const type = typeOf(ref);
    return type !== null && !evaluator.program.types.has(type);
  });
  return isForeign ? refs : [];
}

/** It calls something that gives back, on one of the objects. */
function givesBack(evaluator: Evaluator, frame: Frame, block: Block, objects: Refs): boolean {
  const keys = new Set(objects.map(({ key }) => key));
  let releases = false;
  let isOnIt = false;
  walkSteps(block, step => {
    releases ||= step.kind === 'release';
    isOnIt ||=
      step.kind === 'call' &&
      step.receiver !== undefined &&
      evaluator.evaluate(frame, step.receiver).some(({ key }) => keys.has(key));
  });
  return releases && isOnIt;
}
