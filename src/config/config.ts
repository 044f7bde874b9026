/** What a user can set, after validation. Everything has a value: defaults are filled in. */
import type { Library } from '../libraries/library.ts';
import type { Level } from '../model/report.ts';

export type Preset = 'recommended' | 'strict';
export type RuleSetting = Level | 'off';
export type FailOn = Level | 'never';

export interface Config {
  /** Globs, relative to the audit root: files that the default exclusions would leave out. */
  include: string[];
  /** Globs, relative to the audit root: files to leave out. */
  exclude: string[];
  /** Files (globs) whose exported functions the outside starts, or `file#function`. */
  entryPoints: string[];
  rules: Record<string, RuleSetting>;
  preset: Preset;
  /** Tables for in-house wrappers, in the shape of the built-in ones. */
  libraries: Library[];
  /** The hierarchy of locks: chains of names, outermost first. */
  lockOrder: string[][];
  failOn: FailOn;
}

export const PRESETS: readonly Preset[] = ['recommended', 'strict'];
export const RULE_SETTINGS: readonly RuleSetting[] = ['error', 'warning', 'note', 'off'];
export const FAIL_ON: readonly FailOn[] = ['error', 'warning', 'note', 'never'];

export const DEFAULT_CONFIG: Config = {
  include: [],
  exclude: [],
  entryPoints: [],
  rules: {},
  preset: 'recommended',
  libraries: [],
  lockOrder: [],
  failOn: 'error',
};
