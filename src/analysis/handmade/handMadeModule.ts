/** One module as the recognition of hand-made locks sees it: its functions, and what they do with a shared place. */
import type { Access, Block, Branch, Call, FunctionFacts, FunctionId, Step } from '../../model/facts.ts';
import { FREE, FunctionIndex, type Placed, placeKey, readsPlace } from './handMadeIndex.ts';
import { conditionReads, innerBlocks } from '../steps.ts';
import { isOfOwnObject } from '../plainTests.ts';

/** All functions of one module, with their indexes. */
export class ModuleIndex {
  readonly #functions = new Map<FunctionId, FunctionIndex>();
  readonly #closures = new Map<FunctionId, FunctionIndex[]>();

  constructor(functions: readonly FunctionFacts[]) {
    for (const fn of functions) {
      const index = new FunctionIndex(fn);
      this.#functions.set(fn.id, index);
      if (fn.parent === null) continue;
      const siblings = this.#closures.get(fn.parent);
      if (siblings) siblings.push(index);
      else this.#closures.set(fn.parent, [index]);
    }
  }

  of(id: FunctionId): FunctionIndex | undefined {
    return this.#functions.get(id);
  }

  all(): FunctionIndex[] {
    return [...this.#functions.values()];
  }

  /** What a call runs when it is of one function of the module, on the caller's own object if on any. */
  called({ fn }: FunctionIndex, call: Call): FunctionIndex | undefined {
    const { target } = call;
    if (!isOfOwnObject(fn, call)) return undefined;
    if (target.kind === 'functions') return target.ids.length === 1 ? this.of(target.ids[0] as FunctionId) : undefined;
    if (target.kind !== 'method') return undefined;
    return this.all().find(({ fn: { owner, name } }) => owner === target.type && name.endsWith(`.${target.name}`));
  }

  /** A function and the closures in it. */
  within(fn: FunctionFacts): FunctionIndex[] {
    const own = this.#functions.get(fn.id);
    const inner = (this.#closures.get(fn.id) ?? []).flatMap(index => this.within(index.fn));
    return own ? [own, ...inner] : inner;
  }
}

export function testsPlace(index: FunctionIndex, key: string): boolean {
  return index.list.some(
    ({ step }) => step.kind === 'branch' && conditionReads(step.condition).some(value => readsPlace(index, value, key)),
  );
}

/** A function does something with a place. */
export type PlacedAccess = Placed & { home: FunctionIndex; step: Access };

/** What functions of the module do with a place, its initialisers left out. */
export function accessesTo(module: ModuleIndex, key: string): PlacedAccess[] {
  return module.all().flatMap(index =>
    index.fn.id.endsWith('.constructor') || index.fn.id.endsWith('#')
      ? []
      : index
          .accesses()
          .filter(({ step }) => placeKey(index.fn, step.place) === key)
          .map(placed => ({ ...placed, home: index })),
  );
}

/** Where the place comes to say that nobody holds the lock. */
export const frees = (module: ModuleIndex, key: string): PlacedAccess[] =>
  accessesTo(module, key).filter(({ home, step }) => home.isConstant(step.value, FREE));

export const hasCallingSibling = (placed: Placed): boolean =>
  branchAround(placed, arm => arm.some(one => one.kind === 'call' && one.target.kind === 'value')) !== undefined;

/** The branch around a step whose other way is one of these. */
export const branchAround = ({ around, step }: Placed, isOther: (arm: Block) => boolean): Branch | undefined =>
  around.find(
    (outer): outer is Branch =>
      outer.kind === 'branch' && outer.arms.some(({ body }) => !stepsIn(body).includes(step) && isOther(body)),
  );

export const stepsIn = (block: Block): Step[] => block.flatMap(step => [step, ...innerBlocks(step).flatMap(stepsIn)]);
