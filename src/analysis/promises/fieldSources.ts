/**
 * Where what a field holds comes from: the classes of the project that an object may be of which the field is read, and
 * the getters that stand for it there.
 */
import type { FunctionId, PathStep, Place, TypeId } from '../../model/facts.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';

export interface FieldSources {
  field: string;
  /** Types that declare the field. */
  owners: readonly TypeId[];
  getters: readonly FunctionId[];
  /** The object is known by an interface: a literal may be one, too. */
  open: boolean;
}

/** The field of the project's types that a place ends with; null: nobody knows whose it is. */
export function fieldSources(
  program: Program,
  types: TypeHierarchy,
  fn: FunctionId,
  place: Place,
): FieldSources | null {
  const last = place.path.at(-1);
  if (!last || !('field' in last)) return null;
  const owner = last.of ?? freshOwner(program, types, fn, place, last);
  const facts = owner === undefined ? undefined : program.types.get(owner);
  if (owner === undefined || !facts) return null;
  if (facts.kind === 'class') return { field: last.field, owners: [owner], getters: [], open: false };
  return behindInterface(program, types, owner, last.field);
}

/** `new Queue().closed`: what is made on the spot is of its class. */
function freshOwner(
  program: Program,
  types: TypeHierarchy,
  fn: FunctionId,
  { root, path }: Place,
  { field }: Extract<PathStep, { field: string }>,
): TypeId | undefined {
  if (path.length !== 1 || root.kind !== 'value') return undefined;
  const made = program.functions.get(fn)?.values[root.of];
  const step = made?.kind === 'result' ? program.steps(fn).get(made.of) : undefined;
  if (step?.kind !== 'call' || step.newOf === undefined || !program.types.has(step.newOf)) return undefined;
  return types.declaring(step.newOf, field) ?? step.newOf;
}

function behindInterface(program: Program, types: TypeHierarchy, of: TypeId, field: string): FieldSources | null {
  const owners = new Set<TypeId>();
  const getters = new Set<FunctionId>();
  const classes = types.descendants(of).filter(id => program.types.get(id)?.kind === 'class');
  for (const id of classes) {
    const getter = types.methodOf(id, `get ${field}`)?.id;
    const owner = types.ancestors(id).find(one => {
      const facts = program.types.get(one);
      return facts?.kind === 'class' && Object.hasOwn(facts.fields, field);
    });
    if (getter !== undefined) getters.add(getter);
    else if (owner !== undefined) owners.add(owner);
    else return null;
  }
  // Nobody says that they implement it: what is written to it by its name is all there is.
  if (classes.length === 0) owners.add(of);
  return { field, owners: [...owners], getters: [...getters], open: true };
}
