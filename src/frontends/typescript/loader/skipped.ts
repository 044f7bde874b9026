/** One diagnostic per reason why files were left out; single files that nobody expects to miss have their own already. */
import type { Diagnostic } from '../../../model/report.ts';
import { byCodeUnit } from '../../../util/compare.ts';

const OWN_DIAGNOSTIC = new Set(['too-large', 'too-deep', 'not-read']);

export function reportSkipped(skipped: readonly { file: string; reason: string }[], diagnostics: Diagnostic[]): void {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of skipped) {
    const files = byReason.get(reason);
    if (files) files.push(file);
    else byReason.set(reason, [file]);
  }
  for (const reason of [...byReason.keys()].sort(byCodeUnit)) {
    const files = byReason.get(reason) ?? [];
    if (OWN_DIAGNOSTIC.has(reason)) continue;
    const examples = files.slice(0, 3).join(', ');
    diagnostics.push({
      kind: 'skipped',
      severity: 'info',
      message: `${files.length} left out as ${reason}: ${examples}${files.length > 3 ? ', …' : ''}`,
    });
  }
}
