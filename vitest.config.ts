import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores run the suite and the engines under it; more workers only make them wait for each other.
    maxWorkers: 3,
  },
});
