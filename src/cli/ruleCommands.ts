/** `rules` and `explain RULE`: what the tool looks for. Print the checks' own texts; load no compiler. */
import { type Command, Option } from 'commander';
import type { Check } from '../checks/check.ts';
import { checks } from '../checks/index.ts';
import { META_RULES } from '../report/metaRules.ts';
import { ruleIds } from '../report/rules.ts';
import { byCodeUnit } from '../util/compare.ts';
import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import { oneOf } from './options.ts';
import { print } from './output.ts';

export function addRuleCommands(program: Command): void {
  program
    .command('rules')
    .description('list the rules, or the libraries that the audit knows')
    .option('--libraries', 'packages, versions, and what their tables were checked against')
    .addOption(
      new Option('--format <name>', 'text or json').argParser(oneOf(['text', 'json'] as const)).default('text'),
    )
    .action(async ({ libraries, format }: { libraries?: boolean; format: 'text' | 'json' }) => {
      const rows = libraries ? await libraryRows() : ruleRows();
      await print(format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
    });
  program
    .command('explain')
    .argument('<rule>', 'rule id')
    .description('what a rule reports, the failure behind it, and examples')
    .action(async (id: string) => print(explain(id)));
}

type Row = Record<string, string>;

function ruleRows(): Row[] {
  const strict = new Set(checks.flatMap(({ id, strict }) => (strict ? [id] : [])));
  const rows = [...checks, ...META_RULES].map(({ id, item, level, title }) => ({
    rule: id,
    item: item ?? '-',
    level,
    preset: strict.has(id) ? 'strict' : 'recommended',
    title,
  }));
  return rows.sort((a, b) => byCodeUnit(a.rule, b.rule));
}

async function libraryRows(): Promise<Row[]> {
  const { libraries } = await import('../libraries/index.ts');
  const tables = libraries.filter(({ apis }) => Object.keys(apis).length > 0);
  const rows = tables.map(({ package: name, language, checked, apis }) => ({
    package: name,
    language,
    apis: String(Object.keys(apis).length),
    version: checked?.version ?? '-',
    checked: checked?.how ?? 'not checked against a package',
  }));
  return rows.sort((a, b) => byCodeUnit(a.package, b.package) || byCodeUnit(a.checked, b.checked));
}

/** Columns as wide as their widest cell; the last one runs free. */
function table(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map(column => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows
    .map(
      row =>
        `${columns
          .map((column, index) => (row[column] ?? '').padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function explain(id: string): string {
  const check = checks.find(one => one.id === id);
  if (check) return explainCheck(check);
  const meta = META_RULES.find(one => one.id === id);
  if (meta) return paragraphs([`${meta.id}: ${meta.title}`, meta.help, `Why: ${meta.why}.\nWhat to do: ${meta.fix}.`]);
  const known = ruleIds(checks);
  throw new UserError(`There is no rule ${id}`, didYouMean(id, known) ?? 'conc-audit rules lists them.');
}

function explainCheck({ id, item, level, strict, title, why, fix, explain: text, counts, examples }: Check): string {
  const shown = Object.entries(examples).flatMap(([language, { bad, good }]) => [
    `Bad (${language}):\n${indent(bad)}`,
    `Good (${language}):\n${indent(good)}`,
  ]);
  return paragraphs([
    `${id}: ${title}`,
    `Level ${level}, checklist item ${item}. The score counts ${counts}.`,
    `Why: ${why}\nWhat to do: ${fix}`,
    text,
    ...(strict ? [STRICT] : []),
    ...shown,
    `To accept one place: // conc-audit-ignore-next-line ${id} -- reason`,
  ]);
}

const STRICT =
  'Too few of its findings on real code were right for it to be on by itself: `--preset strict` runs it, or a level for ' +
  'it in the configuration.';

const paragraphs = (parts: readonly string[]): string => `${parts.map(part => part.trim()).join('\n\n')}\n`;
const indent = (code: string): string =>
  code
    .trim()
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n');
