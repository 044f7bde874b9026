import { describe, expect, it } from 'vitest';
import type { Suppression } from '../src/model/facts.ts';
import { type PlacedSuppression, type Suppressible, applySuppressions } from '../src/suppress/inline.ts';

const RULES = new Set(['lock-reentry', 'floating-promise']);
const placed = (line: number, part: Partial<Suppression> = {}, lastLine = line): PlacedSuppression => ({
  file: 'a.ts',
  firstLine: line,
  lastLine,
  suppression: { at: [0, 0], scope: 'next-line', rules: ['lock-reentry'], reason: 'by design', ...part },
});
const finding = (line: number, rule = 'lock-reentry', file = 'a.ts'): Suppressible => ({
  rule,
  location: { file, line },
});
const apply = (
  findings: Suppressible[],
  suppressions: PlacedSuppression[],
  today: string | null = null,
  enabled = RULES,
) =>
  applySuppressions(findings, suppressions, { enabled, known: RULES, today }).map(
    ({ kind, rule }) => `${kind} ${rule}`,
  );
const lines = (findings: Suppressible[]) =>
  findings.filter(({ suppressed }) => suppressed).map(({ location }) => location.line);

describe('suppressions', () => {
  it('cover the next line, their own line, or the file, for their rule and file alone', () => {
    const all = () => [
      finding(4),
      finding(5),
      finding(6),
      finding(5, 'floating-promise'),
      finding(5, 'lock-reentry', 'b.ts'),
    ];
    for (const [scope, expected] of [
      ['next-line', [5]],
      ['line', [4]],
      ['file', [4, 5, 6]],
    ] as const) {
      const findings = all();
      expect(apply(findings, [placed(4, { scope })])).toEqual([]);
      expect(lines(findings)).toEqual(expected);
      expect(findings[3]?.suppressed ?? findings[4]?.suppressed).toBeUndefined();
    }
  });

  it('start after the last line of their comment, and stack', () => {
    const findings = [finding(9), finding(9, 'floating-promise')];
    expect(apply(findings, [placed(5, {}, 7), placed(8, { rules: ['floating-promise'] })])).toEqual([]);
    expect(lines(findings)).toEqual([9, 9]);
    expect(findings[0]?.suppressed).toEqual({ by: 'inline', reason: 'by design' });
  });

  it('that suppress nothing are told of, rule by rule', () => {
    expect(apply([finding(5)], [placed(4, { rules: ['lock-reentry', 'floating-promise'] })])).toEqual([
      'unused floating-promise',
    ]);
  });

  it('of a rule that is off are not judged', () => {
    expect(apply([], [placed(4)], null, new Set(['floating-promise']))).toEqual([]);
  });

  it('without reason, of an unknown rule or over their date suppress nothing', () => {
    const findings = [finding(5)];
    expect(apply(findings, [placed(4, { reason: '  ' })])).toEqual(['no-reason lock-reentry']);
    expect(apply(findings, [placed(4, { rules: ['lock-rentry'] })])).toEqual(['unknown-rule lock-rentry']);
    expect(apply(findings, [placed(4, { until: '2025-01-31' })], '2025-02-01')).toEqual(['expired lock-reentry']);
    expect(lines(findings)).toEqual([]);
  });

  it('hold on their last day, and for ever when nobody says what day it is', () => {
    for (const today of ['2025-01-31', null]) {
      const findings = [finding(5)];
      expect(apply(findings, [placed(4, { until: '2025-01-31' })], today)).toEqual([]);
      expect(lines(findings)).toEqual([5]);
    }
  });
});
