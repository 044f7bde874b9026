/** The command line: what commands there are, and how errors become exit codes. Heavy parts load when they are used. */
import { Command, CommanderError } from 'commander';
import { TOOL_NAME, TOOL_VERSION } from '../util/version.ts';
import { addAuditCommand } from './auditCommand.ts';
import { addGraphCommand } from './graphCommand.ts';
import { complain, explainError } from './output.ts';
import { addRuleCommands } from './ruleCommands.ts';
import { addWhyCommand } from './whyCommand.ts';

/** Parses the arguments (without node and script), does the work and sets the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);
  process.on('uncaughtException', crash);
  try {
    await makeProgram().parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      complain(explainError(error));
      process.exitCode = 2;
    }
  }
}

function makeProgram(): Command {
  const program = new Command(TOOL_NAME);
  program
    .description('Finds concurrency defects across functions and files: deadlocks, floating promises, orphaned tasks.')
    .version(TOOL_VERSION, '-V, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ outputError: text => complain(text.trimEnd()) });
  addAuditCommand(program);
  addRuleCommands(program);
  addWhyCommand(program);
  addGraphCommand(program);
  program.addHelpText(
    'after',
    '\nExit codes: 0 nothing at or above --fail-on, 1 findings, 2 the job could not be done.',
  );
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

/** An error that nobody waits for: the code of findings, 1, must not stand for it. */
function crash(error: unknown): void {
  complain(explainError(error));
  process.exit(2);
}

/** The reader of a pipe may leave early (`| head`): that is no error of ours. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
