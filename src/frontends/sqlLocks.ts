/**
 * What a statement in SQL locks: advisory locks (PostgreSQL manual, 13.3.5; MySQL manual, 14.14 `GET_LOCK`) and rows
 * (`SELECT … FOR UPDATE`). Reads the few forms that lock, and no more of the language.
 */

/** Where the key of a lock stands: parameter `$n` (from 1), hole n of the text (from 0), or in the text itself. */
export type SqlKey = { parameter: number } | { hole: number } | { text: string };

export type SqlLock =
  /** `key`: null when the text does not tell one key. */
  | {
      does: 'take';
      lock: string;
      kind: 'advisory' | 'row';
      key: SqlKey | null;
      mode: 'exclusive' | 'shared';
      wait: 'endless' | 'bounded' | 'try';
      /** `transaction`: given back at its end. */
      until: 'transaction' | 'connection';
      /** The column of the only row of the answer that tells whether it was taken. */
      told?: string;
    }
  | { does: 'give'; lock: string; key: SqlKey | null }
  /** COMMIT, ROLLBACK. */
  | { does: 'end' };

/** Stands in the text for the value of hole `n`: the substitutions of a template. */
export const sqlHole = (n: number): string => `\u0001${n}\u0001`;

/** Whether the text may lock anything, before it is looked at closely. */
const MAY_LOCK =
  /advisory_|_LOCK\s*\(|\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE|KEY\s+SHARE)\b|\b(?:COMMIT|ROLLBACK|END)\b/i;

/** What the statements in a text take and give back, in order. Holes (`sqlHole`) and parameters (`$1`, `?`) are keys. */
export function sqlLocks(text: string): SqlLock[] {
  if (!MAY_LOCK.test(text)) return [];
  const statements = numbered(withoutComments(text)).match(/(?:'(?:[^']|'')*'|[^;'])+/g) ?? [];
  return statements.flatMap(statement => locksOf(statement.replace(/\s+/g, ' ').trim()));
}

const withoutComments = (text: string): string => text.replace(/--[^\n]*/g, ' ').replace(/\/\*[\s\S]*?\*\//g, ' ');

/** `?` is a parameter by its position. */
function numbered(text: string): string {
  let count = 0;
  return text.replace(/'(?:[^']|'')*'|\?/g, found => (found === '?' ? `$${(count += 1)}` : found));
}

function locksOf(statement: string): SqlLock[] {
  if (/^(?:COMMIT|END|ROLLBACK|ABORT)\b(?!.*\bTO\b)/i.test(statement)) return [{ does: 'end' }];
  return [...advisoryLocks(statement), ...namedLocks(statement), ...rowLocks(statement)];
}

const ADVISORY = /\bpg_(try_)?advisory_(xact_)?(lock|unlock)(_shared)?\s*\(/gi;

/** `pg_advisory_lock(…)` and its kin. What the forms with `try` take, only their rows tell: where that is all they tell. */
function advisoryLocks(statement: string): SqlLock[] {
  return [...statement.matchAll(ADVISORY)].flatMap((found): SqlLock[] => {
    const given = insideOf(statement, found.index + found[0].length);
    if (given === null) return [];
    const { lock, key } = keyedBy('advisory lock', given);
    if (found[3]?.toLowerCase() === 'unlock') return [{ does: 'give', lock, key }];
    const isTried = found[1] !== undefined;
    const told = isTried ? onlyColumn(statement, found, given) : undefined;
    if (isTried && told === undefined) return [];
    return [
      {
        does: 'take',
        lock,
        kind: 'advisory',
        key,
        mode: found[4] === undefined ? 'exclusive' : 'shared',
        wait: isTried ? 'try' : 'endless',
        until: found[2] === undefined ? 'connection' : 'transaction',
        ...(told === undefined ? {} : { told }),
      },
    ];
  });
}

/** What the one thing that a statement asks for is called in its answer: `SELECT f(…) AS locked`, or the function. */
function onlyColumn(statement: string, { 0: call, index }: RegExpExecArray, given: string): string | undefined {
  if (!/^SELECT $/i.test(statement.slice(0, index))) return undefined;
  const rest = statement.slice(index + call.length + given.length + 1);
  const alias = /^(?:\s+(?:AS\s+)?["`]?(\w+)["`]?)?$/i.exec(rest);
  return alias ? (alias[1] ?? call.replace(/\s*\($/, '').toLowerCase()) : undefined;
}

/** `GET_LOCK(name, seconds)`: it waits so long, and for ever with a negative number. */
function namedLocks(statement: string): SqlLock[] {
  return [...statement.matchAll(/\b(GET|RELEASE)_LOCK\s*\(/gi)].flatMap((found): SqlLock[] => {
    const [name, seconds] = (insideOf(statement, found.index + found[0].length) ?? '').split(/,(?=[^,]*$)/);
    if (name === undefined || name === '') return [];
    if (found[1]?.toUpperCase() === 'RELEASE') {
      const { lock, key } = keyedBy('named lock', [name, seconds].filter(part => part !== undefined).join(','));
      return [{ does: 'give', lock, key }];
    }
    const { lock, key } = keyedBy('named lock', name);
    const wait = /^\s*-\s*\d/.test(seconds ?? '') ? 'endless' : /^\s*0\s*$/.test(seconds ?? '') ? 'try' : 'bounded';
    const told = onlyColumn(statement, found, insideOf(statement, found.index + found[0].length) ?? '');
    const named = told === undefined || told === 'get_lock' ? {} : { told };
    return [{ does: 'take', lock, kind: 'advisory', key, mode: 'exclusive', wait, until: 'connection', ...named }];
  });
}

const ROW_LOCK = /\bFROM\s+([\w."`]+)(.*?)\bFOR\s+(?:(UPDATE|NO KEY UPDATE)|SHARE|KEY SHARE)\b(.*)$/i;

/** `SELECT … FROM accounts WHERE id = $1 FOR UPDATE`; rows that are skipped when locked are not waited for. */
function rowLocks(statement: string): SqlLock[] {
  if (!/^(?:SELECT|WITH)\b/i.test(statement)) return [];
  const found = ROW_LOCK.exec(statement);
  const [, table, between = '', exclusive, rest = ''] = found ?? [];
  if (table === undefined || /\bSKIP LOCKED\b/i.test(rest)) return [];
  const name = table.replace(/["`]/g, '').split('.').pop()?.toLowerCase() ?? table;
  return [
    {
      does: 'take',
      lock: `rows of ${name}`,
      kind: 'row',
      key: rowKey(between),
      mode: exclusive === undefined ? 'shared' : 'exclusive',
      wait: /\bNOWAIT\b/i.test(rest) ? 'try' : 'endless',
      until: 'transaction',
    },
  ];
}

/** The one value that the rows are found by. */
function rowKey(between: string): SqlKey | null {
  const where = /\bWHERE\b(.*)/i.exec(between)?.[1] ?? '';
  if (/\b(?:OR|ANY|IN)\b/i.test(where)) return null;
  const equal = [...where.matchAll(/([\w."`]+)\s*=\s*(\$\d+|\u0001\d+\u0001|'(?:[^']|'')*'|\d+)/g)].map(
    ([, column = '', value = '']) => ({ column, value }),
  );
  const varying = equal.filter(({ value }) => refOf(value) !== null);
  const [only, ...others] = varying;
  // Of several, and of constants, `id` is the one that names a row.
  const one = others.length === 0 && only ? only : equal.find(({ column }) => /(?:^|\.)["`]?id["`]?$/i.test(column));
  return one === undefined ? null : (refOf(one.value) ?? { text: one.value });
}

/** The text between a bracket that was opened and the one that closes it. */
function insideOf(text: string, from: number): string | null {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  return null;
}

const REF = /\$\d+|\u0001\d+\u0001/g;

function refOf(text: string): SqlKey | null {
  const parameter = /^\$(\d+)$/.exec(text);
  if (parameter) return { parameter: Number(parameter[1]) };
  const hole = /^\u0001(\d+)\u0001$/.exec(text);
  return hole ? { hole: Number(hole[1]) } : null;
}

/** The family and the key: what stands beside the value that varies tells one family from another. */
function keyedBy(family: string, given: string): { lock: string; key: SqlKey | null } {
  const refs = given.match(REF) ?? [];
  const [only] = refs;
  const text = given.replace(/::\w+/g, '').replace(/\s+/g, '');
  if (only === undefined) return { lock: family, key: { text: text.replace(/^'(.*)'$/, '$1') } };
  const shape = text.replace(REF, '*');
  const lock = /^(?:\w+\()*\*\)*$/.test(shape) ? family : `${family} ${shape}`;
  return { lock, key: refs.length === 1 ? refOf(only) : null };
}
