/** Promises that tests drop: a default report has those with which an assertion is lost, and what is awaited elsewhere. */
import { describe, expect, it } from 'vitest';
import { auditHere } from '../src/audit.ts';
import { inTree } from './fixtureCases.ts';

const SERVER = `import { readFile } from 'node:fs/promises';
export class Server {
  async start(): Promise<void> { await readFile('settings.json'); }
  async stop(): Promise<void> { await readFile('settings.json'); }
}
`;

/** Lines of \`floating-promise\` in a test file, by a default audit. */
const linesOf = (text: string): Promise<number[]> =>
  inTree(
    new Map([
      ['app/server.ts', SERVER],
      ['app/server.test.ts', text],
    ]),
    async root => {
      const { report } = await auditHere({ paths: [root], cwd: root });
      return report.findings
        .filter(({ rule, level }) => rule === 'floating-promise' && level !== 'note')
        .map(({ location }) => location.line);
    },
  );

const IMPORTS = `import assert from 'node:assert';
import { it } from 'mocha';
import { Server } from './server.ts';
`;
const starts = (count: number): string =>
  Array.from({ length: count }, (_, at) => `it('starts ${at}', async () => { await new Server().start(); });\n`).join(
    '',
  );

describe('what a test drops', () => {
  it('is not told by default: it may be what the test looks at', async () => {
    expect(await linesOf(`${IMPORTS}it('starts', async () => {\n  new Server().start();\n});\n`)).toEqual([]);
  });
  it('is told when it asserts something', async () => {
    const helper = 'async function started(server: Server) {\n  await server.start();\n  assert.ok(server);\n}\n';
    expect(await linesOf(`${IMPORTS}${helper}it('starts', async () => {\n  started(new Server());\n});\n`)).toEqual([
      9,
    ]);
    expect(
      await linesOf(`${IMPORTS}it('fails', async () => {\n  assert.rejects(new Server().start());\n});\n`),
    ).toEqual([5]);
  });
  it('is told when the test looks at what it has done before it has waited for it', async () => {
    const looks = (wait: string): string =>
      `it('starts', async () => {\n  const server = new Server();\n  server.start();\n  ${wait}\n  assert.ok(server);\n});\n`;
    expect(await linesOf(IMPORTS + looks(''))).toEqual([6]);
    expect(await linesOf(IMPORTS + looks('await server.stop();'))).toEqual([]);
  });
  it('is told when the same is awaited everywhere else, and more is done after it', async () => {
    const forgotten = `it('starts', async () => {\n  const server = new Server();\n  server.start();\n  console.log(server);\n});\n`;
    expect(await linesOf(IMPORTS + starts(3) + forgotten)).toEqual([9]);
    expect(await linesOf(IMPORTS + starts(2) + forgotten)).toEqual([]);
  });
  it('is told when it is a query that never runs', async () => {
    const query = "import knex from 'knex';\nconst db = knex({ client: 'pg' });\n";
    expect(await linesOf(`${IMPORTS}${query}it('clears', async () => {\n  db('orders').delete();\n});\n`)).toEqual([7]);
  });
  it('is not told at the end of a test, whatever the others do', async () => {
    const last = `it('starts', async () => {\n  const server = new Server();\n  server.start();\n});\n`;
    expect(await linesOf(IMPORTS + starts(4) + last)).toEqual([]);
  });
});
