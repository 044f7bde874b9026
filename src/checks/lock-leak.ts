import { type Leak, lockLeaks } from '../analysis/duties/lockLeaks.ts';
import type { WrongRelease } from '../analysis/duties/dutyEffects.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * A path leaves the code that took a lock (or set a flag that keeps others out) without giving it back; or a release
 * ends somebody else's turn. Silent where the releaser is handed over, and where nothing in between can throw.
 */
export default defineCheck({
  id: 'lock-leak',
  item: 'C4',
  level: 'error',
  title: 'A lock is not released on every path',
  why: 'nobody gets the lock any more, and everybody who asks for it waits for ever',
  fix: 'release in a `finally` that starts right after the acquisition, or let the lock run the section (`runExclusive`)',
  counts: 'acquisitions by hand',
  explain: [
    'Between an acquisition and its release something throws, returns or takes another branch, and the release is skipped:',
    '',
    '  task 1                          task 2',
    '  release = await lock.acquire()',
    '  await load()  (rejects)',
    '  … ends, lock still taken        await lock.acquire()  (for ever)',
    '',
    'A flag that is tested, set and set back by hand (`if (busy) return; busy = true`) is such a lock: when the code in',
    'between throws, it stays set. The opposite fault is a release too many, or without an acquisition: it ends the turn of',
    'whoever holds the lock by then, and two tasks are in the section.',
    'Suppress it when the lock is meant to stay taken after a failure.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'const release = await lock.acquire();',
        'const data = await load();',
        'state.set(data);',
        'release();',
      ].join('\n'),
      good: [
        'const release = await lock.acquire();',
        'try {',
        '  state.set(await load());',
        '} finally {',
        '  release();',
        '}',
      ].join('\n'),
    },
    python: {
      bad: ['await lock.acquire()', 'data = await load()', 'lock.release()'].join('\n'),
      good: ['async with lock:', '    data = await load()'].join('\n'),
    },
  },

  run(context) {
    const program = context.get(linkedProgram);
    const { leaks, wrong, examined } = context.get(lockLeaks);
    context.examined(examined);
    for (const leak of leaks) reportLeak(context, program, leak);
    for (const release of wrong) reportRelease(context, program, release);
  },
});

function reportLeak({ report }: CheckContext, program: Program, leak: Leak): void {
  const { duty, way } = leak;
  const holder = holderName(program, duty.site);
  const what = duty.kind === 'flag' ? `sets \`${duty.name}\`` : `takes \`${duty.name}\``;
  const end = duty.kind === 'flag' ? 'does not set it back' : 'does not release it';
  report({
    at: duty.site,
    message: `\`${holder}\` ${what} and ${end} ${when(leak)}`,
    level: leak.level,
    confidence: leak.coarse || isDoubtful(duty) ? 'low' : leak.level === 'error' ? 'high' : 'medium',
    ...(duty.kind === 'flag'
      ? {
          why: 'whoever finds it set turns away or waits, from then on for ever',
          fix: 'set it back in a `finally`',
        }
      : {}),
    related: [
      ...(sameSite(duty.origin, duty.site) ? [] : [{ site: duty.origin, message: 'this takes the lock' }]),
      {
        site: way,
        message: leak.how === 'end' ? 'this path ends without a release' : `${leak.text}, and then there is no release`,
      },
    ],
    key: [duty.kind, duty.name, leak.fn],
  });
}

function when({ how, sometimes, level }: Leak): string {
  if (how === 'end') return sometimes ? 'on every path' : 'on any path';
  return level === 'error' ? 'when something in between fails' : 'when a call in between throws';
}

function reportRelease({ report }: CheckContext, program: Program, { site, lock, how, certain }: WrongRelease): void {
  const holder = holderName(program, site);
  report({
    at: site,
    message:
      how === 'twice'
        ? `\`${holder}\` releases \`${lock.name}\` a second time on one path: by then somebody else may hold it`
        : `\`${holder}\` releases \`${lock.name}\` on a path on which it does not hold it`,
    level: certain ? 'error' : 'warning',
    confidence: certain ? 'high' : 'medium',
    why: "it ends somebody else's turn, and two tasks are in the section at once",
    fix: 'release exactly once, and only after the acquisition has succeeded: keep the releaser that it gives',
    key: ['release', lock.site, site.in],
  });
}

/**
 * Taken by a helper, and nobody knows which lock it is: nor can be told whether what is called later frees it. Of flags
 * that are not set back, one in three was a defect on real code: many stay on purpose, or nothing in between fails. Leases
 * end by themselves, and lock files are held for as long as a process lives.
 */
const isDoubtful = ({ kind, locks, origin, site }: Leak['duty']): boolean =>
  kind === 'flag' ||
  (locks.length === 0
    ? !sameSite(origin, site)
    : locks.every(lock => lock.kind.lease || lock.kind.reach === 'machine'));

const sameSite = (a: Site, b: Site): boolean => a.in === b.in && a.at[0] === b.at[0];

/** The function as a person knows it: a library call is part of the function that it stands in. */
function holderName(program: Program, site: Site): string {
  let id = site.in;
  while (program.functions.get(id)?.synthetic === true && id.includes('/')) id = id.slice(0, id.lastIndexOf('/'));
  const fn = program.functions.get(id);
  return fn && fn.name !== '' ? fn.name : id;
}
