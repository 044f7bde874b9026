/** `--fix` and `--fix-dry-run`: writes fixed files as they were written before, or prints what would change. */
import fs from 'node:fs';
import path from 'node:path';
import type { FixedFile, FixResult } from '../fix.ts';
import { UserError } from '../util/errors.ts';
import { unifiedDiff } from '../util/unifiedDiff.ts';
import { visible } from '../util/visible.ts';

/** Unified diffs with paths from the working directory on, as `git apply` and `patch -p1` take them. */
export const diffOf = ({ files }: FixResult, base: string): string =>
  files.map(({ file, before, edits }) => unifiedDiff(path.posix.join(base, file), before, edits)).join('');

/** All files or none: when one cannot be written, those before it are written back. */
export function writeFixed({ root, files }: FixResult): void {
  const planned = files.map(file => ({ ...planOf(root, file), file: file.file }));
  const written: typeof planned = [];
  for (const one of planned) {
    try {
      written.push(one);
      fs.writeFileSync(one.path, one.after);
    } catch (error) {
      for (const { path: target, before } of written) writeBack(target, before);
      throw new UserError(`Cannot write ${one.file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function writeBack(target: string, before: Buffer): void {
  try {
    fs.writeFileSync(target, before);
  } catch {
    // What could not be written is as it was.
  }
}

const MARK = '\ufeff';

/** The bytes before and after. Throws for a file that is not what was audited, or not in UTF-8. */
function planOf(root: string, { file, before, after }: FixedFile): { path: string; before: Buffer; after: string } {
  const target = path.join(root, file);
  const bytes = fs.readFileSync(target);
  const text = bytes.toString('utf8');
  const mark = text.startsWith(MARK) ? MARK : '';
  if (text !== mark + before)
    throw new UserError(
      `${file} was not fixed: it has changed since it was read, or is not UTF-8`,
      'Nothing is written.',
    );
  return { path: target, before: bytes, after: mark + after };
}

/** One line for people: what was mended, and what was not. */
export function summaryOf({ mended, files, takenBack }: FixResult, isDry: boolean): string {
  const count = Object.values(mended).reduce((sum, one) => sum + one, 0);
  const rules = Object.entries(mended).map(([rule, times]) => `${rule} ${times}`);
  const back =
    takenBack === 0
      ? ''
      : `; ${takenBack} ${takenBack === 1 ? 'change was' : 'changes were'} taken back: another audit found them no better`;
  if (count === 0) return visible(`Nothing ${isDry ? 'would be' : 'is'} fixed${back}`);
  const findings = count === 1 ? '1 finding' : `${count} findings`;
  const where = files.length === 1 ? '1 file' : `${files.length} files`;
  return visible(`${isDry ? 'Would fix' : 'Fixed'} ${findings} in ${where} (${rules.join(', ')})${back}`);
}
