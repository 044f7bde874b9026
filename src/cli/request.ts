/** Flags and configuration together → what an audit is asked. Loads the configuration's machinery, so only when needed. */
import path from 'node:path';
import type { AuditOptions } from '../audit.ts';
import { checks } from '../checks/index.ts';
import type { Config } from '../config/config.ts';
import { findRoot } from '../config/root.ts';
import { ruleIds } from '../report/rules.ts';
import { UserError } from '../util/errors.ts';
import { didYouMean, nearest } from '../util/nearest.ts';
import type { SharedFlags } from './options.ts';

export interface Request {
  options: AuditOptions;
  config: Config;
  /** Path from the working directory to the audit root, `/` separators. */
  base: string;
}

const COMMANDS = ['rules', 'explain', 'why', 'graph', 'audit'];

/** Throws `UserError` for paths, rules or configuration that are wrong. */
export async function makeRequest(paths: readonly string[], flags: SharedFlags): Promise<Request> {
  const cwd = process.cwd();
  const { root } = findRoot(paths, cwd, given => suggestCommand(given));
  const rules = ruleIds(checks);
  for (const id of Object.keys(flags.rule))
    if (!rules.includes(id)) throw new UserError(`--rule: there is no rule ${id}`, didYouMean(id, rules));
  const { loadConfig, rebaseAll } = await import('../config/load.ts');
  const named =
    flags.config === undefined ? {} : { named: flags.config === 'none' ? null : path.resolve(cwd, flags.config) };
  const file = await loadConfig({ root, allowCode: flags.allowConfigCode ?? false, rules, ...named });
  const config: Config = {
    ...file,
    preset: flags.preset ?? file.preset,
    rules: { ...file.rules, ...flags.rule },
    include: [...file.include, ...rebaseAll(flags.include, cwd, root)],
    exclude: [...file.exclude, ...rebaseAll(flags.exclude, cwd, root)],
  };
  const base = path.relative(cwd, root).split(path.sep).join('/');
  return { options: { ...config, paths, cwd, today: today(process.env) }, config, base };
}

function suggestCommand(given: string): string | undefined {
  const command = nearest(given, COMMANDS);
  return command === undefined ? undefined : `Did you mean the command ${command}?`;
}

/** The day, for suppressions with an end; `SOURCE_DATE_EPOCH` makes it reproducible. The only clock of the tool. */
function today(env: NodeJS.ProcessEnv): string {
  const epoch = Number(env['SOURCE_DATE_EPOCH']);
  const date = env['SOURCE_DATE_EPOCH'] && Number.isFinite(epoch) ? new Date(epoch * 1000) : new Date();
  return date.toISOString().slice(0, 10);
}
