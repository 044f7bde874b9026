/** The cases under `fixtures/checks`, copies of them to audit, and what an audit of such a copy found. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditHere } from '../src/audit.ts';
import type { AuditReport, Finding } from '../src/model/report.ts';
import { type Found, type Label, parseLabels } from './expect.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/checks/', import.meta.url));
const SOURCE = /\.[cm]?[jt]sx?$/;

/** One folder `fixtures/checks/<rule>/<case>`. */
export interface FixtureCase {
  rule: string;
  /** `<rule>/<case>`. */
  name: string;
  /** Path inside the case folder → text, sources and manifests. */
  files: ReadonlyMap<string, string>;
}

/** All cases, sorted by name. */
export function readCases(): FixtureCase[] {
  const folders = (at: string): string[] =>
    fs
      .readdirSync(at, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  return folders(FIXTURES).flatMap(rule =>
    folders(path.join(FIXTURES, rule)).map(name => ({
      rule,
      name: `${rule}/${name}`,
      files: readFiles(path.join(FIXTURES, rule, name)),
    })),
  );
}

function readFiles(folder: string): Map<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter(name => SOURCE.test(name) || name.endsWith('.json'))
      .map(name => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

export const isSource = (file: string): boolean => SOURCE.test(file);

/** The labels of a case, by file path as an audit of the tree names it (`<name>/<file>`). */
export const labelsOf = ({ name, files }: FixtureCase): Map<string, Label[]> =>
  new Map(
    [...files]
      .filter(([file]) => isSource(file))
      .map(([file, text]) => [`${name}/${file}`, parseLabels(`${name}/${file}`, text)]),
  );

/** Audits a tree of files with `strict` (`inTree`). */
export const auditTree = (tree: ReadonlyMap<string, string>, backwards = false): Promise<AuditReport> =>
  inTree(tree, async root => (await auditHere({ paths: [root], cwd: root, preset: 'strict' })).report, backwards);

/**
 * Writes a tree of files (`<case>/<file>` → text) to a temporary folder beside the fixtures' own configuration and removes
 * it after use. `backwards`: the compiler is given the files last to first.
 */
export async function inTree<T>(
  tree: ReadonlyMap<string, string>,
  use: (root: string) => Promise<T>,
  backwards = false,
): Promise<T> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-fixtures-'));
  try {
    const config = fs.readFileSync(path.join(FIXTURES, 'tsconfig.json'), 'utf8');
    const backwardsList = JSON.stringify([...tree.keys()].filter(isSource).sort().reverse());
    const files = backwards ? config.replace(/"include": .*/, `"files": ${backwardsList}`) : config;
    fs.writeFileSync(path.join(root, 'tsconfig.json'), files);
    fs.writeFileSync(path.join(root, 'package.json'), '{ "private": true, "type": "module" }');
    for (const [file, text] of tree) {
      fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    return await use(root);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** The files of all cases in one tree. */
export const treeOf = (cases: readonly FixtureCase[]): Map<string, string> =>
  new Map(
    cases.flatMap(({ name, files }) => [...files].map(([file, text]): [string, string] => [`${name}/${file}`, text])),
  );

/** A finding as `compare` wants it. */
export const foundOf = (finding: Finding): Found => ({
  rule: finding.rule,
  level: finding.level,
  message: finding.message,
  places: [finding.location, ...finding.related, ...finding.witnesses.flatMap(witness => witness.steps)],
});

/** The findings whose primary location lies in the case. */
export const findingsIn = (name: string, report: AuditReport): Found[] =>
  report.findings.filter(finding => finding.location.file.startsWith(`${name}/`)).map(foundOf);
