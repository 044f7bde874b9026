/** What the compiler has against a file: its syntax, and its types. */
import { ts } from 'ts-morph';
import type { LoadedFile } from './loaded.ts';

export const typeErrorsOf = ({ program, source }: LoadedFile): { at: number; text: string }[] =>
  [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ code, start, messageText }) => ({
      at: start ?? 0,
      text: `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    }),
  );
