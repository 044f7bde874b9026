/** Syntax errors of a file: what parses is kept, and the report says that some did not. */
import { ts } from 'ts-morph';
import type { Diagnostic } from '../../../model/report.ts';
import type { LoadedFile } from './loaded.ts';

/** TypeScript syntax in a JavaScript file (Flow annotations): parsed all the same. */
const TYPES_IN_JAVASCRIPT = 8_000;

/** Adds one diagnostic for the first error of the file, with how many more there are. */
export function reportSyntaxErrors({ file, source, program }: LoadedFile, diagnostics: Diagnostic[]): void {
  const errors = program
    .getSyntacticDiagnostics(source)
    .filter(({ code }) => Math.floor(code / 1_000) * 1_000 !== TYPES_IN_JAVASCRIPT);
  const [first] = errors;
  if (!first) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const line = source.getLineAndCharacterOfPosition(first.start).line + 1;
  diagnostics.push({
    kind: 'syntax-error',
    severity: 'warning',
    message: `${ts.flattenDiagnosticMessageText(first.messageText, ' ')}${more}`,
    file,
    line,
  });
}
