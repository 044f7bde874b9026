import { functionName } from '../analysis/locks/lockStory.ts';
import { linkedProgram } from '../analysis/program.ts';
import { typeOf } from '../analysis/refs.ts';
import { type UnboundedLock, unboundedLocks } from '../analysis/locks/unboundedLocks.ts';
import { defineCheck } from './check.ts';

/**
 * A lock is waited for without any bound: one finding per lock. A warning where entry points queue for it and its holder
 * waits, unbounded, for something outside or for another lock; else a note. Silent for limiters that bound work.
 */
export default defineCheck({
  id: 'lock-without-timeout',
  item: 'C4',
  level: 'warning',
  title: 'A lock is waited for without a timeout',
  why: 'when its holder hangs, everybody who asks for it hangs behind it, without an error',
  fix: 'bound the wait (`withTimeout`, the timeout option, a signal), and handle the refusal',
  counts: 'locks',
  explain: [
    'Nothing ends the wait for the lock but its release. While the holder waits for something outside that never answers:',
    '',
    '  task 1                      task 2            task 3',
    '  takes lock',
    '  waits for the network …     waits for lock …  waits for lock …',
    '',
    'The requests pile up, memory grows, and nothing is logged. With a bound the waiters fail, and the failure is seen.',
    'Suppress it for locks whose sections cannot hang.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: ['const lock = new Mutex();', 'await lock.runExclusive(() => fetch(url));'].join('\n'),
      good: ['const lock = withTimeout(new Mutex(), 5_000);', 'await lock.runExclusive(() => fetch(url));'].join('\n'),
    },
    python: {
      bad: ['async with lock:', '    await fetch(url)'].join('\n'),
      good: ['async with asyncio.timeout(5), lock:', '    await fetch(url)'].join('\n'),
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { list, looked } = get(unboundedLocks);
    examined(looked);
    for (const { lock, asked, queued, waits } of list) {
      const [first] = asked;
      const at = lock.declared ?? first;
      if (!first || !at) continue;
      report({
        at,
        message: describe({ lock, asked, queued, waits }),
        level: queued !== null && waits !== null ? 'warning' : 'note',
        confidence: sureness({ lock, asked, queued, waits }),
        related: [
          ...asked.map(site => ({ site, message: `\`${functionName(program, site)}\` waits for it here` })),
          ...(waits === null
            ? []
            : [
                {
                  site: waits.site,
                  message:
                    waits.what === 'outside'
                      ? 'its holder waits for something outside here'
                      : `its holder waits for \`${waits.name}\` here`,
                },
              ]),
        ],
        key: [lock.declared ? lock.site.replace(/\[[^\]]*\]$/, '') : (typeOf(lock.ref) ?? lock.name)],
      });
    }
  },
});

/** Nobody is known to hang where the holder waits for another lock that is given back soon. */
function sureness({ lock, queued, waits }: UnboundedLock): 'high' | 'medium' | 'low' {
  if (queued !== null && waits?.open === false) return 'low';
  return lock.ref.kind === 'made' || lock.declared === null ? 'high' : 'medium';
}

function describe({ lock, asked, queued, waits }: UnboundedLock): string {
  const places = asked.length === 1 ? 'is waited for' : `is waited for in ${asked.length} places`;
  const start = `\`${lock.name}\` ${places} without a timeout`;
  if (waits === null || queued === null) return start;
  const meanwhile =
    waits.what === 'outside' ? 'its holder waits for something outside' : `its holder waits for \`${waits.name}\``;
  return `${start}: ${meanwhile}, and every run of \`${queued}\` queues behind it`;
}
