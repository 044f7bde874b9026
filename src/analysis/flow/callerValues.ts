/** What callers give for parameters, and what a constructor's `self` may be, where an activation leaves it open. */
import type { Evaluator } from './evaluator.ts';
import { type Ref, type Refs, alternatives } from '../refs.ts';

export class CallerValues {
  readonly #eval: Evaluator;
  readonly #resolved = new Map<number, Refs>();
  readonly #busy = new Set<number>();

  constructor(evaluator: Evaluator) {
    this.#eval = evaluator;
  }

  /** The reference itself when it is no parameter, or nobody calls. */
  resolve(ref: Ref): Refs {
    if (ref.kind === 'self' && this.#eval.types.isConstructor(ref.fn)) return this.#instances(ref);
    if (ref.kind !== 'parameter') return [ref];
    const known = this.#resolved.get(ref.id);
    if (known) return known;
    if (this.#busy.has(ref.id)) return [ref];
    this.#busy.add(ref.id);
    const { program, graph } = this.#eval;
    const found: Ref[] = [];
    for (const edge of graph.callers(ref.fn)) {
      const caller = program.functions.get(edge.caller);
      const step = program.steps(edge.caller).get(edge.step);
      const arg = step?.kind === 'call' ? step.args[ref.index] : undefined;
      if (!caller || arg === undefined) continue;
      for (const given of this.#eval.evaluate(this.#eval.symbolicFrame(caller), arg))
        found.push(...this.#eval.resolve(given));
    }
    this.#busy.delete(ref.id);
    const result = found.length === 0 ? [ref] : alternatives(this.#eval.refs, found);
    this.#resolved.set(ref.id, result);
    return result;
  }

  /** Every object that the constructor is run for. */
  #instances(ref: Ref & { kind: 'self' }): Refs {
    const known = this.#resolved.get(ref.id);
    if (known) return known;
    const { program, graph, refs } = this.#eval;
    const found: Ref[] = [];
    for (const edge of graph.callers(ref.fn)) {
      const caller = program.functions.get(edge.caller);
      const step = program.steps(edge.caller).get(edge.step);
      if (!caller || step?.kind !== 'call' || step.newOf === undefined) continue;
      const frame = this.#eval.symbolicFrame(caller);
      found.push(
        refs.make({ kind: 'made', frame, at: { step: step.id }, type: step.newOf, site: `${caller.id}@s${step.id}` }),
      );
    }
    const result = found.length === 0 ? [ref] : alternatives(refs, found);
    this.#resolved.set(ref.id, result);
    return result;
  }
}
