import type { Get } from '../analysis/analysis.ts';
import { type KeptDuty, keptDuties } from '../analysis/duties/lockLeaks.ts';
import { linkedProgram, type Site } from '../analysis/program.ts';
import { type Asked, defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** Acquisitions whose lock is given back: by whom. */
export default defineExplainer({
  name: 'releases',
  explain(asked, get) {
    const byHand = get(keptDuties)
      .filter(({ duty }) => asked.touches(duty.site) || asked.touches(duty.origin))
      .map(reasonOf);
    return [...byHand, ...sections(asked, get)];
  },
});

const WORDS: Record<KeptDuty['because'], readonly [ReasonKind, string]> = {
  released: ['released', 'on every way out, exceptions too'],
  returned: ['handed-over', 'by the caller, which is given the releaser'],
  'handed-over': ['handed-over', 'by the code that is given the releaser, or that reaches the place where it is put'],
};

function reasonOf({ duty, because }: KeptDuty): Reason {
  const [kind, words] = WORDS[because];
  const done = duty.kind === 'flag' ? 'set back' : 'released';
  return { kind, rule: 'lock-leak', at: duty.site, message: `\`${duty.name}\` is ${done} ${words}`, related: [] };
}

/** Acquisitions that a library call makes and ends itself. */
function sections(asked: Asked, get: Get): Reason[] {
  const program = get(linkedProgram);
  const found = new Map<string, Site>();
  for (const fn of program.functions.values()) {
    if (!fn.synthetic) continue;
    const steps = [...program.steps(fn.id).values()];
    if (!steps.some(step => step.kind === 'release')) continue;
    for (const step of steps) {
      const site = program.site(fn.id, step.at);
      if (step.kind === 'acquire' && asked.touches(site)) found.set(`${site.file}:${site.at[0]}`, site);
    }
  }
  return [...found.values()].map(at => ({
    kind: 'released',
    rule: 'lock-leak',
    at,
    message: 'the lock is held for the time of the callback, and released when it ends, in whatever way',
    related: [],
  }));
}
