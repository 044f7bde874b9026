import { type LateAwait, lateAwaits } from '../analysis/promises/lateAwaits.ts';
import { names } from '../analysis/tasks/ownershipNames.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * A promise is started, something else is waited for, and only then is it awaited. Silent: both are joined at once, a
 * handler is attached before the wait, nothing in between leaves the turn, or the promise cannot reject.
 */
export default defineCheck({
  id: 'late-await',
  item: 'C2',
  level: 'warning',
  title: 'A promise that is awaited only after another wait',
  why: 'when it rejects before that, the rejection is unhandled and ends the process; when the other wait fails, nobody awaits it at all',
  fix: 'join both with `Promise.all`, or attach a handler where it is started',
  explain: `A promise that rejects while nobody has a handler on it is an unhandled rejection: Node ends the process in the same
turn, however soon an \`await\` would have come.

  page()                            invoices
  const invoices = load()  starts   asks the server
  await account()          waits    the server refuses: rejects, nobody handles it
                                    the process ends
  await invoices                    never reached

And when \`account()\` fails, the function ends without ever awaiting \`invoices\`. Start what belongs together in one
\`Promise.all\`, or attach \`.catch\` at once. Suppress it where an unhandled rejection is handled for the whole process.`,
  counts: 'promises that are kept in a variable before they are awaited',
  examples: {
    typescript: {
      bad: 'const invoices = load(id)\nconst account = await find(id)\nreturn render(account, await invoices)',
      good: 'const [invoices, account] = await Promise.all([load(id), find(id)])\nreturn render(account, invoices)',
    },
  },

  run({ get, examined, report }: CheckContext) {
    const { found, examined: places } = get(lateAwaits);
    examined(places);
    const repeats = new Map<string, number>();
    for (const late of found) {
      const name = get(names).maker(late.node) ?? '';
      const said = late.part === null ? name : `${late.part} of ${name}`;
      const key = [late.node.fn, said];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      report({
        at: late.made,
        level: late.harmless ? 'note' : 'warning',
        confidence: late.confidence,
        message: messageOf(late, name === '' ? 'A promise' : `The promise of \`${said}\``),
        ...(late.harmless
          ? { why: 'its rejection is unhandled until then, which is only logged where this runs' }
          : {}),
        related: [
          ...late.instead.map(site => ({ site, message: 'Or it is started here, in another case' })),
          { site: late.suspends, message: 'The function waits here, and nobody handles a rejection meanwhile' },
          ...(late.taken && !late.inLoop ? [{ site: late.taken, message: 'It is awaited only here' }] : []),
        ],
        ...(late.taken && !late.inLoop && late.part === null
          ? { repairs: [{ file: late.made.file, repair: { kind: 'handle', at: late.made.at } }] }
          : {}),
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

function messageOf({ inLoop }: LateAwait, promise: string): string {
  return inLoop
    ? `${promise} is one of several that are started together and awaited one after the other: one that rejects before its turn is handled by nobody`
    : `${promise} is started here and awaited only after another wait: until then nobody handles its rejection`;
}
