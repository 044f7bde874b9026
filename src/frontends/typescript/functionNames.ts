/** What a person calls a function: `Pool.take`, `callback of runExclusive in Pool.take`. */
import type { FunctionScope } from './fileScopes.ts';

/** The name for messages; `file` names the module body. */
export function displayName(scope: FunctionScope, file: string): string {
  if (!scope.parent) return file;
  const inside = ownPart(scope);
  const outer = scope.parent.parent === null ? '' : ` in ${displayName(scope.parent, file)}`;
  const callback = /^(.*):\d+(?:~\d+)?$/s.exec(inside);
  if (callback) return `callback of ${callback[1]}${outer}`;
  const plain = inside.replace(/~\d+$/, '').replace(/(^|\.)static /, '$1');
  if (plain === 'return') return `function returned${outer}`;
  if (plain === 'iife' || plain === 'anonymous') return `function${outer}`;
  return outer === '' || plain.includes('.') ? plain : `${plain}${outer}`;
}

/** The id without what the enclosing function's id says. */
function ownPart({ id, parent }: FunctionScope): string {
  const prefix = parent === null ? '' : parent.parent === null ? parent.id : `${parent.id}/`;
  return id.startsWith(prefix) ? id.slice(prefix.length) : id.slice(id.indexOf('#') + 1);
}
