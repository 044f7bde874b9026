/** Uses that end or watch a timer, thread or process: cancelling, listening, waiting, calling its members. */
import type { Access, Call, Cancel, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { type Expansion, isOfHandle, type Observation, takePart, type Want } from './consumptionFollowed.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { type FunctionUses, isEndListener, type Key } from './consumptionIndex.ts';

/** A step that names a holder or parameter as the place that it is about. */
export function named(
  step: Step,
  fn: FunctionId,
  inside: readonly Key[],
  keys: readonly Key[],
  want: Want,
  result: Expansion,
): void {
  if (step.kind === 'access') {
    const below = keys.length - inside.length;
    if (isOfHandle(want) && below > 0 && watchesEnd(step, below)) result.ends.push({ how: 'watched', fn, step });
    return;
  }
  // Waiting for an event of it is waiting for a part of it.
  const own = step.kind === 'wait' && keys.at(-1)?.includes('on:') ? keys.slice(0, -1) : keys;
  if (!takePart(inside, own)) return;
  if (step.kind === 'cancel') cancelled(step, fn, want, result);
  else result.ends.push({ how: step.kind === 'wait' ? 'awaited' : 'used', fn, step });
}

/** `unref` ends nothing: it counts only where it is asked for. */
export function cancelled(step: Cancel, fn: FunctionId, want: Want, result: Expansion): void {
  if ((step.how === 'unref') === (want === 'unref'))
    result.ends.push({ how: step.how === 'unref' ? 'unref' : 'cleared', fn, step });
}

/** The streams of a process end when it does: piping, awaiting or passing one on watches it; taking its data does not. */
export function watchedPart(uses: FunctionUses, fn: FunctionId, part: ValueId): Observation[] {
  const found: Observation[] = [];
  for (const use of uses.of(part)) {
    if (use.as !== 'step') continue;
    const { step, role } = use;
    const passed = role === 'argument' && !(step.kind === 'call' && step.gives === 'value');
    const watches =
      passed ||
      role === 'await' ||
      (role === 'over' && step.kind === 'loop' && step.awaitsEach) ||
      (role === 'receiver' && step.kind === 'call' && callsMember(step)) ||
      (step.kind === 'access' && watchesEnd(step, 2));
    if (watches) found.push({ how: 'watched', fn, step });
  }
  return found;
}

/**
 * `x.on('exit', …)` as an update of the slot `on:exit`. `below`: how many fields it lies below the handle; what one of
 * its streams delivers says nothing of its end.
 */
export function watchesEnd(step: Access, below: number): boolean {
  const last = step.place.path.at(-1);
  const field = last !== undefined && 'field' in last ? last.field : '';
  if (below === 1 && isEndListener(step)) return true;
  const event = field.startsWith('on:') ? field.slice(3) : null;
  return event !== null && (below === 1 || (event !== 'data' && event !== 'readable'));
}

/** A method call on a handle that does more than talk to it: whatever is not known to be a message ends or watches it. */
const MESSAGE = /^(post|send|write|ref|hasRef|emit)/;
export function callsMember(step: Call): boolean {
  const name =
    step.target.kind === 'method'
      ? step.target.name
      : step.target.kind === 'external'
        ? (step.target.name.split('.').at(-1) ?? '')
        : '';
  return !MESSAGE.test(name);
}

/** What a thread or process tells while it runs. */
const TALK: ReadonlySet<string> = new Set(['on:message', 'on:messageerror', 'on:online', 'on:listening', 'on:spawn']);

/**
 * A listener that only takes what it says: one that hands it to somebody who waits for that is no such listener. One that
 * comes from callers that nobody knows takes what it says, and is told of no end.
 */
export function isTalk(
  program: Program,
  graph: CallGraph,
  isSettler: (fn: FunctionId, value: ValueId) => boolean,
  { fn, step, how }: Observation,
): boolean {
  if (how !== 'watched' || step?.kind !== 'access' || step.value === undefined) return false;
  const last = step.place.path.at(-1);
  if (!last || !('field' in last) || !TALK.has(last.field)) return false;
  const listeners = graph.functionsIn(fn, step.value);
  if (listeners.length === 0) return isParameter(program, fn, step.value) && !isSettler(fn, step.value);
  return !listeners.some(id => handsOn(program, graph, id, DEPTH));
}

function isParameter(program: Program, fn: FunctionId, value: ValueId): boolean {
  const facts = program.functions.get(fn)?.values[value];
  return facts?.kind === 'read' && facts.place.root.kind === 'parameter' && facts.place.path.length === 0;
}

/** How far calls of a listener are followed. */
const DEPTH = 2;

/** It settles a promise, ends something, or calls a function that it was given or has found. */
function handsOn(program: Program, graph: CallGraph, id: FunctionId, depth: number): boolean {
  return [...program.steps(id).values()].some(step => {
    if (step.kind === 'settle' || step.kind === 'cancel' || step.kind === 'release' || step.kind === 'notify')
      return true;
    if (step.kind !== 'call') return false;
    if (step.target.kind === 'value' || step.target.kind === 'unresolved') return true;
    return depth > 0 && graph.targets(id, step.id).some(next => handsOn(program, graph, next, depth - 1));
  });
}
