/** What syntax says of members, so that the checker is asked less: fields of the file's classes, names of accessors. */
import { ts } from 'ts-morph';
import type { TypeId } from '../../model/facts.ts';
import { functionNodesOf, typeIdIn } from './functionIds.ts';
import type { LoadedProject } from './loader/loaded.ts';
import { propertyNameText } from './placeNames.ts';

/** The fields that a class of the file declares (parameter properties too), by the class. */
export type OwnFields = ReadonlyMap<TypeId, ReadonlySet<string>>;

export function ownFields(source: ts.SourceFile, file: string): OwnFields {
  const found = new Map<TypeId, Set<string>>();
  for (const node of functionNodesOf(source)) {
    const holder = ts.isConstructorDeclaration(node) ? node.parent : node;
    if (!ts.isClassLike(holder)) continue;
    const type = typeIdIn(source, file, holder);
    if (type !== undefined) found.set(type, new Set(fieldNames(holder)));
  }
  return found;
}

function* fieldNames(node: ts.ClassLikeDeclaration): Generator<string> {
  for (const member of node.members) {
    if (ts.isPropertyDeclaration(member)) yield propertyNameText(member.name) ?? '';
    else if (ts.isConstructorDeclaration(member))
      for (const parameter of member.parameters)
        if (ts.isParameterPropertyDeclaration(parameter, member) && ts.isIdentifier(parameter.name))
          yield parameter.name.text;
  }
}

const accessorNames = new WeakMap<ts.Program, ReadonlySet<string>>();

/** Names of all accessors with a body in the audited files of a program: any other property runs no code. */
export function accessorNamesOf(program: ts.Program, project: LoadedProject): ReadonlySet<string> {
  let names = accessorNames.get(program);
  if (!names) {
    const found = new Set<string>();
    for (const source of program.getSourceFiles()) {
      if (project.isProjectSource(source.fileName) === undefined) continue;
      for (const node of functionNodesOf(source)) if (ts.isAccessor(node)) found.add(propertyNameText(node.name) ?? '');
    }
    names = found;
    accessorNames.set(program, names);
  }
  return names;
}
