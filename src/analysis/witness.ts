/** The story of a finding before its places are resolved to lines. */
import type { WitnessStep } from '../model/report.ts';
import type { Site } from './program.ts';

export interface WitnessDraftStep {
  site: Site;
  message: string;
  kind: WitnessStep['kind'];
  depth: number;
  importance: WitnessStep['importance'];
  /** Place in the interleaving of all participants, from 1. */
  order: number;
}
/** What one participant does: a task, request or thread. */
export interface WitnessDraft {
  title: string;
  steps: WitnessDraftStep[];
}
