/**
 * The last thing that a script does: when the promise of it rejects, the process ends with that error, as it would after a
 * top-level `await`, which not every script can have.
 */
import { defineAnalysis } from '../analysis.ts';
import { processScopes } from '../tasks/ownershipScopes.ts';
import type { PromiseFate } from './promisesFate.ts';

/** Whether a promise is dropped at the end of a module that is started and exports nothing, and nothing runs after that. */
export const endsScript = defineAnalysis<(fate: PromiseFate) => boolean>('script-ends', (get, program) => {
  const scopes = get(processScopes);
  return ({ node, fate }) => {
    const file = program.fileOf(node.fn);
    if (fate.kind !== 'dropped' || node.fn !== `${file}#` || !scopes.isEntry(file)) return false;
    if (Object.keys(program.modules.get(file)?.exports ?? {}).length > 0) return false;
    return [...program.steps(node.fn).values()].every(
      ({ id, kind }) => id <= fate.step.id || kind === 'access' || kind === 'exit',
    );
  };
});
