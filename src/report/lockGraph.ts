/** The hierarchy of locks as text to paste, Mermaid, Graphviz or JSON: who is held while who is asked for, and where. */
import { declaredOrder } from '../analysis/locks/declaredOrder.ts';
import { type LockHierarchy, type Nesting, lockHierarchy, orderLines } from '../analysis/locks/lockHierarchy.ts';
import { type LockEdge, lockOrder } from '../analysis/locks/lockOrder.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import type { Site } from '../analysis/program.ts';
import { dotText, mermaidText } from '../util/graphText.ts';
import type { Wait } from '../model/facts.ts';
import { byCodeUnit } from '../util/compare.ts';
import { drawn, type DrawnFormat, placeIn } from './drawnGraph.ts';
import type { Linked } from './linked.ts';

interface Node {
  id: string;
  name: string;
  /** `file:line` where it is made; null for a lock that is only a name. */
  declared: string | null;
  /** Taken in a circle with others. */
  inCycle: boolean;
}
interface Edge {
  from: string;
  to: string;
  /** The declared order has it the same way round, the other way round, or says nothing. */
  declared: 'kept' | 'violated' | 'no';
  inCycle: boolean;
  /** Where the inner lock is asked for, the function there, and where the outer one was taken. */
  sites: { at: string; in: string; outer: string }[];
}
/** A critical pair as it is: two locks of one class, limiters, tries and test code too. JSON only. */
interface CriticalPair {
  held: string;
  asks: string;
  /** Where the one was taken, and where the other is asked for. */
  heldAt: string;
  askedAt: string;
  wait: Wait;
}
interface Graph {
  order: string[];
  locks: Node[];
  nestings: Edge[];
  cycles: string[][];
  pairs: CriticalPair[];
}

/** Empty parts are told as such: no locks, locks that never nest. */
export function printLockGraph(linked: Pick<Linked, 'program' | 'get' | 'loaded'>, format: DrawnFormat): string {
  return drawn(graphOf(linked), format, { dot, mermaid, text });
}

function graphOf({ program, get, loaded }: Pick<Linked, 'program' | 'get' | 'loaded'>): Graph {
  const hierarchy = get(lockHierarchy);
  const { wayFrom } = get(declaredOrder);
  const place = placeIn(loaded);
  const circle = new Map(hierarchy.cycles.flatMap((cycle, index) => cycle.map(lock => [lock.site, index] as const)));
  const ids = new Map(hierarchy.locks.map((lock, index) => [lock.site, `l${index + 1}`]));
  const edge = ({ outer, inner, edges }: Nesting): Edge => ({
    from: ids.get(outer.site) ?? '',
    to: ids.get(inner.site) ?? '',
    declared: wayFrom(outer, inner) ? 'kept' : wayFrom(inner, outer) ? 'violated' : 'no',
    inCycle: circle.has(outer.site) && circle.get(outer.site) === circle.get(inner.site),
    sites: edges.map(({ held, pair }) => {
      const at = traceEnd(pair.trace);
      return { at: place(at), in: program.functions.get(at.in)?.name ?? at.in, outer: place(traceEnd(held.trace)) };
    }),
  });
  return {
    order: orderLines(hierarchy),
    locks: hierarchy.locks.map(lock => ({
      id: ids.get(lock.site) ?? '',
      name: hierarchy.nameOf(lock, hierarchy.locks),
      declared: lock.declared ? place(lock.declared) : null,
      inCycle: circle.has(lock.site),
    })),
    nestings: hierarchy.nestings.map(edge),
    cycles: cycleNames(hierarchy),
    pairs: criticalPairs(get(lockOrder).edges, ids, place),
  };
}

function criticalPairs(
  edges: readonly LockEdge[],
  ids: ReadonlyMap<string, string>,
  place: (site: Site) => string,
): CriticalPair[] {
  const found = new Map<string, CriticalPair>();
  for (const { held, pair } of edges) {
    const one: CriticalPair = {
      held: ids.get(held.lock.site) ?? '',
      asks: ids.get(pair.acquires.site) ?? '',
      heldAt: place(traceEnd(held.trace)),
      askedAt: place(traceEnd(pair.trace)),
      wait: pair.wait,
    };
    found.set(Object.values(one).join(' '), one);
  }
  return [...found].sort(([a], [b]) => byCodeUnit(a, b)).map(([, one]) => one);
}

const cycleNames = ({ cycles, nameOf }: LockHierarchy): string[][] =>
  cycles.map(cycle => cycle.map(lock => nameOf(lock, cycle)));

function text({ order, locks, nestings, cycles }: Graph): string {
  if (locks.length === 0) return 'No lock is taken.\n';
  const name = new Map(locks.map(lock => [lock.id, lock.name]));
  const lines: string[] = [];
  if (nestings.length === 0)
    lines.push(`${locks.length} ${locks.length === 1 ? 'lock' : 'locks'}; no lock is taken while another is held.`);
  else {
    lines.push('The order in which locks are taken, outermost first, ready to paste:', '');
    lines.push(...order.map(line => `  @lockOrder ${line}`));
    for (const cycle of cycles) lines.push(`  taken in a circle: ${cycle.join(', ')}`);
  }
  for (const lock of locks) {
    lines.push(
      '',
      `${lock.name}${lock.declared === null ? '' : `  ${lock.declared}`}${lock.inCycle ? '  (in a circle)' : ''}`,
    );
    for (const { from, to, sites, declared, inCycle } of nestings) {
      if (from !== lock.id) continue;
      const marks = [inCycle ? 'in a circle' : '', declared === 'violated' ? 'against the declared order' : ''].filter(
        Boolean,
      );
      lines.push(`  held while ${name.get(to) ?? ''} is taken${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`);
      lines.push(...sites.map(site => `    ${site.at} in ${site.in}; held since ${site.outer}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function dot({ locks, nestings }: Graph): string {
  return [
    'digraph locks {',
    '  rankdir=TB;',
    ...locks.map(({ id, name, inCycle }) => `  ${id} [label=${dotText(name)}${inCycle ? ', color=red' : ''}];`),
    ...nestings.map(
      ({ from, to, sites, inCycle }) =>
        `  ${from} -> ${to} [label=${dotText(...sites.map(({ at }) => at))}${inCycle ? ', color=red' : ''}];`,
    ),
    '}',
    '',
  ].join('\n');
}

function mermaid({ locks, nestings }: Graph): string {
  const circles = nestings.flatMap(({ inCycle }, index) => (inCycle ? [index] : []));
  return [
    'flowchart TD',
    ...locks.map(({ id, name }) => `  ${id}[${mermaidText(name)}]`),
    ...nestings.map(({ from, to, sites }) => `  ${from} -->|${mermaidText(...sites.map(({ at }) => at))}| ${to}`),
    ...(circles.length === 0 ? [] : [`  linkStyle ${circles.join(',')} stroke:red`]),
    '',
  ].join('\n');
}
