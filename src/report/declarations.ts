/** Declarations in the audited code and its configuration that say nothing: notes, as for suppressions that do nothing. */
import { declaredFacts, type DeclarationProblem } from '../analysis/guarded/declaredFacts.ts';
import { declaredOrder } from '../analysis/locks/declaredOrder.ts';
import type { Get } from '../analysis/analysis.ts';
import type { Diagnostic, Finding } from '../model/report.ts';
import { stableHash } from '../util/stableHash.ts';
import { META_RULES } from './metaRules.ts';
import type { Sources } from './sources.ts';

const RULE = 'stale-declaration';

/** Those in comments become findings; those of the configuration go to `diagnostics`. */
export function declarationFindings(get: Get, sources: Sources, diagnostics: Diagnostic[]): Finding[] {
  const info = META_RULES.find(({ id }) => id === RULE);
  return problemsOf(get).flatMap(({ declaration: { site, names }, message }): Finding[] => {
    if (site === null) {
      diagnostics.push({ kind: 'config', severity: 'warning', message: `lockOrder: ${message}` });
      return [];
    }
    const source = sources.of(site.file);
    const location = source.location(site.file, site.at);
    return [
      {
        rule: RULE,
        item: null,
        level: 'note',
        confidence: 'high',
        message,
        why: info?.why ?? '',
        fix: info?.fix ?? '',
        location,
        symbol: site.file,
        related: [],
        witnesses: [],
        assumptions: [],
        fingerprint: stableHash([RULE, site.file, message, ...names]),
        lineHash: source.lineHash(location.line),
        frame: source.frame(location.line),
      },
    ];
  });
}

/** A program that is nested too deeply for the question has been told of by the rules that ask it. */
function problemsOf(get: Get): readonly DeclarationProblem[] {
  try {
    return [...get(declaredOrder).problems, ...get(declaredFacts)];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
