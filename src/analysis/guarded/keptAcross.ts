/** State that a section holds still across a suspension: without that, no lock is needed for it on one event loop. */
import type { Step } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import type { Frame } from '../refs.ts';
import type { Guarded } from './guardedState.ts';

/** Pairs of accesses that are compared. */
const MOST = 2_000;

/** Whether one section touches it before and after a suspension. */
export function isKeptAcross(program: Program, guarded: readonly Guarded[]): boolean {
  let looked = 0;
  for (const [index, one] of guarded.entries()) {
    for (const other of guarded.slice(index + 1)) {
      looked += 1;
      if (looked > MOST) return true;
      if (one.held.held.token !== other.held.held.token || one.moment.by !== other.moment.by) continue;
      if (suspendsBetween(program, one, other)) return true;
    }
  }
  return false;
}

function suspendsBetween(program: Program, one: Guarded, other: Guarded): boolean {
  const way = wayTo(other);
  for (const [frame, step] of wayTo(one)) {
    const beside = way.get(frame);
    if (!beside) continue;
    const [first, last] = step.id < beside.id ? [step, beside] : [beside, step];
    return [...program.steps(frame.fn.id).values()].some(
      between =>
        between.id > first.id && between.id < last.id && (between.kind === 'await' || between.kind === 'acquire'),
    );
  }
  return false;
}

/** The access, and the calls that lead to it from the section. */
function wayTo({ moment }: Guarded): Map<Frame, Step> {
  const way = new Map<Frame, Step>([[moment.frame, moment.step]]);
  for (let at = moment.from; at !== null; at = at.from) way.set(at.frame, at.step);
  return way;
}
