import type { Get } from '../analysis/analysis.ts';
import { callGraph } from '../analysis/flow/callGraph.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { names } from '../analysis/tasks/ownershipNames.ts';
import { type Asked, defineExplainer, type Reason } from './reason.ts';

/** What is known of a place as such: whom a call runs, and what could not be modelled. */
export default defineExplainer({
  name: 'calls',
  explain: (asked, get) => [...called(asked, get), ...gaps(asked, get(linkedProgram))],
});

const SHOWN = 5;

function called(asked: Asked, get: Get): Reason[] {
  const program = get(linkedProgram);
  const graph = get(callGraph);
  const reasons: Reason[] = [];
  for (const fn of program.functions.values()) {
    if (fn.synthetic) continue;
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'call') continue;
      const at = program.site(fn.id, step.at);
      if (!asked.touches(at)) continue;
      const name = get(names).callee(fn.id, step) ?? 'the function written here';
      const targets = graph.targets(fn.id, step.id).flatMap(id => program.functions.get(id) ?? []);
      const own = targets.filter(target => !target.synthetic);
      reasons.push({
        kind: 'calls',
        rule: null,
        at,
        message: `a call of \`${name}\`: ${ways(own.length, targets.length, step.target.kind, step.newOf !== undefined)}`,
        related: own.slice(0, SHOWN).map(target => ({
          site: declared(program, target),
          message: `\`${target.name}\``,
        })),
      });
    }
  }
  return reasons;
}

const declared = (program: Program, { id, nameAt }: { id: string; nameAt: Site['at'] }): Site =>
  program.site(id, nameAt);

function ways(own: number, all: number, target: string, makes: boolean): string {
  if (own === 1) return 'it runs one function of the project';
  if (own > 1) return `it may run any of ${own} functions of the project`;
  if (all > 0) return 'a library call that the tables describe';
  if (target === 'external') return 'a function of a library or of the platform';
  return makes ? 'a class without a constructor in the project' : 'nobody knows what it runs';
}

function gaps(asked: Asked, program: Program): Reason[] {
  return [...program.modules.values()].flatMap(({ file, gaps: list }) =>
    list.flatMap(({ at, reason, text }): Reason[] => {
      const site = { file, at, in: `${file}#` };
      if (!asked.touches(site)) return [];
      return [{ kind: 'gap', rule: null, at: site, message: `not modelled: ${reason} (${text})`, related: [] }];
    }),
  );
}
