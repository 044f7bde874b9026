/** What git leaves out: every `.gitignore` from the repository's top folder down, read on the way. */
import { existsSync, readFileSync } from 'node:fs';
import ignore, { type Ignore } from 'ignore';
import { foldersUp, isUnder, parentOf, relativeTo } from './paths.ts';

export interface GitIgnore {
  /** Reads the folder's own `.gitignore`; call it for a folder before asking about what lies in it. */
  enter(folder: string): void;
  /** `path` is absolute. A deeper file decides before the ones above it. */
  ignores(path: string, isFolder: boolean): boolean;
}

/** The nearest folder upwards that holds `.git` (a folder, or a file in worktrees and submodules). */
export function gitRootOf(folder: string): string | undefined {
  return foldersUp(folder).find(at => existsSync(`${at}/.git`));
}

/**
 * `start` is the folder that the user named. A `.gitignore` above it that leaves out the folder itself does not count:
 * who names a folder wants it.
 */
export function readGitIgnores(start: string): GitIgnore {
  const rules = new Map<string, Ignore>();
  const root = gitRootOf(start);
  const read = (folder: string, file: string): void => {
    const text = readText(`${folder}/${file}`);
    if (text !== undefined) rules.set(folder, (rules.get(folder) ?? ignore()).add(text));
  };
  if (root !== undefined) {
    read(root, '.git/info/exclude');
    const above = foldersUp(start, root).slice(1).reverse();
    for (const folder of above) read(folder, '.gitignore');
    for (const [folder, rule] of rules) {
      if (folder !== start && rule.ignores(`${relativeTo(folder, start)}/`)) rules.delete(folder);
    }
  }
  return {
    enter: folder => read(folder, '.gitignore'),
    ignores(path, isFolder) {
      for (const folder of foldersUp(parentOf(path), root ?? start)) {
        const rule = rules.get(folder);
        if (!rule || !isUnder(path, folder)) continue;
        const { ignored, unignored } = rule.test(`${relativeTo(folder, path)}${isFolder ? '/' : ''}`);
        if (ignored || unignored) return ignored;
      }
      return false;
    },
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
