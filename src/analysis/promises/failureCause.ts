/** Why work may fail, as a place and a sentence: what a finding about its promise tells beside it. */
import type { FunctionId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { standsFor } from '../flow/standsFor.ts';
import type { Site } from '../program.ts';
import { names } from '../tasks/ownershipNames.ts';
import { mayFail, mayReject } from './mayReject.ts';

/** Null: none of the functions rejects, or they are so many that why one of them does says little. */
export type FailureCause = (work: readonly FunctionId[]) => { site: Site; message: string } | null;

const FEW = 3;

export const failureCause = defineAnalysis<FailureCause>('failure-cause', get => {
  const rejects = get(mayReject);
  const behind = get(standsFor);
  const named = get(names);
  return work => {
    const failing = work.length <= FEW ? work.find(id => mayFail(rejects.rejects(id))) : undefined;
    if (failing === undefined) return null;
    const told = behind(failing).find(id => mayFail(rejects.rejects(id))) ?? failing;
    const cause = rejects.cause(told);
    return cause && { site: cause.site, message: `\`${named.fn(told)}\` ${cause.text}` };
  };
});
