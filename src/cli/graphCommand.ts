/** `graph calls`, `graph locks`, `graph tasks`: the graphs of the program, for people and other tools. */
import { type Command, Option } from 'commander';
import { type SharedFlags, addSharedOptions, oneOf } from './options.ts';
import { print, writeResult } from './output.ts';
import { UserError } from '../util/errors.ts';
import { makeRequest } from './request.ts';

const GRAPHS = ['calls', 'locks', 'tasks'] as const;
const FORMATS = ['text', 'json', 'dot', 'mermaid'] as const;

interface GraphFlags extends SharedFlags {
  format: (typeof FORMATS)[number];
  output?: string;
}

export function addGraphCommand(program: Command): void {
  const command = program
    .command('graph')
    .argument('<graph>', `which graph: ${GRAPHS.join(', ')}`, oneOf(GRAPHS))
    .argument('[paths...]', 'files and folders; default: the current folder')
    .description('print a graph of the program')
    .addOption(new Option('--format <name>', FORMATS.join(', ')).argParser(oneOf(FORMATS)).default('text'))
    .option('--output <file>', 'write to a file instead of standard output');
  addSharedOptions(command).action(async (graph: (typeof GRAPHS)[number], paths: string[], flags: GraphFlags) => {
    const { format } = flags;
    if (graph === 'calls' && format === 'mermaid')
      throw new UserError('graph calls has no format mermaid', 'Use text, json or dot.');
    const { options } = await makeRequest(paths, flags);
    const { callGraphText, lockGraphText, taskGraphText } = await import('../auditThread.ts');
    const text = await (graph === 'tasks'
      ? taskGraphText(options, format)
      : graph === 'calls' && format !== 'mermaid'
        ? callGraphText(options, format)
        : lockGraphText(options, format));
    if (flags.output === undefined) await print(text);
    else writeResult(flags.output, text);
  });
}
