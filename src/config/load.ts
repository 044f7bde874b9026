/** The configuration of an audit: found or named, validated, with every error telling file, line and key. */
import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { UserError } from '../util/errors.ts';
import { globToRegExp } from '../util/glob.ts';
import { didYouMean } from '../util/nearest.ts';
import { writtenNames } from '../util/writtenNames.ts';
import { type Config, DEFAULT_CONFIG, type RuleSetting } from './config.ts';
import { lineOfKey } from './parse.ts';
import { rebaseGlob } from './root.ts';
import { KNOWN_KEYS, RESERVED_KEYS, configSchema } from './schema.ts';
import { type FoundConfig, loadNamedConfig, searchConfig } from './search.ts';

export interface ConfigRequest {
  /** The audit root: where the search starts, and what globs come out relative to. */
  root: string;
  /** A file that the user named, absolute; null: no configuration; absent: search. */
  named?: string | null;
  allowCode: boolean;
  /** Ids of all rules. */
  rules: readonly string[];
}

/** Throws `UserError` for what is wrong in the file. Without a file: the defaults. */
export async function loadConfig({ root, named, allowCode, rules }: ConfigRequest): Promise<Config> {
  if (named === null) return DEFAULT_CONFIG;
  const found = named === undefined ? searchConfig(root) : await loadNamedConfig(named, allowCode);
  if (!found || found.data === undefined || found.data === null) return DEFAULT_CONFIG;
  return validate(found, rules, root);
}

function validate(found: FoundConfig, rules: readonly string[], root: string): Config {
  const parsed = configSchema.safeParse(found.data);
  if (!parsed.success) throw errorOf(found, parsed.error);
  const { include = [], exclude = [], entryPoints = [], ...rest } = parsed.data;
  const settings: Record<string, RuleSetting> = {};
  for (const [id, setting] of Object.entries(rest.rules ?? {})) {
    if (!rules.includes(id)) throw complaint(found, ['rules', id], `there is no rule ${id}`, didYouMean(id, rules));
    settings[id] = typeof setting === 'string' ? setting : setting.level;
  }
  const rebase = (globs: readonly string[]): string[] => rebaseAll(globs, path.dirname(found.file), root);
  return {
    ...DEFAULT_CONFIG,
    ...(rest.preset && { preset: rest.preset }),
    ...(rest.failOn && { failOn: rest.failOn }),
    ...(rest.libraries && { libraries: rest.libraries }),
    lockOrder: (rest.lockOrder ?? []).map(order => writtenNames(order, '<')),
    include: rebase(include),
    // a glob that covers the whole root would leave out what the user named: a path that is given is audited
    exclude: rebase(exclude).filter(glob => glob !== '**'),
    entryPoints: rebase(entryPoints),
    rules: settings,
  };
}

/** Globs relative to one folder, made relative to another; those that can match nothing there are left out. */
export function rebaseAll(globs: readonly string[], from: string, to: string): string[] {
  return globs.flatMap(glob => rebaseGlob(glob, from, to, (pattern, text) => globToRegExp(pattern).test(text)) ?? []);
}

function errorOf(found: FoundConfig, error: z.ZodError): UserError {
  const issue = deepest(error.issues[0]);
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const at = [...issue.path, key];
    if (at.length === 1 && RESERVED_KEYS.includes(key))
      return complaint(found, at, `the key ${key} is not available yet`);
    return complaint(
      found,
      at,
      `there is no key ${at.join('.')}`,
      at.length === 1 ? didYouMean(key, KNOWN_KEYS) : undefined,
    );
  }
  const at = issue?.path ?? [];
  const key = at.length === 0 ? 'the configuration' : at.join('.');
  return complaint(found, at, `${key}: ${expectation(issue)}`, suggestion(issue, valueAt(found.data, at)));
}

type Issue = z.core.$ZodIssue;

/** In a union, the issue that got furthest into the value; its path is made absolute. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().map(one => ({ ...one, path: [...issue.path, ...one.path] }));
  const best = inner.sort((a, b) => b.path.length - a.path.length)[0];
  return best ? deepest(best) : issue;
}

/** The words that would have been right, where the schema lists them. */
function wordsOf(issue: Issue | undefined): string[] {
  if (issue?.code === 'invalid_value') return issue.values.map(String);
  return issue?.code === 'invalid_union' && 'options' in issue ? (issue.options ?? []).map(String) : [];
}

function expectation(issue: Issue | undefined): string {
  const words = wordsOf(issue);
  if (words.length > 0) return `expected one of ${words.join(', ')}`;
  if (issue?.code === 'invalid_type') return `expected ${issue.expected}`;
  return issue?.message ?? 'not valid';
}

function suggestion(issue: Issue | undefined, given: unknown): string | undefined {
  return typeof given === 'string' ? didYouMean(given, wordsOf(issue)) : undefined;
}

function valueAt(data: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  );
}

function complaint({ file }: FoundConfig, at: readonly PropertyKey[], what: string, hint?: string): UserError {
  const where = path.basename(file) === 'package.json' ? ['conc-audit', ...at] : at;
  const line = lineOfKey(readText(file), where);
  return new UserError(`${file}${line === undefined ? '' : `:${line}`}: ${what}`, hint);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
