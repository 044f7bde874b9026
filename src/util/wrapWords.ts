const MIN_WIDTH = 40;

/** Breaks at blanks; a word that is longer than the width keeps a line of its own. */
export function wrapWords(text: string, width: number, least = MIN_WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= Math.max(width, least))
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
