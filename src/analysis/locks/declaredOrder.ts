/** The hierarchy of locks that the project declares (`@lockOrder a < b < c`, configuration `lockOrder`), names resolved. */
import { defineAnalysis } from '../analysis.ts';
import { lockActivities } from './lockActivities.ts';
import { LockNames, type NameContext } from './lockNames.ts';
import type { Lock } from './locks.ts';
import type { Program, Site } from '../program.ts';

export interface DeclaredOrder {
  /** The declarations that put a lock before another, in the order of the way; null when nothing does. */
  wayFrom(before: Lock, after: Lock): readonly Declaration[] | null;
  /** Declarations that say nothing: names of no lock, orders that contradict each other. */
  readonly problems: readonly { declaration: Declaration; message: string }[];
}

/** One chain of names. */
export interface Declaration {
  readonly names: readonly string[];
  /** Where the comment is; null for the configuration. */
  readonly site: Site | null;
}

/** Locks are told apart by class here: a declared order is one of classes. */
type Edges = Map<string, Map<string, Declaration>>;

export const declaredOrder = defineAnalysis<DeclaredOrder>('declared-order', (get, program) => {
  const declarations = declarationsOf(program);
  const problems: { declaration: Declaration; message: string }[] = [];
  const edges: Edges = new Map();
  if (declarations.length > 0) {
    const names = new LockNames(program, allLocks(get(lockActivities).list.flatMap(({ pairs }) => pairs)));
    for (const { declaration, context } of declarations) addChain(edges, declaration, context, names, problems);
  }
  for (const problem of contradictions(edges)) problems.push(problem);
  return { problems, wayFrom: (before, after) => search(edges, before.site, after.site) };
});

function allLocks(pairs: readonly { acquires: Lock }[]): Lock[] {
  return [...new Map(pairs.map(({ acquires }) => [acquires.site, acquires])).values()];
}

function declarationsOf(program: Program): { declaration: Declaration; context: NameContext }[] {
  const found: { declaration: Declaration; context: NameContext }[] = [];
  for (const module of program.modules.values()) {
    const own = [...module.declared, ...module.functions.flatMap(({ declared }) => declared ?? [])];
    for (const { tag, names, at } of own) {
      if (tag !== 'lockOrder') continue;
      found.push({
        declaration: { names, site: program.site(`${module.file}#`, at) },
        context: { file: module.file, at },
      });
    }
  }
  for (const names of program.settings.lockOrder)
    found.push({ declaration: { names, site: null }, context: { file: null, at: null } });
  return found;
}

function addChain(
  edges: Edges,
  declaration: Declaration,
  context: NameContext,
  names: LockNames,
  problems: { declaration: Declaration; message: string }[],
): void {
  if (declaration.names.length < 2)
    problems.push({ declaration, message: 'An order needs two names at least: `a < b`.' });
  const members = declaration.names.map(name => {
    const { locks, known } = names.find(name, context);
    if (!known)
      problems.push({ declaration, message: `There is no lock \`${name}\`, so the order says nothing of it.` });
    // A lock that nobody takes still links the two beside it.
    return locks.length > 0 ? locks.map(({ site }) => site) : [`?${context.file ?? ''}#${name}`];
  });
  members.forEach((from, index) => {
    for (const before of from) {
      for (const after of members[index + 1] ?? []) {
        const known = edges.get(before) ?? new Map<string, Declaration>();
        if (!known.has(after)) known.set(after, declaration);
        edges.set(before, known);
      }
    }
  });
}

function search(edges: Edges, from: string, to: string): readonly Declaration[] | null {
  const seen = new Set([from]);
  const queue: { at: string; way: readonly Declaration[] }[] = [{ at: from, way: [] }];
  for (const { at, way } of queue) {
    for (const [next, declaration] of edges.get(at) ?? []) {
      const longer = way.includes(declaration) ? way : [...way, declaration];
      if (next === to) return longer;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push({ at: next, way: longer });
    }
  }
  return null;
}

/** Declared orders that run in a circle allow nothing: each declaration in one is told of once. */
function contradictions(edges: Edges): { declaration: Declaration; message: string }[] {
  const told = new Map<Declaration, string>();
  for (const [before, list] of edges) {
    for (const [after, declaration] of list) {
      if (told.has(declaration) || search(edges, after, before) === null) continue;
      told.set(declaration, `The order \`${declaration.names.join(' < ')}\` contradicts another declared order.`);
    }
  }
  return [...told].map(([declaration, message]) => ({ declaration, message }));
}
