/**
 * Fixes: what findings say would mend them, made in memory, audited again, and kept only where the finding is gone and
 * nothing new is wrong. Nothing is written here.
 */
import { type AuditOptions, type AuditResult, auditWhole, type Registry, type WholeAudit } from './audit.ts';
import type { TextEdit } from './model/repairs.ts';
import { editsByFile, failing, findFixes, type Fix, type Judged, textsWith } from './report/repairs.ts';

export interface FixedFile {
  /** Relative to the audit root. */
  file: string;
  before: string;
  after: string;
  edits: readonly TextEdit[];
}
export interface FixResult {
  /** Of the program with the fixes. */
  audited: AuditResult;
  /** Absolute. */
  root: string;
  files: FixedFile[];
  /** How many findings are mended, by rule. */
  mended: Record<string, number>;
  /** Fixes that were tried and taken back: they mended nothing, or something else was wrong with them. */
  takenBack: number;
}

/** Every round takes back what failed; then what is left is judged as a whole, or not at all. */
const ROUNDS = 6;
/** After so many, what is new is laid to whole files. */
const CLOSE = 3;

/** In this thread, on its stack; see `auditHere`. */
export async function fixHere(options: AuditOptions = {}, registry?: Registry): Promise<FixResult> {
  const first = await auditWhole(options, registry);
  const before = judged(first);
  const found = findFixes(before);
  let left: readonly Fix[] = found;
  for (let round = 0; left.length > 0 && round < ROUNDS; round += 1) {
    const again = await auditWhole({ ...options, overlay: textsWith(left, before.loaded) }, registry);
    const bad = failing(left, before, judged(again), round >= CLOSE);
    if (bad.size === 0) return resultOf(again, before, found, left);
    left = left.filter(fix => !bad.has(fix));
  }
  return resultOf(first, before, found, []);
}

const judged = ({ report, runs, linked }: WholeAudit): Judged => ({ report, runs, loaded: linked.loaded });

function resultOf(
  { report, stats, linked }: WholeAudit,
  { loaded }: Judged,
  found: readonly Fix[],
  kept: readonly Fix[],
): FixResult {
  const texts = textsWith(kept, loaded);
  const mended: Record<string, number> = {};
  for (const { rule } of kept) mended[rule] = (mended[rule] ?? 0) + 1;
  return {
    audited: { report, stats },
    root: linked.place.root,
    files: [...editsByFile(kept)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, edits]) => {
        const before = loaded.text(file);
        return { file, before, after: texts.get(file) ?? before, edits };
      }),
    mended,
    takenBack: found.length - kept.length,
  };
}
