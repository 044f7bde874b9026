/**
 * The fixtures of the tables through the front end, once with the packages' real types and once with nothing installed:
 * every call is resolved to project code or to an entry, and the steps that a fixture names in its first line are there.
 */
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenProject } from '../src/frontends/frontend.ts';
import { typescript } from '../src/frontends/typescript/index.ts';
import { libraryIndex } from '../src/frontends/typescript/libraryIndex.ts';
import { libraries } from '../src/libraries/index.ts';
import type { Block, ModuleFacts, Step } from '../src/model/facts.ts';

const installed = realpathSync(fileURLToPath(new URL('../fixtures/libraries', import.meta.url)));
const bare = realpathSync(mkdtempSync(join(tmpdir(), 'libraries-')));
cpSync(installed, bare, { recursive: true });
afterAll(() => {
  rmSync(bare, { recursive: true });
});

const index = libraryIndex(libraries);
const open = (root: string): Promise<OpenProject> =>
  typescript.open({ root, paths: [root], include: [], exclude: [], libraries, progress: () => undefined });

function steps(facts: ModuleFacts): Step[] {
  const found: Step[] = [];
  const walk = (block: Block): void => {
    for (const step of block) {
      found.push(step);
      if (step.kind === 'branch') for (const arm of step.arms) walk(arm.body);
      if (step.kind === 'loop' || step.kind === 'try') walk(step.body);
      if (step.kind === 'loop' || step.kind === 'try') walk(step.orElse);
      if (step.kind === 'try') for (const handler of step.handlers) walk(handler.body);
      if (step.kind === 'try') walk(step.finally);
    }
  };
  for (const each of facts.functions) walk(each.body);
  return found;
}

/** Calls that no table and no project code answers. `new Promise` is a step of its own besides. */
function unanswered(facts: ModuleFacts): string[] {
  return steps(facts).flatMap(step => {
    if (step.kind !== 'call') return [];
    const { target } = step;
    if (target.kind === 'unresolved') return [`unresolved ${target.text}`];
    return target.kind === 'external' && target.name !== 'lib#Promise' && !index.has(target.name) ? [target.name] : [];
  });
}

/** `// steps: acquire 2, release 2` and how many there are. */
function counts(text: string, facts: ModuleFacts): { stated: string[]; found: string[] } {
  const stated = (/^\/\/ steps: (.*)$/m.exec(text)?.[1] ?? '').split(', ').filter(part => part !== '');
  const all = steps(facts);
  return {
    stated,
    found: stated
      .map(part => part.replace(/ \d+$/, ''))
      .map(kind => `${kind} ${all.filter(step => step.kind === kind).length}`),
  };
}

describe.each([
  ['with the real types', installed],
  ['with nothing installed', bare],
])('%s', (_, root) => {
  let project: OpenProject | undefined;
  beforeAll(async () => {
    project = await open(root);
  });

  it.each(readdirSync(installed).filter(name => !name.includes('.')))('%s', folder => {
    const files = project?.files.filter(file => file.startsWith(`${folder}/`)) ?? [];
    expect(files).not.toEqual([]);
    for (const file of files) {
      const facts = project?.extract(file);
      if (!project || !facts) throw new Error(`no facts of ${file}`);
      const { stated, found } = counts(project.text(file), facts);
      expect({ unanswered: unanswered(facts), steps: found }).toEqual({ unanswered: [], steps: stated });
    }
  });
});
