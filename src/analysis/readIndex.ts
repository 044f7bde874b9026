/** Which functions read a variable or field, for: is what is stored there ever used? Built once. */
import type { FunctionId, Place, TypeId } from '../model/facts.ts';
import { defineAnalysis } from './analysis.ts';

export interface Readers {
  /** Somebody else than this function reads the field (or container kept in it). */
  ofField(name: string, of: TypeId | undefined, except: FunctionId): boolean;
  ofVariable(owner: FunctionId, slot: string, except: FunctionId): boolean;
}

export const readIndex = defineAnalysis<Readers>('read-index', (_get, program) => {
  const readers = new Map<string, Set<FunctionId>>();
  const note = (key: string, fn: FunctionId): void => {
    const known = readers.get(key);
    if (known) known.add(fn);
    else readers.set(key, new Set([fn]));
  };
  const read = ({ root, path }: Place, fn: FunctionId): void => {
    if (root.kind === 'captured') note(`v${root.from}:${root.slot}`, fn);
    if (root.kind === 'module') note(`v${root.file}#:${root.name}`, fn);
    for (const step of path) if ('field' in step) note(`f${step.of ?? ''}.${step.field}`, fn);
  };
  for (const [id, fn] of program.functions)
    for (const value of fn.values) if (value.kind === 'read') read(value.place, id);
  const byOthers = (key: string, except: FunctionId): boolean =>
    [...(readers.get(key) ?? [])].some(reader => reader !== except);
  const names = new Set(
    [...readers.keys()].filter(key => key.startsWith('f')).map(key => key.slice(key.lastIndexOf('.'))),
  );
  return {
    // A reader or writer of an object of unknown type means any field of the name.
    ofField: (name, of, except) =>
      of === undefined ? names.has(`.${name}`) : byOthers(`f${of}.${name}`, except) || byOthers(`f.${name}`, except),
    ofVariable: (owner, slot, except) => byOthers(`v${owner}:${slot}`, except),
  };
});
