/** `why` at the right sides of traps: the reason why there is no finding (one run over all of them). */
import { beforeAll, describe, expect, it } from 'vitest';
import { linkHere, whyHere } from '../src/audit.ts';
import type { ReasonKind } from '../src/model/why.ts';
import { reasonsAt } from '../src/report/why.ts';
import { DEFAULT_RENDER } from '../src/reporters/reporter.ts';
import { whyText } from '../src/reporters/why.ts';
import { inTree, readCases, treeOf } from './fixtureCases.ts';

/** Trap, file, what stands at the beginning of the line asked for, and the reasons that have to be among those told. */
const PLACES: readonly (readonly [number, string, string, readonly ReasonKind[]])[] = [
  [1, 'lock-order-cycle/trap-01-gate/ok.ts', 'this.quays.runExclusive(() => {', ['gate']],
  [2, 'lock-order-cycle/trap-02-two-instances/ok.ts', 'second.valve.runExclusive', ['order']],
  [4, 'lock-order-cycle/trap-04-swap-recursion/ok.ts', 'to.lid.runExclusive', ['order']],
  [5, 'lock-reentry/trap-05-spawned/ok.ts', 'void ', ['own-task']],
  [6, 'lock-reentry/trap-06-released-before/ok.ts', 'await posting;', ['released-before']],
  [7, 'lock-order-cycle/trap-07-wrapper/ok-roster.ts', 'withCrews(() => {', ['one-order']],
  [8, 'lock-order-cycle/trap-08-lock-parameter/ok.ts', 'return outer.runExclusive', ['one-order']],
  [9, 'lock-order-cycle/different-families/ok.ts', 'navigator.locks.request(`track', ['one-order']],
  [10, 'lock-reentry/different-constant-keys/ok.ts', 'return bumpVersion', ['other-key', 'one-order']],
  [11, 'lock-order-cycle/sorted-keys/ok.ts', 'await parcels.acquire(second!', ['order']],
  [12, 'lock-order-cycle/trap-12-one-go/ok.ts', 'const [leaveHook', ['batch']],
  [13, 'lock-order-cycle/trap-13-three-cycle/ok.ts', 'safes.runExclusive(() => {', ['one-order']],
  [14, 'lock-order-cycle/one-side-tries/ok.ts', 'return await shutterIfFree', ['try']],
  [14, 'lock-order-cycle/one-side-tries/ok.ts', 'await sensor.runExclusive', ['try']],
  [16, 'pool-self-deadlock/trap-16-tree-walk-ok/ok.ts', 'const names = await limit', ['nothing-held']],
  [17, 'pool-self-deadlock/trap-17-repository-ok/ok.ts', 'const { rows } = await db.query', ['nothing-held']],
  [18, 'lock-order-cycle/trap-18-readers/ok.ts', 'await index.readLock', ['readers']],
  [19, 'lock-order-cycle/joined-before-listening/ok.ts', "app.get('/columns'", ['start-up']],
  [20, 'lock-order-cycle/one-object-per-request/ok.ts', 'this.totals.runExclusive', ['other-lock']],
  [21, 'ineffective-lock/trap-21-one-after-the-other/ok.ts', 'return this.lock.runExclusive', ['reentrant']],
  [22, 'wait-cycle/trap-22-deferred-ok/ok.ts', 'await this.#open.promise', ['other-ender']],
  [22, 'wait-cycle/trap-22-race/ok.ts', 'await Promise.race', ['raced']],
  [23, 'wait-cycle/trap-23-loop-stops-itself-ok/ok.ts', 'await this.#loop', ['task-elsewhere']],
  [24, 'wait-cycle/trap-24-wait-for-unlock-ok/ok.ts', 'await books.waitForUnlock', ['not-held']],
  [26, 'lock-order-cycle/emitter-does-not-wait/ok.ts', 'diary.runExclusive(() => tower', ['one-order']],
  [
    27,
    'lock-leak/trap-27-await-before-try/index.ts',
    'const release = await ledger.acquire();\n  const count',
    ['released'],
  ],
  [28, 'lock-leak/handed-over/index.ts', 'const release = await camera.acquire();\n  return', ['handed-over']],
  [
    29,
    'lock-leak/trap-29-one-by-one/index.ts',
    'for (const shelf of [...shelves].sort()) releases.push(await lockOf(shelf).acquire()); // mutant',
    ['released'],
  ],
  [30, 'lock-leak/trap-30-done/index.ts', 'return lock.acquire(id, () => {', ['released']],
  [31, 'section-escape/trap-31-expression-body/ok.ts', 'return m.runExclusive(() => save', ['waited-inside']],
  [32, 'section-escape/trap-32-settled-or-single/ok.ts', 'Promise.allSettled', ['settled']],
  [
    32,
    'section-escape/trap-32-settled-or-single/ok.ts',
    'return this.#m.runExclusive(() => Promise.all',
    ['one-writer'],
  ],
  [33, 'ineffective-lock/trap-33-factory/ok.ts', 'const lock = new Mutex()', ['shared']],
  [34, 'lock-leak/trap-34-same-constant/index.ts', 'if (exclusive) release = await', ['released']],
  [35, 'ineffective-lock/trap-35-loop/ok.ts', 'while (this.p) await this.p', ['excludes']],
  [35, 'ineffective-lock/trap-35-both-handlers/ok.ts', 'const turn = this.tail.then', ['excludes']],
  [59, 'lock-leak/handed-over/index.ts', 'const release = await camera.acquire();\n  registry', ['handed-over']],
  [61, 'wait-cycle/trap-61-outer-lock-ok/ok.ts', 'if (isEmpty) await new Promise', ['not-held']],
  [62, 'wait-cycle/trap-62-started-before-ok/ok.ts', 'await announced', ['queued-before']],
  [63, 'lock-order-cycle/steps-of-a-script/ok.ts', 'await moulds.runExclusive', ['same-task']],
  [64, 'ineffective-lock/trap-64-assigned-once/ok.ts', 'this.m = given ?? new Mutex', ['made-once']],
  [64, 'ineffective-lock/trap-64-assigned-once/ok.ts', 'this.late ??= new Mutex', ['not-replaced']],
  [65, 'lock-order-cycle/nobody-calls-it/ok.ts', 'dye.runExclusive(() => loom', ['not-reached']],
];

const told = new Map<string, ReadonlySet<ReasonKind>>();
const keyOf = (file: string, text: string): string => `${file} ${text}`;

/** A case with a call of nobody knows what: it must not be taken for a call into another case. */
const ALONE = 'lock-leak/handed-over';

beforeAll(async () => {
  const names = new Set(PLACES.map(([, file]) => file.slice(0, file.lastIndexOf('/'))));
  const cases = readCases().filter(({ name }) => names.has(name));
  for (const isAlone of [true, false]) {
    const tree = treeOf(cases.filter(({ name }) => (name === ALONE) === isAlone));
    await inTree(tree, async root => {
      const linked = await linkHere({ paths: [root], cwd: root });
      for (const [, file, text] of PLACES) {
        const source = tree.get(file);
        if (source === undefined) continue;
        const place = { file, line: lineOf(source, text), column: null };
        told.set(keyOf(file, text), new Set(reasonsAt(place, linked).map(({ kind }) => kind)));
      }
    });
  }
});

/** The line, from 1, that begins with the text. */
function lineOf(source: string, text: string): number {
  const at = new RegExp(`^ *${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'm').exec(source);
  if (!at) throw new Error(`no line begins with ${text}`);
  return source.slice(0, at.index).split('\n').length;
}

describe('why a right program is right', () => {
  it.each(PLACES)('trap %i: %s %s', (_trap, file, text, expected) => {
    const reasons = told.get(keyOf(file, text)) ?? new Set();
    expect(
      expected.filter(kind => !reasons.has(kind)),
      `told: ${[...reasons].join(', ')}`,
    ).toEqual([]);
  });
});

const ABBA = `import { Mutex } from 'async-mutex';
const tea = new Mutex();
const cake = new Mutex();
export const first = (): Promise<number> => tea.runExclusive(() => cake.runExclusive(() => 1));
export const second = (): Promise<number> => cake.runExclusive(() => tea.runExclusive(() => 2));
`;
const why = (text: string, line: number, options: Parameters<typeof whyHere>[1] = {}): Promise<string> =>
  inTree(new Map([['a.ts', text]]), async root => {
    const answer = await whyHere({ file: 'a.ts', line, column: null }, { ...options, paths: [root], cwd: root });
    return whyText(answer, DEFAULT_RENDER);
  });

describe('why at a finding', () => {
  it('tells the interleaving, a column for each participant', async () => {
    const text = await why(ABBA, 4);
    expect(text.slice(text.indexOf('    Interleaving'), text.indexOf('for ever'))).toMatchInlineSnapshot(`
      "    Interleaving
             task 1: first                       task 2: second
          1. takes \`tea\` (a.ts:4:45)
          2.                                     takes \`cake\` (a.ts:5:46)
          3. holds \`tea\` and waits for \`cake\`
             (a.ts:4:68)
          4.                                     holds \`cake\` and waits for \`tea\`
                                                 (a.ts:5:70)
             … "
    `);
  });
  it('tells the comment that suppresses it', async () => {
    const comment = '// conc-audit-ignore-next-line lock-order-cycle -- they never meet\nexport const first';
    expect(await why(ABBA.replace('export const first', comment), 5)).toContain(
      'not reported: suppressed by the comment in line 4: they never meet',
    );
  });
  it('tells the setting that switches its rule off', async () => {
    expect(await why(ABBA, 4, { rules: { 'lock-order-cycle': 'off' } })).toContain(
      'not reported: the rule is off in the configuration (rules: lock-order-cycle)',
    );
  });
});
