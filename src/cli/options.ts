/** Flags → settings. Every value that comes from a list is checked, with the nearest match in the message. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FAIL_ON, type FailOn, PRESETS, type Preset, RULE_SETTINGS, type RuleSetting } from '../config/config.ts';
import { reporters } from '../reporters/index.ts';
import { didYouMean } from '../util/nearest.ts';

export interface FormatRequest {
  name: string;
  /** Absent: standard output, or the file of `--output`. */
  file?: string;
}
/** What commander makes of the flags that all auditing commands share. */
export interface SharedFlags {
  preset?: Preset;
  rule: Record<string, RuleSetting>;
  config?: string;
  allowConfigCode?: boolean;
  include: string[];
  exclude: string[];
  color?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}
export interface AuditFlags extends SharedFlags {
  format: FormatRequest[];
  output?: string;
  show?: 'notes';
  failOn?: FailOn;
  stats?: boolean;
  fix?: boolean;
  fixDryRun?: boolean;
}

/** A parser for one of some words. */
export function oneOf<T extends string>(known: readonly T[]): (given: string) => T {
  return given => {
    const found = known.find(name => name === given);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(
      [`Expected one of ${known.join(', ')}.`, didYouMean(given, known)].filter(Boolean).join(' '),
    );
  };
}

function parseFormat(given: string, before: FormatRequest[] = []): FormatRequest[] {
  const [name = '', ...rest] = given.split('=');
  oneOf([...reporters.keys()])(name);
  return [...before, rest.length === 0 ? { name } : { name, file: rest.join('=') }];
}

function parseRule(given: string, before: Record<string, RuleSetting>): Record<string, RuleSetting> {
  const [id = '', level, ...rest] = given.split('=');
  if (level === undefined || rest.length > 0)
    throw new InvalidArgumentError('Expected rule=level, such as lock-reentry=warning.');
  return { ...before, [id]: oneOf(RULE_SETTINGS)(level) };
}

const collect = (given: string, before: string[]): string[] => [...before, given];

export function addSharedOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--preset <name>',
        'recommended, or strict: also rules that are not sure enough, findings of low confidence, and notes in the text',
      ).argParser(oneOf(PRESETS)),
    )
    .addOption(
      new Option('--rule <id=level>', 'level of a rule: error, warning, note or off; repeatable')
        .argParser(parseRule)
        .default({}, 'as configured'),
    )
    .option('--config <file>', 'configuration file, or none; default: the nearest one up to the top of the repository')
    .option('--allow-config-code', 'let --config name a file that is code, and run it')
    .addOption(
      new Option('--include <glob>', 'take in files that are left out by default; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--exclude <glob>', 'leave out files; repeatable').argParser(collect).default([], 'none'))
    .option('--color', 'colours, also when the output is no terminal')
    .option('--no-color', 'no colours')
    .option('--quiet', 'the verdict alone, and no progress')
    .option('--verbose', 'also what was left out, every gap and diagnostic, and what would raise each item');
}

export function addAuditOptions(command: Command): Command {
  return addSharedOptions(command)
    .addOption(
      new Option('--format <name[=file]>', `${[...reporters.keys()].join(', ')}; repeatable, =file writes to a file`)
        .argParser(parseFormat)
        .default([], 'text'),
    )
    .option('--output <file>', 'write the result to a file instead of standard output')
    .addOption(
      new Option('--show <what>', 'notes: also findings of level note in the text').argParser(
        oneOf(['notes'] as const),
      ),
    )
    .addOption(
      new Option('--fail-on <level>', `exit code 1 from this level on: ${FAIL_ON.join(', ')}; default error`).argParser(
        oneOf(FAIL_ON),
      ),
    )
    .addOption(
      new Option('--fix', 'make the changes that mend findings and keep types; each is audited again').conflicts(
        'fixDryRun',
      ),
    )
    .option('--fix-dry-run', 'print these changes as a unified diff instead of the report, and write nothing')
    .option('--stats', 'how long each phase took, on standard error')
    .option('--no-cache', 'accepted for scripts; results are never cached yet');
}
