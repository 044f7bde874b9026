// Preloaded with `--import`: prints the address of every module that is imported, on standard error.
import { register } from 'node:module';

const hooks = `
import fs from 'node:fs';
export async function load(url, context, next) {
  fs.writeSync(2, url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
