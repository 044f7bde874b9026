/** Global declarations of a configuration: the `types` that it names, else every `@types` package in reach, and Node's. */
import { ts } from 'ts-morph';
import type { Disk } from './disk.ts';
import { absolute } from './paths.ts';

export interface GlobalTypes {
  /** Declaration files, absolute, sorted. */
  files: string[];
  /** Node's own modules and globals are among them. */
  hasNode: boolean;
}

/** `folder` is the configuration's. A configuration without `types` gets all, as every compiler before TypeScript 6 did. */
export function globalTypes(folder: string, options: ts.CompilerOptions, disk: Disk): GlobalTypes {
  const host = { ...disk, getCurrentDirectory: () => folder };
  const asked: ts.CompilerOptions = {
    ...options,
    types: options.types ?? ['*'],
    configFilePath: `${folder}/tsconfig.json`,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const names = new Set([...ts.getAutomaticTypeDirectiveNames(asked, host), 'node']);
  const files = new Set<string>();
  let hasNode = false;
  for (const name of names) {
    const found = ts.resolveTypeReferenceDirective(name, `${folder}/__inferred.ts`, asked, host)
      .resolvedTypeReferenceDirective?.resolvedFileName;
    if (found === undefined) continue;
    files.add(absolute(found));
    if (name === 'node' || name === 'bun' || name === 'bun-types') hasNode = true;
  }
  return { files: [...files].sort(), hasNode };
}
