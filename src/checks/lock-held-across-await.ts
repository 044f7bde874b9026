import { type HeldAwait, heldAwaits } from '../analysis/guarded/heldAwaits.ts';
import { functionName } from '../analysis/locks/lockStory.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * A lock is held while the task waits for something slow outside that needs nothing of what the lock guards; or a lock
 * that blocks the thread is held across any suspension. Silent: work that reads, computes or writes the state, retries,
 * and locks that guard nothing but that very I/O.
 */
export default defineCheck({
  id: 'lock-held-across-await',
  item: 'C4',
  level: 'warning',
  strict: true,
  title: 'A lock is held across slow outside work',
  why: 'everybody who needs the state waits for the slowest answer, and for ever when none comes',
  fix: 'move it out of the section: before it, or after it with what the section returns',
  counts: 'awaits in critical sections',
  explain: [
    'A section should last as long as the work on the state does. When it also waits for a mail server or a timer, all',
    'other tasks that need the state wait for that, too:',
    '',
    '  task 1: takes the lock, changes the state, waits for the mail server … 10 s',
    '  task 2: waits for the lock                                          … 10 s',
    '',
    'A lock that blocks the thread (a spin lock on shared memory) must not be held across a suspension at all: another',
    'task of the same thread that asks for it blocks the loop, and the holder never goes on. Suppress it when the order',
    'of the outside calls must be the order of the changes.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: 'await lock.runExclusive(async () => {\n  card.points += points;\n  await sendMail(id);\n});',
      good: 'await lock.runExclusive(() => {\n  card.points += points;\n});\nawait sendMail(id);',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { found, looked } = get(heldAwaits);
    examined(looked);
    for (const one of found) {
      const name = functionName(program, one.at);
      report({
        at: one.at,
        message: describe(one, name),
        level: one.how === 'thread' ? 'error' : 'warning',
        confidence: one.confidence,
        ...(one.how === 'thread'
          ? {
              why: 'a second task of the thread that asks for it blocks the loop, and the holder never goes on',
              fix: 'free it before the suspension, or use a lock that suspends tasks',
            }
          : {}),
        related: [
          { site: one.taken, message: `\`${one.lock.name}\` is taken here` },
          ...(one.outside ? [{ site: one.outside, message: `${OUTSIDE[one.how]} here` }] : []),
        ],
        key: [one.lock.site, one.at.in, one.what ?? one.how],
      });
    }
  },
});

const OUTSIDE: Record<HeldAwait['how'], string> = {
  network: 'It waits for the network',
  timer: 'It waits for a timer',
  user: 'It runs callbacks',
  thread: 'It suspends',
};

function describe({ how, lock, what }: HeldAwait, name: string): string {
  const thing = what === null ? 'this' : `\`${what}\``;
  switch (how) {
    case 'thread':
      return `\`${name}\` suspends while it holds \`${lock.name}\`, which blocks the thread of whoever asks for it`;
    case 'network':
      return `\`${name}\` holds \`${lock.name}\` while it waits for ${thing} (network), which needs nothing that the lock guards`;
    case 'timer':
      return `\`${name}\` holds \`${lock.name}\` while it waits for a timer (${thing})`;
    case 'user':
      return `\`${name}\` holds \`${lock.name}\` while it waits for callbacks of others (${thing})`;
  }
}
