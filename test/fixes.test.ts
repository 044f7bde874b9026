/**
 * Fixes of findings: `fixtures/fixes/<case>/before` becomes `after`, byte for byte; without `after` it stays as it is.
 * Fixed again, nothing is left to fix.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type FixResult, fixHere } from '../src/fix.ts';
import { applyEdits, placesAfter } from '../src/util/textEdits.ts';
import { unifiedDiff } from '../src/util/unifiedDiff.ts';

const FIXES = fileURLToPath(new URL('../fixtures/fixes/', import.meta.url));
const CONFIG = fileURLToPath(new URL('../fixtures/checks/tsconfig.json', import.meta.url));

/** It runs with a level of its own only, and has a fix. */
const STRICT = { 'cancellation-not-propagated': 'warning' } as const;

type Texts = Record<string, string>;
function textsIn(folder: string): Texts {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    files
      .filter(file => file.isFile())
      .map(file => path.join(file.parentPath, file.name))
      .map(file => [path.relative(folder, file), fs.readFileSync(file, 'utf8')]),
  );
}

async function fixed(texts: Texts): Promise<FixResult> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-fixes-'));
  try {
    fs.copyFileSync(CONFIG, path.join(root, 'tsconfig.json'));
    fs.writeFileSync(path.join(root, 'package.json'), '{ "private": true, "type": "module" }');
    for (const [file, text] of Object.entries(texts)) fs.writeFileSync(path.join(root, file), text);
    return await fixHere({ paths: [root], cwd: root, rules: STRICT });
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}
const after = (texts: Texts, { files }: FixResult): Texts => ({
  ...texts,
  ...Object.fromEntries(files.map(one => [one.file, one.after])),
});

describe('fixtures/fixes', () => {
  it.each(fs.readdirSync(FIXES).sort())('%s', async name => {
    const before = textsIn(path.join(FIXES, name, 'before'));
    const folder = path.join(FIXES, name, 'after');
    const wanted = fs.existsSync(folder) ? textsIn(folder) : before;
    const result = await fixed(before);
    expect(after(before, result)).toEqual(wanted);
    const isChanged = JSON.stringify(wanted) !== JSON.stringify(before);
    expect(Object.keys(result.mended).length > 0).toBe(isChanged);
    // What stays has to be something that is found.
    if (isChanged) expect((await fixed(wanted)).files).toEqual([]);
    else expect(result.audited.report.findings.length).toBeGreaterThan(0);
  });
});

describe('texts', () => {
  const TEXT =
    'async function save(): Promise<void> {\n  await fetch("x");\n}\nexport async function go(): Promise<void> {\n  save();\n}';

  it('keep their line ends, also where there is none at the end', async () => {
    const texts = { 'a.ts': TEXT.replaceAll('\n', '\r\n') };
    expect(after(texts, await fixed(texts))).toEqual({
      'a.ts': TEXT.replace('  save();', '  await save();').replaceAll('\n', '\r\n'),
    });
  });

  it('are changed by edits, and places are found again', () => {
    const edits = [
      { start: 4, end: 4, text: 'XY' },
      { start: 1, end: 3, text: '' },
    ];
    expect(applyEdits('abcdef', edits)).toBe('adXYef');
    expect([0, 3, 4, 5].map(offset => placesAfter(offset, edits))).toEqual([[0], [1], [2, 4], [5]]);
  });

  it('are compared line by line, with three lines around', () => {
    const text = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl';
    const edits = [
      { start: 2, end: 3, text: 'B\nB2' },
      { start: text.length, end: text.length, text: '!' },
    ];
    expect(unifiedDiff('x/y.ts', text, edits)).toBe(`--- a/x/y.ts
+++ b/x/y.ts
@@ -1,5 +1,6 @@
 a
-b
+B
+B2
 c
 d
 e
@@ -9,4 +10,4 @@
 i
 j
 k
-l
\\ No newline at end of file
+l!
\\ No newline at end of file
`);
    expect(unifiedDiff('x.ts', text, [])).toBe('');
  });
});
