/** What a module gives to others and takes from them: exports, re-exports, imports; ES modules and CommonJS. */
import { ts } from 'ts-morph';
import type { ModuleFacts, ValueId } from '../../model/facts.ts';
import { bare } from './asking.ts';
import type { LoadedProject } from './loader/loaded.ts';
import type { LoweredBodies } from './lowering.ts';

export interface SurfaceInput {
  project: LoadedProject;
  source: ts.SourceFile;
  file: string;
  bodies: LoweredBodies;
}

export type ModuleSurface = Pick<ModuleFacts, 'exports' | 'exportsAll' | 'imports' | 'importsTypes'>;

/**
 * Exports, re-exports and imports of a file. What is exported by expression (`export default e`, `module.exports = e`)
 * also becomes a slot of the module body, `default` and `module.exports`: importers name it so.
 */
export function moduleSurface(input: SurfaceInput): ModuleSurface {
  const surface: ModuleSurface = { exports: {}, exportsAll: [], ...importedFiles(input) };
  const collect = new Exports(input, surface);
  for (const statement of input.source.statements) collect.addStatement(statement);
  collect.addExpressions();
  return surface;
}

class Exports {
  readonly #input: SurfaceInput;
  readonly #surface: ModuleSurface;

  constructor(input: SurfaceInput, surface: ModuleSurface) {
    this.#input = input;
    this.#surface = surface;
  }

  addStatement(statement: ts.Statement): void {
    if (ts.isExportDeclaration(statement)) return this.#addExportDeclaration(statement);
    if (ts.isExportAssignment(statement)) return this.#addAssignment(statement);
    if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return;
    if (ts.isVariableStatement(statement))
      for (const each of statement.declarationList.declarations) this.#addNames(each.name);
    else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement) ||
      ts.isModuleDeclaration(statement)
    ) {
      const name = statement.name?.text ?? 'default';
      this.#addLocal(hasModifier(statement, ts.SyntaxKind.DefaultKeyword) ? 'default' : name, name);
    }
  }

  /** `default`, `export=` and CommonJS members, whose values the module body made. */
  addExpressions(): void {
    const { bodies } = this.#input;
    for (const [name, value] of bodies.exported) this.#set(name, { value });
    this.#addSlot('default', bodies.exported.get('default'));
    const whole = bodies.exported.get('export=');
    this.#addSlot('module.exports', whole);
    const body = bodies.functions[0];
    const object = whole === undefined ? undefined : body?.values[whole];
    if (object?.kind === 'object')
      for (const [name, value] of Object.entries(object.fields)) this.#set(name, { value });
  }

  #set(name: string, exported: ModuleFacts['exports'][string]): void {
    Object.defineProperty(this.#surface.exports, name, {
      value: exported,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }

  #addLocal(name: string, local: string): void {
    const value = this.#input.bodies.moduleValue(local);
    if (value !== undefined) this.#set(name, { value });
  }

  #addSlot(slot: string, value: ValueId | undefined): void {
    const body = this.#input.bodies.functions[0];
    if (body && value !== undefined && !Object.hasOwn(body.slots, slot))
      body.slots[slot] = { value, assignedAgain: false, type: null, at: [0, 0] };
  }

  #addNames(name: ts.BindingName): void {
    if (ts.isIdentifier(name)) return this.#addLocal(name.text, name.text);
    for (const element of name.elements) if (ts.isBindingElement(element)) this.#addNames(element.name);
  }

  #addExportDeclaration(node: ts.ExportDeclaration): void {
    if (node.isTypeOnly) return;
    const { exportClause } = node;
    const from = node.moduleSpecifier && sourceOf(this.#input, node.moduleSpecifier);
    if (!exportClause) {
      if (from !== undefined) this.#surface.exportsAll.push(from);
    } else if (ts.isNamespaceExport(exportClause)) {
      if (from !== undefined) this.#set(exportClause.name.text, { file: from, name: '*' });
    } else {
      for (const element of exportClause.elements)
        if (!element.isTypeOnly) this.#addSpecifier(element, node.moduleSpecifier !== undefined, from);
    }
  }

  #addSpecifier(element: ts.ExportSpecifier, isReExport: boolean, from: string | undefined): void {
    const name = (element.propertyName ?? element.name).text;
    if (isReExport) {
      if (from !== undefined) this.#set(element.name.text, { file: from, name });
      return;
    }
    const imported = importOf(this.#input, name);
    if (imported) this.#set(element.name.text, imported);
    else this.#addLocal(element.name.text, name);
  }

  /** `export default name` keeps to the variable; other expressions have a value of their own. */
  #addAssignment(node: ts.ExportAssignment): void {
    const expression = bare(node.expression);
    if (!ts.isIdentifier(expression)) return;
    const name = node.isExportEquals ? 'export=' : 'default';
    const imported = importOf(this.#input, expression.text);
    if (imported) this.#set(name, imported);
    else this.#addLocal(name, expression.text);
  }
}

/** Where an imported name comes from, when that is a project file. */
function importOf(input: SurfaceInput, local: string): { file: string; name: string } | undefined {
  for (const statement of input.source.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.importClause) continue;
    const { name, namedBindings } = statement.importClause;
    let imported: string | undefined;
    if (name?.text === local) imported = 'default';
    else if (namedBindings && ts.isNamespaceImport(namedBindings))
      imported = namedBindings.name.text === local ? '*' : undefined;
    else if (namedBindings) {
      const element = namedBindings.elements.find(each => each.name.text === local);
      imported = element && (element.propertyName ?? element.name).text;
    }
    const file = imported === undefined ? undefined : sourceOf(input, statement.moduleSpecifier);
    if (file !== undefined && imported !== undefined) return { file, name: imported };
  }
  return undefined;
}

function sourceOf({ project, file }: SurfaceInput, specifier: ts.Expression): string | undefined {
  if (!ts.isStringLiteralLike(specifier)) return undefined;
  const resolved = project.resolve(specifier.text, file);
  return resolved.kind === 'source' ? resolved.file : undefined;
}

/** Project files that the file imports at run time or for types: statements, `require('x')`, `import('x')`. */
function importedFiles(input: SurfaceInput): Pick<ModuleSurface, 'imports' | 'importsTypes'> {
  const found = new Set<string>();
  const run = new Set<string>();
  const add = (specifier: ts.Node | undefined, isForTypes = false): void => {
    const file = specifier && ts.isExpression(specifier) ? sourceOf(input, specifier) : undefined;
    if (file === undefined || file === input.file) return;
    found.add(file);
    if (!isForTypes) run.add(file);
  };
  // Only calls stand deeper than statements.
  const isDeep = /\b(?:require|import)\s*\(/.test(input.source.text);
  const pending: ts.Node[] = [input.source];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, takesOnlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node)) {
      const callee = bare(node.expression);
      if (callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require'))
        add(node.arguments[0]);
    }
    if (!isDeep && node !== input.source && !ts.isImportEqualsDeclaration(node)) continue;
    const children: ts.Node[] = [];
    ts.forEachChild(node, child => {
      children.push(child);
    });
    for (const child of children) pending.push(child);
  }
  const types = [...found].filter(file => !run.has(file)).sort();
  return { imports: [...found].sort(), ...(types.length > 0 ? { importsTypes: types } : {}) };
}

/** `import type { A } from './a'`, `import { type A } from './a'`. */
function takesOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  const { namedBindings } = clause;
  const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return clause.isTypeOnly || (clause.name === undefined && named.length > 0 && named.every(one => one.isTypeOnly));
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === kind) ?? false);
}
