/**
 * What people write to the auditor in comments: suppressions (`conc-audit-ignore-next-line RULE -- reason until DATE`) and
 * declarations (`@lockOrder a < b`, `@guardedBy x`, `@holds x`, `@serial`, `@reentrant`, `@detached reason`).
 */
import { ts } from 'ts-morph';
import type { At, Declared, FunctionFacts, Suppression } from '../../model/facts.ts';
import { writtenNames } from '../../util/writtenNames.ts';

export interface CommentFacts {
  suppressions: Suppression[];
  /** Those of no function. */
  declared: Declared[];
}

const TAGS = ['lockOrder', 'guardedBy', 'holds', 'serial', 'detached', 'reentrant'] as const;
const WORTH_READING = /conc-audit-|@(?:lockOrder|guardedBy|holds|serial|detached|reentrant)\b/;

/**
 * Reads the comments of a file. Declarations right before a function (or the statement that holds it) go to that
 * function's facts, all others to the module.
 */
export function readComments(source: ts.SourceFile, functions: readonly FunctionFacts[]): CommentFacts {
  const facts: CommentFacts = { suppressions: [], declared: [] };
  if (!WORTH_READING.test(source.text)) return facts;
  for (const comment of commentsOf(source)) {
    const body = source.text.slice(comment.pos, comment.end);
    const suppression = readSuppression(body, [comment.pos, comment.end]);
    if (suppression) facts.suppressions.push(suppression);
    const declared = readDeclared(body, comment.pos);
    if (declared.length === 0) continue;
    const owner = isTrailing(source, comment) ? undefined : functionAfter(source, comment.end, functions);
    if (owner) owner.declared = [...(owner.declared ?? []), ...declared];
    else {
      const of = declaredBeside(source, comment);
      facts.declared.push(...declared.map(one => (of === undefined ? one : { ...one, of })));
    }
  }
  return facts;
}

/** Every comment, in order. Tokens come from the parsed tree: a scanner alone mistakes texts and patterns for comments. */
function commentsOf(source: ts.SourceFile): ts.TextRange[] {
  const found = new Map<number, ts.TextRange>();
  const add = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const range of ranges ?? []) found.set(range.pos, range);
  };
  const { text } = source;
  add(ts.getLeadingCommentRanges(text, ts.getShebang(text)?.length ?? 0));
  const pending: ts.Node[] = [source];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.kind === ts.SyntaxKind.JsxText) continue;
    const children = node.getChildren(source).filter(child => !ts.isJSDoc(child));
    if (children.length === 0) {
      if (node.pos > 0 && !isJsxContent(node)) add(ts.getLeadingCommentRanges(text, node.pos));
      if (!isJsxContent(node)) add(ts.getTrailingCommentRanges(text, node.end));
      continue;
    }
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child) pending.push(child);
    }
  }
  return [...found.values()].sort((a, b) => a.pos - b.pos);
}

/** Between tags, slashes are text; inside the braces of an expression they are comments again. */
function isJsxContent(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent) return false;
  const isTagEnd =
    node.kind === ts.SyntaxKind.GreaterThanToken && (ts.isJsxOpeningElement(parent) || ts.isJsxOpeningFragment(parent));
  return (
    isTagEnd ||
    (node.kind === ts.SyntaxKind.CloseBraceToken && ts.isJsxExpression(parent) && !ts.isJsxAttribute(parent.parent))
  );
}

/** Strips the signs of a comment. */
function content(comment: string): string {
  return comment
    .replace(/^\/\/+|^\/\*+|\*+\/$/g, '')
    .replace(/^[ \t]*\*(?!\/)/gm, '')
    .trim();
}

const DIRECTIVE = /^conc-audit-([a-z-]+)\b\s*(.*)$/s;
const SCOPES: Readonly<Record<string, Suppression['scope']>> = {
  'ignore-next-line': 'next-line',
  'ignore-line': 'line',
  'ignore-file': 'file',
};

/**
 * A suppression; one that breaks the grammar (no reason, no rule, a form that does not exist) has an empty reason, so that
 * it silences nothing and is told of.
 */
function readSuppression(comment: string, at: At): Suppression | undefined {
  const match = DIRECTIVE.exec(content(comment));
  if (!match) return undefined;
  const [, form = '', rest = ''] = match;
  const scope = Object.hasOwn(SCOPES, form) ? SCOPES[form] : undefined;
  const [names = '', ...reasonParts] = rest.split(/(?:^|\s)--(?:\s|$)/);
  const rules = names.split(/[\s,]+/).filter(name => name !== '');
  if (scope === undefined) return { at, scope: 'next-line', rules: rules.length > 0 ? rules : [form], reason: '' };
  const written = reasonParts.join(' -- ').replace(/\s+/g, ' ').trim();
  const until = /^(.*?)\s*\buntil (\d{4}-\d{2}-\d{2})\.?$/.exec(written);
  const reason = until ? (until[1] ?? '') : written;
  return {
    at,
    scope,
    rules,
    reason: rules.length === 0 ? '' : reason,
    ...(until?.[2] === undefined ? {} : { until: until[2] }),
  };
}

function readDeclared(comment: string, start: number): Declared[] {
  const found: Declared[] = [];
  for (const match of comment.matchAll(/(?<![\w`{])@([a-zA-Z]+)\b[ \t]*([^\n@]*)/g)) {
    const tag = TAGS.find(each => each === match[1]);
    if (!tag) continue;
    const text = (match[2] ?? '').replace(/\*+\/\s*$/, '').trim();
    const at: At = [start + match.index, start + match.index + match[0].trimEnd().length];
    if (tag === 'detached') found.push({ at, tag, names: [], ...(text === '' ? {} : { reason: text }) });
    else found.push({ at, tag, names: namesIn(tag, text) });
  }
  return found;
}

function namesIn(tag: Declared['tag'], text: string): string[] {
  if (tag === 'serial' || tag === 'reentrant') return [];
  return writtenNames(text, tag === 'lockOrder' ? '<' : ',');
}

/** The function that starts with the next token, or whose declaration statement does. */
function functionAfter(
  source: ts.SourceFile,
  position: number,
  functions: readonly FunctionFacts[],
): FunctionFacts | undefined {
  const start = nextToken(source, position);
  let node = nodeStarting(source, start);
  while (node && node.getStart(source) === start) {
    const declared = declaredFunction(node);
    if (declared) {
      const at = declared.getStart(source);
      return functions.find(fn => !fn.synthetic && fn.parent !== null && fn.at[0] === at && fn.at[1] === declared.end);
    }
    node = node.parent;
  }
  return undefined;
}

/** It stands behind something on its line. */
const isTrailing = (source: ts.SourceFile, { pos }: ts.TextRange): boolean =>
  /[^\s{]\s*$/.test(source.text.slice(source.text.lastIndexOf('\n', pos - 1) + 1, pos));

/** What the declaration before or after a comment is called; undefined: it is written at none. */
function declaredBeside(source: ts.SourceFile, comment: ts.TextRange): string | undefined {
  if (!isTrailing(source, comment)) {
    const start = nextToken(source, comment.end);
    let node = nodeStarting(source, start);
    while (node && node.getStart(source) === start) {
      const name = nameDeclared(node);
      if (name !== undefined) return name;
      node = node.parent;
    }
    return undefined;
  }
  const end = source.text.slice(0, comment.pos).trimEnd().length;
  let found: string | undefined;
  let node: ts.Node | undefined = source;
  while (node) {
    if (node.end === end || node.end === end - 1) found ??= nameDeclared(node);
    node = ts.forEachChild(node, child => (child.pos < end && end <= child.end + 1 ? child : undefined));
  }
  return found;
}

function nameDeclared(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText();
  if (ts.isClassDeclaration(node)) return node.name?.text;
  return ts.isPropertyDeclaration(node) ? `${node.parent.name?.text ?? ''}.${node.name.getText()}` : undefined;
}

function nextToken(source: ts.SourceFile, position: number): number {
  let start = position;
  for (;;) {
    const { length } = /^\s*/.exec(source.text.slice(start))?.[0] ?? '';
    const [comment] = ts.getLeadingCommentRanges(source.text, start) ?? [];
    if (!comment) return start + length;
    start = comment.end;
  }
}

/** The deepest node that starts at an offset. */
function nodeStarting(source: ts.SourceFile, start: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  let node: ts.Node | undefined = source;
  while (node) {
    if (node.getStart(source) === start && !ts.isSourceFile(node)) found = node;
    node = ts.forEachChild(node, child => (child.pos <= start && start < child.end ? child : undefined));
  }
  return found;
}

/** The function that a declaration, variable, field or property declares. */
function declaredFunction(node: ts.Node): ts.Node | undefined {
  if (ts.isFunctionLike(node)) return 'body' in node && node.body ? node : undefined;
  if (ts.isVariableStatement(node)) return declaredFunction(node.declarationList);
  if (ts.isVariableDeclarationList(node))
    return node.declarations[0] && functionValue(node.declarations[0].initializer);
  if (ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node)) return functionValue(node.initializer);
  return ts.isExportAssignment(node) ? functionValue(node.expression) : undefined;
}

function functionValue(node: ts.Expression | undefined): ts.Node | undefined {
  return node && (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) ? node : undefined;
}
