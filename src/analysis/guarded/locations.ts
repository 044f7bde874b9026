/**
 * Shared locations as names that two activities agree on: a variable, a field of a class, a part of an object by where
 * that object is made, an outside record. One place may have several names (by its path, by what the path leads to);
 * two places may be one when they have a name in common.
 */
import type { PathStep, Place, TypeId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Lock } from '../locks/locks.ts';
import { type Frame, madeOf, type Ref, typeOf } from '../refs.ts';

export interface Location {
  /** Names of the place itself. */
  readonly keys: readonly string[];
  /** Names of the objects and variables that it is a part of. */
  readonly holders: readonly string[];
  /** What a person calls it: `Account.balance`, `prices`, `visits.txt`. */
  readonly name: string;
  readonly where: 'variable' | 'member' | 'store';
  /** The instance that it belongs to, when it is a field. */
  readonly owner: Ref | null;
  /** The activation that it lives and dies with; null: the whole program, or an object of unknown origin. */
  readonly frame: Frame | null;
  /** The record of a store is known. */
  readonly exact: boolean;
}

const BASES = 4;

/** What a constructor sets up of its own object is nobody's state yet. */
export function isSettingUp(evaluator: Evaluator, { fn }: Frame, { root }: Place): boolean {
  return root.kind === 'self' && evaluator.types.isConstructor(fn.id);
}

export function locate(evaluator: Evaluator, frame: Frame, place: Place): Location | null {
  const { root, path } = place;
  const last = path.at(-1);
  // Who listens to an object is no state of it that a lock keeps together.
  if (last && 'field' in last && last.field.startsWith('on:')) return null;
  switch (root.kind) {
    case 'store':
      return storeLocation(evaluator, frame, root.store, root.key);
    case 'module':
    case 'captured':
      if (path.length === 0 && !(root.kind === 'captured' && root.slot === 'this'))
        return variable(evaluator, frame, place);
      break;
    case 'unknown':
    case 'external':
      return null;
    default:
      if (path.length === 0) return null;
  }
  return member(evaluator, frame, place);
}

function storeLocation(evaluator: Evaluator, frame: Frame, store: string, key: number): Location {
  const text = evaluator.keyOf(frame, key);
  const exact = typeof text === 'string';
  const shape = typeof text === 'string' ? text : (text?.key ?? '*');
  const name = typeof text === 'string' ? text : store;
  return {
    keys: [`${store}:${shape}`],
    holders: [`${store}:${shape}`],
    name,
    where: 'store',
    owner: null,
    frame: null,
    exact,
  };
}

function variable(evaluator: Evaluator, frame: Frame, { root }: Place): Location | null {
  if (root.kind === 'module') {
    const key = `${root.file}#${root.name}`;
    return { keys: [key], holders: [key], name: root.name, where: 'variable', owner: null, frame: null, exact: true };
  }
  if (root.kind !== 'captured') return null;
  const owner = evaluator.enclosing(frame, root.from) ?? null;
  const key = `${root.from}~${root.slot}`;
  const home = root.from.endsWith('#') ? null : owner;
  return { keys: [key], holders: [key], name: root.slot, where: 'variable', owner: null, frame: home, exact: true };
}

function member(evaluator: Evaluator, frame: Frame, place: Place): Location | null {
  const path = [...place.path];
  const last = path.pop();
  if (!last) return null;
  const keys = new Set<string>();
  const holders = new Set<string>();
  let owner: Ref | null = null;
  let home: Frame | null = null;
  const byPath = pathNames(evaluator, frame, place);
  if (byPath) {
    keys.add(byPath.key);
    holders.add(byPath.holder);
  }
  for (let length = 0; length <= path.length; length += 1) {
    const bases = evaluator.place(frame, { ...place, path: path.slice(0, length) }).slice(0, BASES);
    for (const base of bases) {
      const at = length === path.length;
      if (at) {
        const key = memberKey(evaluator, base, last);
        if (key !== null) keys.add(key);
        owner ??= base;
      }
      const made = madeOf(base);
      if (made && made.type !== null && evaluator.program.types.get(made.type)?.kind === 'class') continue;
      if (made) holders.add(made.site);
      if (made && !livesOn(evaluator, made.frame)) home = made.frame;
    }
  }
  if (keys.size === 0) return null;
  return {
    keys: [...keys],
    holders: [...holders, ...keys],
    name: nameOf(evaluator, frame, place),
    where: 'member',
    owner,
    frame: home,
    exact: true,
  };
}

/** What a module body or a constructor makes lives as long as the program or the object. */
export function livesOn(evaluator: Evaluator, frame: Frame): boolean {
  return frame.fn.id.endsWith('#') || evaluator.types.isConstructor(frame.fn.id);
}

/** By the path as it is written: from the variable or the field of a class on. */
function pathNames(evaluator: Evaluator, frame: Frame, { root, path }: Place): { key: string; holder: string } | null {
  let key =
    root.kind === 'module'
      ? `${root.file}#${root.name}`
      : root.kind === 'captured' && root.slot !== 'this'
        ? `${root.from}~${root.slot}`
        : root.kind === 'self' || root.kind === 'captured'
          ? (evaluator.place(frame, { root, type: null, path: [] }).map(typeOf)[0] ?? '')
          : null;
  let holder = key;
  for (const step of path) {
    const declared = classField(evaluator, step);
    if (declared !== null) {
      key = declared;
      holder = declared;
    } else if (key !== null) {
      const next: string = key + stepText(step);
      if (holder === '' || (root.kind === 'self' && key === holder && !key.includes('.'))) holder = next;
      key = next;
    }
  }
  return key === null || key === '' || holder === null ? null : { key, holder };
}

/** A field of a class is one name for all ways that lead to it. */
function classField(evaluator: Evaluator, step: PathStep): string | null {
  if (!('field' in step) || step.of === undefined) return null;
  return evaluator.program.types.get(step.of)?.kind === 'class' ? `${step.of}.${step.field}` : null;
}

function memberKey(evaluator: Evaluator, base: Ref, last: PathStep): string | null {
  const declared = classField(evaluator, last);
  if (declared !== null) return declared;
  const name = refName(evaluator, base);
  return name === null ? null : name + stepText(last);
}

/** A name for an object: where it is made, the field that it is read from, its class. */
function refName(evaluator: Evaluator, ref: Ref): string | null {
  switch (ref.kind) {
    case 'made':
      return ref.site;
    case 'self':
      return ref.type;
    case 'parameter':
      return ref.type !== null && evaluator.program.types.has(ref.type) ? ref.type : null;
    case 'class':
      return `class ${ref.type}`;
    case 'field': {
      const of: TypeId | null = ref.of;
      const base = of !== null && evaluator.program.types.get(of)?.kind === 'class' ? of : refName(evaluator, ref.base);
      return base === null ? null : `${base}.${ref.name}`;
    }
    case 'element': {
      const base = refName(evaluator, ref.base);
      return base === null ? null : `${base}[*]`;
    }
    case 'view':
      return refName(evaluator, ref.of);
    default:
      return null;
  }
}

const stepText = (step: PathStep): string =>
  'field' in step ? `.${step.field}` : 'key' in step && typeof step.key === 'string' ? `[${step.key}]` : '[*]';

function nameOf(evaluator: Evaluator, frame: Frame, { root, path }: Place): string {
  let name =
    root.kind === 'module'
      ? root.name
      : root.kind === 'captured' && root.slot !== 'this'
        ? root.slot
        : root.kind === 'parameter'
          ? (frame.fn.parameters[root.index]?.name ?? 'parameter')
          : '';
  for (const step of path) {
    if (!('field' in step)) continue;
    const owner = step.of === undefined ? undefined : evaluator.program.types.get(step.of);
    name = owner?.kind === 'class' ? `${owner.name}.${step.field}` : name === '' ? step.field : `${name}.${step.field}`;
  }
  return name === '' ? 'the state' : name;
}

/** Whether a lock can guard the location: it does not live shorter than the lock does. */
export function canGuard(evaluator: Evaluator, lock: Lock, { frame }: Location): boolean {
  if (frame === null || livesOn(evaluator, frame)) return true;
  const made = madeOf(lock.ref);
  for (let at: Frame | null = made?.frame ?? null; at; at = at.parent) if (at === frame) return true;
  return false;
}

export const overlap = (a: readonly string[], b: readonly string[]): boolean => a.some(key => b.includes(key));
