/** What locks guard: the shared locations that are touched while they are held. */
import { defineAnalysis } from '../analysis.ts';
import { evaluator } from '../flow/evaluator.ts';
import { isWrite } from './footprints.ts';
import { canGuard, isSettingUp, type Location, locate, overlap } from './locations.ts';
import { lockedWork, type Moment } from './lockedWork.ts';
import type { HeldHere } from '../locks/lockPoints.ts';
import type { Lock } from '../locks/locks.ts';
import type { Access } from '../../model/facts.ts';

export interface Guarded {
  readonly location: Location;
  readonly moment: Moment<Access>;
  readonly held: HeldHere;
}

export interface GuardedState {
  /** Accesses made while a lock of this class is held. */
  under(site: string): readonly Guarded[];
  readonly all: readonly Guarded[];
}

/** A lock that lets one in at a time; a limiter of several guards nothing. */
export const excludes = (lock: Lock): boolean => lock.capacity === 1 || (lock.capacity === null && !lock.kind.limiter);

export const guardedState = defineAnalysis<GuardedState>('guarded-state', get => {
  const evaluate = get(evaluator);
  const bySite = new Map<string, Guarded[]>();
  const all: Guarded[] = [];
  const work = get(lockedWork);
  for (const moment of work.accesses) {
    const location = locate(evaluate, moment.frame, moment.step.place);
    if (!location || isSettingUp(evaluate, moment.frame, moment.step.place)) continue;
    for (const held of moment.held) {
      const { lock } = held.held;
      if (!excludes(lock) || !canGuard(evaluate, lock, location)) continue;
      if (location.owner && work.isMadeUnder(location.owner, held.held.token)) continue;
      const guarded = { location, moment, held };
      all.push(guarded);
      const list = bySite.get(lock.site);
      if (list) list.push(guarded);
      else bySite.set(lock.site, [guarded]);
    }
  }
  return { all, under: site => bySite.get(site) ?? [] };
});

/** The access that a touch conflicts with: the same location, or part of the same object, and one of the two writes. */
export function conflictIn(
  guarded: readonly Guarded[],
  location: Location,
  mode: Access['mode'],
): { guarded: Guarded; exact: boolean } | undefined {
  const clashes = (one: Guarded): boolean => isWrite(mode) || isWrite(one.moment.step.mode);
  const same = guarded.find(one => clashes(one) && overlap(one.location.keys, location.keys));
  if (same) return { guarded: same, exact: true };
  if (!isWrite(mode)) return undefined;
  const part = guarded.find(one => overlap(one.location.holders, location.holders));
  return part && { guarded: part, exact: false };
}
