import { describe, expect, it } from 'vitest';
import type { Confidence, Coverage, Level } from '../src/model/report.ts';
import { type Place, type RuleOfItem, type ScoreInput, scoreAudit } from '../src/score/score.ts';

const COVERAGE: Coverage = {
  files: 10,
  functions: 40,
  calls: { total: 100, one: 70, few: 5, many: 5, external: 15, none: 5 },
  resolved: 0.9,
  gaps: [],
};
const rule = (id: string, item: RuleOfItem['item']): RuleOfItem => ({ id, item, counts: `places of ${id}` });
let serial = 0;
const good = (of: string, count: number): Place[] =>
  Array.from({ length: count }, () => ({ rule: of, key: `k${(serial += 1)}`, finding: null }));
/** A place that was examined and found wrong, as checks report it: once for each. */
const bad = (of: string, level: Level, confidence: Confidence): Place[] => {
  const key = `k${(serial += 1)}`;
  return [
    { rule: of, key, finding: null },
    { rule: of, key, finding: { level, confidence, fingerprint: `f${serial}` } },
  ];
};
const score = (part: Partial<ScoreInput>) =>
  scoreAudit({ rules: [], places: [], coverage: COVERAGE, unreadFiles: 0, accepted: new Set(), ...part });
const item = (result: ReturnType<typeof scoreAudit>, id: string) => result.items.find(one => one.id === id);

const ALL: RuleOfItem[] = (['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10'] as const).map(id =>
  rule(id.toLowerCase(), id),
);

describe('an item', () => {
  it('is ten times the mean of its rules (worked example)', () => {
    // r1 = 6 / (6 + 0.5*0.6 + 0.15*1) = 6 / 6.45 = 0.930233; r2 = 1; mean 0.965116 → 9.7
    const places = [...good('a', 6), ...bad('a', 'warning', 'medium'), ...bad('a', 'note', 'high'), ...good('b', 3)];
    const result = score({ rules: [rule('a', 'C2'), rule('b', 'C2'), rule('idle', 'C2')], places });
    const c2 = item(result, 'C2');
    expect(c2?.score).toBe(9.7);
    expect(c2?.rules).toEqual([
      { rule: 'a', examined: 8, good: 6, bad: 0.45, ratio: 6 / 6.45 },
      { rule: 'b', examined: 3, good: 3, bad: 0, ratio: 1 },
      { rule: 'idle', examined: 0, good: 0, bad: 0, ratio: null },
    ]);
    expect(c2?.reason).toBe('a: 6 of 8 places of a without a finding; b: 3 of 3 places of b without a finding.');
  });

  it('is capped at 5 by one error and at 2 by three', () => {
    const one = score({ rules: [rule('a', 'C4')], places: [...good('a', 99), ...bad('a', 'error', 'medium')] });
    expect(item(one, 'C4')?.score).toBe(5);
    expect(item(one, 'C4')?.reason).toContain('; 1 error caps the item at 5.');
    const two = score({
      rules: [rule('a', 'C4')],
      places: [...good('a', 99), ...bad('a', 'error', 'high'), ...bad('a', 'error', 'high')],
    });
    expect(item(two, 'C4')?.score).toBe(5);
    const three = [1, 2, 3].flatMap(() => bad('a', 'error', 'high'));
    expect(item(score({ rules: [rule('a', 'C4')], places: [...good('a', 99), ...three] }), 'C4')?.score).toBe(2);
    const low = score({ rules: [rule('a', 'C4')], places: [...good('a', 1), ...bad('a', 'error', 'low')] });
    expect(item(low, 'C4')?.score).toBe(10);
  });

  it('rounds half up', () => {
    // 29 / 40 = 0.725 → 7.25 → 7.3; the bad places weigh 0.5 each
    const places = [...good('a', 29), ...Array.from({ length: 22 }, () => bad('a', 'warning', 'high')).flat()];
    expect(item(score({ rules: [rule('a', 'C2')], places }), 'C2')?.score).toBe(7.3);
  });

  it('counts a place once, at its worst', () => {
    const [examined] = good('a', 1);
    if (!examined) throw new Error('no place');
    const wrong = (level: Level, fingerprint: string): Place => ({
      ...examined,
      finding: { level, confidence: 'high', fingerprint },
    });
    const result = score({
      rules: [rule('a', 'C2')],
      places: [examined, wrong('note', 'x'), wrong('warning', 'y'), ...good('a', 1)],
    });
    expect(item(result, 'C2')?.rules[0]).toMatchObject({ examined: 2, good: 1, bad: 0.5 });
    expect(item(result, 'C2')?.worst).toEqual(['y', 'x']);
  });

  it('is n/a without places, and not measured without rules', () => {
    const result = score({ rules: [rule('a', 'C2')], places: [] });
    expect(item(result, 'C2')).toMatchObject({ outcome: 'n/a', score: null });
    expect(item(result, 'C1')).toMatchObject({ outcome: 'not measured', score: null });
    expect(result.score).toBeNull();
  });

  it('is inconclusive when too little could be read', () => {
    const places = good('a', 5);
    const unread = score({ rules: [rule('a', 'C2')], places, unreadFiles: 2 });
    expect(item(unread, 'C2')).toMatchObject({
      outcome: 'inconclusive',
      reason: 'Not enough evidence: 2 of 10 files could not be read.',
    });
    expect(item(score({ rules: [rule('a', 'C2')], places, unreadFiles: 1 }), 'C2')?.outcome).toBe('scored');
    const unresolved = score({ rules: [rule('a', 'C2')], places, coverage: { ...COVERAGE, resolved: 0.4 } });
    expect(item(unresolved, 'C2')?.outcome).toBe('inconclusive');
  });

  it('is inconclusive when all that was found is of low confidence', () => {
    expect(item(score({ rules: [rule('a', 'C2')], places: bad('a', 'error', 'low') }), 'C2')?.outcome).toBe(
      'inconclusive',
    );
  });
});

describe('the total', () => {
  it('is the mean by risk weight (worked example)', () => {
    // C2 (critical 10): 10; C8 (high 7.5): 5 by its error; C9 (low 2.5): 0. (10*10 + 7.5*5 + 2.5*0) / 20 = 6.875 → 6.9
    const places = [...good('c2', 4), ...good('c8', 9), ...bad('c8', 'error', 'high'), ...bad('c9', 'warning', 'high')];
    const result = score({ rules: ALL, places });
    expect(item(result, 'C9')?.score).toBe(0);
    expect(result.score).toEqual({ low: 6.9, high: 6.9 });
  });

  it('is a range when an item is inconclusive', () => {
    // C2 (10) is 10, C9 (2.5) is anything: 100 / 12.5 = 8 and 125 / 12.5 = 10
    const result = score({ rules: ALL, places: [...good('c2', 4), ...bad('c9', 'error', 'low')] });
    expect(result.score).toEqual({ low: 8, high: 10 });
    expect(result.verdict).toBe('ready');
  });
});

describe('the verdict', () => {
  it('is blocked by an error that nobody accepted, whatever the score', () => {
    const places = [...good('c2', 500), ...bad('c2', 'error', 'medium')];
    const result = score({ rules: ALL, places });
    expect(result.verdict).toBe('blocked');
    const accepted = new Set(places.flatMap(({ finding }) => finding?.fingerprint ?? []));
    const after = score({ rules: ALL, places, accepted });
    expect(after.verdict).toBe('at risk');
    expect(item(after, 'C2')?.score).toBe(5);
    expect(score({ rules: ALL, places: [...good('c2', 1), ...bad('c2', 'error', 'low')] }).verdict).toBe('ready');
  });

  it('is not proven when an item is not measured, a critical one inconclusive, or coverage low', () => {
    const places = good('c2', 4);
    expect(score({ rules: ALL.slice(1), places })).toMatchObject({
      verdict: 'not proven',
      verdictReason: 'not measured: C1 model',
    });
    expect(score({ rules: ALL, places: [...places, ...bad('c4', 'warning', 'low')] }).verdictReason).toBe(
      'inconclusive: C4 locks',
    );
    const low = score({ rules: ALL, places, coverage: { ...COVERAGE, resolved: 0.79 } });
    expect(low).toMatchObject({ verdict: 'not proven', verdictReason: '79 % of calls resolved, the limit is 80 %' });
    expect(score({ rules: ALL, places, coverage: { ...COVERAGE, resolved: 0.8 } }).verdict).toBe('ready');
  });

  it('is at risk under 8, and ready from there on', () => {
    const at = (goods: number) =>
      score({
        rules: ALL,
        places: [...good('c2', goods), ...bad('c2', 'warning', 'high'), ...bad('c2', 'warning', 'high')],
      });
    expect(at(3)).toMatchObject({ score: { low: 7.5, high: 7.5 }, verdict: 'at risk' });
    expect(at(4)).toMatchObject({ score: { low: 8, high: 8 }, verdict: 'ready' });
  });

  it('is ready for code without concurrency', () => {
    expect(score({ rules: ALL })).toMatchObject({ verdict: 'ready', score: null });
  });
});
