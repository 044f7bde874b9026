/** Work of packages that nobody knows, and what many findings have in common. */
import { describe, expect, it } from 'vitest';
import { auditHere } from '../src/audit.ts';
import type { Finding } from '../src/model/report.ts';
import { inTree } from './fixtureCases.ts';

const found = (files: Record<string, string>): Promise<Finding[]> =>
  inTree(new Map([['package.json', '{"name":"feeds"}'], ...Object.entries(files)]), async root => {
    const { report } = await auditHere({ paths: [root], cwd: root, preset: 'strict' });
    return report.findings.filter(({ level }) => level !== 'note');
  });
const confidences = async (text: string): Promise<string[]> =>
  (await found({ 'main.ts': text })).map(({ rule, location, confidence }) => `${rule} ${location.line} ${confidence}`);

describe('a promise that only unknown code could reject', () => {
  const of = (imports: string, call: string): string =>
    `${imports}\nasync function run() {\n  await ${call};\n}\nexport const start = () => {\n  run();\n};\n`;

  it('is for a strict audit where the package may as well never reject', async () => {
    expect(await confidences(of("import { show } from 'some-sheets';", "show('menu')"))).toEqual([
      'floating-promise 6 low',
    ]);
    expect(await confidences(of('declare const options: { done(): Promise<void> };', 'options.done()'))).toEqual([
      'floating-promise 6 high',
    ]);
  });

  it('is shown where the package works outside of the process', async () => {
    for (const name of ['fs-extra', '@aws-sdk/client-s3', 'mqtt'])
      expect(await confidences(of(`import { send } from '${name}';`, "send('menu')"))).toEqual([
        'floating-promise 6 high',
      ]);
  });

  it('is shown where something else fails as well', async () => {
    const text = of("import { show } from 'some-sheets';", "show(await (await fetch('/menu')).text())");
    expect(await confidences(text)).toEqual(['floating-promise 6 high']);
  });

  it('is for a strict audit where a callback is dropped of which only its type says that it gives a promise', async () => {
    const dropped = 'export const again = (tell: () => Promise<void>) => {\n  tell();\n};\n';
    expect(await confidences(dropped)).toEqual(['floating-promise 2 low']);
    const declared = 'declare const tell: () => Promise<void>;\nexport const again = () => {\n  tell();\n};\n';
    expect(await confidences(declared)).toEqual(['floating-promise 3 high']);
  });

  it('is for a strict audit where nothing but the reading of a text fails', async () => {
    expect(await confidences(of('', 'Promise.resolve(new URL(location.hash))'))).toEqual(['floating-promise 6 low']);
  });

  it('is for a strict audit where a hook of a package gave the function', async () => {
    const hook = (from: string): string =>
      `import { makeApi } from '${from}';\nconst api = makeApi();\nexport function usePosts() {\n` +
      '  const { refetch } = api.posts.useQuery();\n  const again = async () => {\n    await refetch();\n  };\n' +
      '  again();\n}\n';
    expect(await confidences(hook('some-queries'))).toEqual(['floating-promise 8 low']);
    expect(await confidences(hook('postgres'))).toEqual(['floating-promise 8 high']);
  });

  it('is for a strict audit where a page has told of the failure before it throws again', async () => {
    const save = (handler: string, more = ''): string =>
      `${more}async function save() {\n  try {\n    await fetch('/save', { method: 'POST' });\n  } catch (error) {\n` +
      `    ${handler}\n    throw error;\n  }\n}\ndocument.title = 'Save';\nexport const start = () => {\n  save();\n};\n`;
    expect(await confidences(save("window.alert('Not saved');"))).toEqual(['floating-promise 11 low']);
    expect(await confidences(save('console.error(error);'))).toEqual(['floating-promise 11 high']);
    expect(await confidences(save('document.body.toggleAttribute(name, false);'))).toEqual([
      'floating-promise 11 high',
    ]);
    // A server ends with it, told or not.
    expect(await confidences(save("window.alert('Not saved');", "import 'node:fs';"))).toEqual([
      'floating-promise 11 high',
    ]);
  });

  it('is for a strict audit where a page goes on whatever becomes of it', async () => {
    const start = (chain: string, page: string): string =>
      `const load = async () => {\n  await fetch('/names');\n};\nexport const start = (ready: () => void) => {\n` +
      `  ${page};\n  void load()${chain};\n};\n`;
    const page = "document.title = 'Names'";
    expect(await confidences(start('.finally(ready)', page))).toEqual(['orphaned-task 6 low']);
    expect(await confidences(start('.then(ready)', page))).toEqual(['orphaned-task 6 high']);
    expect(await confidences(start('.finally(ready)', 'process.exitCode = 1'))).toEqual(['orphaned-task 6 high']);
  });

  it('counts as shown where there are no types to speak of', async () => {
    const text =
      'async function run(models) {\n  await models.users.all();\n}\nexports.start = models => {\n  run(models);\n};\n';
    const findings = await found({ 'main.js': text });
    expect(findings.map(({ confidence }) => confidence)).toEqual(['high']);
  });
});

describe('findings that fail at one place', () => {
  const bridge = `export function post(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(text)), 1000);
    window.onmessage = () => {
      clearTimeout(timer);
      resolve(text);
    };
  });
}
`;
  const users = (count: number): string =>
    Array.from(
      { length: count },
      (_, index) =>
        `async function tell${index}() {\n  await post('${index}');\n}\nexport const use${index} = () => {\n  tell${index}();\n};\n`,
    ).join('');

  it('are told together from three on, with the place', async () => {
    const [one, ...more] = await found({
      'bridge.ts': bridge,
      'main.ts': `import { post } from './bridge.ts';\n${users(3)}`,
    });
    expect(more).toEqual([]);
    expect(one?.message).toBe(
      'The promise of `tell0` is dropped: nobody awaits, returns or handles it; 2 others fail for the same reason',
    );
    expect(one?.related.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      'main.ts:3 `tell0` awaits `post` here, which may reject',
      'bridge.ts:2 `post` returns `Promise` here, which may reject',
      'bridge.ts:2 All of them fail here',
      'main.ts:12 Fails for the same reason: The promise of `tell1` is dropped: nobody awaits, returns or handles it',
      'main.ts:18 Fails for the same reason: The promise of `tell2` is dropped: nobody awaits, returns or handles it',
    ]);
  });

  it('are told one by one when they are two, or when an outside operation fails that each has to expect', async () => {
    expect(
      await found({ 'bridge.ts': bridge, 'main.ts': `import { post } from './bridge.ts';\n${users(2)}` }),
    ).toHaveLength(2);
    const fetching = 'export async function post(text: string) {\n  return (await fetch(text)).text();\n}\n';
    expect(
      await found({ 'bridge.ts': fetching, 'main.ts': `import { post } from './bridge.ts';\n${users(3)}` }),
    ).toHaveLength(3);
  });
});
