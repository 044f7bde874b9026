/** The hierarchy of locks as the code takes them: which lock is held while which is asked for, and the order in that. */
import { stronglyConnected } from '../../util/scc.ts';
import { defineAnalysis } from '../analysis.ts';
import { lockActivities } from './lockActivities.ts';
import { entryOf, fileOf, nameOf } from './lockNames.ts';
import { type LockEdge, lockOrder } from './lockOrder.ts';
import { traceEnd } from './lockPairs.ts';
import type { Lock } from './locks.ts';
import type { Program, Site } from '../program.ts';

/** One lock is held while the other is asked for, at one or more places. */
export interface Nesting {
  readonly outer: Lock;
  readonly inner: Lock;
  /** The acquisitions of the inner lock, in order of place; each with how the outer one was taken. */
  readonly edges: readonly LockEdge[];
}

export interface LockHierarchy {
  /** Every lock that is taken anywhere, by name. */
  readonly locks: readonly Lock[];
  /** Sorted by place. Two objects of one class, tries, batches and test code are left out. */
  readonly nestings: readonly Nesting[];
  /** Classes of locks (`site`) that are taken in a circle. */
  readonly cycles: readonly (readonly Lock[])[];
  /** What a declaration that names these locks calls one of them. */
  nameOf(lock: Lock, among: readonly Lock[]): string;
}

export const lockHierarchy = defineAnalysis<LockHierarchy>('lock-hierarchy', (get, program) => {
  const locks = new Map<string, Lock>();
  for (const { pairs } of get(lockActivities).list)
    for (const { acquires } of pairs) if (!locks.has(acquires.site)) locks.set(acquires.site, acquires);
  const nestings = nestingsOf(get(lockOrder).edges, program);
  const inner = (site: string): string[] =>
    nestings.filter(({ outer }) => outer.site === site).map(nesting => nesting.inner.site);
  const cycles = stronglyConnected([...locks.keys()].sort(), inner)
    .filter(component => component.length > 1)
    .map(component => component.flatMap(site => locks.get(site) ?? []));
  const all = [...locks.values()].sort((a, b) => compare(a.name, b.name) || compare(a.site, b.site));
  return { locks: all, nestings, cycles, nameOf: (lock, among) => declaredName(lock, among, program) };
});

function nestingsOf(edges: readonly LockEdge[], program: Program): Nesting[] {
  const found = new Map<string, { outer: Lock; inner: Lock; edges: LockEdge[] }>();
  for (const edge of edges) {
    const { held, pair } = edge;
    const [outer, inner] = [held.lock, pair.acquires];
    if (outer.site === inner.site || pair.wait === 'try' || pair.batch !== null) continue;
    if (!excludes(outer) || !excludes(inner) || isTest(program, edge)) continue;
    const key = `${outer.site}|${inner.site}`;
    const nesting = found.get(key) ?? { outer, inner, edges: [] };
    nesting.edges.push(edge);
    found.set(key, nesting);
  }
  return [...found.values()]
    .map(nesting => ({ ...nesting, edges: byPlace(nesting.edges) }))
    .sort((a, b) => comparePlaces(innerSite(a), innerSite(b)) || compare(a.outer.site, b.outer.site));
}

/** Limiters bound work; what excludes others is a lock. */
const excludes = ({ kind, capacity }: Lock): boolean => !kind.limiter || capacity === 1;

const isTest = (program: Program, { pair, by }: LockEdge): boolean =>
  by.activity.test || (program.modules.get(traceEnd(pair.trace).file)?.test ?? false);

/** Where the inner lock is first asked for. */
export const innerSite = ({ edges }: Nesting): Site => traceEnd((edges[0] as LockEdge).pair.trace);

function byPlace(edges: readonly LockEdge[]): LockEdge[] {
  const places = new Map<string, LockEdge>();
  for (const edge of edges) {
    const { file, at } = traceEnd(edge.pair.trace);
    const key = `${file}:${at[0]}`;
    const known = places.get(key);
    if (!known || (known.pair.guessed && !edge.pair.guessed)) places.set(key, edge);
  }
  return [...places.values()].sort((a, b) => comparePlaces(traceEnd(a.pair.trace), traceEnd(b.pair.trace)));
}

/** Nestings in an order that nobody breaks; those in a circle have none. */
export function inOrder({ nestings, cycles }: LockHierarchy): Nesting[] {
  const circle = new Map(cycles.flatMap((cycle, index) => cycle.map(lock => [lock.site, index] as const)));
  return nestings.filter(
    ({ outer, inner }) => !circle.has(outer.site) || circle.get(outer.site) !== circle.get(inner.site),
  );
}

/**
 * Nestings by project: those of one package, and of packages that share a lock. `rootOf` gives the folder of the package
 * that a file belongs to.
 */
export function byProject(nestings: readonly Nesting[], rootOf: (file: string) => string): Nesting[][] {
  const groups: { roots: Set<string>; nestings: Nesting[] }[] = [];
  for (const nesting of nestings) {
    const roots = new Set([rootOf(innerSite(nesting).file), nesting.outer.site, nesting.inner.site]);
    const joined = groups.filter(group => [...roots].some(root => group.roots.has(root)));
    const merged = { roots, nestings: [...joined.flatMap(group => group.nestings), nesting] };
    for (const group of joined) {
      for (const root of group.roots) roots.add(root);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(merged);
  }
  return groups.map(group => group.nestings);
}

/**
 * The order that the nestings imply, as chains to paste: `a < b < c`. Nestings in a circle have no order and are left
 * out.
 */
export function orderLines(hierarchy: LockHierarchy, among = inOrder(hierarchy)): string[] {
  const locks = among.flatMap(({ outer, inner }) => [outer, inner]);
  const name = (lock: Lock): string => hierarchy.nameOf(lock, locks);
  const next = new Map<string, Set<string>>();
  const names = new Map<string, string>();
  for (const { outer, inner } of among) {
    next.set(outer.site, (next.get(outer.site) ?? new Set()).add(inner.site));
    names.set(outer.site, name(outer)).set(inner.site, name(inner));
  }
  const reduced = reduce(next);
  const lines: string[] = [];
  const hasOuter = new Set([...reduced.values()].flat());
  const starts = [...reduced.keys()].sort((a, b) => Number(hasOuter.has(a)) - Number(hasOuter.has(b)) || compare(a, b));
  for (const start of starts) {
    for (let from: string | undefined = start; (reduced.get(from)?.length ?? 0) > 0; from = start) {
      const chain: string[] = [from];
      for (let to = reduced.get(from)?.shift(); to !== undefined; to = reduced.get(to)?.shift()) chain.push(to);
      lines.push([...new Set(chain.map(site => names.get(site) ?? site))].join(' < '));
    }
  }
  return [...new Set(lines)].filter(line => line.includes(' < ')).sort(compare);
}

/** Leaves out what follows from the rest: a < c where a < b < c. */
function reduce(next: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const queue = [from];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const one of next.get(at) ?? []) {
        if (one === to) return true;
        if (!seen.has(one)) {
          seen.add(one);
          queue.push(one);
        }
      }
    }
    return false;
  };
  return new Map(
    [...next].map(([from, list]) => [
      from,
      [...list].filter(to => ![...list].some(middle => middle !== to && reaches(middle, to))).sort(compare),
    ]),
  );
}

/** As short as it is unambiguous: the variable or field, with its module when the locks live in several files. */
function declaredName(lock: Lock, among: readonly Lock[], program: Program): string {
  const [name, file, entry] = [nameOf(lock), fileOf(lock), entryOf(lock)];
  const entries = new Set(among.filter(other => nameOf(other) === name && fileOf(other) === file).map(entryOf));
  if (entry !== null && entry !== '*' && (entries.size > 1 || file === null)) return `"${entry}"`;
  if (!/^[\w$#.]+$/.test(name)) return `"${name}"`;
  if (new Set(among.map(fileOf)).size <= 1 || name.includes('.') || file === null) return name;
  return `${shortPath(file, program)}#${name}`;
}

/** The end of a file's path that no other file has. */
function shortPath(file: string, program: Program): string {
  const bare = (path: string): string => path.replace(/\.[^./]+$/, '');
  const parts = bare(file).split('/');
  const others = [...program.modules.keys()].filter(other => other !== file).map(bare);
  for (let length = 1; length < parts.length; length += 1) {
    const end = parts.slice(-length).join('/');
    if (!others.some(other => other === end || other.endsWith(`/${end}`))) return end;
  }
  return bare(file);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const comparePlaces = (a: Site, b: Site): number => compare(a.file, b.file) || a.at[0] - b.at[0];
