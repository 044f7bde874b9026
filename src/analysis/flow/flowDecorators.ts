/**
 * Decorated methods: which calls of a module body apply a decorator, and which bodies are replaced. A wrapper that all
 * methods of one decorator share would mix their arguments and results; it keeps the signature of what it wraps, so data
 * goes from a call of the method to the original directly, and the call inside of the wrapper is an edge only.
 */
import type { FunctionFacts, FunctionId, StepId, ValueId } from '../../model/facts.ts';
import type { Program } from '../program.ts';

export class Decorators {
  readonly #program: Program;
  /** Bodies of decorated methods. */
  readonly #originals = new Set<FunctionId>();
  /** Calls that apply decorators, by module body. */
  readonly #applied = new Map<FunctionId, Set<StepId>>();
  /** Functions that such calls ran. */
  readonly #decorators = new Set<FunctionId>();

  constructor(program: Program) {
    this.#program = program;
    for (const type of program.types.values()) {
      for (const [name, value] of Object.entries(type.decorated ?? {})) {
        const original = Object.hasOwn(type.methods, name) ? type.methods[name] : type.statics[name];
        if (original !== undefined) this.#originals.add(original);
        const body = program.functions.get(`${type.id.slice(0, type.id.lastIndexOf('#'))}#`);
        if (body) this.#addApplied(body, value);
      }
    }
  }

  isOriginal(id: FunctionId): boolean {
    return this.#originals.has(id);
  }

  /** A call was resolved. */
  linked(caller: FunctionId, step: StepId, callee: FunctionId): void {
    if (this.#applied.get(caller)?.has(step)) this.#decorators.add(callee);
  }

  /** Code of a decorator calls what it wraps. */
  wraps(caller: FunctionId, callee: FunctionId): boolean {
    if (this.#decorators.size === 0 || !this.#isDecoratorCode(caller)) return false;
    return this.#originals.has(callee) || this.#isDecoratorCode(callee);
  }

  #isDecoratorCode(id: FunctionId): boolean {
    for (let fn = this.#program.functions.get(id); fn?.parent != null; fn = this.#program.functions.get(fn.parent))
      if (this.#decorators.has(fn.parent)) return true;
    return false;
  }

  /** The calls that give a decorated method: the outermost decorator's, and those that its arguments come from. */
  #addApplied(body: FunctionFacts, value: ValueId): void {
    let steps = this.#applied.get(body.id);
    if (!steps) this.#applied.set(body.id, (steps = new Set()));
    const table = this.#program.steps(body.id);
    const queue = [value];
    for (const id of queue) {
      const made = body.values[id];
      if (made?.kind === 'read' && made.place.root.kind === 'value') {
        const { of } = made.place.root;
        for (const step of table.values()) if (step.kind === 'call' && step.args.includes(of)) steps.add(step.id);
      }
      if (made?.kind === 'choice') queue.push(...made.values);
      if (made?.kind !== 'result' || steps.has(made.of)) continue;
      const step = table.get(made.of);
      if (step?.kind !== 'call') continue;
      steps.add(step.id);
      queue.push(...step.args);
    }
  }
}
