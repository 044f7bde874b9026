/**
 * The API of VS Code: what asks the person at it gives nothing where it is dismissed; who runs a command waits for it.
 * The extension host logs a rejection that nobody handles, and goes on.
 */
import { defineLibrary, type Api } from './library.ts';
import { does, entry, once, same } from './rows.ts';
import { vscodeStub } from './stubs/vscode.ts';

/** A message or a question: dismissed, it gives undefined. */
const asking: Api = { does: [], gives: 'safe', known: { outside: 'user', leavesTurn: true } };
/** Whoever runs the command waits for it, and its failure is shown. */
const command = does({
  does: 'register',
  handler: 1,
  entry: entry('input', { label: 'command {0}', awaitsHandler: true, rejection: 'reported' }),
});
/** The progress is shown until the task has ended. */
const progress: Api = { does: [{ ...once(1, ['unknown', 'unknown']), awaits: true }], gives: 'promise' };

export const vscode = defineLibrary({
  package: 'vscode',
  language: 'typescript',
  logsUnhandledRejections: true,
  apis: {
    ...same(asking, 'showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'showQuickPick'),
    ...same(asking, 'showInputBox', 'showOpenDialog', 'showSaveDialog', 'showWorkspaceFolderPick'),
    registerCommand: command,
    registerTextEditorCommand: does({
      does: 'register',
      handler: 1,
      entry: entry('input', { label: 'command {0}', awaitsHandler: false, rejection: 'lost' }),
    }),
    withProgress: progress,
  },
  stub: vscodeStub,
  checked: { version: '@types/vscode 1.140', how: 'fixtures/libraries/vscode' },
});
