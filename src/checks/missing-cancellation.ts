import { names } from '../analysis/tasks/ownershipNames.ts';
import { linkedProgram, type Program } from '../analysis/program.ts';
import { type OutsideCall, unboundedCalls } from '../analysis/tasks/unboundedCalls.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * Something outside is waited for without a bound: no signal, no timeout at the call, at its client or around it. One
 * finding for each client and module. A note where no long-lived program comes there.
 */
export default defineCheck({
  id: 'missing-cancellation',
  item: 'C6',
  level: 'warning',
  title: 'A wait for the outside that nothing bounds',
  why: 'when the other side hangs, every request that comes here hangs with it, and holds its memory and connections',
  fix: 'pass a signal (`AbortSignal.timeout(ms)`, the caller’s), or set a timeout at the client',
  explain: `The other side may accept a connection and never answer. Without a signal or timeout the wait never ends.

  request 1        await fetch(partner)   no answer
  request 2        await fetch(partner)   no answer
  …                thousands of requests wait; memory grows; nothing is logged, since nothing fails

Give every wait an end: a signal at the call, a timeout at the client (\`axios.create({ timeout })\`, a pool's
\`query_timeout\`), or both. Suppress it where the wait is meant to last, and say what ends it.`,
  counts: 'calls of something outside that last as long as the other side likes',
  examples: {
    typescript: {
      bad: 'const response = await fetch(url)',
      good: 'const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })',
    },
  },

  run({ get, examined, report }: CheckContext) {
    const program = get(linkedProgram);
    const { calls, endlessLoops } = get(unboundedCalls);
    examined(calls.map(call => call.site));
    const groups = new Map<string, OutsideCall[]>();
    for (const call of calls) {
      if (call.bounded) continue;
      const key = call.client?.key ?? `${call.site.file} ${apiOf(call)}`;
      groups.set(key, [...(groups.get(key) ?? []), call]);
    }
    for (const [key, group] of groups) {
      const first = group.find(call => call.served !== null) ?? group[0];
      if (!first) continue;
      const name = (get(names).callee(first.fn.id, first.step) ?? 'the call').replace(/ in .*/, '');
      const others = group.filter(call => call !== first || first.client !== null);
      report({
        at: first.client?.site ?? first.site,
        ...(first.served === null ? { level: 'note' } : {}),
        confidence: first.client || first.step.stopping?.on === undefined ? 'high' : 'medium',
        message: messageOf(first, get(names).fn(first.fn.id), name, isScript(program, first)),
        related: others.map(call => ({ site: call.site, message: `\`${get(names).fn(call.fn.id)}\` waits here` })),
        key: [first.client ? key : first.fn.id, apiOf(first)],
      });
    }
    for (const { fn, loop } of endlessLoops)
      report({
        at: program.site(fn.id, loop.at),
        level: 'note',
        confidence: 'medium',
        message: `\`${fn.name}\` waits in a loop that nothing can end: no signal, no flag, no way out`,
        fix: 'take a signal and look at it in every round',
        key: [fn.id, 'loop'],
      });
  },
});

/** The API of a call, whatever stands for it. */
const apiOf = ({ step }: OutsideCall): string =>
  step.target.kind === 'external' ? step.target.name : (step.stopping?.outside ?? 'wait');

const isScript = (program: Program, { site }: OutsideCall): boolean => program.modules.get(site.file)?.test ?? false;

function messageOf({ client, served }: OutsideCall, where: string, name: string, inTest: boolean): string {
  const from = served === null || inTest ? '' : ` (from ${served})`;
  return client
    ? `The client has no timeout, and \`${where}\` waits for \`${name}\` of it without a signal${from}`
    : `\`${where}\` waits for \`${name}\` without a signal or timeout${from}: it lasts as long as the other side likes`;
}
