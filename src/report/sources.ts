/** Offsets → lines and columns, code frames and line hashes, over the text that a front end's offsets count in. */
import type { At } from '../model/facts.ts';
import type { Finding, Location } from '../model/report.ts';
import { lineHashes } from '../util/lineHash.ts';

const FRAME_LINES = 2;
/** Longer lines are cut: a code frame is to be read. */
const MAX_LINE = 240;

export class SourceText {
  readonly #text: string;
  /** Offsets at which lines start. Lines break at CR, LF and CRLF only, as in every format that we write. */
  readonly #starts: number[] = [0];
  #hashes: string[] | undefined;

  constructor(text: string) {
    this.#text = text;
    for (const match of text.matchAll(/\r\n|\r|\n/g)) this.#starts.push(match.index + match[0].length);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Line and column of an offset, from 1. A byte-order mark is no column. */
  position(offset: number): { line: number; column: number } {
    const at = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const mark = low === 0 && this.#text.startsWith('\ufeff') ? 1 : 0;
    return { line: low + 1, column: Math.max(1, at - (this.#starts[low] ?? 0) - mark + 1) };
  }

  location(file: string, [start, end]: At): Location {
    const from = this.position(start);
    const to = this.position(Math.max(start, end));
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  /** The text of a line, from 1, without its end and without a byte-order mark. */
  line(number: number): string {
    const start = this.#starts[number - 1];
    if (start === undefined) return '';
    const text = this.#text.slice(start, this.#starts[number] ?? this.#text.length).replace(/[\r\n]+$/, '');
    return number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  /** The lines around a line, cut to a readable width. */
  frame(marked: number): Finding['frame'] {
    const firstLine = Math.max(1, marked - FRAME_LINES);
    const lastLine = Math.min(this.lineCount, marked + FRAME_LINES);
    const lines: string[] = [];
    for (let number = firstLine; number <= lastLine; number += 1) lines.push(cut(this.line(number)));
    return { firstLine, lines, marked };
  }

  /** `primaryLocationLineHash` of a line. */
  lineHash(line: number): string {
    this.#hashes ??= lineHashes(this.#text);
    return this.#hashes[line - 1] ?? '';
  }
}

function cut(line: string): string {
  if (line.length <= MAX_LINE) return line;
  const last = line.charCodeAt(MAX_LINE - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${line.slice(0, splitsPair ? MAX_LINE - 1 : MAX_LINE)}…`;
}

/** The sources of an audit by file, read and split at most once. */
export class Sources {
  readonly #read: (file: string) => string;
  readonly #texts = new Map<string, SourceText>();

  /** `read` gives the text of a file; a file that cannot be read any more counts as empty. */
  constructor(read: (file: string) => string) {
    this.#read = read;
  }

  of(file: string): SourceText {
    let text = this.#texts.get(file);
    if (!text) {
      text = new SourceText(this.#read(file));
      this.#texts.set(file, text);
    }
    return text;
  }
}
