import { deskScripts } from '../analysis/flow/deskScripts.ts';
import { failurePaths, NO_PATH } from '../analysis/promises/failurePaths.ts';
import { type MisusedPromise, misusedPromises } from '../analysis/promises/misusedPromises.ts';
import { names, type Names } from '../analysis/tasks/ownershipNames.ts';
import { mayFail } from '../analysis/promises/mayReject.ts';
import { linkedProgram, type Site } from '../analysis/program.ts';
import { sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { grouped } from '../util/grouped.ts';
import { type CheckContext, defineCheck, type FoundDraft, rootOf } from './check.ts';

/**
 * A promise is ignored by contract, or mistaken for a value. Silent: whoever takes the function awaits what it returns,
 * or it cannot reject; a promise is compared with a promise, or tested where it may be missing.
 */
export default defineCheck({
  id: 'misused-promise',
  item: 'C2',
  level: 'error',
  title: 'A promise where a plain value is expected',
  why: 'a promise always holds, and whoever ignores it never sees it fail',
  fix: 'await it before it is used, or catch its failure inside the callback',
  explain: `A promise is an object: it is true in every condition, equals no value, and has nothing to spread. Code that forgets
the \`await\` there decides before the answer is known, and always the same way.

  if (!isAdmin(user)) return 'forbidden'     the promise holds, so nobody is ever forbidden

The other half are functions whose promise goes to somebody who ignores it: an emitter, a timer, \`forEach\`, an executor.
They go on at once; when the function rejects, the process gets an unhandled rejection.

  emitter                      listener
  emit('signup')   calls       starts the insert, gives a promise
  goes on                      the insert fails: nobody handles it, Node ends the process

An interval does not wait either: a round that takes longer than the period runs beside the next one. Where no round can
fail, that is told of in a strict audit only. Suppress it where the promise is looked at by somebody whom the code does not
show.`,
  counts: 'functions given by contract, and values used in conditions, comparisons, templates and spreads',
  examples: {
    typescript: {
      bad: "bus.on('signup', async id => {\n  await welcome(id)\n})\nif (!isAdmin(user)) return 'forbidden'",
      good: "bus.on('signup', id => {\n  welcome(id).catch(report)\n})\nif (!(await isAdmin(user))) return 'forbidden'",
    },
  },

  run({ get, examined, report, isShown }: CheckContext) {
    const { found, examined: places } = get(misusedPromises);
    examined(places);
    const program = get(linkedProgram);
    const repeats = new Map<string, number>();
    const escapes = isShown('section-escape') ? get(sectionEscapes).found : [];
    // What outlives a critical section is told there.
    const told = found.filter(one => one.kind !== 'callback' || !escapes.some(({ at }) => isWithin(one.at, at)));
    const isTest = (file: string): boolean => program.modules.get(file)?.test === true;
    for (const [one, ...others] of byFunction(told, isTest)) {
      const words = wordsFor(one, get(names));
      const key = [one.kind === 'override' ? one.fn : one.in, words.name, one.kind];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      const path = one.kind === 'value' ? NO_PATH : get(failurePaths).of(one.kind === 'override' ? [one.fn] : one.work);
      report({
        at: one.at,
        level: words.level,
        confidence: get(deskScripts)(one.at.file) || isUnseen(one) || isMereOverlap(one) ? 'low' : one.confidence,
        message: words.message,
        ...(words.why === undefined ? {} : { why: words.why }),
        ...(words.fix === undefined ? {} : { fix: words.fix }),
        related: [
          ...(one.kind === 'value' ? usesOf(one) : path.steps),
          ...others.map(({ at }) => ({ site: at, message: 'The same function is given here' })),
        ],
        ...rootOf(one.kind === 'callback' && mayFail(one.rejection) ? path.root : null),
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

/**
 * One function is one defect, wherever it is given: SIGINT beside SIGTERM, a handler that a library hands to its users.
 * What tests do is told of tests.
 */
function byFunction(
  found: readonly MisusedPromise[],
  isTest: (file: string) => boolean,
): [MisusedPromise, ...MisusedPromise[]][] {
  return grouped(found, one =>
    one.kind === 'callback' && one.work.length === 1
      ? [isTest(one.at.file), one.contract.how, one.contract.result, ...one.work].join(' ')
      : one,
  );
}

/** Rounds that cannot fail beside one another: whether that does any harm, nothing says. */
const isMereOverlap = (one: MisusedPromise): boolean =>
  one.kind === 'callback' && one.overlaps !== 'never' && !mayFail(one.rejection);

/** Nothing but what unknown code gives may fail in it, and that it rejects is all that there is to say. */
const isUnseen = (one: MisusedPromise): boolean =>
  one.kind === 'callback' && one.contract.result === 'ignored' && one.rejection === 'unseen';

const isWithin = (inner: Site, outer: Site): boolean =>
  inner.file === outer.file && inner.at[0] >= outer.at[0] && inner.at[1] <= outer.at[1];

interface Words {
  name: string;
  level: NonNullable<FoundDraft['level']>;
  message: string;
  why?: string;
  fix?: string;
}

const IGNORED = 'nobody handles a rejection, which ends the process or is lost';
const CATCH = 'catch what may fail inside the function, or hand it to somebody who awaits it';

function wordsFor(one: MisusedPromise, named: Names): Words {
  switch (one.kind) {
    case 'override':
      return {
        name: named.fn(one.fn),
        level: 'warning',
        message: `\`${named.fn(one.fn)}\` may reject, and \`${one.base}\`, which it implements, returns nothing: its callers await nothing`,
        why: IGNORED,
        fix: `catch inside it, or let \`${one.base}\` return a promise`,
      };
    case 'callback':
      return callbackWords(one, named);
    case 'value':
      return valueWords(one, named);
  }
}

function callbackWords(one: Extract<MisusedPromise, { kind: 'callback' }>, named: Names): Words {
  const { taker, result, how } = one.contract;
  const [first] = one.work;
  const callback = first === undefined ? 'The function' : `\`${named.fn(first)}\``;
  const name = `${taker} ${first ?? ''}`;
  if (result === 'accumulated')
    return {
      name,
      level: 'error',
      message: `${callback} uses its first argument as a value, and from the second call on \`${taker}\` passes the promise that it gave`,
      fix: 'await the first argument',
    };
  if (result === 'value')
    return {
      name,
      level: one.maybe ? 'note' : 'error',
      message: `\`${taker}\` takes what ${lower(callback)} gives for an answer, and it gives a promise, which always holds`,
      why: 'every element gets the same answer, and nobody sees a rejection',
      fix: 'await the answers first (`await Promise.all(…)`), then use them',
    };
  if (how === 'executor')
    return {
      name,
      level: 'error',
      message: `The executor of \`new Promise\` gives a promise that nobody looks at: when it rejects, the new promise never settles`,
      why: 'whoever awaits the new promise waits for ever, and the rejection is unhandled',
      fix: 'write the async function without `new Promise`, or catch inside it and reject',
    };
  if (one.overlaps !== 'never')
    return {
      name,
      level: one.overlaps === 'rarely' ? 'note' : 'warning',
      message: `The interval does not wait for ${lower(callback)}: a call that takes longer than the period runs beside the next one${mayFail(one.rejection) ? ', and nobody handles its rejection' : ''}`,
      why: 'runs pile up and work on the same state at once',
      fix: 'start the next round with `setTimeout` when the last one has ended, or skip a round while one is running',
    };
  return {
    name,
    level: 'warning',
    message: `${callback} may reject, and ${takerText(taker, callback)} ignores the promise that it gives`,
    why: IGNORED,
    fix: CATCH,
  };
}

/** A taker is told in words, or by its name, unless that is the name of the callback. */
const takerText = (taker: string, callback: string): string =>
  taker.startsWith('the ') ? taker : `\`${taker}\`` === callback ? 'whoever calls it' : `\`${taker}\``;
const lower = (text: string): string => (text.startsWith('The ') ? `the ${text.slice(4)}` : text);

const USES = {
  condition: 'is tested as a condition, and a promise always holds',
  compared: 'is compared with a value, and a promise equals none',
  template: 'becomes part of a text, as "[object Promise]"',
  computed: 'is computed with as if it were its result',
  spread: 'is spread, and a promise has nothing to spread',
} as const;

function valueWords(one: Extract<MisusedPromise, { kind: 'value' }>, named: Names): Words {
  const [first] = one.uses;
  const name = (one.made && named.maker(one.made)) ?? '';
  const what = name === '' ? 'A promise' : `The promise of \`${name}\``;
  const text = USES[first?.as ?? 'condition'];
  return one.maybe
    ? {
        name,
        level: 'note',
        message: 'This may be a promise, which always holds, or a plain value, and is tested as a condition',
      }
    : { name, level: 'error', message: `${what} ${text}` };
}

/** The places, other than the finding's own, where a promise is taken for a value. */
function usesOf({ at, uses }: MisusedPromise & { kind: 'value' }): NonNullable<FoundDraft['related']> {
  const own = at.at.join(' ');
  return uses
    .filter(({ site }) => site.at.join(' ') !== own || site.file !== at.file)
    .map(({ site, as }) => ({ site, message: `Here it ${USES[as].replace(/,.*/, '')}` }));
}
