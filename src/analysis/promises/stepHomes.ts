/** Where the steps of a function stand, and what the branches around them say. */
import type { Block, Step, StepId } from '../../model/facts.ts';
import { innerBlocks } from '../steps.ts';
import { assume, type Assumption } from './consumptionConditions.ts';

export interface Home {
  readonly block: Block;
  readonly index: number;
  /** The compound step that the block belongs to; null: the function itself. */
  readonly owner: Step | null;
}

export class StepHomes {
  readonly #homes = new Map<StepId, Home>();

  constructor(body: Block) {
    this.#add(body, null);
  }

  #add(block: Block, owner: Step | null): void {
    block.forEach((step, index) => {
      this.#homes.set(step.id, { block, index, owner });
      for (const inner of innerBlocks(step)) this.#add(inner, step);
    });
  }

  of(id: StepId): Home | undefined {
    return this.#homes.get(id);
  }

  stepAt(id: StepId): Step | undefined {
    const home = this.of(id);
    return home?.block[home.index];
  }

  /** They stand in two arms of one branch, of which only one runs. */
  areAlternatives(a: StepId, b: StepId): boolean {
    const arms = new Map<StepId, Block>();
    for (let home = this.of(a); home?.owner; home = this.of(home.owner.id)) arms.set(home.owner.id, home.block);
    for (let home = this.of(b); home?.owner; home = this.of(home.owner.id)) {
      const arm = arms.get(home.owner.id);
      if (arm) return home.owner.kind === 'branch' && arm !== home.block;
    }
    return false;
  }

  /** What the branches around a step say about the path that runs it. */
  assumptions(from: StepId): Assumption[] {
    const found: Assumption[] = [];
    for (let home = this.of(from); home?.owner; home = this.of(home.owner.id)) {
      const { owner, block } = home;
      if (owner.kind !== 'branch') continue;
      const arm = owner.arms.find(one => one.body === block);
      if (arm?.when === 'true' || arm?.when === 'false') assume(owner.condition, arm.when === 'true', found);
    }
    return found;
  }
}
