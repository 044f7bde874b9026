/** Module resolution: as the compiler does for the importing file's own configuration, then what an audit needs besides. */
import { ts } from 'ts-morph';
import type { Disk } from './disk.ts';
import { absolute, declarationFile, foldersUp, isUnder, parentOf, relativeTo, scriptFile } from './paths.ts';

export interface ResolverContext {
  root: string;
  disk: Disk;
  isAudited(path: string): boolean;
  /** Resolution options of the importing file's configuration; undefined: those of the program without its paths. */
  optionsOf(file: string): ts.CompilerOptions | undefined;
  /** A source for a bare specifier of a workspace package, or for an internal `#name`. */
  workspaceSource(specifier: string, fromFile: string, isInstalled: boolean): string | undefined;
  /** The source that an output or declaration file of the project was made from. */
  sourceOf(path: string): string | undefined;
  /** Virtual declaration file for a package that is not installed. */
  stubFor(specifier: string): string | undefined;
  /** The package that a stub file declares; undefined for other files. */
  stubPackage(path: string): string | undefined;
}

export interface Resolver {
  /** `fallback`: options of the program. Gives an absolute file that the compiler may load, or undefined. */
  resolve(
    specifier: string,
    fromFile: string,
    mode: ts.ResolutionMode,
    fallback: ts.CompilerOptions,
    ambientNode: boolean,
  ): ts.ResolvedModuleFull | undefined;
}

export function createResolver(context: ResolverContext): Resolver {
  const host: ts.ModuleResolutionHost = {
    ...context.disk,
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    getCurrentDirectory: () => context.root,
  };
  const caches = new Caches(context.root);
  const known = new Map<string, ts.ResolvedModuleFull | null>();

  function compilerFinds(
    specifier: string,
    fromFile: string,
    mode: ts.ResolutionMode,
    options: ts.CompilerOptions,
  ): ts.ResolvedModuleFull | undefined {
    for (const attempt of isRelative(specifier) || mayBeInstalled(specifier, fromFile, context.disk)
      ? attempts(options)
      : [options]) {
      const found = ts.resolveModuleName(
        specifier,
        fromFile,
        attempt,
        host,
        caches.for(attempt),
        undefined,
        mode,
      ).resolvedModule;
      if (found) return found;
    }
    return undefined;
  }

  function find(
    specifier: string,
    fromFile: string,
    mode: ts.ResolutionMode,
    options: ts.CompilerOptions,
    ambientNode: boolean,
  ): ts.ResolvedModuleFull | undefined {
    const from = context.stubPackage(fromFile) !== undefined ? `${context.root}/_` : fromFile;
    const found = compilerFinds(specifier, from, mode, options);
    const own = ownSource(context, specifier, from, options, found);
    if (own !== undefined) return moduleAt(own);
    if (found && !isUntyped(found, context)) return found;
    const stub = context.stubFor(specifier);
    const isNodes = stub !== undefined && context.stubPackage(stub)?.startsWith('node:');
    return stub === undefined || (ambientNode && isNodes) ? undefined : moduleAt(stub);
  }

  return {
    resolve(specifier, fromFile, mode, fallback, ambientNode) {
      const options = context.optionsOf(fromFile) ?? fallback;
      const key = `${parentOf(fromFile)}\0${specifier}\0${mode ?? ''}\0${caches.idOf(options)}\0${ambientNode ? 1 : 0}`;
      const before = known.get(key);
      if (before !== undefined) return before ?? undefined;
      const found = find(specifier, fromFile, mode, options, ambientNode);
      known.set(key, found ?? null);
      return found;
    },
  };
}

/** Whether some node_modules upwards has a folder for the package: without one, no way of resolution finds it. */
function mayBeInstalled(specifier: string, fromFile: string, disk: Disk): boolean {
  const [first = '', second = ''] = specifier.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return foldersUp(parentOf(fromFile)).some(
    folder => disk.directoryExists(`${folder}/node_modules`) && disk.directoryExists(`${folder}/node_modules/${name}`),
  );
}

/** A source of the project that the import means, whatever the compiler found for it. */
function ownSource(
  context: ResolverContext,
  specifier: string,
  fromFile: string,
  options: ts.CompilerOptions,
  found: ts.ResolvedModuleFull | undefined,
): string | undefined {
  const path = found?.resolvedFileName;
  if (path !== undefined) {
    if (context.isAudited(path)) return path;
    if (!isInstalled(path, context.root)) return context.sourceOf(path);
  }
  if (isRelative(specifier))
    return path === undefined ? context.sourceOf(absolute(parentOf(fromFile), specifier)) : undefined;
  if (path === undefined) {
    for (const target of pathTargets(specifier, options)) {
      const source = context.sourceOf(target);
      if (source !== undefined) return source;
    }
  }
  return context.workspaceSource(specifier, fromFile, path !== undefined);
}

/** What `paths` makes of a specifier: files of a build that has not run. */
function pathTargets(specifier: string, options: ts.CompilerOptions): string[] {
  const { paths = {}, baseUrl, configFilePath } = options;
  const folder = baseUrl ?? (typeof configFilePath === 'string' ? parentOf(configFilePath) : undefined);
  if (folder === undefined) return [];
  return Object.entries(paths).flatMap(([pattern, targets]) => {
    const [before = '', after] = pattern.split('*');
    if (
      after === undefined
        ? specifier !== pattern
        : !(
            specifier.startsWith(before) &&
            specifier.endsWith(after) &&
            specifier.length >= before.length + after.length
          )
    )
      return [];
    const star = after === undefined ? '' : specifier.slice(before.length, specifier.length - after.length);
    return targets.map(target => absolute(folder, target.replace('*', star)));
  });
}

/** In a node_modules that lies below the root, or outside of the root: not one of the project's own files. */
function isInstalled(path: string, root: string): boolean {
  const below = isUnder(path, root) ? relativeTo(root, path) : path;
  return below.includes('node_modules/');
}

/** JavaScript that nobody asked to audit tells the compiler nothing; a stub tells more. */
function isUntyped(found: ts.ResolvedModuleFull, context: ResolverContext): boolean {
  const path = found.resolvedFileName;
  return (
    scriptFile.test(path) ||
    (!declarationFile.test(path) && isUnder(path, context.root) && !isInstalled(path, context.root))
  );
}

const isRelative = (specifier: string): boolean =>
  /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..';

function moduleAt(path: string): ts.ResolvedModuleFull {
  const extension = /\.d\.[cm]?ts$|\.[^.]+$/.exec(path)?.[0] ?? '.ts';
  return { resolvedFileName: path, extension, isExternalLibraryImport: false };
}

/** The configured way first; what it refuses may still be found as a bundler or as Node did before `exports`. */
function attempts(options: ts.CompilerOptions): ts.CompilerOptions[] {
  const others = [ts.ModuleResolutionKind.Bundler, ts.ModuleResolutionKind.Node10].filter(
    kind => kind !== options.moduleResolution,
  );
  return [options, ...others.map(moduleResolution => fallbackOf(options, moduleResolution))];
}

const fallbacks = new WeakMap<ts.CompilerOptions, Map<ts.ModuleResolutionKind, ts.CompilerOptions>>();

function fallbackOf(options: ts.CompilerOptions, moduleResolution: ts.ModuleResolutionKind): ts.CompilerOptions {
  const made = fallbacks.get(options) ?? new Map<ts.ModuleResolutionKind, ts.CompilerOptions>();
  fallbacks.set(options, made);
  const known = made.get(moduleResolution) ?? { ...options, moduleResolution };
  made.set(moduleResolution, known);
  return known;
}

/** One cache for all options that resolve alike. */
class Caches {
  readonly #byKey = new Map<string, ts.ModuleResolutionCache>();
  readonly #keys = new WeakMap<ts.CompilerOptions, string>();
  readonly #root: string;
  #packages: ts.PackageJsonInfoCache | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  idOf(options: ts.CompilerOptions): string {
    const known = this.#keys.get(options);
    if (known !== undefined) return known;
    const { configFilePath, ...rest } = options;
    const key = JSON.stringify(options.paths ? { ...rest, configFilePath } : rest);
    this.#keys.set(options, key);
    return key;
  }

  for(options: ts.CompilerOptions): ts.ModuleResolutionCache {
    const key = this.idOf(options);
    const known = this.#byKey.get(key);
    if (known) return known;
    const canonical = (name: string): string => (ts.sys.useCaseSensitiveFileNames ? name : name.toLowerCase());
    const made = ts.createModuleResolutionCache(this.#root, canonical, options, this.#packages);
    this.#packages ??= made.getPackageJsonInfoCache();
    this.#byKey.set(key, made);
    return made;
  }
}
