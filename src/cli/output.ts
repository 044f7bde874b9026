/** Printing: results on standard output, everything else on standard error, and nothing of it acts on the terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../util/errors.ts';
import { visible } from '../util/visible.ts';

/** Prints a result as it is: reporters have made it safe for where it goes. */
export function print(text: string): Promise<void> {
  return new Promise(resolve => {
    process.stdout.write(text, () => resolve());
  });
}

/** Prints lines for people on standard error, with control characters made visible. */
export function complain(text: string): void {
  process.stderr.write(`${text.split('\n').map(visible).join('\n')}\n`);
}

/** One sentence and a hint for what the user has to mend; the whole stack for anything else: that is a bug. */
export function explainError(error: unknown): string {
  if (error instanceof UserError)
    return [`error: ${error.message}`, ...(error.hint === undefined ? [] : [error.hint])].join('\n');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in conc-audit; please report it with the following lines.\n${stack}`;
}

/** Writes a result to a file, whole or not at all: under another name first, then renamed. Makes the folder. */
export function writeResult(file: string, text: string): void {
  const target = path.resolve(file);
  const partial = `${target}.${process.pid}.partial`;
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(partial, text);
    fs.renameSync(partial, target);
  } catch (error) {
    fs.rmSync(partial, { force: true });
    throw new UserError(`Cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether to colour: the flag, then FORCE_COLOR, NO_COLOR and TERM=dumb, then whether it is a terminal. */
export function wantsColor(flag: boolean | undefined, isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (flag !== undefined) return flag;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return env['TERM'] !== 'dumb' && isTerminal;
}

const QUIET_START_MS = 1000;
const STEP_MS = 200;

/** A line on a terminal that tells what is going on, for work that takes over a second. */
export class Progress {
  readonly #on: boolean;
  readonly #started = performance.now();
  #last = 0;

  constructor(on: boolean) {
    this.#on = on;
  }

  tell(text: string): void {
    const now = performance.now();
    if (!this.#on || now - this.#started < QUIET_START_MS || now - this.#last < STEP_MS) return;
    this.#last = now;
    process.stderr.write(`\r\u001b[2K${visible(text).slice(0, 100)}`);
  }

  end(): void {
    if (this.#last > 0) process.stderr.write('\r\u001b[2K');
  }
}
