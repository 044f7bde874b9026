/** Which references lead to a releaser: the token itself, objects and closures that hold it, parts of those. */
import type { FunctionId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Hold } from './dutyPaths.ts';
import { type Frame, type Ref, type Refs, tokenId } from '../refs.ts';

/** What functions release by the lock or flag itself, directly or through what they call. */
export interface Releasers {
  /** Classes of locks, and keys of flags. */
  of(fn: FunctionId): ReadonlySet<string>;
}

interface Reached {
  readonly tokens: ReadonlySet<string>;
  readonly functions: ReadonlySet<FunctionId>;
  /** Keys of objects and variables. */
  readonly carriers: ReadonlySet<string>;
}

const NOTHING: Reached = { tokens: new Set(), functions: new Set(), carriers: new Set() };
const DEPTH = 5;

export const objectKey = (ref: Ref): string => `o${ref.id}`;
export const variableKey = (owner: string, slot: string): string => `v${owner}:${slot}`;

export class Carriers {
  readonly #eval: Evaluator;
  readonly #releasers: Releasers;
  readonly #known = new Map<number, Reached>();

  constructor(evaluator: Evaluator, releasers: Releasers) {
    this.#eval = evaluator;
    this.#releasers = releasers;
  }

  /** What can be reached from a reference. */
  reach(ref: Ref, depth = 0): Reached {
    const known = this.#known.get(ref.id);
    if (known) return known;
    if (depth > DEPTH) return NOTHING;
    this.#known.set(ref.id, NOTHING);
    const tokens = new Set<string>();
    const functions = new Set<FunctionId>();
    const carriers = new Set<string>([objectKey(ref)]);
    const add = (refs: Refs): void => {
      for (const inner of refs) {
        const found = this.reach(inner, depth + 1);
        for (const token of found.tokens) tokens.add(token);
        for (const fn of found.functions) functions.add(fn);
        for (const carrier of found.carriers) carriers.add(carrier);
      }
    };
    if (ref.kind === 'token') tokens.add(tokenId(ref));
    else if (ref.kind === 'made') add(this.#parts(ref));
    else if (ref.kind === 'function') {
      functions.add(ref.fn);
      this.#captured(ref, carriers, add);
    } else if (ref.kind === 'field' || ref.kind === 'element') add([ref.base]);
    else if (ref.kind === 'view' || ref.kind === 'ordered' || ref.kind === 'rest') add([ref.of]);
    else if (ref.kind === 'pick') add([ref.yes, ref.no]);
    const found = { tokens, functions, carriers };
    if (depth === 0) this.#known.set(ref.id, found);
    else this.#known.delete(ref.id);
    return found;
  }

  #parts(ref: Ref & { kind: 'made' }): Refs {
    const value = 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
    const parts: number[] =
      value?.kind === 'object'
        ? [...Object.values(value.fields), ...value.spreads]
        : value?.kind === 'array'
          ? [...value.values]
          : [];
    const step = 'step' in ref.at ? this.#eval.program.steps(ref.frame.fn.id).get(ref.at.step) : undefined;
    if (step?.kind === 'call') parts.push(...step.args);
    return parts.flatMap(part => [...this.#eval.evaluate(ref.frame, part)]);
  }

  #captured(ref: Ref & { kind: 'function' }, carriers: Set<string>, add: (refs: Refs) => void): void {
    const fn = this.#eval.program.functions.get(ref.fn);
    for (const { from, slot } of fn?.captures ?? []) {
      carriers.add(variableKey(from, slot));
      const owner: Frame | undefined = ref.frame ? this.#eval.enclosing(ref.frame, from) : undefined;
      if (owner && slot !== 'this') add(this.#eval.variable(owner, from, slot));
    }
  }

  /** The reference leads to the releaser of the hold. */
  leadsTo(ref: Ref, hold: Hold): boolean {
    const found = this.reach(ref);
    if (found.tokens.has(hold.duty.id)) return true;
    for (const carrier of hold.carriers.keys()) if (found.carriers.has(carrier)) return true;
    const { duty } = hold;
    if (duty.locks.some(lock => lock.kind.library !== '' && found.carriers.has(objectKey(lock.ref)))) return true;
    for (const fn of found.functions) {
      const released = this.#releasers.of(fn);
      if (
        duty.kind === 'flag'
          ? duty.keys.some(key => released.has(key))
          : duty.locks.some(lock => released.has(lock.site))
      )
        return true;
    }
    return false;
  }

  anyLeadsTo(refs: Refs, hold: Hold): boolean {
    return refs.some(ref => this.leadsTo(ref, hold));
  }

  /** Calling one of the references releases: it is the token, or a part of an object that holds it. */
  releases(refs: Refs, hold: Hold): boolean {
    return refs.some(ref => {
      if (ref.kind === 'token') return tokenId(ref) === hold.duty.id;
      if (ref.kind !== 'element' && ref.kind !== 'field') return false;
      return this.#isPartOf(ref, hold, 0);
    });
  }

  #isPartOf(ref: Ref, hold: Hold, depth: number): boolean {
    if (depth > DEPTH) return false;
    if (hold.carriers.has(objectKey(ref))) return true;
    if (ref.kind === 'token') return tokenId(ref) === hold.duty.id;
    if (ref.kind === 'made') return depth > 0 && this.leadsTo(ref, hold);
    return (ref.kind === 'element' || ref.kind === 'field') && this.#isPartOf(ref.base, hold, depth + 1);
  }

  /** Tokens that the references lead to. */
  tokens(refs: Refs): string[] {
    return refs.flatMap(ref => [...this.reach(ref).tokens]);
  }
}
