/** What the project declares of its locks beside their order, and what is told of it when the code says otherwise. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { auditHere } from '../src/audit.ts';

const CONFIG = fileURLToPath(new URL('../fixtures/checks/tsconfig.json', import.meta.url));

const stale = (text: string): Promise<string[]> => findingsOf(text, 'stale-declaration');

/** `line: message` of the findings of a rule in a file. */
async function findingsOf(text: string, id: string): Promise<string[]> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-declared-'));
  try {
    fs.copyFileSync(CONFIG, path.join(root, 'tsconfig.json'));
    fs.writeFileSync(path.join(root, 'package.json'), '{ "private": true, "type": "module" }');
    fs.writeFileSync(path.join(root, 'a.ts'), `import { Mutex } from 'async-mutex';\n${text}`);
    const { report } = await auditHere({ paths: [root], cwd: root, preset: 'strict' });
    return report.findings
      .filter(({ rule }) => rule === id)
      .map(({ location, message }) => `${location.line}: ${message}`);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

const CARTS = (members: string): string => `export class Carts {
  readonly #lock = new Mutex();
  #total = 0;
  add(): Promise<void> { return this.#lock.runExclusive(() => this.bump()); }
  ${members}
}
`;

describe('@holds', () => {
  it('is silent when every caller holds the lock, or is declared to', async () => {
    const members = `/** @holds #lock */
  async bump(): Promise<void> { this.#total += 1; }
  /** @holds this.#lock */
  twice(): Promise<void> { return this.bump(); }`;
    expect(await stale(CARTS(members))).toEqual([]);
  });
  it('is told of when a caller does not', async () => {
    const members = `/** @holds #lock */
  async bump(): Promise<void> { this.#total += 1; }
  reset(): Promise<void> { return this.bump(); }`;
    expect(await stale(CARTS(members))).toEqual([
      '6: `Carts.bump` is said to be called with `#lock` held, and `Carts.reset` calls it without.',
    ]);
  });
  it('is told of when it names no lock', async () => {
    const members = `/** @holds shelf */
  async bump(): Promise<void> { this.#total += 1; }`;
    expect(await stale(CARTS(members))).toEqual(['6: There is no lock `shelf`, so nobody can hold it.']);
  });
});

describe('@holds of a parameter', () => {
  it('orders what is taken inside', async () => {
    const text = `export class Menu {
  readonly lock = new Mutex();
  /** @holds other.lock */
  copyTo(other: Menu): Promise<void> { return this.lock.runExclusive(async () => undefined); }
}
`;
    expect(await findingsOf(text, 'lock-order-cycle')).toEqual([
      expect.stringMatching(/^5: `Menu\.copyTo` holds `Menu\.lock` of one object and waits for/),
    ]);
  });
});

describe('@reentrant', () => {
  it('lets the holder in, at a variable as at a field', async () => {
    const text = (comment: string): string => `import AsyncLock from 'async-lock';
declare const options: object;
${comment}
const lock = new AsyncLock(options);
export const post = () => lock.acquire('a', () => lock.acquire('a', () => 1));
`;
    expect(await findingsOf(text(''), 'lock-reentry')).toHaveLength(1);
    expect(await findingsOf(text('/** @reentrant */'), 'lock-reentry')).toEqual([]);
  });
  it('is told of where no lock is', async () => {
    expect(await stale('/** @reentrant */\nexport const limit = 3;\n')).toEqual([
      '2: No lock is declared here that could be reentrant.',
    ]);
  });
  it('is told of where the package says otherwise, once somebody rests on it', async () => {
    const text = (inner: string): string => `/** @reentrant */
const lock = new Mutex();
export const outer = () => lock.runExclusive(() => inner());
const inner = () => ${inner};
`;
    expect(await stale(text('1'))).toEqual([]);
    expect(await stale(text('lock.runExclusive(() => 1)'))).toEqual([
      '2: `lock` is said to be reentrant, and that of async-mutex is not: `outer` asks for it and holds it already.',
    ]);
  });
});

describe('@guardedBy', () => {
  const guarded = (members: string, lock = 'lock'): string => `export class Shop {
  readonly lock = new Mutex();
  /** @guardedBy ${lock} */
  stock = 0;
  constructor() { this.stock = 10; }
  ${members}
}
`;
  it('is silent when all writes are under the lock, or in functions that are declared to be', async () => {
    const members = `sell(): Promise<void> { return this.lock.runExclusive(() => this.take()); }
  async take(): Promise<void> { this.stock -= 1; }
  /** @holds lock */
  give(): void { this.stock += 1; }`;
    expect(await stale(guarded(members))).toEqual([]);
  });
  it('is told of when somebody writes without', async () => {
    const members = `sell(): Promise<void> { return this.lock.runExclusive(async () => { this.stock -= 1; }); }
  reset(): void { this.stock = 0; }`;
    expect(await stale(guarded(members))).toEqual([
      '4: `Shop.stock` is said to be guarded by `lock`, and `Shop.reset` writes it without.',
    ]);
  });
  it('is told of when nobody writes with it, and when there is no such lock', async () => {
    const members = `sell(): Promise<void> { return this.lock.runExclusive(async () => undefined); }
  reset(): void { this.stock = 0; }`;
    expect(await stale(guarded(members))).toEqual([
      '4: `Shop.stock` is said to be guarded by `lock`, and nothing writes it under that.',
    ]);
    expect(await stale(guarded(members, 'shed'))).toEqual(['4: There is no lock `shed`, so it guards nothing.']);
  });
  it('counts writes into containers, and those of variables', async () => {
    const text = `const lock = new Mutex();
/** @guardedBy lock */
const entries = new Map<string, number>();
export const put = (key: string) => lock.runExclusive(() => entries.set(key, 1));
export const drop = (key: string): void => { entries.delete(key); };
`;
    expect(await stale(text)).toEqual(['3: `entries` is said to be guarded by `lock`, and `drop` writes it without.']);
  });
});
