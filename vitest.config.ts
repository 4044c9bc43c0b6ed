import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// static: imports, schema, docs in step; no server. unit: pure parts, thousands of cases; no server.
// servers: real databases, each file with servers of its own; two files at a time on two cores.
// Vite would take graphql's second build, beside the one that node gives to its libraries; two cannot be mixed.
const resolve = {
  alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
};

export default defineConfig({
  test: {
    projects: [
      { resolve, test: { name: 'static', include: ['test/static/**/*.test.ts'] } },
      { resolve, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        resolve,
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
