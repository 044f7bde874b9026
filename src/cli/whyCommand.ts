/** `why FILE:LINE[:COL]`: the findings that have a place there, with their whole story, or why there are none. */
import path from 'node:path';
import type { Command } from 'commander';
import { whyText } from '../reporters/index.ts';
import { UserError } from '../util/errors.ts';
import { renderOptions, withProgress } from './auditCommand.ts';
import { type SharedFlags, addSharedOptions } from './options.ts';
import { print } from './output.ts';
import { makeRequest } from './request.ts';

export function addWhyCommand(program: Command): void {
  const command = program
    .command('why')
    .argument('<place>', 'FILE:LINE or FILE:LINE:COLUMN')
    .argument('[paths...]', 'what to audit; default: the current folder')
    .description('the findings at a place with their story, and why it has no others');
  addSharedOptions(command).action(async (place: string, paths: string[], flags: SharedFlags) =>
    runWhy(place, paths, flags),
  );
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

async function runWhy(place: string, paths: readonly string[], flags: SharedFlags): Promise<void> {
  const asked = parsePlace(place);
  const request = await makeRequest(paths, flags);
  const root = path.resolve(request.base);
  const file = path.relative(root, path.resolve(asked.file)).split(path.sep).join('/');
  const { why } = await import('../auditThread.ts');
  const answer = await withProgress(flags, progress => why({ ...asked, file }, { ...request.options, progress }));
  await print(await whyText(answer, renderOptions(flags, request, false)));
}
