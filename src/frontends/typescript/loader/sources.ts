/** Reads every audited file once and leaves out, by its content, what nobody wrote by hand. */
import type { Diagnostic } from '../../../model/report.ts';
import { absolute, parentOf, relativeTo, scriptFile } from './paths.ts';
import { readSource } from './readFile.ts';
import { mapSources } from './sourceMaps.ts';
import type { Found } from './walk.ts';

/** Longer lines on average are nobody's own. */
const MINIFIED_MEAN_LINE = 500;
const HEADER_LENGTH = 4_000;

/** Reads what `found` lists; what is left out moves to its `skipped`. Gives absolute path → text. */
export function readSources(root: string, found: Found, diagnostics: Diagnostic[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const path of [...found.code].sort()) {
    const wanted = found.wanted.has(path);
    const read = readSource(path, { anySize: wanted });
    const file = relativeTo(root, path);
    if (!read.ok) {
      const isSkip = read.reason === 'too-large' || read.reason === 'too-deep';
      diagnostics.push({
        kind: isSkip ? 'skipped' : 'file-not-read',
        severity: 'warning',
        message: read.message,
        file,
      });
      found.skipped.set(path, isSkip ? read.reason : 'not-read');
      continue;
    }
    if (read.replaced)
      diagnostics.push({
        kind: 'encoding',
        severity: 'warning',
        message: 'not UTF-8: other bytes were read as U+FFFD',
        file,
      });
    const reason = wanted ? undefined : contentReason(read.text);
    if (reason === undefined) texts.set(path, read.text);
    else found.skipped.set(path, reason);
  }
  for (const [path, text] of texts) {
    if (found.wanted.has(path) || !isCompiledFrom(path, text, texts)) continue;
    texts.delete(path);
    found.skipped.set(path, 'build-output');
  }
  return texts;
}

function contentReason(text: string): string | undefined {
  if (text.length > MINIFIED_MEAN_LINE && meanLine(text) > MINIFIED_MEAN_LINE) return 'minified';
  return isGenerated(text) ? 'generated' : undefined;
}

function meanLine(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines;
}

/** Comments, blanks and a directive: what stands before the first code. */
const HEADER = /^(?:\s+|#![^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/|['"]use strict['"];?)*/;

/** A generator's mark in the comments that the file begins with. */
function isGenerated(text: string): boolean {
  const header = HEADER.exec(`${text.slice(0, HEADER_LENGTH)}*/`)?.[0] ?? '';
  if (/@generated\b(?![-\w])/.test(header)) return true;
  if (/\bthis file (?:is|was|has been) auto(?:-|matically )?generated\b/i.test(header)) return true;
  return /\bdo(?: not|n't) (?:edit|modify|change|touch)\b/i.test(header) && /generated|this file/i.test(header);
}

/** JavaScript whose source map names an audited file: the compiler wrote it, also where nothing says so but the map. */
function isCompiledFrom(path: string, text: string, texts: ReadonlyMap<string, string>): boolean {
  if (!scriptFile.test(path)) return false;
  const named = /\/\/# sourceMappingURL=([^\s'"]+)\s*$/.exec(text.slice(-500))?.[1];
  if (named === undefined || named.startsWith('data:')) return false;
  return mapSources(absolute(parentOf(path), named)).some(source => source !== path && texts.has(source));
}
