/** The answer of `why` for people: findings with their whole story, then what keeps the place from having others. */
import type { Finding, WitnessPath, WitnessStep } from '../model/report.ts';
import type { WhyAnswer, WhyFinding, WhyReason } from '../model/why.ts';
import { wrapWords } from '../util/wrapWords.ts';
import type { RenderOptions } from './reporter.ts';
import { TextPage } from './textPage.ts';

export const whyText = (answer: WhyAnswer, options: RenderOptions): string => new WhyPage(answer, options).render();

const INDENT = 4;
const LEAST_COLUMN = 16;

class WhyPage extends TextPage {
  readonly #answer: WhyAnswer;

  constructor(answer: WhyAnswer, options: RenderOptions) {
    super(options);
    this.#answer = answer;
  }

  render(): string {
    const { findings, reasons } = this.#answer;
    for (const one of findings) this.#found(one);
    if (findings.length === 0) this.line(0, `No finding has a place at ${this.#where()}.`);
    if (reasons.length > 0) {
      this.gap();
      this.line(0, ['strong', findings.length > 0 ? 'What else is known here' : 'What is known here']);
      for (const reason of reasons) this.#reason(reason);
    }
    return `${this.lines.join('\n')}\n`;
  }

  #where(): string {
    const { file, line, column } = this.#answer.place;
    return `${this.path(file)}:${line}${column === null ? '' : `:${column}`}`;
  }

  #found({ finding, part, hidden }: WhyFinding): void {
    if (this.lines.length > 0) this.gap();
    if (part === 'related') return this.#mention(finding);
    this.line(0, ['strong', this.path(finding.location.file)]);
    this.finding(finding);
    if (hidden !== null) this.paragraph(INDENT, 'not reported: ', hidden);
    if (isInterleaving(finding)) this.#table(finding.witnesses);
  }

  /** A finding of which the place is no more than a part. */
  #mention({ rule, level, location, message }: Finding): void {
    this.line(0, 'Part of ', [level, level], ' ', ['strong', rule], ` at ${this.place(location)}:`);
    this.paragraph(INDENT, '', message);
  }

  #reason({ kind, rule, message, location, related }: WhyReason): void {
    this.gap();
    this.line(2, ['good', kind], ['faint', `  ${this.place(location)}${rule === null ? '' : `  (${rule})`}`]);
    this.paragraph(INDENT, '', message);
    for (const place of related) this.line(INDENT + 2, `- ${place.message}`, ['faint', `  ${this.place(place)}`]);
  }

  /** A column for each participant, a row for each step of the interleaving. */
  #table(paths: readonly WitnessPath[]): void {
    const width = Math.max(LEAST_COLUMN, Math.floor((this.options.width - INDENT - 3) / paths.length) - 2);
    this.gap();
    this.line(INDENT, ['strong', 'Interleaving']);
    this.#row(
      '',
      paths.map(({ title }) => title),
      width,
    );
    const orders = new Set(paths.flatMap(({ steps }) => steps.filter(isEvent).map(({ order }) => order)));
    const rows = [...orders].sort((a, b) => a - b).flatMap(order => rowsOf(paths, order));
    for (const [index, cells] of rows.entries())
      this.#row(
        `${index + 1}.`,
        cells.map(step => (step ? `${step.message} (${this.place(step)})` : '')),
        width,
      );
    this.#row(
      '',
      paths.map(() => '… for ever'),
      width,
    );
  }

  #row(label: string, cells: readonly string[], width: number): void {
    const columns = cells.map(cell => (cell === '' ? [] : wrapWords(cell, width, width)));
    const height = Math.max(...columns.map(lines => lines.length));
    for (let at = 0; at < height; at += 1)
      this.line(
        INDENT,
        (at === 0 ? label : '').padEnd(3),
        columns.map(lines => (lines[at] ?? '').padEnd(width)).join('  '),
      );
  }
}

const isEvent = ({ kind }: WitnessStep): boolean => kind === 'acquire' || kind === 'wait';

/** Tasks that wait for each other: the story is what they do in turn. */
const isInterleaving = ({ witnesses }: Finding): boolean =>
  witnesses.length > 1 && witnesses.every(({ steps }) => steps.some(isEvent));

/** The events of one moment, one row for each step of the participant that has the most of them. */
function rowsOf(paths: readonly WitnessPath[], order: number): (WitnessStep | undefined)[][] {
  const events = paths.map(({ steps }) => steps.filter(step => isEvent(step) && step.order === order));
  const height = Math.max(...events.map(list => list.length));
  return Array.from({ length: height }, (_, row) => events.map(list => list[row]));
}
