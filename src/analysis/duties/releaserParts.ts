/**
 * By which names objects hold releasers: members that some code of the program sets to the token of an acquisition, to a
 * function that can release, or to what nobody knows. A call of any other member (`keys.slice()`) gives nothing back.
 */
import type { FunctionFacts, FunctionId, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { settledBy } from '../locks/deferreds.ts';
import { holdsPromises } from '../promises/promiseParts.ts';
import type { Ref } from '../refs.ts';

interface Put {
  readonly fn: FunctionFacts;
  readonly value: ValueId;
}

export class ReleaserParts {
  readonly #eval: Evaluator;
  readonly #relevant: ReadonlySet<FunctionId>;
  readonly #known = new Map<string, boolean>();

  /** `relevant`: functions that can take or release something, or call one that can. */
  constructor(evaluator: Evaluator, relevant: ReadonlySet<FunctionId>) {
    this.#eval = evaluator;
    this.#relevant = relevant;
  }

  /** Whether calling the part of an object may release. */
  mayRelease(ref: Ref): boolean {
    // What settles a promise ends a wait, and no turn.
    if (settledBy(this.#eval, [ref]).length > 0) return false;
    if (ref.kind === 'field') return this.#isOutcome(ref.base) || this.#isSet(ref.name);
    if (ref.kind !== 'element') return true;
    if (typeof ref.of === 'string' && !this.#isSet(ref.of)) return false;
    return ref.base.kind !== 'field' || this.#isFilled(ref.base.name);
  }

  /** How one of several promises settled. A promise has no parts of its own that one could call. */
  #isOutcome(ref: Ref): boolean {
    return ref.kind === 'token' || (ref.kind === 'element' && holdsPromises(this.#eval, ref.base));
  }

  /** Some object gets a releaser under this name. */
  #isSet(name: string): boolean {
    return this.#once(name, () => this.#putInto(name));
  }

  /** A releaser is put into a container of this name. A releaser that listens to an event was given away. */
  #isFilled(name: string): boolean {
    if (name.startsWith('on:')) return false;
    return this.#once(`[${name}`, () => [
      ...this.#eval.writes.intoContainer(name),
      ...this.#putInto(name).flatMap(({ fn, value }) => {
        const facts = fn.values[value];
        return facts?.kind === 'array' ? facts.values.map(part => ({ fn, value: part })) : [{ fn, value }];
      }),
    ]);
  }

  #putInto(field: string): readonly Put[] {
    return [...this.#eval.writes.toField(field), ...this.#eval.writes.inLiterals(field)];
  }

  #once(key: string, puts: () => readonly Put[]): boolean {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, false);
    const found = puts().some(({ fn, value }) =>
      this.#eval
        .evaluate(this.#eval.symbolicFrame(fn), value)
        .some(ref => this.#eval.resolve(ref).some(one => this.#mayBeReleaser(one))),
    );
    this.#known.set(key, found);
    return found;
  }

  /** What only the outside gives, or a library, is no releaser of the project's own acquisitions. */
  #mayBeReleaser(ref: Ref): boolean {
    switch (ref.kind) {
      case 'token':
      case 'unknown':
        return true;
      case 'function':
        return this.#relevant.has(ref.fn);
      case 'field':
      case 'element':
        return this.mayRelease(ref);
      case 'pick':
        return this.#mayBeReleaser(ref.yes) || this.#mayBeReleaser(ref.no);
      case 'view':
        return this.#mayBeReleaser(ref.of);
      default:
        return false;
    }
  }
}
