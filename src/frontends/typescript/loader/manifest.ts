/** package.json files: the keys that say where a package's code starts, checked as they are read. */
import { readFileSync } from 'node:fs';
import { decode, reasonOf } from './readFile.ts';
import { parentOf } from './paths.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Manifest {
  /** Absolute path of the folder. */
  folder: string;
  name?: string;
  version?: string;
  isPrivate: boolean;
  isModule: boolean;
  /** `source`, `main`, `module`, `types`, `typings`, `browser` where they are strings. */
  entries: Partial<Record<EntryKey, string>>;
  bin: string[];
  exports?: Json;
  imports?: Json;
  /** Globs of workspace folders; undefined: this is no workspace root. */
  workspaces?: string[];
  scripts: Record<string, string>;
  /** Version ranges of the packages that it depends on, however. */
  dependencies: Record<string, string>;
}
export type EntryKey = 'source' | 'main' | 'module' | 'types' | 'typings';
const ENTRY_KEYS: readonly EntryKey[] = ['source', 'main', 'module', 'types', 'typings'];

export interface ManifestResult {
  manifest: Manifest;
  /** What is wrong: key and expected type. The rest of the file was taken. */
  problems: string[];
}

/** Never throws: a file that is no JSON object gives an empty manifest and a problem. */
export function readManifest(path: string): ManifestResult {
  const problems: string[] = [];
  const folder = parentOf(path);
  const empty: Manifest = {
    folder,
    isPrivate: false,
    isModule: false,
    entries: {},
    bin: [],
    scripts: {},
    dependencies: {},
  };
  const json = parse(path, problems);
  if (!isObject(json)) {
    if (problems.length === 0) problems.push('expected a JSON object');
    return { manifest: empty, problems };
  }
  const text = (key: string): string | undefined => {
    const value = json[key];
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) problems.push(`${key}: expected a string, found ${describe(value)}`);
    return undefined;
  };
  const name = text('name');
  const version = text('version');
  const workspaces = workspaceGlobs(json.workspaces, problems);
  const manifest: Manifest = {
    ...empty,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    isPrivate: json.private === true,
    isModule: text('type') === 'module',
    entries: Object.fromEntries(ENTRY_KEYS.flatMap(key => (typeof json[key] === 'string' ? [[key, json[key]]] : []))),
    bin: typeof json.bin === 'string' ? [json.bin] : strings(json.bin, 'bin', problems),
    ...(json.exports !== undefined && { exports: json.exports }),
    ...(json.imports !== undefined && { imports: json.imports }),
    ...(workspaces && { workspaces }),
    scripts: texts(json.scripts),
    dependencies: {
      ...texts(json.peerDependencies),
      ...texts(json.devDependencies),
      ...texts(json.optionalDependencies),
      ...texts(json.dependencies),
    },
  };
  text('main');
  return { manifest, problems };
}

function parse(path: string, problems: string[]): Json | undefined {
  try {
    const decoded = decode(readFileSync(path));
    const parsed: unknown = JSON.parse(decoded?.text ?? '');
    return isJson(parsed) ? parsed : undefined;
  } catch (error) {
    problems.push(error instanceof SyntaxError ? `not valid JSON: ${error.message}` : reasonOf(error));
    return undefined;
  }
}

/** The strings of an object, by key. */
function texts(value: Json | undefined): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

function workspaceGlobs(value: Json | undefined, problems: string[]): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = isObject(value) ? value.packages : value;
  if (Array.isArray(list)) return list.filter(item => typeof item === 'string');
  if (!isObject(value)) problems.push(`workspaces: expected an array of strings, found ${describe(value)}`);
  return isObject(value) ? [] : undefined;
}

function strings(value: Json | undefined, key: string, problems: string[]): string[] {
  if (value === undefined || value === null) return [];
  if (isObject(value)) return Object.values(value).filter(item => typeof item === 'string');
  problems.push(`${key}: expected a string or an object of strings, found ${describe(value)}`);
  return [];
}

/** For what a JSON parser gives, where everything nested is JSON too. */
export const isJson = (value: unknown): value is Json =>
  value === null || ['boolean', 'number', 'string', 'object'].includes(typeof value);

export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const describe = (value: Json): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `the ${typeof value} ${JSON.stringify(value)}`;
