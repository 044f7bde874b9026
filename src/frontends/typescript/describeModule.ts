/** Fills in what a module declares besides its functions: types, exports, imports, and what its comments say. */
import type { ModuleFacts } from '../../model/facts.ts';
import { readComments } from './comments.ts';
import type { LoadedFile, LoadedProject } from './loader/loaded.ts';
import type { LoweredBodies } from './lowering.ts';
import { moduleSurface } from './moduleSurface.ts';
import type { FileQuestions } from './questions.ts';
import { typeFactsOf } from './typeFacts.ts';

/** Completes `facts`, whose functions are lowered already (`facts.functions` is `bodies.functions`). */
export function describeModule(
  facts: ModuleFacts,
  project: LoadedProject,
  { file, source }: LoadedFile,
  questions: FileQuestions,
  bodies: LoweredBodies,
): void {
  facts.types = typeFactsOf({ source, file, questions, bodies });
  Object.assign(facts, moduleSurface({ project, source, file, bodies }));
  const { suppressions, declared } = readComments(source, facts.functions);
  facts.suppressions = suppressions;
  facts.declared = declared;
}
