import { declaredOrder } from '../analysis/locks/declaredOrder.ts';
import { byProject, inOrder, innerSite, lockHierarchy, orderLines } from '../analysis/locks/lockHierarchy.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { callsUnder, takenAt } from '../analysis/locks/lockStory.ts';
import { type Program, linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/** Locks are taken while others are held, and no declaration says in which order. One finding for a project. */
export default defineCheck({
  id: 'undocumented-lock-order',
  item: 'C4',
  level: 'note',
  title: 'Locks nest and no order of them is declared',
  why: 'the next change takes them the other way round, and nothing in the code says that it must not',
  fix: 'declare the order at one of the locks, or in the configuration',
  counts: 'pairs of locks that nest',
  explain: [
    'Code holds one lock while it takes another. As long as everybody does that in one order, nothing can hang; the order',
    'is a rule that all of them must know. Written down, it is checked: `@lockOrder outer < inner` in a comment at a lock,',
    'or `lockOrder: ["outer < inner"]` in the configuration. The finding has the order that the code keeps today, ready to',
    'paste; `conc-audit graph locks` prints it with every acquisition.',
    'Locks that never nest need no order, and neither do two objects of one class.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'const recipes = new Mutex();',
        'const pantry = new Mutex();',
        'const cook = () => recipes.runExclusive(() => pantry.runExclusive(take));',
      ].join('\n'),
      good: [
        '/** @lockOrder recipes < pantry */',
        'const recipes = new Mutex();',
        'const pantry = new Mutex();',
        'const cook = () => recipes.runExclusive(() => pantry.runExclusive(take));',
      ].join('\n'),
    },
    python: {
      bad: 'async with recipes:\n    async with pantry: ...',
      good: '#: @lockOrder recipes < pantry\nasync with recipes:\n    async with pantry: ...',
    },
  },

  run({ get, examined, report }) {
    const hierarchy = get(lockHierarchy);
    const program = get(linkedProgram);
    const { wayFrom } = get(declaredOrder);
    examined(hierarchy.nestings.map(innerSite));
    const open = inOrder(hierarchy).filter(({ outer, inner }) => !wayFrom(outer, inner) && !wayFrom(inner, outer));
    for (const group of byProject(open, file => packageOf(program, file))) {
      const [first] = group;
      if (!first) continue;
      const order = orderLines(hierarchy, group).map(line => `\`@lockOrder ${line}\``);
      const which = group.length === 1 ? 'the two' : `the ${group.length} pairs of locks that nest`;
      report({
        at: innerSite(first),
        message: `\`${first.inner.name}\` is taken while \`${first.outer.name}\` is held, and no order is declared for ${which}: ${order.join(', ')}`,
        confidence: group.every(({ edges }) => edges.every(({ pair }) => pair.guessed)) ? 'medium' : 'high',
        related: group.flatMap(({ inner, edges }) =>
          edges.flatMap(({ held, pair }) => [
            takenAt(held),
            ...callsUnder(held, pair),
            { site: traceEnd(pair.trace), message: `and \`${inner.name}\` inside of it` },
          ]),
        ),
        key: [packageOf(program, innerSite(first).file)],
      });
    }
  },
});

/** The folder of the nearest manifest. */
function packageOf(program: Program, file: string): string {
  const roots = program.packages.map(({ root }) => root).filter(root => root === '' || file.startsWith(`${root}/`));
  return roots.reduce((best, root) => (root.length > best.length ? root : best), '');
}
