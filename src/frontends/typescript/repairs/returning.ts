/** `.then(() => { save(); })` → `.then(() => { return save(); })`, where the promise settles to nothing. */
import { ts } from 'ts-morph';
import type { At } from '../../../model/facts.ts';
import type { TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { awaitedType, expressionAt, functionAround, isAsync, saysWhy } from './places.ts';

export function returnEdits({ source, checker }: LoadedFile, at: At): readonly TextEdit[] | null {
  const expression = expressionAt(source, at);
  const fn = expression && functionAround(expression);
  if (!fn || isAsync(fn) || !(ts.isArrowFunction(fn) || ts.isFunctionExpression(fn))) return null;
  const statement = expression.parent;
  // A declared type of the result would be another one.
  if (!ts.isExpressionStatement(statement) || statement.parent !== fn.body || fn.type || fn.asteriskToken) return null;
  if (!ts.isBlock(fn.body) || fn.body.statements.at(-1) !== statement) return null;
  if (saysWhy(source, statement)) return null;
  // What the callback gives stays what it was: nothing.
  const settled = awaitedType(checker, checker.getTypeAtLocation(expression));
  if (!settled || (settled.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) === 0) return null;
  const start = expression.getStart(source);
  return [{ start, end: start, text: 'return ' }];
}
