/** What texts for people are written with: lines, styles, code frames, and findings with their story. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Finding, Location, WitnessPath } from '../model/report.ts';
import { visible } from '../util/visible.ts';
import { wrapWords } from '../util/wrapWords.ts';
import type { RenderOptions } from './reporter.ts';

const MAX_RELATED = 12;
export type Style = 'plain' | 'strong' | 'faint' | 'error' | 'warning' | 'note' | 'good';
/** A piece of a line: text alone, or text in a style. */
export type Piece = string | readonly [Style, string];

export abstract class TextPage {
  protected readonly options: RenderOptions;
  protected readonly lines: string[] = [];
  readonly #chalk: ChalkInstance;

  constructor(options: RenderOptions) {
    this.options = options;
    this.#chalk = new Chalk({ level: options.color ? 1 : 0 });
  }

  /** The one place where text becomes output: nothing that comes from audited code can act on the terminal. */
  protected line(indent: number, ...pieces: Piece[]): void {
    const painted = pieces.map(piece =>
      typeof piece === 'string' ? visible(piece) : this.#paint(piece[0], visible(piece[1])),
    );
    this.lines.push(`${' '.repeat(indent)}${painted.join('')}`.trimEnd());
  }

  /** A text broken at the width of the output; its lines start below each other, behind the label. */
  protected paragraph(indent: number, label: string, text: string): void {
    const hanging = indent + label.length;
    for (const [index, line] of wrapWords(text, this.options.width - hanging).entries()) {
      if (index === 0) this.line(indent, ['faint', label], line);
      else this.line(hanging, line);
    }
  }

  #paint(style: Style, text: string): string {
    const chalk = this.#chalk;
    switch (style) {
      case 'plain':
        return text;
      case 'strong':
        return chalk.bold(text);
      case 'faint':
        return chalk.dim(text);
      case 'error':
        return chalk.red(text);
      case 'warning':
        return chalk.yellow(text);
      case 'note':
        return chalk.cyan(text);
      case 'good':
        return chalk.green(text);
    }
  }

  protected gap(): void {
    this.lines.push('');
  }

  protected finding(finding: Finding): void {
    const { location, level, rule, confidence, message, why, fix } = finding;
    this.gap();
    this.line(
      2,
      `${location.line}:${location.column} `,
      [level, level],
      ' ',
      ['strong', rule],
      ['faint', ` (confidence ${confidence})`],
    );
    this.paragraph(4, '', message);
    this.paragraph(4, 'why: ', why);
    this.paragraph(4, 'fix: ', fix);
    this.frame(finding);
    for (const witness of finding.witnesses) this.witness(witness);
    if (finding.witnesses.length === 0) this.related(finding);
    for (const assumption of finding.assumptions) this.line(4, ['faint', `assumed: ${assumption}`]);
  }

  protected frame({ frame, location, level }: Finding): void {
    const digits = String(frame.firstLine + frame.lines.length).length;
    for (const [index, text] of frame.lines.entries()) {
      const number = frame.firstLine + index;
      const marked = number === frame.marked;
      this.line(
        4,
        [marked ? level : 'faint', `${marked ? '>' : ' '} ${String(number).padStart(digits)} | `],
        [marked ? 'plain' : 'faint', text],
      );
      if (!marked || location.column > text.length + 1) continue;
      const end = location.endLine === location.line ? location.endColumn : text.length + 1;
      const width = Math.max(1, Math.min(end, text.length + 1) - location.column);
      this.line(4, ' '.repeat(digits + 2), ' | ', shownBlank(text.slice(0, location.column - 1)), [
        level,
        '^'.repeat(width),
      ]);
    }
  }

  protected witness({ title, steps }: WitnessPath): void {
    this.line(4, ['strong', title]);
    for (const step of steps) {
      const order = step.importance === 'essential' ? `${step.order}.` : '·';
      const style: Style = step.importance === 'essential' ? 'strong' : 'plain';
      this.line(
        6 + 2 * Math.min(step.depth, 12),
        `${order} `,
        [style, step.message],
        ['faint', `  ${this.place(step)}`],
      );
    }
  }

  protected related({ related }: Finding): void {
    for (const place of related.slice(0, MAX_RELATED))
      this.line(6, `- ${place.message}`, ['faint', `  ${this.place(place)}`]);
    if (related.length > MAX_RELATED) this.line(6, ['faint', `… ${related.length - MAX_RELATED} more places`]);
  }

  protected path(file: string): string {
    return this.options.base === '' ? file : `${this.options.base}/${file}`;
  }

  protected place({ file, line, column }: Location): string {
    return `${this.path(file)}:${line}:${column}`;
  }
}

/** As wide as the text before the marker: tabs are printed as one blank. */
const shownBlank = (text: string): string => ' '.repeat(visible(text).length);
