/** What a reporter may see: the result of an audit, as plain JSON. Positions are resolved, code frames are inside. */

export type Level = 'error' | 'warning' | 'note';
export type Confidence = 'high' | 'medium' | 'low';
export type ItemId = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8' | 'C9' | 'C10';

/** Lines and columns count from 1; columns in UTF-16 units; the end column is exclusive. Lines break at CR, LF, CRLF. */
export interface Location {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}
export interface Related extends Location {
  message: string;
}
/** One step of a witness: what the task does here. `depth` is the call depth, `order` the place in the interleaving. */
export interface WitnessStep extends Location {
  message: string;
  kind: 'entry' | 'call' | 'acquire' | 'wait' | 'release' | 'await' | 'spawn' | 'read' | 'write' | 'note';
  depth: number;
  importance: 'essential' | 'important' | 'unimportant';
  order: number;
}
/** The story of one participant: a task, request or thread. */
export interface WitnessPath {
  title: string;
  steps: WitnessStep[];
}
export interface Finding {
  rule: string;
  /** Null: about the audit itself (a suppression that suppresses nothing), not about the code. */
  item: ItemId | null;
  level: Level;
  confidence: Confidence;
  message: string;
  /** One clause: what it leads to; one clause: what to do. Also part of `message` for formats that show only that. */
  why: string;
  fix: string;
  location: Location;
  /** Qualified name of the function or declaration that the location stands in. */
  symbol: string;
  related: Related[];
  witnesses: WitnessPath[];
  /** What the analysis took for granted: `exported API may run concurrently`. */
  assumptions: string[];
  /** Stable identity: rule, names and symbol paths, never lines or wording. */
  fingerprint: string;
  /** GitHub's `primaryLocationLineHash`. */
  lineHash: string;
  /** Lines around the location; `marked` is the line of the finding. */
  frame: { firstLine: number; lines: string[]; marked: number };
  suppressed?: { by: 'inline' | 'baseline'; reason: string };
}
export type Outcome = 'scored' | 'n/a' | 'inconclusive' | 'not measured';
export interface ChecklistItem {
  id: ItemId;
  title: string;
  question: string;
  risk: 'critical' | 'high' | 'medium' | 'low';
  weight: number;
  outcome: Outcome;
  /** 0-10, one decimal; null unless scored. */
  score: number | null;
  reason: string;
  rules: { rule: string; examined: number; good: number; bad: number; ratio: number | null }[];
  /** Fingerprints of its worst findings. */
  worst: string[];
  raise: string;
}
export type Verdict = 'blocked' | 'not proven' | 'at risk' | 'ready';
export interface Coverage {
  files: number;
  functions: number;
  calls: { total: number; one: number; few: number; many: number; external: number; none: number };
  /** Share of calls with 1-3 targets or a known external, 0-1. */
  resolved: number;
  gaps: { reason: string; count: number }[];
}
export interface Diagnostic {
  /** `file-not-read`, `syntax-error`, `config`, `skipped`, `gave-up`, `unused-suppression` … */
  kind: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  file?: string;
  line?: number;
}
export interface RuleInfo {
  id: string;
  item: ItemId | null;
  level: Level;
  title: string;
  why: string;
  fix: string;
  help: string;
  enabled: boolean;
}
export interface AuditReport {
  schema: 1;
  tool: { name: string; version: string };
  preset: 'recommended' | 'strict';
  /** Path from the repository root to the audit root, '' when they are one; SARIF URIs start at the repository root. */
  prefix: string;
  verdict: Verdict;
  verdictReason: string;
  /** 0-10; a range when something is inconclusive; null when nothing was scored. */
  score: { low: number; high: number } | null;
  items: ChecklistItem[];
  findings: Finding[];
  /**
   * `notes`: findings of level note, in `findings`, which the text report leaves out unless asked. `lowConfidence`:
   * findings that only `strict` reports, not in `findings`. `suppressed`: in `findings`, with their reason.
   */
  hidden: { notes: number; lowConfidence: number; suppressed: number };
  coverage: Coverage;
  diagnostics: Diagnostic[];
  /** Which tsconfig each file went to, when there is more than one. */
  projects: { config: string | null; files: number }[];
  fileProjects: Record<string, string | null>;
  skipped: { reason: string; count: number; examples: string[] }[];
  rules: RuleInfo[];
}
