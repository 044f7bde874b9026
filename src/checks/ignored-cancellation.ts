import { ignoredSignals } from '../analysis/tasks/ignoredSignals.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * A function takes a signal and never looks at it, or goes round in a loop that waits and does not look at it. Silent:
 * parameters that a contract asks for and that say so by their name (`_signal`), functions that do not wait.
 */
export default defineCheck({
  id: 'ignored-cancellation',
  item: 'C6',
  level: 'warning',
  title: 'A signal that is not looked at',
  why: 'the caller aborts and believes that the work has stopped, and it goes on to its end',
  fix: 'check `signal.aborted` (or `signal.throwIfAborted()`) in every round, and pass the signal to what waits',
  explain: `A parameter \`signal\` is a promise: abort it, and the work stops. Here nobody looks at it.

  caller                        migrate(rows, signal)
  controller.abort()            writes row 17 of 200 000
  removes the target table      writes row 18 …

Look at the signal in every round of a loop that waits, and give it to the calls that take one. Where a contract asks for
the parameter and the work is short, name it \`_signal\`. Suppress it where the work must not be interrupted.`,
  counts: 'functions that take a signal and wait for something',
  examples: {
    typescript: {
      bad: 'async function copy(rows: Row[], signal: AbortSignal) {\n  for (const row of rows) await write(row)\n}',
      good: 'async function copy(rows: Row[], signal: AbortSignal) {\n  for (const row of rows) {\n    signal.throwIfAborted()\n    await write(row)\n  }\n}',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { takers, ignored } = get(ignoredSignals);
    examined(takers.map(fn => program.site(fn.id, fn.nameAt)));
    const repeats = new Map<string, number>();
    for (const { fn, name, loop, confidence } of ignored) {
      const key = [fn.id, name, loop ? 'loop' : 'function'];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      report({
        at: program.site(fn.id, loop ? loop.at : fn.nameAt),
        confidence,
        message: loop
          ? `\`${fn.name}\` takes \`${name}\` and waits in a loop that never looks at it: an abort does not end the loop`
          : `\`${fn.name}\` takes \`${name}\` and never reads it: an abort changes nothing`,
        related: loop ? [{ site: program.site(fn.id, fn.nameAt), message: 'It takes the signal' }] : [],
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});
