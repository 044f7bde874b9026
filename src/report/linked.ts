import type { Get } from '../analysis/analysis.ts';
import type { Program } from '../analysis/program.ts';
import type { AuditRoot } from '../config/root.ts';
import type { Loaded } from './load.ts';

/** Everything up to the linked program: where analyses, checks and graph commands start. */
export interface Linked {
  place: AuditRoot;
  loaded: Loaded;
  program: Program;
  get: Get;
}
