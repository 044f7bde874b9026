/**
 * Scripts whose failure is told by how they end: when a promise that nobody looks at rejects, the process ends with that
 * error, as it would after a top-level `await`, which not every script can have.
 */
import { defineAnalysis } from '../analysis.ts';
import { processScopes } from '../tasks/ownershipScopes.ts';
import type { PromiseFate } from './promisesFate.ts';

/** Folders of code that shows or tries something out: whoever runs a script of these sits before it and reads its error. */
const TRIED = /(?:^|\/)(?:examples?|samples?|demos?|snippets?|playgrounds?|sandbox|dev|bench(?:marks?)?|docs?)\//i;

/**
 * Whether a promise is dropped at the end of a module that is started and exports nothing, and nothing runs after that;
 * or anywhere in such a module that is there to be tried out.
 */
export const endsScript = defineAnalysis<(fate: PromiseFate) => boolean>('script-ends', (get, program) => {
  const scopes = get(processScopes);
  return ({ node, fate }) => {
    const file = program.fileOf(node.fn);
    if (fate.kind !== 'dropped' || !scopes.isEntry(file)) return false;
    if (Object.keys(program.modules.get(file)?.exports ?? {}).length > 0) return false;
    if (TRIED.test(file)) return true;
    return (
      node.fn === `${file}#` &&
      [...program.steps(node.fn).values()].every(
        ({ id, kind }) => id <= fate.step.id || kind === 'access' || kind === 'exit',
      )
    );
  };
});
