/** `@holds lock` at a function: whoever calls it holds the lock, so that it is held from its first step on. */
import type { Declared, FunctionFacts, Place } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Program } from '../program.ts';
import type { Frame } from '../refs.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Held } from './lockPairs.ts';
import type { Lock, LockTable } from './locks.ts';

/** Whether a lock is held because a function is declared to be called with it. */
export const isDeclaredHeld = ({ token }: Held): boolean => token.startsWith(TOKEN);

const TOKEN = 'declared ';

/** The locks that the callers of an activation that nobody here calls are declared to hold. */
export function heldByCallers(evaluator: Evaluator, locks: LockTable, frame: Frame): Held[] {
  return holdsOf(frame.fn).flatMap(({ names, at }, index) =>
    names.flatMap(name => {
      const lock = lockNamed(evaluator, locks, frame, name);
      if (!lock) return [];
      const site = evaluator.program.site(frame.fn.id, at);
      return [
        {
          lock,
          mode: 'exclusive' as const,
          units: 1,
          token: `${TOKEN}${frame.id}.${index} ${name}`,
          place: '',
          trace: { site, calls: null, through: false, waited: null, next: null },
          depth: 0,
          maybe: false,
          order: null,
          differs: false,
          context: null,
          ends: [],
        },
      ];
    }),
  );
}

export const holdsOf = ({ declared }: FunctionFacts): Declared[] =>
  (declared ?? []).filter(({ tag }) => tag === 'holds');

/** The lock that a name means in an activation; undefined: none that can be told. */
export function lockNamed(evaluator: Evaluator, locks: LockTable, frame: Frame, name: string): Lock | undefined {
  const place = placeNamed(evaluator.program, evaluator.types, frame.fn, name.replace(/^this\./, '').split('.'));
  const uses = place ? locks.uses(frame, place, undefined, 'endless') : [];
  return uses.length === 1 ? uses[0]?.lock : undefined;
}

/** A field of the object, a part of a parameter, a variable of the file, or the only one of its name in the project. */
function placeNamed(
  program: Program,
  types: TypeHierarchy,
  fn: FunctionFacts,
  [first = '', ...rest]: readonly string[],
): Place | undefined {
  const fields = rest.map(field => ({ field }));
  const declaring = fn.owner === null ? undefined : types.declaring(fn.owner, first);
  if (declaring !== undefined && rest.length === 0)
    return { root: { kind: 'self' }, type: fn.owner, path: [{ field: first, of: declaring }] };
  const index = fn.parameters.findIndex(({ name }) => name === first);
  const parameter = fn.parameters[index];
  if (parameter) {
    const of = parameter.type === null || rest[0] === undefined ? undefined : types.declaring(parameter.type, rest[0]);
    const [head, ...tail] = fields;
    const path = head && of !== undefined ? [{ ...head, of }, ...tail] : fields;
    return { root: { kind: 'parameter', index }, type: parameter.type, path };
  }
  const own = fn.id.slice(0, fn.id.indexOf('#'));
  const isIn = (file: string): boolean => Object.hasOwn(program.functions.get(`${file}#`)?.slots ?? {}, first);
  const files = isIn(own) ? [own] : [...program.modules.keys()].filter(isIn);
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) return undefined;
  return { root: { kind: 'module', file, name: first }, type: null, path: fields };
}
