import { type ProcessExit, processExits } from '../analysis/tasks/exits.ts';
import { incidentalWork } from '../analysis/tasks/incidentalWork.ts';
import { names } from '../analysis/tasks/ownershipNames.ts';
import { linkedProgram } from '../analysis/program.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * The process is ended on a path where started work is not awaited, or by the handler of one request while others are
 * served. Silent: after what was closed is waited for, and for failures before anything has started. A note: what is cut
 * off is work that nobody would miss.
 */
export default defineCheck({
  id: 'exit-with-tasks-in-flight',
  item: 'C10',
  level: 'error',
  strict: true,
  title: 'The process exits while work is in flight',
  why: 'process.exit does not wait: requests are cut off, writes and reports are lost',
  fix: 'await the work (the callback or promise of `close`) before the exit, or set `process.exitCode` and let the process end',
  explain: `process.exit stops the loop at once. Nothing that was started and not waited for goes on.

  SIGTERM handler              request
                               await db.insert(order)
  server.close()    stops taking new ones
  process.exit(0)
                               … never runs on: no answer, no commit

Wait for \`close\` (its callback or promise), for flushes and writes, and exit then; or set \`process.exitCode\` and let
the process end by itself. Library code throws, and leaves the exit to the program. Suppress it where the work that is cut
off may be lost.`,
  counts: 'places that end the process',
  examples: {
    typescript: {
      bad: "process.on('SIGTERM', () => {\n  server.close()\n  process.exit(0)\n})",
      good: "process.on('SIGTERM', () => {\n  server.close(() => process.exit(0))\n})",
    },
  },

  run({ get, examined, report }: CheckContext) {
    const program = get(linkedProgram);
    const said = get(names);
    const isIncidental = get(incidentalWork);
    for (const exit of get(processExits)) {
      examined([exit.site]);
      const found = wordsFor(exit, said.fn(exit.fn));
      if (!found) continue;
      report({
        at: exit.site,
        level: exit.pending.length > 0 && exit.pending.every(isIncidental) ? 'note' : found.level,
        confidence: exit.pending.length > 0 && exit.pending.every(one => one.leftBehind) ? 'medium' : 'high',
        message: found.message,
        related: [
          ...exit.pending.map(one => ({
            site: program.site(one.fn, one.step.at),
            message: `${capital(one.name, one.what)} starts here, and nothing waits for it`,
          })),
          ...(exit.pending.length === 0 && exit.request
            ? [
                {
                  site: program.site(exit.request.in, exit.request.entry.at),
                  message: `${exit.request.entry.entry.label}: many of these may be in flight`,
                },
                ...exit.request.path.map(site => ({ site, message: 'It comes here' })),
              ]
            : []),
        ],
        key: [exit.fn, exit.pending[0]?.name ?? 'request'],
      });
    }
  },
});

function wordsFor(exit: ProcessExit, where: string): { level: 'error' | 'warning'; message: string } | null {
  const [first, ...others] = exit.pending;
  if (first) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    const name = first.what === 'promise' || first.what === 'callback' ? `\`${first.name}\`` : first.name;
    return {
      level: exit.pending.every(one => one.leftBehind) && !exit.onSignal ? 'warning' : 'error',
      message: `\`${where}\` ends the process while ${name}${more} is still in flight`,
    };
  }
  if (!exit.request) return null;
  return {
    level: 'warning',
    message: `\`${where}\` ends the process from ${exit.request.entry.entry.label}: every other request in flight is cut off`,
  };
}

const capital = (name: string, what: string): string =>
  what === 'promise' || what === 'callback' ? `\`${name}\`` : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
