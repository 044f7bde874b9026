/** The pipeline, readable as a table of contents: load → extract → link → check → suppress → score → report. */
import { createGet } from './analysis/analysis.ts';
import { callGraph } from './analysis/flow/callGraph.ts';
import { linkProgram } from './analysis/program.ts';
import type { Check } from './checks/check.ts';
import { type Config, DEFAULT_CONFIG } from './config/config.ts';
import { findRoot } from './config/root.ts';
import type { Frontend } from './frontends/frontend.ts';
import type { Library } from './libraries/library.ts';
import type { AuditReport } from './model/report.ts';
import type { WhyAnswer } from './model/why.ts';
import { assembleReport } from './report/assemble.ts';
import { withEntryPoints } from './report/entryPoints.ts';
import type { Linked } from './report/linked.ts';
import { loadProject } from './report/load.ts';
import { planRepro } from './report/repro.ts';
import type { CheckRun } from './report/findings.ts';
import { describeRules, runChecks, selectRules } from './report/rules.ts';
import { answerWhy, type AskedPlace } from './report/why.ts';
import { UserError } from './util/errors.ts';
import { type Stats, Stopwatch } from './util/stopwatch.ts';

export interface AuditOptions extends Partial<Config> {
  /** Files and folders to audit; the current folder when empty. */
  paths?: readonly string[];
  /** What relative paths are relative to; the process's working directory when absent. */
  cwd?: string;
  /** `YYYY-MM-DD`, for suppressions that expire. Absent: nothing expires, and the result depends on the code alone. */
  today?: string;
  /** Texts that stand for those of files on disk, relative to the audit root. */
  overlay?: ReadonlyMap<string, string>;
  /** Called now and then with a sentence about what is going on. */
  progress?: (text: string) => void;
}
/** The parts of the tool that are open to extension. */
export interface Registry {
  frontends: readonly Frontend[];
  libraries: readonly Library[];
  checks: readonly Check[];
}
export interface AuditResult {
  report: AuditReport;
  stats: Stats;
}
export interface WholeAudit extends AuditResult {
  linked: Linked;
  runs: readonly CheckRun[];
}

/**
 * Audits in this thread, on its stack: deeply nested code may cost single files (`audit` does the same on a large
 * stack). Throws `UserError` for what the user has to mend.
 */
export async function auditHere(options: AuditOptions = {}, registry?: Registry): Promise<AuditResult> {
  const { report, stats } = await auditWhole(options, registry);
  return { report, stats };
}

/** The same with all that the report was made of. */
export async function auditWhole(options: AuditOptions, registry?: Registry): Promise<WholeAudit> {
  const watch = new Stopwatch();
  const { checks, frontends, libraries } = registry ?? (await import('./registry.ts')).REGISTRY;
  const config: Config = { ...DEFAULT_CONFIG, ...options };
  const rules = selectRules(checks, config.rules, config.preset);
  const linked = await link(options, config, frontends, libraries, watch);
  const calls = watch.time('call graph', () => linked.get(callGraph).coverage);
  const runs = watch.time('checks', () => runChecks(rules, linked.get, linked.loaded.diagnostics));
  const today = options.today ?? null;
  const report = watch.time('report', () => assembleReport({ ...linked, config, checks, rules, runs, calls, today }));
  watch.count('findings', report.findings.length);
  return { report, stats: watch.stats(), linked, runs };
}

/** What is to be said of one place: findings, also those that a report would not show, and what keeps it quiet. */
export async function whyHere(place: AskedPlace, options: AuditOptions = {}, registry?: Registry): Promise<WhyAnswer> {
  const watch = new Stopwatch();
  const { checks, frontends, libraries } = registry ?? (await import('./registry.ts')).REGISTRY;
  const config: Config = { ...DEFAULT_CONFIG, ...options };
  const levels = Object.entries(config.rules).filter(([, level]) => level !== 'off');
  const rules = selectRules(checks, Object.fromEntries(levels), 'strict');
  const shown = selectRules(checks, config.rules, config.preset);
  const linked = await link(options, config, frontends, libraries, watch);
  const calls = linked.get(callGraph).coverage;
  const runs = runChecks(rules, linked.get, linked.loaded.diagnostics, shown);
  const whole: Config = { ...config, preset: 'strict', rules: Object.fromEntries(levels) };
  const report = assembleReport({
    ...linked,
    config: whole,
    checks,
    rules,
    runs,
    calls,
    today: options.today ?? null,
  });
  return answerWhy(place, linked, report, config, describeRules(checks, shown));
}

/** A test that runs into the deadlock at a place; `folder`: where it will stand, relative to the audit root. */
export async function reproHere(
  place: AskedPlace,
  folder: string,
  options: AuditOptions = {},
  registry?: Registry,
): Promise<string> {
  const { frontends, libraries } = registry ?? (await import('./registry.ts')).REGISTRY;
  const config: Config = { ...DEFAULT_CONFIG, ...options };
  const linked = await link(options, config, frontends, libraries, new Stopwatch());
  const plan = planRepro(place, linked, [...config.libraries, ...libraries]);
  const frontend = frontends.find(({ language }) => language === plan.language);
  if (!frontend?.repro) throw new UserError(`No test can be written in ${plan.language} yet`);
  return frontend.repro(plan, folder);
}

/** The linked program alone, for the commands that print its graphs. */
export async function linkHere(options: AuditOptions = {}, registry?: Registry): Promise<Linked> {
  const { frontends, libraries } = registry ?? (await import('./registry.ts')).REGISTRY;
  return link(options, { ...DEFAULT_CONFIG, ...options }, frontends, libraries, new Stopwatch());
}

async function link(
  options: AuditOptions,
  { include, exclude, entryPoints, libraries, lockOrder }: Config,
  frontends: readonly Frontend[],
  builtIn: readonly Library[],
  watch: Stopwatch,
): Promise<Linked> {
  const place = findRoot(options.paths ?? [], options.cwd ?? process.cwd());
  const progress = options.progress ?? (() => undefined);
  const open = {
    root: place.root,
    paths: place.paths,
    include,
    exclude,
    libraries: [...libraries, ...builtIn],
    ...(options.overlay ? { overlay: options.overlay } : {}),
    progress,
  };
  const loaded = await loadProject(frontends, open, watch);
  progress('Analysing');
  const modules = withEntryPoints(loaded.modules, entryPoints, loaded.diagnostics);
  const program = watch.time('link', () => linkProgram(modules, loaded.packages, { lockOrder }));
  watch.count('files', program.modules.size);
  watch.count('functions', program.functions.size);
  return { place, loaded, program, get: createGet(program) };
}
