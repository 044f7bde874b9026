/** What the user has to mend: printed as one sentence and a hint, exit code 2. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
  }
}
