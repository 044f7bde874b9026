/** What the installed packages declare, by the names that tables use: read from their declaration files. */
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { libFolder } from './libraryStubs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The declarations of one package. */
export interface Declared {
  /** Exported or global functions, variables, classes; re-exports too. `default` when there is a default export. */
  values: Set<string>;
  /** Members by type name. */
  members: Map<string, Set<string>>;
  callable: Set<string>;
  constructible: Set<string>;
  /** Base types by name: `Base` of the same package, `package#Base` of another. */
  bases: Map<string, Set<string>>;
}

/** Reads the types of these packages (and of the language, the DOM and Node); by package name. */
export function readRealTypes(packages: readonly string[]): Map<string, Declared> {
  const text = packages
    .filter(name => name !== 'lib')
    .map(name => `import ${JSON.stringify(name)};`)
    .join('\n');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.esnext.full.d.ts'],
    types: ['node', 'jest', 'mocha'],
    typeRoots: [`${root}node_modules/@types`],
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  host.getDefaultLibLocation = () => libFolder;
  host.getCurrentDirectory = () => root;
  const { getSourceFile, fileExists, readFile } = host;
  const probe = `${root}probe-main.ts`;
  host.getSourceFile = (name, target) =>
    name === probe ? ts.createSourceFile(name, text, target) : getSourceFile.call(host, name, target);
  host.fileExists = name => name === probe || fileExists.call(host, name);
  host.readFile = name => (name === probe ? text : readFile.call(host, name));
  const declared = new Map<string, Declared>();
  const program = ts.createProgram([probe, `${root}node_modules/redlock/dist/index.d.ts`], options, host);
  // Binds the files: nodes know their parents from then on.
  program.getTypeChecker();
  for (const file of program.getSourceFiles()) if (file.fileName !== probe) readFileInto(declared, file);
  return declared;
}

/** What a stub declares. */
export function readStub(stub: string): Declared {
  const declared = empty();
  const visit = (node: ts.Node): void => {
    declare(node, declared, false);
    if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node)) node.forEachChild(visit);
  };
  ts.createSourceFile('stub.d.ts', stub, ts.ScriptTarget.ESNext, true).forEachChild(visit);
  return declared;
}

function empty(): Declared {
  return { values: new Set(), members: new Map(), callable: new Set(), constructible: new Set(), bases: new Map() };
}

function packageOfFile(fileName: string): string {
  const inside = fileName.split('/node_modules/').at(-1) ?? fileName;
  const parts = inside.split('/');
  const name =
    parts[0]?.startsWith('@') && parts[0] !== '@types'
      ? `${parts[0]}/${parts[1] ?? ''}`
      : parts[0] === '@types'
        ? (parts[1] ?? '')
        : (parts[0] ?? '');
  return name === 'typescript' || name === 'node' ? 'lib' : name;
}

function readFileInto(declared: Map<string, Declared>, file: ts.SourceFile): void {
  const home = packageOfFile(file.fileName);
  const at = (name: string): Declared => {
    const known = declared.get(name) ?? empty();
    declared.set(name, known);
    return known;
  };
  const imported = importsOf(file);
  const visit = (node: ts.Node, target: Declared, packageName: string): void => {
    if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) {
      const name = node.name.text.startsWith('node:') || home !== 'lib' ? node.name.text : `node:${node.name.text}`;
      node.body?.forEachChild(child => {
        visit(child, at(name), name);
      });
      return;
    }
    if (ts.isModuleDeclaration(node) && node.flags & ts.NodeFlags.GlobalAugmentation) {
      node.body?.forEachChild(child => {
        visit(child, at(home === 'lib' ? 'lib' : home), home);
      });
      return;
    }
    declare(node, target, packageName === 'lib', imported);
    if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node))
      node.forEachChild(child => {
        visit(child, target, packageName);
      });
  };
  file.forEachChild(node => {
    visit(node, at(home), home);
  });
}

/** What the imports of a file name, where that is another name than the local one: `package#name`, `name` of its own. */
function importsOf(file: ts.SourceFile): Map<string, string> {
  const found = new Map<string, string>();
  for (const node of file.statements) {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) continue;
    const specifier = node.moduleSpecifier.text;
    const home = specifier.startsWith('.') ? '' : `${builtin(specifier)}#`;
    const bindings = node.importClause?.namedBindings;
    if (bindings && ts.isNamedImports(bindings))
      for (const { name, propertyName } of bindings.elements)
        found.set(name.text, `${home}${(propertyName ?? name).text}`);
  }
  return found;
}

const builtin = (specifier: string): string =>
  isBuiltin(specifier) ? `node:${specifier.replace(/^node:/, '')}` : specifier;

function languageName(name: string, inLanguage: boolean): string {
  return inLanguage && name.length > 11 && name.endsWith('Constructor')
    ? name.slice(0, -11)
    : inLanguage && name === 'CallableFunction'
      ? 'Function'
      : name;
}

function declare(
  node: ts.Node,
  into: Declared,
  inLanguage: boolean,
  imported: ReadonlyMap<string, string> = new Map(),
): void {
  if (ts.isVariableStatement(node)) {
    for (const { name, type } of node.declarationList.declarations) {
      if (!ts.isIdentifier(name)) continue;
      into.values.add(name.text);
      into.constructible.add(name.text);
      if (type && ts.isTypeLiteralNode(type))
        readMembers(languageName(name.text, inLanguage), type.members, into, inLanguage);
      // The probing form: typeof globalThis extends { X: infer T } ? T : { … }
      if (type && ts.isConditionalTypeNode(type) && ts.isTypeLiteralNode(type.falseType))
        readMembers(name.text, type.falseType.members, into, inLanguage);
    }
  } else if (ts.isFunctionDeclaration(node)) {
    into.values.add(node.name?.text ?? 'default');
    if (node.name && node.type) readMixin(node.name.text, node.type, into);
    if (ts.isModuleBlock(node.parent) && ts.isIdentifier(node.parent.parent.name)) {
      const space = node.parent.parent.name.text;
      readNames(space, [node.name?.text ?? ''], into);
      into.values.add(`${space}.${node.name?.text ?? ''}`);
    }
    if (modifiers(node).includes(ts.SyntaxKind.DefaultKeyword)) into.values.add('default');
  } else if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const own = languageName(node.name?.text ?? 'default', inLanguage);
    into.values.add(own);
    if (modifiers(node).includes(ts.SyntaxKind.DefaultKeyword)) into.values.add('default');
    if (ts.isClassDeclaration(node)) into.constructible.add(own);
    readMembers(own, node.members, into, inLanguage);
    for (const clause of node.heritageClauses ?? [])
      for (const { expression } of clause.types) readBases(own, expression, into, imported);
  } else if (ts.isTypeAliasDeclaration(node)) {
    into.values.add(node.name.text);
    readAlias(node.name.text, node.type, into, inLanguage);
  } else if (ts.isImportEqualsDeclaration(node)) into.values.add(node.name.text);
  else if (ts.isExportAssignment(node)) into.values.add('default');
  else if (ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause))
    for (const { name } of node.exportClause.elements) {
      into.values.add(name.text);
      into.constructible.add(name.text);
    }
}

function readAlias(name: string, type: ts.TypeNode, into: Declared, inLanguage: boolean): void {
  if (ts.isParenthesizedTypeNode(type)) readAlias(name, type.type, into, inLanguage);
  else if (ts.isFunctionTypeNode(type)) into.callable.add(name);
  else if (ts.isTypeLiteralNode(type)) readMembers(name, type.members, into, inLanguage);
  else if (ts.isIntersectionTypeNode(type)) for (const part of type.types) readAlias(name, part, into, inLanguage);
  else if (ts.isTypeReferenceNode(type)) {
    const text = ts.isIdentifier(type.typeName) ? type.typeName.text : type.typeName.right.text;
    readBase(name, text, into);
    into.callable.add(name);
    readNames(name, [], into);
  } else if (ts.isTypeQueryNode(type)) into.callable.add(name);
}

/** `class Pool extends Queryable(EventEmitter)`: a mixin gives its members under its own name. */
function readBases(
  name: string,
  expression: ts.Expression,
  into: Declared,
  imported: ReadonlyMap<string, string>,
): void {
  if (ts.isCallExpression(expression))
    for (const each of [expression.expression, ...expression.arguments]) readBases(name, each, into, imported);
  else if (ts.isPropertyAccessExpression(expression)) readBase(name, expression.name.text, into);
  else readBase(name, imported.get(expression.getText()) ?? expression.getText(), into);
}

/** `function Queryable(Base): { new (…): { query(): … } } & Base`. */
function readMixin(name: string, type: ts.TypeNode, into: Declared): void {
  if (ts.isIntersectionTypeNode(type)) for (const part of type.types) readMixin(name, part, into);
  else if (ts.isTypeLiteralNode(type))
    for (const { members } of type.members.flatMap(each =>
      ts.isConstructSignatureDeclaration(each) && each.type && ts.isTypeLiteralNode(each.type) ? [each.type] : [],
    ))
      readMembers(name, members, into, false);
}

function readBase(name: string, base: string, into: Declared): void {
  const known = into.bases.get(name) ?? new Set();
  known.add(base);
  into.bases.set(name, known);
}

function readNames(type: string, names: readonly string[], into: Declared): void {
  const known = into.members.get(type) ?? new Set();
  for (const name of names) known.add(name);
  into.members.set(type, known);
}

function readMembers(
  type: string,
  members: ts.NodeArray<ts.TypeElement | ts.ClassElement>,
  into: Declared,
  inLanguage: boolean,
): void {
  readNames(type, [], into);
  for (const member of members) {
    if (ts.isCallSignatureDeclaration(member)) into.callable.add(type);
    else if (ts.isConstructSignatureDeclaration(member)) into.constructible.add(type);
    else if (member.name && ts.isComputedPropertyName(member.name)) readNames(type, [member.name.getText()], into);
    else if (member.name && (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name))) {
      readNames(type, [member.name.text], into);
      // `readonly hrtime: { bigint(): bigint }`: members of members.
      if (ts.isPropertySignature(member) && member.type && ts.isTypeLiteralNode(member.type))
        readMembers(`${type}.${member.name.text}`, member.type.members, into, inLanguage);
    }
  }
}

function modifiers(node: ts.HasModifiers): ts.SyntaxKind[] {
  return (node.modifiers ?? []).map(({ kind }) => kind);
}
