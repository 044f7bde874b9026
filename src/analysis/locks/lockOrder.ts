/**
 * The lock-order graph: nodes are classes of locks, edges critical pairs; its cycles, checked pair by pair
 * (ALGORITHMS 2.4): aliasing by unification, conflicting modes, capacity, gates, waits, and whether the participants can
 * run side by side.
 */
import { stronglyConnected } from '../../util/scc.ts';
import { Unifier } from './aliasing.ts';
import { defineAnalysis } from '../analysis.ts';
import { type LockActivities, type LockActivity, lockActivities } from './lockActivities.ts';
import { type Held, type Pair, traceLength } from './lockPairs.ts';
import { canRunTogether, forkOf } from './interleaving.ts';

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
}

const LONGEST = 4;
const CYCLES_PER_COMPONENT = 400;
const CHOICES_PER_CYCLE = 3000;
const EDGES_PER_HOP = 40;

export const lockOrder = defineAnalysis<LockOrder>('lock-order', get => {
  const activities = get(lockActivities);
  const edges = activities.list.flatMap(by => by.pairs.flatMap(pair => pair.held.map(held => ({ held, pair, by }))));
  return { edges, cycles: new CycleSearch(edges, activities).run() };
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

  run(): LockCycle[] {
    const found: LockCycle[] = [];
    const components = stronglyConnected([...this.#hops.keys()].sort(), site =>
      [...(this.#hops.get(site)?.keys() ?? [])].sort(),
    );
    for (const component of components) {
      for (const sites of this.#siteCycles(component)) {
        const best = this.#bestChoice(sites);
        if (best) found.push(best);
      }
    }
    return found;
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

  #bestChoice(sites: readonly string[]): LockCycle | undefined {
    let best: { cycle: LockCycle; rank: number } | undefined;
    let tried = 0;
    const chosen: LockEdge[] = [];
    const choose = (at: number): void => {
      if (tried >= CHOICES_PER_CYCLE || (best && best.rank < 10)) return;
      if (at === sites.length) {
        tried += 1;
        const cycle = this.#check([...chosen]);
        if (!cycle) return;
        const rank = (cycle.level === 'error' ? 0 : 1000) + { high: 0, medium: 100, low: 500 }[cycle.confidence];
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
    return best?.cycle;
  }

  /** All conditions, first for separate activities, then for branches of one. */
  #check(edges: LockEdge[]): LockCycle | undefined {
    if (edges.every(edge => edge.pair.batch !== null)) return undefined;
    const [first] = edges;
    const order = first?.held.order ?? null;
    if (order !== null && edges.every(edge => edge.held.order === order)) return undefined;
    const modes = this.#modes(edges);
    if (!modes) return undefined;
    const apart = this.#inSeparateActivities(edges, modes);
    return apart ?? this.#inOneActivity(edges, modes);
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
  ): LockCycle | undefined {
    for (const [index, edge] of edges.entries())
      for (const other of edges.slice(index + 1)) if (!canRunTogether(edge, other)) return undefined;
    const unifier = new Unifier((frame, side) =>
      this.#activities.isShared(frame.id, (edges[side] as LockEdge).by.activity),
    );
    if (
      !unifyCycle(unifier, edges, index => index) ||
      isGated(
        unifier,
        edges,
        index => index,
        () => 0,
      )
    )
      return undefined;
    return this.#cycle(
      edges,
      modes,
      unifier,
      edges.some(edge => edge.by.activity.evidence === 'exported'),
    );
  }

  /** Branches of one fork in one activity: only what is taken below the fork can be a gate. */
  #inOneActivity(edges: readonly LockEdge[], modes: { permits: boolean; bounded: boolean }): LockCycle | undefined {
    const [first] = edges;
    if (!first || edges.some(edge => edge.by !== first.by)) return undefined;
    const depths: number[] = [];
    for (const [index, edge] of edges.entries()) {
      for (const other of edges.slice(index + 1)) {
        const depth = forkOf(edge.pair, other.pair);
        if (depth === undefined) return undefined;
        depths.push(depth);
      }
    }
    const unifier = new Unifier(() => true);
    if (!unifyCycle(unifier, edges, () => 0)) return undefined;
    const below = Math.min(...depths);
    if (
      isGated(
        unifier,
        edges,
        () => 0,
        () => below + 1,
      )
    )
      return undefined;
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
    const doubts = [guessed, maybe, unifier.unknownKeys].filter(Boolean).length;
    const confidence = doubts >= 2 ? 'low' : doubts === 1 || exported ? 'medium' : 'high';
    return { edges, level: modes.permits || modes.bounded ? 'warning' : 'error', confidence, assumptions };
  }
}

/** Makes the lock that each hop asks for the one that the next hop holds, all at once. */
function unifyCycle(unifier: Unifier, edges: readonly LockEdge[], side: (index: number) => number): boolean {
  const closes = edges.every((edge, index) => {
    const at = (index + 1) % edges.length;
    return unifier.unifyLocks(edge.pair.acquires, side(index), (edges[at] as LockEdge).held.lock, side(at));
  });
  // A hop whose two locks are one lock under these bindings waits for itself: that is another rule's matter.
  return (
    closes &&
    edges.every((edge, index) => !unifier.isSame(edge.held.lock, side(index), edge.pair.acquires, side(index)))
  );
}

/** One more lock that two hops both hold lets only one of them in. */
function isGated(
  unifier: Unifier,
  edges: readonly LockEdge[],
  side: (index: number) => number,
  below: () => number,
): boolean {
  const gates = (edge: LockEdge): Held[] =>
    edge.pair.held.filter(
      held =>
        held.depth >= below() &&
        held.mode !== 'shared' &&
        !held.maybe &&
        (held.mode !== 'permit' || held.lock.capacity === 1),
    );
  for (const [index, edge] of edges.entries()) {
    for (let other = index + 1; other < edges.length; other += 1) {
      for (const a of gates(edge))
        for (const b of gates(edges[other] as LockEdge))
          if (unifier.isSame(a.lock, side(index), b.lock, side(other))) return true;
    }
  }
  return false;
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
