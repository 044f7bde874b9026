import { lockActivities } from '../analysis/locks/lockActivities.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { callsOf, functionName } from '../analysis/locks/lockStory.ts';
import { type Program, linkedProgram } from '../analysis/program.ts';
import { selfWaits } from '../analysis/locks/selfWait.ts';
import { type WaitCycle, waitCycles } from '../analysis/locks/waitCycle.ts';
import { defineCheck } from './check.ts';

/**
 * Code waits for something that only code can bring about which needs the lock that the waiter holds, or for the end of
 * the very task that it is part of. Silent when somebody can end the wait without the lock, and when a timeout races it.
 */
export default defineCheck({
  id: 'wait-cycle',
  item: 'C4',
  level: 'error',
  title: 'A wait that only the waiter itself could end',
  why: 'whoever would end the wait waits for the lock, so neither ever goes on',
  fix: 'wait outside of the lock, or end the wait without it',
  counts: 'waits for events, deferreds, free locks and started tasks',
  explain: [
    'A task holds a lock and waits for an event, a deferred or a promise that is only settled by code under the same lock:',
    '',
    '  task 1                          task 2',
    '  takes lock',
    '  waits for ready                 waits for lock (held by 1)',
    '                                  would then call ready.resolve()',
    '',
    'Nothing is wrong with either alone, and no timeout of the lock shows it. The same happens without a second task: a',
    "loop that calls `stop()`, which waits for the loop's own promise; `waitForUnlock()` by the holder of the lock.",
    'Suppress it when something that the code does not show settles the promise.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'query() {',
        '  return this.lock.runExclusive(async () => {',
        '    await this.ready.promise; // resolved by load(), under the same lock',
        '    return this.rows;',
        '  });',
        '}',
      ].join('\n'),
      good: [
        'async query() {',
        '  await this.ready.promise;',
        '  return this.lock.runExclusive(() => this.rows);',
        '}',
      ].join('\n'),
    },
    python: {
      bad: 'async with self.lock:\n    await self.ready.wait()  # set under self.lock only',
      good: 'await self.ready.wait()\nasync with self.lock: ...',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { list } = get(lockActivities);
    const selves = get(selfWaits);
    examined([
      ...list.flatMap(({ waits }) => waits.map(wait => traceEnd(wait.trace))),
      ...list.flatMap(({ pairs }) => pairs.filter(pair => pair.stored).map(pair => traceEnd(pair.trace))),
      ...selves.map(({ at }) => at),
    ]);
    for (const cycle of get(waitCycles).found) {
      const { at, held, trace, enders, confidence, assumptions } = cycle;
      report({
        at,
        message: describe(program, cycle),
        confidence,
        related: [
          { site: traceEnd(held.trace), message: `\`${held.lock.name}\` is taken here` },
          ...callsOf(trace),
          ...enders.map(site => ({
            site,
            message: `\`${functionName(program, site)}\` needs \`${held.lock.name}\` here`,
          })),
        ],
        assumptions: [...assumptions],
        key: [cycle.kind, held.lock.site, at.in],
      });
    }
    for (const { task, at, started, calls, confidence } of selves) {
      const name = program.functions.get(task)?.name ?? task;
      const waiter = functionName(program, at);
      report({
        at,
        message:
          calls.length === 0
            ? `\`${name}\` waits for its own promise`
            : `\`${name}\` calls \`${waiter}\`, which waits for the promise of \`${name}\` itself`,
        why: 'the task ends when its own wait does, so it never ends',
        fix: 'only ask the task to stop from inside of it, and wait for it from outside',
        confidence,
        related: [
          { site: started, message: `the promise of \`${name}\` is kept here` },
          ...calls.map(call => ({ site: call.site, message: `\`${call.name}\` is called` })),
        ],
        key: ['task', task, at.in],
      });
    }
  },
});

function describe(program: Program, { kind, held, trace, enders }: WaitCycle): string {
  const holder = functionName(program, traceEnd(held.trace));
  const { name } = held.lock;
  const [first] = enders;
  const ender = first ? functionName(program, first) : '';
  switch (kind) {
    case 'unlock':
      return `\`${holder}\` holds \`${name}\` and waits until it is free`;
    case 'idle':
      return `\`${holder}\` runs in \`${name}\` and waits until everything in it has ended, itself included`;
    case 'promise':
      return `\`${holder}\` holds \`${name}\` and waits for a promise started before, which \`${functionName(program, traceEnd(trace))}\` settles only once it has \`${name}\``;
    default:
      return `\`${holder}\` holds \`${name}\` and waits for what only \`${ender}\` can tell, which needs \`${name}\` for it`;
  }
}
