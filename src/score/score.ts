/**
 * The score: findings and the places that rules examined → ten items, a total and a verdict.
 * Per rule `r = good / (good + bad)`; an item is ten times the plain mean of its rules' r, capped by its errors; the
 * total is the mean of the scored items by risk weight. The verdict comes first and is never averaged.
 */
import type { ChecklistItem, Confidence, Coverage, ItemId, Level, Verdict } from '../model/report.ts';
import { CHECKLIST, type ItemText } from './checklist.ts';

/** A place that a rule examined (`finding` null) or found wrong. The same `key` is the same place. */
export interface Place {
  rule: string;
  key: string;
  finding: { level: Level; confidence: Confidence; fingerprint: string } | null;
}
export interface RuleOfItem {
  id: string;
  item: ItemId;
  /** What the places are: `awaited calls`. */
  counts: string;
}
export interface ScoreInput {
  /** Rules that ran. */
  rules: readonly RuleOfItem[];
  places: readonly Place[];
  coverage: Coverage;
  /** Files that could not be read or parsed. */
  unreadFiles: number;
  /** Fingerprints of findings that somebody accepted with a reason: they keep their weight, and block nothing. */
  accepted: ReadonlySet<string>;
}
export interface ScoreResult {
  items: ChecklistItem[];
  score: { low: number; high: number } | null;
  verdict: Verdict;
  verdictReason: string;
}

const LEVEL_WEIGHT: Record<Level, number> = { error: 1, warning: 0.5, note: 0.15 };
const CONFIDENCE_WEIGHT: Record<Confidence, number> = { high: 1, medium: 0.6, low: 0 };
/** Above these shares of what could not be read, the evidence proves nothing either way. */
const MAX_UNREAD_FILES = 0.1;
const MAX_UNRESOLVED_CALLS = 0.5;
/** Under this share of resolved calls the verdict is `not proven`. */
const COVERAGE_LIMIT = 0.8;
const READY_FROM = 8;
const WORST = 3;

/** Rounds to one decimal, half up. The tiny term undoes the error of binary fractions: 7.25 must not come as 7.2499…. */
const oneDecimal = (value: number): number => Math.floor(value * 10 + 0.5 + 1e-9) / 10;
const percent = (share: number): string => `${Math.floor(share * 100)} %`;
const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export function scoreAudit(input: ScoreInput): ScoreResult {
  const unreadable = whyUnreadable(input);
  const items = CHECKLIST.map(text => scoreItem(text, input, unreadable));
  const score = totalScore(items);
  return { items, score, ...judge(items, score, input) };
}

/** Why the evidence as a whole is too thin to score, or null. */
function whyUnreadable({ coverage, unreadFiles }: ScoreInput): string | null {
  if (unreadFiles > MAX_UNREAD_FILES * Math.max(1, coverage.files)) {
    return `${unreadFiles} of ${plural(coverage.files, 'file')} could not be read`;
  }
  if (1 - coverage.resolved > MAX_UNRESOLVED_CALLS)
    return `only ${percent(coverage.resolved)} of calls could be resolved`;
  return null;
}

interface RuleScore {
  rule: string;
  counts: string;
  examined: number;
  good: number;
  bad: number;
  ratio: number | null;
}

function scoreRule({ id, counts }: RuleOfItem, places: readonly Place[]): RuleScore {
  const worst = new Map<string, number | null>();
  for (const { rule, key, finding } of places) {
    if (rule !== id) continue;
    const known = worst.get(key) ?? null;
    const weight = finding && LEVEL_WEIGHT[finding.level] * CONFIDENCE_WEIGHT[finding.confidence];
    worst.set(key, weight === null ? known : Math.max(weight, known ?? 0));
  }
  let good = 0;
  let bad = 0;
  for (const weight of worst.values()) {
    if (weight === null) good += 1;
    else bad += weight;
  }
  bad = Math.round(bad * 1e6) / 1e6;
  return { rule: id, counts, examined: worst.size, good, bad, ratio: good + bad > 0 ? good / (good + bad) : null };
}

function scoreItem(text: ItemText, input: ScoreInput, unreadable: string | null): ChecklistItem {
  const ofItem = input.rules.filter(({ item }) => item === text.id);
  const rules = ofItem.map(rule => scoreRule(rule, input.places));
  const findings = worstFirst(input.places, new Set(ofItem.map(({ id }) => id)));
  const base = {
    ...text,
    rules: rules.map(({ counts: _, ...rule }) => rule),
    worst: findings.slice(0, WORST).map(({ fingerprint }) => fingerprint),
    score: null,
  };
  if (ofItem.length === 0) {
    return {
      ...base,
      outcome: 'not measured',
      reason: 'No rule of this item ran.',
      raise: 'Switch on a rule of this item.',
    };
  }
  if (unreadable !== null) {
    return {
      ...base,
      outcome: 'inconclusive',
      reason: `Not enough evidence: ${unreadable}.`,
      raise: 'Make the code readable: see the coverage.',
    };
  }
  if (rules.every(({ examined }) => examined === 0)) {
    return {
      ...base,
      outcome: 'n/a',
      reason: `The code has no ${wordList(rules.map(({ counts }) => counts))}.`,
      raise: 'Nothing to do.',
    };
  }
  const ratios = rules.flatMap(({ ratio }) => ratio ?? []);
  if (ratios.length === 0) {
    return {
      ...base,
      outcome: 'inconclusive',
      reason: 'There is only evidence of low confidence.',
      raise: 'Run with the preset strict and judge what it shows.',
    };
  }
  return { ...base, outcome: 'scored', ...figures(rules, ratios, findings) };
}

type Found = NonNullable<Place['finding']>;

/** The findings at some rules' places, each once, the heaviest first. */
function worstFirst(places: readonly Place[], rules: ReadonlySet<string>): Found[] {
  const found = new Map<string, Found>();
  for (const { rule, finding } of places)
    if (finding && rules.has(rule) && !found.has(finding.fingerprint)) found.set(finding.fingerprint, finding);
  const weight = ({ level, confidence }: Found): number => LEVEL_WEIGHT[level] * CONFIDENCE_WEIGHT[confidence];
  return [...found.values()].filter(finding => weight(finding) > 0).sort((a, b) => weight(b) - weight(a));
}

const isSure = ({ confidence }: Found): boolean => confidence !== 'low';

function figures(
  rules: readonly RuleScore[],
  ratios: readonly number[],
  findings: readonly Found[],
): Pick<ChecklistItem, 'score' | 'reason' | 'raise'> {
  const mean = oneDecimal((10 * ratios.reduce((sum, ratio) => sum + ratio, 0)) / ratios.length);
  const errors = findings.filter(finding => finding.level === 'error' && isSure(finding)).length;
  const cap = errors >= 3 ? 2 : errors >= 1 ? 5 : 10;
  const parts = rules
    .filter(({ examined }) => examined > 0)
    .map(({ rule, counts, examined, good }) => `${rule}: ${good} of ${examined} ${counts} without a finding`);
  const capped = mean > cap ? `; ${plural(errors, 'error')} ${errors === 1 ? 'caps' : 'cap'} the item at ${cap}` : '';
  const raise =
    findings.length === 0
      ? 'Nothing to do.'
      : mean > cap
        ? `Mend ${errors >= 3 ? `${errors - 2} of its ${errors} errors for a cap of 5, all of them for` : 'its errors for'} up to ${mean}.`
        : `Mend its ${plural(findings.length, 'finding')}, the worst first.`;
  return { score: Math.min(mean, cap), reason: `${parts.join('; ')}${capped}.`, raise };
}

function wordList(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2
    ? (unique[0] ?? 'such places')
    : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1) ?? ''}`;
}

/** The mean by weight; inconclusive items count once as 0 and once as 10. Null when nothing was scored. */
function totalScore(items: readonly ChecklistItem[]): { low: number; high: number } | null {
  let weights = 0;
  let low = 0;
  let high = 0;
  for (const { outcome, score, weight } of items) {
    if (outcome !== 'scored' && outcome !== 'inconclusive') continue;
    weights += weight;
    low += weight * (score ?? 0);
    high += weight * (score ?? 10);
  }
  if (!items.some(({ outcome }) => outcome === 'scored')) return null;
  return { low: oneDecimal(low / weights), high: oneDecimal(high / weights) };
}

function judge(
  items: readonly ChecklistItem[],
  score: ScoreResult['score'],
  input: ScoreInput,
): Pick<ScoreResult, 'verdict' | 'verdictReason'> {
  const blocking = new Set(
    input.places.flatMap(({ finding }) =>
      finding?.level === 'error' && isSure(finding) && !input.accepted.has(finding.fingerprint)
        ? [finding.fingerprint]
        : [],
    ),
  ).size;
  if (blocking > 0) {
    const verb = blocking === 1 ? 'goes' : 'go';
    return {
      verdict: 'blocked',
      verdictReason: `${plural(blocking, 'error')} that nobody accepted ${verb} wrong under load`,
    };
  }
  const doubts = whyNotProven(items, input.coverage);
  if (doubts.length > 0) return { verdict: 'not proven', verdictReason: doubts.join('; ') };
  if (score && score.low < READY_FROM) {
    const lowest = items.filter(item => item.score !== null).sort((a, b) => (a.score ?? 0) - (b.score ?? 0))[0];
    const where = lowest ? `; lowest: ${lowest.id} ${lowest.title} with ${lowest.score ?? 0}` : '';
    return { verdict: 'at risk', verdictReason: `the score is under ${READY_FROM}${where}` };
  }
  return {
    verdict: 'ready',
    verdictReason: score
      ? 'no error, every item measured, enough of the calls resolved'
      : 'no concurrency found, every item measured',
  };
}

function whyNotProven(items: readonly ChecklistItem[], coverage: Coverage): string[] {
  const doubts: string[] = [];
  const inconclusive = items.filter(({ outcome, risk }) => outcome === 'inconclusive' && risk === 'critical');
  if (inconclusive.length > 0)
    doubts.push(`inconclusive: ${inconclusive.map(({ id, title }) => `${id} ${title}`).join(', ')}`);
  const unmeasured = items.filter(({ outcome }) => outcome === 'not measured');
  if (unmeasured.length > 0)
    doubts.push(`not measured: ${unmeasured.map(({ id, title }) => `${id} ${title}`).join(', ')}`);
  if (coverage.resolved < COVERAGE_LIMIT) {
    doubts.push(`${percent(coverage.resolved)} of calls resolved, the limit is ${percent(COVERAGE_LIMIT)}`);
  }
  return doubts;
}
