/** How long phases took, in milliseconds, and how much of what there was. Never part of a report. */
export interface Stats {
  phases: Record<string, number>;
  counts: Record<string, number>;
}

export class Stopwatch {
  readonly #phases = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  /** Runs `work` and adds its time to the phase. */
  time<T>(phase: string, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#add(phase, start);
    }
  }

  async timeAsync<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#add(phase, start);
    }
  }

  count(what: string, number: number): void {
    this.#counts.set(what, number);
  }

  stats(): Stats {
    return { phases: Object.fromEntries(this.#phases), counts: Object.fromEntries(this.#counts) };
  }

  #add(phase: string, start: number): void {
    this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + performance.now() - start);
  }
}
