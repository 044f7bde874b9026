/** Finds the hand-made locks of one module: function by function, then what only several functions together tell. */
import type { Access, FunctionFacts } from '../../model/facts.ts';
import { type Broken, isCount, placeKey, type Shape } from './handMadeIndex.ts';
import { type ChainShape, flagShape, type ReaderShape, ShapeFinder, type WaitShape } from './handMadeShapes.ts';
import { type ModuleIndex, testsPlace } from './handMadeModule.ts';
import { countedSectionIn, isHandedOn, isSetForGood, waitersIn } from './handMadeWaiters.ts';

/** A function that takes the lock for its caller, those that free it, and where the waiting ones stand. */
export type WholeShape = Shape & { releases: string[]; queue?: string };

export class ModuleShapes {
  readonly broken: Broken[] = [];
  readonly #index: ModuleIndex;

  constructor(index: ModuleIndex) {
    this.#index = index;
  }

  /** Shapes function by function; broken ones are kept apart. */
  shapes(): { chains: ChainShape[]; waits: WaitShape[]; readers: ReaderShape[] } {
    const readers: ReaderShape[] = [];
    const chains: ChainShape[] = [];
    const waits: WaitShape[] = [];
    for (const { fn } of this.#index.all()) {
      const finder = new ShapeFinder(fn, this.#index);
      finder.find();
      readers.push(...finder.readers);
      for (const shape of finder.shapes) {
        if (shape.kind === 'chain') chains.push(shape);
        else waits.push(shape);
      }
      const counted = finder.shapes.length === 0 ? countedSectionIn(this.#index, finder.index) : null;
      if (counted) {
        const { key, set, ...rest } = counted;
        waits.push({ ...flagShape(fn.id, key, set.at, set), ...rest });
      }
      for (const one of finder.broken) if (!this.#isRightAfterAll(fn, one, finder.shapes)) this.broken.push(one);
    }
    return { chains, waits, readers };
  }

  /** The lock is handed on to one waiter, who need not look again; the chain waits for a promise that only resolves. */
  #isRightAfterAll(fn: FunctionFacts, one: Broken, shapes: readonly Shape[]): boolean {
    if (one.why === 'set-after-await') {
      const key = this.#brokenKey(fn, one);
      return isHandedOn(this.#index, key) || (this.#isFlag(fn, one) && isSetForGood(this.#index, key));
    }
    return (
      one.why === 'poisoned' &&
      shapes.some(shape => shape.kind === 'chain' && shape.at === one.at && this.#handsOver(shape as ChainShape))
    );
  }

  #setOf(fn: FunctionFacts, { set }: Broken): Access | undefined {
    return this.#index
      .of(fn.id)
      ?.accesses()
      .find(({ step }) => step.at === set)?.step;
  }

  #brokenKey(fn: FunctionFacts, one: Broken): string {
    const write = this.#setOf(fn, one);
    return (write && placeKey(fn, write.place)) ?? '';
  }

  #isFlag(fn: FunctionFacts, one: Broken): boolean {
    return this.#index.of(fn.id)?.isConstant(this.#setOf(fn, one)?.value, ['true']) ?? false;
  }

  /** Functions that take the lock for their caller. */
  whole(chains: readonly ChainShape[]): WholeShape[] {
    const found: WholeShape[] = [];
    for (const index of this.#index.all()) {
      const shape = waitersIn(this.#index, index);
      if (shape) found.push(shape);
    }
    for (const chain of chains) if (this.#handsOver(chain)) found.push({ ...chain, releases: [] });
    return found;
  }

  /** `tail = tail.then(() => next)` with a promise made here: the lock is held until `next` is resolved. */
  #handsOver({ chain, fn }: ChainShape): boolean {
    const index = this.#index.of(fn);
    const handler = index?.value(chain.onFulfilled);
    const inner = handler?.kind === 'function' ? this.#index.of(handler.id) : undefined;
    return (inner?.list ?? []).some(({ step }) => {
      if (step.kind !== 'exit' || step.how !== 'return') return false;
      const facts = inner?.value(step.value);
      if (facts?.kind !== 'read' || facts.place.root.kind !== 'captured' || facts.place.root.from !== fn) return false;
      const held = index?.fn.slots[facts.place.root.slot]?.value;
      const made = held == null ? undefined : index?.resultOf(held);
      return made?.kind === 'call' && made.newOf === 'lib#Promise';
    });
  }

  /** Readers count, and a writer waits until there are none: one lock with two modes. Who sets the flag reads alone. */
  addReaders(readers: readonly ReaderShape[], writers: readonly Shape[], waits: WaitShape[]): void {
    for (const reader of readers) {
      const flags = writers.filter(one => reader.tests.includes(one.key));
      if (flags.some(one => one.fn === reader.fn)) continue;
      const writer = flags.find(one =>
        this.#index.within(this.#fn(one.fn)).some(index => testsPlace(index, reader.key)),
      );
      if (writer) waits.push({ ...reader, place: { ...reader.place, path: writer.place.path } });
    }
  }

  /** Counters that bound how many are inside. */
  countPermits(waits: readonly WaitShape[]): void {
    for (const one of waits) {
      const index = this.#index.of(one.fn);
      if (!index || !isCount(index, one.set) || one.mode === 'shared') continue;
      one.mode = 'permit';
      one.capacity = null;
    }
  }

  #fn(id: string): FunctionFacts {
    const fn = this.#index.of(id)?.fn;
    if (!fn) throw new Error(`no function ${id}`);
    return fn;
  }
}
