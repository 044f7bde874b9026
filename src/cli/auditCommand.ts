/** The default command: audit, write every format asked for, and tell by the exit code. */
import type { Command } from 'commander';
import type { AuditResult } from '../audit.ts';
import type { FailOn } from '../config/config.ts';
import type { AuditReport, Level } from '../model/report.ts';
import { reporters } from '../reporters/index.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import { UserError } from '../util/errors.ts';
import type { Stats } from '../util/stopwatch.ts';
import { type AuditFlags, type FormatRequest, type SharedFlags, addAuditOptions } from './options.ts';
import { Progress, complain, print, wantsColor, writeResult } from './output.ts';
import { type Request, makeRequest } from './request.ts';

export function addAuditCommand(program: Command): void {
  addAuditOptions(program.argument('[paths...]', 'files and folders; default: the current folder')).action(
    async (paths: string[], flags: AuditFlags) => runAudit(paths, flags),
  );
  addAuditOptions(program.command('audit').argument('[paths...]').description('audit (the default command)')).action(
    async (paths: string[], flags: AuditFlags) => runAudit(paths, flags),
  );
}

async function runAudit(paths: readonly string[], flags: AuditFlags): Promise<void> {
  const outputs = planOutputs(flags);
  const request = await makeRequest(paths, flags);
  const isFix = flags.fix ?? flags.fixDryRun ?? false;
  const { report, stats } = await (isFix ? fixWithProgress(request, flags) : auditWithProgress(request, flags));
  for (const { name, file } of outputs) {
    const text = await render(name, report, renderOptions(flags, request, file !== undefined));
    if (file === undefined) await print(text);
    else writeResult(file, text);
  }
  if (flags.stats) complain(statsText(stats));
  process.exitCode = fails(report, flags.failOn ?? request.config.failOn) ? 1 : 0;
}

/** Fixes, or shows what would be fixed; gives the audit of the fixed program. */
async function fixWithProgress(request: Request, flags: AuditFlags): Promise<AuditResult> {
  const { findFixes } = await import('../auditThread.ts');
  const { diffOf, summaryOf, writeFixed } = await import('./fixes.ts');
  const result = await withProgress(flags, progress => findFixes({ ...request.options, progress }));
  if (flags.fixDryRun) await print(diffOf(result, request.base));
  else writeFixed(result);
  if (!flags.quiet) complain(summaryOf(result, flags.fixDryRun ?? false));
  return result.audited;
}

/** Audits with a progress line on a terminal. */
async function auditWithProgress(request: Request, flags: SharedFlags): Promise<{ report: AuditReport; stats: Stats }> {
  const { audit } = await import('../auditThread.ts');
  return withProgress(flags, progress => audit({ ...request.options, progress }));
}

/** Does something long with a progress line on a terminal. */
export async function withProgress<T>(
  { quiet }: SharedFlags,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const progress = new Progress(process.stderr.isTTY && !quiet && !process.env['CI']);
  try {
    return await work(text => progress.tell(text));
  } finally {
    progress.end();
  }
}

/** Where each format goes. At most one goes to standard output. */
function planOutputs({ format, output, fixDryRun }: AuditFlags): FormatRequest[] {
  if (fixDryRun) {
    if (output !== undefined || format.some(({ file }) => file === undefined))
      throw new UserError(
        '--fix-dry-run prints a diff and no report',
        'Give each --format a file: --format json=FILE.',
      );
    return format;
  }
  const wanted = format.length > 0 ? format : [{ name: 'text' }];
  const open = wanted.filter(({ file }) => file === undefined);
  if (open.length > 1) {
    throw new UserError(
      `${open.length} formats for one output`,
      `Give all but one a file: --format ${open[1]?.name ?? 'json'}=FILE.`,
    );
  }
  if (output === undefined) return wanted;
  if (open.length === 0)
    throw new UserError('--output has no format left to write', 'Every --format names a file of its own.');
  return wanted.map(one => (one.file === undefined ? { ...one, file: output } : one));
}

export function renderOptions(flags: AuditFlags | SharedFlags, { base }: Request, toFile: boolean): RenderOptions {
  const isTerminal = !toFile && process.stdout.isTTY;
  return {
    color: wantsColor(flags.color, isTerminal, process.env),
    width: isTerminal ? process.stdout.columns : 80,
    showNotes: 'show' in flags && flags.show === 'notes',
    verbosity: flags.quiet ? 'quiet' : flags.verbose ? 'verbose' : 'normal',
    base,
  };
}

/** The report in a format, whose code is loaded now. */
async function render(name: string, report: AuditReport, options: RenderOptions): Promise<string> {
  const load = reporters.get(name);
  if (!load) throw new Error(`no reporter ${name}`);
  return (await load()).default.render(report, options);
}

const LEVELS: readonly Level[] = ['note', 'warning', 'error'];

/** Whether a finding that nobody suppressed is at or above the level. */
function fails({ findings }: AuditReport, failOn: FailOn): boolean {
  if (failOn === 'never') return false;
  return findings.some(({ level, suppressed }) => !suppressed && LEVELS.indexOf(level) >= LEVELS.indexOf(failOn));
}

function statsText({ phases, counts }: Stats): string {
  const times = Object.entries(phases).map(([phase, ms]) => `${phase.padEnd(12)}${ms.toFixed(0).padStart(8)} ms`);
  const numbers = Object.entries(counts).map(([what, count]) => `${what.padEnd(12)}${String(count).padStart(8)}`);
  return [...times, ...numbers].join('\n');
}
