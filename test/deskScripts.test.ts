/** Scripts that a person runs and watches: what fails there is told by a strict audit only. */
import { describe, expect, it } from 'vitest';
import { auditHere } from '../src/audit.ts';
import { inTree } from './fixtureCases.ts';

const LIBRARY = `import { readFile } from 'node:fs/promises';
export const load = async (file: string): Promise<string> => readFile(file, 'utf8');
`;
const SCRIPT = `import { load } from './index.ts';
process.on('SIGHUP', async () => {
  await load('again.txt');
});
export {};
load('first.txt');
console.log('started');
`;

/** Places of the findings, by a default audit of a package with a script beside its library. */
const placesOf = (manifest: object, script: string, files: Record<string, string> = {}): Promise<string[]> =>
  inTree(
    new Map([
      ['package.json', JSON.stringify({ name: 'feeds', ...manifest })],
      ['index.ts', LIBRARY],
      ['show.ts', script],
      ...Object.entries(files),
    ]),
    async root => {
      const { report } = await auditHere({ paths: [root], cwd: root });
      return report.findings
        .filter(({ level }) => level !== 'note')
        .map(({ rule, location }) => `${rule} ${location.file}:${location.line}`);
    },
  );
const BOTH = ['floating-promise show.ts:6', 'misused-promise show.ts:2'];

describe('a script that nobody loads', () => {
  it('is run by a person, beside a library', async () => {
    expect(await placesOf({ main: 'index.ts' }, SCRIPT)).toEqual([]);
    expect(await placesOf({ main: 'index.ts', scripts: { 'gen:docs': 'node show.ts' } }, SCRIPT)).toEqual([]);
  });

  it('asks a person, whoever starts it', async () => {
    const asks = `${SCRIPT}import repl from 'node:repl';\nrepl.start();\n`;
    expect(await placesOf({ main: 'index.ts', scripts: { start: 'node show.ts' } }, asks)).toEqual([]);
  });

  it('is the program where the package has nothing else, or starts it', async () => {
    expect(await placesOf({}, SCRIPT)).toEqual(BOTH);
    expect(await placesOf({ main: 'index.ts', scripts: { start: 'node show.ts' } }, SCRIPT)).toEqual(BOTH);
    expect(await placesOf({ main: 'index.ts', bin: 'show.ts' }, SCRIPT)).toEqual(BOTH);
  });

  it('is a part of the program where something loads it, or talks to it', async () => {
    const loads = { 'app.ts': `import './show.ts';\n` };
    expect(await placesOf({ main: 'index.ts' }, SCRIPT, loads)).toEqual(BOTH);
    const forks = { 'app.ts': `import { fork } from 'node:child_process';\nfork('./show.js').on('exit', () => {});\n` };
    expect(await placesOf({ main: 'index.ts' }, SCRIPT, forks)).toEqual(BOTH);
    const worker = `${SCRIPT}process.on('message', () => console.log('asked'));\n`;
    expect(await placesOf({ main: 'index.ts' }, worker)).toEqual(BOTH);
    const exported = SCRIPT.replace('export {};', 'export const shown = 1;');
    expect(await placesOf({ main: 'index.ts' }, exported)).toEqual(BOTH);
  });
});
