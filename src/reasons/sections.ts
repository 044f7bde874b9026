import { type RightWork, sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { defineExplainer, type ReasonKind } from './reason.ts';

/** Work that is started while a lock is held: why none of it outlives the section. */
export default defineExplainer({
  name: 'sections',
  explain: (asked, get) =>
    get(sectionEscapes)
      .right.filter(({ at }) => asked.touches(at))
      .map(({ at, lock, section, because }) => ({
        kind: because satisfies ReasonKind,
        rule: 'section-escape',
        at,
        message: `${WORDS[because]} (\`${lock.name}\`)`,
        related: [{ site: section, message: `\`${lock.name}\` is taken here` }],
      })),
});

const WORDS: Record<RightWork['because'], string> = {
  'waited-inside': 'the section waits for the work that is started here',
  settled: 'the section waits until all of the group has settled, failures too',
  'one-writer': 'one of the group writes what the lock guards, so a failure of another leaves no two at work on it',
  'not-guarded': 'the work touches nothing that the lock guards',
  'never-rejects': 'none of the group fails, so the section waits for all of it',
};
