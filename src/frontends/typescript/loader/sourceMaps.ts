/** Source maps and declaration maps, as far as they name sources. */
import { readFileSync } from 'node:fs';
import { absolute, parentOf } from './paths.ts';

/** Absolute paths of the sources that a source map (or declaration map) names; none when it cannot be read. */
export function mapSources(mapPath: string): string[] {
  try {
    const map: unknown = JSON.parse(readFileSync(mapPath, 'utf8'));
    if (typeof map !== 'object' || map === null || !('sources' in map) || !Array.isArray(map.sources)) return [];
    const sourceRoot = 'sourceRoot' in map && typeof map.sourceRoot === 'string' ? map.sourceRoot : '';
    const sources: unknown[] = map.sources;
    return sources.flatMap(source =>
      typeof source === 'string' && !source.includes('://') ? [absolute(parentOf(mapPath), sourceRoot, source)] : [],
    );
  } catch {
    return [];
  }
}
