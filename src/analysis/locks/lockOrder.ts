/**
 * The lock-order graph: nodes are classes of locks, edges critical pairs; its cycles, checked pair by pair
 * (ALGORITHMS 2.4): aliasing by unification, conflicting modes, capacity, gates, waits, and whether the participants can
 * run side by side.
 */
import { stronglyConnected } from '../../util/scc.ts';
import { Unifier } from './aliasing.ts';
import { defineAnalysis } from '../analysis.ts';
import { type LockActivities, type LockActivity, lockActivities } from './lockActivities.ts';
import { type Held, isLetIn, type Pair, traceLength } from './lockPairs.ts';
import { forkOf, whyApart } from './interleaving.ts';
import { gateOf, isQuiet, quiet, type QuietCycle, unifyCycle } from './lockCycleConditions.ts';

/** One hop: while `held` is held, `pair.acquires` is asked for. */
export interface LockEdge {
  readonly held: Held;
  readonly pair: Pair;
  readonly by: LockActivity;
}

export interface LockCycle {
  /** Hop i waits for the lock that hop i+1 holds. */
  readonly edges: readonly LockEdge[];
  readonly level: 'error' | 'warning';
  readonly confidence: 'high' | 'medium' | 'low';
  readonly assumptions: readonly string[];
}

export interface LockOrder {
  readonly edges: readonly LockEdge[];
  readonly cycles: readonly LockCycle[];
  /** Circles that close and do not hang: of each circle of lock classes without a deadlock, one for each reason. */
  readonly quiet: readonly QuietCycle[];
}

const LONGEST = 4;
const CYCLES_PER_COMPONENT = 400;
const CHOICES_PER_CYCLE = 3000;
const EDGES_PER_HOP = 40;

export const lockOrder = defineAnalysis<LockOrder>('lock-order', get => {
  const activities = get(lockActivities);
  const edges = activities.list.flatMap(by =>
    by.pairs.flatMap(pair => pair.held.filter(held => !isLetIn(held, pair)).map(held => ({ held, pair, by }))),
  );
  return { edges, ...new CycleSearch(edges, activities).run() };
});

class CycleSearch {
  readonly #activities: LockActivities;
  readonly #hops = new Map<string, Map<string, LockEdge[]>>();
  readonly #exclusiveRequests = new Set<string>();

  constructor(edges: readonly LockEdge[], activities: LockActivities) {
    this.#activities = activities;
    for (const { pairs } of activities.list)
      for (const pair of pairs) if (pair.mode === 'exclusive') this.#exclusiveRequests.add(pair.acquires.site);
    for (const edge of edges) {
      if (edge.pair.wait === 'try' || edge.held.token === '' || isUnbounded(edge)) continue;
      let from = this.#hops.get(edge.held.lock.site);
      if (!from) {
        from = new Map<string, LockEdge[]>();
        this.#hops.set(edge.held.lock.site, from);
      }
      const list = from.get(edge.pair.acquires.site) ?? [];
      list.push(edge);
      from.set(edge.pair.acquires.site, list);
    }
    for (const from of this.#hops.values())
      for (const [to, list] of from) from.set(to, shortestFirst(list).slice(0, EDGES_PER_HOP));
  }

  run(): Pick<LockOrder, 'cycles' | 'quiet'> {
    const cycles: LockCycle[] = [];
    const discarded: QuietCycle[] = [];
    const components = stronglyConnected([...this.#hops.keys()].sort(), site =>
      [...(this.#hops.get(site)?.keys() ?? [])].sort(),
    );
    for (const component of components) {
      for (const sites of this.#siteCycles(component)) {
        const { best, rejected } = this.#bestChoice(sites);
        if (best) cycles.push(best);
        else discarded.push(...rejected);
      }
    }
    return { cycles, quiet: discarded };
  }

  /** Simple cycles of lock classes, each once, starting at its smallest; a self-loop counts as a cycle of two hops. */
  #siteCycles(component: readonly string[]): string[][] {
    const members = new Set(component);
    const cycles: string[][] = [];
    for (const start of [...component].sort()) {
      if (this.#hops.get(start)?.has(start)) cycles.push([start, start]);
      const path = [start];
      const visit = (at: string): void => {
        for (const next of [...(this.#hops.get(at)?.keys() ?? [])].sort()) {
          if (cycles.length >= CYCLES_PER_COMPONENT) return;
          if (next === start && path.length > 1) cycles.push([...path]);
          if (!members.has(next) || next <= start || path.includes(next) || path.length >= LONGEST) continue;
          path.push(next);
          visit(next);
          path.pop();
        }
      };
      visit(start);
    }
    return cycles.sort((a, b) => a.length - b.length);
  }

  #bestChoice(sites: readonly string[]): { best: LockCycle | undefined; rejected: QuietCycle[] } {
    let best: { cycle: LockCycle; rank: number } | undefined;
    const rejected = new Map<string, QuietCycle>();
    let tried = 0;
    const chosen: LockEdge[] = [];
    const choose = (at: number): void => {
      if (tried >= CHOICES_PER_CYCLE || (best && best.rank < 10)) return;
      if (at === sites.length) {
        tried += 1;
        const cycle = this.#check([...chosen]);
        if (isQuiet(cycle)) {
          if (!rejected.has(cycle.because)) rejected.set(cycle.because, cycle);
          return;
        }
        // Hops that nothing orders tell more than two orders against each other.
        const ordered = cycle.edges.filter(({ held }) => held.order !== null).length;
        const rank =
          (cycle.level === 'error' ? 0 : 1000) + { high: 0, medium: 100, low: 500 }[cycle.confidence] + 10 * ordered;
        if (!best || rank < best.rank) best = { cycle, rank };
        return;
      }
      const [from, to] = [sites[at] as string, sites[(at + 1) % sites.length] as string];
      for (const edge of this.#hops.get(from)?.get(to) ?? []) {
        chosen.push(edge);
        choose(at + 1);
        chosen.pop();
      }
    };
    choose(0);
    return { best: best?.cycle, rejected: [...rejected.values()] };
  }

  /** All conditions, first for separate activities, then for branches of one. */
  #check(edges: LockEdge[]): LockCycle | QuietCycle {
    if (edges.every(edge => edge.pair.batch !== null)) return quiet(edges, 'batch');
    const [first] = edges;
    const order = first?.held.order ?? null;
    if (order !== null && edges.every(edge => edge.held.order === order)) return quiet(edges, 'order', { order });
    const modes = this.#modes(edges);
    if (!modes) return quiet(edges, 'readers');
    const apart = this.#inSeparateActivities(edges, modes);
    if (!isQuiet(apart)) return apart;
    const beside = this.#inOneActivity(edges, modes);
    return isQuiet(beside) && beside.because === 'one-branch' ? apart : beside;
  }

  /** Whether every hop really waits; and what makes it less than a deadlock. */
  #modes(edges: readonly LockEdge[]): { permits: boolean; bounded: boolean } | undefined {
    let permits = false;
    for (const [index, edge] of edges.entries()) {
      const next = edges[(index + 1) % edges.length] as LockEdge;
      const lock = edge.pair.acquires;
      if (edge.pair.mode === 'shared' && next.held.mode === 'shared') {
        if (lock.kind.readers === 'reader-first' || !this.#exclusiveRequests.has(lock.site)) return undefined;
      }
      if (edge.pair.mode === 'permit' && lock.capacity !== 1) permits = true;
    }
    return { permits, bounded: edges.some(edge => edge.pair.wait === 'bounded') };
  }

  #inSeparateActivities(
    edges: readonly LockEdge[],
    modes: { permits: boolean; bounded: boolean },
  ): LockCycle | QuietCycle {
    for (const [index, edge] of edges.entries()) {
      for (const other of edges.slice(index + 1)) {
        const why = whyApart(edge, other);
        if (why !== null) return quiet(edges, why);
      }
    }
    const unifier = new Unifier((frame, side) =>
      this.#activities.isShared(frame.id, (edges[side] as LockEdge).by.activity),
    );
    const side = (index: number): number => index;
    if (!unifyCycle(unifier, edges, side)) return quiet(edges, 'other-locks');
    const gate = gateOf(unifier, edges, side, () => 0);
    if (gate) return quiet(edges, 'gate', { gate });
    return this.#cycle(
      edges,
      modes,
      unifier,
      edges.some(edge => edge.by.activity.evidence === 'exported'),
    );
  }

  /** Branches of one fork in one activity: only what is taken below the fork can be a gate. */
  #inOneActivity(edges: readonly LockEdge[], modes: { permits: boolean; bounded: boolean }): LockCycle | QuietCycle {
    const [first] = edges;
    if (!first || edges.some(edge => edge.by !== first.by)) return quiet(edges, 'one-branch');
    const depths: number[] = [];
    for (const [index, edge] of edges.entries()) {
      for (const other of edges.slice(index + 1)) {
        const depth = forkOf(edge.pair, other.pair);
        if (depth === undefined) return quiet(edges, 'one-branch');
        depths.push(depth);
      }
    }
    const unifier = new Unifier(() => true);
    const side = (): number => 0;
    if (!unifyCycle(unifier, edges, side)) return quiet(edges, 'other-locks');
    const below = Math.min(...depths);
    const gate = gateOf(unifier, edges, side, () => below + 1);
    if (gate) return quiet(edges, 'gate', { gate });
    return this.#cycle(edges, modes, unifier, false);
  }

  #cycle(
    edges: readonly LockEdge[],
    modes: { permits: boolean; bounded: boolean },
    unifier: Unifier,
    exported: boolean,
  ): LockCycle {
    const assumptions: string[] = [];
    if (exported) assumptions.push('exported functions may be called concurrently');
    if (unifier.chosen) assumptions.push('callers may pass the same objects in another order');
    if (unifier.unknownKeys) assumptions.push('keys of unknown value may be equal');
    const guessed = edges.some(edge => edge.pair.guessed);
    if (guessed) assumptions.push('a call with several possible targets reaches this one');
    const maybe = edges.some(edge => edge.held.maybe);
    if (maybe) assumptions.push('a lock taken on some paths only is held');
    // Who is called is a guess, and so is which objects they have in common.
    const doubts = [guessed, maybe, unifier.unknownKeys, guessed && unifier.chosen].filter(Boolean).length;
    const confidence = doubts >= 2 ? 'low' : doubts === 1 || exported ? 'medium' : 'high';
    return { edges, level: modes.permits || modes.bounded ? 'warning' : 'error', confidence, assumptions };
  }
}

/** A limiter without a limit makes nobody wait. */
const isUnbounded = ({ held, pair }: LockEdge): boolean =>
  held.lock.capacity === Infinity || pair.acquires.capacity === Infinity;

const shortestFirst = (edges: LockEdge[]): LockEdge[] => {
  const length = (edge: LockEdge): number =>
    traceLength(edge.pair.trace) + traceLength(edge.held.trace) + (edge.pair.guessed ? 50 : 0) + edge.pair.held.length;
  return edges.sort(
    (a, b) =>
      length(a) - length(b) ||
      compare(a.pair.trace.site.in, b.pair.trace.site.in) ||
      a.pair.trace.site.at[0] - b.pair.trace.site.at[0],
  );
};
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
