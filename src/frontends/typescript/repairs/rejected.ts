/** `await Promise.allSettled(…);` → a loop over the results that tells those that failed, where the file tells failures. */
import { ts } from 'ts-morph';
import type { At } from '../../../model/facts.ts';
import type { TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { expressionAt, freeName, indentBefore, isOfPlatform, lineBreakAt, saysWhy, semicolonOf } from './places.ts';

export function rejectedEdits({ source, checker }: LoadedFile, at: At): readonly TextEdit[] | null {
  const expression = expressionAt(source, at);
  const waiting = expression?.parent;
  if (!waiting || !ts.isAwaitExpression(waiting)) return null;
  const statement = waiting.parent;
  if (!ts.isExpressionStatement(statement) || !ts.isBlock(statement.parent) || saysWhy(source, statement)) return null;
  const report = reportOf(source, checker);
  const name = freeName(source, 'result');
  const { text } = source;
  const start = statement.getStart(source);
  const indent = indentBefore(text, start);
  const outer = indentBefore(text, statement.parent.getEnd() - 1);
  if (report === null || indent === null || outer === null || !indent.startsWith(outer)) return null;
  const end = semicolonOf(source, statement);
  const rejected = quoteOf(source) === '"' ? '"rejected"' : "'rejected'";
  const gap = `${lineBreakAt(text, start)}${indent}`;
  const inner = `${gap}${indent.slice(outer.length)}`;
  const told = `if (${name}.status === ${rejected}) ${report}(${name}.reason)${end}`;
  return [
    { start, end: start, text: `for (const ${name} of ` },
    { start: waiting.getEnd(), end: statement.getEnd(), text: `) {${inner}${told}${gap}}` },
  ];
}

/** How the file tells failures: by the console, where it does so elsewhere. */
function reportOf(source: ts.SourceFile, checker: ts.TypeChecker): string | null {
  const visit = (node: ts.Node): string | undefined => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ts.isIdentifier(node.expression.expression) &&
      node.expression.expression.text === 'console' &&
      /^(?:error|warn)$/.test(node.expression.name.text)
    ) {
      const symbol = checker.getSymbolAtLocation(node.expression.expression);
      if (symbol && isOfPlatform(symbol)) return `console.${node.expression.name.text}`;
    }
    return ts.forEachChild(node, visit);
  };
  return visit(source) ?? null;
}

/** The quotes that the file uses first. */
function quoteOf(source: ts.SourceFile): string {
  const visit = (node: ts.Node): string | undefined =>
    ts.isStringLiteral(node) ? source.text[node.getStart(source)] : ts.forEachChild(node, visit);
  return visit(source) ?? "'";
}
