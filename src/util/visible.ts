/**
 * Controls, format characters (bidirectional overrides, zero-width), line and paragraph separators, cut surrogates: in a
 * terminal they forge output, reorder it or hide it.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text that is safe to print: whatever could act on a terminal is shown as `\u{…}`. A tab becomes a space. */
export function visible(text: string): string {
  return text.replace(UNSAFE, char => (char === '\t' ? ' ' : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`));
}
