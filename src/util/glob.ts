/**
 * A glob over paths with `/` separators as a regular expression: `*`, `**`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`. A pattern
 * that ends in `/` means everything in the folder.
 */
export function globToRegExp(glob: string): RegExp {
  const pattern = glob.endsWith('/') ? `${glob}**` : glob;
  let out = '';
  let braces = 0;
  for (let i = 0; i < pattern.length;) {
    const [text, length] = translate(pattern, i, braces);
    if (text === '(?:') braces += 1;
    else if (text === ')') braces -= 1;
    out += text;
    i += length;
  }
  return new RegExp(`^${out}${')'.repeat(braces)}$`, 's');
}

/** The expression for what stands at `at`, and how many characters of the glob it takes. */
function translate(pattern: string, at: number, braces: number): [text: string, length: number] {
  const char = pattern.charAt(at);
  if (pattern.startsWith('**/', at)) return ['(?:.*/)?', 3];
  if (pattern.startsWith('**', at)) return ['.*', 2];
  if (char === '*') return ['[^/]*', 1];
  if (char === '?') return ['[^/]', 1];
  if (char === '[') return characterClass(pattern, at);
  if (char === '{' && pattern.includes('}', at)) return ['(?:', 1];
  if (char === '}' && braces > 0) return [')', 1];
  if (char === ',' && braces > 0) return ['|', 1];
  return [char.replace(/[.+^${}()|[\]\\]/, '\\$&'), 1];
}

function characterClass(pattern: string, at: number): [text: string, length: number] {
  const end = pattern.indexOf(']', at + 2);
  if (end < 0) return ['\\[', 1];
  const inside = pattern.slice(at + 1, end).replace(/[\\[\]^]/g, '\\$&');
  return [`[${inside.startsWith('!') ? `^${inside.slice(1)}` : inside}]`, end + 1 - at];
}
