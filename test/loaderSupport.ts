/** Projects in temporary folders for the loader's tests, and questions about what was loaded. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { afterAll } from 'vitest';
import { type Opened, openProject } from '../src/frontends/typescript/loader/open.ts';
import type { LoadedProject } from '../src/frontends/typescript/loader/loaded.ts';
import type { Library } from '../src/libraries/library.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder outside of any repository; removed after the tests of the file. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'conc-audit-loader-')));
  made.push(folder);
  return folder;
}

export type Files = Record<string, string | Buffer>;

export function write(root: string, files: Files): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return root;
}

/** A repository (`.git` is there) with these files. */
export const repository = (files: Files): string =>
  write(tempFolder(), { '.git/HEAD': 'ref: refs/heads/main\n', ...files });

/** A copy of a folder of `fixtures/projects`, as a repository. */
export function copyOfFixture(name: string): string {
  const root = repository({});
  cpSync(join(import.meta.dirname, '../fixtures/projects', name), root, { recursive: true });
  return root;
}

export interface Asked {
  paths?: string[];
  include?: string[];
  exclude?: string[];
  libraries?: readonly Library[];
}

export function open(root: string, { paths = [root], include = [], exclude = [], libraries = [] }: Asked = {}): Opened {
  return openProject({ root, paths, include, exclude, libraries });
}

/** Where the body of what a call calls stands: a project file, or the absolute path of a declaration. */
export function calleeFile(project: LoadedProject, file: string, callee: string): string {
  const loaded = project.load(file);
  if (!loaded) throw new Error(`${file} was not loaded`);
  let symbol: ts.Symbol | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(loaded.source) === callee)
      symbol ??= loaded.checker.getSymbolAtLocation(
        ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression,
      );
    ts.forEachChild(node, visit);
  };
  visit(loaded.source);
  if (!symbol) return `${callee}: no symbol`;
  const target = symbol.flags & ts.SymbolFlags.Alias ? loaded.checker.getAliasedSymbol(symbol) : symbol;
  const path = target.declarations?.[0]?.getSourceFile().fileName;
  return path === undefined ? `${callee}: no declaration` : (project.isProjectSource(path) ?? path);
}

export const reasons = (opened: Opened): Record<string, string> =>
  Object.fromEntries(opened.skipped.map(({ file, reason }) => [file, reason]));
export const kinds = (opened: Opened): string[] => opened.diagnostics.map(({ kind }) => kind);
