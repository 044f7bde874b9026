/** What checks report → findings: places resolved, levels settled, one finding per defect, in a stable order. */
import type { Check, FoundDraft, WitnessDraft } from '../checks/check.ts';
import type { Program, Site } from '../analysis/program.ts';
import type { Confidence, Finding, ItemId, Level, Location, Related, WitnessPath } from '../model/report.ts';
import { byKeys } from '../util/compare.ts';
import { grouped } from '../util/grouped.ts';
import { stableHash } from '../util/stableHash.ts';
import type { Sources } from './sources.ts';

/** A rule that runs, with the level that it has in this audit. */
export interface EnabledRule {
  check: Check;
  level: Level;
}
/** What one check did: the places it looked at, and what it found. */
export interface CheckRun {
  rule: EnabledRule;
  examined: Site[];
  found: FoundDraft[];
}
/** A place that a rule examined or found wrong, for the score. `key` tells places apart. */
export interface ScoredPlace {
  rule: string;
  key: string;
  finding: { level: Level; confidence: Confidence; fingerprint: string } | null;
}

const LEVELS: readonly Level[] = ['note', 'warning', 'error'];
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];
/** Items that make no sense for test code: nobody waits for it to scale or shut down. */
const OFF_IN_TESTS: ReadonlySet<ItemId> = new Set(['C1', 'C3', 'C7', 'C10']);

/**
 * Items whose findings in tests one in ten was right of on real code: a test takes a lock to look at it, and ends with it.
 */
const DOUBTFUL_IN_TESTS: ReadonlySet<ItemId> = new Set(['C4']);

const rank = (level: Level): number => LEVELS.indexOf(level);
const lower = (level: Level): Level => (level === 'error' ? 'warning' : 'note');

/** The order of every output: the gravest first, then the surest, then by place and rule. */
export function compareFindings(a: Finding, b: Finding): number {
  return byKeys(orderKeys(a), orderKeys(b));
}
function orderKeys({ level, confidence, location, rule, fingerprint }: Finding): (string | number)[] {
  return [
    -rank(level),
    -CONFIDENCES.indexOf(confidence),
    location.file,
    location.line,
    location.column,
    rule,
    fingerprint,
  ];
}

/**
 * The level of a finding: the check's own word, moved by the user's level for the rule. Evidence that was weaker than
 * the rule's level stays weaker. In test files it is one lower.
 */
export function settledLevel(found: Level | undefined, rule: EnabledRule, test: boolean): Level {
  const own = found ?? rule.check.level;
  return test ? lower(moved(own, rule)) : moved(own, rule);
}

function moved(own: Level, { check, level }: EnabledRule): Level {
  if (level === check.level) return own;
  return rank(own) >= rank(check.level) || rank(own) > rank(level) ? level : own;
}

/** By file: the line of its first syntax error (1-based). */
export type SyntaxErrors = ReadonlyMap<string, number>;

/** Findings and scored places of all checks. Neither depends on the order in which checks and files come. */
export function collectFindings(
  runs: readonly CheckRun[],
  program: Program,
  sources: Sources,
  errors: SyntaxErrors,
): { findings: Finding[]; places: ScoredPlace[] } {
  const findings = new Map<string, Finding>();
  const places: ScoredPlace[] = [];
  const isTest = (site: Site): boolean => program.modules.get(site.file)?.test ?? false;
  for (const { rule, examined, found } of runs) {
    const counts = (site: Site): boolean => !(isTest(site) && OFF_IN_TESTS.has(rule.check.item));
    for (const site of examined)
      if (counts(site)) places.push({ rule: rule.check.id, key: placeKey(site), finding: null });
    const made = found
      .filter(draft => counts(draft.at))
      .map(draft => ({
        finding: guessed(toFinding(draft, rule, isTest(draft.at), program, sources), errors),
        at: draft.at,
        root: draft.root ? sources.of(draft.root.file).location(draft.root.file, draft.root.at) : null,
      }))
      .sort((a, b) => compareFindings(a.finding, b.finding));
    for (const [first, ...others] of oneByRoot(made)) {
      const { level, confidence, fingerprint } = first.finding;
      for (const { at } of [first, ...others])
        places.push({ rule: rule.check.id, key: placeKey(at), finding: { level, confidence, fingerprint } });
      const same = findings.get(fingerprint);
      if (same) addPlaces(same, first.finding);
      else findings.set(fingerprint, first.finding);
      if (others.length > 0) tellTogether(findings.get(fingerprint) ?? first.finding, first.root, others);
    }
  }
  return { findings: [...findings.values()].sort(compareFindings), places };
}

interface Made {
  finding: Finding;
  at: Site;
  root: Location | null;
}

/** From so many findings on, what makes all of them fail is told once. */
const MANY = 3;

/** Findings of one rule, level and confidence that all fail at one place, together; in the order of their first ones. */
function oneByRoot(made: readonly Made[]): [Made, ...Made[]][] {
  const groups = grouped(made, one => {
    const { root, finding } = one;
    return root ? [finding.level, finding.confidence, locationKey(root)].join(' ') : one;
  });
  return groups.flatMap(group => (group.length < MANY ? group.map((one): [Made] => [one]) : [group]));
}

function tellTogether(first: Finding, root: Location | null, others: readonly Made[]): void {
  first.message += `; ${others.length} others fail for the same reason`;
  if (root) first.related.push({ ...root, message: 'All of them fail here' });
  for (const { finding } of others)
    first.related.push({ ...finding.location, message: `Fails for the same reason: ${finding.message}` });
}

const placeKey = ({ file, at }: Site): string => `${file}:${at[0]}:${at[1]}`;

/** One defect, one finding: what was found again under the same identity becomes related places of the first. */
function addPlaces(first: Finding, again: Finding): void {
  const known = new Set([first.location, ...first.related].map(locationKey));
  const { message, location } = again;
  for (const related of [{ ...location, message: `Also here: ${message}` }, ...again.related]) {
    if (known.has(locationKey(related))) continue;
    known.add(locationKey(related));
    first.related.push(related);
  }
}
const locationKey = ({ file, line, column, endLine, endColumn }: Location): string =>
  [file, line, column, endLine, endColumn].join(':');

function toFinding(draft: FoundDraft, rule: EnabledRule, test: boolean, program: Program, sources: Sources): Finding {
  const { check } = rule;
  const locate = ({ file, at }: Site): Location => sources.of(file).location(file, at);
  const location = locate(draft.at);
  const source = sources.of(draft.at.file);
  return {
    rule: check.id,
    item: check.item,
    level: settledLevel(draft.level, rule, test),
    confidence: test && DOUBTFUL_IN_TESTS.has(check.item) ? 'low' : draft.confidence,
    message: draft.message,
    why: draft.why ?? check.why,
    fix: draft.fix ?? check.fix,
    location,
    symbol: program.functions.get(draft.at.in)?.name ?? draft.at.in,
    related: (draft.related ?? []).map(({ site, message }): Related => ({ ...locate(site), message })),
    witnesses: (draft.witnesses ?? []).map(witness => toPath(witness, locate)),
    assumptions: draft.assumptions ?? [],
    fingerprint: stableHash([check.id, ...draft.key]),
    lineHash: source.lineHash(location.line),
    frame: source.frame(location.line),
  };
}

/** From its first syntax error on, what a file says is the parser's guess. */
function guessed(finding: Finding, errors: SyntaxErrors): Finding {
  const { file, line } = finding.location;
  const firstError = errors.get(file);
  if (firstError === undefined || line < firstError) return finding;
  const assumption = `The file does not parse from line ${firstError} on: what is read there is a guess`;
  return { ...finding, confidence: 'low', assumptions: [...finding.assumptions, assumption] };
}

function toPath({ title, steps }: WitnessDraft, locate: (site: Site) => Location): WitnessPath {
  return { title, steps: steps.map(({ site, ...step }) => ({ ...locate(site), ...step })) };
}
