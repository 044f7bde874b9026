/** Where something lies after it was written to a place: in a variable, a field, a container made here. */
import type { FunctionId, Place, ValueId } from '../../model/facts.ts';
import type { Followed } from './consumptionFollowed.ts';
import { type Key, keysOf } from './consumptionIndex.ts';
import { type Spot, spotsOf } from './consumptionPlaces.ts';
import type { Program } from '../program.ts';

/**
 * The holders and local containers that something is in once it is written to a place of a function; `inside`: the keys
 * at which it lay in a container itself. Null: it is in an object of somebody else.
 */
export function placesWritten(
  program: Program,
  fn: FunctionId,
  place: Place,
  inside: readonly Key[],
): Followed[] | null {
  return into(program, fn, place, inside, new Set());
}

function into(
  program: Program,
  fn: FunctionId,
  place: Place,
  inside: readonly Key[],
  seen: Set<ValueId>,
): Followed[] | null {
  const found: Followed[] = spotsOf(place).map(spot => holderOf(spot, inside));
  const { root } = place;
  if (root.kind === 'value' && !seen.has(root.of)) {
    seen.add(root.of);
    const within = [...inside, ...keysOf(place.path).reverse()];
    const made = container(program, fn, root.of, place, within, seen);
    if (made) return [...found, ...made];
  }
  return found.length > 0 ? found : null;
}

function container(
  program: Program,
  fn: FunctionId,
  value: ValueId,
  place: Place,
  within: readonly Key[],
  seen: Set<ValueId>,
): Followed[] | null {
  const itself: Followed = { kind: 'value', fn, value, inside: within };
  const facts = program.functions.get(fn)?.values[value];
  switch (facts?.kind) {
    case 'read':
      return into(
        program,
        fn,
        { ...facts.place, path: [...facts.place.path, ...place.path] },
        within.slice(0, within.length - place.path.length),
        seen,
      );
    case 'object':
    case 'array':
      return [itself];
    case 'result': {
      const step = program.steps(fn).get(facts.of);
      return step?.kind === 'call' && step.newOf !== undefined ? [itself] : null;
    }
    case 'view':
    case 'ordered':
      return withItself(
        itself,
        into(
          program,
          fn,
          { ...place, root: { kind: 'value', of: facts.of } },
          within.slice(0, within.length - place.path.length),
          seen,
        ),
      );
    case 'choice':
    case 'from': {
      const inside = within.slice(0, within.length - place.path.length);
      const parts = facts.values.map(of => into(program, fn, { ...place, root: { kind: 'value', of } }, inside, seen));
      return facts.kind === 'from' && facts.how === 'compute' ? null : [itself, ...parts.flatMap(part => part ?? [])];
    }
    default:
      return null;
  }
}

const withItself = (itself: Followed, rest: Followed[] | null): Followed[] | null => rest && [itself, ...rest];

const holderOf = ({ holder, keys }: Spot, inside: readonly Key[]): Followed => ({
  kind: 'holder',
  holder,
  inside: [...inside, ...[...keys].reverse()],
  fromItself: false,
});
