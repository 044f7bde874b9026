/** `why FILE:LINE[:COL]`: the findings that have a place there, with their whole story, or why there are none. */
import path from 'node:path';
import type { Command } from 'commander';
import { whyText } from '../reporters/index.ts';
import { UserError } from '../util/errors.ts';
import { renderOptions, withProgress } from './auditCommand.ts';
import { type SharedFlags, addSharedOptions } from './options.ts';
import { print, writeResult } from './output.ts';
import { makeRequest } from './request.ts';

export function addWhyCommand(program: Command): void {
  const command = program
    .command('why')
    .argument('<place>', 'FILE:LINE or FILE:LINE:COLUMN')
    .argument('[paths...]', 'what to audit; default: the current folder')
    .description('the findings at a place with their story, and why it has no others');
  addSharedOptions(command)
    .option('--repro', 'write a test that forces the interleaving of the deadlock at the place')
    .option('--output <file>', 'write to a file instead of standard output')
    .action(async (place: string, paths: string[], flags: WhyFlags) => runWhy(place, paths, flags));
}

interface Asked {
  file: string;
  line: number;
  column: number | null;
}

function parsePlace(text: string): Asked {
  const [, file, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (file === undefined || line === undefined)
    throw new UserError(`${text} is no place`, 'Write FILE:LINE or FILE:LINE:COLUMN.');
  return { file, line: Number(line), column: column === undefined ? null : Number(column) };
}

interface WhyFlags extends SharedFlags {
  repro?: boolean;
  output?: string;
}

async function runWhy(place: string, paths: readonly string[], flags: WhyFlags): Promise<void> {
  const asked = parsePlace(place);
  const request = await makeRequest(paths, flags);
  const root = path.resolve(request.base);
  const inRoot = (file: string): string => path.relative(root, path.resolve(file)).split(path.sep).join('/');
  const at = { ...asked, file: inRoot(asked.file) };
  const { reproText, why } = await import('../auditThread.ts');
  const text = await withProgress(flags, async progress => {
    const options = { ...request.options, progress };
    if (flags.repro) return reproText(at, inRoot(path.dirname(flags.output ?? 'here')), options);
    return whyText(await why(at, options), renderOptions(flags, request, flags.output !== undefined));
  });
  if (flags.output === undefined) await print(text);
  else writeResult(flags.output, text);
}
