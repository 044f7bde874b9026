/** Tables and installed types of two small packages, for questions about what lies outside of the project. */
import { defineLibrary, type Library } from '../../src/libraries/library.ts';

export const locks: Library = defineLibrary({
  package: 'locks',
  language: 'typescript',
  aliases: ['locks/sub'],
  supertypes: { Pool: ['base#Emitter'] },
  locks: {
    Mutex: {
      library: 'locks',
      capacity: { kind: 'exactly', n: 1 },
      reentrant: 'no',
      blocks: 'task',
      readers: 'none',
      queue: 'fifo',
      ownerChecked: false,
      reach: 'loop',
      lease: false,
      keyed: false,
      limiter: false,
    },
  },
  apis: {
    'new Mutex': { does: [{ does: 'make', type: 'Mutex' }] },
    'Mutex.run': { does: [] },
    default: { does: [{ does: 'make', type: 'Limit' }] },
    'Limit()': { does: [] },
    'Pool.query': { does: [] },
    wrap: { does: [{ does: 'view', of: 0, wait: 'bounded' }] },
  },
});
export const base: Library = defineLibrary({
  package: 'base',
  language: 'typescript',
  apis: { 'Emitter.on': { does: [] }, 'Emitter.*': { does: [] } },
});
export const tables = [locks, base];

export const installed = {
  'node_modules/locks/index.d.ts': `
    export class Mutex { run(f: () => void): Promise<void>; }
    export interface Limit { (f: () => void): Promise<void>; size(): number }
    export default function makeLimit(n: number): Limit;
    export class Pool { query(): void; on(e: string): void }
    export function wrap(m: Mutex): Mutex;
  `,
  'node_modules/base/index.d.ts':
    'export class Emitter { on(e: string): void; off(): void } export interface Child extends Emitter {}',
};
