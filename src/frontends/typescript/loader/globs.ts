/** The user's `include` and `exclude` globs, asked about files and folders. */
import { globToRegExp } from '../../../util/glob.ts';

export interface Globs {
  /** `path` is relative. A glob that matches a folder matches everything in it. */
  matches(path: string): boolean;
  /** Whether something in this excluded folder may match: what decides if it has to be opened. */
  mayMatchIn(folder: string): boolean;
}

export function compileGlobs(patterns: readonly string[]): Globs {
  const cleaned = patterns.map(pattern => pattern.replace(/^(\.?\/)+/, '')).filter(pattern => pattern !== '');
  const expressions = cleaned.flatMap(pattern =>
    pattern.endsWith('/') ? [globToRegExp(pattern)] : [globToRegExp(pattern), globToRegExp(`${pattern}/`)],
  );
  const bases = cleaned.map(fixedPart);
  return {
    matches: path => expressions.some(expression => expression.test(path)),
    mayMatchIn: folder => bases.some(base => mayMeet(base, folder)),
  };
}

/** The folders that stand before the first wildcard. */
function fixedPart(pattern: string): string {
  const segments = pattern.replace(/\/$/, '').split('/');
  const wild = segments.findIndex(segment => /[*?[{]/.test(segment));
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/');
}

/** `node_modules` is opened only for globs that name it: `**` would open every one. */
function mayMeet(base: string, folder: string): boolean {
  if (folder.split('/').includes('node_modules') && !base.split('/').includes('node_modules')) return false;
  return base === '' || base === folder || base.startsWith(`${folder}/`) || folder.startsWith(`${base}/`);
}
