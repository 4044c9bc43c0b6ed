import { defineConfig } from 'vitest/config';

/** Files that leak, run by leaks.test.ts alone. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.leaky.ts'],
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['../../../servers/leaks.ts'],
  },
});
