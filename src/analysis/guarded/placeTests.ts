/** Tests that look at a place or at what it holds. */
import type { Branch, Place, ValueId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import type { Frame } from '../refs.ts';
import { conditionReads } from '../steps.ts';

/** A test of the place (is there one?) or of its lock (is it free?). */
export function looksAt(program: Program, frame: Frame, branch: Branch, place: Place, container: Place): boolean {
  const text = JSON.stringify(samePlace(place));
  const outer = JSON.stringify(samePlace(container));
  const isIt = (value: ValueId, depth = 3): boolean => {
    const facts = frame.fn.values[value];
    if (!facts || depth === 0) return false;
    if (facts.kind === 'read') {
      const read = JSON.stringify(samePlace(facts.place));
      return read === text || (container.path.length < place.path.length && read.startsWith(outer.slice(0, -2)));
    }
    if (facts.kind === 'choice' || facts.kind === 'from') return facts.values.some(part => isIt(part, depth - 1));
    const step = facts.kind === 'result' ? program.steps(frame.fn.id).get(facts.of) : undefined;
    return step?.kind === 'call' && step.receiver !== undefined && isIt(step.receiver, depth - 1);
  };
  return conditionReads(branch.condition).some(value => isIt(value));
}

const samePlace = ({ root, path }: Place): Pick<Place, 'root' | 'path'> => ({
  root,
  path: path.map(step => ('field' in step ? { field: step.field } : { any: true })),
});
