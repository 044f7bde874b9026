/**
 * Conditions on a path: two tests of one constant agree, a releaser is there when its lock was taken, what a call
 * returned tells how it ended.
 */
import type { Condition, FunctionFacts, FunctionId, Place, StepId, ValueId } from '../../model/facts.ts';
import { type Path, withFact } from './dutyPaths.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { truthOfText } from '../flow/givenTests.ts';
import { type Frame, isNothing, type Ref, tokenId } from '../refs.ts';
import { besideYesOrNo, conditionReads, decided, partsWhere, simpleParts } from '../steps.ts';

interface Asked {
  readonly again: Set<string>;
  readonly results: Set<StepId>;
  /** By the call that makes an object: variables that hold it or nothing, and are asked whether it is there. */
  readonly made: Map<StepId, ValueId[]>;
}

/** Whether something is truthy and whether it is there are one question. */
const questionOf = (key: string): string => (key.startsWith('n') ? `t${key.slice(1)}` : key);

/** The step whose result a value is, awaited or not; null for any other value. */
function resultBehind(fn: FunctionFacts, value: ValueId): StepId | null {
  const facts = fn.values[value];
  if (facts?.kind === 'result') return facts.of;
  if (facts?.kind === 'settled') return resultBehind(fn, facts.of);
  const [only] = facts?.kind === 'from' && facts.how === 'copy' ? facts.values : [];
  return only !== undefined && facts?.kind === 'from' && facts.values.length === 1 ? resultBehind(fn, only) : null;
}

/** What a local variable that is assigned on several ways may hold; none for any other value. */
function assignedParts({ values }: FunctionFacts, value: ValueId): ValueId[] {
  const seen = new Set<ValueId>();
  const parts: ValueId[] = [];
  for (const queue = [value]; queue.length > 0;) {
    const at = queue.pop() as ValueId;
    if (seen.has(at)) continue;
    seen.add(at);
    const facts = values[at];
    if (facts?.kind === 'choice' && facts.when === null) queue.push(...facts.values);
    else if (at !== value) parts.push(at);
  }
  return parts;
}

/** A local variable that starts from a constant and goes on from itself: `tries += 1`. */
function isCounter({ values }: FunctionFacts, id: ValueId): boolean {
  const seen = new Set<ValueId>();
  const counts = (one: ValueId): boolean => {
    if (seen.has(one)) return true;
    seen.add(one);
    const value = values[one];
    if (value?.kind === 'choice' && value.when === null) return value.values.every(counts);
    return (
      value?.kind === 'constant' || (value?.kind === 'from' && value.how === 'compute' && value.values.every(counts))
    );
  };
  return counts(id);
}

export class DutyConditions {
  readonly #eval: Evaluator;
  readonly #askedBy = new Map<FunctionId, Asked>();

  constructor(evaluator: Evaluator) {
    this.#eval = evaluator;
  }

  /** Whether the condition holds on the path; null when the path does not tell. */
  holds(frame: Frame, path: Path, condition: Condition): boolean | null {
    return decided(condition, part => this.#partHolds(frame, path, part));
  }

  #partHolds(frame: Frame, path: Path, condition: Condition): boolean | null {
    switch (condition.kind) {
      case 'truthy':
        return this.truth(frame, path, condition.value);
      case 'nullish': {
        const truth = this.truth(frame, path, condition.value);
        if (truth === true) return false;
        return this.#isToken(frame, condition.value) && truth === false ? true : this.#known(frame, path, condition);
      }
      case 'equal': {
        const other = this.#besideNothing(frame, condition.left, condition.right);
        if (other !== undefined) return this.holds(frame, path, { kind: 'nullish', value: other });
        const asked = besideYesOrNo(frame.fn, condition);
        if (asked && this.#isToken(frame, asked.value)) {
          const truth = this.truth(frame, path, asked.value);
          return truth === null ? null : truth === asked.is;
        }
        return this.#known(frame, path, condition);
      }
      case 'less':
        return this.#known(frame, path, condition);
      default:
        return null;
    }
  }

  /** The path with what the condition tells when it holds, or does not. */
  assume(frame: Frame, path: Path, condition: Condition, holds: boolean): Path {
    return partsWhere(condition, holds).reduce((sum, one) => this.#assumePart(frame, sum, one.part, one.holds), path);
  }

  #assumePart(frame: Frame, path: Path, condition: Condition, holds: boolean): Path {
    switch (condition.kind) {
      case 'equal': {
        const other = this.#besideNothing(frame, condition.left, condition.right);
        return other === undefined
          ? this.#learnt(frame, path, condition, holds)
          : this.#assumePart(frame, path, { kind: 'nullish', value: other }, holds);
      }
      case 'other':
        return path;
      default:
        return this.#learnt(frame, path, condition, holds);
    }
  }

  /** The path with how what a call gave turned out, as far as somebody asks for it. */
  returned(frame: Frame, path: Path, step: StepId, holds: boolean): Path {
    return this.#asked(frame).results.has(step) ? withFact(path, `r${step}`, holds) : path;
  }

  /** `let session; try { session = open() } finally { if (session) … }`: from here on, what is made is there. */
  made(frame: Frame, path: Path, step: StepId): Path {
    const holders = this.#asked(frame).made.get(step) ?? [];
    return holders.reduce((sum, value) => withFact(sum, `t${value}`, true), path);
  }

  /** The calls that make what a variable holds, where it holds nothing else; none for any other value. */
  #makersOf(fn: FunctionFacts, value: ValueId): readonly StepId[] {
    const parts = assignedParts(fn, value).filter(part => {
      const facts = fn.values[part];
      return facts === undefined || !isNothing(facts);
    });
    const makers = parts.map(part => {
      const of = resultBehind(fn, part);
      const step = of === null ? undefined : this.#eval.program.steps(fn.id).get(of);
      return step?.kind === 'call' && step.newOf !== undefined ? step.id : null;
    });
    return makers.every(step => step !== null) ? makers : [];
  }

  /** What is asked for only once tells nothing later on, and would only tell equal paths apart. */
  #learnt(frame: Frame, path: Path, condition: Condition, holds: boolean): Path {
    const key = this.#key(frame, condition);
    return this.#asked(frame).again.has(questionOf(key)) ? withFact(path, key, holds) : path;
  }

  /** Questions that a function asks more than once, and the steps whose results it asks for. */
  #asked(frame: Frame): Asked {
    const { fn } = frame;
    let known = this.#askedBy.get(fn.id);
    if (!known) {
      const once = new Set<string>();
      known = { again: new Set(), results: new Set(), made: new Map() };
      for (const key of this.#questions(frame, known)) {
        if (once.has(key)) known.again.add(key);
        once.add(key);
      }
      this.#askedBy.set(fn.id, known);
    }
    return known;
  }

  *#questions(frame: Frame, { results, made }: Asked): Iterable<string> {
    for (const step of this.#eval.program.steps(frame.fn.id).values()) {
      const asked: Condition[] =
        step.kind === 'branch'
          ? simpleParts(step.condition)
          : step.kind === 'exit' && step.how === 'return' && step.value !== undefined
            ? [{ kind: 'truthy', value: step.value }]
            : [];
      for (const part of asked) {
        for (const value of conditionReads(part)) {
          const of = resultBehind(frame.fn, value);
          if (of !== null) results.add(of);
          for (const step of this.#makersOf(frame.fn, value)) made.set(step, [...(made.get(step) ?? []), value]);
        }
        const other = part.kind === 'equal' ? this.#besideNothing(frame, part.left, part.right) : undefined;
        yield questionOf(this.#key(frame, other === undefined ? part : { kind: 'nullish', value: other }));
      }
    }
  }

  truth(frame: Frame, path: Path, value: ValueId): boolean | null {
    const known = path.facts.get(`t${this.#name(frame, value)}`);
    if (known !== undefined) return known;
    if (path.facts.get(`n${this.#name(frame, value)}`) === true) return false;
    const told = this.#told(frame, path, value) ?? this.#chosen(frame, path, value);
    if (told !== null) return told;
    const refs = this.#eval.evaluate(frame, value);
    const first = refs[0];
    if (refs.length === 1 && first?.kind === 'constant') return truthOfText(first.text);
    if (refs.some(ref => ref.kind === 'token') && refs.every(ref => ref.kind === 'token' || isNothing(ref)))
      return refs.some(ref => ref.kind === 'token' && this.#has(frame, path, ref));
    return null;
  }

  /**
   * A test of a local variable that tells where the code has been: `let locked = false; … locked = true`, or a step of
   * several (`state === 'held'`, `depth > 0`). `counts`: also one that counts (`tries === 3`).
   */
  isFlag(frame: Frame, condition: Condition, counts = false): boolean {
    switch (condition.kind) {
      case 'not':
        return this.isFlag(frame, condition.of, counts);
      case 'truthy':
      case 'nullish':
        return this.#isFlagValue(frame, condition.value, counts);
      case 'equal':
      case 'less': {
        const sides = [condition.left, condition.right];
        return (
          sides.some(side => frame.fn.values[side]?.kind === 'constant') &&
          sides.some(side => this.#isFlagValue(frame, side, counts))
        );
      }
      default:
        return false;
    }
  }

  /** One constant or another by the way that was taken, and nothing that was computed (`counts`: from other things). */
  #isFlagValue(frame: Frame, id: ValueId, counts: boolean): boolean {
    const value = frame.fn.values[id];
    const isLocal =
      (value?.kind === 'choice' && value.when === null) ||
      (value?.kind === 'read' && value.place.root.kind === 'captured' && value.place.path.length === 0);
    if (!isLocal) return false;
    if (counts && isCounter(frame.fn, id)) return true;
    const refs = this.#eval.evaluate(frame, id);
    const isConstant = (ref: Ref): boolean => ref.kind === 'constant' && !isNothing(ref);
    return (
      refs.some(isConstant) && refs.every(ref => ref.kind === 'constant' || ref.kind === 'token' || isNothing(ref))
    );
  }

  /** Taken on this path; or the caller's, who passes it in or holds it around the closure: never what is taken here. */
  #has(frame: Frame, path: Path, ref: Ref & { kind: 'token' }): boolean {
    if (path.taken.has(tokenId(ref))) return true;
    if (ref.frame === frame) return false;
    return frame.fn.parent !== null || frame.self !== null || frame.parameters.some(bound => bound?.includes(ref));
  }

  /** `taken === true`, `!refused` as a value: by what it is chosen by. */
  #chosen(frame: Frame, path: Path, value: ValueId): boolean | null {
    const facts = frame.fn.values[value];
    if (facts?.kind !== 'choice' || facts.when === null) return null;
    const holds = this.holds(frame, path, facts.when);
    const chosen = holds === null ? undefined : facts.values[holds ? 0 : 1];
    return chosen === undefined ? null : this.truth(frame, path, chosen);
  }

  /** What a call gave is truthy in one of its ways to end, falsy in another. */
  #told(frame: Frame, path: Path, value: ValueId): boolean | null {
    const of = resultBehind(frame.fn, value);
    return of === null ? null : (path.facts.get(`r${of}`) ?? null);
  }

  #isToken(frame: Frame, value: ValueId): boolean {
    return this.#eval.evaluate(frame, value).some(ref => ref.kind === 'token');
  }

  #besideNothing(frame: Frame, left: ValueId, right: ValueId): ValueId | undefined {
    const isNone = (value: ValueId): boolean => {
      const facts = frame.fn.values[value];
      return facts !== undefined && isNothing(facts);
    };
    if (isNone(right)) return left;
    return isNone(left) ? right : undefined;
  }

  #known(frame: Frame, path: Path, condition: Condition): boolean | null {
    return path.facts.get(this.#key(frame, condition)) ?? null;
  }

  #key(frame: Frame, condition: Condition): string {
    switch (condition.kind) {
      case 'truthy':
        return `t${this.#name(frame, condition.value)}`;
      case 'nullish':
        return `n${this.#name(frame, condition.value)}`;
      case 'less':
        return `<${this.#name(frame, condition.left)},${this.#name(frame, condition.right)}`;
      case 'equal':
        return `=${[this.#name(frame, condition.left), this.#name(frame, condition.right)].sort().join()}`;
      default:
        return '';
    }
  }

  /** Values are named by number; fields that nobody writes after construction by their place. */
  #name(frame: Frame, value: ValueId): string {
    const facts = frame.fn.values[value];
    if (facts?.kind === 'from' && facts.how === 'copy' && facts.values.length === 1)
      return this.#name(frame, facts.values[0] as ValueId);
    if (facts?.kind === 'constant') return facts.text;
    if (facts?.kind !== 'read') return String(value);
    return this.#stableName(facts.place) ?? String(value);
  }

  #stableName({ root, path }: Place): string | undefined {
    const start =
      root.kind === 'parameter'
        ? `$${root.index}`
        : root.kind === 'self'
          ? 'this'
          : root.kind === 'module'
            ? `${root.file}#${root.name}`
            : undefined;
    if (start === undefined) return undefined;
    if (root.kind === 'module' && this.#eval.program.functions.get(`${root.file}#`)?.slots[root.name]?.assignedAgain)
      return undefined;
    const fields: string[] = [];
    for (const step of path) {
      if (!('field' in step) || !this.#isStable(step.field)) return undefined;
      fields.push(step.field);
    }
    return [start, ...fields].join('.');
  }

  #isStable(field: string): boolean {
    return this.#eval.writes.toField(field).every(({ fn }) => this.#eval.types.isConstructor(fn.id));
  }
}
