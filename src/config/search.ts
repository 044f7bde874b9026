/**
 * The fence around cosmiconfig. Auditing a foreign repository must never run its code, and cosmiconfig by default does:
 * making an explorer reads (and runs) `.config/config.*` of the working directory, `$import` in a data file may name a
 * code file, and code files are search places. So: the explorer is made while the working directory is our own package
 * folder; all loaders are ours; code and `$import` are refused; every folder up to the repository's top is asked on its
 * own, so that neither home nor global folders are.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cosmiconfigSync } from 'cosmiconfig';
import { UserError } from '../util/errors.ts';
import { type DataFormat, parseData } from './parse.ts';
import { repositoryTop } from './root.ts';

export interface FoundConfig {
  file: string;
  data: unknown;
}

const NAME = 'conc-audit';
const OWN_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const DATA_PLACES = [
  `${NAME}.config.json`,
  `${NAME}.config.jsonc`,
  `${NAME}.config.yaml`,
  `${NAME}.config.yml`,
  `${NAME}.config.toml`,
  `.${NAME}rc`,
  `.${NAME}rc.json`,
  `.${NAME}rc.yaml`,
  `.${NAME}rc.yml`,
  'package.json',
];
const CODE_EXTENSIONS = ['.js', '.cjs', '.mjs', '.ts'];
const CODE_PLACES = CODE_EXTENSIONS.map(extension => `${NAME}.config${extension}`);

type Loader = (file: string, text: string) => unknown;

function dataLoader(format: DataFormat): Loader {
  return (file, text) => {
    const data = parseData(file, text, format);
    refuseKeys(file, data);
    return data;
  };
}

/** A manifest that is broken or foreign is not ours to judge: it then holds no configuration. */
const loadJson: Loader = (file, text) => {
  if (path.basename(file) !== 'package.json') return dataLoader('json')(file, text);
  const manifest = parseManifest(text);
  if (typeof manifest !== 'object' || manifest === null || !Object.hasOwn(manifest, NAME)) return {};
  const own: unknown = Reflect.get(manifest, NAME);
  refuseKeys(file, own);
  return { [NAME]: own };
};

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const loadNoExtension: Loader = (file, text) => dataLoader(/^\s*[{[]/.test(text) ? 'json' : 'yaml')(file, text);

const refuseCode: Loader = file => {
  throw new UserError(
    `${file}: a configuration that is code is not run`,
    `Write ${NAME}.config.json instead, or name the file: --config ${path.basename(file)} --allow-config-code.`,
  );
};

/** `$import` would load another file; `__proto__` would reach every object. */
function refuseKeys(file: string, data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  if (Object.hasOwn(data, '$import')) {
    throw new UserError(`${file}: the key $import is not allowed`, 'Write the settings into this file.');
  }
  if (Object.hasOwn(data, '__proto__')) throw new UserError(`${file}: the key __proto__ is not allowed`);
  for (const part of Object.values(data)) refuseKeys(file, part);
}

const LOADERS: Record<string, Loader> = {
  '.json': loadJson,
  '.jsonc': dataLoader('json'),
  '.yaml': dataLoader('yaml'),
  '.yml': dataLoader('yaml'),
  '.toml': dataLoader('toml'),
  noExt: loadNoExtension,
  default: refuseCode,
  ...Object.fromEntries(CODE_EXTENSIONS.map(extension => [extension, refuseCode])),
};

function makeExplorer(): ReturnType<typeof cosmiconfigSync> {
  const before = process.cwd();
  process.chdir(OWN_FOLDER);
  try {
    return cosmiconfigSync(NAME, {
      searchPlaces: [...DATA_PLACES, ...CODE_PLACES],
      loaders: LOADERS,
      searchStrategy: 'none',
      cache: false,
      mergeSearchPlaces: false,
      mergeImportArrays: false,
    });
  } finally {
    process.chdir(before);
  }
}

/** The configuration nearest to a folder, up to the top of its repository (the folder alone outside of one). */
export function searchConfig(folder: string): FoundConfig | null {
  const explorer = makeExplorer();
  const top = repositoryTop(folder) ?? folder;
  for (let current = folder; ; current = path.dirname(current)) {
    const found = explorer.search(current);
    if (found && !found.isEmpty) return { file: found.filepath, data: found.config };
    if (current === top || path.dirname(current) === current) return null;
  }
}

/** The configuration in a file that the user named. Code runs only when the user allowed it in so many words. */
export async function loadNamedConfig(file: string, allowCode: boolean): Promise<FoundConfig> {
  if (allowCode && CODE_EXTENSIONS.includes(path.extname(file))) {
    const loaded: unknown = await import(pathToFileURL(file).href);
    const data: unknown =
      typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
    return { file, data };
  }
  try {
    const found = makeExplorer().load(file);
    return { file, data: found?.config };
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UserError(`No such configuration file: ${file}`);
    throw error;
  }
}
