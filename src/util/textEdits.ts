/** Edits of a text by offsets: applying them, and finding a place again afterwards. */

export interface Edit {
  start: number;
  end: number;
  text: string;
}

const byStart = (a: Edit, b: Edit): number => a.start - b.start || a.end - b.end;

/** Two edits that touch each other's text, or insert at one place, do not go together. */
export function overlap(a: Edit, b: Edit): boolean {
  return (a.start < b.end && b.start < a.end) || a.start === b.start;
}

/** The edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort(byStart)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Where an offset of the old text is in the new one; two answers where something was inserted just there. */
export function placesAfter(offset: number, edits: readonly Edit[]): readonly number[] {
  let shift = 0;
  let inserted = 0;
  for (const { start, end, text } of edits) {
    if (end < offset || (end === offset && start < end)) shift += text.length - (end - start);
    else if (start === offset && end === offset) inserted += text.length;
  }
  return inserted === 0 ? [offset + shift] : [offset + shift, offset + shift + inserted];
}
