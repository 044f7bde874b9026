/** One check = one file = one literal: texts, level and how it reads the analyses. */
import type { Get } from '../analysis/analysis.ts';
import type { Site } from '../analysis/program.ts';
import type { WitnessDraft } from '../analysis/witness.ts';
import type { Confidence, ItemId, Level } from '../model/report.ts';
import type { PlacedRepair } from '../model/repairs.ts';

export type { WitnessDraft };
export interface FoundDraft {
  /** The place to change. */
  at: Site;
  message: string;
  /** Default: the check's own. */
  level?: Level;
  confidence: Confidence;
  why?: string;
  fix?: string;
  related?: { site: Site; message: string }[];
  witnesses?: WitnessDraft[];
  assumptions?: string[];
  /** The place that makes it fail, when that may be what many findings have in common. */
  root?: Site;
  /** Changes that together mend it and mean nothing else; they are made only when another audit agrees. */
  repairs?: readonly PlacedRepair[];
  /** Names that make the identity: lock names, symbol paths; never lines or wording. Order matters. */
  key: string[];
}
export interface CheckContext {
  get: Get;
  /** The denominator: places that the rule looked at. None at all means "not applicable", never "pass". */
  examined(places: readonly Site[]): void;
  report(found: FoundDraft): void;
  /** Whether the report shows what a rule finds; what would be told by a rule that is off is told by this one. */
  isShown(rule: string): boolean;
}
export interface Check {
  /** kebab-case, names the fault; equal to the file's name. */
  id: string;
  item: ItemId;
  level: Level;
  /** Only the preset `strict` runs it, or a level in the configuration: too few of its findings on real code were right. */
  strict?: true;
  /** A short title in plain words. */
  title: string;
  /** One clause: what it leads to at run time. */
  why: string;
  /** One clause: what to do. */
  fix: string;
  /** `explain`: the failure at run time, with an interleaving when it is a race or a deadlock; when to suppress it. */
  explain: string;
  /** What `examined` counts, for the score's reason. */
  counts: string;
  /** By language. */
  examples: Record<string, { bad: string; good: string }>;
  run(context: CheckContext): void;
}
export const defineCheck = (check: Check): Check => check;

/** The root as part of a draft. */
export const rootOf = (root: Site | null): Pick<FoundDraft, 'root'> => (root ? { root } : {});
