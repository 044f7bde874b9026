/** What an object, or a function, keeps of that which it was made with, and which calls of it work with that. */
import type { Call, FunctionFacts, FunctionId, Place, Step, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { isOfInstance } from '../valueParts.ts';

export interface GivenValue {
  fn: FunctionId;
  value: ValueId;
}

/** How far values are followed back, and calls among the members of an object. */
const DEPTH = 3;

/**
 * The values given to the call that made the receiver (or the called function) of `call`, and that whatever the call runs
 * works with: of `new Orders(client).add(order)` the client, when `add` calls something on the field that it was put into.
 */
export function keptAndUsed(program: Program, graph: CallGraph, fn: FunctionId, call: Call): GivenValue[] {
  const targets = graph.targets(fn, call.id);
  const on = call.receiver ?? (call.target.kind === 'value' ? call.target.of : undefined);
  const made = on === undefined || targets.length === 0 ? null : makingOf(program, fn, on, DEPTH);
  if (!made) return [];
  const makers = graph.targets(made.fn, made.call.id).flatMap(id => program.functions.get(id) ?? []);
  if (makers.length === 0) return [];
  return made.call.args.flatMap((value, index) => {
    const isUsed = makers.every(maker => {
      const kept = keptBy(program, graph, maker, index, DEPTH);
      return targets.every(id => worksWith(program, graph, id, kept, DEPTH));
    });
    return isUsed ? [{ fn: made.fn, value }] : [];
  });
}

/** The call whose result a value is, whole. */
function makingOf(
  program: Program,
  fn: FunctionId,
  value: ValueId,
  depth: number,
): { fn: FunctionId; call: Call } | null {
  const facts = depth < 0 ? undefined : program.functions.get(fn)?.values[value];
  if (facts?.kind === 'settled') return makingOf(program, fn, facts.of, depth - 1);
  if (facts?.kind === 'result') {
    const call = program.steps(fn).get(facts.of);
    return call?.kind === 'call' ? { fn, call } : null;
  }
  if (facts?.kind !== 'read') return null;
  const { root, path } = facts.place;
  // `const { add } = orders(client)`: a member of what was made.
  if (root.kind === 'value') return makingOf(program, fn, root.of, depth - 1);
  if (root.kind !== 'captured' || path.length > 0) return null;
  const slot = program.functions.get(root.from)?.slots[root.slot];
  return slot && !slot.assignedAgain && slot.value !== null
    ? makingOf(program, root.from, slot.value, depth - 1)
    : null;
}

type Kept = (place: Place) => boolean;

/** Where a constructor, or a function that makes closures, keeps a parameter: fields and variables. */
function keptBy(program: Program, graph: CallGraph, maker: FunctionFacts, index: number, depth: number): Kept {
  const isGiven = (value: ValueId | null | undefined): boolean => {
    const facts = value == null ? undefined : maker.values[value];
    if (facts?.kind !== 'read' || facts.place.path.length > 0) return false;
    return facts.place.root.kind === 'parameter' && facts.place.root.index === index;
  };
  const fields = new Set<string>();
  const inherited: Kept[] = [];
  for (const step of program.steps(maker.id).values()) {
    if (step.kind === 'access' && step.mode === 'write' && step.place.root.kind === 'self' && isGiven(step.value)) {
      const [first, ...others] = step.place.path;
      if (first && 'field' in first && others.length === 0) fields.add(first.field);
    }
    // `super(client)`
    if (step.kind !== 'call' || maker.owner === null || depth === 0) continue;
    const base = graph.targets(maker.id, step.id).flatMap(id => program.functions.get(id) ?? [])[0];
    const at = step.args.findIndex(isGiven);
    if (
      at >= 0 &&
      base?.owner != null &&
      program.types.get(base.owner)?.construct === base.id &&
      step.newOf === undefined
    )
      inherited.push(keptBy(program, graph, base, at, depth - 1));
  }
  return place => {
    const { root, path } = place;
    const [first] = path;
    if (isOfInstance(root) && first && 'field' in first && fields.has(first.field)) return true;
    if (root.kind === 'captured' && root.from === maker.id && isGiven(maker.slots[root.slot]?.value)) return true;
    return inherited.some(kept => kept(place));
  };
}

/** The function calls something on what is kept, or gives it to somebody; or another member of its object does. */
function worksWith(program: Program, graph: CallGraph, id: FunctionId, kept: Kept, depth: number): boolean {
  const fn = program.functions.get(id);
  if (!fn) return false;
  const isKept = (value: ValueId | undefined): boolean => {
    const facts = value === undefined ? undefined : fn.values[value];
    if (facts?.kind !== 'read') return false;
    return kept(facts.place) || (facts.place.root.kind === 'value' && isKept(facts.place.root.of));
  };
  const works = (step: Step): boolean =>
    step.kind === 'call' &&
    ([step.receiver, ...step.args].some(isKept) ||
      (depth > 0 &&
        isOfItself(fn, step) &&
        graph.targets(id, step.id).some(next => next !== id && worksWith(program, graph, next, kept, depth - 1))));
  return [...program.steps(id).values()].some(works);
}

const isOfItself = (fn: FunctionFacts, { receiver }: Call): boolean => {
  const facts = receiver === undefined ? undefined : fn.values[receiver];
  return facts?.kind === 'read' && facts.place.path.length === 0 && isOfInstance(facts.place.root);
};
