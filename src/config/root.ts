/** Where an audit happens: the folder that paths are relative to, and the repository that it lies in. */
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../util/errors.ts';

export interface AuditRoot {
  /** Absolute, real path of the folder given; the common folder of several paths. */
  root: string;
  /** The paths given, absolute and real. */
  paths: string[];
  /** Path from the repository's top level to `root`, `/` separators; '' when they are one or there is no repository. */
  prefix: string;
}

/** Throws `UserError` for a path that does not exist. `suggest` may give a hint for it. */
export function findRoot(
  paths: readonly string[],
  cwd: string,
  suggest: (given: string) => string | undefined = () => undefined,
): AuditRoot {
  const given = paths.length > 0 ? paths : ['.'];
  const real = given.map(one => {
    try {
      return fs.realpathSync(path.resolve(cwd, one));
    } catch {
      throw new UserError(`No such file or folder: ${one}`, suggest(one));
    }
  });
  const folders = real.map(one => (fs.statSync(one).isDirectory() ? one : path.dirname(one)));
  const root = folders.reduce(commonFolder);
  const top = repositoryTop(root);
  return { root, paths: real, prefix: top === undefined ? '' : toPosix(path.relative(top, root)) };
}

const toPosix = (file: string): string => file.split(path.sep).join('/');

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (path.relative(folder, b).split(path.sep)[0] === '..') folder = path.dirname(folder);
  return folder;
}

/** The nearest folder, from `folder` up, that holds `.git` (a folder; a file in worktrees and submodules). */
export function repositoryTop(folder: string): string | undefined {
  for (let current = folder; ; current = path.dirname(current)) {
    if (fs.existsSync(path.join(current, '.git'))) return current;
    if (path.dirname(current) === current) return undefined;
  }
}

/**
 * A glob written relative to `from`, made relative to `to`; null when nothing under `to` can match it.
 * `src/*.ts` in `/repo` seen from `/repo/src` is `*.ts`.
 */
export function rebaseGlob(
  glob: string,
  from: string,
  to: string,
  matches: (pattern: string, text: string) => boolean,
): string | null {
  const down = toPosix(path.relative(to, from));
  if (down === '') return glob;
  const anchored = glob.replace(/^\//, '');
  if (!down.startsWith('..')) return `${down}/${anchored}`;
  if (glob.startsWith('**/')) return glob;
  const segments = toPosix(path.relative(from, to)).split('/');
  if (segments[0] === '..') return null;
  const parts = anchored.split('/');
  for (const segment of segments) {
    const part = parts[0];
    if (part === undefined || part === '**') break;
    if (!matches(part, segment)) return null;
    parts.shift();
  }
  return parts.join('/') || '**';
}
