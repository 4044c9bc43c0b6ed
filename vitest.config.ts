import { defineConfig } from 'vitest/config';

// static: imports, schema, docs in step; no server. unit: pure parts, thousands of cases; no server.
// servers: real databases, each file with servers of its own; two files at a time on two cores.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'static', include: ['test/static/**/*.test.ts'] } },
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'servers',
          include: ['test/suites/**/*.test.ts'],
          setupFiles: ['test/servers/leaks.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
    ],
  },
});
