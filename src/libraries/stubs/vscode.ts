/** Ambient declarations of the parts of VS Code's API that the table names; the rest stays unknown. */
const asked =
  'showInformationMessage showWarningMessage showErrorMessage showQuickPick showInputBox showOpenDialog showSaveDialog showWorkspaceFolderPick';

export const vscodeStub = `
export interface Progress<T> { report(value: T): void }
export namespace window {
${asked
  .split(' ')
  .map(name => `  function ${name}(...args: any[]): Promise<any>;`)
  .join('\n')}
  function withProgress<R>(options: any, task: (progress: Progress<any>, token: any) => PromiseLike<R>): Promise<R>;
}
export namespace commands {
  function registerCommand(command: string, callback: (...args: any[]) => any, self?: any): any;
  function registerTextEditorCommand(command: string, callback: (...args: any[]) => void, self?: any): any;
}
`;
