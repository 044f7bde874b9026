/**
 * The value that each local variable holds on the way through a function (structured static single assignment): one map,
 * with a journal per open arm, so that branches cost what they change and not what the function declares.
 */
import type { ValueId } from '../../model/facts.ts';

/** What one way through an arm changed. */
export interface Arm<Key> {
  changes: ReadonlyMap<Key, ValueId>;
  /** Whether control reaches the arm's end. */
  falls: boolean;
  /** Every assignment inside, also those overwritten later: what a handler may see. */
  assigned: readonly (readonly [Key, ValueId])[];
}

interface Frame<Key> {
  before: Map<Key, ValueId | undefined>;
  assigned: (readonly [Key, ValueId])[];
}

export class Locals<Key> {
  readonly #values = new Map<Key, ValueId>();
  readonly #frames: Frame<Key>[] = [];
  /** False behind a return, throw, break or continue. */
  reachable = true;

  get(key: Key): ValueId | undefined {
    return this.#values.get(key);
  }

  set(key: Key, value: ValueId): void {
    const frame = this.#frames[this.#frames.length - 1];
    if (frame) {
      if (!frame.before.has(key)) frame.before.set(key, this.#values.get(key));
      frame.assigned.push([key, value]);
    }
    this.#values.set(key, value);
  }

  /** Number of open arms; a jump out of them takes along what `changesSince` says. */
  get depth(): number {
    return this.#frames.length;
  }

  /** Runs `fill` as one way among several; afterwards the variables are as before. */
  arm(fill: () => void): Arm<Key> {
    const frame: Frame<Key> = { before: new Map(), assigned: [] };
    const wasReachable = this.reachable;
    this.#frames.push(frame);
    try {
      fill();
    } finally {
      this.#frames.pop();
    }
    const changes = new Map<Key, ValueId>();
    for (const [key, before] of frame.before) {
      const now = this.#values.get(key);
      if (now !== undefined && now !== before) changes.set(key, now);
      if (before === undefined) this.#values.delete(key);
      else this.#values.set(key, before);
    }
    const falls = this.reachable;
    this.reachable = wasReachable;
    const outer = this.#frames[this.#frames.length - 1];
    // Not push(...): a long block assigns more than the stack holds arguments.
    if (outer) for (const entry of frame.assigned) outer.assigned.push(entry);
    return { changes, falls, assigned: frame.assigned };
  }

  /** What changed since the arms deeper than `depth` were opened, as an arm that control leaves here. */
  changesSince(depth: number): Arm<Key> {
    const changes = new Map<Key, ValueId>();
    for (const frame of this.#frames.slice(depth)) {
      for (const key of frame.before.keys()) {
        const now = this.#values.get(key);
        if (now !== undefined) changes.set(key, now);
      }
    }
    return { changes, falls: true, assigned: [] };
  }

  /**
   * Goes on behind several ways: a variable changed on any gets what `choose` makes of the values that reach here.
   * Variables that had no value before are the arms' own and stay out.
   */
  merge(arms: readonly Arm<Key>[], choose: (values: readonly ValueId[]) => ValueId): void {
    const reaching = arms.filter(arm => arm.falls);
    if (reaching.length === 0) {
      this.reachable = false;
      return;
    }
    for (const key of new Set(reaching.flatMap(arm => [...arm.changes.keys()]))) {
      const before = this.#values.get(key);
      if (before === undefined) continue;
      const values = [...new Set(reaching.map(arm => arm.changes.get(key) ?? before))];
      const merged = values.length === 1 ? values[0] : choose(values);
      if (merged !== undefined && merged !== before) this.set(key, merged);
    }
  }
}
