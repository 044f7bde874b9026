/** `Promise.race([work(), new Promise((_, no) => setTimeout(no, ms))])`: the timer is kept, and cleared in `finally`. */
import { ts } from 'ts-morph';
import type { Repair, TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { awaitedType, expressionAt, freeName, indentBefore, lineBreakAt, semicolonOf } from './places.ts';

type ClearTimer = Extract<Repair, { kind: 'clear-timer' }>;

export function timerEdits(
  { source, checker, file }: LoadedFile,
  { at, timer: timerAt }: ClearTimer,
): readonly TextEdit[] | null {
  const race = expressionAt(source, at);
  const timer = expressionAt(source, timerAt);
  if (!race || !timer || !isInside(timer, race) || !ts.isCallExpression(timer)) return null;
  const statement = statementAround(race);
  const kept = statement && keptIn(timer);
  if (!kept || awaitedType(checker, checker.getTypeAtLocation(race)) === null) return null;
  const name = freeName(source, 'timer');
  const { text } = source;
  const start = statement.getStart(source);
  const indent = indentBefore(text, start);
  const isTyped = /\.[cm]?tsx?$/.test(file);
  // On a line of its own it ends as the statement does, unless that could be read as one with it.
  const end = indent === null || /^[([`/+-]/.test(text.slice(start)) ? ';' : semicolonOf(source, statement);
  const declared = `let ${name}${isTyped ? ': ReturnType<typeof setTimeout> | undefined' : ''}${end}`;
  const gap = indent === null ? ' ' : `${lineBreakAt(text, start)}${indent}`;
  return [
    { start, end: start, text: `${declared}${gap}` },
    ...kept(name, source),
    { start: race.getEnd(), end: race.getEnd(), text: `.finally(() => clearTimeout(${name}))` },
  ];
}

const isInside = (inner: ts.Node, outer: ts.Node): boolean =>
  inner.getStart() >= outer.getStart() && inner.getEnd() <= outer.getEnd();

/** The statement of a block that the expression is run by; null: a closure lies in between. */
function statementAround(node: ts.Node): ts.Statement | null {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isClassLike(at)) return null;
    if (ts.isStatement(at) && (ts.isBlock(at.parent) || ts.isSourceFile(at.parent))) {
      // Of a loop or branch, the expression would be a part that is run again, or not at all.
      const isPlain = ts.isReturnStatement(at) || ts.isVariableStatement(at) || ts.isExpressionStatement(at);
      return isPlain ? at : null;
    }
  }
  return null;
}

/** How the handle is kept where it is made and dropped; null: it is not dropped there. */
function keptIn(timer: ts.CallExpression): ((name: string, source: ts.SourceFile) => TextEdit[]) | null {
  const insert = (at: number, text: string): TextEdit => ({ start: at, end: at, text });
  if (ts.isExpressionStatement(timer.parent)) return (name, source) => [insert(timer.getStart(source), `${name} = `)];
  if (ts.isArrowFunction(timer.parent))
    return (name, source) => [insert(timer.getStart(source), `(${name} = `), insert(timer.getEnd(), ')')];
  return null;
}
