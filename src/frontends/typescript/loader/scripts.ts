/** What the scripts of a manifest start (`node dist/main.js`, `tsx watch src/main.ts`, `nest start`), and what they bundle. */
import { isCode } from './paths.ts';

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
  return [...new Set(commandsOf(scripts).flatMap(startedBy))];
}

/** What the scripts bundle into one file, by that file: `esbuild app/main.ts --outfile=build/server.js`. */
export function bundledFiles(scripts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const words of commandsOf(scripts).map(wordsOf)) {
    const at = words.findIndex(word => OUTPUT_FLAG.test(word));
    const output = words[at]?.includes('=') ? words[at]?.replace(OUTPUT_FLAG, '').slice(1) : words[at + 1];
    const input = words.slice(1).filter(word => isCode(word) && word !== output && !word.startsWith('-'));
    const [only] = input;
    if (at > 0 && output !== undefined && isCode(output) && only !== undefined && input.length === 1)
      found.set(output, only);
  }
  return found;
}

const OUTPUT_FLAG = /^(?:--outfile|--out-file|--output|-o)(?==|$)/;

const commandsOf = (scripts: Readonly<Record<string, string>>): string[] =>
  Object.values(scripts).flatMap(script => script.split(/&&|\|\||[;|&]/));

const wordsOf = (command: string): string[] =>
  command
    .trim()
    .split(/\s+/)
    .map(word => word.replace(/^['"]|['"]$/g, ''));

function startedBy(command: string): string[] {
  const words = wordsOf(command);
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
