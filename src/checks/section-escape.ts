import { functionName } from '../analysis/locks/lockStory.ts';
import { linkedProgram } from '../analysis/program.ts';
import { type SectionEscape, sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { defineCheck } from './check.ts';

/**
 * Work started inside a critical section goes on after the lock is free again, and touches what the lock guards. Silent:
 * work that the section waits for (`allSettled` too), one writer only, state that this lock does not guard.
 */
export default defineCheck({
  id: 'section-escape',
  item: 'C4',
  level: 'error',
  strict: true,
  title: 'Work leaves the critical section that started it',
  why: 'it changes what the lock guards while the next holder is at work on it',
  fix: 'wait for it before the section ends: await or return its promise',
  counts: 'tasks started in critical sections',
  explain: [
    'A section ends when its callback returns or the releaser is called. Work that was started in it and not waited for',
    'goes on without the lock:',
    '',
    '  task 1                          task 2',
    '  takes the lock, starts save()',
    '  releases the lock               takes the lock, changes the state',
    '  save() writes the state',
    '',
    'The same happens when `Promise.all` rejects early (the other writer still runs: use `allSettled`), and when a timer',
    'set in the section fires later. Suppress it when the work does not depend on the state and the state not on it.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: 'await lock.runExclusive(() => {\n  state.items.push(item);\n  save(state);\n});',
      good: 'await lock.runExclusive(() => {\n  state.items.push(item);\n  return save(state);\n});',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { found, looked } = get(sectionEscapes);
    examined(looked);
    for (const escape of found) {
      const { at, lock, section, touches, guarded, how, confidence } = escape;
      report({
        at,
        message: describe(escape, functionName(program, at)),
        level: how === 'task' || how === 'outside' ? 'error' : 'warning',
        confidence,
        ...(how === 'siblings' ? { fix: 'wait for all of them: `Promise.allSettled`, then look at the results' } : {}),
        ...(how === 'timer' ? { fix: 'take the lock again in the callback of the timer' } : {}),
        related: [
          { site: section, message: `\`${lock.name}\` is taken here` },
          {
            site: touches.site,
            message: `The work ${touches.writes ? 'writes' : 'reads'} \`${touches.name}\` here, when \`${lock.name}\` may be free`,
          },
          ...(guarded ? [{ site: guarded, message: `Code that holds \`${lock.name}\` touches it here` }] : []),
        ],
        key: [lock.site, at.in, touches.name, how],
      });
    }
  },
});

function describe({ how, lock, touches }: SectionEscape, name: string): string {
  const does = touches.writes ? 'writes' : 'reads';
  switch (how) {
    case 'timer':
      return `A timer set under \`${lock.name}\` in \`${name}\` ${does} \`${touches.name}\` when the lock is free again`;
    case 'siblings':
      return `When one of these fails, \`${name}\` frees \`${lock.name}\` while another still writes \`${touches.name}\``;
    default:
      return `\`${name}\` does not wait for this before \`${lock.name}\` is free: it ${does} \`${touches.name}\` later`;
  }
}
