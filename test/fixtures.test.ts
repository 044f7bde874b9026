/** Every folder of `fixtures/checks` is a case: what the audit finds there is what its labels say. One run for all. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditReport } from '../src/model/report.ts';
import { compare, type Label } from './expect.ts';
import { auditTree, findingsIn, labelsOf, readCases, treeOf } from './fixtureCases.ts';

const cases = readCases();
const state: { report?: AuditReport } = {};

/** Rules that have not yet twelve programs of each kind, as the others must. */
const EIGHT: ReadonlySet<string> = new Set([
  'abandoned-siblings',
  'cancellation-not-propagated',
  'exit-with-tasks-in-flight',
  'ignored-cancellation',
  'late-await',
  'lock-held-across-await',
  'lock-order-violation',
  'missing-cancellation',
  'no-graceful-shutdown',
  'race-loser-not-cancelled',
  'section-escape',
  'unchecked-settled-results',
  'undocumented-lock-order',
  'wait-cycle',
]);

beforeAll(async () => {
  state.report = await auditTree(treeOf(cases));
});

const reported = (): AuditReport => {
  if (!state.report) throw new Error('the audit did not run');
  return state.report;
};

describe.each([...new Set(cases.map(({ rule }) => rule))])('%s', rule => {
  const own = cases.filter(one => one.rule === rule);

  it.each(own.map(one => [one.name.slice(rule.length + 1), one] as const))('%s', (_name, one) => {
    expect(compare(rule, labelsOf(one), findingsIn(one.name, reported()))).toEqual([]);
  });

  it('has enough programs with a defect and without', () => {
    const least = EIGHT.has(rule) ? 8 : 12;
    const kinds = own.map(one => [...labelsOf(one).values()].flat());
    const defective = kinds.filter(labels => labels.some(isDefect(rule)));
    expect(defective.length).toBeGreaterThanOrEqual(least);
    expect(own.length - defective.length).toBeGreaterThanOrEqual(least);
  });
});

const isDefect =
  (rule: string) =>
  (label: Label): boolean =>
    (label.kind === 'expect' || label.kind === 'todo-expect') && label.rules.includes(rule);

describe('the fixtures as a whole', () => {
  it('are all read', () => {
    const { coverage, diagnostics } = reported();
    expect(diagnostics.filter(one => one.severity === 'error')).toEqual([]);
    expect(coverage.files).toBe([...treeOf(cases).keys()].filter(file => !file.endsWith('.json')).length);
  });
});
