/** The disk as the compiler sees it during one audit: nothing changes, so every question is asked once. */
import { ts } from 'ts-morph';
import { absolute } from './paths.ts';

export interface Disk {
  fileExists(path: string): boolean;
  directoryExists(path: string): boolean;
  readFile(path: string): string | undefined;
  realpath(path: string): string;
  getDirectories(path: string): string[];
}

export function createDisk(): Disk {
  const remember = <T>(ask: (path: string) => T): ((path: string) => T) => {
    const known = new Map<string, T>();
    return path => {
      const answer = known.get(path);
      if (answer !== undefined) return answer;
      const made = ask(path);
      known.set(path, made);
      return made;
    };
  };
  const { sys } = ts;
  return {
    fileExists: remember(path => sys.fileExists(path)),
    directoryExists: remember(path => sys.directoryExists(path)),
    readFile: path => sys.readFile(path),
    realpath: remember(path => absolute(sys.realpath?.(path) ?? path)),
    getDirectories: remember(path => sys.getDirectories(path)),
  };
}
