/** Module hooks: an import of a lock library by anybody but itself gives the recording one. */
let packages = [];
export function initialize(data) {
  packages = data.packages;
}

const MARK = '?lock-oracle=';

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  if (!packages.includes(specifier) || context.parentURL?.includes(MARK)) return resolved;
  return { ...resolved, url: `${resolved.url}${MARK}${specifier}`, format: 'module' };
}

export async function load(url, context, next) {
  const at = url.indexOf(MARK);
  if (at < 0) return next(url, context);
  const original = JSON.stringify(url.slice(0, at));
  const name = JSON.stringify(url.slice(at + MARK.length));
  const source = `
    import * as original from ${original};
    const own = globalThis[Symbol.for('lock-oracle')](${name}, original);
    export default own.default;
    export const { Mutex, Semaphore, withTimeout, tryAcquire, E_CANCELED, E_TIMEOUT, E_ALREADY_LOCKED, limitFunction } = own;
  `;
  return { format: 'module', source, shortCircuit: true };
}
