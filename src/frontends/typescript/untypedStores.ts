/** What a JavaScript file puts into its variables, members and containers: the only type that they have there. */
import { ts } from 'ts-morph';
import { type Asking, bare, functionExpression, rawSymbolOf } from './asking.ts';

interface Stored {
  /** The name of the variable, member or container. */
  holder: ts.Node;
  value: ts.Expression;
}

/** By the holder's name: `x = value`, `this.x = value`; `x.set(key, value)`, `x[key] = value`. By the key: `this[TABLE.KEY] = value`. */
interface Stores {
  whole: Map<string, Stored[]>;
  parts: Map<string, Stored[]>;
  under: Map<string, Stored[]>;
}

const known = new WeakMap<ts.SourceFile, Stores>();

/** What is assigned to a variable besides what its declaration says. */
export function assignedValues(asking: Asking, name: ts.Node): ts.Expression[] {
  return valuesOf(asking, storesOf(name.getSourceFile()).whole, name);
}

/** What is put into a container under any key. */
export function storedParts(asking: Asking, container: ts.Expression): ts.Expression[] {
  const name = nameOf(container);
  return name ? valuesOf(asking, storesOf(name.getSourceFile()).parts, name) : [];
}

/** `this.x = value`, by the text of the name alone: for members that no type declares. */
export function assignedToThis(source: ts.SourceFile, name: string): ts.Expression[] {
  return (storesOf(source).whole.get(name) ?? []).filter(({ holder }) => isOfThis(holder)).map(({ value }) => value);
}

/** `this[TABLE.KEY] = value`, by the text of the key. */
export function assignedUnder(member: ts.ElementAccessExpression): ts.Expression[] {
  const key = member.argumentExpression;
  if (member.expression.kind !== ts.SyntaxKind.ThisKeyword || !ts.isPropertyAccessExpression(key)) return [];
  return (storesOf(member.getSourceFile()).under.get(key.getText()) ?? []).map(({ value }) => value);
}

/** What a function of a JavaScript file gives its callers. */
export function returnedBy(declaration: ts.Node): ts.Expression[] {
  if (!(declaration.getSourceFile().flags & ts.NodeFlags.JavaScriptFile)) return [];
  const fn = ts.isVariableDeclaration(declaration) ? functionExpression(declaration.initializer) : declaration;
  if (!fn || !isPlain(fn) || !fn.body) return [];
  if (!ts.isBlock(fn.body)) return [fn.body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    if (!ts.isFunctionLike(node) && !ts.isClassLike(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(fn.body, visit);
  return found;
}

type Plain = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration;

/** Neither a generator nor anything else whose call gives something other than what it returns. */
const isPlain = (node: ts.Node): node is Plain =>
  (ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node)) &&
  node.asteriskToken === undefined;

function valuesOf(asking: Asking, stores: Map<string, Stored[]>, name: ts.Node): ts.Expression[] {
  const symbol = rawSymbolOf(asking, name);
  return (stores.get(name.getText()) ?? []).flatMap(({ holder, value }) => {
    const other = rawSymbolOf(asking, holder);
    const isSame = symbol || other ? symbol === other : isOfThis(name) && isOfThis(holder);
    return isSame ? [value] : [];
  });
}

const isOfThis = ({ parent }: ts.Node): boolean =>
  ts.isPropertyAccessExpression(parent) && parent.expression.kind === ts.SyntaxKind.ThisKeyword;

function nameOf(expression: ts.Expression): ts.Node | undefined {
  const node = bare(expression);
  return ts.isIdentifier(node) ? node : ts.isPropertyAccessExpression(node) ? node.name : undefined;
}

function storesOf(source: ts.SourceFile): Stores {
  const before = known.get(source);
  if (before) return before;
  const stores: Stores = { whole: new Map(), parts: new Map(), under: new Map() };
  const add = (into: Map<string, Stored[]>, holder: ts.Node | undefined, value: ts.Expression): void => {
    if (!holder) return;
    const list = into.get(holder.getText());
    if (list) list.push({ holder, value });
    else into.set(holder.getText(), [{ holder, value }]);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
      if (ts.isElementAccessExpression(node.left)) {
        add(stores.parts, nameOf(node.left.expression), node.right);
        if (node.left.expression.kind === ts.SyntaxKind.ThisKeyword)
          add(stores.under, node.left.argumentExpression, node.right);
      } else add(stores.whole, nameOf(node.left), node.right);
    } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [, value] = node.arguments;
      if (value && node.expression.name.text === 'set') add(stores.parts, nameOf(node.expression.expression), value);
    }
    ts.forEachChild(node, visit);
  };
  if (source.flags & ts.NodeFlags.JavaScriptFile) visit(source);
  known.set(source, stores);
  return stores;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
