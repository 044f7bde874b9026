import { linkedProgram } from '../analysis/program.ts';
import type { Intake } from '../analysis/tasks/programs.ts';
import { type Shutdown, shutdowns } from '../analysis/tasks/shutdown.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * A program serves, consumes or loops for ever, and no handler of a termination signal stops that and waits. Silent:
 * libraries, commands, tools for development, tests, programs that close what they opened by themselves.
 */
export default defineCheck({
  id: 'no-graceful-shutdown',
  item: 'C10',
  level: 'warning',
  title: 'A program that is killed in the middle of its work',
  why: 'every deployment and restart cuts off the requests, messages and jobs that are in flight',
  fix: 'on SIGTERM and SIGINT stop taking in work, wait for what is in flight, close, and let the process end',
  explain: `Containers and service managers end a process with SIGTERM. Without a handler Node stops at once.

  request                      deployment
  INSERT order …               SIGTERM
                               the process is gone
  … no answer; the customer tries again: two orders, or none

Handle SIGTERM and SIGINT: \`server.close()\`, then await the requests, consumers and loops that run, then close
databases. Do not call \`process.exit\` before that is done. Suppress it where the platform drains the process first, or
where work may be cut off at any point.`,
  counts: 'programs that serve, consume or loop for ever',
  examples: {
    typescript: {
      bad: 'app.listen(8080)',
      good: "const server = app.listen(8080)\nprocess.on('SIGTERM', () => {\n  server.close(() => pool.end())\n})",
    },
  },

  run({ get, examined, report }: CheckContext) {
    const program = get(linkedProgram);
    const reported = new Set<string>();
    for (const shutdown of get(shutdowns)) {
      const [first] = shutdown.program.intakes;
      if (!first) continue;
      examined([program.site(`${shutdown.program.file}#`, first.site.at)]);
      const { open } = shutdown;
      if (!open) continue;
      const place = `${open.site.file}:${open.site.at[0]}`;
      if (reported.has(place)) continue;
      reported.add(place);
      report({
        at: open.site,
        message: messageOf(shutdown, open),
        confidence: 'high',
        related: [
          ...open.path.map(site => ({ site, message: 'The program comes here when it starts' })),
          ...(open.loop
            ? [{ site: program.site(open.fn, open.loop.at), message: 'The loop that goes on for ever' }]
            : []),
          ...shutdown.handlers.map(handler => ({
            site: handler.site,
            message: handler.exits
              ? `The handler of ${handler.name} ends the process without waiting`
              : `The handler of ${handler.name} does not stop it`,
          })),
        ],
        key: [shutdown.program.file, open.what, open.fn],
      });
    }
  },
});

const WORDS: Record<Intake['what'], string> = {
  server: 'serves requests',
  consumer: 'takes in messages',
  loop: 'works in a loop that goes on for ever',
};

function messageOf({ program, handlers }: Shutdown, open: Intake): string {
  const what = `\`${program.file}\` ${WORDS[open.what]}`;
  if (handlers.length === 0) return `${what}, and nothing handles SIGTERM: what is in flight is cut off`;
  if (handlers.every(handler => handler.exits))
    return `${what}, and its handler of ${handlers[0]?.name} ends the process without waiting for what is in flight`;
  return `${what}, and no handler of a termination signal stops that`;
}
