/** Rewritings of a program that change nothing of what it does: statements that do nothing, other names. */
import { ts } from 'ts-morph';

/** A text and, for each of its lines (from 1; index 0 unused), the line of the original that it stands for. */
export interface Rewritten {
  text: string;
  originalLine: readonly number[];
}

const FILLING = ['', '// nothing happens here', ''];

/** Puts a constant that nobody reads, a comment and blank lines before every statement that begins a line. */
export function withIdleStatements(file: string, text: string): Rewritten {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const before = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isSourceFile(node) || ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) {
      for (const statement of node.statements)
        if (takesFilling(source, statement))
          before.add(source.getLineAndCharacterOfPosition(statement.getStart(source)).line);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const lines: string[] = [];
  const originalLine = [0];
  text.split('\n').forEach((line, index) => {
    const filling = before.has(index) ? [`const idle${index} = ${index};`, ...FILLING] : [];
    for (const added of [...filling, line]) {
      lines.push(added);
      originalLine.push(index + 1);
    }
  });
  return { text: lines.join('\n'), originalLine };
}

function takesFilling(source: ts.SourceFile, statement: ts.Statement): boolean {
  if (ts.isImportDeclaration(statement)) return false;
  // A derived constructor may do nothing before `super()` when it has fields.
  if (
    ts.isExpressionStatement(statement) &&
    ts.isCallExpression(statement.expression) &&
    statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword
  )
    return false;
  const start = statement.getStart(source);
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
  return source.text.slice(lineStart, start).trim() === '';
}

/** The same files with every local variable, parameter and private function renamed, all its uses with it. */
export function withOtherNames(files: ReadonlyMap<string, string>): Map<string, string> {
  const service = ts.createLanguageService(hostOf(files), ts.createDocumentRegistry());
  const program = service.getProgram();
  return new Map(
    [...files].map(([file, text]) => {
      const source = program?.getSourceFile(`/${file}`);
      if (!source) throw new Error(`${file} was not read`);
      const names = localNames(source);
      return [
        file,
        applyEdits(text, [...names.flatMap(name => renames(service, source, name)), ...inTags(text, names)]),
      ];
    }),
  );
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

function renames(service: ts.LanguageService, source: ts.SourceFile, name: ts.Identifier): Edit[] {
  const preferences = { providePrefixAndSuffixTextForRename: true };
  const places = service.findRenameLocations(source.fileName, name.getStart(source), false, false, preferences) ?? [];
  return places.map(({ textSpan, prefixText = '', suffixText = '' }) => ({
    start: textSpan.start,
    end: textSpan.start + textSpan.length,
    text: `${prefixText}${name.text}Renamed${suffixText}`,
  }));
}

/** What a declared order of locks calls them is renamed with them: `name`, `folder/file#name`; no member (`Shop.name`). */
function inTags(text: string, names: readonly ts.Identifier[]): Edit[] {
  const renamed = new Set(names.map(name => name.text));
  return [...text.matchAll(/@lockOrder[^\n*]*/g)].flatMap(tag =>
    [...tag[0].matchAll(/(?<=[\s<,]|[^.]#)[\w$]+(?=[\s<,]|$)/g)].flatMap(({ 0: name, index }) => {
      const start = tag.index + index;
      return renamed.has(name) ? [{ start, end: start + name.length, text: `${name}Renamed` }] : [];
    }),
  );
}

/**
 * Names that say what a value is where no type does, and that a reader takes at their word as well: a parameter of a
 * function without types that is a signal, a handle of a transaction.
 */
const TELLING = /^_?(?:signal|abortSignal|cancelSignal|cancellationToken|cancelToken|tx|trx|transaction)$/i;

const applyEdits = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end), text);

/** The declared names that only the file itself can use. */
function localNames(source: ts.SourceFile): ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const exported = exportedNames(source);
  const isFree = (name: string): boolean => !exported.has(name) && !TELLING.test(name);
  const visit = (node: ts.Node): void => {
    const named =
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      isPlainParameter(node);
    if (named && node.name && ts.isIdentifier(node.name) && isFree(node.name.text) && !isAmbient(node))
      names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** A parameter of a function with a body; `this` and parameter properties keep their names. */
const isPlainParameter = (node: ts.Node): node is ts.ParameterDeclaration =>
  ts.isParameter(node) &&
  !ts.isParameterPropertyDeclaration(node, node.parent) &&
  ts.isIdentifier(node.name) &&
  node.name.text !== 'this' &&
  'body' in node.parent &&
  node.parent.body !== undefined;

const isAmbient = (node: ts.Node): boolean =>
  (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Ambient) !== 0;

function exportedNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const addNames = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) addNames(element.name);
  };
  for (const statement of source.statements) {
    const exports =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (exports && ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) addNames(name);
    if (exports && ts.isFunctionDeclaration(statement) && statement.name) names.add(statement.name.text);
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      for (const { name, propertyName } of statement.exportClause.elements) names.add((propertyName ?? name).text);
    }
  }
  return names;
}

const hostOf = (files: ReadonlyMap<string, string>): ts.LanguageServiceHost => ({
  getScriptFileNames: () => [...files.keys()].map(file => `/${file}`),
  getScriptVersion: () => '1',
  getScriptSnapshot: file => {
    const text = files.get(file.slice(1));
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => '/',
  getCompilationSettings: () => ({
    noLib: true,
    noResolve: true,
    allowJs: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
  }),
  getDefaultLibFileName: () => '/lib.d.ts',
  fileExists: file => files.has(file.slice(1)),
  readFile: file => files.get(file.slice(1)),
});
