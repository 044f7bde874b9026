/**
 * Labels in the comments of fixtures, in the grammar of the conformance corpus and a little more:
 *
 *     // expect: RULE[|RULE] [level] ["regexp for the message"], …   a finding must point here
 *     // allow: RULE, …                                             a finding here is neither asked for nor wrong
 *     // todo-expect: RULE                                          should be found and is not, yet
 *     // todo-ok: RULE                                              is found and should not be, yet
 *     // mutant-expect [name]: RULE                                 found once the guard `name` is taken out (`mutations.ts`)
 *     // todo-mutant-expect [name]: RULE                            should be found then and is not, yet
 *
 * A line may carry several. A label counts for its own line; on a line that is only a `// guard` comment, for the next.
 */
import type { Level } from '../src/model/report.ts';

export type LabelKind = 'expect' | 'allow' | 'todo-expect' | 'todo-ok' | 'mutant-expect' | 'todo-mutant-expect';
export interface Label {
  kind: LabelKind;
  /** Name of the mutation, for the labels of mutations; else ''. */
  name: string;
  /** From 1. */
  line: number;
  /** Any of these. */
  rules: readonly string[];
  level: Level | null;
  message: RegExp | null;
}

const KINDS: readonly LabelKind[] = [
  'expect',
  'allow',
  'todo-expect',
  'todo-ok',
  'mutant-expect',
  'todo-mutant-expect',
];
const RULES = /^[a-z]+(?:-[a-z]+)+(?:\|[a-z]+(?:-[a-z]+)+)*/;

/** The labels of one file. Throws when one is not well formed: a label that is misread would test nothing. */
export function parseLabels(file: string, text: string, commentPrefix = '//'): Label[] {
  const start = new RegExp(`${commentPrefix}\\s*(${KINDS.join('|')})(?:\\s+([\\w-]+))?:`, 'g');
  const guard = new RegExp(`^\\s*${commentPrefix}\\s*guard\\b`);
  return text.split(/\r?\n/).flatMap((content, index) => {
    const found = [...content.matchAll(start)];
    return found.flatMap((match, at) => {
      const body = content.slice(match.index + match[0].length, found[at + 1]?.index);
      const line = guard.test(content) ? index + 2 : index + 1;
      return parseItems(body, `${file}:${index + 1}`).map(item => ({
        kind: kindOf(match[1]),
        name: match[2] ?? '',
        line,
        ...item,
      }));
    });
  });
}

const kindOf = (text: string | undefined): LabelKind => {
  const kind = KINDS.find(one => one === text);
  if (kind === undefined) throw new Error(`no such label: ${String(text)}`);
  return kind;
};

function parseItems(body: string, place: string): Pick<Label, 'rules' | 'level' | 'message'>[] {
  const items: Pick<Label, 'rules' | 'level' | 'message'>[] = [];
  let rest = body.trim();
  for (;;) {
    const rules = RULES.exec(rest)?.[0];
    if (rules === undefined) throw new Error(`${place}: a rule is missing at "${rest}"`);
    rest = rest.slice(rules.length).trimStart();
    const level = /^(error|warning|note)\b/.exec(rest)?.[1];
    if (level !== undefined) rest = rest.slice(level.length).trimStart();
    const message = /^"([^"]*)"/.exec(rest);
    if (message) rest = rest.slice(message[0].length).trimStart();
    items.push({
      rules: rules.split('|'),
      level: levelOf(level),
      message: message ? new RegExp(message[1] ?? '') : null,
    });
    if (rest === '') return items;
    if (!rest.startsWith(',')) throw new Error(`${place}: not understood: "${rest}"`);
    rest = rest.slice(1).trimStart();
  }
}

const levelOf = (text: string | undefined): Level | null =>
  text === 'error' || text === 'warning' || text === 'note' ? text : null;

/** What comparing needs of a finding; `places` holds the primary location first, then every related and witness place. */
export interface Found {
  rule: string;
  level: Level;
  message: string;
  places: readonly { file: string; line: number }[];
}

/** The label speaks of the program without a guard, not of the program as it stands. */
export const isOfMutation = (label: Label): boolean =>
  label.kind === 'mutant-expect' || label.kind === 'todo-mutant-expect';

/** Rules that every fixture is held to, whatever rule it is about. */
const ALWAYS_COUNTED = ['lock-order-cycle', 'lock-reentry', 'floating-promise', 'orphaned-task'];

/**
 * Compares the findings in the files of a case with its labels. `labels`: by file. Gives one sentence per difference.
 * Findings count when they are of `rule`, of a rule that a label names or of one that always counts, at `warning` or
 * `error`.
 */
export function compare(
  rule: string,
  labels: ReadonlyMap<string, readonly Label[]>,
  findings: readonly Found[],
): string[] {
  const all = [...labels]
    .flatMap(([file, list]) => list.map(label => ({ ...label, file })))
    .filter(label => !isOfMutation(label));
  const counted = new Set([...ALWAYS_COUNTED, rule, ...all.flatMap(label => label.rules)]);
  const problems: string[] = [];
  for (const label of all) {
    const what = `${label.file}:${label.line} ${label.rules.join('|')}${label.level ? ` ${label.level}` : ''}`;
    if (label.kind === 'expect' && !findings.some(found => fits(label, found))) problems.push(`missed: ${what}`);
    if (label.kind === 'todo-expect' && findings.some(found => fits(label, found)))
      problems.push(`found now, make it an expect: ${what}`);
    if (label.kind === 'todo-ok' && !findings.some(found => isAt(label, found)))
      problems.push(`silent now, remove the mark: ${what}`);
  }
  for (const found of findings) {
    if (!counted.has(found.rule) || found.level === 'note') continue;
    const labelled = all.some(label => label.kind !== 'todo-expect' && isAt(label, found));
    const [place] = found.places;
    if (!labelled)
      problems.push(`unexpected: ${place?.file}:${place?.line} ${found.rule} ${found.level}: ${found.message}`);
  }
  return problems;
}

type Placed = Label & { file: string };

/** The finding satisfies the label: rule, level, message, and one of its places is the label's line. */
export const fits = (label: Placed, found: Found): boolean =>
  label.rules.includes(found.rule) &&
  (label.level === null || label.level === found.level) &&
  (label.message === null || label.message.test(found.message)) &&
  found.places.some(place => place.file === label.file && place.line === label.line);

/** The finding's primary location is the label's line. */
const isAt = (label: Placed, found: Found): boolean =>
  label.rules.includes(found.rule) && found.places[0]?.file === label.file && found.places[0].line === label.line;
