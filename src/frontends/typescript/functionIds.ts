/**
 * Names functions, classes and other named types of a source file by where they stand and where they go, so that any
 * file computes the same ids and an edit above does not rename them. Pure syntax: one walk per file, kept.
 *
 * `a.ts#` is the module body; `a.ts#Pool.take` a method; `a.ts#Pool.static of` a static one; `a.ts#Pool.get size` an
 * accessor; `a.ts#Pool.constructor` the constructor (the class node itself when none is written);
 * `a.ts#transfer/runExclusive:0` a closure; `a.ts#N.f` a namespace's member; `a.ts#f/Local` a class inside a function.
 */
import { ts } from 'ts-morph';
import type { FunctionId, TypeId } from '../../model/facts.ts';
import { placeName } from './placeNames.ts';

/** A node that becomes a function: a source file (module body), a function with a body, or a class without constructor. */
export type FunctionNode = ts.SourceFile | ts.FunctionLikeDeclaration | ts.ClassLikeDeclaration;

interface FileNames {
  /** In source order (an outer function before its inner ones), the module body first. */
  functions: Map<FunctionNode, string>;
  types: Map<ts.Node, string>;
}

const known = new WeakMap<ts.SourceFile, FileNames>();

/**
 * The id of a function-like declaration with a body; for a class: of its constructor function; for an overload
 * signature: undefined. `file`: the path that ids start with, relative to the audit root.
 */
export function functionIdIn(source: ts.SourceFile, file: string, declaration: ts.Node): FunctionId | undefined {
  const node = ts.isClassLike(declaration) ? (constructorOf(declaration) ?? declaration) : declaration;
  const functions: ReadonlyMap<ts.Node, string> = namesOf(source).functions;
  const name = functions.get(node);
  return name === undefined ? undefined : `${file}#${name}`;
}

/** The id of a class, interface, type alias or enum declaration (or class expression). */
export function typeIdIn(source: ts.SourceFile, file: string, declaration: ts.Node): TypeId | undefined {
  const name = namesOf(source).types.get(declaration);
  return name === undefined ? undefined : `${file}#${name}`;
}

/** Every function of the file, the module body first, outer before inner, in source order. */
export function functionNodesOf(source: ts.SourceFile): readonly FunctionNode[] {
  return [...namesOf(source).functions.keys()];
}

function namesOf(source: ts.SourceFile): FileNames {
  let names = known.get(source);
  if (!names) {
    names = nameFile(source);
    known.set(source, names);
  }
  return names;
}

/** The constructor that a class declares with a body. */
export function constructorOf(node: ts.ClassLikeDeclaration): ts.ConstructorDeclaration | undefined {
  return node.members.find(
    (member): member is ts.ConstructorDeclaration => ts.isConstructorDeclaration(member) && !!member.body,
  );
}

export function isStaticMember(member: ts.Node): boolean {
  return (
    ts.canHaveModifiers(member) &&
    !!ts.getModifiers(member)?.some(modifier => modifier.kind === ts.SyntaxKind.StaticKeyword)
  );
}

/** Iterative: machine-written sources nest deeper than the stack. */
function nameFile(source: ts.SourceFile): FileNames {
  const names: FileNames = { functions: new Map([[source, '']]), types: new Map() };
  const used = new Map<string, number>();
  const usedTypes = new Map<string, number>();
  const pending: { node: ts.Node; prefix: string }[] = [{ node: source, prefix: '' }];
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    const { node, prefix } = entry;
    let inside = prefix;
    if (ts.isModuleDeclaration(node)) inside = `${prefix}${node.name.text}.`;
    else if (ts.isClassLike(node)) {
      const name = numbered(usedTypes, prefix + placeName(node));
      names.types.set(node, name);
      names.functions.set(constructorOf(node) ?? node, numbered(used, `${name}.constructor`));
      inside = `${name}.`;
    } else if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)) {
      names.types.set(node, prefix + node.name.text);
    } else if (isFunctionWithBody(node)) {
      const name = names.functions.get(node) ?? numbered(used, prefix + placeName(node));
      names.functions.set(node, name);
      inside = `${name}/`;
    }
    const children: ts.Node[] = [];
    ts.forEachChild(node, child => {
      if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) children.push(child);
    });
    for (const child of children.reverse()) pending.push({ node: child, prefix: inside });
  }
  return names;
}

/** A function-like node that has a body: neither an overload nor an abstract or ambient one. */
export function isFunctionWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

/** `name`, `name~2`, `name~3` … for equal names. */
function numbered(used: Map<string, number>, name: string): string {
  const count = (used.get(name) ?? 0) + 1;
  used.set(name, count);
  return count === 1 ? name : `${name}~${count}`;
}
