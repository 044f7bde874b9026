/** The shape of a configuration file. The only file that imports zod, besides the tables' shape beside it. */
import { z } from 'zod';
import { FAIL_ON, PRESETS, RULE_SETTINGS } from './config.ts';
import { librarySchema } from './librarySchema.ts';

const globs = z.array(z.string().min(1));
const ruleSetting = z.enum(RULE_SETTINGS);

export const configSchema = z.strictObject({
  /** Editors read it; we do not. */
  $schema: z.string().optional(),
  include: globs.optional(),
  exclude: globs.optional(),
  entryPoints: globs.optional(),
  rules: z.record(z.string(), z.union([ruleSetting, z.strictObject({ level: ruleSetting })])).optional(),
  preset: z.enum(PRESETS).optional(),
  libraries: z.array(librarySchema).optional(),
  /** `a < b < c`: names as in `@lockOrder`. */
  lockOrder: z.array(z.string().regex(/<.*\S/, 'expected an order, such as "a < b"')).optional(),
  failOn: z.enum(FAIL_ON).optional(),
});

export const KNOWN_KEYS: readonly string[] = Object.keys(configSchema.shape);

/** Keys that the grammar of the configuration reserves and that no version reads yet. */
export const RESERVED_KEYS: readonly string[] = [
  'guardedBy',
  'minScore',
  'coverage',
  'baseline',
  'accepted',
  'formats',
  'extends',
  'overrides',
];
