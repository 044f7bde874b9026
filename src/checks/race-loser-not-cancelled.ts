import { names } from '../analysis/tasks/ownershipNames.ts';
import { linkedProgram } from '../analysis/program.ts';
import { races } from '../analysis/tasks/races.ts';
import { defineCheck } from './check.ts';

/**
 * Work is raced against a timer and the timer goes on when the work wins. Silent: cleared however the race ends, given a
 * signal that is aborted, unreferenced. A lock that is raced for is a defect of its own.
 */
export default defineCheck({
  id: 'race-loser-not-cancelled',
  item: 'C6',
  level: 'note',
  title: 'The loser of a race goes on',
  why: 'the timer keeps the process alive and holds what its callback refers to, once for every race',
  fix: 'clear the timer in `finally`, or give the work a signal that times out instead of racing it',
  explain: `Promise.race only tells who was first. The others go on: a timer keeps the process from ending (a command
that answered in 20 ms exits after 30 s), a request keeps its socket.

  load()                       timer
  Promise.race([work, timer])  starts, 30 s
  work answers
                               … 29.98 s more, and then rejects a promise that nobody looks at

Keep the handle and clear it in \`finally\`, or do without a race: \`AbortSignal.timeout(ms)\` ends the work itself.
Suppress it where races are rare and the process lives much longer than the timer.`,
  counts: 'races between work and a timer',
  examples: {
    typescript: {
      bad: 'return Promise.race([load(), new Promise((_, no) => setTimeout(no, 500))])',
      good: 'return load(AbortSignal.timeout(500))',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    for (const race of get(races)) {
      if (race.timers.length === 0) continue;
      const site = program.site(race.fn, race.at);
      examined([site]);
      const left = race.timers.filter(timer => timer.ended !== 'always');
      const [first] = left;
      if (!first || race.acquires) continue;
      const onFailure = left.every(timer => timer.ended === 'success');
      report({
        at: site,
        message: onFailure
          ? `\`${get(names).fn(race.fn)}\` races work against a timer that goes on when the work fails: it is cleared only after the race has succeeded`
          : `\`${get(names).fn(race.fn)}\` races work against a timer that nothing clears: it goes on when the work wins`,
        confidence: onFailure ? 'medium' : 'high',
        related: left.map(timer => ({
          site: program.site(timer.fn, timer.at),
          message: onFailure ? 'The timer, cleared only on one path' : 'The timer that goes on',
        })),
        // A timer of another function has other users.
        ...(left.length === 1 && first.ended === 'never' && program.fileOf(first.fn) === site.file
          ? { repairs: [{ file: site.file, repair: { kind: 'clear-timer', at: race.at, timer: first.at } }] }
          : {}),
        key: [race.fn, first.fn],
      });
    }
  },
});
