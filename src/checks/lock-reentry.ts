import { lockReentry } from '../analysis/locks/lockReentry.ts';
import { lockActivities } from '../analysis/locks/lockActivities.ts';
import { askedThrough, holderName, lockWitness, takenAt } from '../analysis/locks/lockStory.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * Code that holds a lock asks for the same lock again, directly or through any call chain, and waits for itself. Silent
 * for reentrant locks, other instances or keys, locks released before, and work that is started but not waited for.
 */
export default defineCheck({
  id: 'lock-reentry',
  item: 'C4',
  level: 'error',
  title: 'A lock is taken again by code that holds it',
  why: 'the task waits for itself for ever, and everybody else waits behind it',
  fix: 'split off the part that needs no lock and call that, or release before the call',
  counts: 'acquisitions',
  explain: [
    'A lock that is not reentrant is acquired by code that already holds it:',
    '',
    '  add()           takes lock',
    '    bump()        waits for lock, which add() releases only when bump() is done',
    '',
    'The first call of such a path hangs, without any concurrency. Semaphores and limiters of capacity 1 count as locks.',
    'Suppress it when the path cannot happen for a reason that the code does not show.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'class Carts {',
        '  readonly #lock = new Mutex();',
        '  add(id: string) {',
        '    return this.#lock.runExclusive(() => this.bump(id));',
        '  }',
        '  bump(id: string) {',
        '    return this.#lock.runExclusive(() => this.count(id));',
        '  }',
        '}',
      ].join('\n'),
      good: [
        'class Carts {',
        '  readonly #lock = new Mutex();',
        '  add(id: string) {',
        '    return this.#lock.runExclusive(() => this.count(id));',
        '  }',
        '  bump(id: string) {',
        '    return this.#lock.runExclusive(() => this.count(id));',
        '  }',
        '}',
      ].join('\n'),
    },
    python: {
      bad: [
        'async def add(self, key):',
        '    async with self.lock:',
        '        await self.bump(key)  # takes self.lock',
      ].join('\n'),
      good: ['async def add(self, key):', '    async with self.lock:', '        self.count(key)'].join('\n'),
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    examined(get(lockActivities).list.flatMap(({ pairs }) => pairs.map(pair => traceEnd(pair.trace))));
    for (const { held, pair, by, at, level, confidence, assumptions } of get(lockReentry)) {
      const holder = holderName(program, held, pair);
      const inner = traceEnd(pair.trace);
      const isDirect = inner.in === at.in && inner.at[0] === at.at[0];
      report({
        at,
        message: isDirect
          ? `\`${holder}\` holds \`${held.lock.name}\` and asks for it again`
          : `\`${holder}\` holds \`${held.lock.name}\` and calls \`${askedThrough(program, held, pair)}\`, which waits for it`,
        level,
        confidence,
        related: [takenAt(held), { site: inner, message: `and waited for here, while it is still held` }],
        witnesses: [lockWitness(program, by, held, pair, `one task: ${holder}`, 1, 2)],
        assumptions: [...assumptions],
        key: [held.lock.site, at.in, inner.in],
      });
    }
  },
});
