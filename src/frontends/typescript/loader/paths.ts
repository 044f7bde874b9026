/** Path arithmetic with `/` separators; the compiler's own form on every system. */
import { dirname, posix, resolve } from 'node:path';

export const toSlashes = (path: string): string =>
  path.includes('\\') && process.platform === 'win32' ? path.replaceAll('\\', '/') : path;

/** Absolute path with `/` separators. */
export const absolute = (...parts: string[]): string => toSlashes(resolve(...parts));

export const parentOf = (path: string): string => toSlashes(dirname(path));

/** True when `path` is `folder` or lies in it. Both absolute with `/` separators. */
export function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Path of `path` relative to `folder` (`''` for the folder itself). Both absolute with `/` separators. */
export const relativeTo = (folder: string, path: string): string => posix.relative(folder, path);

/** The folder and its parents, nearest first, up to and with `last` (or the root of the file system). */
export function foldersUp(folder: string, last?: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = parentOf(at)) {
    found.push(at);
    if (at === last || parentOf(at) === at) return found;
  }
}

export const declarationFile = /\.d\.(ts|mts|cts)$|\.d\.[^./]+\.ts$/;
/** Type tests (tsd, vitest's type checks): the compiler looks at them, nothing ever runs them. */
export const typeTestFile = /\.(?:(?:test|spec)-d|tst)\.[cm]?[jt]sx?$/;
export const typeTestFolder = /^(?:types?-?tests?|tests?-d(?:ts)?|dtslint|tstyche)$/;
export const sourceFile = /\.([cm]?[jt]s|[jt]sx)$/;
export const scriptFile = /\.([cm]?js|jsx)$/;

/** A file that holds code of ours to read: TypeScript or JavaScript, not a declaration. */
export const isCode = (path: string): boolean => sourceFile.test(path) && !declarationFile.test(path);
