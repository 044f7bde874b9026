/** The contract of an output format: a pure function from the report to text. No I/O, no exit code, no analysis. */
import type { AuditReport } from '../model/report.ts';

export interface RenderOptions {
  /** Colours and styles of a terminal. */
  color: boolean;
  /** Columns at which running text is broken. */
  width: number;
  /** Text: also findings of level note. */
  showNotes: boolean;
  verbosity: 'quiet' | 'normal' | 'verbose';
  /** Path from the working directory to the audit root, for paths that a terminal can open; '' when they are one. */
  base: string;
}
export interface Reporter {
  name: string;
  /** One clause for `--help`. */
  describe: string;
  render(report: AuditReport, options: RenderOptions): string;
}
/** Identity with a type. */
export const defineReporter = (reporter: Reporter): Reporter => reporter;

export const DEFAULT_RENDER: RenderOptions = {
  color: false,
  width: 80,
  showNotes: false,
  verbosity: 'normal',
  base: '',
};
