/**
 * What one walk of a file finds about its variables: who declares them, which inner functions use them, whether they are
 * assigned more than once. Lowering needs it before the first statement: a captured variable that is assigned again is a
 * shared place, any other local is a value.
 */
import { ts } from 'ts-morph';
import type { FunctionId } from '../../model/facts.ts';
import { functionIdIn, functionNodesOf, isFunctionWithBody, type FunctionNode } from './functionIds.ts';
import {
  declarationOf,
  functionAround,
  functionEntered,
  isImportName,
  isReference,
  isScope,
  thisOwnerOf,
} from './scopes.ts';

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
  /** The declaration in this file that a reference means; undefined: a global, or nothing known. */
  declarationOf(name: ts.Identifier): ts.Declaration | undefined;
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

interface Visit {
  node: ts.Node;
  /** The innermost node around that declares names. */
  scope: ts.Node;
  /** The function whose code it is. */
  user: FunctionScope;
}

class ScopeScan implements FileScopes {
  readonly #functions = new Map<ts.Node, FunctionScope>();
  readonly #variables = new Map<ts.Declaration, Variable>();
  readonly #assignments: { pos: number; variable: Variable }[] = [];
  readonly #writeTargets = new Set<ts.Node>();
  readonly #targets: { target: ts.Identifier; user: FunctionScope }[] = [];
  readonly #resolved = new Map<ts.Identifier, ts.Declaration>();
  readonly #source: ts.SourceFile;

  constructor(source: ts.SourceFile, file: string) {
    this.#source = source;
    for (const node of functionNodesOf(source)) {
      const parent = ts.isSourceFile(node) ? null : this.functionOf(functionAround(node));
      const id = functionIdIn(source, file, node) ?? `${file}#`;
      this.#functions.set(node, {
        node,
        id,
        parent,
        variables: [],
        captures: new Set(),
        capturesThisOf: null,
        thisCaptured: false,
      });
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
    if (isImportName(declaration) || ts.isFunctionExpression(declaration) || ts.isClassExpression(declaration))
      return undefined;
    const owner = this.functionOf(functionAround(declaration));
    const topLevel = owner.parent === null && isTopLevel(declaration);
    const variable = {
      declaration,
      owner,
      slot: '',
      topLevel,
      captured: false,
      assignments: 0,
      assignedElsewhere: false,
      reads: 0,
    };
    this.#variables.set(declaration, variable);
    owner.variables.push(variable);
    return variable;
  }

  assignedIn(range: { pos: number; end: number }, owner: FunctionScope): Variable[] {
    const found = new Set<Variable>();
    let low = 0;
    for (let high = this.#assignments.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#assignments[middle]?.pos ?? 0) < range.pos) low = middle + 1;
      else high = middle;
    }
    for (let entry = this.#assignments[low]; entry && entry.pos < range.end; entry = this.#assignments[++low]) {
      if (entry.variable.owner === owner) found.add(entry.variable);
    }
    return [...found];
  }

  declarationOf(name: ts.Identifier): ts.Declaration | undefined {
    return this.#resolved.get(name);
  }

  /** Resolves names on the way down: climbing from each name of a long chain would take the square of its length. */
  walk(): void {
    const top: Visit = { node: this.#source, scope: this.#source, user: this.functionOf(this.#source) };
    const pending: Visit[] = [top];
    const uses: Visit[] = [];
    for (let visit = pending.pop(); visit; visit = pending.pop()) {
      const { node, user } = visit;
      const scope = isScope(node) ? node : visit.scope;
      if (ts.isIdentifier(node)) this.#resolve(node, visit, uses);
      else this.#visit(node, user);
      const children: Visit[] = [];
      ts.forEachChild(node, child => {
        if (ts.isTypeNode(child) && !ts.isExpressionWithTypeArguments(child)) return;
        const entered = functionEntered(node, child);
        children.push({ node: child, scope, user: entered ? this.functionOf(entered) : user });
      });
      for (const child of children.reverse()) pending.push(child);
    }
    for (const use of uses) if (ts.isIdentifier(use.node)) this.#reference(use.node, use.user);
    for (const { target, user } of this.#targets) this.#assignTarget(target, user);
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

  #visit(node: ts.Node, user: FunctionScope): void {
    if (ts.isVariableDeclaration(node)) this.#declare(node, hasValue(node), user);
    else if (ts.isParameter(node)) {
      if (isFunctionWithBody(node.parent)) this.#declare(node, true, user);
    } else if (
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isModuleDeclaration(node)
    ) {
      if (!ts.isFunctionDeclaration(node) || node.body) this.#assign(node, node, user);
    } else if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.kind;
      if (operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment)
        this.#collectTargets(node.left, operator === ts.SyntaxKind.EqualsToken, user);
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
        this.#collectTargets(node.operand, false, user);
    } else if (ts.isForInStatement(node) || ts.isForOfStatement(node)) {
      if (!ts.isVariableDeclarationList(node.initializer)) this.#collectTargets(node.initializer, true, user);
    } else if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword)
      this.#useThis(node, user);
  }

  #declare(
    node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement,
    assigned: boolean,
    user: FunctionScope,
  ): void {
    if (!ts.isIdentifier(node.name)) {
      for (const element of node.name.elements)
        if (ts.isBindingElement(element)) this.#declare(element, assigned, user);
    } else if (assigned) this.#assign(node, node, user);
    else this.variableOf(node);
  }

  #assign(declaration: ts.Declaration, at: ts.Node, user: FunctionScope): void {
    const variable = this.variableOf(declaration);
    if (!variable) return;
    variable.assignments++;
    this.#assignments.push({ pos: at.pos, variable });
    const isOwnDeclaration = at === declaration;
    if (!isOwnDeclaration && user !== variable.owner) variable.assignedElsewhere = true;
  }

  /** Notes the names that an assignment writes; `pure`: without reading them. */
  #collectTargets(target: ts.Node, pure: boolean, user: FunctionScope): void {
    if (ts.isIdentifier(target)) {
      if (pure) this.#writeTargets.add(target);
      this.#targets.push({ target, user });
    } else if (
      ts.isParenthesizedExpression(target) ||
      ts.isNonNullExpression(target) ||
      ts.isAsExpression(target) ||
      ts.isSpreadElement(target)
    )
      this.#collectTargets(target.expression, pure, user);
    else if (ts.isArrayLiteralExpression(target))
      for (const element of target.elements) this.#collectTargets(element, true, user);
    else if (ts.isObjectLiteralExpression(target))
      for (const property of target.properties) this.#collectProperty(property, user);
    else if (ts.isBinaryExpression(target) && target.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      this.#collectTargets(target.left, true, user);
  }

  #collectProperty(property: ts.ObjectLiteralElementLike, user: FunctionScope): void {
    if (ts.isPropertyAssignment(property)) this.#collectTargets(property.initializer, true, user);
    else if (ts.isShorthandPropertyAssignment(property)) this.#collectTargets(property.name, true, user);
    else if (ts.isSpreadAssignment(property)) this.#collectTargets(property.expression, true, user);
  }

  #assignTarget(target: ts.Identifier, user: FunctionScope): void {
    const declaration = this.#resolved.get(target);
    if (declaration) this.#assign(declaration, target, user);
  }

  #resolve(name: ts.Identifier, visit: Visit, uses: Visit[]): void {
    if (!isReference(name)) return;
    const declaration = declarationOf(name, visit.scope);
    if (!declaration) return;
    this.#resolved.set(name, declaration);
    uses.push(visit);
  }

  #reference(name: ts.Identifier, user: FunctionScope): void {
    const declaration = this.#resolved.get(name);
    const variable = declaration && this.variableOf(declaration);
    if (!variable) return;
    if (!this.#writeTargets.has(name)) variable.reads++;
    if (user === variable.owner) return;
    variable.captured = true;
    if (variable.owner.parent === null) return;
    for (let scope: FunctionScope | null = user; scope && scope !== variable.owner; scope = scope.parent)
      scope.captures.add(variable);
  }

  #useThis(node: ts.Node, user: FunctionScope): void {
    const owner = thisOwnerOf(node);
    if (owner.kind !== 'function') return;
    const home = this.functionOf(owner.node);
    if (user === home) return;
    home.thisCaptured = true;
    for (let scope: FunctionScope | null = user; scope && scope !== home; scope = scope.parent)
      scope.capturesThisOf = home;
  }
}

function hasValue(node: ts.VariableDeclaration): boolean {
  return (
    node.initializer !== undefined ||
    ts.isCatchClause(node.parent) ||
    ts.isForInStatement(node.parent.parent) ||
    ts.isForOfStatement(node.parent.parent)
  );
}

function isTopLevel(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
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
