import { describe, expect, it } from 'vitest';
import { lineHashes } from '../src/util/lineHash.ts';
import { editDistance, nearest } from '../src/util/nearest.ts';
import { visible } from '../src/util/visible.ts';
import { wrapWords } from '../src/util/wrapWords.ts';

describe('line hashes', () => {
  it('has the published test vectors', () => {
    expect(lineHashes('')).toEqual(['c129715d7a2bc9a3:1']);
    expect(lineHashes(' a\nb\n  \t\tc\n d')).toEqual([
      '271789c17abda88f:1',
      '54703d4cd895b18:1',
      '180aee12dab6264:1',
      'a23a3dc5e078b07b:1',
    ]);
  });
  it('does not see line ends and blanks, and numbers equal lines', () => {
    const text = 'first();\nsame();\n\tsame();\nlast();\n';
    expect(lineHashes(text.replaceAll('\n', '\r\n'))).toEqual(lineHashes(text));
    expect(lineHashes(text.replaceAll('\n', '\r'))).toEqual(lineHashes(text));
    const long = `${'same();\n'.repeat(40)}`;
    expect(lineHashes(long)[1]).toMatch(/:2$/);
  });
  it('agrees with big integers on a text with every kind of unit', () => {
    const text = Array.from({ length: 700 }, (_, i) => String.fromCharCode((i * 7919) % 65535 || 1)).join('') + '\nend';
    const M = 2n ** 64n;
    const units = [...Array(text.length).keys()].map(i => text.charCodeAt(i)).filter(c => c !== 32 && c !== 9);
    const start = 0;
    let hash = 0n;
    for (let i = 0; i < 100; i += 1) hash = (hash * 37n + BigInt(units[start + i] ?? 0)) % M;
    expect(lineHashes(text)[0]).toBe(`${hash.toString(16)}:1`);
  });
});

describe('nearest', () => {
  it('counts edits', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
  it('finds a slip and refuses what is far', () => {
    expect(nearest('floting-promise', ['lock-reentry', 'floating-promise'])).toBe('floating-promise');
    expect(nearest('banana', ['lock-reentry', 'floating-promise'])).toBeUndefined();
  });
});

describe('visible', () => {
  it('shows what could act on a terminal', () => {
    expect(visible('\u001b[31mred\u0007')).toBe('\\u{1b}[31mred\\u{7}');
    expect(visible('a\nb\u202ec\u200b')).toBe('a\\u{a}b\\u{202e}c\\u{200b}');
    expect(visible('naïve “text” 😀')).toBe('naïve “text” 😀');
    expect(visible('cut \ud83d')).toBe('cut \\u{d83d}');
  });
});

describe('wrapping', () => {
  it('breaks at blanks, and leaves long words whole', () => {
    const text = `${'ab '.repeat(30)}${'x'.repeat(60)} end`;
    const lines = wrapWords(text, 50);
    expect(lines.map(line => line.length)).toEqual([50, 38, 60, 3]);
    expect(lines.join(' ')).toBe(text);
    expect(wrapWords('', 50)).toEqual(['']);
  });
});
