/** Compiles the tables' stubs as the loader does: global ones at top level, the others as ambient modules. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import type { Library } from '../src/libraries/library.ts';

/** The compiler's own library files (ts-morph carries them in memory only). */
export const libFolder = fileURLToPath(new URL('../node_modules/typescript/lib', import.meta.url));
const uses = fileURLToPath(new URL('../fixtures/libraries/', import.meta.url));

/** The ambient text of one table. */
export function ambientText(library: Library): string {
  if (library.stub === undefined) return '';
  if (library.package === 'lib') return library.stub;
  const aliases = (library.aliases ?? []).map(
    alias =>
      `declare module '${alias}' {\n  import original = require('${library.package}');\n  export = original;\n}\n`,
  );
  return `declare module '${library.package}' {\n${library.stub}\n}\n${aliases.join('')}`;
}

/**
 * The compiler's messages about the stubs and about every fixture in `fixtures/libraries`, when nothing is installed:
 * `file:line message`.
 */
export function compileStubs(libraries: readonly Library[], options: { lib: string[]; uses: boolean }): string[] {
  const files = new Map<string, string>();
  libraries.forEach((library, index) => {
    if (library.stub !== undefined)
      files.set(`/stubs/${index}-${library.package.replace(/[^\w-]/g, '_')}.d.ts`, ambientText(library));
  });
  for (const folder of options.uses ? readdirSync(uses).filter(name => !name.includes('.')) : [])
    for (const file of readdirSync(uses + folder))
      if (/\.[cm]?ts$/.test(file))
        files.set(`/use-${folder}/${file}`, readFileSync(`${uses}${folder}/${file}`, 'utf8'));
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: options.lib,
    strict: true,
    experimentalDecorators: true,
    noEmit: true,
    types: [],
    esModuleInterop: true,
    skipLibCheck: false,
  };
  const host = ts.createCompilerHost(compilerOptions);
  host.getDefaultLibLocation = () => libFolder;
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, target, onError) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, target, onError)
      : ts.createSourceFile(name, text, target);
  };
  host.fileExists = name => files.has(name) || fileExists.call(host, name);
  host.readFile = name => files.get(name) ?? readFile.call(host, name);
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(diagnostic => diagnostic.file === undefined || files.has(diagnostic.file.fileName))
    .map(diagnostic => {
      const { file, start = 0 } = diagnostic;
      const where = file
        ? `${file.fileName.replace(/^\/(stubs\/)?/, '')}:${file.getLineAndCharacterOfPosition(start).line + 1} `
        : '';
      return where + ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    });
}
