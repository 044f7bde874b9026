/** What is to be said of one place: its findings, hidden ones too, and why it has no others. */
import type { Program, Site } from '../analysis/program.ts';
import type { Config } from '../config/config.ts';
import type { AuditReport, Finding, Location, RuleInfo } from '../model/report.ts';
import type { WhyAnswer, WhyFinding, WhyReason } from '../model/why.ts';
import { explainers } from '../reasons/index.ts';
import type { Asked, Reason } from '../reasons/reason.ts';
import type { Linked } from './linked.ts';
import type { Sources } from './sources.ts';

export type AskedPlace = WhyAnswer['place'];

/** `report` has the findings of all rules, of any confidence; `rules`: those that are enabled without being asked. */
export function answerWhy(
  place: AskedPlace,
  linked: Linked,
  report: AuditReport,
  config: Config,
  rules: readonly RuleInfo[],
): WhyAnswer {
  const shown = new Set(rules.flatMap(({ id, enabled }) => (enabled ? [id] : [])));
  const { program, loaded } = linked;
  const here = report.findings.filter(finding => touches(finding, place));
  const told = new Set(here.map(({ rule }) => rule));
  return {
    place,
    findings: here
      .map(finding => ({
        finding,
        part: partOf(finding, place),
        hidden: whyHidden(finding, program, loaded.sources, config, shown),
      }))
      .sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part)),
    reasons: reasonsAt(place, linked).filter(({ rule }) => rule === null || !told.has(rule)),
  };
}

const PARTS: readonly WhyFinding['part'][] = ['place', 'story', 'related'];

/** What is known of a place, findings aside. */
export function reasonsAt(place: AskedPlace, { get, loaded }: Linked): WhyReason[] {
  const { sources } = loaded;
  const locate = ({ file, at }: Site): Location => sources.of(file).location(file, at);
  const explain = (asked: Asked): Reason[] => explainers.flatMap(one => [...one.explain(asked, get)]);
  const here = explain(startsAt(place, sources));
  const reasons = here.length > 0 ? here : explain(liesAround(place, sources));
  return distinct(
    reasons.map(({ kind, rule, at, message, related }) => ({
      kind,
      rule,
      message,
      location: locate(at),
      related: related.map(one => ({ ...locate(one.site), message: one.message })),
    })),
  );
}

/** What the place is to a finding: its own, one of its witnesses', or one of those that belong to it. */
function partOf({ location, witnesses }: Finding, asked: AskedPlace): WhyFinding['part'] {
  if (covers(location, asked)) return 'place';
  return witnesses.some(({ steps }) => steps.some(step => covers(step, asked))) ? 'story' : 'related';
}

/** One of the finding's places covers the place asked for. */
function touches({ location, related, witnesses }: Finding, asked: AskedPlace): boolean {
  const steps = witnesses.flatMap(witness => witness.steps);
  return [location, ...related, ...steps].some(place => covers(place, asked));
}

function covers({ file, line, column, endLine, endColumn }: Location, asked: AskedPlace): boolean {
  if (file !== asked.file || asked.line < line || asked.line > endLine) return false;
  if (asked.column === null) return true;
  const afterStart = asked.line > line || asked.column >= column;
  const beforeEnd = asked.line < endLine || asked.column < endColumn;
  return afterStart && beforeEnd;
}

/** What begins on the line and, with a column, covers it. */
function startsAt(asked: AskedPlace, sources: Sources): Asked {
  return {
    touches({ file, at }) {
      if (file !== asked.file) return false;
      const location = sources.of(file).location(file, at);
      return location.line === asked.line && covers(location, asked);
    },
  };
}

/** What covers the place, wherever it begins: a call over several lines. Whole functions cover too much to say anything. */
function liesAround(asked: AskedPlace, sources: Sources): Asked {
  return { touches: ({ file, at }) => file === asked.file && covers(sources.of(file).location(file, at), asked) };
}

function whyHidden(
  finding: Finding,
  program: Program,
  sources: Sources,
  { rules, preset }: Config,
  shown: ReadonlySet<string>,
): string | null {
  const { rule, location, suppressed, confidence, level } = finding;
  if (suppressed) {
    const comment = program.modules
      .get(location.file)
      ?.suppressions.find(one => one.rules.includes(rule) && one.reason === suppressed.reason);
    const place = comment ? ` in line ${sources.of(location.file).position(comment.at[0]).line}` : '';
    return `suppressed by the comment${place}: ${suppressed.reason}`;
  }
  if (rules[rule] === 'off') return `the rule is off in the configuration (rules: ${rule})`;
  if (preset === 'strict') return null;
  if (!shown.has(rule))
    return `the rule is for --preset strict, or takes a level in the configuration (rules: ${rule})`;
  if (confidence === 'low') return 'its confidence is low; --preset strict shows it';
  return level === 'note' ? 'it is a note; --show notes shows it' : null;
}

function distinct(reasons: readonly WhyReason[]): WhyReason[] {
  const found = new Map<string, WhyReason>();
  for (const reason of reasons) {
    const key = `${reason.kind} ${reason.message}`;
    if (!found.has(key)) found.set(key, reason);
  }
  return [...found.values()];
}
