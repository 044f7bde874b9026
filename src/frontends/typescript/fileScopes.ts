/**
 * What one walk of a file finds about its variables: who declares them, which inner functions use them, whether they are
 * assigned more than once. Lowering needs it before the first statement: a captured variable that is assigned again is a
 * shared place, any other local is a value.
 */
import { ts } from 'ts-morph';
import type { FunctionId } from '../../model/facts.ts';
import { functionIdIn, functionNodesOf, isFunctionWithBody, type FunctionNode } from './functionIds.ts';
import { declarationOf, functionAround, isImportName, isReference, thisOwnerOf } from './scopes.ts';

export interface Variable {
  declaration: ts.Declaration;
  owner: FunctionScope;
  /** Name of its slot in `owner`; unique there. */
  slot: string;
  /** A variable, function or class of the module itself (also inside a namespace), not of a block in it. */
  topLevel: boolean;
  captured: boolean;
  /** How often it gets a value, the initialiser, parameter or declaration included. */
  assignments: number;
  /** Some assignment stands in another function. */
  assignedElsewhere: boolean;
  reads: number;
}

export interface FunctionScope {
  node: FunctionNode;
  id: FunctionId;
  parent: FunctionScope | null;
  variables: Variable[];
  /** Variables of enclosing functions (not the module's) that the body or a closure inside it uses. */
  captures: Set<Variable>;
  /** The function whose `self` the body, an arrow function, uses. */
  capturesThisOf: FunctionScope | null;
  /** An arrow function inside uses this function's `self`. */
  thisCaptured: boolean;
}

export interface FileScopes {
  functionOf(node: FunctionNode): FunctionScope;
  /** The variable that a name means; undefined for globals, imports and names of function and class expressions. */
  variableOf(declaration: ts.Declaration): Variable | undefined;
  /** Variables of `owner` that are assigned between two offsets, in order of declaration. */
  assignedIn(range: { pos: number; end: number }, owner: FunctionScope): Variable[];
}

/** Whether a variable is a place that several functions share, rather than a value. */
export function isShared(variable: Variable): boolean {
  const seen = variable.captured || (variable.topLevel && variable.owner.parent === null);
  return seen && (variable.assignments > 1 || variable.assignedElsewhere);
}

/** Walks the file once. `file`: what function ids start with. */
export function scanScopes(source: ts.SourceFile, file: string): FileScopes {
  const scan = new ScopeScan(source, file);
  scan.walk();
  scan.nameSlots();
  return scan;
}

class ScopeScan implements FileScopes {
  readonly #functions = new Map<ts.Node, FunctionScope>();
  readonly #variables = new Map<ts.Declaration, Variable>();
  readonly #assignments: { pos: number; variable: Variable }[] = [];
  readonly #writeTargets = new Set<ts.Node>();
  readonly #source: ts.SourceFile;

  constructor(source: ts.SourceFile, file: string) {
    this.#source = source;
    for (const node of functionNodesOf(source)) {
      const parent = ts.isSourceFile(node) ? null : this.functionOf(functionAround(node));
      const id = functionIdIn(source, file, node) ?? `${file}#`;
      this.#functions.set(node, { node, id, parent, variables: [], captures: new Set(), capturesThisOf: null, thisCaptured: false });
    }
  }

  functionOf(node: FunctionNode): FunctionScope {
    const scope = this.#functions.get(node);
    if (!scope) throw new Error(`no scope for ${ts.SyntaxKind[node.kind]} at ${node.pos}`);
    return scope;
  }

  variableOf(declaration: ts.Declaration): Variable | undefined {
    const known = this.#variables.get(declaration);
    if (known) return known;
    if (isImportName(declaration) || ts.isFunctionExpression(declaration) || ts.isClassExpression(declaration)) return undefined;
    const owner = this.functionOf(functionAround(declaration));
    const topLevel = owner.parent === null && isTopLevel(declaration);
    const variable = { declaration, owner, slot: '', topLevel, captured: false, assignments: 0, assignedElsewhere: false, reads: 0 };
    this.#variables.set(declaration, variable);
    owner.variables.push(variable);
    return variable;
  }

  assignedIn(range: { pos: number; end: number }, owner: FunctionScope): Variable[] {
    const found = new Set<Variable>();
    let low = 0;
    for (let high = this.#assignments.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#assignments[middle]?.pos ?? 0) < range.pos) low = middle + 1;
      else high = middle;
    }
    for (let entry = this.#assignments[low]; entry && entry.pos < range.end; entry = this.#assignments[++low]) {
      if (entry.variable.owner === owner) found.add(entry.variable);
    }
    return [...found];
  }

  walk(): void {
    const pending: ts.Node[] = [this.#source];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (ts.isIdentifier(node)) this.#reference(node);
      else this.#visit(node);
      const children: ts.Node[] = [];
      ts.forEachChild(node, child => {
        if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) children.push(child);
      });
      for (const child of children.reverse()) pending.push(child);
    }
    this.#assignments.sort((a, b) => a.pos - b.pos);
  }

  /** Gives every variable its slot: the plain name for top-level ones first, `name~2` for a second one of the name. */
  nameSlots(): void {
    for (const scope of this.#functions.values()) {
      const used = new Map<string, number>();
      scope.variables.sort((a, b) => Number(b.topLevel) - Number(a.topLevel) || a.declaration.pos - b.declaration.pos);
      for (const variable of scope.variables) {
        const name = slotName(variable.declaration);
        const count = (used.get(name) ?? 0) + 1;
        used.set(name, count);
        variable.slot = count === 1 ? name : `${name}~${count}`;
      }
    }
  }

  #visit(node: ts.Node): void {
    if (ts.isVariableDeclaration(node)) this.#declare(node, node, hasValue(node));
    else if (ts.isParameter(node)) {
      if (isFunctionWithBody(node.parent)) this.#declare(node, node, true);
    } else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
      if (!ts.isFunctionDeclaration(node) || node.body) this.#assign(node, node);
    } else if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.kind;
      if (operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment)
        this.#assignTargets(node.left, operator === ts.SyntaxKind.EqualsToken);
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) this.#assignTargets(node.operand, false);
    } else if (ts.isForInStatement(node) || ts.isForOfStatement(node)) {
      if (!ts.isVariableDeclarationList(node.initializer)) this.#assignTargets(node.initializer, true);
    } else if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) this.#useThis(node);
  }

  #declare(node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement, at: ts.Node, assigned: boolean): void {
    if (!ts.isIdentifier(node.name)) {
      for (const element of node.name.elements) if (ts.isBindingElement(element)) this.#declare(element, at, assigned);
    } else if (assigned) this.#assign(node, node);
    else this.variableOf(node);
  }

  #assign(declaration: ts.Declaration, at: ts.Node): void {
    const variable = this.variableOf(declaration);
    if (!variable) return;
    variable.assignments++;
    this.#assignments.push({ pos: at.pos, variable });
    if (this.functionOf(functionAround(at)) !== variable.owner) variable.assignedElsewhere = true;
  }

  #assignTargets(target: ts.Node, pure: boolean): void {
    if (ts.isIdentifier(target)) {
      if (pure) this.#writeTargets.add(target);
      const declaration = declarationOf(target);
      if (declaration) this.#assign(declaration, target);
    } else if (ts.isParenthesizedExpression(target) || ts.isNonNullExpression(target) || ts.isAsExpression(target) || ts.isSpreadElement(target))
      this.#assignTargets(target.expression, pure);
    else if (ts.isArrayLiteralExpression(target)) for (const element of target.elements) this.#assignTargets(element, true);
    else if (ts.isObjectLiteralExpression(target)) for (const property of target.properties) this.#assignProperty(property);
    else if (ts.isBinaryExpression(target) && target.operatorToken.kind === ts.SyntaxKind.EqualsToken) this.#assignTargets(target.left, true);
  }

  #assignProperty(property: ts.ObjectLiteralElementLike): void {
    if (ts.isPropertyAssignment(property)) this.#assignTargets(property.initializer, true);
    else if (ts.isShorthandPropertyAssignment(property)) this.#assignTargets(property.name, true);
    else if (ts.isSpreadAssignment(property)) this.#assignTargets(property.expression, true);
  }

  #reference(name: ts.Identifier): void {
    if (!isReference(name)) return;
    const declaration = declarationOf(name);
    const variable = declaration && this.variableOf(declaration);
    if (!variable) return;
    if (!this.#writeTargets.has(name)) variable.reads++;
    const user = this.functionOf(functionAround(name));
    if (user === variable.owner) return;
    variable.captured = true;
    if (variable.owner.parent === null) return;
    for (let scope: FunctionScope | null = user; scope && scope !== variable.owner; scope = scope.parent) scope.captures.add(variable);
  }

  #useThis(node: ts.Node): void {
    const owner = thisOwnerOf(node);
    if (owner.kind !== 'function') return;
    const home = this.functionOf(owner.node);
    const user = this.functionOf(functionAround(node));
    if (user === home) return;
    home.thisCaptured = true;
    for (let scope: FunctionScope | null = user; scope && scope !== home; scope = scope.parent) scope.capturesThisOf = home;
  }
}

function hasValue(node: ts.VariableDeclaration): boolean {
  return node.initializer !== undefined || ts.isCatchClause(node.parent) || ts.isForInStatement(node.parent.parent) || ts.isForOfStatement(node.parent.parent);
}

function isTopLevel(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) node = node.parent;
  if (ts.isVariableDeclaration(node)) {
    if (!ts.isVariableDeclarationList(node.parent) || !ts.isVariableStatement(node.parent.parent)) return isVar(node);
    if (isVar(node)) return true;
    node = node.parent.parent;
  }
  return ts.isSourceFile(node.parent) || ts.isModuleBlock(node.parent) || ts.isModuleDeclaration(node.parent);
}

function isVar(node: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(node.parent) && (node.parent.flags & ts.NodeFlags.BlockScoped) === 0;
}

/** What a variable is called in its owner: `x`, `N.x` inside a namespace, `default` for an anonymous default export. */
export function slotName(declaration: ts.Declaration): string {
  const name = ts.getNameOfDeclaration(declaration);
  return namespacePrefix(declaration) + (name && ts.isIdentifier(name) ? name.text : 'default');
}

/** `N.M.` for what stands in namespaces. */
function namespacePrefix(node: ts.Node): string {
  let prefix = '';
  for (let parent = node.parent; parent && !ts.isFunctionLike(parent); parent = parent.parent) {
    if (ts.isModuleDeclaration(parent)) prefix = `${parent.name.text}.${prefix}`;
  }
  return prefix;
}
