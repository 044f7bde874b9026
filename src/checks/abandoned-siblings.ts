import { type AbandonedSiblings, abandonedSiblings } from '../analysis/promises/abandonedSiblings.ts';
import { names, type Names } from '../analysis/tasks/ownershipNames.ts';
import { sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * Operations are joined so that the first failure ends the wait, and the others go on without an owner. Silent: they
 * cannot fail, their failure aborts the others or waits for them, they are reads of one kind, all that settles is awaited.
 */
export default defineCheck({
  id: 'abandoned-siblings',
  item: 'C8',
  level: 'warning',
  strict: true,
  title: 'Operations that go on after a sibling has failed',
  why: 'the first failure ends the wait, and the others go on with nobody who waits for them or takes their results',
  fix: 'await all of them with `Promise.allSettled`, or abort and await the others when one fails',
  explain: `\`Promise.all\` gives up at the first failure; the operations do not. What they still write, they write after the caller
has answered, rolled back, or started again.

  register()                                  siblings
  all([createUser(), charge()])  starts both  the charge is refused: rejects
  catch: answers "not registered"             the user is still being created
  the client tries again                      a second user is created beside the first

Wait for all of them before the failure is handled, or give them a signal, abort it, and wait. On one transaction or
connection, do one after the other: it serves one at a time anyway. Suppress it where what the others do does no harm.`,
  counts: 'groups of operations that are joined until the first failure',
  examples: {
    typescript: {
      bad: 'try {\n  await Promise.all([createUser(form), charge(form)])\n} catch {\n  return false\n}',
      good: "const results = await Promise.allSettled([createUser(form), charge(form)])\nreturn results.every(result => result.status === 'fulfilled')",
    },
  },

  run({ get, examined, report, isShown }: CheckContext) {
    const { found, examined: places } = get(abandonedSiblings);
    examined(places);
    const escapes = isShown('section-escape') ? get(sectionEscapes).found : [];
    const repeats = new Map<string, number>();
    for (const group of found) {
      const { at } = group;
      // What they write under a lock is told there.
      if (
        escapes.some(
          one =>
            one.how === 'siblings' && one.at.file === at.file && one.at.at[0] <= at.at[0] && one.at.at[1] >= at.at[1],
        )
      )
        continue;
      const called = group.operations.map(({ step }) => get(names).callee(group.in, step) ?? '');
      const key = [group.in, ...new Set(called), group.why];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      const words = WORDS[group.why];
      report({
        at,
        level: group.why === 'lost' ? 'note' : 'warning',
        confidence: group.confidence,
        message: `When one of ${listOf(group, get(names))} fails, the others ${words.message}`,
        ...(words.fix === undefined ? {} : { fix: words.fix }),
        related: group.where ? [{ site: group.where, message: words.where }] : [],
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

const WORDS: Record<AbandonedSiblings['why'], { message: string; where: string; fix?: string }> = {
  connection: {
    message: 'go on using the same connection, also after it is rolled back or given back',
    where: '',
    fix: 'do one after the other on this connection',
  },
  handled: {
    message: 'go on writing after the failure has been handled',
    where: 'The failure is handled here',
  },
  retried: {
    message: 'go on writing while a caller tries again',
    where: 'The caller tries again here',
  },
  lost: {
    message: 'go on, and nobody waits for them or gets their results',
    where: '',
  },
};

/** `a` and `b`; `save` for each element. */
function listOf({ in: fn, operations }: AbandonedSiblings, named: Names): string {
  const called = [...new Set(operations.map(({ step }) => named.callee(fn, step) ?? ''))].filter(name => name !== '');
  if (called.length === 0) return 'these operations';
  if (called.length === 1) return `the operations of \`${called[0] ?? ''}\``;
  return called
    .map(name => `\`${name}\``)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
}
