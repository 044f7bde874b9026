/** Which functions can take a lock, directly or through anything they call, start, register or return. */
import type { Call, FunctionFacts, FunctionId, Place, ValueId, WaitFor } from '../../model/facts.ts';
import { calledValues } from '../flow/calledValues.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUsers, reaching } from '../flow/functionUsers.ts';
import { deferreds } from './deferreds.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import type { Program } from '../program.ts';
import { joinedWith } from '../promises/promiseReach.ts';
import { lastField } from '../valueParts.ts';
import { underLocks } from './underLocks.ts';

/** Functions that can take a lock, or release one, directly or through anything they use. */
export const lockRelevance = defineAnalysis<ReadonlySet<FunctionId>>('lock-relevance', (get, program) => {
  const direct = directTakers(program);
  if (direct.size === 0) return direct;
  return reaching(get(functionUsers), new Set([...direct, ...get(releaserUsers)]));
});

/** Functions that may hold a lock, or give one back, beyond the call of a library that takes it, directly or through others. */
export const dutyRelevance = defineAnalysis<ReadonlySet<FunctionId>>('duty-relevance', (get, program) => {
  const { lasting } = get(underLocks);
  const isPart = (id: FunctionId): boolean => program.functions.get(id)?.synthetic === true && !lasting.has(id);
  const releasing = [...program.functions.keys()].filter(
    id => !isPart(id) && [...program.steps(id).values()].some(step => step.kind === 'release'),
  );
  return reaching(get(functionUsers), new Set([...lasting, ...releasing, ...get(releaserUsers)]));
});

/** Functions that may call the releaser of somebody else's acquisition. */
const releaserUsers = defineAnalysis<readonly FunctionId[]>('releaser-users', (get, program) => {
  const { lasting, handsOut } = get(underLocks);
  if (!handsOut) return [];
  const takers = reaching(get(functionUsers), lasting);
  return [...releasing(get(evaluator), program), ...handedReleasers(program, get(callGraph), takers)];
});

/** Functions that take or release a lock themselves. */
function directTakers(program: Program): Set<FunctionId> {
  const found = new Set<FunctionId>();
  const unitCalls = new Set(
    [...program.modules.values()].flatMap(({ locks }) => Object.values(locks).flatMap(kind => kind.unitCalls ?? [])),
  );
  const mayTakeUnit = ({ known, target }: Call): boolean =>
    known?.takesUnit === true || (target.kind === 'method' && unitCalls.has(target.name));
  for (const id of program.functions.keys())
    for (const step of program.steps(id).values())
      if (step.kind === 'acquire' || step.kind === 'release' || (step.kind === 'call' && mayTakeUnit(step)))
        found.add(id);
  return found;
}

/** Reactions to the promise of a taker: what it gives them may be a releaser. */
function handedReleasers(program: Program, graph: CallGraph, takers: ReadonlySet<FunctionId>): FunctionId[] {
  return [...program.functions.values()].flatMap(fn =>
    [...program.steps(fn.id).values()].flatMap(step =>
      step.kind === 'chain' && step.onFulfilled !== undefined && isTaken(program, graph, takers, fn, step.of, 0)
        ? graph
            .functionsIn(fn.id, step.onFulfilled)
            .filter(id => (program.functions.get(id)?.parameters.length ?? 0) > 0)
        : [],
    ),
  );
}

/** The promise of a call that may run a taker, or a reaction to it. */
function isTaken(
  program: Program,
  graph: CallGraph,
  takers: ReadonlySet<FunctionId>,
  fn: FunctionFacts,
  id: ValueId,
  depth: number,
): boolean {
  const value = fn.values[id];
  const step = value?.kind === 'result' ? program.steps(fn.id).get(value.of) : undefined;
  if (step?.kind === 'chain') return depth < 4 && isTaken(program, graph, takers, fn, step.of, depth + 1);
  return step?.kind === 'call' && graph.targets(fn.id, step.id).some(target => takers.has(target));
}

/** Functions that call what may be the releaser of somebody else's acquisition: kept in a variable, or handed to an object. */
function releasing(evaluate: Evaluator, program: Program): FunctionId[] {
  return [...program.functions.values()].flatMap(fn => {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'call') continue;
      const called = calledValues(evaluate, evaluate.symbolicFrame(fn), step);
      if (called.some(ref => ref.kind === 'token' || evaluate.resolve(ref).some(one => one.kind === 'token')))
        return [fn.id];
    }
    return [];
  });
}

/** What the lock walk looks at: also the functions that wait for what others tell, and those that tell. */
export const walkRelevance = defineAnalysis<ReadonlySet<FunctionId>>('walk-relevance', (get, program) => {
  const takers = get(lockRelevance);
  if (takers.size === 0) return takers;
  const { waiters, settling } = get(deferreds);
  const waited = get(waitedEvents);
  const under = get(underLocks).functions;
  const readers = keptTaskReaders(program, get(callGraph), takers).filter(id => under.has(id));
  const awaiting = takenTaskWaiters(get(evaluator), takers, under);
  const more = new Set([...waiters, ...settling, ...readers, ...awaiting]);
  for (const [id, fn] of program.functions) {
    for (const step of program.steps(id).values()) {
      if (step.kind === 'wait' && isFollowed(step) && under.has(id)) more.add(id);
      if (step.kind === 'loop' && mayEndWait(eventOf(fn, step.over), waited)) more.add(id);
    }
  }
  if (more.size === 0) return takers;
  return reaching(get(functionUsers), new Set([...takers, ...more]));
});

/** A wait that the lock walk asks for an end of: `LockTells.waits`. */
const isFollowed = (step: WaitFor): boolean =>
  step.wait === 'endless' && (step.for === 'event' || step.for === 'unlock' || step.for === 'idle');

/** The events (`on:close`) that somebody waits for, for as long as it takes and while a lock may be held. */
export const waitedEvents = defineAnalysis<ReadonlySet<string>>('waited-events', (get, program) => {
  const waited = new Set<string>();
  for (const id of get(underLocks).functions)
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'wait' || step.for !== 'event' || step.wait !== 'endless') continue;
      const event = typeof step.on === 'number' ? null : lastField(step.on);
      if (event !== null) waited.add(event);
    }
  return waited;
});

/** Whether an emission is of an event that somebody waits for; one of an unknown name may be any. */
export const mayEndWait = (event: string | null, waited: ReadonlySet<string>): event is string =>
  event !== null && waited.size > 0 && (event === 'on:*' || waited.has(event));

/** Functions that wait for the promise of a taker that somebody else started: an enclosing function, or who gave it. */
function takenTaskWaiters(
  evaluate: Evaluator,
  takers: ReadonlySet<FunctionId>,
  under: ReadonlySet<FunctionId>,
): FunctionId[] {
  return [...under].filter(id => {
    const fn = evaluate.program.functions.get(id);
    if (!fn || takers.has(id)) return false;
    return [...evaluate.program.steps(id).values()].some(
      step =>
        step.kind === 'await' &&
        step.values
          .flatMap(value => [...evaluate.evaluate(evaluate.symbolicFrame(fn), value)])
          .flatMap(ref => [...evaluate.resolve(ref)])
          .flatMap(ref => joinedWith(evaluate, ref))
          .some(ref => ref.kind === 'task' && takers.has(ref.frame.fn.id)),
    );
  });
}

/** Functions that wait for what a field or variable holds, where somebody puts the promise of a taker there. */
function keptTaskReaders(program: Program, graph: CallGraph, takers: ReadonlySet<FunctionId>): FunctionId[] {
  const kept = new Set<string>();
  for (const [id, fn] of program.functions)
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'access' || step.mode !== 'write' || step.value === undefined) continue;
      const key = keyOfPlace(step.place);
      if (key !== null && isTaken(program, graph, takers, fn, step.value, 0)) kept.add(key);
    }
  if (kept.size === 0) return [];
  return [...program.functions.values()].flatMap(fn => {
    const reads = [...program.steps(fn.id).values()].some(
      step =>
        step.kind === 'await' &&
        step.values.some(id => {
          const value = fn.values[id];
          const key = value?.kind === 'read' ? keyOfPlace(value.place) : null;
          return key !== null && kept.has(key);
        }),
    );
    return reads ? [fn.id] : [];
  });
}

function keyOfPlace({ root, path }: Place): string | null {
  const last = path[path.length - 1];
  if (last) return 'field' in last ? `${last.of ?? ''}.${last.field}` : null;
  if (root.kind === 'module') return `${root.file}##${root.name}`;
  return root.kind === 'captured' ? `${root.from}#${root.slot}` : null;
}

/** The event whose listeners a loop runs over; null for any other loop. */
export function eventOf(fn: FunctionFacts, over: ValueId | undefined): string | null {
  const value = over === undefined ? undefined : fn.values[over];
  const last = value?.kind === 'read' ? value.place.path[value.place.path.length - 1] : undefined;
  return last && 'field' in last && last.field.startsWith('on:') ? last.field : null;
}
