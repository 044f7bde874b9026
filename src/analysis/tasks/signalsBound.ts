/** Functions that have the signal in hand in their closure: made by a call that was given it, or bound to it. */
import type { Call, FunctionFacts, FunctionId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Program } from '../program.ts';
import type { Frame, Ref, Refs } from '../refs.ts';
import type { SignalInHand } from './signals.ts';

/** Objects within objects, and functions that functions have in their closures, are looked through this far. */
const DEPTH = 4;

/**
 * `const send = sender(origin, { signal }); await send(path)`: whichever function is called, what it has in its closure
 * has the signal that its caller could pass, or is an object with it.
 */
export function isBoundTo(
  evaluator: Evaluator,
  program: Program,
  hand: SignalInHand,
  fn: FunctionFacts,
  step: Call,
): boolean {
  if (step.target.kind !== 'value' || hand.from === 'own') return false;
  const called = evaluator
    .evaluate(evaluator.symbolicFrame(fn), step.target.of)
    .flatMap(ref => [...evaluator.resolve(ref)]);
  if (called.length === 0) return false;
  const search = new Search(evaluator, program, hand);
  return called.every(ref => ref.kind === 'function' && ref.frame !== null && search.isInClosure(ref.fn, ref.frame, 0));
}

class Search {
  readonly #eval: Evaluator;
  readonly #program: Program;
  readonly #hand: SignalInHand;
  /** What the signal in hand is called elsewhere: a field, and the constructor's parameter that it is set from. */
  readonly #names: Refs;

  constructor(evaluator: Evaluator, program: Program, hand: SignalInHand) {
    this.#eval = evaluator;
    this.#program = program;
    this.#hand = hand;
    this.#names = hand.from === 'field' ? this.#fieldNames(hand) : [];
  }

  isInClosure(id: FunctionId, frame: Frame, depth: number): boolean {
    const captures = this.#program.functions.get(id)?.captures ?? [];
    return captures.some(({ from, slot }) =>
      this.#eval
        .variable(this.#eval.enclosing(frame, from), from, slot)
        .some(ref => this.#isHand(ref) || this.#has(ref, depth)),
    );
  }

  #fieldNames({ of, path: [field] }: SignalInHand): Refs {
    const method = this.#program.functions.get(of);
    const owner = method?.owner;
    if (!method || owner == null || field === undefined) return [];
    const root = { kind: 'self' } as const;
    const read = this.#eval.place(this.#eval.symbolicFrame(method), {
      root,
      type: owner,
      path: [{ field, of: owner }],
    });
    const written = this.#eval.writes
      .toField(field)
      .filter(
        ({ fn, place }) =>
          place.root.kind === 'self' &&
          this.#eval.types.ancestors(owner).some(type => this.#program.types.get(type)?.construct === fn.id),
      )
      .flatMap(({ fn, value }) => [...this.#eval.evaluate(this.#eval.symbolicFrame(fn), value)]);
    return [...read, ...written];
  }

  /** The signal, or all of what it is a part of. */
  #isHand(ref: Ref): boolean {
    const fields: string[] = [];
    let base = ref;
    for (; base.kind === 'field' && !this.#names.includes(base); base = base.base) fields.unshift(base.name);
    if (this.#hand.from === 'field') return this.#names.includes(base) && fields.every(name => name === 'signal');
    const { of, index, path } = this.#hand;
    return (
      base.kind === 'parameter' &&
      base.fn === of &&
      base.index === index &&
      fields.every((name, at) => name === path[at])
    );
  }

  #has(ref: Ref, depth: number): boolean {
    if (depth > DEPTH) return false;
    if (ref.kind === 'function') return ref.frame !== null && this.isInClosure(ref.fn, ref.frame, depth + 1);
    return this.#partsOf(ref).some(one => this.#isHand(one) || this.#has(one, depth + 1));
  }

  /** What is in a literal or container; what an object was made with. */
  #partsOf(ref: Ref): Refs {
    if (ref.kind !== 'made') return [];
    const { at, frame } = ref;
    if ('step' in at) {
      const made = this.#program.steps(frame.fn.id).get(at.step);
      const args = made?.kind === 'call' ? made.args : [];
      return [...args.flatMap(arg => [...this.#eval.evaluate(frame, arg)]), ...this.#eval.elements(ref)];
    }
    const literal = frame.fn.values[at.value];
    const parts = literal?.kind === 'object' ? [...Object.values(literal.fields), ...literal.spreads] : [];
    return parts.flatMap(part => [...this.#eval.evaluate(frame, part)]);
  }
}
