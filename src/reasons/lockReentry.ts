import { type NotItself, type QuietReentry, quietReentries } from '../analysis/locks/lockReentry.ts';
import { traceSteps } from '../analysis/locks/lockStory.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { type Asked, defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** A lock asked for under one of its class: why the task does not wait for itself. */
export default defineExplainer({
  name: 'lockReentry',
  explain(asked, get) {
    const found = new Map<string, Reason>();
    for (const one of get(quietReentries)) {
      if (!isAt(asked, one)) continue;
      const reason = reasonOf(one);
      const key = `${reason.kind} ${one.held.lock.site}`;
      if (!found.has(key)) found.set(key, reason);
    }
    return [...found.values()];
  },
});

const isAt = (asked: Asked, { held, pair }: QuietReentry): boolean =>
  asked.touches(traceEnd(held.trace)) ||
  traceSteps(pair.trace).some(step => asked.touches(step.site) || (step.waited !== null && asked.touches(step.waited)));

const WORDS: Record<NotItself, readonly [ReasonKind, string]> = {
  'other-class': ['other-lock', 'it is another lock'],
  reentrant: ['reentrant', 'it lets in the task that holds it'],
  guard: ['reentrant', 'a test of the task’s own store lets in the task that holds it'],
  'other-lock': ['other-lock', 'it is another object, or nothing says that it is the same'],
  'other-key': ['other-key', 'it is another key, or nothing says that it is the same'],
  readers: ['readers', 'both only read, and readers do not wait for readers'],
  permits: ['permits', 'it has more units than one'],
};

function reasonOf({ held, pair, because }: QuietReentry): Reason {
  const [kind, words] = WORDS[because];
  return {
    kind,
    rule: because === 'permits' ? 'pool-self-deadlock' : 'lock-reentry',
    at: traceEnd(pair.trace),
    message: `\`${pair.acquires.name}\` is asked for while \`${held.lock.name}\` is held: ${words}`,
    related: [{ site: traceEnd(held.trace), message: `\`${held.lock.name}\` is taken here` }],
  };
}
