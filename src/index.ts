/** The public interface: audits, and what checks, tables and formats are made of. */
export { type AuditOptions, type AuditResult, type Registry, auditHere } from './audit.ts';
export { audit } from './auditThread.ts';
export { type Analysis, type Get, defineAnalysis } from './analysis/analysis.ts';
export { type Check, type CheckContext, type FoundDraft, defineCheck } from './checks/check.ts';
export type { Config } from './config/config.ts';
export { type Frontend, defineFrontend } from './frontends/frontend.ts';
export { type Library, defineLibrary } from './libraries/library.ts';
export type * from './model/facts.ts';
export type * from './model/report.ts';
export { type RenderOptions, type Reporter, defineReporter } from './reporters/reporter.ts';
export { UserError } from './util/errors.ts';
