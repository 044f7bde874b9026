#!/usr/bin/env node
// Whatever goes wrong before the command line can speak for itself is "could not do the job", not "findings".
try {
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`conc-audit does not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
