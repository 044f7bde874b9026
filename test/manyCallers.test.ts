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

/** Gates of one make: each counts itself in, and a helper that lives beside it counts it out. */
const gates = (end: string): string => `export function gate(places: number) {
  let inside = 0;
  const outside: (() => void)[] = [];
  const leave = (): void => {
    const next = outside.shift();
    if (next) next();
    else inside--;
  };
  return async <T>(visit: () => Promise<T>): Promise<T> => {
    if (inside < places) inside++;
    else await new Promise<void>(resolve => outside.push(resolve));
    ${end}
  };
}
${Array.from(
  { length: CALLERS },
  (_, i) => `export async function tour${i}(guests: number[], show: (guest: number) => Promise<string>) {
  const through = gate(${i + 1});
  return Promise.all(guests.map(guest => through(() => show(guest))));
}`,
).join('\n')}
`;

it('what leaves a gate is told apart as well as what goes through it', async () => {
  expect(await rulesOf(gates('try { return await visit(); } finally { leave(); }'))).toEqual([]);
});

it('a gate that is not left when the visit fails is found', async () => {
  expect(await rulesOf(gates('const seen = await visit(); leave(); return seen;'))).toEqual(['lock-leak']);
});
