/** What values are made of, and where places end. */
import type { FunctionFacts, Place, Root, Step, ValueId } from '../model/facts.ts';
import type { Program } from './program.ts';

/** The values behind copies (`Promise.resolve(p)`) and choices; one that is neither is itself. */
export function valuesBehind(fn: FunctionFacts, value: ValueId, seen: Set<ValueId> = new Set()): ValueId[] {
  const facts = fn.values[value];
  if (seen.has(value)) return [];
  seen.add(value);
  if (facts?.kind === 'choice' || (facts?.kind === 'from' && facts.how === 'copy'))
    return facts.values.flatMap(part => valuesBehind(fn, part, seen));
  return [value];
}

/** The object that a method is called on, also from inside a closure of the method. */
export const isOfInstance = (root: Root): boolean =>
  root.kind === 'self' || (root.kind === 'captured' && root.slot === 'this');

/** The field that a place ends in. */
export function lastField({ path }: Place): string | null {
  const last = path.at(-1);
  return last && 'field' in last ? last.field : null;
}

/** The field that a value was read from; null for any other value. */
export function fieldRead(fn: FunctionFacts, value: ValueId): string | null {
  const facts = fn.values[value];
  return facts?.kind === 'read' ? lastField(facts.place) : null;
}

/** The calls of a function whose results flow into one of its values: through chains, combinators, arrays, choices. */
export function flowsInto(program: Program, fn: FunctionFacts, value: ValueId): Set<Step> {
  const steps = program.steps(fn.id);
  const found = new Set<Step>();
  const seen = new Set<ValueId>();
  const queue = [value];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const facts = seen.has(next) ? undefined : fn.values[next];
    seen.add(next);
    switch (facts?.kind) {
      case 'result': {
        const step = steps.get(facts.of);
        if (step?.kind === 'chain') queue.push(step.of);
        else if (step) found.add(step);
        break;
      }
      case 'choice':
      case 'combined':
      case 'array':
      case 'from':
        queue.push(...facts.values);
        break;
      case 'settled':
      case 'element':
      case 'view':
      case 'ordered':
        queue.push(facts.of);
        break;
      case 'object':
        queue.push(...Object.values(facts.fields), ...facts.spreads);
        break;
      case 'read': {
        if (facts.place.root.kind === 'value') queue.push(facts.place.root.of);
        else if (facts.place.root.kind === 'captured' && facts.place.root.from === fn.id) {
          const held = fn.slots[facts.place.root.slot]?.value;
          if (held != null) queue.push(held);
        }
        break;
      }
      default:
    }
  }
  return found;
}
