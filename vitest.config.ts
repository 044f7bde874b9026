import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    reporters: ['default'],
    // Many tests start the command line and wait for it: as many workers as a small machine has cores.
    maxWorkers: 2,
  },
});
