/** Work that outlives a scope and uses what the scope closes: a connection released in `finally`, a `using` declaration. */
import type { Call, FunctionFacts, Place, Step, Target, Try, ValueId } from '../../model/facts.ts';
import { isEndName } from './ownershipClasses.ts';
import { type Program, walkSteps } from '../program.ts';

/**
 * The step that closes an object which a call uses (as receiver or argument), in the clean-up of a scope around the
 * call; null when there is none.
 */
export function closedAround(program: Program, fn: FunctionFacts, call: Call): Step | null {
  const used = [...(call.receiver === undefined ? [] : [call.receiver]), ...call.args].filter(value =>
    mayBeObject(fn, value),
  );
  for (const step of program.steps(fn.id).values()) {
    if (step.kind !== 'try' || step.finally.length === 0 || !contains(step, call)) continue;
    let found: Step | null = null;
    walkSteps(step.finally, one => {
      if (used.some(value => closes(fn, one, value))) found ??= one;
    });
    if (found) return found;
  }
  return null;
}

/** A constant is nobody's resource, and `this` is not closed by one of its own methods. */
function mayBeObject(fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  return (
    facts !== undefined &&
    facts.kind !== 'constant' &&
    !(facts.kind === 'read' && facts.place.root.kind === 'self' && facts.place.path.length === 0)
  );
}

function contains({ body }: Try, call: Call): boolean {
  let found = false;
  walkSteps(body, step => {
    if (step.id === call.id) found = true;
  });
  return found;
}

function closes(fn: FunctionFacts, step: Step, value: ValueId): boolean {
  if (step.kind === 'cancel')
    return typeof step.what === 'number' && step.how !== 'unref' && isSame(fn, value, step.what);
  if (step.kind === 'release')
    return step.token !== undefined && (isSame(fn, value, step.token) || isPartOf(fn, step.token, value));
  if (step.kind !== 'call' || step.receiver === undefined) return false;
  return isEndName(memberName(step.target)) && isSame(fn, value, step.receiver);
}

/** `client.release`: the releaser is a member of what it gives back. */
function isPartOf(fn: FunctionFacts, part: ValueId, whole: ValueId): boolean {
  const facts = fn.values[part];
  if (facts?.kind !== 'read' || facts.place.path.length === 0) return false;
  const { root, path } = facts.place;
  if (path.length === 1 && root.kind === 'value') return isSame(fn, root.of, whole);
  const holder = fn.values[whole];
  if (holder?.kind !== 'read') return false;
  const names = (place: Place): string => JSON.stringify([place.root, place.path]);
  return names(holder.place) === names({ ...facts.place, path: path.slice(0, -1) });
}

function memberName(target: Target): string {
  switch (target.kind) {
    case 'method':
      return target.name;
    case 'external':
      return target.name.slice(target.name.lastIndexOf('.') + 1);
    case 'functions':
      return target.ids[0]?.slice((target.ids[0]?.lastIndexOf('.') ?? 0) + 1) ?? '';
    default:
      return '';
  }
}

function isSame(fn: FunctionFacts, a: ValueId, b: ValueId): boolean {
  if (a === b) return true;
  const [left, right] = [fn.values[a], fn.values[b]];
  return left?.kind === 'read' && right?.kind === 'read' && JSON.stringify(left.place) === JSON.stringify(right.place);
}
