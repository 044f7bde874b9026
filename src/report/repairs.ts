/** Repairs of findings as edits, and whether a program that has them is better: mended, and nothing new is wrong. */
import type { Site } from '../analysis/program.ts';
import type { TextEdit } from '../model/repairs.ts';
import type { AuditReport, Location } from '../model/report.ts';
import { byKeys } from '../util/compare.ts';
import { applyEdits, overlap, placesAfter } from '../util/textEdits.ts';
import type { CheckRun } from './findings.ts';
import type { Loaded } from './load.ts';

/** The edits that mend one finding. */
export interface Fix {
  rule: string;
  /** Of the finding. */
  at: Site;
  edits: ReadonlyMap<string, readonly TextEdit[]>;
}

/** An audit, as far as it says what is wrong. */
export interface Judged {
  report: AuditReport;
  runs: readonly CheckRun[];
  loaded: Loaded;
}

/** Fixes of all findings that nobody accepted, by place; those that would touch the same text as another are left out. */
export function findFixes({ report, runs, loaded }: Judged): Fix[] {
  const key = (rule: string, { file, line, column }: Location): string => `${rule} ${file} ${line} ${column}`;
  const [accepted, left] = [
    report.findings.filter(one => one.suppressed),
    report.findings.filter(one => !one.suppressed),
  ];
  const open = new Set(
    // What is told together with others has the others as related places.
    left.flatMap(({ rule, location, related }) => [location, ...related].map(place => key(rule, place))),
  );
  for (const { rule, location } of accepted) open.delete(key(rule, location));
  const found = runs.flatMap(({ rule, found: drafts }) =>
    drafts.flatMap(({ at, repairs = [] }) => {
      const location = loaded.sources.of(at.file).location(at.file, at.at);
      if (repairs.length === 0 || !open.has(key(rule.check.id, location))) return [];
      const edits = new Map<string, TextEdit[]>();
      for (const { file, repair } of repairs) {
        const made = loaded.edits(file, repair);
        if (!made) return [];
        edits.set(file, [...(edits.get(file) ?? []), ...made]);
      }
      return [{ rule: rule.check.id, at, edits }];
    }),
  );
  const kept: Fix[] = [];
  for (const fix of found.sort((a, b) => byKeys(keysOf(a), keysOf(b))))
    if (!kept.some(other => conflict(fix, other)) && !conflictsWithin(fix)) kept.push(fix);
  return kept;
}

const keysOf = ({ at, rule }: Fix): (string | number)[] => [at.file, at.at[0], rule, at.at[1]];

const conflict = (a: Fix, b: Fix): boolean =>
  [...a.edits].some(([file, edits]) => b.edits.get(file)?.some(one => edits.some(edit => overlap(edit, one))) ?? false);

const conflictsWithin = ({ edits }: Fix): boolean =>
  [...edits.values()].some(list => list.some((a, index) => list.slice(index + 1).some(b => overlap(a, b))));

/** All edits of each file. */
export function editsByFile(fixes: readonly Fix[]): Map<string, TextEdit[]> {
  const found = new Map<string, TextEdit[]>();
  for (const { edits } of fixes)
    for (const [file, list] of edits) found.set(file, [...(found.get(file) ?? []), ...list]);
  return found;
}

/** The texts of the files that the fixes change, with them. */
export function textsWith(fixes: readonly Fix[], { text }: Loaded): Map<string, string> {
  return new Map([...editsByFile(fixes)].map(([file, edits]) => [file, applyEdits(text(file), edits)]));
}

/**
 * The fixes that must not stay: their finding is still there, or something is wrong now that was not before: a finding,
 * or an error of types in a changed file. What is new is laid to the fixes next to it; when that has not helped
 * (`widely`), to all of its file.
 */
export function failing(fixes: readonly Fix[], before: Judged, after: Judged, widely: boolean): ReadonlySet<Fix> {
  const edits = editsByFile(fixes);
  const keysAfter = (kind: string, file: string, offset: number): string[] =>
    placesAfter(offset, edits.get(file) ?? []).map(place => keyOf({ kind, file, offset: place }));
  const now = wrongPlaces(after, edits.keys());
  const nowKeys = new Set(now.map(keyOf));
  const known = new Set(
    wrongPlaces(before, edits.keys()).flatMap(({ kind, file, offset }) => keysAfter(kind, file, offset)),
  );
  const bad = new Set(fixes.filter(({ rule, at }) => keysAfter(rule, at.file, at.at[0]).some(key => nowKeys.has(key))));
  for (const fresh of now) {
    if (known.has(keyOf(fresh))) continue;
    for (const fix of blamed(fixes, fresh, edits, widely)) bad.add(fix);
  }
  return bad;
}

interface Wrong {
  /** A rule, or the words of an error of types. */
  kind: string;
  file: string;
  offset: number;
  end: number;
  /** The function; null for an error of types. */
  in: string | null;
}

const keyOf = ({ kind, file, offset }: Pick<Wrong, 'kind' | 'file' | 'offset'>): string => `${kind} ${file} ${offset}`;

/** Findings, and errors of types in the files. */
function wrongPlaces({ runs, loaded }: Judged, files: Iterable<string>): Wrong[] {
  const found = runs.flatMap(({ rule, found: drafts }) =>
    drafts.map(({ at: { file, at, in: fn } }) => ({
      kind: rule.check.id,
      file,
      offset: at[0],
      end: at[1],
      in: fn,
    })),
  );
  const errors = [...files].flatMap(file =>
    loaded.typeErrors(file).map(({ at, text }) => ({ kind: text, file, offset: at, end: at + 1, in: null })),
  );
  return [...found, ...errors];
}

/** The fixes inside of it, of its function, of functions inside of that or around it, of its file, or all. */
function blamed(
  fixes: readonly Fix[],
  { file, offset, end, in: fn }: Wrong,
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  widely: boolean,
): readonly Fix[] {
  const inFile = fixes.filter(fix => fix.edits.has(file));
  const isInside = ({ at }: Fix): boolean =>
    at.file === file && placesAfter(at.at[0], edits.get(file) ?? []).some(place => place >= offset && place < end);
  const isNear = ({ at }: Fix): boolean =>
    fn !== null && (at.in === fn || at.in.startsWith(`${fn}/`) || fn.startsWith(`${at.in}/`));
  const choices = widely ? [inFile, fixes] : [inFile.filter(isInside), fixes.filter(isNear), inFile, fixes];
  return choices.find(some => some.length > 0) ?? [];
}
