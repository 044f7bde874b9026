/** Repairs → edits of TypeScript and JavaScript: one file for each kind. */
import type { Repair, TextEdit } from '../../../model/repairs.ts';
import type { LoadedFile } from '../loader/loaded.ts';
import { awaitEdits } from './awaiting.ts';
import { handleEdits } from './handling.ts';
import { rejectedEdits } from './rejected.ts';
import { returnEdits } from './returning.ts';
import { signalEdits } from './signal.ts';
import { timerEdits } from './timer.ts';

/** Null: the repair cannot be written there, or would mean something else. */
export function editsFor(loaded: LoadedFile, repair: Repair): readonly TextEdit[] | null {
  switch (repair.kind) {
    case 'await':
      return awaitEdits(loaded, repair.at);
    case 'return':
      return returnEdits(loaded, repair.at);
    case 'pass-signal':
      return signalEdits(loaded, repair);
    case 'handle':
      return handleEdits(loaded, repair.at);
    case 'tell-rejected':
      return rejectedEdits(loaded, repair.at);
    case 'clear-timer':
      return timerEdits(loaded, repair);
  }
}
