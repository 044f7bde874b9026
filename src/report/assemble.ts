/** The last step of an audit: findings, score and coverage → the report. */
import type { Check } from '../checks/check.ts';
import type { Config } from '../config/config.ts';
import type { Program } from '../analysis/program.ts';
import type { AuditReport, Coverage, Diagnostic } from '../model/report.ts';
import { scoreAudit } from '../score/score.ts';
import { byCodeUnit } from '../util/compare.ts';
import { TOOL_NAME, TOOL_VERSION } from '../util/version.ts';
import { declarationFindings } from './declarations.ts';
import { type CheckRun, type EnabledRule, type SyntaxErrors, collectFindings, compareFindings } from './findings.ts';
import type { Linked } from './linked.ts';
import type { Loaded } from './load.ts';
import { describeRules, ruleIds } from './rules.ts';
import { suppressFindings } from './suppressions.ts';

export interface Assembly extends Linked {
  config: Config;
  checks: readonly Check[];
  rules: readonly EnabledRule[];
  runs: readonly CheckRun[];
  calls: Coverage['calls'];
  today: string | null;
}

const SKIPPED_EXAMPLES = 5;
const UNREAD = new Set(['file-not-read', 'syntax-error']);

export function assembleReport({
  place,
  loaded,
  program,
  config,
  checks,
  rules,
  runs,
  calls,
  today,
  get,
}: Assembly): AuditReport {
  const { findings: found, places } = collectFindings(runs, program, loaded.sources, syntaxErrors(loaded.diagnostics));
  const known = new Set(ruleIds(checks));
  const ran = runs.map(({ rule }) => rule);
  const enabled = new Set(ran.map(({ check }) => check.id));
  const meta = [
    ...suppressFindings(found, program, loaded.sources, { enabled, known, today }),
    ...declarationFindings(get, loaded.sources, loaded.diagnostics),
  ];
  const all = [...found, ...meta.filter(({ rule }) => config.rules[rule] !== 'off')].sort(compareFindings);
  const findings = all.filter(({ confidence }) => config.preset === 'strict' || confidence !== 'low');
  const coverage = measure(program, calls);
  const accepted = new Set(all.filter(({ suppressed }) => suppressed).map(({ fingerprint }) => fingerprint));
  const unreadFiles = new Set(
    loaded.diagnostics.flatMap(({ kind, file }) => (UNREAD.has(kind) && file !== undefined ? [file] : [])),
  ).size;
  const ofItems = ran.map(({ check }) => ({ id: check.id, item: check.item, counts: check.counts }));
  return {
    schema: 1,
    tool: { name: TOOL_NAME, version: TOOL_VERSION },
    preset: config.preset,
    prefix: place.prefix,
    ...scoreAudit({ rules: ofItems, places, coverage, unreadFiles, accepted }),
    findings,
    hidden: {
      notes: findings.filter(({ level, suppressed }) => level === 'note' && !suppressed).length,
      lowConfidence: all.length - findings.length,
      suppressed: findings.filter(({ suppressed }) => suppressed).length,
    },
    coverage,
    diagnostics: [...loaded.diagnostics].sort(compareDiagnostics),
    ...projectsOf(loaded),
    skipped: groupSkipped(loaded.skipped),
    rules: describeRules(checks, rules),
  };
}

/** By file: the line of its first syntax error. */
const syntaxErrors = (diagnostics: readonly Diagnostic[]): SyntaxErrors =>
  new Map(
    diagnostics.flatMap(({ kind, file, line }) =>
      kind === 'syntax-error' && file !== undefined ? [[file, line ?? 1] as const] : [],
    ),
  );

function measure(program: Program, calls: Coverage['calls']): Coverage {
  const gaps = new Map<string, number>();
  for (const module of program.modules.values()) {
    for (const { reason } of module.gaps) gaps.set(reason, (gaps.get(reason) ?? 0) + 1);
  }
  const known = calls.one + calls.few + calls.external;
  return {
    files: program.modules.size,
    functions: program.functions.size,
    calls,
    resolved: calls.total === 0 ? 1 : known / calls.total,
    gaps: [...gaps]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || byCodeUnit(a.reason, b.reason)),
  };
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    byCodeUnit(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    byCodeUnit(a.kind, b.kind) ||
    byCodeUnit(a.message, b.message)
  );
}

/** Which configuration each file went to, told only when there is more than one. */
function projectsOf({ fileProjects }: Loaded): Pick<AuditReport, 'projects' | 'fileProjects'> {
  const counts = new Map<string | null, number>();
  for (const config of Object.values(fileProjects)) counts.set(config, (counts.get(config) ?? 0) + 1);
  const projects = [...counts]
    .map(([config, files]) => ({ config, files }))
    .sort((a, b) => byCodeUnit(a.config ?? '', b.config ?? ''));
  const files = Object.keys(fileProjects).sort(byCodeUnit);
  return {
    projects,
    fileProjects: projects.length < 2 ? {} : Object.fromEntries(files.map(file => [file, fileProjects[file] ?? null])),
  };
}

function groupSkipped(skipped: Loaded['skipped']): AuditReport['skipped'] {
  const groups = new Map<string, string[]>();
  for (const { file, reason } of skipped) groups.set(reason, [...(groups.get(reason) ?? []), file]);
  return [...groups]
    .map(([reason, files]) => ({
      reason,
      count: files.length,
      examples: files.sort(byCodeUnit).slice(0, SKIPPED_EXAMPLES),
    }))
    .sort((a, b) => byCodeUnit(a.reason, b.reason));
}
