/**
 * Guards in fixtures, and programs without them. A guard is what makes a program right:
 *
 *     // guard [name]: remove                  the next line goes
 *     // guard [name]: replace with CODE       the next line becomes CODE
 *     /* guard [name] *\/ … /* end guard *\/      what stands between goes
 *     /* guard [name]: CODE *\/ … /* end guard *\/  what stands between becomes CODE
 *
 * All guards of one name in a case make one mutation; the finding that `// mutant-expect [name]: RULE` asks for must
 * then appear. Lines keep their numbers.
 */
const LINE =
  /^([ \t]*)\/\/ guard(?: ([\w-]+))?: (?:replace with (.*?)|(remove))(?:[ \t]+\/\/ (?:todo-)?mutant-expect.*)?$/;
const BLOCK = /\/\* guard(?: ([\w-]+))?(?:: (.*?))? \*\/([\s\S]*?)\/\* end guard \*\//g;

/** The names of the mutations that a text takes part in. */
export function mutationNames(text: string): string[] {
  const inLines = text.split('\n').flatMap(line => {
    const guard = LINE.exec(line);
    return guard ? [guard[2] ?? ''] : [];
  });
  return [...new Set([...inLines, ...[...text.matchAll(BLOCK)].map(match => match[1] ?? '')])];
}

/** The text without the guards of one name. */
export function mutate(text: string, name: string): string {
  const blocks = text.replace(
    BLOCK,
    (whole: string, own: string | undefined, code: string | undefined, between: string) =>
      (own ?? '') === name ? (code ?? '') + between.replace(/[^\n]/g, '') : whole,
  );
  const lines = blocks.split('\n');
  return lines
    .map((line, index) => {
      const guard = LINE.exec(lines[index - 1] ?? '');
      if (!guard || (guard[2] ?? '') !== name) return line;
      return guard[4] === 'remove' ? '' : `${guard[1] ?? ''}${guard[3] ?? ''}`;
    })
    .join('\n');
}

/** True when a text says `guard` in a comment that the grammar above does not take: a guard that would test nothing. */
export const strayGuards = (text: string): string[] =>
  text
    .split('\n')
    .filter(
      line =>
        /(?:\/\/|\/\*) ?guard\b/.test(line) && !LINE.test(line) && !/\/\* guard(?: [\w-]+)?(?:: .*?)? \*\//.test(line),
    );
