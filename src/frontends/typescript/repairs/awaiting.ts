/** `save();` → `await save();` in an async function. */
import { ts } from 'ts-morph';
import type { At } from '../../../model/facts.ts';
import type { TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { expressionAt, functionAround, isAsync, saysWhy, statementOf } from './places.ts';

export function awaitEdits({ source }: LoadedFile, at: At): readonly TextEdit[] | null {
  const expression = expressionAt(source, at);
  const fn = expression && functionAround(expression);
  if (!fn || !isAsync(fn)) return null;
  // What is not a statement of its own is used by somebody, or is awaited already.
  const statement = statementOf(expression);
  if (!statement || saysWhy(source, statement)) return null;
  const start = expression.getStart(source);
  if (!ts.isBinaryExpression(expression.parent)) return [{ start, end: start, text: 'await ' }];
  const end = expression.getEnd();
  return [
    { start, end: start, text: '(await ' },
    { start: end, end, text: ')' },
  ];
}
