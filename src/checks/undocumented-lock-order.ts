import { declaredOrder } from '../analysis/declaredOrder.ts';
import { innerSite, lockHierarchy, orderLines } from '../analysis/lockHierarchy.ts';
import { traceEnd } from '../analysis/lockPairs.ts';
import { defineCheck } from './check.ts';

/** Locks are taken while others are held, and no declaration says in which order. One finding for the whole project. */
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
    const { wayFrom } = get(declaredOrder);
    examined(hierarchy.nestings.map(innerSite));
    const open = hierarchy.nestings.filter(({ outer, inner }) => !wayFrom(outer, inner) && !wayFrom(inner, outer));
    const [first] = open;
    if (!first) return;
    const lines = orderLines(hierarchy, open);
    const order = lines.map(line => `\`@lockOrder ${line}\``).join(', ');
    report({
      at: innerSite(first),
      message: [
        `\`${first.inner.name}\` is taken while \`${first.outer.name}\` is held, and no order is declared for`,
        open.length === 1 ? 'the two' : `the ${open.length} pairs of locks that nest`,
        lines.length === 0 ? '(they are taken in a circle)' : `: ${order}`,
      ]
        .join(' ')
        .replace(' :', ':'),
      confidence: open.every(({ edges }) => edges.every(({ pair }) => pair.guessed)) ? 'medium' : 'high',
      related: open.flatMap(({ outer, inner, edges }) =>
        edges.flatMap(({ held, pair }) => [
          { site: traceEnd(held.trace), message: `\`${outer.name}\` is taken here` },
          { site: traceEnd(pair.trace), message: `and \`${inner.name}\` inside of it` },
        ]),
      ),
      key: ['project'],
    });
  },
});
