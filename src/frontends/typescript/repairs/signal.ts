/** `fetch(url)` → `fetch(url, { signal })`, with the signal that the function has. */
import { ts } from 'ts-morph';
import type { Repair, TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { expressionAt, indentBefore, isPlatformType, lineBreakAt } from './places.ts';

type PassSignal = Extract<Repair, { kind: 'pass-signal' }>;

export function signalEdits(
  { source, checker }: LoadedFile,
  { at, signal, argument, option }: PassSignal,
): readonly TextEdit[] | null {
  const call = expressionAt(source, at);
  if (!call || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return null;
  const value = written(checker, call, signal);
  const args = call.arguments;
  if (value === null || !args || args.some(one => ts.isSpreadElement(one))) return null;
  const text = option === undefined ? value : `{ ${property(option, value)} }`;
  const given = args[argument];
  if (given === undefined) return args.length === argument ? [appended(call, args, text, source)] : null;
  if (isUndefined(given)) return [{ start: given.getStart(source), end: given.getEnd(), text }];
  return option !== undefined && ts.isObjectLiteralExpression(given)
    ? withProperty(given, property(option, value), source)
    : null;
}

const property = (name: string, value: string): string => (name === value ? name : `${name}: ${value}`);

const isUndefined = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === 'undefined';

/** The signal as it is written at the call; null: the name means something else there, or it is no signal by its type. */
function written(checker: ts.TypeChecker, call: ts.Expression, [name, ...path]: readonly string[]): string | null {
  const symbol = checker
    .getSymbolsInScope(call, ts.SymbolFlags.FunctionScopedVariable | ts.SymbolFlags.BlockScopedVariable)
    .find(one => one.name === name);
  if (name === undefined || !symbol?.declarations) return null;
  let type = checker.getTypeOfSymbolAtLocation(symbol, call);
  if (symbol.declarations.every(isConstant) && isPlatformType(type, 'AbortController'))
    return path.join('.') === 'signal' ? `${name}.signal` : null;
  if (!symbol.declarations.every(isOfParameter)) return null;
  let text = name;
  for (const part of path) {
    const some = type.getNonNullableType();
    const field = some.getProperty(part);
    // A declaration from elsewhere may be one of another version, or a stand-in for one that is not installed.
    if (field?.declarations?.some(one => one.getSourceFile().isDeclarationFile) ?? true) return null;
    if (!field || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(part)) return null;
    text += `${some === type ? '.' : '?.'}${part}`;
    type = checker.getTypeOfSymbolAtLocation(field, call);
  }
  return type.getNonNullableType().symbol?.name === 'AbortSignal' ? text : null;
}

function isOfParameter(declaration: ts.Declaration): boolean {
  let at: ts.Node = declaration;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at)) at = at.parent;
  return ts.isParameter(at);
}

const isConstant = (declaration: ts.Declaration): boolean =>
  ts.isVariableDeclaration(declaration) && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;

function appended(
  call: ts.CallExpression | ts.NewExpression,
  args: ts.NodeArray<ts.Expression>,
  text: string,
  source: ts.SourceFile,
): TextEdit {
  const last = args.at(-1);
  // Before the closing bracket; after the last argument, whatever follows it.
  const start = last?.getEnd() ?? call.getEnd() - 1;
  if (!last) return { start, end: start, text };
  const indent = args.hasTrailingComma ? indentBefore(source.text, last.getStart(source)) : null;
  const gap = indent === null ? ' ' : `${lineBreakAt(source.text, start)}${indent}`;
  return { start, end: start, text: `,${gap}${text}` };
}

/** At the end, as the other properties are written. */
function withProperty(
  literal: ts.ObjectLiteralExpression,
  text: string,
  source: ts.SourceFile,
): readonly TextEdit[] | null {
  const last = literal.properties.at(-1);
  if (!last) {
    const isEmpty = /^\{\s*\}$/.test(literal.getText(source));
    return isEmpty ? [{ start: literal.getStart(source), end: literal.getEnd(), text: `{ ${text} }` }] : null;
  }
  const start = last.getEnd();
  const indent = indentBefore(source.text, last.getStart(source));
  const isOnOneLine = !/[\r\n]/.test(source.text.slice(literal.getStart(source), last.getStart(source)));
  const gap = isOnOneLine || indent === null ? ' ' : `${lineBreakAt(source.text, start)}${indent}`;
  return [{ start, end: start, text: `,${gap}${text}` }];
}
