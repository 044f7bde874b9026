/** Files that the scripts of a manifest start: `node dist/main.js`, `tsx watch src/main.ts`, `nest start`. */

const RUNNERS = new Set(
  'node tsx ts-node ts-node-esm ts-node-dev tsnd nodemon bun deno vite-node babel-node esno esr jiti swc-node electron node-dev pm2 forever'.split(
    ' ',
  ),
);
const SUBCOMMANDS = new Set(['run', 'watch', 'start', 'exec', 'dev']);
/** Flags whose value is the next word. */
const WITH_VALUE = new Set(
  '-r --require --import --loader --experimental-loader -C --conditions -P --project --tsconfig -n --name -w --ext -e'.split(
    ' ',
  ),
);
const INLINE_CODE = new Set(['-e', '--eval', '-p', '--print', '-c', '--check', '--test']);

/** Paths as they are written, relative to the manifest's folder. */
export function startedFiles(scripts: Readonly<Record<string, string>>): string[] {
  const found = Object.values(scripts).flatMap(script => script.split(/&&|\|\||[;|&]/).flatMap(startedBy));
  return [...new Set(found)];
}

function startedBy(command: string): string[] {
  const words = command
    .trim()
    .split(/\s+/)
    .map(word => word.replace(/^['"]|['"]$/g, ''));
  const at = words.findIndex(word => RUNNERS.has(word.replace(/^.*\//, '')));
  if (at < 0) return words[0] === 'nest' && words[1] === 'start' ? ['src/main.ts'] : [];
  for (let i = at + 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') continue;
    if (INLINE_CODE.has(word) && (words[at] === 'node' || word !== '-e')) return [];
    if (WITH_VALUE.has(word)) i++;
    else if (!word.startsWith('-') && !SUBCOMMANDS.has(word) && !RUNNERS.has(word))
      return /[*$]/.test(word) ? [] : [word];
  }
  return [];
}
