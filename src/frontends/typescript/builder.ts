/** Builds one `FunctionFacts`: numbers values and steps, keeps the stack of open blocks. Knows no syntax. */
import type { At, Block, FunctionFacts, Gap, Place, Step, StepId, Value, ValueId } from '../../model/facts.ts';

/** A step before it has its number. */
export type StepDraft = Step extends infer S ? (S extends Step ? Omit<S, 'id'> : never) : never;

export class FunctionBuilder {
  readonly facts: FunctionFacts;
  readonly gaps: Gap[];
  readonly #blocks: Block[];
  readonly #constants = new Map<string, ValueId>();
  readonly #steps: (Step | undefined)[] = [];

  /** `facts` comes with empty `values` and `body`; `gaps` is the file's list. */
  constructor(facts: FunctionFacts, gaps: Gap[]) {
    this.facts = facts;
    this.gaps = gaps;
    this.#blocks = [facts.body];
  }

  value(value: Value): ValueId {
    return this.facts.values.push(value) - 1;
  }

  valueAt(id: ValueId): Value {
    const value = this.facts.values[id];
    if (!value) throw new Error(`no value ${id} in ${this.facts.id}`);
    return value;
  }

  /** One value per constant text. */
  constant(text: string): ValueId {
    const known = this.#constants.get(text);
    if (known !== undefined) return known;
    const id = this.value({ kind: 'constant', text });
    this.#constants.set(text, id);
    return id;
  }

  unknown(text: string): ValueId {
    return this.value({ kind: 'unknown', text });
  }

  read(place: Place): ValueId {
    return this.value({ kind: 'read', place });
  }

  /** Appends a step to the innermost open block. */
  emit(draft: StepDraft): StepId {
    const id = this.#steps.length;
    this.#steps.push(undefined);
    this.#append(id, draft);
    return id;
  }

  /** The step of a number, when it has been appended. */
  stepAt(id: StepId): Step | undefined {
    return this.#steps[id];
  }

  /** Steps numbered so far: equal before and after means that nothing was emitted between. */
  get stepCount(): number {
    return this.#steps.length;
  }

  /** Appends a step and gives the value that is its result. */
  emitValue(draft: StepDraft): ValueId {
    return this.value({ kind: 'result', of: this.emit(draft) });
  }

  /** Runs `fill` with a new innermost block and gives that block: the body of a branch, loop or try step. */
  inBlock(fill: () => void): Block {
    const block: Block = [];
    this.#blocks.push(block);
    try {
      fill();
    } finally {
      this.#blocks.pop();
    }
    return block;
  }

  /**
   * For compound steps, whose number should precede their parts': reserves it, fills the parts, then appends the step (none
   * when `make` gives null: the number stays unused).
   */
  emitCompound(make: () => StepDraft | null): StepId {
    const id = this.#steps.length;
    this.#steps.push(undefined);
    const draft = make();
    if (draft) this.#append(id, draft);
    return id;
  }

  #append(id: StepId, draft: StepDraft): void {
    const block = this.#blocks[this.#blocks.length - 1];
    if (!block) throw new Error('no open block');
    const step: Step = { ...draft, id };
    block.push(step);
    this.#steps[id] = step;
  }

  gap(at: At, reason: string, text: string): void {
    this.gaps.push({ at, reason, text: text.length > 120 ? `${text.slice(0, 117)}…` : text });
  }
}
