/** Lowers calls of the effect table's APIs; prints what they become. */
import { printFunction } from '../../src/frontends/typescript/printFacts.ts';
import { libraries } from '../../src/libraries/index.ts';
import type { ModuleFacts } from '../../src/model/facts.ts';
import { effectTable } from './effectTable.ts';
import { extractText } from './inMemory.ts';

const PREFIX =
  "import { Lock, bounded, notify, mapAll, later, laterAwaited, again, handle, read, keep, fresh, thread } from 'x';\nconst lock = new Lock();\n";

export function extractEffects(text: string): ModuleFacts {
  return extractText(PREFIX + text, 'a.ts', [...libraries, effectTable]);
}

/** Printed facts of every function but the module body, or of those named. */
export function printedEffects(text: string, ...names: string[]): string {
  const facts = extractEffects(text);
  const wanted =
    names.length === 0 ? facts.functions.slice(1) : facts.functions.filter(fn => names.includes(fn.id.slice(5)));
  // What a type says of a result is not the effects' business.
  return `\n${wanted
    .map(printFunction)
    .join('\n')
    .replace(/ \[gives (?:value|unknown)\]/g, '')}\n`;
}
