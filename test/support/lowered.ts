/** Source in, printed facts out: what lowering tests compare. */
import { printFunction } from '../../src/frontends/typescript/printFacts.ts';
import { libraries } from '../../src/libraries/index.ts';
import { extractText, functionNamed } from './inMemory.ts';

/** Prints the named functions of a snippet (`''` is the module body), or all of them. */
export function lowered(text: string, names?: readonly string[], file = 'a.ts'): string {
  const facts = extractText(text, file, libraries);
  const functions = names ? names.map(name => functionNamed(facts, name)) : facts.functions;
  const gaps = facts.gaps.map(gap => `gap ${gap.reason}: ${gap.text}`);
  return `\n${[...functions.map(printFunction), ...gaps].join('\n')}\n`;
}
