/** Applies the suppressions of the audited code to the findings, and turns those that are wrong into findings. */
import type { Program } from '../analysis/program.ts';
import type { Finding } from '../model/report.ts';
import {
  type IdleSuppression,
  type PlacedSuppression,
  type SuppressionSetting,
  applySuppressions,
} from '../suppress/inline.ts';
import { didYouMean } from '../util/nearest.ts';
import { stableHash } from '../util/stableHash.ts';
import { META_RULES } from './metaRules.ts';
import type { Sources } from './sources.ts';

/** Marks suppressed findings in place; returns the findings about suppressions. */
export function suppressFindings(
  findings: Finding[],
  program: Program,
  sources: Sources,
  setting: SuppressionSetting,
): Finding[] {
  const placed: PlacedSuppression[] = [];
  for (const { file, suppressions } of program.modules.values()) {
    for (const suppression of suppressions) {
      const { line, endLine } = sources.of(file).location(file, suppression.at);
      placed.push({ file, suppression, firstLine: line, lastLine: endLine });
    }
  }
  const seen = new Map<string, number>();
  return applySuppressions(findings, placed, setting).map(idle => {
    const key = [RULE_OF[idle.kind], idle.at.file, idle.at.suppression.scope, idle.rule, idle.at.suppression.reason];
    const nth = (seen.get(key.join('\n')) ?? 0) + 1;
    seen.set(key.join('\n'), nth);
    return toFinding(idle, [...key, String(nth)], sources, setting);
  });
}

const RULE_OF: Record<IdleSuppression['kind'], string> = {
  unused: 'unused-suppression',
  expired: 'expired-suppression',
  'no-reason': 'invalid-suppression',
  'unknown-rule': 'invalid-suppression',
};

function toFinding(idle: IdleSuppression, key: string[], sources: Sources, setting: SuppressionSetting): Finding {
  const { file, suppression } = idle.at;
  const source = sources.of(file);
  const location = source.location(file, suppression.at);
  const id = RULE_OF[idle.kind];
  const info = META_RULES.find(rule => rule.id === id);
  return {
    rule: id,
    item: null,
    level: 'note',
    confidence: 'high',
    message: messageOf(idle, setting),
    why: info?.why ?? '',
    fix: info?.fix ?? '',
    location,
    symbol: file,
    related: [],
    witnesses: [],
    assumptions: [],
    fingerprint: stableHash(key),
    lineHash: source.lineHash(location.line),
    frame: source.frame(location.line),
  };
}

function messageOf({ kind, rule, at }: IdleSuppression, { known }: SuppressionSetting): string {
  switch (kind) {
    case 'unused':
      return `No finding of \`${rule}\` is suppressed here.`;
    case 'expired':
      return `The suppression of \`${rule}\` ended on ${at.suppression.until ?? ''}.`;
    case 'no-reason':
      return `The suppression of \`${rule}\` has no reason (\`-- why\`), so it suppresses nothing.`;
    case 'unknown-rule':
      return ['There is no rule', `\`${rule}\`,`, 'so nothing is suppressed.', didYouMean(rule, [...known])]
        .filter(Boolean)
        .join(' ');
  }
}
