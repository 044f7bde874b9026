/** What is known of how a function fails. */
import { type Failure, worse } from './mayRejectValues.ts';

export interface Summary {
  throws: Failure;
  rejects: Failure;
  /** As a rejection handler, where unknown calls are logging; only for functions that are used as one. */
  asHandler: Failure;
  /** Of a task: the worst of what it throws and of what it gives, before it is asked which of that it owns. */
  ends: Failure;
}
export const NEVER: Summary = { throws: 'never', rejects: 'never', asHandler: 'never', ends: 'never' };

export const worst = (a: Summary, b: Summary): Summary => ({
  throws: worse(a.throws, b.throws),
  rejects: worse(a.rejects, b.rejects),
  asHandler: worse(a.asHandler, b.asHandler),
  ends: worse(a.ends, b.ends),
});
export const isSame = (a: Summary, b: Summary): boolean =>
  a.throws === b.throws && a.rejects === b.rejects && a.asHandler === b.asHandler && a.ends === b.ends;

/** So many calls within each other are asked at once. */
export const AT_ONCE = 50;
