import { abandonedAcquires } from '../analysis/duties/abandonedAcquires.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * An acquisition is raced against a timer (or another acquisition) and given up on, but not cancelled. Silent when the
 * late grant is handled, and for the primitive's own timeout.
 */
export default defineCheck({
  id: 'abandoned-acquire',
  item: 'C4',
  level: 'error',
  title: 'An acquisition is given up on and granted all the same',
  why: 'the lock goes to nobody and is never released: everybody who asks for it afterwards waits for ever',
  fix: "use the lock's own timeout (`withTimeout`, an AbortSignal on Web Locks), or release in a `then` of the late grant",
  counts: 'races',
  explain: [
    'The common advice is to race the acquisition against a timer: `Promise.race([lock.acquire(), timeout(500)])`. The race',
    'ends, the request does not: it stays in the queue of the lock.',
    '',
    '  task 1 (holds the lock)   task 2',
    '                            race([lock.acquire(), timer])',
    '                            the timer wins: gives up',
    '  releases                  … the lock is granted to the request that nobody waits for any more',
    '',
    'From then on nobody gets it. `Promise.any` over several acquisitions leaks those that lose in the same way. A timeout',
    'of the lock itself takes the request out of the queue.',
    'Suppress it when the lock takes abandoned requests out of its queue by itself.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: 'const release = await Promise.race([lock.acquire(), rejectAfter(500)]);',
      good: ['const bounded = withTimeout(lock, 500);', 'const release = await bounded.acquire();'].join('\n'),
    },
    python: {
      bad: [
        'task = asyncio.ensure_future(lock.acquire())',
        'done, pending = await asyncio.wait({task}, timeout=0.5)',
      ].join('\n'),
      good: 'await asyncio.wait_for(lock.acquire(), 0.5)',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { list, races } = get(abandonedAcquires);
    examined(races);
    for (const { duty, at, race, asked, until, guessed } of list) {
      const name = program.functions.get(at.in)?.name ?? at.in;
      const loses = until === 'any' ? 'another acquisition is faster' : 'something else is faster';
      report({
        at,
        message: `\`${name}\` races the acquisition of \`${duty.name}\`: when ${loses}, the lock is granted later to nobody and never released`,
        level: duty.locks.some(lock => lock.kind.lease) ? 'warning' : 'error',
        confidence: guessed ? 'medium' : 'high',
        related: [
          { site: asked, message: `\`${duty.name}\` is asked for here` },
          { site: race, message: 'and given up on here, when the race is lost' },
        ],
        key: [duty.name, at.in],
      });
    }
  },
});
