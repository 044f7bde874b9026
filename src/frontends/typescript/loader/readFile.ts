/** The one function that reads source files: every file once, decoded once, or a reason why not. */
import { lstatSync, readFileSync, statSync } from 'node:fs';

/** Files above this many bytes are bundles or data; the compiler would take seconds for nothing. */
export const MAX_FILE_BYTES = 1_048_576;
/** Deeper brackets exhaust the stack of the parser. */
export const MAX_BRACKET_DEPTH = 5_000;

export type ReadResult =
  | { ok: true; text: string; /** Bytes that were no UTF-8 became U+FFFD. */ replaced: boolean }
  | { ok: false; reason: 'too-large' | 'not-regular' | 'unreadable' | 'binary' | 'too-deep'; message: string };

const failed = (reason: Exclude<ReadResult, { ok: true }>['reason'], message: string): ReadResult => ({
  ok: false,
  reason,
  message,
});

/** `path` is absolute. Never throws, never opens anything but a regular file. */
export function readSource(path: string, limits: { anySize: boolean } = { anySize: false }): ReadResult {
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return failed('not-regular', 'not a regular file');
    if (stat.size > MAX_FILE_BYTES && !limits.anySize)
      return failed('too-large', `${stat.size} bytes, over the limit of ${MAX_FILE_BYTES}`);
    bytes = readFileSync(path);
  } catch (error) {
    return failed('unreadable', reasonOf(error));
  }
  const decoded = decode(bytes);
  if (decoded === null) return failed('binary', 'binary data, not text');
  const depth = bracketDepth(decoded.text);
  if (depth > MAX_BRACKET_DEPTH)
    return failed('too-deep', `brackets nest ${depth} deep, over the limit of ${MAX_BRACKET_DEPTH}`);
  return { ok: true, ...decoded };
}

/** What a file system error says to a person: `ENOENT`, `EACCES`, … in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'a loop of symbolic links',
    ENAMETOOLONG: 'the path is too long',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}

/** True for a file, folder or link that is there, whatever it points to. */
export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Null for binary data. A byte order mark is removed; line ends stay as they are. */
export function decode(bytes: Buffer): { text: string; replaced: boolean } | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.subarray(2).toString('utf16le'), replaced: false };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const swapped = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
    return { text: swapped.swap16().toString('utf16le'), replaced: false };
  }
  if (bytes.subarray(0, 8192).includes(0)) return null;
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.toString('utf8', start);
  return { text, replaced: text.includes('\ufffd') && !bytes.includes('\ufffd') };
}

/** The deepest nesting of brackets, strings and comments read as if they were code. Short texts cannot reach the limit. */
function bracketDepth(text: string): number {
  if (text.length <= MAX_BRACKET_DEPTH) return 0;
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 40 || code === 91 || code === 123) {
      if (++depth > deepest) deepest = depth;
    } else if (code === 41 || code === 93 || code === 125) {
      if (depth > 0) depth--;
    }
  }
  return deepest;
}
