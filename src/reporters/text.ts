/** For people: the verdict and what to mend first, then every finding with its story, then checklist and coverage. */
import type { AuditReport, ChecklistItem, Finding } from '../model/report.ts';
import { wrapWords } from '../util/wrapWords.ts';
import { type RenderOptions, defineReporter } from './reporter.ts';
import { type Style, TextPage } from './textPage.ts';

const FIRST = 3;
export default defineReporter({
  name: 'text',
  describe: 'for people: verdict, what to mend first, findings with their story',
  render: (report, options) => new TextReport(report, options).render(),
});

class TextReport extends TextPage {
  readonly #report: AuditReport;

  constructor(report: AuditReport, options: RenderOptions) {
    super(options);
    this.#report = report;
  }

  render(): string {
    const { verbosity } = this.options;
    this.#verdict();
    if (verbosity !== 'quiet') {
      const shown = this.#shown();
      this.#fixFirst(shown);
      this.#findings(shown);
      this.#checklist();
      this.#coverage();
      this.#hidden();
    }
    return `${this.lines.join('\n')}\n`;
  }

  #shown(): Finding[] {
    const { showNotes } = this.options;
    const notes = showNotes || this.#report.preset === 'strict';
    return this.#report.findings.filter(({ level, suppressed }) => !suppressed && (notes || level !== 'note'));
  }

  #verdict(): void {
    const { verdict, verdictReason, score } = this.#report;
    const style: Style = verdict === 'blocked' ? 'error' : verdict === 'ready' ? 'good' : 'warning';
    this.line(0, ['strong', 'Verdict: '], [style, verdict], ` (${verdictReason})`);
    this.line(0, ['strong', 'Score: '], score ? `${range(score)} of 10` : 'nothing was scored');
  }

  #fixFirst(shown: readonly Finding[]): void {
    const first = shown.slice(0, FIRST);
    if (first.length === 0) return;
    this.gap();
    this.line(0, ['strong', 'Fix first']);
    for (const [index, finding] of first.entries()) {
      this.line(
        2,
        `${index + 1}. `,
        [finding.level, finding.rule],
        ` ${this.place(finding.location)}  ${finding.message}`,
      );
      this.line(5, ['faint', 'why: '], finding.why);
    }
  }

  #findings(shown: readonly Finding[]): void {
    const byFile = new Map<string, Finding[]>();
    for (const finding of shown) {
      const ofFile = byFile.get(finding.location.file) ?? [];
      ofFile.push(finding);
      byFile.set(finding.location.file, ofFile);
    }
    const files = [...byFile.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const file of files) {
      this.gap();
      this.line(0, ['strong', this.path(file)]);
      const ofFile = byFile.get(file) ?? [];
      ofFile.sort((a, b) => a.location.line - b.location.line || a.location.column - b.location.column);
      for (const finding of ofFile) this.finding(finding);
    }
  }

  #checklist(): void {
    this.gap();
    this.line(0, ['strong', 'Checklist']);
    for (const item of this.#report.items) {
      const [reason, ...more] = wrapWords(item.outcome === 'not measured' ? '' : item.reason, this.options.width - 31);
      const outcome = outcomeText(item).padEnd(13);
      this.line(2, item.id.padEnd(4), item.title.padEnd(12), [itemStyle(item), outcome], reason ?? '');
      for (const line of more) this.line(31, line);
      if (this.options.verbosity === 'verbose') this.line(6, ['faint', `${item.question} ${item.raise}`]);
    }
  }

  #coverage(): void {
    const { files, functions, calls, resolved, gaps } = this.#report.coverage;
    const share = (100 * resolved).toFixed(1);
    this.gap();
    this.line(0, ['strong', 'Coverage']);
    this.line(2, `${files} files, ${functions} functions, ${calls.total} calls: ${share} % resolved`);
    this.line(
      2,
      `calls with 1 target ${calls.one}, 2-3 ${calls.few}, more ${calls.many}, external ${calls.external}, none ${calls.none}`,
    );
    const verbose = this.options.verbosity === 'verbose';
    const shown = verbose ? gaps : gaps.slice(0, 5);
    if (gaps.length > 0)
      this.line(
        2,
        `not modelled: ${shown.map(({ reason, count }) => `${reason} ${count}`).join(', ')}${gaps.length > shown.length ? ', …' : ''}`,
      );
    for (const { reason, count, examples } of this.#report.skipped) {
      this.line(
        2,
        `left out: ${count} ${reason}${verbose ? ` (${examples.join(', ')}${count > examples.length ? ', …' : ''})` : ''}`,
      );
    }
    this.#diagnostics(verbose);
  }

  #diagnostics(verbose: boolean): void {
    const { diagnostics } = this.#report;
    const shown = verbose ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'info').slice(0, 10);
    for (const { severity, kind, message, file, line } of shown) {
      const place = file === undefined ? '' : `${this.path(file)}${line === undefined ? '' : `:${line}`} `;
      this.line(2, [severity === 'info' ? 'note' : severity, kind], ` ${place}${message}`);
    }
    if (diagnostics.length > shown.length)
      this.line(2, ['faint', `${diagnostics.length - shown.length} more diagnostics with --verbose`]);
  }

  #hidden(): void {
    const { hidden, preset } = this.#report;
    const parts: string[] = [];
    if (hidden.notes > 0 && preset !== 'strict' && !this.options.showNotes)
      parts.push(`${hidden.notes} note${hidden.notes === 1 ? '' : 's'} (--show notes)`);
    if (hidden.lowConfidence > 0) parts.push(`${hidden.lowConfidence} of low confidence (--preset strict)`);
    if (hidden.suppressed > 0) parts.push(`${hidden.suppressed} suppressed in the code`);
    if (parts.length === 0) return;
    this.gap();
    this.line(0, ['faint', `Not shown: ${parts.join(', ')}`]);
  }
}

const range = ({ low, high }: { low: number; high: number }): string =>
  low === high ? low.toFixed(1) : `${low.toFixed(1)}-${high.toFixed(1)}`;
const outcomeText = ({ outcome, score }: ChecklistItem): string => (score === null ? outcome : score.toFixed(1));
const itemStyle = ({ score }: ChecklistItem): Style =>
  score === null ? 'faint' : score >= 8 ? 'good' : score >= 5 ? 'warning' : 'error';
