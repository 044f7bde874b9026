/** Ways in which a call has the signal in hand, though its options do not name it: whole objects, and functions. */
import type { Call, FunctionFacts, FunctionId, OptionUse, Step, StepId, Value, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { returnedValues } from '../promises/promisesReturns.ts';
import { walkPlaces } from '../stepPlaces.ts';
import { valuesBehind } from '../valueParts.ts';
import type { SignalInHand } from './signals.ts';

/**
 * The call is given the very object that has the signal, or one that everything in it was put into, whoever has put a
 * signal there: `fetch(url, options)`, `fetch(url, { ...options, method: 'HEAD' })`; also by a closure that makes it, or
 * by a function that is given the object and gives it back with more in it: `withDefaults(options)`.
 */
export function carriesHand(
  program: Program,
  graph: CallGraph,
  fn: FunctionFacts,
  hand: SignalInHand,
  { value, option }: OptionUse,
): boolean {
  if (value === undefined || option === undefined || hand.path[0] !== option) return false;
  const seen = new Set<string>();
  const isHeld = (at: Maker, one: ValueId, hops: number): boolean =>
    valuesBehind(at.fn, one).some(behind => {
      const key = `${at.fn.id} ${at.given.join()} ${behind}`;
      const facts = seen.has(key) ? undefined : at.fn.values[behind];
      seen.add(key);
      if (facts?.kind === 'object')
        return !Object.hasOwn(facts.fields, option) && facts.spreads.some(spread => isHeld(at, spread, hops));
      if (facts?.kind === 'settled') return isHeld(at, facts.of, hops);
      if (facts?.kind === 'result') return hops > 0 && isMadeBy(at, facts.of, hops - 1);
      if (facts?.kind !== 'read' || facts.place.path.length > 0) return false;
      const { root } = facts.place;
      if (root.kind === 'value') return isHeld(at, root.of, hops);
      if (root.kind === 'parameter') return at.given.includes(root.index);
      return root.kind === 'captured' && root.from === hand.of && hand.name === `${root.slot}.${option}`;
    });
  const isMadeBy = (at: Maker, id: StepId, hops: number): boolean => {
    const step = program.steps(at.fn.id).get(id);
    const args = step?.kind === 'call' ? step.args : [];
    const given = args.flatMap((arg, index) => (isHeld(at, arg, hops) ? [index] : []));
    return graph.targets(at.fn.id, id).some(callee => {
      const maker = program.functions.get(callee);
      return maker && returnedValues(maker).some(returned => isHeld({ fn: maker, given }, returned.value, hops));
    });
  };
  return isHeld({ fn, given: hand.from === 'parameter' ? [hand.index] : [] }, value, DEPTH);
}

/** A function, and which of its parameters are the object that has the signal. */
interface Maker {
  fn: FunctionFacts;
  given: readonly number[];
}

/** The signal and a function are given to one call: `onAbort(options.signal, () => controller.abort())`. */
export function isHandedWithCallback(
  fn: FunctionFacts,
  step: Step,
  parameter: number,
  path: readonly string[],
): boolean {
  if (step.kind !== 'call' || !step.args.some(arg => fn.values[arg]?.kind === 'function')) return false;
  return step.args.some(arg => {
    const facts = fn.values[arg];
    if (facts?.kind !== 'read' || facts.place.root.kind !== 'parameter') return false;
    const { root, path: steps } = facts.place;
    const isPath = steps.length === path.length && steps.every((at, i) => 'field' in at && at.field === path[i]);
    return root.index === parameter && isPath;
  });
}

/** How many calls below the function that is given the signal may be used, or made into what a call is given. */
const DEPTH = 3;

/**
 * The call is given a function that works with the signal itself: `queue.add(() => fetch(url, { signal }))`. It does not
 * end what the callee does on its own in between, such as the pauses of one that calls the function again and again.
 */
export function isBoundInto(
  program: Program,
  graph: CallGraph,
  hand: SignalInHand,
  at: FunctionId,
  call: Call,
): boolean {
  const fn = program.functions.get(at);
  if (!fn || (hand.from !== 'parameter' && hand.from !== 'enclosing')) return false;
  const slot = hand.name.split('.')[0] ?? '';
  const works = (id: FunctionId, depth: number): boolean => {
    const inner = program.functions.get(id);
    if (!inner?.id.startsWith(`${hand.of}/`) || depth > DEPTH) return false;
    if (inner.values.some(value => isOf(hand, slot, value))) return true;
    return [...program.steps(id).keys()].some(step => graph.targets(id, step).some(next => works(next, depth + 1)));
  };
  return call.args.some((arg, index) => {
    const given = fn.values[arg];
    if (given?.kind !== 'function' || !works(given.id, 0)) return false;
    return graph.targets(at, call.id).every(id => !callsAgain(program, id, index));
  });
}

/** The signal, or all of what it is a part of. */
function isOf(hand: SignalInHand, slot: string, value: Value): boolean {
  if (value.kind !== 'read' || value.place.root.kind !== 'captured') return false;
  const { root, path } = value.place;
  const [first] = path;
  const isIts = first === undefined || ('field' in first && first.field === hand.path[0]);
  return isIts && root.from === hand.of && root.slot === slot;
}

/** It calls what it is given in a loop. */
function callsAgain(program: Program, id: FunctionId, index: number): boolean {
  const fn = program.functions.get(id);
  let found = false;
  walkPlaces(fn?.body ?? [], (step, { loops }) => {
    const called = step.kind === 'call' && step.target.kind === 'value' ? fn?.values[step.target.of] : undefined;
    if (called?.kind !== 'read' || called.place.path.length > 0 || loops.length === 0) return;
    if (called.place.root.kind === 'parameter' && called.place.root.index === index) found = true;
  });
  return found;
}
