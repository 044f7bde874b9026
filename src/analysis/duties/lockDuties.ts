/** Every function that takes something, run along all of its paths (`dutyWalk.ts`): how each run can end. */
import type { FunctionFacts, FunctionId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { type ClaimFlags, claimFlags } from './claimFlags.ts';
import type { Releasers } from './dutyCarriers.ts';
import { DutyEvents } from './dutyEffects.ts';
import type { Duty, Exit } from './dutyPaths.ts';
import { DutyThrows } from './dutyThrows.ts';
import { DutyInterpreter } from './dutyWalk.ts';
import { ReleaserParts } from './releaserParts.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { functionUsers, reaching } from '../flow/functionUsers.ts';
import { dutyRelevance, lockRelevance } from '../locks/lockRelevance.ts';
import { type Lock, type LockTable, lockTable } from '../locks/locks.ts';
import { functionsAround, type Program } from '../program.ts';
import { readIndex } from '../readIndex.ts';
import type { Ref } from '../refs.ts';

export interface DutyRun {
  readonly fn: FunctionFacts;
  readonly exits: readonly Exit[];
  /** Too many paths to tell all of them apart. */
  readonly coarse: boolean;
}
export interface LockDuties {
  readonly runs: readonly DutyRun[];
  readonly events: DutyEvents;
  readonly flags: ClaimFlags;
  /** What is held, and released by nobody yet, when the promise settles: the promise is an acquisition. */
  grantedBy(promise: Ref): readonly Duty[];
  /** Somebody takes this lock, be it for the time of a call of a library. */
  isTaken(lock: Lock): boolean;
  /** Somebody releases this lock without having taken it: a counterpart of functions that take it for their callers. */
  isReleasedElsewhere(lock: Lock): boolean;
}

/** A claim is set back by whoever sets it, or by a helper of that: callers far above have no part in it. */
const CLAIM_STEPS = 2;

export const lockDuties = defineAnalysis<LockDuties>('lock-duties', (get, program) => {
  const flags = get(claimFlags);
  const events = new DutyEvents();
  const relevant = new Set([...get(dutyRelevance), ...reaching(get(functionUsers), flags.users, CLAIM_STEPS)]);
  const none: LockDuties = {
    runs: [],
    events,
    flags,
    grantedBy: () => [],
    isTaken: () => false,
    isReleasedElsewhere: () => false,
  };
  if (relevant.size === 0) return none;
  const evaluate = get(evaluator);
  const locks = get(lockTable);
  const elsewhere = releasedElsewhere(program, evaluate, locks, relevant);
  const tools = {
    evaluator: evaluate,
    locks,
    throws: new DutyThrows(get, program),
    readers: get(readIndex),
    flags,
    releasers: findReleasers(get, program, flags, relevant),
    parts: new ReleaserParts(evaluate, relevant),
    nearFlags: reaching(get(functionUsers), flags.users, CLAIM_STEPS - 1),
    cancelled: cancelledLocks(program, evaluate, locks),
    events,
  };
  const interpreter = new DutyInterpreter(tools, relevant, elsewhere);
  const runs: DutyRun[] = [];
  for (const [id, fn] of program.functions) {
    if (!relevant.has(id)) continue;
    const { exits, overflow } = interpreter.root(evaluate.symbolicFrame(fn));
    runs.push({ fn, exits, coarse: overflow });
  }
  let taken: ReadonlySet<string> | undefined;
  return {
    runs,
    events,
    flags,
    grantedBy: promise => interpreter.grantedBy(promise),
    isTaken: lock => (taken ??= takenSites(program, evaluate, locks, get(lockRelevance))).has(lock.site),
    isReleasedElsewhere: lock => elsewhere.has(lock.site),
  };
});

/** Locks whose waiters are turned away somewhere: their acquisition may fail. */
function cancelledLocks(program: Program, evaluate: Evaluator, locks: LockTable): ReadonlySet<string> {
  const found = new Set<string>();
  for (const fn of program.functions.values()) {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'cancel' || step.how !== 'cancel') continue;
      for (const { lock } of locks.uses(evaluate.symbolicFrame(fn), step.what, undefined, 'endless'))
        found.add(lock.site);
    }
  }
  return found;
}

/** Classes of the locks that each function takes and releases itself, with its synthetic parts. */
function releasedElsewhere(
  program: Program,
  evaluate: Evaluator,
  locks: LockTable,
  relevant: ReadonlySet<FunctionId>,
): ReadonlySet<string> {
  const taken = new Map<FunctionId, Set<string>>();
  for (const id of relevant) {
    const fn = program.functions.get(id);
    if (fn && !fn.synthetic) taken.set(id, takenBy(program, evaluate, locks, fn));
  }
  const isTakenAround = (fn: FunctionFacts, site: string): boolean => {
    for (const { id } of functionsAround(program, fn)) if (taken.get(id)?.has(site)) return true;
    return false;
  };
  const found = new Set<string>();
  for (const id of relevant) {
    const fn = program.functions.get(id);
    if (!fn || fn.synthetic) continue;
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'release' || step.lock === undefined || step.token !== undefined) continue;
      for (const { lock } of locks.uses(evaluate.symbolicFrame(fn), step.lock, step.key, 'endless'))
        if (!isTakenAround(fn, lock.site)) found.add(lock.site);
    }
  }
  return found;
}

/** Classes of the locks that these functions take. */
function takenSites(
  program: Program,
  evaluate: Evaluator,
  locks: LockTable,
  takers: ReadonlySet<FunctionId>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const id of takers) {
    const fn = program.functions.get(id);
    if (fn && !fn.synthetic) for (const site of takenBy(program, evaluate, locks, fn)) found.add(site);
  }
  return found;
}

function takenBy(program: Program, evaluate: Evaluator, locks: LockTable, fn: FunctionFacts): Set<string> {
  const found = new Set<string>();
  const frame = evaluate.symbolicFrame(fn);
  for (const step of program.steps(fn.id).values()) {
    if (step.kind === 'acquire') for (const { lock } of locks.acquired(frame, step)) found.add(lock.site);
    if (step.kind !== 'call' || step.target.kind !== 'functions') continue;
    for (const { frame: inner } of evaluate.callees(frame, step)) {
      if (!inner.fn.synthetic) continue;
      for (const part of program.steps(inner.fn.id).values())
        if (part.kind === 'acquire') for (const { lock } of locks.acquired(inner, part)) found.add(lock.site);
    }
  }
  return found;
}

/** What functions release without a token, followed through calls and the closures that they make. */
function findReleasers(get: Get, program: Program, flags: ClaimFlags, relevant: ReadonlySet<FunctionId>): Releasers {
  const [evaluate, locks, graph] = [get(evaluator), get(lockTable), get(callGraph)];
  const known = new Map<FunctionId, ReadonlySet<string>>();
  const own = (fn: FunctionFacts): string[] =>
    [...program.steps(fn.id).values()].flatMap(step => {
      if (step.kind === 'access') {
        const flag = flags.at(fn.id, step.id);
        return flag && flag.does !== 'set' ? [flag.key] : [];
      }
      if (step.kind !== 'release' || step.lock === undefined) return [];
      return locks.uses(evaluate.symbolicFrame(fn), step.lock, step.key, 'endless').map(use => use.lock.site);
    });
  return {
    of(start) {
      const found = known.get(start);
      if (found) return found;
      const released = new Set<string>();
      const seen = new Set<FunctionId>([start]);
      for (const id of seen) {
        const fn = relevant.has(id) && seen.size < 60 ? program.functions.get(id) : undefined;
        if (!fn) continue;
        for (const one of own(fn)) released.add(one);
        for (const value of fn.values) if (value.kind === 'function') seen.add(value.id);
        for (const step of program.steps(id).keys()) for (const target of graph.targets(id, step)) seen.add(target);
      }
      known.set(start, released);
      return released;
    },
  };
}
