/** The built-in tables: one line each, sorted by package. */
import { collections } from './lib-collections.ts';
import { dom } from './lib-dom.ts';
import { language } from './lib-language.ts';
import { nodeGlobals } from './lib-node.ts';
import { promises } from './lib-promises.ts';
import { web } from './lib-web.ts';
import type { Library } from './library.ts';

export const libraries: readonly Library[] = [
  collections,
  dom,
  language,
  nodeGlobals,
  promises,
  web,
];
