/** What is waited for when a field is: its first value, or a task that a method put there later. */
import type { ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Frame, Ref, Refs } from '../refs.ts';

const WRITERS = 12;

/** The references of a value; for a field of an instance also the tasks that its class's methods write to it. */
export function keptTasks(evaluator: Evaluator, frame: Frame, id: ValueId): Refs {
  const found = evaluator.evaluate(frame, id);
  const value = frame.fn.values[id];
  if (value?.kind !== 'read' || found.some(isTask)) return found;
  const last = value.place.path[value.place.path.length - 1];
  if (!last || !('field' in last) || last.of === undefined) return found;
  const writes = evaluator.writes.toField(last.field);
  if (writes.length > WRITERS) return found;
  const tasks = new Set<Ref>();
  for (const base of evaluator.place(frame, { ...value.place, path: value.place.path.slice(0, -1) })) {
    for (const { fn, place, value: written } of writes) {
      const [step] = place.path;
      const isOwn =
        place.root.kind === 'self' && place.path.length === 1 && step && 'field' in step && step.of === last.of;
      if (!isOwn || fn.owner === null || evaluator.types.isConstructor(fn.id)) continue;
      for (const ref of evaluator.evaluate(evaluator.frame(fn, [base], [], null), written))
        if (isTask(ref)) tasks.add(ref);
    }
  }
  return [...found, ...tasks];
}

const isTask = (ref: Ref): boolean => ref.kind === 'task' || ref.kind === 'chain' || ref.kind === 'combined';
