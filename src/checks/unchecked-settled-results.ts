import { type SettledProblem, settledResults } from '../analysis/promises/settledResults.ts';
import { names } from '../analysis/tasks/ownershipNames.ts';
import { type CheckContext, defineCheck, type FoundDraft } from './check.ts';

/**
 * Several promises are waited for whatever they end with, and nobody looks at those that failed. Silent: a reason is
 * read, a status decides, somebody else gets the results, or every promise has a handler of its own.
 */
export default defineCheck({
  id: 'unchecked-settled-results',
  item: 'C2',
  level: 'warning',
  title: 'Failures that nobody looks at',
  why: 'waiting for all that settles never fails: what went wrong is in the results, and nowhere else',
  fix: 'look at the rejected results: report, count or rethrow them',
  explain: `\`Promise.allSettled\` turns failures into data. Whoever drops the data drops the failures: the caller goes on as if
everything had been done, and no log says otherwise.

  send()                         deliveries
  allSettled([a, b, c])  waits   a is sent, b is refused, c is sent
  answers "sent"                 nobody reads that b was refused

Read \`status\` or \`reason\` of every result, or give each promise a handler of its own. Suppress it where a failure does
not matter to anybody.`,
  counts: 'waits for all that settles',
  examples: {
    typescript: {
      bad: 'await Promise.allSettled(batch.map(deliver))',
      good: "const results = await Promise.allSettled(batch.map(deliver))\nconst failed = results.filter(result => result.status === 'rejected')\nif (failed.length > 0) report(failed)",
    },
  },

  run({ get, examined, report }: CheckContext) {
    const { found, examined: places } = get(settledResults);
    examined(places);
    const repeats = new Map<string, number>();
    for (const one of found) {
      const name = get(names).maker({ fn: one.in, value: one.value }) ?? '';
      const key = [one.in, name, one.problem];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      const { level, message, also } = WORDS[one.problem];
      report({
        at: one.at,
        level: one.isClosing ? 'note' : level,
        confidence: 'high',
        message: message(name === '' ? 'these promises' : `\`${name}\``),
        related: one.shown.map(site => ({ site, message: also })),
        ...(one.problem === 'dropped' && one.shown.length === 0
          ? { repairs: [{ file: one.at.file, repair: { kind: 'tell-rejected', at: one.at.at } }] }
          : {}),
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

interface Words {
  level: NonNullable<FoundDraft['level']>;
  message(of: string): string;
  also: string;
}

const WORDS: Record<SettledProblem, Words> = {
  dropped: {
    level: 'warning',
    message: of => `The results of ${of} are dropped: nobody learns which of them failed`,
    also: 'Only how many there are is asked',
  },
  'as-values': {
    level: 'warning',
    message: of => `The results of ${of} are used as values, and one that failed has none`,
    also: 'The value is taken here without a look at the status',
  },
  filtered: {
    level: 'note',
    message: of => `The failures among the results of ${of} are left out, and nobody looks at them`,
    also: 'Only what has a value is kept here',
  },
  defaulted: {
    level: 'note',
    message: of => `A default stands in for each failure among the results of ${of}, and nobody looks at the reason`,
    also: 'The default stands in here',
  },
};
