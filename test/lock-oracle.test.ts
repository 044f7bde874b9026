/** The lock oracle on its sample programs: what was really held and asked for is in the lock graph. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { linkHere } from '../src/audit.ts';
import { printLockGraph } from '../src/report/lockGraph.ts';

const ORACLE = path.join(import.meta.dirname, '../scripts/lock-oracle');
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-oracle-'));
afterAll(() => fs.rmSync(out, { recursive: true }));

const recorded = z.array(
  z.object({ held: z.string().nullable(), asks: z.string().nullable(), heldAt: z.string(), askedAt: z.string() }),
);
const measured = z.object({ pairs: z.number(), recall: z.number(), missed: recorded });
type Compare = Record<'readRecordings' | 'measure', (...args: unknown[]) => unknown>;
const compare: Compare = await import(pathToFileURL(path.join(ORACLE, 'compare.mjs')).href);

/** Runs every program of a folder, and measures what they did against the lock graph of the folder. */
async function measure(name: string): Promise<z.infer<typeof measured> & { of: (file: string) => string[] }> {
  const folder = path.join(ORACLE, name);
  const recordings = path.join(out, name);
  for (const file of fs.readdirSync(folder)) {
    const record = path.join(ORACLE, 'record.mjs');
    const { status, stderr } = spawnSync(process.execPath, ['--import', record, path.join(folder, file)], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', LOCK_ORACLE_OUT: recordings },
      timeout: 20_000,
    });
    expect(`${stderr} ${status}`).toBe(' 0');
  }
  const pairs = recorded.parse(compare.readRecordings(recordings, folder));
  const graph: unknown = JSON.parse(printLockGraph(await linkHere({ paths: [folder], cwd: folder }), 'json'));
  const of = (file: string): string[] =>
    pairs.flatMap(({ heldAt, askedAt }) => (heldAt.startsWith(file) ? [`${heldAt} ${askedAt}`] : [])).sort();
  return { ...measured.parse(compare.measure(graph, pairs)), of };
}

describe('the lock oracle', () => {
  it('finds the recorded pairs in the lock graph', { timeout: 60_000 }, async () => {
    const { pairs, recall, missed, of } = await measure('samples');
    expect(missed).toEqual([]);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(pairs).toBeGreaterThanOrEqual(20);
    // What a task holds by hand, tasks beside it do not.
    expect(of('by-hand.mjs')).toEqual(['by-hand.mjs:10 by-hand.mjs:13']);
    // Work that a section only starts is no part of it.
    expect(of('chains.mjs').filter(pair => pair.startsWith('chains.mjs:29'))).toEqual([]);
  });
});
