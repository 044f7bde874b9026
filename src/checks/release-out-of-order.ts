import { lockLeaks } from '../analysis/duties/lockLeaks.ts';
import { functionName } from '../analysis/locks/lockStory.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/** Nested locks are released by hand in another than the reverse order. Silent for locks asked for in one go. */
export default defineCheck({
  id: 'release-out-of-order',
  item: 'C4',
  level: 'note',
  title: 'Nested locks are released out of order',
  why: 'the inner section goes on without the outer lock that it was entered under, and the nesting is hard to check',
  fix: 'release in the reverse order of acquisition',
  counts: 'nested acquisitions by hand',
  explain: [
    'The lock that was taken first is released first, while the one taken after it is still held. It does not hang by',
    'itself, but the code between the two releases runs under the inner lock alone: whatever relies on "inner is only taken',
    'below outer" no longer holds there, and a third acquisition put between them later turns the order round.',
    'Suppress it where locks are handed over on purpose, as in a walk along a list with a lock for each node.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'const releaseOuter = await outer.acquire();',
        'const releaseInner = await inner.acquire();',
        'releaseOuter();',
        'releaseInner();',
      ].join('\n'),
      good: [
        'const releaseOuter = await outer.acquire();',
        'const releaseInner = await inner.acquire();',
        'releaseInner();',
        'releaseOuter();',
      ].join('\n'),
    },
    python: {
      bad: ['await outer.acquire()', 'await inner.acquire()', 'outer.release()', 'inner.release()'].join('\n'),
      good: ['async with outer:', '    async with inner:', '        work()'].join('\n'),
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { early, nested } = get(lockLeaks);
    examined(nested);
    for (const { site, first, second, then } of early) {
      report({
        at: site,
        message: `\`${functionName(program, site)}\` releases \`${first.name}\` before \`${second.name}\`, which it took after it`,
        confidence: 'high',
        related: [
          { site: first.site, message: `\`${first.name}\` is taken first` },
          { site: second.site, message: `\`${second.name}\` is taken under it` },
          ...(then === null ? [] : [{ site: then, message: `and released after it` }]),
        ],
        key: [first.name, second.name, site.in],
      });
    }
  },
});
