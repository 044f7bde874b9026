/** What conditions say about a promise: whether a path on which it exists can go the one way or the other. */
import type { Condition, FunctionFacts, Step, StepId, Value, ValueId } from '../../model/facts.ts';

/** A condition whose outcome is known, because the promise was made inside a branch on it. */
export interface Assumption {
  condition: Condition;
  holds: boolean;
}

/** Collects what an outcome of a condition says of it and of its parts. */
export function assume(condition: Condition, holds: boolean, into: Assumption[]): void {
  if (condition.kind === 'not') return assume(condition.of, !holds, into);
  if ((condition.kind === 'and' && holds) || (condition.kind === 'or' && !holds))
    for (const part of condition.of) assume(part, holds, into);
  into.push({ condition, holds });
}

type Compared = Pick<Extract<Condition, { kind: 'equal' | 'less' }>, 'left' | 'right'>;

export class Conditions {
  readonly #fn: FunctionFacts;
  readonly #aliases: ReadonlySet<ValueId>;
  readonly #assumptions: readonly Assumption[];
  readonly #stepOf: (id: StepId) => Step | undefined;

  /** `aliases`: values that are the promise itself. */
  constructor(
    fn: FunctionFacts,
    aliases: ReadonlySet<ValueId>,
    assumptions: readonly Assumption[],
    stepOf: (id: StepId) => Step | undefined,
  ) {
    this.#fn = fn;
    this.#aliases = aliases;
    this.#assumptions = assumptions;
    this.#stepOf = stepOf;
  }

  /** Something computed from the promise: a part of it, its type, what a test of it gives. */
  #isAbout(value: ValueId, depth: number): boolean {
    const facts = depth > 0 ? this.#fn.values[value] : undefined;
    const any = (values: readonly ValueId[]): boolean =>
      values.some(one => this.#aliases.has(one) || this.#isAbout(one, depth - 1));
    switch (facts?.kind) {
      case 'from':
        return any(facts.values);
      case 'read':
        return facts.place.root.kind === 'value' && any([facts.place.root.of]);
      case 'result': {
        const step = this.#stepOf(facts.of);
        return step?.kind === 'call' && any([...step.args, ...(step.receiver === undefined ? [] : [step.receiver])]);
      }
      default:
        return false;
    }
  }

  /** The text of a constant value. */
  constant(value: ValueId): string | null {
    const facts = this.#fn.values[value];
    return facts?.kind === 'constant' ? facts.text : null;
  }

  /** `p instanceof Promise`, `isPromise(p)`: the branch decides what it is, and both sides may be right. */
  testsOtherwise(condition: Condition): boolean {
    switch (condition.kind) {
      case 'other':
        return condition.reads.some(value => this.#aliases.has(value) || this.#isAbout(value, 4));
      case 'truthy':
      case 'nullish':
        return this.#isAbout(condition.value, 4);
      case 'equal':
      case 'less':
        return this.#isAbout(condition.left, 4) || this.#isAbout(condition.right, 4);
      case 'not':
        return this.testsOtherwise(condition.of);
      case 'and':
      case 'or':
        return condition.of.some(part => this.testsOtherwise(part));
    }
  }

  /** Whether a loop on this condition can end at the end of the round in which the promise was made. */
  mayEnd(condition: Condition): boolean {
    this.#inNextRound = true;
    const may = this.possible(condition, false);
    this.#inNextRound = false;
    return may;
  }
  #inNextRound = false;

  /** Whether a condition can have this outcome on a path on which the promise exists. */
  possible(condition: Condition, outcome: boolean): boolean {
    const told = this.#assumptions.find(one => this.#sameCondition(one.condition, condition));
    if (told) return told.holds === outcome;
    switch (condition.kind) {
      case 'truthy':
        return this.#aliases.has(condition.value) ? outcome : true;
      case 'nullish':
        return this.#aliases.has(condition.value) ? !outcome : true;
      case 'equal': {
        if (outcome && this.#equalsAnother(condition)) return false;
        // A promise equals no constant.
        const sides = [condition.left, condition.right];
        return sides.some(side => this.constant(side) !== null) && sides.some(side => this.#aliases.has(side))
          ? !outcome
          : true;
      }
      case 'not':
        return this.possible(condition.of, !outcome);
      case 'and':
        return outcome
          ? condition.of.every(part => this.possible(part, true))
          : condition.of.some(part => this.possible(part, false));
      case 'or':
        return outcome
          ? condition.of.some(part => this.possible(part, true))
          : condition.of.every(part => this.possible(part, false));
      default:
        return true;
    }
  }

  /** What is known to be one constant is not another: `if (mode === 'add') …; if (mode === 'remove') …`. */
  #equalsAnother(condition: Compared): boolean {
    const sides = ({ left, right }: Compared): [ValueId, string | null][] => [
      [left, this.constant(right)],
      [right, this.constant(left)],
    ];
    return this.#assumptions.some(
      one =>
        one.holds &&
        one.condition.kind === 'equal' &&
        sides(one.condition).some(([known, is]) =>
          sides(condition).some(
            ([asked, text]) => is !== null && text !== null && is !== text && this.#sameValue(known, asked, 3),
          ),
        ),
    );
  }

  #sameCondition(a: Condition, b: Condition): boolean {
    if (a.kind !== b.kind) return false;
    switch (a.kind) {
      case 'truthy':
      case 'nullish':
        return b.kind === a.kind && this.#sameValue(a.value, b.value, 3);
      case 'equal':
      case 'less':
        return b.kind === a.kind && this.#sameValue(a.left, b.left, 3) && this.#sameValue(a.right, b.right, 3);
      case 'not':
        return b.kind === 'not' && this.#sameCondition(a.of, b.of);
      case 'and':
      case 'or': {
        const other = b.kind === a.kind ? b.of : [];
        return (
          other.length === a.of.length &&
          a.of.every((part, at) => other[at] !== undefined && this.#sameCondition(part, other[at]))
        );
      }
      case 'other':
        return (
          b.kind === 'other' &&
          a.reads.length > 0 &&
          a.reads.length === b.reads.length &&
          a.reads.every((value, at) => value === b.reads[at])
        );
    }
  }

  /** The same number, or two reads of one place: taken to give the same, which can only silence. */
  #sameValue(a: ValueId, b: ValueId, depth: number): boolean {
    if (a === b) return true;
    const [left, right] = [this.#fn.values[a], this.#fn.values[b]];
    if (depth === 0 || !left || !right) return false;
    // A variable in the next round is what this round has made of it.
    if (this.#inNextRound && right.kind === 'choice' && right.when === null)
      return right.values.some(one => this.#isComputedAlike(left, this.#fn.values[one]));
    if (left.kind !== right.kind) return false;
    if (left.kind === 'constant') return right.kind === 'constant' && left.text === right.text;
    if (left.kind !== 'read' || right.kind !== 'read') return false;
    if (JSON.stringify(left.place.path) !== JSON.stringify(right.place.path)) return false;
    const [one, other] = [left.place.root, right.place.root];
    if (one.kind === 'value' && other.kind === 'value') return this.#sameValue(one.of, other.of, depth - 1);
    return JSON.stringify(one) === JSON.stringify(other);
  }

  /** `at + 1` and, later in the round, `at += 1`: of one operation only what it is done with is known. */
  #isComputedAlike(a: Value, b: Value | undefined): boolean {
    if (a.kind !== 'from' || b?.kind !== 'from' || a.how !== 'compute' || b.how !== 'compute') return false;
    return a.values.length > 0 && a.values.join(' ') === b.values.join(' ');
  }
}
