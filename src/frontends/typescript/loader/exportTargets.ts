/** What a manifest says a specifier leads to: `exports`, `imports` and the older keys, as paths to try in order. */
import { isObject, type Json, type Manifest } from './manifest.ts';

/** Conditions that packages use for the sources themselves; tried before the others. */
const isSourceCondition = (condition: string): boolean =>
  /source|^(typescript|ts|bun|deno|development)$/.test(condition);

/**
 * Paths (`./dist/x.js`) that `subpath` (`.` or `./x`) may mean, best first; sources named by a condition come first.
 * Empty when the manifest closes the sub-path or says nothing of it.
 */
export function exportTargets(manifest: Manifest, subpath: string): string[] {
  if (manifest.exports !== undefined) return targetsOf(subpathMap(manifest.exports), subpath);
  if (subpath !== '.') return [];
  const { source, main, module, types, typings } = manifest.entries;
  return [source, main, module, types, typings].filter(target => target !== undefined);
}

/** The same for `#name` of the package's own `imports`. */
export function importTargets(manifest: Manifest, specifier: string): string[] {
  return isObject(manifest.imports) ? targetsOf(manifest.imports, specifier) : [];
}

/** Keys of `exports` as sub-paths; the short forms stand for `.`. */
export function subpathMap(exports: Json): { [subpath: string]: Json } {
  return isObject(exports) && Object.keys(exports).some(key => key.startsWith('.')) ? exports : { '.': exports };
}

function targetsOf(map: { [key: string]: Json }, wanted: string): string[] {
  const exact = map[wanted];
  if (exact !== undefined) return leaves(exact);
  const patterns = Object.keys(map)
    .filter(key => key.includes('*') || key.endsWith('/'))
    .sort((a, b) => b.length - a.length);
  for (const key of patterns) {
    const star = starOf(key, wanted);
    const target = map[key];
    if (star !== undefined && target !== undefined)
      return leaves(target).map(leaf => (key.endsWith('/') ? `${leaf}${star}` : leaf.replaceAll('*', star)));
  }
  return [];
}

function starOf(pattern: string, wanted: string): string | undefined {
  const at = pattern.indexOf('*');
  const [before, after] = at < 0 ? [pattern, ''] : [pattern.slice(0, at), pattern.slice(at + 1)];
  const fits = wanted.startsWith(before) && wanted.endsWith(after) && wanted.length > before.length + after.length;
  return fits ? wanted.slice(before.length, wanted.length - after.length) : undefined;
}

/** All paths below a target, in the order that they are written, sources first. */
function leaves(target: Json): string[] {
  const found: { path: string; isSource: boolean }[] = [];
  const open: { value: Json; isSource: boolean }[] = [{ value: target, isSource: false }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, isSource } = next;
    if (typeof value === 'string') found.push({ path: value, isSource });
    else if (Array.isArray(value)) open.push(...value.map(item => ({ value: item, isSource })).reverse());
    else if (isObject(value))
      open.push(
        ...Object.entries(value)
          .map(([condition, item]) => ({ value: item, isSource: isSource || isSourceCondition(condition) }))
          .reverse(),
      );
  }
  return [...found.filter(leaf => leaf.isSource), ...found.filter(leaf => !leaf.isSource)].map(leaf => leaf.path);
}
