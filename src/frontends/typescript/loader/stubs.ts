/** Declarations that library tables bring for packages that are not installed, as virtual files of the compiler. */
import type { Library } from '../../../libraries/library.ts';

const FOLDER = '/__conc-audit-stubs__/';

export interface Stubs {
  /** Virtual file that declares the module, when a table has a stub for it. */
  fileFor(specifier: string): string | undefined;
  /** Virtual files of global declarations. */
  globals: string[];
  text(file: string): string | undefined;
  /** Package whose stub the file is. */
  packageOf(file: string): string | undefined;
}

export function createStubs(libraries: readonly Library[]): Stubs {
  const files = new Map<string, { text: string; package: string }>();
  const modules = new Map<string, string>();
  const globals: string[] = [];
  for (const [index, { package: name, aliases = [], stub, language }] of libraries.entries()) {
    if (stub === undefined || language !== 'typescript' || modules.has(name)) continue;
    const file = `${FOLDER}${name === 'lib' ? `lib-${index}` : name.replaceAll(':', '_')}.d.ts`;
    files.set(file, { text: name === 'lib' ? stub : moduleText(name, aliases, stub), package: name });
    if (name === 'lib') globals.push(file);
    else for (const specifier of [name, ...aliases]) modules.set(specifier, file);
  }
  return {
    fileFor: specifier => modules.get(specifier),
    globals,
    text: file => files.get(file)?.text,
    packageOf: file => files.get(file)?.package,
  };
}

/** Without imports or exports outside of the blocks: a file with those would be a module and only augment. */
function moduleText(name: string, aliases: readonly string[], stub: string): string {
  const alias = (other: string): string =>
    `declare module '${other}' {\n  import all = require('${name}');\n  export = all;\n}\n`;
  return `declare module '${name}' {\n${stub}\n}\n${aliases.map(alias).join('')}`;
}
