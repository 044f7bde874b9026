import { createHash } from 'node:crypto';

/** A digest of some strings: 32 hex digits, the same on every machine. `["ab"]` and `["a", "b"]` differ. */
export function stableHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
