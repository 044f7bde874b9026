/**
 * Calls that end though they are not given the signal: a listener on it ends what they work with.
 * `signal.addEventListener('abort', () => source.destroy()); await pipeline(source, target)`.
 */
import type { Call, FunctionFacts, FunctionId, Place, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { calledName } from '../steps.ts';
import { lastField } from '../valueParts.ts';
import { END } from './ownershipClasses.ts';
import { memberName } from './signals.ts';

/** `open(source.pipe(filter))`: what is made of the things that calls are given is looked through this far. */
const DEPTH = 3;

/** A listener on a signal, in the function or one around it up to `outermost`, ends something that the call is given. */
export function isEndedByListener(
  program: Program,
  graph: CallGraph,
  outermost: FunctionId,
  fn: FunctionFacts,
  step: Call,
): boolean {
  const ended = new Set<string>();
  for (const id of around(program, fn, outermost))
    for (const handler of handlersIn(program, graph, id)) for (const name of endedBy(program, handler)) ended.add(name);
  return (
    ended.size > 0 && parts(program, fn, step, DEPTH).some(value => namesOf(fn, value).some(one => ended.has(one)))
  );
}

function around(program: Program, fn: FunctionFacts, outermost: FunctionId): FunctionId[] {
  const found: FunctionId[] = [];
  for (let at: FunctionFacts | undefined = fn; at; at = program.functions.get(at.parent ?? '')) {
    found.push(at.id);
    if (at.id === outermost) break;
  }
  return found;
}

const handlersIn = (program: Program, graph: CallGraph, id: FunctionId): readonly FunctionId[] =>
  [...program.steps(id).values()].flatMap(step =>
    step.kind === 'access' && step.mode === 'update' && step.value !== undefined && lastField(step.place) === 'on:abort'
      ? [...graph.functionsIn(id, step.value)]
      : [],
  );

/** Variables that hold what it closes. */
function endedBy(program: Program, handler: FunctionId): string[] {
  const fn = program.functions.get(handler);
  return [...program.steps(handler).values()].flatMap(step => {
    const ends = step.kind === 'call' && END.test(memberName(calledName(step.target)));
    const on = step.kind === 'cancel' ? step.what : ends ? step.receiver : undefined;
    if (!fn || on === undefined) return [];
    return typeof on === 'number' ? namesOf(fn, on) : capturedName(on);
  });
}

const capturedName = ({ root, path }: Place): string[] =>
  root.kind === 'captured' && path.length === 0 ? [`${root.from} ${root.slot}`] : [];

/** What the call is given, and what that was made of by calls of its own. */
function parts(program: Program, fn: FunctionFacts, step: Call, depth: number): ValueId[] {
  const given = step.receiver === undefined ? step.args : [step.receiver, ...step.args];
  if (depth === 0) return given;
  return given.flatMap(value => {
    const facts = fn.values[value];
    const made = facts?.kind === 'result' ? program.steps(fn.id).get(facts.of) : undefined;
    return made?.kind === 'call' ? [value, ...parts(program, fn, made, depth - 1)] : [value];
  });
}

/** The variables that hold a value, as closures name them. */
function namesOf(fn: FunctionFacts, value: ValueId): string[] {
  const facts = fn.values[value];
  const captured = facts?.kind === 'read' ? capturedName(facts.place) : [];
  if (captured.length > 0) return captured;
  return Object.entries(fn.slots).flatMap(([slot, held]) => (held.value === value ? [`${fn.id} ${slot}`] : []));
}
