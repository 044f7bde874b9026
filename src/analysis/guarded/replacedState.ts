/** What a lock's state was before a section changed it, and what the section has made of it. */
import type { Place, StepId, ValueId } from '../../model/facts.ts';
import type { FunctionIndex } from '../handmade/handMadeIndex.ts';
import { contains } from '../steps.ts';

/** What was read there before is not the state any more: on the way to the step, something else has been written there. */
export function isReplaced(index: FunctionIndex, place: Place, until: StepId): boolean {
  const key = JSON.stringify(place);
  const accesses = index.accesses().filter(({ step }) => step.id < until && JSON.stringify(step.place) === key);
  const last = accesses.at(-1);
  const isWritten = last?.step.mode === 'write' || (isEntry(place) && last?.step.mode === 'update');
  return isWritten && last !== undefined && contains(last.block, until);
}

/** The value, or the part of the old entry that it is, makes what an entry has become before the step: it tells of the new one. */
export function isPutAnew(index: FunctionIndex, value: ValueId, until: StepId): boolean {
  const partOf = (id: ValueId): string | null => {
    const facts = index.value(id);
    const isPart = facts?.kind === 'read' && facts.place.root.kind === 'value' && facts.place.path.length > 0;
    return isPart ? JSON.stringify(facts.place) : null;
  };
  const part = partOf(value);
  const kind = index.value(value)?.kind ?? '';
  const isSame = (id: ValueId): boolean => (part === null ? id === value && MADE.has(kind) : partOf(id) === part);
  const makes = (id: ValueId, depth: number): boolean => {
    const facts = index.value(id);
    if (!facts || depth === 0 || isSame(id)) return facts !== undefined && depth > 0;
    if (facts.kind === 'object') return Object.values(facts.fields).some(one => makes(one, depth - 1));
    return 'values' in facts && facts.values.some(one => makes(one, depth - 1));
  };
  return index
    .accesses()
    .some(
      ({ step }) =>
        step.id < until &&
        step.mode !== 'read' &&
        isEntry(step.place) &&
        step.value !== undefined &&
        makes(step.value, 4),
    );
}

const MADE: ReadonlySet<string> = new Set(['object', 'array', 'from', 'result']);

/** One entry of a container, under a key that is known: `map.set(key, value)` replaces it. */
function isEntry({ path }: Place): boolean {
  const last = path.at(-1);
  return last !== undefined && 'key' in last && typeof last.key === 'number';
}
