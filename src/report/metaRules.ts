/** Rules about the audit itself: suppressions and declarations that are wrong or do nothing. They never count in the score. */
import type { RuleInfo } from '../model/report.ts';

const rule = (id: string, title: string, why: string, fix: string, help: string): RuleInfo => ({
  id,
  item: null,
  level: 'note',
  title,
  why,
  fix,
  help,
  enabled: true,
});

const GRAMMAR =
  'A suppression is `conc-audit-ignore-next-line RULE[, RULE] -- reason [until YYYY-MM-DD]`; ' +
  '`conc-audit-ignore-line` and `conc-audit-ignore-file` are written the same way.';

export const META_RULES: readonly RuleInfo[] = [
  rule(
    'expired-suppression',
    'A suppression is over its date',
    'its finding is reported again',
    'mend the finding, or give the suppression a new date and reason',
    `The date behind \`until\` has passed, so the suppression suppresses nothing any more. ${GRAMMAR}`,
  ),
  rule(
    'invalid-suppression',
    'A suppression lacks its reason, or names no rule that exists',
    'it suppresses nothing',
    'write the rule and the reason',
    `Without a reason nobody can judge later whether the suppression still holds. ${GRAMMAR}`,
  ),
  rule(
    'stale-declaration',
    'A declaration about locks says nothing',
    'readers trust what nobody keeps or checks',
    'name the locks as they are called now, keep what is said, or delete it',
    'Names in `@lockOrder a < b`, `@holds a` (at a function: its callers have the lock) and `@guardedBy a` (at a variable or field: it is written under the lock) are a lock of the same module or class, `Class.field`, `module#name`, or the name that a lock is asked for by in quotes; `@reentrant` (at a lock: its holder may take it again) has none.',
  ),
  rule(
    'unused-suppression',
    'A suppression suppresses nothing',
    'it would hide the next defect at this place',
    'delete it',
    `No finding of the rule is at the place any more. ${GRAMMAR}`,
  ),
];
