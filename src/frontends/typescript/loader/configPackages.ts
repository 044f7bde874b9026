/** Packages of the workspace that configurations extend: without an installation, no node_modules links to them. */
import type { ts } from 'ts-morph';
import { absolute } from './paths.ts';

type ConfigHost = Pick<ts.ParseConfigFileHost, 'fileExists' | 'readFile'>;

const INSTALLED = /\/node_modules\/((?:@[^/]+\/)?[^/@][^/]*)(\/.*)$/;

/**
 * The host, in which every node_modules also has the project's own packages; what is installed comes first. The
 * compiler takes paths in such a file from where it really lies (`realpath`).
 */
export function withOwnPackages(
  host: ConfigHost,
  folderOf: (packageName: string) => string | undefined,
): ConfigHost & { realpath(path: string): string } {
  const own = (path: string): string => {
    const [, name, rest] = INSTALLED.exec(path) ?? [];
    const folder = name === undefined || host.fileExists(path) ? undefined : folderOf(name);
    return folder === undefined || rest === undefined ? path : absolute(`${folder}${rest}`);
  };
  return {
    fileExists: path => host.fileExists(own(path)),
    readFile: path => host.readFile(own(path)),
    realpath: own,
  };
}
