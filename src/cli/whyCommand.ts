/** `why FILE:LINE[:COL]`: the findings that have a place there, with their whole story. */
import path from 'node:path';
import type { Command } from 'commander';
import type { Finding, Location } from '../model/report.ts';
import { UserError } from '../util/errors.ts';
import { visible } from '../util/visible.ts';
import { auditWithProgress, render, renderOptions } from './auditCommand.ts';
import { type SharedFlags, addSharedOptions } from './options.ts';
import { print } from './output.ts';
import { makeRequest } from './request.ts';

export function addWhyCommand(program: Command): void {
  const command = program
    .command('why')
    .argument('<place>', 'FILE:LINE or FILE:LINE:COLUMN')
    .argument('[paths...]', 'what to audit; default: the current folder')
    .description('the findings whose places include this one, with their story');
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
  const request = await makeRequest(paths, { ...flags, preset: flags.preset ?? 'strict' });
  const { report } = await auditWithProgress(request, flags);
  const root = path.resolve(request.base);
  const file = path.relative(root, path.resolve(asked.file)).split(path.sep).join('/');
  const findings = report.findings.filter(finding => touches(finding, { ...asked, file }));
  const options = renderOptions(flags, request, false);
  if (findings.length === 0) return print(`No finding has a place at ${visible(place)}.\n`);
  await print(await render('text', { ...report, findings }, options));
}

/** Whether one of the finding's places covers the place asked for. */
function touches({ location, related, witnesses }: Finding, asked: Asked): boolean {
  const steps = witnesses.flatMap(witness => witness.steps);
  return [location, ...related, ...steps].some(place => covers(place, asked));
}

function covers({ file, line, column, endLine, endColumn }: Location, asked: Asked): boolean {
  if (file !== asked.file || asked.line < line || asked.line > endLine) return false;
  if (asked.column === null) return true;
  const afterStart = asked.line > line || asked.column >= column;
  const beforeEnd = asked.line < endLine || asked.column < endColumn;
  return afterStart && beforeEnd;
}
