/** A lock helper that the whole program goes through: its callers are told apart however many they are. */
import { expect, it } from 'vitest';
import { auditTree } from './fixtureCases.ts';

const CALLERS = 150;

/** A store with an outer and an inner lock, taken through one helper by each of its many methods. */
function store(sealTakes: string): string {
  const methods = Array.from(
    { length: CALLERS },
    (_, i) => `  put${i}(text: string) {
    return this.#alone(this.#outer, async () => {
      const pages = this.#pages;
      await this.#write(text);
      this.#pages = pages + ${i};
    });
  }`,
  );
  return `import { Mutex } from 'async-mutex';
import { appendFile } from 'node:fs/promises';
export class Book {
  readonly #outer = new Mutex();
  readonly #inner = new Mutex();
  #pages = 0;
  async #alone<T>(mutex: Mutex, work: () => Promise<T>): Promise<T> {
    const release = await mutex.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  }
  #write(text: string) {
    return this.#alone(this.#inner, async () => {
      await appendFile('book.txt', text);
      this.#pages += 1;
    });
  }
  seal() {
    return this.#alone(${sealTakes}, () => this.#write('the end'));
  }
${methods.join('\n')}
}
`;
}

const rulesOf = async (text: string): Promise<string[]> => {
  const { findings } = await auditTree(new Map([['book.ts', text]]));
  return [...new Set(findings.filter(({ level }) => level === 'error').map(({ rule }) => rule))];
};

it('a helper of 150 callers does not mix up their locks', async () => {
  expect(await rulesOf(store('this.#outer'))).toEqual([]);
});

it('one caller among 150 that takes the wrong lock is found', async () => {
  expect((await rulesOf(store('this.#inner'))).sort()).toEqual(['ineffective-lock', 'lock-reentry']);
});
