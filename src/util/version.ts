import { createRequire } from 'node:module';

/** The package's own manifest: the version is written in one place. */
const manifest: unknown = createRequire(import.meta.url)('../../package.json');

export const TOOL_NAME = 'conc-audit';
export const TOOL_VERSION: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
