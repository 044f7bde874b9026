import { deskScripts } from '../analysis/flow/deskScripts.ts';
import { type Habit, habits } from '../analysis/promises/habits.ts';
import { isLostInTest } from '../analysis/promises/lostInTests.ts';
import { type FailurePath, type FailurePaths, failurePaths, NO_PATH } from '../analysis/promises/failurePaths.ts';
import { names, type Names } from '../analysis/tasks/ownershipNames.ts';
import { linkedProgram } from '../analysis/program.ts';
import { mayFail } from '../analysis/promises/mayReject.ts';
import { raisedOnPurpose } from '../analysis/promises/raisedOnPurpose.ts';
import { readBeside } from '../analysis/promises/readBeside.ts';
import { promiseSites } from '../analysis/promises/promises.ts';
import { endsScript } from '../analysis/promises/scriptEnds.ts';
import { promiseRepairs } from '../analysis/promises/promiseRepairs.ts';
import { isHandled, type PromiseFate, promiseFates } from '../analysis/promises/promisesFate.ts';
import { grouped } from '../util/grouped.ts';
import { type CheckContext, defineCheck, type FoundDraft, rootOf } from './check.ts';
import { sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { type SettledResults, settledResults } from '../analysis/promises/settledResults.ts';
import type { PlacedRepair } from '../model/repairs.ts';
import { toldByRunner } from '../analysis/promises/toldByRunner.ts';

/**
 * A promise is made and nobody will see it settle. Silent: awaited, returned, yielded, passed on, stored where somebody
 * looks for it, handled. `void f()`, `f().catch(report)` and tasks that a class starts are orphaned tasks instead.
 */
export default defineCheck({
  id: 'floating-promise',
  item: 'C2',
  level: 'error',
  title: 'A promise that nobody waits for',
  why: 'a rejection ends the process or is lost, and the code that follows runs before the work is done',
  fix: 'await it, return it, or give it a rejection handler',
  explain: `An async function that is called and not awaited runs on its own. Its caller goes on, answers the request or
exits before the work is done, and when the work fails nobody is told: Node ends the process with an unhandled
rejection, a browser only logs it.

  caller                               save()
  save(order)          starts          writes the first half
  answers "saved"                      the database is gone: rejects
  the process ends     unhandled rejection

A promise counts as looked after when it is awaited, returned, yielded, passed on, combined with others that are, given a
rejection handler, or stored where something in the program awaits, returns or handles it. Suppress it where the promise
is known never to reject for a reason that the code does not show.`,
  counts: 'expressions that make a promise',
  examples: {
    typescript: {
      bad: 'async function change(order: Order) {\n  saveOrder(order)\n  return order.id\n}',
      good: 'async function change(order: Order) {\n  await saveOrder(order)\n  return order.id\n}',
    },
  },

  run({ get, examined, report, isShown }: CheckContext) {
    const program = get(linkedProgram);
    examined(get(promiseSites));
    const repeats = new Map<string, number>();
    const isTold = isShown('section-escape') ? get(sectionEscapes).speaksOf : () => false;
    const found = get(promiseFates).flatMap(fate => {
      const words = wordsFor(fate, get(names));
      if (!words || isTold(words.at) || isSettled(get(settledResults), fate)) return [];
      const inTest = program.modules.get(words.at.file)?.test ?? false;
      const isMeant = [toldByRunner, endsScript, readBeside, raisedOnPurpose].some(tells => get(tells)(fate));
      return { fate, words, inTest, level: levelOf(fate, inTest, isMeant), repair: get(promiseRepairs)(fate) };
    });
    for (const [one, ...others] of byHabit(found, get(habits))) {
      const { fate, words, inTest, level } = one;
      const key = [fate.node.fn, words.name, fate.fate.kind];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      const repairs = [one, ...others].flatMap(({ repair }) => repair ?? []);
      const path = pathOf(fate, get(failurePaths));
      report({
        at: words.at,
        level,
        confidence:
          (inTest && !get(isLostInTest)(fate)) || get(deskScripts)(words.at.file) ? 'low' : confidenceOf(fate),
        message: others.length > 0 ? habitMessage(words.name, others.length + 1, get(habits)(fate)) : words.message,
        ...(others.length > 0 ? { fix: 'await it in each place, or let it handle its own errors' } : {}),
        ...(fate.node.gives === 'builder'
          ? { why: 'a query builder does nothing until it is awaited', fix: 'await it' }
          : {}),
        ...(fate.fate.kind === 'dropped' && fate.fate.how === 'list' ? { fix: 'await `Promise.all` of them' } : {}),
        related: [
          ...path.steps,
          ...(words.also ? [words.also] : []),
          ...others.map(other => ({ site: other.words.at, message: 'Dropped here, too' })),
        ],
        ...rootOf(path.root),
        ...(repairs.length > others.length ? { repairs } : {}),
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

interface Found {
  fate: PromiseFate;
  words: Words;
  inTest: boolean;
  level: NonNullable<FoundDraft['level']>;
  repair: PlacedRepair | null;
}

/** What is dropped again and again is told once, where it is first; in tests each place is a test of its own. */
function byHabit(found: readonly Found[], habitOf: (fate: PromiseFate) => Habit | null): [Found, ...Found[]][] {
  return grouped(found, one => {
    const habit = one.inTest || one.level === 'note' ? null : habitOf(one.fate);
    return habit === null ? one : `${habit.fn} ${one.level}`;
  });
}

const habitMessage = (name: string, places: number, habit: Habit | null): string =>
  habit?.isOwnedElsewhere
    ? `The promise of \`${name}\` is dropped in ${places} places: nobody awaits, returns or handles it there`
    : `The promise of \`${name}\` is dropped in ${places} places, and nobody in the program ever looks at it`;

/** Nobody looks at what they settle to: that is what there is to say of them. */
const isSettled = ({ found }: SettledResults, { node }: PromiseFate): boolean =>
  found.some(one => one.in === node.fn && one.value === node.value);

/**
 * In a test, a failed reaction, a failure before there are tests, or one that its runner tells as a failure of the test,
 * is what the test is there for; the failure of a script's last work is how the script ends, that of a write is seen by
 * whoever reads, and what only throws is there to be told of.
 */
function levelOf(
  { fate, node, rejection }: PromiseFate,
  inTest: boolean,
  isTold: boolean,
): NonNullable<FoundDraft['level']> {
  if (node.gives === 'builder') return 'error';
  if (isHandled(rejection) || isTold || (inTest && (node.how === 'chain' || node.fn.endsWith('#')))) return 'note';
  return fate.kind === 'kept' ? 'warning' : 'error';
}

/**
 * Whole-program statements about who never looks are less sure than what stands in one function; where only code that
 * nobody sees could fail, half of them were wrong.
 */
function confidenceOf({ fate, node, rejection }: PromiseFate): FoundDraft['confidence'] {
  if ((rejection === 'undecided' || rejection === 'unseen') && node.gives !== 'builder') return 'low';
  if (node.confidence !== 'high') return node.confidence;
  return fate.kind === 'kept' || fate.kind === 'ignored' ? 'medium' : 'high';
}

interface Words {
  at: FoundDraft['at'];
  name: string;
  message: string;
  /** The step on the way to losing it, with a sentence. */
  also?: { site: FoundDraft['at']; message: string };
}

function wordsFor(one: PromiseFate, named: Names): Words | null {
  const { node, fate, sites } = one;
  const name = named.maker(node) ?? '';
  const of = name === '' ? 'of an async function that is run here' : `of \`${name}\``;
  const words = { at: sites.made, name };
  switch (fate.kind) {
    case 'dropped':
      return { ...words, message: droppedMessage(one, name, of, fate.how) };
    case 'some-path': {
      const how =
        fate.lostAt.kind === 'return' ? 'returns' : fate.lostAt.kind === 'round' ? 'goes round again' : 'ends';
      const message = `The promise ${of} is awaited on one path only: on another the function ${how} without it`;
      return {
        ...words,
        message,
        ...(sites.lost ? { also: { site: sites.lost, message: `This path ${how} without the promise` } } : {}),
      };
    }
    case 'kept':
      if (fate.startedByClass) return null;
      if (fate.holder === null)
        return {
          ...words,
          message: `The promise ${of} is put into a local collection that nobody awaits, returns or passes on`,
        };
      return {
        ...words,
        message: `The promise ${of} is stored in \`${fate.holder}\`, and nothing in the program awaits, returns or handles what is there`,
        ...(sites.lost ? { also: { site: sites.lost, message: `Stored in \`${fate.holder}\` here` } } : {}),
      };
    case 'ignored': {
      const callee = named.callee(node.fn, fate.step) ?? 'a function';
      return {
        ...words,
        message: `The promise ${of} is passed to \`${callee}\`, which does nothing with it`,
        ...(sites.lost ? { also: { site: sites.lost, message: `Passed to \`${callee}\` here` } } : {}),
      };
    }
    default:
      return null;
  }
}

function droppedMessage({ node, rejection }: PromiseFate, name: string, of: string, how: string): string {
  if (node.gives === 'builder') return `The query that \`${name}\` builds never runs: nobody awaits it`;
  if (rejection === 'handler')
    return `The rejection handler on the promise ${of} may itself reject, and nobody handles that`;
  if (rejection === 'check')
    return `The promise ${of} is dropped: a check that throws in it would reject it, and nobody would see that`;
  if (node.how === 'chain')
    return `The reaction to the promise ${of} makes a new promise, and nothing handles its rejection`;
  if (how === 'unused') return `The promise ${of} is kept in a variable that nobody awaits or returns`;
  if (how === 'overwritten') return `The promise ${of} is overwritten before anybody awaits it`;
  if (how === 'list')
    return `Nobody awaits the promises ${of}: \`await\` of a list gives the list, and waits for nothing`;
  if (node.gives === 'promises') return `The promises ${of} are dropped: nobody awaits them`;
  return `The promise ${of} is dropped: nobody awaits, returns or handles it`;
}

/** Why it fails; what is not a call of the project's own has no place that others would fail at, too. */
function pathOf({ node, work, rejection }: PromiseFate, paths: FailurePaths): FailurePath {
  if (!mayFail(rejection)) return NO_PATH;
  return work.length > 0 ? paths.of(work) : { steps: paths.ofValue(node.fn, node.value), root: null };
}
