/**
 * The line hash that code-scanning services match alerts by (`primaryLocationLineHash`): a rolling hash over the 100
 * UTF-16 units from the first kept character of a line on, modulo 2^64, `h = 37 h + c`. Spaces and tabs are not kept,
 * CR and CRLF count as LF, the end of the text as 65535, followed by zeros. Lines of equal hash are numbered.
 * Kept as two 32-bit halves: exact in doubles, and many times faster than big integers.
 */
const WINDOW = 100;
const TWO_32 = 2 ** 32;
const END = 0xffff;

interface Halves {
  high: number;
  low: number;
}

/** `37 a` modulo 2^64. */
function times37({ high, low }: Halves): Halves {
  const product = low * 37;
  return { high: (high * 37 + Math.floor(product / TWO_32)) % TWO_32, low: product % TWO_32 };
}

const FACTOR: Halves = (() => {
  let power: Halves = { high: 0, low: 1 };
  for (let i = 0; i < WINDOW; i += 1) power = times37(power);
  return power;
})();

/** `37 h + added - 37^100 dropped` modulo 2^64. */
function roll(hash: Halves, added: number, dropped: number): Halves {
  const grown = times37(hash);
  const lowDropped = FACTOR.low * dropped;
  const highDropped = (FACTOR.high * dropped + Math.floor(lowDropped / TWO_32)) % TWO_32;
  const low = grown.low + added - (lowDropped % TWO_32);
  const carry = Math.floor(low / TWO_32);
  const high = grown.high + carry - highDropped;
  return { high: ((high % TWO_32) + TWO_32) % TWO_32, low: low - carry * TWO_32 };
}

function hex({ high, low }: Halves): string {
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}

/** The units that count, and the index in them at which each line starts (lines of nothing but blanks start at their end). */
function keptUnits(text: string): { units: number[]; starts: number[] } {
  const units: number[] = [];
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0x20 || unit === 0x09) continue;
    if (unit === 0x0d || unit === 0x0a) {
      if (unit === 0x0d && text.charCodeAt(index + 1) === 0x0a) index += 1;
      units.push(0x0a);
      starts.push(units.length);
    } else units.push(unit);
  }
  units.push(END);
  return { units, starts };
}

/** The hash of every line of a text, `hash:occurrence`; the line numbered n is at index n - 1. */
export function lineHashes(text: string): string[] {
  const { units, starts } = keptUnits(text);
  const counts = new Map<string, number>();
  const hashes: string[] = [];
  let hash: Halves = { high: 0, low: 0 };
  let next = 0;
  for (let index = 0; next < starts.length; index += 1) {
    hash = roll(hash, units[index] ?? 0, units[index - WINDOW] ?? 0);
    while (next < starts.length && (starts[next] ?? 0) + WINDOW - 1 === index) {
      const text = hex(hash);
      const count = (counts.get(text) ?? 0) + 1;
      counts.set(text, count);
      hashes.push(`${text}:${count}`);
      next += 1;
    }
  }
  return hashes;
}
