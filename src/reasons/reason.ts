/** Why a place has no finding: what an analysis knows that keeps it safe, or what it knows of the place at all. */
import type { Get } from '../analysis/analysis.ts';
import type { Site } from '../analysis/program.ts';
import type { ReasonKind } from '../model/why.ts';

export type { ReasonKind };
export interface Reason {
  kind: ReasonKind;
  /** The rule that is silent for it; null: no rule in particular. */
  rule: string | null;
  at: Site;
  /** One sentence, with the names in the code. */
  message: string;
  /** The places that the sentence rests on. */
  related: readonly { site: Site; message: string }[];
}

/** The place asked for. */
export interface Asked {
  /** Whether what stands at the site is what was asked for. */
  touches(site: Site): boolean;
}

/** One subject that a place can be quiet about. Reads what analyses kept; finds out nothing itself. */
export interface Explainer {
  /** Equal to the file's name. */
  name: string;
  explain(asked: Asked, get: Get): readonly Reason[];
}
/** Identity with a type. */
export const defineExplainer = (explainer: Explainer): Explainer => explainer;
