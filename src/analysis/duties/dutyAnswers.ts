/** Locks of a store that its answer tells of, and tests of that answer that cannot be followed. */
import type { Condition, FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import { conditionReads } from '../steps.ts';
import { flowsInto } from '../valueParts.ts';
import { type Duty, type Path, without } from './dutyPaths.ts';

/**
 * The path behind a test of which nothing tells how it comes out: what it asks of the answer (`rows.length`, `rows.find(…)`)
 * may be whether the lock was taken, so that neither way is known to hold it.
 */
export function withoutAsked(program: Program, fn: FunctionFacts, condition: Condition, path: Path): Path {
  const told = path.held.filter(({ duty }) => isTold(duty) && duty.site.in === fn.id);
  if (told.length === 0) return path;
  const asked = told.filter(({ duty }) => leadsFrom(program, fn, conditionReads(condition), duty));
  return asked.length === 0 ? path : without(path, hold => asked.includes(hold));
}

const isTold = ({ locks }: Duty): boolean =>
  locks.length > 0 && locks.every(({ kind }) => kind.heldBy === 'connection');

/** A value is computed from what the call that takes it gives. */
function leadsFrom(program: Program, fn: FunctionFacts, values: readonly ValueId[], { site }: Duty): boolean {
  const queue = [...values];
  const seen = new Set<ValueId>();
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const step of flowsInto(program, fn, next)) {
      if (step.kind !== 'call') continue;
      if (step.at[0] === site.at[0] && step.at[1] === site.at[1]) return true;
      queue.push(...step.args, ...(step.receiver === undefined ? [] : [step.receiver]));
    }
  }
  return false;
}
