/** Unified diffs of a text and the same text after edits, as `patch` and `git apply` read them. */
import { applyEdits, type Edit } from './textEdits.ts';

const CONTEXT = 3;

/** Lines with their ends; the last one may have none. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

interface Change {
  /** Old lines from (counted from 0) to (exclusive). */
  from: number;
  to: number;
  added: string[];
}

/** Empty when nothing changes. `file`: relative, `/` separators. */
export function unifiedDiff(file: string, text: string, edits: readonly Edit[]): string {
  const old = linesOf(text);
  const changes = changesOf(text, old, edits);
  if (changes.length === 0) return '';
  let shift = 0;
  const hunks = groups(changes).map(group => {
    const printed = hunk(old, group, shift);
    for (const { from, to, added } of group) shift += added.length - (to - from);
    return printed;
  });
  return [`--- a/${file}\n`, `+++ b/${file}\n`, ...hunks].join('');
}

/** The whole lines that each edit changes; edits of one line, or of lines next to each other, are one change. */
function changesOf(text: string, old: readonly string[], edits: readonly Edit[]): Change[] {
  const starts = [0];
  for (const line of old) starts.push((starts.at(-1) ?? 0) + line.length);
  const lineAt = (offset: number): number => {
    let line = starts.findIndex((start, index) => offset >= start && offset < (starts[index + 1] ?? Infinity));
    if (line < 0) line = 0;
    return Math.min(line, Math.max(0, old.length - 1));
  };
  const spans: { from: number; to: number; edits: Edit[] }[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const from = lineAt(edit.start);
    const to = lineAt(Math.max(edit.start, edit.end - 1)) + 1;
    const last = spans.at(-1);
    if (last && from <= last.to) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else spans.push({ from, to, edits: [edit] });
  }
  return spans.map(span => {
    const start = starts[span.from] ?? 0;
    const moved = span.edits.map(edit => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    return trimmed(old, {
      from: span.from,
      to: span.to,
      added: linesOf(applyEdits(text.slice(start, starts[span.to] ?? text.length), moved)),
    });
  });
}

/** Without the lines at its beginning and end that stay what they are. */
function trimmed(old: readonly string[], { from, to, added }: Change): Change {
  let first = 0;
  while (from + first < to && old[from + first] === added[first]) first += 1;
  let last = 0;
  while (to - last > from + first && added.length - last > first && old[to - last - 1] === added.at(-last - 1))
    last += 1;
  return { from: from + first, to: to - last, added: added.slice(first, added.length - last) };
}

/** Changes whose context would touch stand in one hunk. */
function groups(changes: readonly Change[]): Change[][] {
  const found: Change[][] = [];
  for (const change of changes) {
    const last = found.at(-1)?.at(-1);
    if (last && change.from - last.to <= 2 * CONTEXT) found.at(-1)?.push(change);
    else found.push([change]);
  }
  return found;
}

function hunk(old: readonly string[], group: readonly Change[], shift: number): string {
  const first = Math.max(0, (group[0]?.from ?? 0) - CONTEXT);
  const end = Math.min(old.length, (group.at(-1)?.to ?? 0) + CONTEXT);
  const lines: string[] = [];
  let at = first;
  let added = 0;
  for (const change of group) {
    lines.push(...old.slice(at, change.from).map(line => ` ${line}`));
    lines.push(...old.slice(change.from, change.to).map(line => `-${line}`), ...change.added.map(line => `+${line}`));
    added += change.added.length - (change.to - change.from);
    at = change.to;
  }
  lines.push(...old.slice(at, end).map(line => ` ${line}`));
  const range = (start: number, count: number): string => `${count === 0 ? start : start + 1},${count}`;
  const head = `@@ -${range(first, end - first)} +${range(first + shift, end - first + added)} @@\n`;
  return head + lines.map(line => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)).join('');
}
