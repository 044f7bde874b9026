/** `const page = load();` → and `page.catch(() => {});`: whoever awaits it still gets the rejection. */
import { ts } from 'ts-morph';
import type { At } from '../../../model/facts.ts';
import type { TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { endOfLine, expressionAt, indentBefore, isPlatformType, lineBreakAt, saysWhy, semicolonOf } from './places.ts';

export function handleEdits({ source, checker }: LoadedFile, at: At): readonly TextEdit[] | null {
  const expression = expressionAt(source, at);
  const declaration = expression?.parent;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return null;
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list) || list.declarations.length !== 1) return null;
  const statement = list.parent;
  if (!ts.isVariableStatement(statement)) return null;
  // A handler on a thenable of somebody else's may start its work.
  if (!isPlatformType(checker.getTypeAtLocation(declaration.name), 'Promise')) return null;
  if (saysWhy(source, statement)) return null;
  const { text } = source;
  const indent = indentBefore(text, statement.getStart(source));
  const start = endOfLine(source, statement);
  if (indent === null || start === null) return null;
  const added = `${declaration.name.text}.catch(() => {})${semicolonOf(source, statement)}`;
  return [{ start, end: start, text: `${lineBreakAt(text, start)}${indent}${added}` }];
}
