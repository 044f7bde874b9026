/** Which locks an activation holds just before each of its steps: what `LockWalk` saw on its way. */
import type { FunctionId, StepId } from '../../model/facts.ts';
import type { Held } from './lockPairs.ts';
import type { Frame } from '../refs.ts';

/** A lock held at a step: the acquisition that took it. */
export interface HeldHere {
  readonly held: Held;
  /** Held on every way that leads to the step. */
  readonly always: boolean;
}

interface Point {
  visits: number;
  held: Map<string, { held: Held; times: number }>;
}

export class LockPoints {
  readonly #frames = new Map<number, Map<StepId, Point>>();
  readonly #walked = new Set<FunctionId>();
  readonly #unknown = new Set<number>();

  /** What an earlier, less informed walk of the activation saw is forgotten. */
  begin(frame: Frame): void {
    this.#frames.delete(frame.id);
    this.#unknown.delete(frame.id);
    this.#walked.add(frame.fn.id);
  }

  note(frame: Frame, step: StepId, held: readonly Held[]): void {
    let points = this.#frames.get(frame.id);
    if (!points) this.#frames.set(frame.id, (points = new Map<StepId, Point>()));
    let point = points.get(step);
    if (!point) points.set(step, (point = { visits: 0, held: new Map() }));
    point.visits += 1;
    for (const one of held) {
      const known = point.held.get(one.token);
      if (!known) point.held.set(one.token, { held: one, times: one.maybe ? 0 : 1 });
      else if (!one.maybe) known.times += 1;
    }
  }

  /** The activation takes a lock of which nobody can say which one it is. */
  noteUnknown(frame: Frame): void {
    this.#unknown.add(frame.id);
  }

  takesUnknown(frame: Frame): boolean {
    return this.#unknown.has(frame.id);
  }

  /** Locks that the activation itself, or a task that it waited for, took; not those of its callers. */
  at(frame: Frame, step: StepId): readonly HeldHere[] {
    const point = this.#frames.get(frame.id)?.get(step);
    if (!point || point.held.size === 0) return NONE;
    return [...point.held.values()].map(({ held, times }) => ({ held, always: times === point.visits }));
  }

  /** The walk came by the activation and found no way to the step. */
  isPassedBy(frame: Frame, step: StepId): boolean {
    const points = this.#frames.get(frame.id);
    return points !== undefined && !points.has(step);
  }

  /** Whether the walk came by any activation of the function. */
  reached(fn: FunctionId): boolean {
    return this.#walked.has(fn);
  }

  /** Whether the walk came by the activation. */
  knows(frame: Frame): boolean {
    return this.#frames.has(frame.id);
  }
}

const NONE: readonly HeldHere[] = [];
