/** Suppressions written in the audited code: which finding each one silences, and which silence nothing. */
import type { Suppression } from '../model/facts.ts';

/** A suppression with its place as lines: from the comment's first line to its last. */
export interface PlacedSuppression {
  file: string;
  suppression: Suppression;
  firstLine: number;
  lastLine: number;
}
/** The part of a finding that a suppression looks at. */
export interface Suppressible {
  rule: string;
  location: { file: string; line: number };
  suppressed?: { by: 'inline' | 'baseline'; reason: string };
}
/** A suppression that is itself to be told of. `rule`: the one of its rules that it is about. */
export interface IdleSuppression {
  kind: 'unused' | 'expired' | 'no-reason' | 'unknown-rule';
  at: PlacedSuppression;
  rule: string;
}
export interface SuppressionSetting {
  /** Rules that ran. */
  enabled: ReadonlySet<string>;
  /** All rules that exist. */
  known: ReadonlySet<string>;
  /** `YYYY-MM-DD`; null: nothing expires. */
  today: string | null;
}

/**
 * Marks the findings that a suppression covers and returns the suppressions that are wrong: used by nothing, over their
 * date, without a reason, or of a rule that does not exist. Those of a rule that is off are not judged.
 */
export function applySuppressions(
  findings: readonly Suppressible[],
  suppressions: readonly PlacedSuppression[],
  setting: SuppressionSetting,
): IdleSuppression[] {
  const idle: IdleSuppression[] = [];
  const targets = targetLines(suppressions);
  for (const [index, at] of suppressions.entries()) {
    const { suppression, file } = at;
    const invalid = whyInvalid(suppression, setting.today);
    for (const rule of suppression.rules) {
      if (!setting.known.has(rule)) idle.push({ kind: 'unknown-rule', at, rule });
      else if (invalid) idle.push({ kind: invalid, at, rule });
      else if (setting.enabled.has(rule)) {
        const line = targets[index] ?? null;
        const covered = findings.filter(
          ({ rule: found, location }) =>
            found === rule && location.file === file && (line === null || location.line === line),
        );
        for (const finding of covered) finding.suppressed ??= { by: 'inline', reason: suppression.reason };
        if (covered.length === 0) idle.push({ kind: 'unused', at, rule });
      }
    }
  }
  return idle;
}

function whyInvalid({ reason, until }: Suppression, today: string | null): 'no-reason' | 'expired' | null {
  if (reason.trim() === '') return 'no-reason';
  return until !== undefined && today !== null && until < today ? 'expired' : null;
}

/** The line that each suppression is about, null for the whole file. `next-line` comments stack above one line. */
function targetLines(suppressions: readonly PlacedSuppression[]): (number | null)[] {
  const starts = new Map(
    suppressions
      .filter(({ suppression }) => suppression.scope === 'next-line')
      .map(({ file, firstLine, lastLine }) => [`${file}:${firstLine}`, lastLine]),
  );
  return suppressions.map(({ file, suppression, firstLine, lastLine }) => {
    if (suppression.scope === 'file') return null;
    if (suppression.scope === 'line') return firstLine;
    let line = lastLine + 1;
    for (let next = starts.get(`${file}:${line}`); next !== undefined; next = starts.get(`${file}:${line}`))
      line = next + 1;
    return line;
  });
}
