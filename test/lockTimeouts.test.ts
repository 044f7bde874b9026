/** How sure it is that waiters of a lock that nests hang: what the holders of the inner lock wait for. */
import { expect, it } from 'vitest';
import { auditTree } from './fixtureCases.ts';

const nested = (inner: string): string => `
import { Mutex } from 'async-mutex';
const outer = new Mutex();
const inner = new Mutex();
let moves = 0;
export async function move(url: string): Promise<void> {
  await outer.runExclusive(() => inner.runExclusive(async () => { ${inner} }));
}
`;

it.each([
  ['moves += 1;', 'low'],
  ['moves += 1; await fetch(url);', 'high'],
])('a lock whose holder waits for one under which `%s` runs: %s', async (text, confidence) => {
  const { findings } = await auditTree(new Map([['nested/index.ts', nested(text)]]));
  const found = findings.filter(({ rule, level }) => rule === 'lock-without-timeout' && level === 'warning');
  expect(found.find(({ message }) => message.startsWith('`outer`'))?.confidence).toBe(confidence);
});
