/** Compiler options as the audit needs them: what changes resolution and types stays, what changes output goes. */
import { ts } from 'ts-morph';

/** Options that a program is made with; `paths`, `baseUrl` and the like are used per file, by its own configuration. */
export interface AuditOptions {
  /** For the resolution of the modules that a file of this configuration imports. */
  resolution: ts.CompilerOptions;
  /** For the program. Configurations with the same `key` share one. */
  program: ts.CompilerOptions;
  key: string;
}

const RESOLUTION_KEYS = [
  'baseUrl',
  'paths',
  'pathsBasePath',
  'configFilePath',
  'rootDirs',
  'moduleSuffixes',
  'customConditions',
  'preserveSymlinks',
  'resolvePackageJsonExports',
  'resolvePackageJsonImports',
  'typeRoots',
] as const;
const TYPE_KEYS = [
  'jsx',
  'jsxImportSource',
  'jsxFactory',
  'reactNamespace',
  'esModuleInterop',
  'experimentalDecorators',
  'moduleDetection',
  'noLib',
  'exactOptionalPropertyTypes',
] as const;

/**
 * The language's part of `lib` and the target are raised to the newest: an API that the project polyfills is known then,
 * and nobody sees type errors. `esModuleInterop` stays: it decides whether a namespace import can be called.
 */
export function auditOptions(given: ts.CompilerOptions): AuditOptions {
  const module = moduleKind(given);
  const moduleResolution = given.moduleResolution ?? defaultResolution(module);
  const strictNullChecks = given.strictNullChecks ?? given.strict ?? false;
  const program: ts.CompilerOptions = {
    // Without it, the compiler drops an import that leads to JSX.
    jsx: ts.JsxEmit.Preserve,
    ...pick(given, TYPE_KEYS),
    lib: libFiles(given),
    target: ts.ScriptTarget.ESNext,
    module,
    strictNullChecks,
    noImplicitAny: true,
    allowSyntheticDefaultImports: true,
    allowJs: true,
    checkJs: false,
    maxNodeModuleJsDepth: 0,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    ignoreDeprecations: '6.0',
    allowImportingTsExtensions: true,
    esModuleInterop: given.esModuleInterop ?? isNodeModule(module),
  };
  const resolution: ts.CompilerOptions = {
    ...pick(given, RESOLUTION_KEYS),
    module,
    moduleResolution,
    allowJs: true,
    target: ts.ScriptTarget.ESNext,
    allowImportingTsExtensions: true,
    ignoreDeprecations: '6.0',
  };
  return {
    resolution,
    program: { ...program, moduleResolution },
    key: JSON.stringify(Object.entries(program).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function pick(options: ts.CompilerOptions, keys: readonly string[]): ts.CompilerOptions {
  return Object.fromEntries(keys.flatMap(key => (options[key] === undefined ? [] : [[key, options[key]]])));
}

const isNodeModule = (module: ts.ModuleKind): boolean =>
  module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;

/** Only what changes the meaning of imports is told apart. */
function moduleKind({ module, moduleResolution }: ts.CompilerOptions): ts.ModuleKind {
  if (module === undefined) {
    const byNode =
      moduleResolution === ts.ModuleResolutionKind.Node16 || moduleResolution === ts.ModuleResolutionKind.NodeNext;
    return byNode
      ? ts.ModuleKind.NodeNext
      : moduleResolution === ts.ModuleResolutionKind.Bundler
        ? ts.ModuleKind.ESNext
        : ts.ModuleKind.CommonJS;
  }
  if (isNodeModule(module)) return ts.ModuleKind.NodeNext;
  if (module === ts.ModuleKind.Preserve) return module;
  return module >= ts.ModuleKind.ES2015 && module <= ts.ModuleKind.ESNext
    ? ts.ModuleKind.ESNext
    : ts.ModuleKind.CommonJS;
}

function defaultResolution(module: ts.ModuleKind): ts.ModuleResolutionKind {
  return isNodeModule(module)
    ? ts.ModuleResolutionKind.NodeNext
    : module === ts.ModuleKind.Preserve
      ? ts.ModuleResolutionKind.Bundler
      : ts.ModuleResolutionKind.Node10;
}

/** File names of the library: the newest language, and of the rest (DOM, web worker …) what the configuration names. */
function libFiles({ lib }: ts.CompilerOptions): string[] {
  if (!lib) return ['lib.esnext.full.d.ts'];
  const others = lib.filter(
    name =>
      !/^lib\.(es\d+|esnext|decorators)(\..*)?\.d\.ts$/.test(name) &&
      !/^lib\.es[567]\.d\.ts$/.test(name) &&
      name !== 'lib.d.ts',
  );
  const full = lib.some(name => name === 'lib.d.ts' || name.endsWith('.full.d.ts'));
  return [...new Set([full ? 'lib.esnext.full.d.ts' : 'lib.esnext.d.ts', ...others])].sort();
}

/** Of a configuration whose base is not installed: what the usual bases say, so that modules are found and types are exact. */
export const ofUnseenBase = (given: ts.CompilerOptions): ts.CompilerOptions => ({
  ...(given.module === undefined && given.moduleResolution === undefined
    ? { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }
    : {}),
  strict: true,
  esModuleInterop: true,
  ...given,
});

/** Options for files that no configuration speaks of. */
export function inferredOptions(isModule: boolean): ts.CompilerOptions {
  return {
    module: isModule ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: isModule ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
    jsx: ts.JsxEmit.Preserve,
  };
}
