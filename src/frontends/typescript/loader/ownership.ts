/** Which npm package a file outside of the project belongs to, and which version of a package a file sees. */
import { isLanguageLibrary } from './host.ts';
import type { PackageOfFile } from './loaded.ts';
import { readManifest } from './manifest.ts';
import { absolute, foldersUp, isUnder, parentOf, relativeTo } from './paths.ts';
import type { Disk } from './disk.ts';
import type { Stubs } from './stubs.ts';

export interface Ownership {
  packageOf(path: string): PackageOfFile | undefined;
  /** Installed, or, where it is not (or in another major), as the nearest manifest asks for it. */
  installedVersion(packageName: string, fromFile: string): string | undefined;
}

export function createOwnership(root: string, disk: Disk, stubs: Stubs): Ownership {
  const byFolder = new Map<string, PackageOfFile | undefined>();
  const versions = new Map<string, string | undefined>();

  function packageAt(folder: string): PackageOfFile | undefined {
    for (const at of foldersUp(folder)) {
      if (at.endsWith('/node_modules')) return undefined;
      const installed = nameFromFolder(at);
      const isPackage = disk.fileExists(`${at}/package.json`);
      if (installed === undefined && !isPackage) continue;
      const manifest = isPackage ? readManifest(`${at}/package.json`).manifest : undefined;
      const name = installed ?? manifest?.name;
      if (name !== undefined)
        return { name: unTyped(name), ...(manifest?.version !== undefined && { version: manifest.version }), root: at };
    }
    return undefined;
  }

  return {
    packageOf(path) {
      const stub = stubs.packageOf(path);
      if (stub !== undefined) return { name: stub, root: '' };
      if (isLanguageLibrary(path)) return { name: 'lib', root: '' };
      if (isUnder(path, root) && !relativeTo(root, path).split('/').includes('node_modules')) return undefined;
      const folder = parentOf(path);
      if (!byFolder.has(folder)) byFolder.set(folder, packageAt(folder));
      return byFolder.get(folder);
    },
    installedVersion(packageName, fromFile) {
      const folder = parentOf(fromFile);
      const key = `${folder}\0${packageName}`;
      if (!versions.has(key)) versions.set(key, findVersion(packageName, folder, disk));
      return versions.get(key);
    },
  };
}

function findVersion(packageName: string, folder: string, disk: Disk): string | undefined {
  const isNode = packageName === 'node' || packageName.startsWith('node:');
  const names = isNode ? ['@types/node'] : [packageName, typesPackage(packageName)];
  const folders = [...foldersUp(folder)];
  const installed = folders
    .flatMap(at => names.map(name => `${at}/node_modules/${name}/package.json`))
    .find(path => disk.fileExists(path));
  const declared = declaredFrom(folders, names, disk);
  const version = installed === undefined ? undefined : readManifest(installed).manifest.version;
  return version === undefined || isOtherMajor(declared, version) ? declared : version;
}

function declaredFrom(folders: readonly string[], names: readonly string[], disk: Disk): string | undefined {
  for (const at of folders) {
    const declared = disk.fileExists(`${at}/package.json`) ? declaredVersion(`${at}/package.json`, names) : undefined;
    if (declared !== undefined) return declared;
  }
  return undefined;
}

/** What is installed here is not what the program runs with: its manifest asks for one major, and this is another. */
function isOtherMajor(declared: string | undefined, installed: string): boolean {
  const asked = /^[~^=v ]*(\d+)[\d.x*]*$/.exec(declared ?? '');
  return asked !== null && asked[1] !== /^\d+/.exec(installed)?.[0];
}

/** The range that a manifest asks for; `*`, tags and links name no version. */
function declaredVersion(path: string, names: readonly string[]): string | undefined {
  const { dependencies } = readManifest(path).manifest;
  const ranges = names.flatMap(name => (Object.hasOwn(dependencies, name) ? [dependencies[name]] : []));
  return ranges.find(range => range !== undefined && /^[~^>=<v ]*\d/.test(range));
}

/** `@a/b` → `@types/a__b`. */
const typesPackage = (name: string): string =>
  `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;

/** `@types/a__b` → `@a/b`. */
function unTyped(name: string): string {
  if (!name.startsWith('@types/')) return name;
  const plain = name.slice('@types/'.length);
  return plain.includes('__') ? `@${plain.replace('__', '/')}` : plain;
}

/** The name by which a package is installed: two segments for a scope. Undefined outside of node_modules. */
function nameFromFolder(folder: string): string | undefined {
  const at = folder.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const segments = absolute(folder)
    .slice(at + '/node_modules/'.length)
    .split('/');
  return segments[0]?.startsWith('@')
    ? segments.length === 2
      ? segments.join('/')
      : undefined
    : segments.length === 1
      ? segments[0]
      : undefined;
}
