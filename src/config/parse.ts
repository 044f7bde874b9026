/** Text of a configuration file → data, for the formats that hold data only. */
import yaml from 'js-yaml';
import { parse as parseToml } from 'smol-toml';
import { UserError } from '../util/errors.ts';

export type DataFormat = 'json' | 'yaml' | 'toml';

/** Throws `UserError` with file and line for text that is not well-formed. */
export function parseData(file: string, text: string, format: DataFormat): unknown {
  try {
    if (format === 'json') return JSON.parse(blankComments(text));
    if (format === 'yaml') return yaml.load(text, { schema: yaml.CORE_SCHEMA, filename: file });
    return parseToml(text);
  } catch (error) {
    const line = lineOfError(error, text);
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new UserError(
      `${file}${line === undefined ? '' : `:${line}`}: not well-formed ${format.toUpperCase()}: ${reason}`,
    );
  }
}

function lineOfError(error: unknown, text: string): number | undefined {
  if (error instanceof yaml.YAMLException) return error.mark.line + 1;
  if (error instanceof Error && 'line' in error && typeof error.line === 'number') return error.line;
  if (!(error instanceof SyntaxError)) return undefined;
  const position = /position (\d+)/.exec(error.message)?.[1];
  const end = position === undefined ? text.length : Number(position);
  return text.slice(0, end).split(/\r\n|\r|\n/).length;
}

/**
 * JSON with comments and trailing commas → JSON of the same length, so that positions in error messages stay right.
 * Strings are left alone.
 */
export function blankComments(text: string): string {
  const blank = (match: string): string => match.replace(/[^\r\n]/g, ' ');
  const withoutComments = text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g, match =>
    match.startsWith('"') ? match : blank(match),
  );
  const withoutCommas = withoutComments.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, match =>
    match === ',' ? ' ' : match,
  );
  return withoutCommas.startsWith('\ufeff') ? ` ${withoutCommas.slice(1)}` : withoutCommas;
}

/**
 * The line at which a key stands, by its path, for messages: `["rules", "lock-reentry"]`. Looks for the keys one after
 * the other, in any of the formats; undefined when the text does not show them.
 */
export function lineOfKey(text: string, path: readonly PropertyKey[]): number | undefined {
  let from = 0;
  let found: number | undefined;
  for (const key of path) {
    if (typeof key !== 'string') continue;
    const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`(?:["']${escaped}["']|(?:^|[\\s{,.[])${escaped})(?=\\s*[:=\\].])`, 'gm');
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (!match) break;
    found = match.index + match[0].length;
    from = found;
  }
  return found === undefined ? undefined : text.slice(0, found).split(/\r\n|\r|\n/).length;
}
