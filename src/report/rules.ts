/** Which rules run, at which level, and running them. */
import type { Get } from '../analysis/analysis.ts';
import type { Check } from '../checks/check.ts';
import type { Preset, RuleSetting } from '../config/config.ts';
import type { Diagnostic, RuleInfo } from '../model/report.ts';
import { byCodeUnit } from '../util/compare.ts';
import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import type { CheckRun, EnabledRule } from './findings.ts';
import { META_RULES } from './metaRules.ts';

/**
 * The checks with a level; `off` leaves a check out, and what is for `strict` takes that preset or a level of its own.
 * Throws `UserError` for a rule that does not exist.
 */
export function selectRules(
  checks: readonly Check[],
  settings: Readonly<Record<string, RuleSetting>>,
  preset: Preset,
): EnabledRule[] {
  const known = ruleIds(checks);
  for (const id of Object.keys(settings)) {
    if (!known.includes(id)) throw new UserError(`There is no rule ${id}`, didYouMean(id, known));
  }
  return [...checks]
    .sort((a, b) => byCodeUnit(a.id, b.id))
    .flatMap(check => {
      const standard = check.strict && preset !== 'strict' ? 'off' : check.level;
      const level = Object.hasOwn(settings, check.id) ? settings[check.id] : standard;
      return level === undefined || level === 'off' ? [] : [{ check, level }];
    });
}

/** The ids of all rules: those of checks, and those about the audit itself. */
export function ruleIds(checks: readonly Check[]): string[] {
  return [...checks.map(({ id }) => id), ...META_RULES.map(({ id }) => id)].sort(byCodeUnit);
}

/**
 * Runs the checks over one program. A check whose question is too deep for the stack costs that rule, told in
 * `diagnostics`, not the run; any other error is a bug and is thrown. `shown`: the rules that the report has, when those
 * that run are more.
 */
export function runChecks(
  rules: readonly EnabledRule[],
  get: Get,
  diagnostics: Diagnostic[],
  shown: readonly EnabledRule[] = rules,
): CheckRun[] {
  const ids = new Set(shown.map(({ check }) => check.id));
  return rules.flatMap(rule => {
    const run: CheckRun = { rule, examined: [], found: [] };
    try {
      rule.check.run({
        get,
        examined: places => {
          for (const place of places) run.examined.push(place);
        },
        report: found => void run.found.push(found),
        isShown: id => ids.has(id),
      });
      return [run];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `${rule.check.id} was not judged: the program is nested too deeply (${error.message})`;
      diagnostics.push({ kind: 'gave-up', severity: 'error', message });
      return [];
    }
  });
}

/** What the report tells of every rule, enabled or not. */
export function describeRules(checks: readonly Check[], enabled: readonly EnabledRule[]): RuleInfo[] {
  const levels = new Map(enabled.map(({ check, level }) => [check.id, level]));
  const infos = checks.map(({ id, item, level, title, why, fix, explain }) => ({
    id,
    item,
    level: levels.get(id) ?? level,
    title,
    why,
    fix,
    help: explain,
    enabled: levels.has(id),
  }));
  return [...infos, ...META_RULES].sort((a, b) => byCodeUnit(a.id, b.id));
}
